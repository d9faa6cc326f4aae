from odoo import api, fields, models

from .sale_order_line import PLACEMENT_FIELDS


class SaleOrderLine(models.Model):
    """What was agreed about a placement when the package was sold."""

    _inherit = "sale.order.line"

    outplacement_placement_rule = fields.Selection(
        string="Early Placement",
        selection=lambda self: self._get_outplacement_options("placement_rule"),
        compute="_compute_outplacement_placement",
        store=True,
        precompute=True,
    )
    outplacement_placement_rest = fields.Selection(
        string="Rest of the Price",
        selection=lambda self: self._get_outplacement_options("placement_rest"),
        compute="_compute_outplacement_placement",
        store=True,
        precompute=True,
    )
    outplacement_refund_percent = fields.Float(
        string="Refund of Months not Started (%)",
        digits=(16, 4),
        compute="_compute_outplacement_placement",
        store=True,
        precompute=True,
    )
    outplacement_probation_months = fields.Integer(
        string="Probation (months)",
        compute="_compute_outplacement_placement",
        store=True,
        precompute=True,
    )

    _outplacement_refund_percent_within = models.Constraint(
        "CHECK(outplacement_refund_percent BETWEEN 0 AND 100)",
        "A refund is between 0% and 100%.",
    )
    _outplacement_probation_positive = models.Constraint(
        "CHECK(outplacement_probation_months >= 0)",
        "A probation cannot be negative.",
    )

    @api.model
    def _get_outplacement_options(self, name):
        """Return the choices of the field of packages named ``outplacement_<name>``."""
        field = self.env["product.template"]._fields[f"outplacement_{name}"]
        return field._description_selection(self.env)

    @api.depends("product_id")
    def _compute_outplacement_placement(self):
        """As the package says when it is chosen: the deal stays what it was."""
        for line in self:
            packaged = line._is_outplacement_package()
            for name in PLACEMENT_FIELDS:
                line[name] = packaged and line.product_id[name]
