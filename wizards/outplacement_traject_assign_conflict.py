from odoo import api, fields, models


class OutplacementTrajectAssign(models.TransientModel):
    """Warns that the person worked for the employer's account, and asks which
    alternative was offered."""

    _inherit = "outplacement.traject.assign"

    conflict_text = fields.Char(
        string="Conflict of Interest", compute="_compute_conflict_text"
    )
    alternative = fields.Text(
        string="Alternative Offered",
        help="Which other coach or bureau was offered. Nothing about the person.",
    )

    @api.depends("traject_ids", "user_id")
    def _compute_conflict_text(self):
        for wizard in self:
            trajects = wizard.traject_ids._origin
            trajects.check_access("write")
            conflicting = bool(wizard.user_id) and trajects._filter_conflicting(
                wizard.user_id
            )
            wizard.conflict_text = bool(conflicting) and self.env._(
                "%(coach)s worked for the account of the employer in the last two "
                "years. Offer somebody else, and say who.",
                coach=wizard.user_id.name,
            )

    def action_assign(self):
        # EXTENDS: what was offered is there before it is asked for
        alternative = (self.alternative or "").strip()
        conflicting = self.traject_ids._filter_conflicting(self.user_id)
        if alternative and conflicting:
            conflicting._record_alternative(self.user_id, alternative)
        return super().action_assign()
