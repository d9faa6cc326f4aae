from odoo import fields, models


class SaleOrder(models.Model):
    """An order that a call-off under a social plan made."""

    _inherit = "sale.order"

    outplacement_social_plan_id = fields.Many2one(
        "outplacement.social.plan",
        string="Social Plan",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    outplacement_call_off_id = fields.Many2one(
        "outplacement.call.off",
        string="Call-off",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    def _confirmation_error_message(self):
        # EXTENDS sale
        error = super()._confirmation_error_message()
        return error or self._get_outplacement_call_off_error()

    def _get_outplacement_call_off_error(self):
        """Return why what was taken back of a plan cannot be sold again like this,
        False if it is a call-off that is under way."""
        self.ensure_one()
        if not self.outplacement_call_off_id:
            return False
        # sudo: outplacement.entitlement - whether they wait for their trajects
        for line in self.order_line._filter_outplacement_called_off().sudo():
            waiting = line.outplacement_entitlement_ids.filtered(
                lambda e: e.state == "called_off" and not e.traject_id
            )
            if len(waiting) != line.product_uom_qty:
                return self.env._(
                    "Order %(order)s is of a call-off that was taken back: call off "
                    "again from the social plan.",
                    order=self.name,
                )
        return False

    def _is_outplacement_billed_together(self):
        """A social plan says so itself."""
        # sudo: outplacement.social.plan - how it is invoiced, for who invoices
        plan = self.sudo().outplacement_social_plan_id
        if plan:
            return plan.invoice_grouping == "employer"
        return super()._is_outplacement_billed_together()
