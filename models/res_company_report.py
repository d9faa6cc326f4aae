from odoo import api, fields, models

from .outplacement_traject_report import RHYTHMS


class ResCompany(models.Model):
    """How the company tells employers how far it is."""

    _inherit = "res.company"

    outplacement_report_rhythm = fields.Selection(
        RHYTHMS,
        string="Report Rhythm",
        required=True,
        default="none",
        help="For new trajects whose package has no rhythm of its own.",
    )
    outplacement_reminder_days = fields.Integer(
        string="Remind before the Deadline (days)",
        default=2,
        help="How many days before the last day to answer a candidate is reminded of a "
        "report, once. 0: not at all.",
    )
    outplacement_silence_agrees = fields.Boolean(
        string="No Answer Counts as Agreed",
        help="Where the candidate signed a statement that says so. Statements signed "
        "before this was set say nothing of it, and there no answer stays no answer.",
    )

    outplacement_silence_since = fields.Date(
        string="No Answer Counts since",
        compute="_compute_outplacement_silence_since",
        store=True,
        help="Papers signed before this day say nothing of it.",
    )

    _outplacement_reminder_days_within = models.Constraint(
        "CHECK(outplacement_reminder_days BETWEEN 0 AND 60)",
        "Candidates are reminded up to 60 days before the deadline.",
    )

    @api.depends("outplacement_silence_agrees")
    def _compute_outplacement_silence_since(self):
        for company in self:
            since = company.outplacement_silence_since
            company.outplacement_silence_since = (
                company.outplacement_silence_agrees
                and (since or company._get_outplacement_today())
            )
