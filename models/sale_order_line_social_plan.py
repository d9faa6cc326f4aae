from odoo import models
from odoo.exceptions import UserError

from .sale_order_line import BUDGET_FIELDS


class SaleOrderLine(models.Model):
    """What the orders of a social plan sell follows from the plan: every line of them
    counts in its budgets."""

    _inherit = "sale.order.line"

    def _check_outplacement_write(self, vals):
        if not BUDGET_FIELDS.isdisjoint(vals):
            self._check_outplacement_beside_plan()
        return super()._check_outplacement_write(vals)

    def _check_outplacement_followed(self, vals):
        """Hold what follows from a write against the plans."""
        if "order_id" in vals:
            self._check_outplacement_beside_plan()
        if not BUDGET_FIELDS.isdisjoint(vals):
            self._check_outplacement_budgets()

    def _check_outplacement_beside_plan(self):
        """Keep the orders of plans as the plans made them. What is sold for a traject
        that exists is held against the budgets by itself, and packages elsewhere.

        :raises UserError: something would be sold by hand
        """
        if self.env.su:
            return
        for line in self.filtered("product_id"):
            if line._is_outplacement_kept_elsewhere():
                continue
            if line.order_id._is_outplacement_of_plan():
                raise UserError(
                    self.env._(
                        "Order %(order)s is of a social plan, and what it sells is of "
                        "its budgets: spend from the plan, or make another order.",
                        order=line.order_id.name,
                    )
                )

    def _is_outplacement_kept_elsewhere(self):
        """Whether the line is no matter of the order alone."""
        self.ensure_one()
        if self._is_outplacement_for_traject():
            return self.outplacement_line_kind != "payer"
        # sudo: sale.order.line - whether it is of a budget, for whoever sells
        spent = self.sudo().outplacement_entitlement_id and self.state == "sale"
        called_off = self.order_id.outplacement_call_off_id
        return bool(spent) or (bool(called_off) and self._is_outplacement_package())

    def _get_outplacement_for_error(self):
        # what a second payer pays is of no budget
        return super()._get_outplacement_for_error() or (
            self.outplacement_line_kind == "payer"
            and self._get_outplacement_payer_error()
        )

    def _get_outplacement_payer_error(self):
        """Return why the customer is no second payer, False if they are."""
        self.ensure_one()
        # sudo: outplacement.social.plan - who pays by it, for whoever sells
        traject = self._get_outplacement_for_trajects().sudo()
        plan = traject.social_plan_id
        payers = (plan.employer_id | plan.entity_ids.partner_id).commercial_partner_id
        customer = self.order_id.partner_id.commercial_partner_id
        return customer in payers and self.env._(
            "%(customer)s pays for traject %(traject)s under social plan %(plan)s and "
            "is no second payer: sell an extension, so that its budgets hold.",
            customer=customer.name,
            traject=traject.name,
            plan=plan.name,
        )

    def _check_outplacement_budgets(self):
        """Hold what is sold for trajects of a plan against its budgets, also when its
        price changes after the sale.

        :raises UserError: naming the budget that is passed
        """
        # sudo: outplacement.social.plan - what is left of it, for whoever sells
        lines = self.sudo().filtered(
            lambda line: (
                line.state == "sale"
                and line.outplacement_line_kind in ("extension", "package")
            )
        )
        trajects = lines.outplacement_for_traject_id
        for plan in trajects.social_plan_id:
            plan._lock()
            plan._check_kept(
                trajects.filtered(
                    lambda t, p=plan: t.social_plan_id == p
                ).entitlement_id
            )
