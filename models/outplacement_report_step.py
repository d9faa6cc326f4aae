from odoo import fields, models


class OutplacementReportStep(models.Model):
    """A neutral next step that a progress report may name."""

    _name = "outplacement.report.step"
    _description = "Next Step in Progress Reports"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
