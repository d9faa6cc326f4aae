from odoo import api, fields, models

from ..tools.schedule import Facts, get_date_end


class OutplacementTraject(models.Model):
    """The facts that dates and periods of instalments follow from."""

    _inherit = "outplacement.traject"

    session_instalment_ids = fields.One2many(
        "outplacement.instalment",
        "session_traject_id",
        string="Instalments of Sessions",
    )

    def _get_billing_facts(self, **replaced):
        """Return what instalments follow from, as :class:`~..tools.schedule.Facts`.

        :param replaced: facts to suppose instead of those that are; with a day of
            placement or closing, no pause goes on after it
        """
        self.ensure_one()
        # sudo: outplacement.session - the days of what is billed, and no more of it;
        # who may read the traject need not read its sessions or its order
        traject = self.sudo()
        facts = Facts(
            date_start=traject.date_start,
            months=traject._get_term_months(),
            pauses=traject._get_pauses(),
            date_placement=traject.date_placement,
            date_closed=traject.date_closed,
            session_days=traject._get_billed_days(),
            **traject.sale_line_id._get_outplacement_sale_facts(),
        )
        ends = (replaced.get("date_placement"), replaced.get("date_closed"))
        if any(ends) and "pauses" not in replaced:
            replaced["pauses"] = self._get_pauses_until(min(filter(None, ends)))
        return facts._replace(**replaced)

    @api.model
    def _get_fact_fields(self):
        """Return the fields that :meth:`_get_billing_facts` reads, for dependencies."""
        return [
            *("date_start", "months", "extension_months"),
            *("date_placement", "date_closed"),
            *("session_ids.is_billed", "session_ids.start", "session_ids.counts"),
            *("pause_ids.date_from", "pause_ids.date_to"),
        ]

    def _get_billed_days(self):
        """Return the days of the sessions that are billed, in order: those that count
        and were held, and the no-shows that the company billed by then."""
        self.ensure_one()
        starts = self.session_ids.filtered(
            lambda session: session.counts and session.is_billed
        ).mapped("start")
        return tuple(sorted(map(self.company_id._get_outplacement_day, starts)))

    def _get_date_end(self, date_start):
        """Return the last day of a term that begins on ``date_start``: start + months
        - 1 day, and what pauses add (R7, R6); False without a start."""
        self.ensure_one()
        return get_date_end(date_start, self._get_term_months(), self._get_pauses())

    def _get_term_months(self):
        """Return the length of the whole term, with what confirmed orders added."""
        self.ensure_one()
        return self.months + self.extension_months
