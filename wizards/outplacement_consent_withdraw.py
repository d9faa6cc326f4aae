from odoo import api, fields, models

from ..models.outplacement_consent import CHANNELS


class OutplacementConsentWithdraw(models.TransientModel):
    """Records that the candidate withdraws a consent, through what channel and when."""

    _name = "outplacement.consent.withdraw"
    _description = "Withdrawal of a Consent"

    consent_id = fields.Many2one(
        "outplacement.consent", required=True, readonly=True, ondelete="cascade"
    )
    date = fields.Date(
        required=True,
        default=lambda self: self.env.company._get_outplacement_today(),
    )
    channel = fields.Selection(
        [option for option in CHANNELS if option[0] != "portal"],
        string="How",
        required=True,
        default="in_person",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """:raises AccessError: a consent that the user may not read"""
        wizards = super().create(vals_list)
        wizards.consent_id.check_access("read")
        return wizards

    def write(self, vals):
        """:raises AccessError: a consent that the user may not read"""
        result = super().write(vals)
        self.consent_id.check_access("read")
        return result

    def action_confirm(self):
        """Withdraw the consent.

        :raises AccessError: the user does not guide the traject
        :raises UserError: see ``outplacement.consent._withdraw``
        """
        self.ensure_one()
        self.consent_id._withdraw(self.channel, self.date)
        return {"type": "ir.actions.act_window_close"}
