from odoo import fields, models
from odoo.exceptions import UserError

from .sale_order_line import TERMS_FIELDS, TRAJECT_GROUPS


class SaleOrderLine(models.Model):
    """Packages that were called off under a social plan: how many and at which price
    follows from the plan."""

    _inherit = "sale.order.line"

    outplacement_entitlement_ids = fields.One2many(
        "outplacement.entitlement",
        "order_line_id",
        string="Entitlements",
        groups=TRAJECT_GROUPS,
    )

    def _filter_outplacement_called_off(self):
        """Return those of the lines that sell the packages of a call-off."""
        return self.filtered(
            lambda line: (
                line.order_id.outplacement_call_off_id
                and line._is_outplacement_package()
            )
        )

    def _check_outplacement_write(self, vals):
        if not TERMS_FIELDS.isdisjoint(vals):
            self._check_outplacement_of_call_off()
        return super()._check_outplacement_write(vals)

    def _check_outplacement_of_call_off(self):
        """Keep what was called off as the plan has it.

        :raises UserError: somebody sells more or less, or at another price, by hand
        """
        if self.env.su:
            return
        for line in self._filter_outplacement_called_off():
            if not line._is_outplacement_for_traject():
                line._refuse_outplacement_beside_plan()

    def _refuse_outplacement_beside_plan(self):
        """:raises UserError: always"""
        raise UserError(
            self.env._(
                "Order %(order)s is of a call-off: how many, and at which price, "
                "follows from the social plan. Call off there, or release a slot.",
                order=self.order_id.name,
            )
        )

    def _create_outplacement_trajects(self):
        """Not of a package that somebody put on the order of a call-off."""
        self._check_outplacement_of_call_off()
        return super()._create_outplacement_trajects()

    def _prepare_outplacement_traject_values(self, index):
        values = super()._prepare_outplacement_traject_values(index)
        if not self.order_id.outplacement_call_off_id:
            return values
        # sudo: outplacement.entitlement - whose the traject is, whoever confirms
        people = self.sudo().outplacement_entitlement_ids
        if index >= len(people):
            self._refuse_outplacement_beside_plan()
        return values | people[index]._prepare_traject_values()

    def _sell_for_outplacement_trajects(self):
        """What is sold on top for a traject of a plan is of its budgets too."""
        result = super()._sell_for_outplacement_trajects()
        self._check_outplacement_budgets()
        return result
