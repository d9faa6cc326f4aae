import logging
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain

from ..tools import rhythm
from ..tools.concurrency import CONCURRENCY_ERRORS

_logger = logging.getLogger(__name__)

RHYTHMS = [
    ("none", "By hand only"),
    ("monthly", "Every month"),
    ("quarterly", "Every quarter"),
    ("phase_end", "At the end of each phase"),
    ("final", "At the end of the traject"),
]
# The states in which reports fall due: not before the start, nor during a pause.
REPORTED = ("active", "aftercare")
# The states of a report in which its coach goes on with it.
WAITING = ("draft", "agreed", "objected")
ACTIVITY = "outplacement.mail_activity_type_report"


class OutplacementTraject(models.Model):
    """The rhythm of progress reports: when one is due, its draft is there."""

    _inherit = "outplacement.traject"

    report_rhythm = fields.Selection(
        RHYTHMS,
        compute="_compute_report_rhythm",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        help="When the draft of a report is made and its coach told. By months they "
        "are counted from the start of the traject, and none falls due while it is "
        "paused. By phases: when one is marked as done, not when a card is dragged on. "
        "By months or at the end: when the traject is closed as well.",
    )
    date_next_report = fields.Date(
        string="Next Report",
        compute="_compute_date_next_report",
        store=True,
        index="btree_not_null",
        help="The day on which the next progress report is drafted.",
    )
    report_due_until = fields.Date(
        string="Reports Drafted until",
        readonly=True,
        copy=False,
        help="The latest day that a report was due on and drafted: a draft that the "
        "coach deletes is not made again.",
    )

    # ------------------------------------------------------------------
    # When
    # ------------------------------------------------------------------

    @api.depends("product_id")
    def _compute_report_rhythm(self):
        """The rhythm of the package, else what it was, else that of the company."""
        for traject in self:
            traject.report_rhythm = (
                traject.product_id.outplacement_report_rhythm
                or traject.report_rhythm
                or traject.company_id.outplacement_report_rhythm
                or "none"
            )

    @api.depends(
        *("report_rhythm", "report_due_until", "state", "date_start", "date_end"),
        *("pause_ids.date_from", "pause_ids.date_to"),
    )
    def _compute_date_next_report(self):
        for traject in self:
            days = traject._get_report_days() if traject.state in REPORTED else ()
            traject.date_next_report = next(iter(days), False)

    def _get_report_days(self):
        """Return the days on which reports are due, of those not drafted yet, as an
        iterator."""
        self.ensure_one()
        drafted = self.report_due_until
        days = rhythm.get_days(
            self.report_rhythm, self.date_start, self.date_end, self._get_pauses()
        )
        return (day for day in days if not drafted or day > drafted)

    # ------------------------------------------------------------------
    # Drafting
    # ------------------------------------------------------------------

    @api.model
    def _cron_draft_reports(self):
        """Daily: draft the reports that are due and tell their coaches.

        Each traject is committed by itself. One whose report cannot be drafted is set
        aside: it is tried again the next day, and the others get theirs.
        """
        cron = self.env["ir.cron"]
        trajects = self._search_report_due()
        cron._commit_progress(remaining=len(trajects))
        for traject in trajects:
            traject._try_to_draft_report()
            if not cron._commit_progress(1):
                break

    @api.model
    def _search_report_due(self):
        """Return the trajects with a report due today, each at its own company."""
        tomorrow = fields.Date.today() + timedelta(days=1)
        domain = Domain("date_next_report", "<=", tomorrow)
        trajects = self.search(domain, order="date_next_report, id")
        days = {
            company: company._get_outplacement_today()
            for company in trajects.company_id
        }
        return trajects.filtered(
            lambda traject: traject.date_next_report <= days[traject.company_id]
        )

    def _try_to_draft_report(self):
        """Draft the report that is due, for a job: what stands in the way of this one
        is logged, and its coach told, once."""
        traject = self.with_context(allowed_company_ids=self.company_id.ids)
        try:
            with self.env.cr.savepoint():
                traject._draft_due_report()
        except CONCURRENCY_ERRORS:
            # somebody was at it just now: tomorrow again
            self.env.cr.rollback()
        except Exception:
            _logger.exception("No progress report drafted for %s", self.name)
            traject._tell_of_failure()

    def _tell_of_failure(self):
        """Tell the coach, once, that no report could be drafted. That may fail as well,
        and must not stand in the way of others."""
        try:
            with self.env.cr.savepoint():
                if not self.activity_search([ACTIVITY]):
                    self._schedule_report_activity("failed")
        except Exception:
            _logger.exception("Nobody was told of %s", self.name)

    def _draft_due_report(self):
        """Draft one report for all days until today that reports were due on, and
        return it; none where nothing is due, or where a report tells of it already."""
        self.ensure_one()
        today = self._get_today()
        report = self.env["outplacement.report"]
        if not self.date_next_report or self.date_next_report > today:
            return report
        day = max(self._get_report_days_until(today))
        report = self._draft_report_until(
            rhythm.get_period_end(self.report_rhythm, day)
        )
        # sudo: outplacement.traject - written by this method only
        self.sudo().report_due_until = day
        return report

    def _get_report_days_until(self, last):
        """Return the days up to ``last`` on which reports are due, in order."""
        days = []
        for day in self._get_report_days():
            if day > last:
                break
            days.append(day)
        return days

    def _draft_report_until(self, last):
        """Draft a report of the days after the previous one until ``last``, tell the
        coach, and return it; none where there are no such days."""
        self.ensure_one()
        # sudo: outplacement.report - falls due whoever ends a phase or closes a
        # traject; planners and managers draft no reports of their own accord
        reports = self.sudo().report_ids
        first = self._get_next_report_start(reports)
        if not first or first > last:
            return reports.browse()
        values = {"traject_id": self.id, "date_from": first, "date_to": last}
        report = reports.create(values)
        self._schedule_report_activity()
        return report.with_env(self.env)

    def _get_next_report_start(self, reports):
        """Return the first day that none of ``reports`` tells of, drafts included."""
        told = reports.filtered(lambda report: report.state != "withdrawn")
        if last := max(told.mapped("date_to"), default=False):
            return last + timedelta(days=1)
        return self.date_start

    # ------------------------------------------------------------------
    # What happens to the traject
    # ------------------------------------------------------------------

    def _on_phase_done(self):
        """Draft the reports of trajects that are told of at the end of a phase."""
        for traject in self:
            runs = traject.state in (*REPORTED, "closed")
            if runs and traject.report_rhythm == "phase_end":
                traject._draft_report_until(traject._get_today())

    def _on_closed(self):
        """A traject that ends before its term is told of to its end as well."""
        result = super()._on_closed()
        for traject in self:
            if next(traject._get_report_days(), False):
                traject._draft_report_until(traject.date_closed)
        return result

    def _on_cancelled(self):
        result = super()._on_cancelled()
        self.activity_unlink([ACTIVITY])
        return result

    # ------------------------------------------------------------------
    # Telling the coach
    # ------------------------------------------------------------------

    def _schedule_report_activity(self, reason=None):
        """Ask the coach, else the company's planner, to see to a report: one activity
        a traject, that says nothing of what is in it.

        :param str reason: see :meth:`_get_report_activity_text`
        """
        # sudo: outplacement.traject - whoever causes it need not write activities; nor
        # is the candidate who answers the author of what the bureau's staff is told
        traject = self.with_user(SUPERUSER_ID)
        traject.activity_unlink([ACTIVITY])
        users = traject.coach_id | traject.company_id.outplacement_planner_id
        # whoever has left hears nothing, and would stand in the way of who caused it
        user = users.filtered(lambda user: user.active and user._is_internal())[:1]
        if not user:
            return
        localized = traject.with_context(lang=user.lang)
        text = localized._get_report_activity_text(reason)
        values = {"summary": text} if text else {}
        localized.activity_schedule(
            ACTIVITY, date_deadline=self._get_today(), user_id=user.id, **values
        )

    def _get_report_activity_text(self, reason):
        """Return what the activity asks for, in the language of the environment; False
        for what its type says."""
        if reason == "failed":
            return self.env._(
                "The progress report could not be drafted: draft it by hand"
            )
        if reason in ("consent", "answered"):
            # account managers read it: which of the two is the candidate's affair
            return self.env._("Check the progress report before it goes on")
        if reason == "missed":
            return self.env._("The time to answer to the progress report is over")
        if reason == "silence":
            return self.env._("The progress report can be released")
        return False

    def _end_report_activity(self, reports):
        """What the activity asked for is done for ``reports``; it stays while another
        report of the traject waits for its coach."""
        # sudo: outplacement.traject - a deputy sends a report as well
        trajects = self.sudo()
        waiting = (trajects.report_ids - reports).filtered(
            lambda report: report.state in WAITING
        )
        (trajects - waiting.traject_id).activity_unlink([ACTIVITY])
