from odoo import models

from ..tools import schedule
from ..tools.money import to_decimal


class OutplacementTraject(models.Model):
    """What another package means for the instalments of the package until then."""

    _inherit = "outplacement.traject"

    def _get_months_started(self, day):
        """Return how many months of the term have started before ``day`` (R7)."""
        self.ensure_one()
        facts = self._get_facts_before(day)
        months = 0
        while schedule.get_date(facts.date_start, months, facts.pauses) < day:
            months += 1
        return months

    def _get_facts_before(self, day):
        """Return the facts that tell which months have started before ``day``: a pause
        of which nobody knows the end lasts until then."""
        pauses = self._get_pauses()
        expected = pauses and pauses[-1].date_to
        if not expected or expected < self._get_today():
            pauses = self._get_pauses_until(day)
        return self._get_billing_facts(pauses=pauses)

    def _get_package_changes(self, day, extra=0):
        """Return what becomes of the instalments when another package begins, see
        ``outplacement.change.mixin``.

        :param date day: first day of the other package
        :param extra: what is taken back besides what has not started, as a decimal
        :raises AccessError: the user does not sell for the traject
        """
        self.ensure_one()
        self._check_may_sell()
        # sudo: outplacement.traject - what follows from prices and invoices is computed
        # in full, for who may sell
        traject = self.sudo()
        facts = traject._get_billing_facts()
        settlements = traject._get_package_settlements(day, extra)
        return [
            instalment._prepare_change(facts, settlement)
            for instalment, settlement in settlements.items()
        ]

    def _get_package_settlements(self, day, extra=0):
        """Return what becomes of the money of each instalment, in order, as dict of
        :class:`~.outplacement_instalment_change.Settlement`.

        What has not started is no longer owed; of the rest ``extra``, the latest first.
        What a second payer pays stays.
        """
        self.ensure_one()
        started = self._get_months_started(day)
        facts = self._get_facts_before(day)
        first = schedule.get_date(facts.date_start, started, facts.pauses)
        instalments = self.instalment_ids._sort_by_sale()
        settlements = {}
        for instalment in reversed(instalments):
            lapsed = unstarted = instalment._get_unstarted(started)
            if extra and not instalment._is_payers():
                left = to_decimal(instalment._get_owed()) - lapsed
                more = max(min(extra, left), 0)
                lapsed, extra = lapsed + more, extra - more
            settlement = instalment._get_package_settlement(lapsed)
            if unstarted and instalment.trigger == "start":
                settlement = settlement._replace(earned_from=first)
            settlements[instalment] = settlement
        return {instalment: settlements[instalment] for instalment in instalments}

    def _set_package(self, day, product, months):
        """Have the traject go on with another package, and let what was sold until now
        pay for the months until then only.

        :param date day: its first day
        :param int months: length of the whole term from now on
        """
        self.ensure_one()
        self._check_may_sell()
        # sudo: outplacement.traject - the package of a traject is planners' to write,
        # and orders are not a manager's; selling another one is theirs
        traject = self.sudo()
        started = self._get_months_started(day)
        for line in traject._get_billed_lines():
            begin, end = line._get_outplacement_span(traject)
            theirs = line.outplacement_line_kind == "payer"
            # at least a month: 0 is that no other package came
            until = max(started, begin + 1)
            line.outplacement_months_until = end if theirs else min(end, until)
        traject.write({"product_id": product.id, "months": months})
