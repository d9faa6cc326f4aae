from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools import plain_text
from ..tools.portal_words import write_day

# The longest remark of a candidate, in characters.
REMARK_LENGTH = 2000
LINE_VALUES = frozenset(
    {"id", "period", "state", "state_text", "is_open", "deadline", "is_final"}
)
REPORT_VALUES = LINE_VALUES | {
    "traject_id",
    "silence_agrees",
    "is_late",
    "answers",
    "has_document",
    "seen",
}
ANSWER_VALUES = frozenset({"answer_text", "day", "channel", "remark"})
FINAL_STATES = ("released", "superseded", "withdrawn")


class OutplacementReport(models.Model):
    """A report as its candidate reads and answers it in the portal."""

    _inherit = "outplacement.report"

    @api.model
    def _get_candidate_domain(self, trajects):
        """Return the reports that the user may read as the candidate of ``trajects``,
        and not as somebody whom the employer named elsewhere."""
        return (
            Domain("traject_id", "in", trajects.ids)
            & Domain("candidate_id", "=", self.env.user.partner_id.id)
            & Domain("state", "!=", "draft")
        )

    @api.model
    def _find_as_candidate(self, report_id):
        """Return the report with this id, as superuser, if it was sent to the user as
        the candidate; else none."""
        trajects = self.env["outplacement.traject"]._search_as_candidate()
        domain = self._get_candidate_domain(trajects) & Domain("id", "=", report_id)
        return trajects.env[self._name].search(domain)

    @api.model
    def _get_portal_candidate_page(self, report_id):
        """Return what the page of a report says around it, None if it is not the
        user's to read.

        :returns: dictionary of REPORT_VALUES
        """
        report = self._find_as_candidate(report_id)
        if not report:
            return None
        today = report.company_id._get_outplacement_today()
        is_open = report.state == "sent"
        return {
            **report._prepare_portal_candidate_line(),
            "traject_id": report.traject_id.id,
            "silence_agrees": is_open and report._is_agreed_by_silence(),
            "is_late": is_open and report.answer_deadline < today,
            "answers": report._get_portal_candidate_answers(),
            "has_document": bool(report.document_sha256),
            "seen": is_open and report._get_fingerprint(),
        }

    def _prepare_portal_candidate_line(self):
        """Return LINE_VALUES of this report."""
        self.ensure_one()
        return {
            "id": self.id,
            "period": self.env._(
                "%(start)s until %(end)s",
                start=write_day(self.env, self.date_from),
                end=write_day(self.env, self.date_to),
            ),
            "state": self.state,
            "state_text": self._get_portal_candidate_state_text(),
            "is_open": self.state == "sent",
            "is_final": self.state in FINAL_STATES,
            "deadline": write_day(self.env, self.answer_deadline),
        }

    def _get_portal_candidate_state_text(self):
        """Return the state in words for the candidate."""
        texts = {
            "sent": self.env._(
                "Waits for your answer until %(day)s",
                day=write_day(self.env, self.answer_deadline),
            ),
            "agreed": self.env._("You agreed; not sent to your employer yet"),
            "objected": self.env._("You objected; your coach looks into it"),
            "released": self.env._("Your employer can read it"),
            "superseded": self.env._("Replaced by a corrected report"),
            "withdrawn": self.env._("Withdrawn: your employer cannot read it any more"),
        }
        return texts.get(self.state, "")

    def _get_portal_candidate_answers(self):
        """Return what the candidate answered, latest first: dictionaries of
        ANSWER_VALUES."""
        Answer = self.env["outplacement.report.answer"]
        answers = Answer.search([("report_id", "=", self.id)])
        texts, channels = (
            dict(Answer._fields[name]._description_selection(self.env))
            for name in ("answer", "channel")
        )
        return [
            {
                "answer_text": texts[answer.answer],
                "day": write_day(self.env, answer.date),
                "channel": channels[answer.channel],
                "remark": answer.remark or "",
            }
            for answer in answers
        ]

    # ------------------------------------------------------------------
    # Files
    # ------------------------------------------------------------------

    @api.model
    def _get_portal_candidate_document(self, report_id):
        """Return name and bytes of the PDF that was released, the same for ever; None
        if there is none for the user.

        :raises UserError: it is another file by now
        """
        report = self._find_as_candidate(report_id)
        if not report.document_sha256:
            return None
        return report.document_name, report._get_portal_document()

    @api.model
    def _get_portal_candidate_preview(self, report_id):
        """Return name and bytes of the PDF of a report that is not released, as it is
        now; None if there is none for the user."""
        report = self._find_as_candidate(report_id)
        if not report or report.state in FINAL_STATES:
            return None
        # with the rights of the candidate, as everybody prints
        mine = report.with_env(self.env)
        return report.document_name, mine._render_document()

    # ------------------------------------------------------------------
    # Answering
    # ------------------------------------------------------------------

    def action_answer(self, answer, remark=False):
        """Keep of a remark what is text, and not more than fits.

        :raises UserError: a remark that is too long, as by any caller
        """
        remark = self._clean_remark(remark)
        if obstacle := self._get_remark_obstacle(remark):
            raise UserError(obstacle)
        return super().action_answer(answer, remark or False)

    @api.model
    def _clean_remark(self, remark):
        return plain_text.clean(remark if isinstance(remark, str) else "")

    @api.model
    def _get_remark_obstacle(self, remark):
        """Return why a remark is not taken, False if it is."""
        if len(remark) > REMARK_LENGTH:
            return self.env._(
                "Your text has %(length)s characters and %(limit)s fit: make it "
                "shorter, or tell your coach the rest.",
                length=len(remark),
                limit=REMARK_LENGTH,
            )
        return False

    @api.model
    def _answer_in_portal(self, report_id, answer, remark, seen):
        """Take the answer of the user to a report, once.

        :param answer: "agreed" or "objected"
        :param seen: the fingerprint of what the page showed on which they answered
        :returns: "answered", or "closed" if it waits for no answer (any more); None
            for a report that is not the user's to answer
        :raises UserError: saying what to mend in the remark, that the answer is none,
            or that the report tells something else by now
        """
        report = self._find_as_candidate(report_id)
        if not report:
            return "closed" if self._was_sent_to_user(report_id) else None
        if report.state != "sent":
            return "closed"
        report._check_seen(seen)
        remark = self._clean_remark(remark)
        if answer not in ("agreed", "objected"):
            raise UserError(self.env._("Choose whether you agree or object."))
        if answer == "objected" and not remark:
            raise UserError(
                self.env._("Write what should be different: your coach needs to know.")
            )
        # what stands in the way is told on the page: nothing is kept then
        with self.env.cr.savepoint():
            report.with_env(self.env).action_answer(answer, remark)
        return "answered"

    @api.model
    def _was_sent_to_user(self, report_id):
        """Whether this is a report that the user has read, and that the coach took
        back to mend it."""
        trajects = self.env["outplacement.traject"]._search_as_candidate()
        domain = (
            Domain("id", "=", report_id)
            & Domain("traject_id", "in", trajects.ids)
            & Domain("candidate_id", "=", self.env.user.partner_id.id)
            & Domain("date_sent", "!=", False)
        )
        return bool(trajects.env[self._name].search_count(domain))
