from odoo import api, models
from odoo.exceptions import UserError

from .sale_order_line import ORDER_FIELDS


class SaleOrderLine(models.Model):
    """What stays as it is of a package that was sold."""

    _inherit = "sale.order.line"

    def _check_outplacement_write(self, vals):
        """:raises AccessError: the user does not sell for trajects that exist
        :raises UserError: ``vals`` would change what was sold
        """
        self._check_outplacement_selling(vals)
        if "product_id" in vals:
            self._check_outplacement_product(vals["product_id"])
        if "order_id" in vals:
            self._check_outplacement_order(vals["order_id"])

    def _check_outplacement_product(self, product_id):
        """:raises UserError: a line that was sold would become a package"""
        product = self.env["product.product"].browse(product_id)
        if product.service_tracking != "outplacement":
            return
        for line in self:
            if line.state == "sale" and line.product_id != product:
                raise UserError(
                    self.env._(
                        "Order %(order)s is confirmed: add a new line for package "
                        "“%(package)s”, so that its trajects start.",
                        order=line.order_id.name,
                        package=product.display_name,
                    )
                )

    def _check_outplacement_order(self, order_id):
        """:raises UserError: a package, or what is sold for a traject, would go to
        another order"""
        for line in self._filter_outplacement():
            if line.order_id.id != order_id:
                raise UserError(
                    self.env._(
                        "“%(package)s” stays on order %(order)s: add a new line to the "
                        "other order.",
                        package=line.product_id.display_name,
                        order=line.order_id.name,
                    )
                )

    def _check_outplacement_as_order(self):
        """:raises UserError: a package has other status, currency or company than its
        order"""
        for line in self._filter_outplacement():
            for name in ORDER_FIELDS:
                if line[name] != line.order_id[name]:
                    raise UserError(
                        self.env._(
                            "The %(field)s of “%(package)s” is that of order "
                            "%(order)s.",
                            field=self._fields[name]
                            ._description_string(self.env)
                            .lower(),
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
