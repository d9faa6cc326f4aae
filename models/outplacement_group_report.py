from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class OutplacementGroupReport(models.Model):
    """How far the people of a social plan are, as a group, for employer or works
    council.

    Says where how many stand and how many found work, by what
    :mod:`~..tools.suppression` lets through: also a draft holds nothing else, for its
    account manager either. It never names a candidate. All releases of a plan are one
    history, whoever they were for: a works council may get to see both.
    """

    _name = "outplacement.group.report"
    _inherit = "outplacement.publication.mixin"
    _description = "Group Report"
    _rec_names_search = ["plan_id"]

    plan_id = fields.Many2one(
        "outplacement.social.plan",
        string="Social Plan",
        required=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="plan_id.company_id", store=True, precompute=True, index=True
    )
    employer_id = fields.Many2one(related="plan_id.employer_id")
    audience = fields.Selection(
        [("employer", "Employer"), ("works_council", "Works council")],
        string="For",
        required=True,
        default="employer",
        help="The employer's also says what was agreed. Neither names a candidate.",
    )

    @api.depends("plan_id.name", "date", "audience")
    @api.depends_context("lang")
    def _compute_display_name(self):
        audiences = dict(self._fields["audience"]._description_selection(self.env))
        for report in self:
            date = fields.Date.to_string(report.date) or ""
            audience = (audiences.get(report.audience) or "").lower()
            name = f"{report.plan_id.name or ''} {date} {audience}"
            report.display_name = " ".join(name.split())

    def write(self, vals):
        if "plan_id" in vals and any(r.plan_id.id != vals["plan_id"] for r in self):
            raise UserError(self.env._("A group report stays with its social plan."))
        return super().write(vals)

    # ------------------------------------------------------------------
    # Publication
    # ------------------------------------------------------------------

    @api.model
    def _get_subject_fields(self):
        return {*super()._get_subject_fields(), "plan_id", "audience"}

    def _get_lang(self):
        """Return the language of the employer."""
        return self.plan_id.employer_id.lang or super()._get_lang()

    def _get_history(self):
        return self.search(
            [("plan_id", "=", self.plan_id.id), ("state", "=", "released")],
            order="date_released, id",
        )

    def _lock_history(self):
        # sudo: outplacement.social.plan - a row that call-offs take as well, so that
        # nobody is called off while people are counted
        self.plan_id.sudo()._lock()

    def _on_released(self):
        """Tell who follows the plan."""
        audiences = dict(self._fields["audience"]._description_selection(self.env))
        self.plan_id.message_post(
            body=self.env._(
                "Group report released (%(audience)s): figures of %(date)s.",
                audience=audiences[self.audience].lower(),
                date=format_date(self.env, self.date),
            )
        )

    @api.model
    def _get_report_xmlid(self):
        return "outplacement.outplacement_group_report_report"

    def _get_title(self):
        return self.env._("Group report %(plan)s", plan=self.plan_id.name)

    def _get_lines(self):
        # sudo: res.partner - the employer's name, for whoever may read the report
        employer = self.sudo().employer_id.name
        title = f"{employer} – {self.plan_id.title}"
        return [title, *super()._get_lines(), *self.figures.get("notes", ())]
