from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    outplacement_plan_id = fields.Many2one(
        "outplacement.invoice.plan",
        string="Default Invoice Plan",
        help="For packages without an invoice plan of their own.",
    )
    outplacement_answer_days = fields.Integer(
        string="Days to Answer a Report",
        default=7,
        help="How long a candidate has to read a progress report and answer.",
    )
    outplacement_session_minutes = fields.Integer(
        string="Length of a Session (minutes)", default=90
    )
    outplacement_planner_id = fields.Many2one(
        "res.users",
        string="Planner for New Trajects",
        domain="[('share', '=', False)]",
        help="Gets an activity when a sold traject needs a candidate and a coach.",
    )

    _outplacement_numbers_positive = models.Constraint(
        "CHECK(outplacement_answer_days >= 0 AND outplacement_session_minutes > 0)",
        "Days to answer and length of a session cannot be negative.",
    )
