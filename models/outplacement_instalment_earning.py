from itertools import pairwise

from odoo import models

from ..tools import schedule
from ..tools.money import to_decimal


class OutplacementInstalment(models.Model):
    """Over which days of service an instalment is earned (R13)."""

    _inherit = "outplacement.instalment"

    def _get_earning_period(self):
        """Return first and last day of the days over which the amount is earned (R13).

        The service period, where every instalment pays for its own months. Where the
        plan bills faster or slower than the months go by, the whole term. A pause moves
        the end of what it interrupts by its months (R6); what is on an invoice by then
        moves by its days, which is up to three days more or less.
        """
        self.ensure_one()
        if self.trigger not in schedule.TERM_TRIGGERS:
            return self.period_start, self.period_end
        # sudo: outplacement.traject - finance may not read trajects; how the price is
        # spread over the term is part of the deal
        instalment = self.sudo()
        traject = instalment.traject_id
        begin, until = instalment.sale_line_id._get_outplacement_span(traject)
        if instalment._get_term_siblings()._is_paid_by_month():
            months = instalment._get_own_months()
            begin, until = months.start, months.stop
        start, pauses = traject.date_start, traject._get_pauses()
        return (
            schedule.get_date(start, begin, pauses),
            schedule.get_date_end(start, until, pauses),
        )

    def _fetch_earning(self):
        """Read for all of these at once what :meth:`_get_earning_period` asks of each,
        which else comes to some queries a traject."""
        # sudo: outplacement.traject - see _get_earning_period
        trajects = self.sudo().traject_id
        trajects.fetch(["months", "date_start", "instalment_ids", "pause_ids"])
        trajects.instalment_ids.fetch(["trigger", "months_after_start", "amount"])

    def _is_paid_by_month(self):
        """Whether these instalments, all of a traject in order of date, bill the same
        amount for every month, but for what rounding leaves to the last (R2).

        What is due at other moments than by months after the start stands beside it.
        """
        begin, end = self.sale_line_id._get_outplacement_span(self.traject_id)
        amounts = [to_decimal(amount) for amount in self.mapped("amount")]
        # the first service period begins with the term, whenever it is billed
        begins = [begin, *self[1:].mapped("months_after_start"), end]
        spans = [later - earlier for earlier, later in pairwise(begins)]
        unit = to_decimal(self.currency_id.rounding)
        return min(spans) > 0 and all(
            abs(amount - sum(amounts) * span / (end - begin)) < unit
            for amount, span in zip(amounts[:-1], spans, strict=False)
        )
