from odoo import api, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """What stays as it is of an order once trajects follow from it."""

    _inherit = "sale.order"

    def write(self, vals):
        self._check_outplacement_fixed(vals)
        return super().write(vals)

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


class SaleOrderLine(models.Model):
    """What stays as it is of a package that was sold."""

    _inherit = "sale.order.line"

    def write(self, vals):
        if "order_id" in vals:
            self._check_outplacement_order(vals["order_id"])
        return super().write(vals)

    def _check_outplacement_order(self, order_id):
        """:raises UserError: a package that was sold would go to another order"""
        for line in self:
            if line.order_id.id != order_id and line._get_outplacement_instalments():
                raise UserError(
                    self.env._(
                        "“%(package)s” was sold by order %(order)s and stays there.",
                        package=line.product_id.display_name,
                        order=line.order_id.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_outplacement_sold(self):
        self._check_outplacement_unlink()

    def _check_outplacement_unlink(self):
        """:raises UserError: a traject came from one of these lines, or is billed by
        it, cancelled or not"""
        # sudo: sale.order.line - whether there is one, for whoever deletes the line
        for line in self.sudo():
            trajects = line.outplacement_traject_ids
            trajects |= line.outplacement_instalment_ids.traject_id
            if trajects:
                raise UserError(
                    self.env._(
                        "Order %(order)s belongs to traject %(traject)s and cannot be "
                        "deleted: keep it as a cancelled order.",
                        order=line.order_id.name,
                        traject=trajects[0].name,
                    )
                )
