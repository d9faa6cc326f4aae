import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.concurrency import CONCURRENCY_ERRORS

_logger = logging.getLogger(__name__)

# The longest time before the deadline in which a candidate may be reminded.
MAX_REMINDER_DAYS = 60


class OutplacementReport(models.Model):
    """The days in which a candidate answers: a reminder, and what follows on silence.

    Silence agrees to nothing, unless the company wants it so and the candidate signed a
    statement that says so before the report was sent.
    """

    _inherit = "outplacement.report"

    date_announced = fields.Date(
        string="Announced on",
        readonly=True,
        copy=False,
        help="The day of the mail to the candidate; empty where there was no address.",
    )
    date_reminded = fields.Date(string="Reminded on", readonly=True, copy=False)
    date_missed = fields.Date(
        string="Without Answer on",
        readonly=True,
        copy=False,
        help="The day on which the time to answer was over.",
    )

    # ------------------------------------------------------------------
    # The job
    # ------------------------------------------------------------------

    @api.model
    def _cron_follow_up(self):
        """Daily: remind candidates, and see to reports whose time to answer is over.

        Each report is committed by itself; what stands in the way of one is logged, and
        tried again the next day.
        """
        cron = self.env["ir.cron"]
        reports = self._search_to_follow_up()
        cron._commit_progress(remaining=len(reports))
        for report in reports:
            report._try_to_follow_up()
            if not cron._commit_progress(1):
                break

    @api.model
    def _search_to_follow_up(self):
        """Return the reports with something to be done today, each at its company."""
        horizon = fields.Date.today() + timedelta(days=MAX_REMINDER_DAYS + 1)
        domain = (
            Domain("state", "=", "sent")
            & Domain("date_missed", "=", False)
            & Domain("answer_deadline", "<=", horizon)
        )
        reports = self.search(domain, order="answer_deadline, id")
        return reports.filtered(lambda r: r._is_missed() or r._is_to_be_reminded())

    def _is_missed(self):
        """Whether the time to answer is over at the company."""
        self.ensure_one()
        return self.answer_deadline < self.company_id._get_outplacement_today()

    def _is_to_be_reminded(self):
        """Whether the candidate is to be reminded today: once, and not on the day that
        the report was sent."""
        self.ensure_one()
        days = self.company_id.outplacement_reminder_days
        if not days or self.date_reminded or not self.candidate_id.email:
            return False
        today = self.company_id._get_outplacement_today()
        first = self.answer_deadline - timedelta(days=days)
        return first <= today <= self.answer_deadline and self.date_sent < today

    def _try_to_follow_up(self):
        """Do what is to be done today, for a job."""
        report = self.with_context(allowed_company_ids=self.company_id.ids)
        try:
            with self.env.cr.savepoint():
                if report._is_missed():
                    report._miss_answer()
                else:
                    report._remind()
        except CONCURRENCY_ERRORS:
            # somebody was at it just now, perhaps the candidate: tomorrow again
            self.env.cr.rollback()
        except Exception:
            _logger.exception("No follow-up of progress report %s", self.id)

    # ------------------------------------------------------------------
    # What is done
    # ------------------------------------------------------------------

    def _remind(self):
        """Remind the candidate by mail, which holds nothing of the report."""
        self.ensure_one()
        template = self.env.ref("outplacement.mail_template_report_reminder")
        # sudo: mail.template - a fixed text
        template.sudo().send_mail(self.id)
        self._set_state("sent", date_reminded=self.company_id._get_outplacement_today())

    def _miss_answer(self):
        """Take silence for what was signed; without that ask the coach to see to it."""
        self.ensure_one()
        today = self.company_id._get_outplacement_today()
        self._set_state("sent", date_missed=today)
        agreed = self._is_agreed_by_silence()
        if agreed:
            self._record_silence(today)
        reason = "silence" if agreed else "missed"
        self.traject_id._schedule_report_activity(reason)

    def _is_agreed_by_silence(self):
        """Whether the candidate signed that silence agrees, in the latest statement,
        the company still wants it so, the report was announced by mail, and the
        candidate has not objected to it before."""
        self.ensure_one()
        if not self.company_id.outplacement_silence_agrees or not self.date_announced:
            return False
        if "objected" in self.answer_ids.mapped("answer"):
            return False
        signed = self.traject_id.statement_ids.filtered(
            lambda statement: (
                statement.party == "candidate" and statement.state == "signed"
            )
        )
        latest = signed.sorted(lambda statement: (statement.date_signed, statement.id))
        return self._is_covered_by(latest[-1:])

    def _is_covered_by(self, statement):
        """Whether what was signed says that silence agrees to this report: it was there
        before the report was sent, and gave no more days than the candidate had."""
        self.ensure_one()
        if not statement.silence_agreed:
            return False
        days = (self.answer_deadline - self.date_sent).days
        in_time = statement.date_recorded and statement.date_recorded <= self.date_sent
        return bool(in_time and statement.answer_days <= days)

    def _record_silence(self, day):
        """Record that no answer came, and bring the report into the state it leads
        to."""
        # sudo: outplacement.report.answer - recorded by the job, in nobody's name
        self.env["outplacement.report.answer"].sudo().create(
            {
                "report_id": self.id,
                "answer": "agreed",
                "channel": "silence",
                "date": day,
            }
        )
