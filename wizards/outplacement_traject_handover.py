from odoo import fields, models


class OutplacementTrajectHandover(models.TransientModel):
    """Records that the candidate agreed to hand the earlier file over."""

    _name = "outplacement.traject.handover"
    _description = "Handover of a Confidential File"

    member_id = fields.Many2one(
        "outplacement.traject.member", string="Coach", required=True, readonly=True
    )
    agreed_on = fields.Date(
        required=True, default=lambda self: fields.Date.context_today(self)
    )
    agreed_channel = fields.Selection(
        selection=lambda self: self._get_channels(), string="How", required=True
    )

    def _get_channels(self):
        """Return how a candidate may agree, as a membership knows it."""
        member = self.env["outplacement.traject.member"]
        return member._fields["agreed_channel"]._description_selection(self.env)

    def action_confirm(self):
        """Open the earlier file to the coach.

        :raises UserError: see ``outplacement.traject.member._record_agreement``
        """
        self.ensure_one()
        self.member_id._record_agreement(self.agreed_on, self.agreed_channel)
        return {"type": "ir.actions.act_window_close"}
