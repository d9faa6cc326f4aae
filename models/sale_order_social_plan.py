from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from .outplacement_entitlement_spending import SPENDING


class SaleOrder(models.Model):
    """An order of a social plan counts in its budgets: it is confirmed once, by the
    plan, and taken back only when nothing of it is left on an invoice."""

    _inherit = "sale.order"

    def _is_outplacement_of_plan(self):
        """Whether a social plan made it, for whoever asks."""
        self.ensure_one()
        # sudo: outplacement.social.plan - whether there is one, for whoever sells
        return bool(self.sudo().outplacement_social_plan_id)

    def _is_outplacement_stepped(self):
        return super()._is_outplacement_stepped() or self._is_outplacement_of_plan()

    def _get_outplacement_call_off_error(self):
        """What was spent and taken back may not fit any more, and could have another
        price by now."""
        if error := super()._get_outplacement_call_off_error():
            return error
        is_spent = self.env.context.get("outplacement_spending") is SPENDING
        if self.outplacement_call_off_id or is_spent:
            return False
        return self._is_outplacement_of_plan() and self.env._(
            "Order %(order)s was spent of a social plan and taken back: spend it again "
            "from the plan.",
            order=self.name,
        )

    def _check_outplacement_invoiced(self, trajects):
        """Hold what a plan bills besides its packages as well, such as schooling and
        fees: the money would be back in the budget, and invoiced too."""
        result = super()._check_outplacement_invoiced(trajects)
        for order in self.filtered(lambda order: order._is_outplacement_of_plan()):
            packages = order.order_line._filter_outplacement()
            for line in order.order_line - packages:
                invoiced = line.untaxed_amount_invoiced
                if not order.currency_id.is_zero(invoiced):
                    raise UserError(
                        self.env._(
                            "Order %(order)s cannot be cancelled: %(amount)s of "
                            "“%(product)s” is invoiced. Have finance credit that "
                            "first.",
                            order=order.name,
                            amount=format_amount(self.env, invoiced, order.currency_id),
                            product=line.product_id.display_name,
                        )
                    )
        return result
