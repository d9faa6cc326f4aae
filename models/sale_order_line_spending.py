from odoo import fields, models
from odoo.exceptions import UserError

from .sale_order_line import BUDGET_FIELDS, ORDER_GROUPS


class SaleOrderLine(models.Model):
    """What is spent on somebody under a social plan besides a traject."""

    _inherit = "sale.order.line"

    outplacement_entitlement_id = fields.Many2one(
        "outplacement.entitlement",
        string="Spent on Entitlement",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups=ORDER_GROUPS,
    )

    def _check_outplacement_write(self, vals):
        if not self.env.su and not BUDGET_FIELDS.isdisjoint(vals):
            self._check_outplacement_spent()
        return super()._check_outplacement_write(vals)

    def _check_outplacement_spent(self):
        """:raises UserError: another price would be spent than was held against the
        budgets"""
        # sudo: sale.order.line - whether it is of a budget, for whoever sells
        for line in self.sudo():
            if line.outplacement_entitlement_id and line.state == "sale":
                raise UserError(
                    self.env._(
                        "Order %(order)s is of the budget of %(entitlement)s: cancel "
                        "it, and spend another amount there.",
                        order=line.order_id.name,
                        entitlement=line.outplacement_entitlement_id.name,
                    )
                )
