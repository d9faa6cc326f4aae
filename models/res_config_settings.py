from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    outplacement_plan_id = fields.Many2one(
        related="company_id.outplacement_plan_id", readonly=False
    )
    outplacement_bill_no_show = fields.Boolean(
        related="company_id.outplacement_bill_no_show", readonly=False
    )
    outplacement_answer_days = fields.Integer(
        related="company_id.outplacement_answer_days", readonly=False
    )
    outplacement_report_rhythm = fields.Selection(
        related="company_id.outplacement_report_rhythm", readonly=False, required=True
    )
    outplacement_minimum_group = fields.Integer(
        related="company_id.outplacement_minimum_group", readonly=False
    )
    outplacement_reminder_days = fields.Integer(
        related="company_id.outplacement_reminder_days", readonly=False
    )
    outplacement_silence_agrees = fields.Boolean(
        related="company_id.outplacement_silence_agrees", readonly=False
    )
    outplacement_session_minutes = fields.Integer(
        related="company_id.outplacement_session_minutes", readonly=False
    )
    outplacement_document_megabytes = fields.Integer(
        related="company_id.outplacement_document_megabytes", readonly=False
    )
    outplacement_planner_id = fields.Many2one(
        related="company_id.outplacement_planner_id", readonly=False
    )
    outplacement_fee_product_id = fields.Many2one(
        related="company_id.outplacement_fee_product_id", readonly=False
    )
    outplacement_no_match_percent = fields.Float(
        related="company_id.outplacement_no_match_percent", readonly=False
    )
    outplacement_run_mode = fields.Selection(
        related="company_id.outplacement_run_mode", readonly=False, required=True
    )
    outplacement_finance_user_id = fields.Many2one(
        related="company_id.outplacement_finance_user_id", readonly=False
    )
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
    outplacement_key_id = fields.Many2one(
        "outplacement.key",
        string="Key of the Confidential Files",
        compute="_compute_outplacement_key_id",
    )
    outplacement_key_made_on = fields.Datetime(related="outplacement_key_id.made_on")
    outplacement_key_location = fields.Char(related="outplacement_key_id.location")
    outplacement_key_file_state = fields.Selection(
        related="outplacement_key_id.file_state"
    )
    outplacement_key_backed_up_on = fields.Datetime(
        related="outplacement_key_id.backed_up_on"
    )
    outplacement_key_backed_up_by_id = fields.Many2one(
        related="outplacement_key_id.backed_up_by_id"
    )
    outplacement_key_pending_count = fields.Integer(
        related="outplacement_key_id.pending_count"
    )
    outplacement_key_progress = fields.Float(related="outplacement_key_id.progress")
    outplacement_break_glass_hours = fields.Integer(
        related="company_id.outplacement_break_glass_hours", readonly=False
    )
    outplacement_break_glass_tell_candidate = fields.Boolean(
        related="company_id.outplacement_break_glass_tell_candidate", readonly=False
    )

    @api.depends("company_id")
    def _compute_outplacement_key_id(self):
        """The key in use is the same for all companies."""
        key = self.env["outplacement.key"].search([("state", "=", "current")])
        self.outplacement_key_id = key

    @api.onchange("outplacement_revenue_mode")
    def _onchange_outplacement_revenue_mode(self):
        """Propose account, journal and first month where there are none."""
        if self.outplacement_revenue_mode == "off":
            return
        proposals = self.company_id._get_outplacement_revenue_proposals()
        for name, value in proposals.items():
            self[name] = self[name] or value

    def action_outplacement_confirm_backup(self):
        """Record that the user has a copy of the key that these settings show.

        :raises AccessError: no administrator
        """
        self.check_access("write")
        self.outplacement_key_id.action_confirm_backup()
        return {"type": "ir.actions.client", "tag": "reload"}

    def action_outplacement_rotate(self):
        """Put a new key in the place of the one that these settings show.

        :raises AccessError: no administrator
        """
        self.check_access("write")
        self.outplacement_key_id.action_rotate()
        return {"type": "ir.actions.client", "tag": "reload"}
