from odoo import api, models
from odoo.exceptions import AccessError, UserError


class SaleOrder(models.Model):
    """What stays as it is of an order once trajects follow from it."""

    _inherit = "sale.order"

    def _check_outplacement_may_cancel(self):
        """Hold whoever takes back what was sold: trajects end with it, or their term.
        Who may sell for a traject that exists may take that back; what started one,
        who is its account manager, as anybody who sells may become.

        :raises AccessError: the user is neither account manager of them nor a manager
        """
        if self.env.su or self.env.user.has_group("outplacement.group_manager"):
            return
        sold = self.filtered(lambda order: order.state == "sale").order_line
        existing = sold._get_outplacement_for_trajects()
        for traject in sold._get_outplacement_billed_trajects():
            is_mine = traject.account_manager_id == self.env.user
            if not is_mine or (traject in existing and not traject._is_sold_by_user()):
                raise AccessError(
                    self.env._(
                        "Only the account manager of traject %(traject)s or a manager "
                        "takes back what was sold of it.",
                        traject=traject.name,
                    )
                )

    def _check_outplacement_fixed(self, vals):
        """Keep customer, currency and company of confirmed packages: instalments, and
        the invoices of some, were made for them. Another contact or invoice address of
        the same customer is no other customer.

        :raises UserError: one of them would change
        """
        if vals.keys().isdisjoint({"partner_id", "currency_id", "company_id"}):
            return
        for order in self.filtered(lambda order: order.state == "sale"):
            if order.order_line._get_outplacement_instalments() and (
                error := order._get_outplacement_fixed_error(vals)
            ):
                raise UserError(error)

    def _get_outplacement_fixed_error(self, vals):
        """Return why the order cannot be written so, False if it can."""
        self.ensure_one()
        customer = self.partner_id.commercial_partner_id
        partner = self.partner_id.browse(vals.get("partner_id", self.partner_id.id))
        if partner.commercial_partner_id != customer:
            return self.env._(
                "Order %(order)s was sold to %(customer)s, and its trajects with it: "
                "make another order for another customer.",
                order=self.name,
                customer=customer.name,
            )
        for name in ("currency_id", "company_id"):
            if vals.get(name, self[name].id) != self[name].id:
                return self.env._(
                    "The %(field)s of order %(order)s is fixed: its instalments were "
                    "made with it.",
                    field=self._fields[name]._description_string(self.env).lower(),
                    order=self.name,
                )
        return False

    @api.ondelete(at_uninstall=False)
    def _unlink_except_outplacement_sold(self):
        self.order_line._check_outplacement_unlink()
