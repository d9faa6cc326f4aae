from odoo import fields, models


class OutplacementPhase(models.Model):
    """A step on the way of a traject, shared by all trajects; a kanban column."""

    _name = "outplacement.phase"
    _description = "Traject Phase Definition"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        copy=False,
        help="Technical name of a phase that the application knows by itself.",
    )
    sequence = fields.Integer(default=10)
    description = fields.Text(
        translate=True,
        help="What a candidate can expect of this phase; printed on the engagement "
        "confirmation.",
    )
    fold = fields.Boolean(
        string="Folded in Kanban", help="Shown as a narrow column on the board."
    )
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint(
        "UNIQUE(code)", "Another phase already has this technical name."
    )
