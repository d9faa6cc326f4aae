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
    date_end = fields.Date(string="End of Term", compute="_compute_date_end_after")
    date_end_after = fields.Date(
        string="New End of Term", compute="_compute_date_end_after"
    )
    refusal_text = fields.Char(compute="_compute_refusal_text")

    @api.model
    def _get_change_triggers(self):
        return [*super()._get_change_triggers(), "date_resumed"]

    @api.depends("traject_id")
    def _compute_date_resumed(self):
        """The day after the last one that was expected, if that has come."""
        self._check_may_see()
        for wizard in self:
            traject = wizard.traject_id
            wizard.date_resumed = bool(traject) and traject._get_today()
            if expected := wizard._get_running_pause().date_to:
                following = expected + timedelta(days=1)
                wizard.date_resumed = min(following, wizard.date_resumed)

    @api.depends("traject_id")
    def _compute_date_from(self):
        self._check_may_see()
        for wizard in self:
            wizard.date_from = wizard._get_running_pause().date_from

    @api.depends(lambda self: self._get_change_triggers())
    def _compute_refusal_text(self):
        """Say beforehand what would be refused."""
        self._check_may_see()
        for wizard in self:
            wizard.refusal_text = bool(wizard.traject_id) and (
                wizard.traject_id._get_resume_refusal(wizard.date_resumed)
            )

    @api.depends(lambda self: self._get_change_triggers())
    def _compute_date_end_after(self):
        self._check_may_see()
        for wizard in self:
            wizard.date_end = wizard.traject_id.date_end
            wizard.date_end_after = bool(wizard.traject_id) and (
                wizard.traject_id._get_billing_facts(**wizard._get_facts()).date_end
            )

    def _get_running_pause(self):
        return self.traject_id.pause_ids.sorted("date_from")[-1:]

    def _get_facts(self):
        """Return the facts as they would be, see ``_get_billing_facts``."""
        traject = self.traject_id
        if traject._get_resume_refusal(self.date_resumed):
            return {}
        return {"pauses": traject._get_pauses_until(self.date_resumed)}

    def _get_changes(self):
        self.ensure_one()
        if "pauses" not in (facts := self._get_facts()):
            return []
        return self.traject_id._get_changes(**facts)

    def _apply(self, changes):
        self.traject_id._resume(self.date_resumed)
