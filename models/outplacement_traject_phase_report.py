from odoo import models


class OutplacementTrajectPhase(models.Model):
    """The end of a phase may be when the employer is told how far it is."""

    _inherit = "outplacement.traject.phase"

    def action_done(self):
        result = super().action_done()
        self.traject_id._on_phase_done()
        return result
