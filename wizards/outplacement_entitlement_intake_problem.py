from odoo import fields, models


class OutplacementEntitlementIntakeProblem(models.TransientModel):
    """What is wrong with a row of a file, for who uploaded it."""

    _name = "outplacement.entitlement.intake.problem"
    _description = "Problem in a File"
    _order = "is_passable, row, id"
    _rec_name = "text"

    intake_id = fields.Many2one(
        "outplacement.entitlement.intake",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    row = fields.Integer(readonly=True, aggregator=None, help="As the file shows it.")
    column = fields.Char(readonly=True)
    value = fields.Char(readonly=True)
    text = fields.Char(string="What to Do", readonly=True)
    is_passable = fields.Boolean(
        string="Remark",
        readonly=True,
        help="Worth a look; the row is imported all the same.",
    )
