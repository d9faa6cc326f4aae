from odoo import fields, models


class OutplacementSocialPlanReconcileLine(models.TransientModel):
    """Somebody of whom a social plan and a list of the employer do not say the same."""

    _name = "outplacement.social.plan.reconcile.line"
    _description = "Difference with the Employer's List"
    _order = "kind, row, id"

    reconcile_id = fields.Many2one(
        "outplacement.social.plan.reconcile",
        required=True,
        index=True,
        ondelete="cascade",
    )
    kind = fields.Selection(
        [
            ("different", "Different"),
            ("ours", "Not in Theirs"),
            ("theirs", "Not in Ours"),
        ],
        string="What",
        required=True,
    )
    row = fields.Integer(help="Of their list, as a spreadsheet shows it.")
    name = fields.Char()
    personnel_number = fields.Char()
    entitlement_id = fields.Many2one("outplacement.entitlement")
    text = fields.Char(string="What is Told Otherwise")
