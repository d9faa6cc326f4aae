from odoo import api, fields, models
from odoo.exceptions import UserError

from .outplacement_traject_access import COURSE_GROUPS

# What the traject says of itself: nobody enters or mends it by hand.
FACTS = frozenset(
    {
        "reference",
        "package",
        "term_end",
        "sessions_planned",
        "sessions_held",
        "sessions_cancelled",
        "sessions_no_show",
        "sessions_left",
        "phases_text",
        "placed",
        "date_placement",
        "participation_consent",
        "phases_consent",
        "applications_consent",
        "new_employer_consent",
    }
)
# The employer's window. A field more on this list is a decision of the house: the
# candidate has to know of it (tests hold the list against the model).
WHITELIST = FACTS | {
    "date_from",
    "date_to",
    "application_count",
    "interview_count",
    "next_steps_text",
    "schooling_text",
    "new_employer",
    "remark",
}
# What portal users, employer contacts and candidates, read besides: the frame.
PORTAL_FIELDS = WHITELIST | {
    "id",
    "display_name",
    "name",
    "state",
    "date_sent",
    "answer_deadline",
    "date_released",
    "document",
    "document_name",
    "document_sha256",
    "superseded_by_id",
}
# Written by methods of the application only, whoever asks.
METHOD_FIELDS = FACTS | {
    "state",
    "date_sent",
    "answer_deadline",
    "date_released",
    "released_by_id",
    "document",
    "document_name",
    "document_sha256",
    "next_steps_text",
    "supersedes_id",
    "superseded_by_id",
    "date_announced",
    "date_reminded",
    "date_missed",
}
ENDED_STATES = ("superseded", "withdrawn")
FROZEN_STATES = ("released", *ENDED_STATES)
ENDING_FIELDS = {"state", "superseded_by_id"}


class OutplacementReport(models.Model):
    """Progress report: the one door from a traject to the employer's window.

    A snapshot of white-listed facts. The candidate sees it first; released, it is
    frozen for everybody, superuser code included, with its PDF and its SHA-256.
    """

    _name = "outplacement.report"
    _description = "Progress Report"
    _order = "date_to desc, id desc"
    _check_company_auto = True

    # not as superuser: see candidate_id
    name = fields.Char(compute="_compute_name", store=True, compute_sudo=False)
    traject_id = fields.Many2one(
        "outplacement.traject",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(related="traject_id.company_id", store=True)
    # not as superuser: an unsaved report tells nothing of a traject that is hidden
    candidate_id = fields.Many2one(
        related="traject_id.candidate_id",
        related_sudo=False,
        store=True,
        precompute=True,
        index="btree_not_null",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("sent", "With the candidate"),
            ("agreed", "Agreed"),
            ("objected", "Objected"),
            ("released", "Released"),
            ("superseded", "Superseded"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        readonly=True,
        copy=False,
        default="draft",
        index=True,
    )
    # --- the white-list: what comes from the traject (FACTS) is never copied, a copy
    # gets its own
    reference = fields.Char(string="Traject Reference", readonly=True, copy=False)
    package = fields.Char(readonly=True, copy=False)
    date_from = fields.Date(string="From", required=True)
    date_to = fields.Date(string="Until", required=True)
    term_end = fields.Date(string="End of Term", readonly=True, copy=False)
    sessions_planned = fields.Integer(readonly=True, copy=False)
    sessions_held = fields.Integer(readonly=True, copy=False)
    sessions_cancelled = fields.Integer(
        string="Sessions Cancelled in Time", readonly=True, copy=False
    )
    sessions_no_show = fields.Integer(string="No-shows", readonly=True, copy=False)
    sessions_left = fields.Integer(readonly=True, copy=False)
    phases_text = fields.Text(string="Phases Reached", readonly=True, copy=False)
    applications_consent = fields.Boolean(
        string="Candidate Agrees to Application Numbers"
    )
    application_count = fields.Integer(string="Applications")
    interview_count = fields.Integer(string="Interviews")
    next_step_ids = fields.Many2many(
        "outplacement.report.step", string="Choose Next Steps"
    )
    next_steps_text = fields.Text(
        string="Next Steps", compute="_compute_next_steps_text", store=True
    )
    schooling_text = fields.Text(
        string="Schooling", help="Only schooling whose cost the employer bears."
    )
    placed = fields.Boolean(readonly=True, copy=False)
    date_placement = fields.Date(string="Placed on", readonly=True, copy=False)
    new_employer_consent = fields.Boolean(
        string="Candidate Agrees to Name the New Employer"
    )
    new_employer = fields.Char()
    remark = fields.Text(
        help="The candidate reads it before the employer does. Nothing about health, "
        "mood, conflict, test results, motives, salary or the person."
    )
    # --- the frame
    date_sent = fields.Date(string="Sent to Candidate", readonly=True, copy=False)
    answer_deadline = fields.Date(string="Answer by", readonly=True, copy=False)
    answer_ids = fields.One2many(
        "outplacement.report.answer",
        "report_id",
        string="Candidate's Answers",
        groups=COURSE_GROUPS,
    )
    date_released = fields.Datetime(string="Released", readonly=True, copy=False)
    released_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict"
    )
    document = fields.Binary(string="PDF", readonly=True, copy=False)
    document_name = fields.Char(compute="_compute_document_name")
    document_sha256 = fields.Char(
        string="SHA-256",
        readonly=True,
        copy=False,
        help="Fingerprint of the PDF: the same file always gives the same one.",
    )
    supersedes_id = fields.Many2one(
        "outplacement.report",
        string="Corrects",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    superseded_by_id = fields.Many2one(
        "outplacement.report", readonly=True, copy=False, ondelete="restrict"
    )

    _period_ordered = models.Constraint(
        "CHECK(date_to >= date_from)", "The period ends before it begins."
    )
    _counts_positive = models.Constraint(
        "CHECK(application_count >= 0 AND interview_count >= 0)",
        "Numbers of applications and interviews cannot be negative.",
    )
    _applications_consented = models.Constraint(
        "CHECK(COALESCE(applications_consent, FALSE)"
        " OR (COALESCE(application_count, 0) = 0"
        " AND COALESCE(interview_count, 0) = 0))",
        "Numbers of applications and interviews need the candidate's consent.",
    )
    _employer_consented = models.Constraint(
        "CHECK(COALESCE(new_employer_consent, FALSE)"
        " OR COALESCE(new_employer, '') = '')",
        "The name of the new employer needs the candidate's consent.",
    )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("traject_id.name", "date_to")
    def _compute_name(self):
        for report in self.filtered(lambda r: r.state not in FROZEN_STATES):
            month = report.date_to and report.date_to.strftime("%Y-%m")
            report.name = f"{report.traject_id.name} {month or ''}".strip()

    @api.depends("next_step_ids")
    def _compute_next_steps_text(self):
        """Copy the words: what is released must not change with a label."""
        for report in self.filtered(lambda r: r.state not in FROZEN_STATES):
            steps = report.with_context(lang=report._get_lang()).next_step_ids
            report.next_steps_text = "\n".join(steps.mapped("name"))

    @api.depends("name")
    def _compute_document_name(self):
        for report in self:
            report.document_name = f"{(report.name or '').replace('/', '-')}.pdf"

    def _get_lang(self):
        """Return the language of the report: the employer's."""
        self.ensure_one()
        traject = self.traject_id
        return traject.employer_id.lang or traject.principal_id.lang or self.env.lang

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    def write(self, vals):
        """What is shown changes in drafts only; once released not even by superuser
        code."""
        if "traject_id" in vals:
            raise UserError(self.env._("A report stays with its traject."))
        shown = set(vals) & (WHITELIST | {"next_step_ids"})
        for report in self:
            if report.state in FROZEN_STATES and not report._is_ended_by(vals):
                raise UserError(
                    self.env._(
                        "%(report)s is released and stays as it is: correct it with "
                        "a new report.",
                        report=report.name,
                    )
                )
            if shown and report.state != "draft" and not self.env.su:
                raise UserError(
                    self.env._(
                        "%(report)s is with the candidate: take it back to draft "
                        "before you change it.",
                        report=report.name,
                    )
                )
        return super().write(vals)

    def _is_ended_by(self, vals):
        """Whether ``vals`` supersede or withdraw a released report, and no more: all
        that can still happen to it."""
        self.ensure_one()
        ends = vals.get("state") in ENDED_STATES and vals.keys() <= ENDING_FIELDS
        return not vals or (ends and self.state == "released")

    @api.model
    def _has_field_access(self, field, operation):
        """Portal users read the white-list; facts and course are for methods."""
        if not self.env.su:
            if operation == "write" and field.name in METHOD_FIELDS:
                return False
            if field.name not in PORTAL_FIELDS and not self.env.user._is_internal():
                return False
        return super()._has_field_access(field, operation)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_unseen(self):
        if kept := self.filtered(lambda r: r.state != "draft" or r.date_sent):
            raise UserError(
                self.env._(
                    "%(report)s has been shown to the candidate and stays.",
                    report=kept[0].name,
                )
            )
