from odoo import models

from ..tools.money import round_amount, to_decimal
from .outplacement_instalment_change import Settlement


class OutplacementInstalment(models.Model):
    """What of an instalment a change of package takes back."""

    _inherit = "outplacement.instalment"

    def _is_payers(self):
        self.ensure_one()
        return self.sale_line_id.outplacement_line_kind == "payer"

    def _get_unstarted(self, started):
        """Return what is owed of it for what has not started, as a decimal.

        :param int started: number of months of the term that have started
        """
        self.ensure_one()
        owed = self._get_owed()
        if self._is_payers() or not owed:
            return to_decimal(0)
        if self.trigger != "start":
            # what is about to be released has no day any more
            waits = self._get_draft_credits("release") or not (
                self.date or self.invoice_line_ids
            )
            return owed if waits else to_decimal(0)
        months = self._get_own_months()
        unstarted = sum(month >= started for month in months)
        amount = to_decimal(self.amount) * unstarted / len(months)
        return min(round_amount(amount, self.currency_id), owed)

    def _get_package_settlement(self, more):
        """Return the settlement by which ``more`` is no longer owed.

        :param more: decimal
        """
        self.ensure_one()
        if not more:
            return Settlement()
        pending = self._get_draft_credits()._get_outplacement_billed_sum()
        return self._prepare_settlement(
            self._get_lapsed()[0] + pending + more, "package"
        )
