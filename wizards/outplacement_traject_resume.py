from datetime import timedelta

from odoo import api, fields, models


class OutplacementTrajectResume(models.TransientModel):
    """Shows what moves when a pause ends on some day, and resumes the traject."""

    _name = "outplacement.traject.resume"
    _inherit = "outplacement.change.mixin"
    _description = "Resume Traject"

    # no superuser computes: who may not read the traject learns nothing of it here
    date_resumed = fields.Date(
        string="Goes on",
        required=True,
        compute="_compute_date_resumed",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        help="The pause ends on the day before.",
    )
    date_from = fields.Date(string="Paused since", compute="_compute_date_from")

    @api.model
    def _get_change_triggers(self):
        return [*super()._get_change_triggers(), "date_resumed"]

    @api.depends("traject_id")
    def _compute_date_resumed(self):
        """The day after the last one that was expected, if that has come."""
        for wizard in self:
            traject = wizard.traject_id
            wizard.date_resumed = bool(traject) and traject._get_today()
            if expected := wizard._get_running_pause().date_to:
                following = expected + timedelta(days=1)
                wizard.date_resumed = min(following, wizard.date_resumed)

    @api.depends("traject_id")
    def _compute_date_from(self):
        for wizard in self:
            wizard.date_from = wizard._get_running_pause().date_from

    def _get_running_pause(self):
        return self.traject_id.pause_ids.sorted("date_from")[-1:]

    def _get_refusal(self):
        return self.traject_id._get_resume_refusal(self.date_resumed)

    def _get_facts(self):
        if self._get_refusal():
            return {}
        return {"pauses": self.traject_id._get_pauses_until(self.date_resumed)}

    def _apply(self, changes):
        self.traject_id._resume(self.date_resumed)
