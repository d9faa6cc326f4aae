from odoo import models
from odoo.exceptions import UserError

# In the context of Odoo's own steps. Nobody sends it from outside: it is this object.
STEP = object()
QUOTATION = ("draft", "sent")


class SaleOrder(models.Model):
    """Orders of packages are confirmed, cancelled and reset by their buttons only:
    trajects, terms and instalments follow from that."""

    _inherit = "sale.order"

    def _with_outplacement_step(self):
        """Return the orders as those on which Odoo takes a step."""
        return self.with_context(outplacement_step=STEP)

    def _get_outplacement_stepping(self, vals):
        """Return the orders whose status ``vals`` change by hand, without what follows
        from it."""
        state = vals.get("state")
        by_step = self.env.su or self.env.context.get("outplacement_step") is STEP
        if not state or by_step:
            return self.browse()
        # that a quotation was sent has no consequences
        return self.filtered(
            lambda order: order.state != state and {order.state, state} - set(QUOTATION)
        )

    def _check_outplacement_created(self):
        """:raises UserError: orders were made that are confirmed already"""
        if not self.env.su:
            orders = self.filtered(lambda order: order.state not in QUOTATION)
            orders._refuse_outplacement_state()

    def _is_outplacement_stepped(self):
        """Whether something follows from the status of the order."""
        self.ensure_one()
        return bool(self.order_line._filter_outplacement())

    def _refuse_outplacement_state(self):
        """:raises UserError: there is a package on the orders, or what is sold for a
        traject, or something else that follows from their status"""
        for order in self:
            if order._is_outplacement_stepped():
                raise UserError(
                    self.env._(
                        "The status of order %(order)s is not written by hand, since "
                        "trajects and instalments follow from it: confirm, cancel or "
                        "reset the order by its buttons.",
                        order=order.name,
                    )
                )
