from odoo import api, fields, models
from odoo.exceptions import ValidationError

KINDS = [
    ("affiliated", "Affiliated bureau, and a conflict with the employer"),
    ("account", "Coach worked for the account of the employer"),
]


class OutplacementConflict(models.Model):
    """Which alternative was offered where interests of the bureau might conflict with
    those of a candidate. Of the bureau, never of the person; never changed."""

    _name = "outplacement.conflict"
    _description = "Conflict of Interest"
    _order = "traject_id, id"
    _rec_name = "kind"

    traject_id = fields.Many2one(
        "outplacement.traject", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="traject_id.company_id", store=True)
    kind = fields.Selection(KINDS, required=True)
    coach_id = fields.Many2one("res.users")
    alternative = fields.Text(
        string="Alternative Offered",
        required=True,
        help="Which other bureau or coach was offered. Nothing about the person.",
    )
    date = fields.Date(
        required=True,
        readonly=True,
        default=lambda self: self.env.company._get_outplacement_today(),
    )
    user_id = fields.Many2one(
        "res.users",
        string="Recorded by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )

    @api.constrains("alternative")
    def _check_alternative(self):
        """Spaces are no alternative."""
        if any(not (conflict.alternative or "").strip() for conflict in self):
            raise ValidationError(
                self.env._("Say which other bureau or coach was offered.")
            )

    @api.model_create_multi
    def create(self, vals_list):
        """Who records it, and when, is nobody's to say."""
        if not self.env.su:
            today = self.env.company._get_outplacement_today()
            own = {"user_id": self.env.uid, "date": today}
            vals_list = [{**vals, **own} for vals in vals_list]
        return super().create(vals_list)
