from odoo import fields, models

from ..tools.suppression import SMALLEST_MINIMUM


class ResCompany(models.Model):
    """What the company tells of groups of people."""

    _inherit = "res.company"

    outplacement_minimum_group = fields.Integer(
        string="Smallest Group Shown",
        default=5,
        required=True,
        help="Group reports and results put groups of fewer people together with "
        "others. What was released with another size stays, and goes on with it.",
    )

    _outplacement_minimum_group_hides = models.Constraint(
        f"CHECK(outplacement_minimum_group >= {SMALLEST_MINIMUM})",
        "A group that is shown has at least 3 people: of two, each knows the other.",
    )
