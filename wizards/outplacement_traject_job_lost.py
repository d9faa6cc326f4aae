from odoo import api, fields, models
from odoo.exceptions import UserError


class OutplacementTrajectJobLost(models.TransientModel):
    """Shows what losing the job within the probation means, and reopens the traject."""

    _name = "outplacement.traject.job.lost"
    _inherit = "outplacement.change.mixin"
    _description = "Job Lost in Probation"

    date = fields.Date(
        string="Job Lost on",
        required=True,
        default=lambda self: self._get_today(),
    )
    probation_end = fields.Date(
        string="Probation until", compute="_compute_refusal_text"
    )
    refusal_text = fields.Char(compute="_compute_refusal_text")

    @api.model
    def _get_change_triggers(self):
        return [*super()._get_change_triggers(), "date"]

    @api.depends(lambda self: self._get_change_triggers())
    def _compute_refusal_text(self):
        """Say beforehand what would be refused."""
        self._check_may_see()
        for wizard in self:
            traject = wizard.traject_id
            wizard.probation_end = bool(traject) and traject._get_probation_end()
            wizard.refusal_text = bool(traject) and traject._get_job_lost_refusal(
                wizard.date
            )

    def _get_changes(self):
        self.ensure_one()
        traject = self.traject_id
        if traject._get_job_lost_refusal(self.date):
            return []
        return traject._get_changes(**traject._get_facts_without_placement())

    def _check_confirm(self):
        """:raises UserError: the job was not lost within the probation"""
        result = super()._check_confirm()
        if text := self.traject_id._get_job_lost_refusal(self.date):
            raise UserError(text)
        return result

    def _apply(self, changes):
        self.traject_id._register_job_lost(self.date)
