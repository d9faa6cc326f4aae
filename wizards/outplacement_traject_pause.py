from odoo import api, fields, models


class OutplacementTrajectPause(models.TransientModel):
    """Shows what a pause moves, and pauses the traject. It does not ask why."""

    _name = "outplacement.traject.pause"
    _inherit = "outplacement.change.mixin"
    _description = "Pause Traject"

    # no superuser computes: who may not read the traject learns nothing of it here
    date_from = fields.Date(
        string="First Day",
        required=True,
        compute="_compute_date_from",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    date_to = fields.Date(
        string="Last Day",
        help="As far as it is known. Resuming the traject on another day corrects it.",
    )

    @api.model
    def _get_change_triggers(self):
        return [*super()._get_change_triggers(), "date_from", "date_to"]

    @api.depends("traject_id")
    def _compute_date_from(self):
        for wizard in self:
            wizard.date_from = bool(wizard.traject_id) and (
                wizard.traject_id._get_today()
            )

    def _get_refusal(self):
        return self.traject_id._get_pause_refusal(self.date_from, self.date_to)

    def _get_facts(self):
        if self._get_refusal():
            return {}
        pauses = self.traject_id._get_pauses_with(self.date_from, self.date_to)
        return {"pauses": pauses}

    def _apply(self, changes):
        self.traject_id._pause(self.date_from, self.date_to)
