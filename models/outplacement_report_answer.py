from odoo import api, fields, models
from odoo.exceptions import UserError

# What a candidate reads of the answers given in their name.
PORTAL_FIELDS = frozenset(
    {"id", "display_name", "report_id", "answer", "date", "channel", "remark"}
)


class OutplacementReportAnswer(models.Model):
    """What the candidate said of a report: agreed or objected, when, through what.

    Kept apart from the report, so that whoever may read a released report does not
    read what the candidate remarked on the draft. Answers are never changed.
    """

    _name = "outplacement.report.answer"
    _description = "Candidate's Answer to a Progress Report"
    _order = "date desc, id desc"
    _rec_name = "answer"

    report_id = fields.Many2one(
        "outplacement.report", required=True, index=True, ondelete="restrict"
    )
    traject_id = fields.Many2one(related="report_id.traject_id", store=True, index=True)
    company_id = fields.Many2one(related="report_id.company_id", store=True)
    answer = fields.Selection(
        [("agreed", "Agreed"), ("objected", "Objected")], required=True
    )
    date = fields.Date(
        required=True,
        default=lambda self: self.env.company._get_outplacement_today(),
    )
    channel = fields.Selection(
        [
            ("in_person", "In person"),
            ("phone", "By phone"),
            ("email", "By e-mail"),
            ("letter", "By letter"),
            ("portal", "In the portal"),
            ("silence", "No answer in time"),
        ],
        required=True,
        default="in_person",
    )
    remark = fields.Text(help="For the bureau only; it is not part of the report.")
    recorded_by_id = fields.Many2one(
        "res.users",
        string="Recorded by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Record answers and bring their reports into the state they lead to.

        :raises UserError: a report that the candidate has not been sent, or a date
            before that or after today
        """
        answers = super().create(vals_list)
        for answer in answers:
            answer._check_report()
            answer.report_id._take_answer(answer.answer)
        return answers

    def _check_report(self):
        today = self.company_id._get_outplacement_today()
        if self.channel in ("portal", "silence") and not self.env.su:
            raise UserError(
                self.env._(
                    "In the portal candidates answer themselves, and that no answer "
                    "came is recorded by itself: say through what channel this answer "
                    "reached you."
                )
            )
        if self.report_id.state != "sent":
            raise UserError(
                self.env._(
                    "%(report)s does not wait for an answer.",
                    report=self.report_id.display_name,
                )
            )
        if not self.report_id.date_sent <= self.date <= today:
            raise UserError(
                self.env._(
                    "The answer is dated between the day that the report was sent "
                    "and today."
                )
            )

    @api.model
    def _has_field_access(self, field, operation):
        """Candidates read the white-list; who recorded an answer is not for anyone to
        choose."""
        if not self.env.su:
            if operation == "write" and field.name == "recorded_by_id":
                return False
            if field.name not in PORTAL_FIELDS and not self.env.user._is_internal():
                return False
        return super()._has_field_access(field, operation)
