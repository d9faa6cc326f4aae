def migrate(cr, version):
    """Keep the day on which orders were confirmed: the order date, which anybody who
    sells may change, was it until now."""
    cr.execute(
        """
        ALTER TABLE sale_order
            ADD COLUMN IF NOT EXISTS outplacement_date_confirmed date;
        UPDATE sale_order
           SET outplacement_date_confirmed = (
                   sale_order.date_order AT TIME ZONE 'UTC'
                   AT TIME ZONE COALESCE(calendar.tz, 'UTC'))::date
          FROM res_company company
          LEFT JOIN resource_calendar calendar
            ON calendar.id = company.resource_calendar_id
         WHERE company.id = sale_order.company_id
           AND sale_order.state = 'sale'
           AND sale_order.outplacement_date_confirmed IS NULL
        """
    )
