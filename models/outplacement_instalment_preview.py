from odoo import models

from ..tools.money import to_decimal


class OutplacementInstalment(models.Model):
    """How it is shown what an event makes of an instalment, and held against what came
    out."""

    _inherit = "outplacement.instalment"

    def _sort_by_sale(self):
        """Return these in the order in which changes are shown."""
        return self.sorted(lambda i: (i.sale_line_id.id, i.number, i.id))

    def _prepare_change(self, facts, settlement):
        """Return the change of this instalment, see ``outplacement.change.mixin``.

        :param facts: :class:`~..tools.schedule.Facts` as they will be
        :param settlement: :class:`Settlement`
        """
        self.ensure_one()
        owed = self._get_owed()
        former, date = self._get_date_then(), self._get_date_after(facts, settlement)
        owed_after = self._get_owed_after(owed, settlement)
        moves = owed_after and date != former
        action = self._get_change_action(moves, owed, owed_after, settlement)
        return {
            "instalment_id": self.id,
            "sale_line_id": self.sale_line_id.id,
            "name": self.display_name,
            "action": action,
            "date_before": former,
            "date_after": date,
            "amount_before": float(owed),
            "amount_after": float(owed_after),
            "credit": float(settlement.credit),
            "currency_id": self.currency_id.id,
        }

    def _get_date_after(self, facts, settlement):
        """Return the date that the instalment will have, once drafts are posted. An
        invoiced one keeps it unless it is taken off its draft, or invoiced again."""
        again = settlement.credit and settlement.after == "release"
        if (
            not self.invoice_line_ids
            or again
            or self._is_taken_off_draft(settlement)
            or self._get_draft_credits("release")
        ):
            return self._get_terms(facts).date or False
        return self.date

    def _get_date_then(self):
        """Return its date, once drafts are posted: of what a credit note takes back to
        be invoiced again, that is the day on which it will be."""
        if self._get_draft_credits("release"):
            return self._get_terms(self.traject_id._get_billing_facts()).date or False
        return self.date or False

    def _is_taken_off_draft(self, settlement):
        """Whether no invoice bills it any more, or all of what a draft bills lapses."""
        if settlement.unbill:
            return True
        draft = self.invoice_line_ids.filtered(
            lambda line: line.parent_state == "draft"
        )
        whole = to_decimal(self.amount)
        return bool(draft and settlement.reason and settlement.lapsed == whole)

    def _get_owed_after(self, owed, settlement):
        """Return what is owed afterwards, as a decimal."""
        if settlement.unbill:
            return to_decimal(self._get_billable_amount())
        for line in settlement.withdraw:
            billed = to_decimal(line._get_outplacement_billed())
            owed += billed if line.move_id.move_type == "out_refund" else -billed
        owed += settlement.revive
        if settlement.credit and settlement.after == "release":
            lapsed = settlement.lapsed
            if lapsed is None:
                lapsed = self._get_lapsed()[0]
            return to_decimal(self.amount) - lapsed
        if settlement.credit:
            return owed - settlement.credit
        # what was credited or cancelled by hand is not owed, whatever lapses of it
        withdrawn = self.invoice_line_ids and self.state != "invoiced"
        if settlement.lapsed is None or withdrawn:
            return owed
        return to_decimal(self.amount) - settlement.lapsed

    def _get_change_action(self, moves, owed, owed_after, settlement):
        """Return the word for it: the first of what happens to money, then to dates."""
        if settlement.credit:
            return "credit"
        if owed_after > owed:
            return "revive"
        if settlement.reason and (owed_after < owed or self.state == "credited"):
            return "reduce" if owed_after else "lapse"
        return "move" if moves else "keep"

    def _matches_change(self, change):
        """Whether the instalment came out as ``change`` said."""
        self.ensure_one()
        owed, shown = float(self._get_owed()), change["amount_after"]
        same_amount = self.currency_id.compare_amounts(owed, shown) == 0
        # what lapsed is not invoiced, whatever its date
        same_date = not owed or self._get_date_then() == change["date_after"]
        return same_amount and same_date
