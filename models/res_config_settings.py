from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    outplacement_plan_id = fields.Many2one(
        related="company_id.outplacement_plan_id", readonly=False
    )
    outplacement_answer_days = fields.Integer(
        related="company_id.outplacement_answer_days", readonly=False
    )
    outplacement_session_minutes = fields.Integer(
        related="company_id.outplacement_session_minutes", readonly=False
    )
    outplacement_planner_id = fields.Many2one(
        related="company_id.outplacement_planner_id", readonly=False
    )
