from odoo import fields, models


class OutplacementTrajectType(models.Model):
    """Kind of guidance, with the package, term and phases it starts from."""

    _name = "outplacement.traject.type"
    _description = "Traject Type"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(
        [("outplacement", "Outplacement"), ("career", "Career Advice")],
        required=True,
        default="outplacement",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    months = fields.Integer(
        string="Term (months)",
        default=12,
        help="Length of a traject of this type, unless its package says otherwise.",
    )
    session_count = fields.Integer(
        string="Sessions",
        help="Number of sessions included, unless the package says otherwise.",
    )
    product_id = fields.Many2one(
        "product.product",
        string="Default Package",
        domain="[('service_tracking', '=', 'outplacement')]",
    )
    phase_line_ids = fields.One2many(
        "outplacement.traject.type.phase", "type_id", string="Phases", copy=True
    )

    _months_positive = models.Constraint(
        "CHECK(months > 0)", "The term is at least one month."
    )

    def _prepare_traject_phase_values(self):
        """Return the values of the phases that a traject of this type starts with."""
        self.ensure_one()
        return [line._prepare_traject_phase_values() for line in self.phase_line_ids]
