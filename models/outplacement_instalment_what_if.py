from odoo import models


class OutplacementInstalment(models.Model):
    """The same question, where finance asks it: they read no trajects."""

    _inherit = "outplacement.instalment"

    def action_what_if_placed(self):
        """Show what a placement would change of the traject of this instalment."""
        self.ensure_one()
        self.check_access("read")
        return self.traject_id.action_what_if_placed()
