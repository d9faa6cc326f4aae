from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

# Phases that a candidate has been in. A skipped one has been left out, whenever.
REACHED_STATES = ("active", "done")


class OutplacementReport(models.Model):
    """The facts of a progress report: taken from the traject for the period of the
    report, never entered. They follow the period and are checked before they are sent.
    """

    _inherit = "outplacement.report"

    @api.model
    def _create_draft(self, traject):
        """Return a new draft for ``traject``, from the day after the previous report
        until today (the user's date), with the facts filled in.

        :raises AccessError: the user does not guide the traject
        """
        traject.ensure_one()
        today = fields.Date.context_today(self)
        previous = self.search(
            [
                ("traject_id", "=", traject.id),
                ("state", "in", ("released", "superseded")),
            ],
            limit=1,
        )
        start = traject.date_start or today
        if previous:
            start = previous.date_to + timedelta(days=1)
        return self.create(
            {
                "traject_id": traject.id,
                "date_from": min(start, today),
                "date_to": today,
            }
        )

    @api.model_create_multi
    def create(self, vals_list):
        """A report has its facts from the start, whatever made it."""
        reports = super().create(vals_list)
        reports._refresh_facts()
        return reports

    def write(self, vals):
        """The facts of a draft follow its period."""
        result = super().write(vals)
        if {"date_from", "date_to"} & set(vals):
            self.filtered(lambda report: report.state == "draft")._refresh_facts()
        return result

    def action_refresh_facts(self):
        """Fill the facts of drafts anew from their trajects.

        :raises AccessError: the user does not guide the trajects
        :raises UserError: a report that is no draft
        """
        self._check_coach()
        self._check_state("draft")
        self._refresh_facts()
        return True

    def _refresh_facts(self):
        """Write the facts of each report, as they are now."""
        # a period that the database refuses has no facts
        self.flush_recordset(["date_from", "date_to"])
        for report in self:
            facts = report._prepare_refreshed()
            # sudo: outplacement.report - facts are closed to write(), so that they
            # come from the traject only; they were read with the user's rights
            report.sudo().write(facts)

    def _prepare_refreshed(self):
        """Return what refreshing writes, by field."""
        return self._prepare_facts()

    def _check_facts_current(self):
        """Hold the facts against what the trajects say now. They are not refreshed
        here: the coach would send what nobody has read.

        :raises UserError: a report with a fact that has changed
        """
        for report in self:
            if changed := report._get_changed_facts():
                labels = [
                    self._fields[name]._description_string(self.env) for name in changed
                ]
                raise UserError(
                    self.env._(
                        "%(report)s is no longer right about: %(facts)s. Refresh the "
                        "facts and read the report again before you send it.",
                        report=report.name,
                        facts=", ".join(labels),
                    )
                )

    def _get_changed_facts(self):
        """Return the names of the facts that are different now, in order."""
        self.ensure_one()
        facts = self._prepare_facts()
        # an empty text is no text
        return [
            name for name in facts if (self[name] or False) != (facts[name] or False)
        ]

    def _prepare_facts(self):
        """Return the facts of the period by field, all of them on the white-list."""
        self.ensure_one()
        # `reference` and the others come from the traject; never from its file.
        traject = self.traject_id.with_context(lang=self._get_lang())
        placed_on = traject.date_placement
        placed = bool(placed_on and placed_on <= self.date_to)
        return {
            "reference": traject.name,
            "package": traject.product_id.name or traject.type_id.name,
            "term_end": traject.date_end,
            "sessions_left": traject.session_left_count,
            "phases_text": self._get_phases_text(traject),
            "placed": placed,
            "date_placement": placed and placed_on,
            **self._prepare_session_facts(),
        }

    def _prepare_session_facts(self):
        """Return the numbers of sessions in the period, by state: from midnight to
        midnight in the time zone of the company."""
        midnight = self.company_id._get_outplacement_midnight
        after = self.date_to + timedelta(days=1)
        grouped = self.env["outplacement.session"]._read_group(
            Domain("traject_id", "=", self.traject_id.id)
            & Domain("start", ">=", midnight(self.date_from))
            & Domain("start", "<", midnight(after)),
            ["state"],
            ["__count"],
        )
        counts = dict(grouped)
        return {
            f"sessions_{state}": counts.get(state, 0)
            for state in ("planned", "held", "cancelled", "no_show")
        }

    def _get_phases_text(self, traject):
        """Return a line a phase reached by the end of the period, with its dates.

        A phase that ended after the period is told as one that was still running.
        """
        reached = traject.traject_phase_ids.filtered(
            lambda line: (
                line.state in REACHED_STATES
                and line.date_start
                and line.date_start <= self.date_to
            )
        )
        return "\n".join(self._get_phase_text(line) for line in reached)

    def _get_phase_text(self, line):
        """Return the sentence about one phase, in the language of ``line``."""
        start = format_date(line.env, line.date_start)
        if not line.date_end or line.date_end > self.date_to:
            return line.env._(
                "%(phase)s: since %(start)s", phase=line.phase_id.name, start=start
            )
        end = format_date(line.env, line.date_end)
        return f"{line.phase_id.name}: {start} – {end}"
