from odoo import api, fields, models

from ..tools import schedule

# What an instalment of a session looks at in those of the other sessions.
SIBLING = ("rank", "invoice_line_ids", "is_lapsed", "lapse_reason")


class OutplacementInstalment(models.Model):
    """When an instalment falls due and which days it pays for: what follows from the
    facts of its traject, as they are or as they might be."""

    _inherit = "outplacement.instalment"

    session_traject_id = fields.Many2one(
        "outplacement.traject",
        string="Traject of the Session",
        compute="_compute_session_traject_id",
        store=True,
        index="btree_not_null",
        help="The traject, of an instalment that bills one of its sessions: those "
        "share the sessions among them.",
    )

    @api.depends("trigger", "traject_id")
    def _compute_session_traject_id(self):
        for instalment in self:
            is_session = instalment.trigger == "session"
            instalment.session_traject_id = is_session and instalment.traject_id

    # ------------------------------------------------------------------
    # As they are
    # ------------------------------------------------------------------

    @api.depends(lambda self: self._get_date_depends())
    def _compute_date(self):
        """Date what is not invoiced yet; an invoiced instalment keeps its date (R4)."""
        invoiced = self.filtered("invoice_line_ids")
        for instalment in invoiced:
            instalment.date = instalment.date
        for instalment, terms in (self - invoiced)._iterate_terms():
            instalment.date = terms.date

    @api.depends(lambda self: self._get_period_depends())
    def _compute_period(self):
        """Which part of the term the instalment pays for; fixed once invoiced (R7).
        One that was invoiced before its period was known gets it later."""
        fixed = self.filtered(lambda i: i.invoice_line_ids and i.period_start)
        for instalment in fixed:
            instalment.period_start = instalment.period_start
            instalment.period_end = instalment.period_end
        for instalment, terms in (self - fixed)._iterate_terms():
            instalment.period_start = terms.period_start
            instalment.period_end = terms.period_end

    @api.model
    def _get_date_depends(self):
        """Return the paths of fields that dates follow from."""
        of_traject = self.env["outplacement.traject"]._get_fact_fields()
        of_sale = self.env["sale.order"]._get_outplacement_fact_fields()
        return [
            *("trigger", "rank", "months_after_start", "date_agreed"),
            "invoice_line_ids",
            *(f"session_traject_id.session_instalment_ids.{name}" for name in SIBLING),
            "sale_line_id.outplacement_placement_rule",
            "sale_line_id.outplacement_placement_rest",
            "sale_line_id.outplacement_date_placed",
            *(f"traject_id.{path}" for path in of_traject),
            *(f"order_id.{path}" for path in of_sale),
            "sale_line_id.outplacement_date_sold",
        ]

    @api.model
    def _get_period_depends(self):
        """Return the paths of fields that service periods follow from."""
        return [
            *self._get_date_depends(),
            "traject_id.instalment_ids.trigger",
            "traject_id.instalment_ids.months_after_start",
            "sale_line_id.outplacement_months",
            "sale_line_id.outplacement_months_before",
            "sale_line_id.outplacement_months_until",
        ]

    def _iterate_terms(self):
        """Yield each instalment with its terms, by the facts of its traject."""
        for traject, instalments in self.grouped("traject_id").items():
            facts = traject._get_billing_facts()
            for instalment in instalments:
                yield instalment, instalment._get_terms(facts)

    # ------------------------------------------------------------------
    # As they might be
    # ------------------------------------------------------------------

    def _get_terms(self, facts):
        """Return date and service period of an instalment that is not invoiced, were
        these the facts of its traject.

        :param facts: :class:`~..tools.schedule.Facts` of ``traject_id``
        :return: :class:`~..tools.schedule.Terms`; False where not known (yet)
        """
        self.ensure_one()
        # sudo: outplacement.instalment - a coach reads no order lines and finance no
        # trajects; what comes out are days of the deal
        instalment = self.sudo()
        facts = instalment._get_own_facts(facts)
        return schedule.Terms(
            instalment._get_date(facts), *instalment._get_period(facts)
        )

    def _get_own_facts(self, facts):
        """Return ``facts`` with those of the instalment's own sale, where that is not
        the sale that the traject came from."""
        if self.sale_line_id == self.traject_id.sale_line_id:
            return facts
        return facts._replace(**self.sale_line_id._get_outplacement_sale_facts())

    def _get_date(self, facts):
        """Return the day from which the instalment is invoiced, False while unknown. A
        day that was agreed upon waits for what the instalment waits for."""
        planned = self._get_planned_date(facts)
        is_known = planned or self.trigger in schedule.TERM_TRIGGERS
        date = (is_known and self.date_agreed) or planned
        if not date or not facts.not_before:
            return date
        return max(date, self._get_first_day(date, facts))

    def _get_first_day(self, date, facts):
        """Return the day before which it is not due, of one that the plan dates earlier
        perhaps: a pause in between moves it like any other day (R6)."""
        if self.trigger != "start" or self.date_agreed:
            return facts.not_before
        pauses = [
            pause
            for pause in facts.pauses
            if pause.date_from > date
            # what was over when it was sold moves nothing of it
            and (not pause.date_to or pause.date_to >= facts.date_confirmed)
        ]
        return schedule.get_date(facts.not_before, 0, pauses)

    def _get_planned_date(self, facts):
        """Return the day on which the invoice plan says it is invoiced (R4, R5), or at
        which a placement brings it forward (R10)."""
        if self.trigger == "start":
            date = schedule.get_date(
                facts.date_start, self.months_after_start, facts.pauses
            )
            return self._get_date_by_placement(date, facts)
        if self.trigger == "confirmation":
            return facts.date_confirmed
        day = self._get_event_day(facts)
        return schedule.get_month_end(day) if day and self.trigger == "session" else day

    def _is_held(self, pauses):
        """Whether the instalment waits for the end of a pause that nobody knows yet,
        and will move by then (R6). What was agreed on a day of its own does not."""
        return (
            self.trigger == "start"
            and not self.date_agreed
            and any(not p.date_to and self.date >= p.date_from for p in pauses)
        )

    def _is_waiting(self):
        """Whether the instalment waits for the end of a pause right now."""
        self.ensure_one()
        # sudo: outplacement.traject - finance may not read trajects, but their pauses
        pauses = self.sudo().traject_id._get_pauses_now()
        return self.state == "planned" and bool(self.date) and self._is_held(pauses)

    def _get_event_day(self, facts):
        """Return the day of what the instalment waits for, False while it did not
        happen: the session of its rank, the placement or the closing."""
        if self.trigger == "session":
            return self._get_session_day(facts)
        if self.trigger == "placement":
            return facts.date_placement
        return self.trigger == "closing" and facts.date_closed

    def _get_session_day(self, facts):
        """Return the day of the session that the instalment bills, False if there is
        none (yet): of those that no other one billed, the one of its rank."""
        siblings = self._get_session_siblings() | self
        slots = [
            (i.rank, bool(i.invoice_line_ids) and i.period_start) for i in siblings
        ]
        days = schedule.match_sessions(facts.session_days, slots)
        return dict(zip(siblings, days, strict=True))[self]

    def _get_session_siblings(self):
        """Return the instalments that share the sessions of the traject with this one,
        in order: those of the same payer of which somebody owes something."""
        self.ensure_one()
        line = self.sale_line_id
        siblings = self.session_traject_id.session_instalment_ids
        if line.outplacement_line_kind == "payer":
            siblings = siblings.filtered(lambda i: i.sale_line_id == line)
        else:
            siblings = siblings.filtered(
                lambda i: i.sale_line_id.outplacement_line_kind != "payer"
            )
        return siblings.filtered(
            lambda i: (
                i.invoice_line_ids or not i.is_lapsed or not i._is_lapsed_for_good()
            )
        ).sorted(lambda i: (i.rank, i.sale_line_id.id, i.number))

    def _get_period(self, facts):
        """Return first and last day of what the instalment pays for (R7): a part of
        the term, or the day of what it waits for. Of a session the month only: on which
        day it was is nobody's business who does not guide the traject."""
        if self.trigger not in schedule.TERM_TRIGGERS:
            day = self._get_event_day(facts)
            if day and self.trigger == "session":
                return day.replace(day=1), schedule.get_month_end(day)
            return day, day
        return schedule.get_period(
            facts.date_start,
            self.sale_line_id._get_outplacement_span(self.traject_id),
            self.months_after_start,
            self._get_term_siblings().mapped("months_after_start"),
            facts.pauses,
        )

    def _get_term_siblings(self):
        """Return those of the same sale of the same traject that divide the term among
        them, in order of date."""
        self.ensure_one()
        return self.traject_id.instalment_ids.filtered(
            lambda instalment: (
                instalment.sale_line_id == self.sale_line_id
                and instalment.trigger in schedule.TERM_TRIGGERS
            )
        ).sorted(lambda instalment: (instalment.months_after_start, instalment.number))
