from odoo import models
from odoo.tools import format_date


class OutplacementInstalment(models.Model):
    """What the orders tell of their instalments."""

    _inherit = "outplacement.instalment"

    def _get_date_agreed_text(self):
        self.ensure_one()
        if not self.date_agreed:
            return self.env._(
                "Instalment %(instalment)s has no agreed date any more.",
                instalment=self.display_name,
            )
        return self.env._(
            "Agreed date of instalment %(instalment)s: %(date)s.",
            instalment=self.display_name,
            date=format_date(self.env, self.date_agreed),
        )

    def _log_on_order(self, body):
        """Leave a trace where finance and the account manager look.

        :param str body: nothing that the customer may not know: portal users find
            orders by the text of their messages, of internal notes too
        """
        # sudo: sale.order - who changes an instalment need not be able to change
        # its order
        self.order_id.sudo().message_post(
            body=body, message_type="comment", subtype_xmlid="mail.mt_note"
        )

    def _log_change_on_orders(self):
        """Say on the orders that instalments changed, and not why: that is in the
        chatter of the traject."""
        for instalments in self.grouped("order_id").values():
            references = instalments.mapped("traject_reference")
            instalments._log_on_order(
                self.env._(
                    "Dates or amounts of instalments of %(trajects)s changed: see the "
                    "instalments.",
                    trajects=", ".join(dict.fromkeys(references)),
                )
            )
