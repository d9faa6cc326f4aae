from odoo import models

from ..tools import schedule
from ..tools.money import round_amount, to_decimal


class OutplacementInstalment(models.Model):
    """What an early placement means for the instalments of the term (R10)."""

    _inherit = "outplacement.instalment"

    def _get_date_by_placement(self, date, facts):
        """Return the day on which an instalment that is planned on ``date`` is
        invoiced. A fixed price whose rest is billed at once falls due at the placement,
        unless another day was agreed upon, or the payer can still withdraw."""
        if date and self._is_placed_early(facts) and self._is_billed_at_placement():
            return min(date, facts.date_placement)
        return date

    def _is_placed_early(self, facts):
        """Whether the candidate was placed, and not before this was sold: who extends a
        traject after a placement buys the months that come."""
        known = self.sale_line_id.outplacement_date_placed
        return bool(facts.date_placement) and facts.date_placement != known

    def _is_billed_at_placement(self):
        self.ensure_one()
        line = self.sale_line_id
        return (
            line.outplacement_placement_rule == "fixed"
            and line.outplacement_placement_rest == "at_once"
        )

    def _get_lapse_by_placement(self, facts):
        """Return what of the amount is not owed, and why: of the months that had not
        started at the placement, the package gives back all or a part.

        :return: ``(decimal, reason)``
        """
        if not self._is_placed_early(facts) or not facts.date_start:
            return 0, False
        amount = self._get_refund(facts)
        return (amount, "placed") if amount else (0, False)

    def _get_refund(self, facts):
        """Return what is given back of the amount, rounded half-up, as a decimal."""
        self.ensure_one()
        percent = self._get_refund_percent()
        months = self._get_refund_months()
        if not percent or not months:
            return 0
        not_started = sum(
            schedule.get_date(facts.date_start, month, facts.pauses)
            > facts.date_placement
            for month in months
        )
        amount = to_decimal(self.amount) * percent * not_started / (100 * len(months))
        return round_amount(amount, self.currency_id)

    def _get_first_unstarted(self, facts):
        """Return the first day of its months that had not started at the placement,
        False where nothing but all of it is given back.

        A refund is of months; what is earned goes by days all the same (R13). Of
        9,000.00 from 2026-01-12, placed on 2026-05-20, five months (3,750.00) stay
        owed. At the end of the fifth 151 of 365 days are earned, 3,723.29. The
        difference is earned over the days after it, on which credit note and invoice
        outweigh each other but for that.
        """
        if self.trigger not in schedule.TERM_TRIGGERS:
            return False
        if not self._is_placed_early(facts):
            return False
        days = (
            schedule.get_date(facts.date_start, month, facts.pauses)
            for month in self._get_refund_months()
        )
        return next((day for day in days if day > facts.date_placement), False)

    def _get_refund_percent(self):
        """Return how much of a month that has not started is given back, in %."""
        line = self.sale_line_id
        if line.outplacement_placement_rule == "started_months":
            return 100
        if line.outplacement_placement_rule == "refund":
            return to_decimal(line.outplacement_refund_percent)
        return 0

    def _get_refund_months(self):
        """Return the months of the term of which a part is given back: its own ones, or
        all of them where the plan does not bill the same for every month. Then each
        instalment is a part of the whole, also in what is earned (R13)."""
        self.ensure_one()
        if self._get_term_siblings()._is_paid_by_month():
            return self._get_own_months()
        return range(*self.sale_line_id._get_outplacement_span(self.traject_id))

    def _get_own_months(self):
        """Return the months of the term that the instalment pays for, counted from 0
        (R7): those up to the next one, of all of them together."""
        self.ensure_one()
        begin, until = self.sale_line_id._get_outplacement_span(self.traject_id)
        after = self.months_after_start
        others = self._get_term_siblings().mapped("months_after_start")
        first = begin if after <= min(others) else min(after, until - 1)
        later = [other for other in others if other > after]
        return range(first, max(first + 1, min([until, *later])))
