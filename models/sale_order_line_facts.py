from odoo import fields, models


class SaleOrderLine(models.Model):
    """The facts of what was sold on an order that was confirmed already: a contract of
    its own."""

    _inherit = "sale.order.line"

    outplacement_date_sold = fields.Date(
        string="Sold Later On",
        readonly=True,
        copy=False,
        help="The day at the company on which it was added to the order, or a private "
        "person ordered more of it. Empty: sold with the order.",
    )

    def _set_outplacement_date_sold(self):
        """Remember that these are sold today, on orders that were confirmed before."""
        for company, lines in self.grouped("company_id").items():
            # sudo: sale.order.line - nobody's to write, whoever sells
            lines.sudo().outplacement_date_sold = company._get_outplacement_today()

    def _get_outplacement_sale_facts(self):
        """Return those of :class:`~..tools.schedule.Facts` that are of the sale."""
        return self.order_id._get_outplacement_sale_facts(self.outplacement_date_sold)

    def _get_outplacement_withdrawal_end(self):
        """Return the last day on which the payer can withdraw from what the line sold,
        False where they cannot."""
        self.ensure_one()
        day = self.outplacement_date_sold
        return self.order_id._get_outplacement_withdrawal_end(day)

    def _is_outplacement_withdrawable(self, date):
        """Whether the payer can withdraw without cost on ``date``."""
        last = self._get_outplacement_withdrawal_end()
        return bool(last) and date <= last

    def _get_outplacement_waiting_day(self):
        """Return the day for which instalments wait because the payer can withdraw,
        False if none does."""
        day = self._get_outplacement_sale_facts()["not_before"]
        waiting = self.outplacement_instalment_ids.filtered(
            lambda i: i.state == "planned" and i.date == day
        )
        return bool(waiting) and day
