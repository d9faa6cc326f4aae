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
    date_end = fields.Date(string="End of Term", compute="_compute_date_end_after")
    date_end_after = fields.Date(
        string="New End of Term", compute="_compute_date_end_after"
    )
    refusal_text = fields.Char(compute="_compute_refusal_text")

    @api.model
    def _get_change_triggers(self):
        return [*super()._get_change_triggers(), "date_from", "date_to"]

    @api.depends("traject_id")
    def _compute_date_from(self):
        self._check_may_see()
        for wizard in self:
            wizard.date_from = bool(wizard.traject_id) and (
                wizard.traject_id._get_today()
            )

    @api.depends(lambda self: self._get_change_triggers())
    def _compute_refusal_text(self):
        """Say beforehand what would be refused."""
        self._check_may_see()
        for wizard in self:
            wizard.refusal_text = bool(wizard.traject_id) and (
                wizard.traject_id._get_pause_refusal(wizard.date_from, wizard.date_to)
            )

    @api.depends(lambda self: self._get_change_triggers())
    def _compute_date_end_after(self):
        self._check_may_see()
        for wizard in self:
            wizard.date_end = wizard.traject_id.date_end
            wizard.date_end_after = bool(wizard.traject_id) and (
                wizard.traject_id._get_billing_facts(**wizard._get_facts()).date_end
            )

    def _get_facts(self):
        """Return the facts as they would be, see ``_get_billing_facts``."""
        traject = self.traject_id
        if traject._get_pause_refusal(self.date_from, self.date_to):
            return {}
        return {"pauses": traject._get_pauses_with(self.date_from, self.date_to)}

    def _get_changes(self):
        self.ensure_one()
        facts = self._get_facts()
        return self.traject_id._get_changes(**facts) if facts else []

    def _apply(self, changes):
        self.traject_id._pause(self.date_from, self.date_to)
