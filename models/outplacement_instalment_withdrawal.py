from odoo import api, models

# Until when after the sale a day off may move the end of the withdrawal period.
WITHDRAWAL_LIMIT = "-90d"


class OutplacementInstalment(models.Model):
    """Instalments that wait until a private payer cannot withdraw any more."""

    _inherit = "outplacement.instalment"

    @api.model
    def _update_withdrawable(self, domain=()):
        """Date instalments anew by the days off that there are now.

        Their date depends on days off, and not by the ORM: a time off of anybody would
        date everything anew.

        :param domain: limits the instalments to look at
        """
        # sudo: outplacement.instalment - the calendar decides, not the user
        instalments = self.sudo().search([*domain, *self._get_withdrawable_domain()])
        self.env.add_to_compute(self._fields["date"], instalments)
        instalments.modified(["date"])

    @api.model
    def _get_withdrawable_domain(self):
        """Return the domain of what is not invoiced of recent sales to persons who did
        not ask for an early start."""
        return [
            ("state", "in", ("planned", "due")),
            ("order_id.state", "=", "sale"),
            ("order_id.outplacement_early_start", "=", False),
            ("order_id.partner_id.commercial_partner_id.is_company", "=", False),
            "|",
            ("order_id.outplacement_date_confirmed", ">=", WITHDRAWAL_LIMIT),
            ("sale_line_id.outplacement_date_sold", ">=", WITHDRAWAL_LIMIT),
        ]
