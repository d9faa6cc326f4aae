from odoo import api, models
from odoo.exceptions import UserError

from .sale_order_line import FIXED_FIELDS, ORDER_FIELDS

# What makes a line a package, or one that is sold.
BECOMING_FIELDS = ORDER_FIELDS | {
    "order_id",
    "product_id",
    *FIXED_FIELDS,
}


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
            self._check_outplacement_order(vals)

    def _get_outplacement_sold_before(self, vals):
        """Return the sold packages, none where ``vals`` make nothing one."""
        if BECOMING_FIELDS.isdisjoint(vals):
            return self.browse()
        return self._filter_outplacement_sold()

    def _check_outplacement_written(self, vals, sold):
        """Hold the lines against what they became: what is written together may make
        a package of them, and put them on another order, at once.

        :param sold: which of them were sold packages before
        :raises UserError: a package that is not as its order, or that starts nothing
        """
        if BECOMING_FIELDS.isdisjoint(vals):
            return
        self._check_outplacement_as_order()
        for line in self._filter_outplacement_sold() - sold:
            line._refuse_outplacement_product(line.order_id, line.product_id)

    def _check_outplacement_product(self, product_id):
        """:raises UserError: a line that was sold would become a package"""
        product = self.env["product.product"].browse(product_id)
        if product.service_tracking != "outplacement":
            return
        for line in self:
            if line.order_id.state == "sale" and line.product_id != product:
                line._refuse_outplacement_product(line.order_id, product)

    def _refuse_outplacement_product(self, order, product):
        """:raises UserError: always"""
        raise UserError(
            self.env._(
                "Order %(order)s is confirmed: add a new line for package "
                "“%(package)s”, so that its trajects start.",
                order=order.name,
                package=product.display_name,
            )
        )

    def _check_outplacement_order(self, vals):
        """:raises UserError: a package, or what is or would be sold for a traject,
        would go to another order"""
        becoming = any(vals.get(name) for name in FIXED_FIELDS)
        for line in self if becoming else self._filter_outplacement():
            if line.order_id.id != vals["order_id"]:
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
