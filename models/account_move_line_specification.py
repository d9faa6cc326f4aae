from odoo import models
from odoo.tools import format_date


class AccountMoveLine(models.Model):
    """A line of an invoice in its specification."""

    _inherit = "account.move.line"

    def _get_outplacement_specification_row(self):
        """Return the cells of the line in the specification of its invoice: no more of
        the candidate than the customer asks for (R12)."""
        self.ensure_one()
        instalment = self.outplacement_instalment_id
        lang = self.env["res.lang"]._lang_get(self.env.lang or "en_US")
        digits = f"%.{self.currency_id.decimal_places}f"
        return [
            instalment.traject_reference,
            instalment._get_invoice_identity() or "",
            f"{instalment.number}/{instalment.total_number}",
            format_date(self.env, self.outplacement_period_start),
            format_date(self.env, self.outplacement_period_end),
            instalment.purchase_order_ref or "",
            lang.format(digits, self.price_subtotal),
            self.currency_id.name,
        ]
