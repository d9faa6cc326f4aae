from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    """Settings of the entries for unearned revenue."""

    _inherit = "res.config.settings"

    outplacement_revenue_mode = fields.Selection(
        related="company_id.outplacement_revenue_mode", readonly=False, required=True
    )
    outplacement_deferred_account_id = fields.Many2one(
        related="company_id.outplacement_deferred_account_id", readonly=False
    )
    outplacement_revenue_journal_id = fields.Many2one(
        related="company_id.outplacement_revenue_journal_id", readonly=False
    )
    outplacement_revenue_from = fields.Date(
        related="company_id.outplacement_revenue_from", readonly=False
    )
    outplacement_revenue_checked_at = fields.Datetime(
        related="company_id.outplacement_revenue_checked_at"
    )

    @api.onchange("outplacement_revenue_mode")
    def _onchange_outplacement_revenue_mode(self):
        """Propose account, journal and first month where there are none."""
        if self.outplacement_revenue_mode == "off":
            return
        proposals = self.company_id._get_outplacement_revenue_proposals()
        for name, value in proposals.items():
            self[name] = self[name] or value
