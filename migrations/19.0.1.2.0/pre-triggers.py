def migrate(cr, version):
    """Bring what was sold before into the new words of invoice plans: until now all
    lines were shares, and all instalments counted from the start."""
    cr.execute(
        """
        ALTER TABLE outplacement_invoice_plan_line
            ADD COLUMN IF NOT EXISTS trigger varchar,
            ADD COLUMN IF NOT EXISTS share_type varchar,
            ADD COLUMN IF NOT EXISTS amount numeric;
        UPDATE outplacement_invoice_plan_line
           SET trigger = 'start', share_type = 'percent', amount = 0
         WHERE trigger IS NULL;
        ALTER TABLE outplacement_instalment
            ADD COLUMN IF NOT EXISTS trigger varchar,
            ADD COLUMN IF NOT EXISTS rank integer;
        UPDATE outplacement_instalment
           SET trigger = 'start', rank = number
         WHERE trigger IS NULL
        """
    )
