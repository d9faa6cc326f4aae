from odoo import api, fields, models


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
        string="Probation until", compute="_compute_probation_end"
    )

    @api.model
    def _get_change_triggers(self):
        return [*super()._get_change_triggers(), "date"]

    @api.depends("traject_id")
    def _compute_probation_end(self):
        for wizard in self:
            traject = wizard.traject_id
            wizard.probation_end = bool(traject) and traject._get_probation_end()

    def _get_refusal(self):
        return self.traject_id._get_job_lost_refusal(self.date)

    def _get_facts(self):
        if self._get_refusal():
            return {}
        return self.traject_id._get_facts_without_placement()

    def _apply(self, changes):
        self.traject_id._register_job_lost(self.date)
