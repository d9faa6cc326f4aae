from odoo import models

from ..tools import schedule
from ..tools.money import round_amount, to_decimal


class OutplacementInstalment(models.Model):
    """What an early placement means for the instalments of the term (R10)."""

    _inherit = "outplacement.instalment"

    def _get_date_depends(self):
        return [
            *super()._get_date_depends(),
            "traject_id.date_placement",
            "sale_line_id.outplacement_placement_rule",
            "sale_line_id.outplacement_placement_rest",
        ]

    def _get_planned_date(self, facts):
        """A fixed price whose rest is billed at once falls due at the placement, unless
        another day was agreed upon, or the payer can still withdraw."""
        date = super()._get_planned_date(facts)
        if date and facts.date_placement and self._is_billed_at_placement():
            return min(date, facts.date_placement)
        return date

    def _is_billed_at_placement(self):
        self.ensure_one()
        line = self.sale_line_id
        return (
            self.trigger == "start"
            and line.outplacement_placement_rule == "fixed"
            and line.outplacement_placement_rest == "at_once"
        )

    def _get_lapse(self, facts):
        """Of the months that had not started at the placement, the package gives back
        all or a part."""
        if self.trigger != "start" or not facts.date_placement or not facts.date_start:
            return super()._get_lapse(facts)
        amount = self._get_refund(facts)
        return (amount, "placed") if amount else super()._get_lapse(facts)

    def _get_refund(self, facts):
        """Return what is given back of the amount, rounded half-up, as a decimal."""
        self.ensure_one()
        percent = self._get_refund_percent()
        months = self._get_own_months()
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
        """Return the first day of its months that had not started at the placement."""
        if self.trigger != "start" or not facts.date_placement:
            return super()._get_first_unstarted(facts)
        days = (
            schedule.get_date(facts.date_start, month, facts.pauses)
            for month in self._get_own_months()
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
