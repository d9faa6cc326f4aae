from odoo import fields, models


class OutplacementTrajectTypePhase(models.Model):
    """One phase of a traject type: how deep and how long by default."""

    _name = "outplacement.traject.type.phase"
    _description = "Phase of a Traject Type"
    _order = "sequence, id"

    type_id = fields.Many2one(
        "outplacement.traject.type", required=True, index=True, ondelete="cascade"
    )
    phase_id = fields.Many2one("outplacement.phase", required=True, ondelete="restrict")
    sequence = fields.Integer(related="phase_id.sequence", store=True)
    depth = fields.Selection(
        [("light", "Light"), ("normal", "Normal"), ("deep", "Deep")],
        required=True,
        default="normal",
    )
    planned_sessions = fields.Integer(string="Sessions")
    planned_weeks = fields.Integer(string="Weeks")

    _phase_uniq = models.Constraint(
        "UNIQUE(type_id, phase_id)", "A traject type holds each phase once."
    )

    def _prepare_traject_phase_values(self):
        """Return the values of this phase on a new traject."""
        self.ensure_one()
        return {
            "phase_id": self.phase_id.id,
            "depth": self.depth,
            "planned_sessions": self.planned_sessions,
            "planned_weeks": self.planned_weeks,
        }
