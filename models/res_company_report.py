from odoo import fields, models

from .outplacement_traject_report import RHYTHMS


class ResCompany(models.Model):
    """How the company tells employers how far it is."""

    _inherit = "res.company"

    outplacement_report_rhythm = fields.Selection(
        RHYTHMS,
        string="Report Rhythm",
        required=True,
        default="none",
        help="For new trajects whose package has no rhythm of its own.",
    )
