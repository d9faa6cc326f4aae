from odoo import models
from odoo.exceptions import UserError


class SaleAdvancePaymentInv(models.TransientModel):
    _inherit = "sale.advance.payment.inv"

    def create_invoices(self):
        # EXTENDS sale
        self._check_outplacement_down_payment()
        return super().create_invoices()

    def _check_outplacement_down_payment(self):
        """:raises UserError: a down payment on an order with packages, which no
        instalment would deduct"""
        if self.advance_payment_method == "delivered":
            return
        orders = self.sale_order_ids.filtered("outplacement_has_package")
        if orders:
            raise UserError(
                self.env._(
                    "Order %(order)s takes no down payment: its invoice plan spreads "
                    "the price already.",
                    order=orders[0].name,
                )
            )
