from odoo import api, fields, models


class OutplacementTrajectActivate(models.TransientModel):
    """The same preview for a traject that has started, on a date typed wrongly."""

    _inherit = "outplacement.traject.activate"

    refusal_text = fields.Char(compute="_compute_refusal_text")

    @api.depends("traject_id", "date_start")
    def _compute_refusal_text(self):
        """Say beforehand what the correction would refuse."""
        for wizard in self:
            traject = wizard.traject_id
            wizard.refusal_text = (
                traject._get_start_refusal(wizard.date_start) if traject else False
            )

    def action_correct_start(self):
        """Give the traject the chosen start date.

        :raises AccessError: the user is neither planner nor manager
        :raises UserError: the start date is fixed, or the chosen one is too late
        """
        self.ensure_one()
        self.traject_id._correct_start(self.date_start)
        return {"type": "ir.actions.act_window_close"}
