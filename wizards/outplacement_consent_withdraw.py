from odoo import fields, models

from ..models.outplacement_consent import CHANNELS


class OutplacementConsentWithdraw(models.TransientModel):
    """Records that the candidate withdraws a consent, through what channel and when."""

    _name = "outplacement.consent.withdraw"
    _description = "Withdrawal of a Consent"

    consent_id = fields.Many2one(
        "outplacement.consent", required=True, readonly=True, ondelete="cascade"
    )
    date = fields.Date(
        required=True, default=lambda self: fields.Date.context_today(self)
    )
    channel = fields.Selection(
        [option for option in CHANNELS if option[0] != "portal"],
        string="How",
        required=True,
        default="in_person",
    )

    def action_confirm(self):
        """Withdraw the consent.

        :raises AccessError: the user does not guide the traject
        :raises UserError: see ``outplacement.consent._withdraw``
        """
        self.ensure_one()
        self.consent_id._withdraw(self.channel, self.date)
        return {"type": "ir.actions.act_window_close"}
