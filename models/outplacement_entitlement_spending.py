from odoo import fields, models
from odoo.exceptions import UserError

from ..tools.money import to_decimal
from .sale_order_line import ORDER_GROUPS

# In the context while something is spent: nobody can put it there from outside.
SPENDING = object()


class OutplacementEntitlement(models.Model):
    """What else of the budget is spent on a person, such as schooling: a line on an
    order of the plan, with the taxes of the service."""

    _inherit = "outplacement.entitlement"

    spending_line_ids = fields.One2many(
        "sale.order.line",
        "outplacement_entitlement_id",
        string="Spent Besides",
        readonly=True,
        groups=ORDER_GROUPS,
    )

    def action_spend(self):
        """Show what spending something on the person would take of the budgets."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Spend from Budget"),
            "res_model": "outplacement.entitlement.spend",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_entitlement_id": self.id},
        }

    # ------------------------------------------------------------------
    # What stands in the way
    # ------------------------------------------------------------------

    def _get_spending_obstacles(self, spending, price):
        """Return what stands in the way of spending something on the person, as a list
        of ``Obstacle``.

        :param spending: ``outplacement.social.plan.spending`` of the plan
        :param float price: of it, as prices of the service are
        """
        self.ensure_one()
        plan = self.plan_id
        usage = plan._get_usages()[plan.id]
        amount = plan._get_in_cap_basis(spending.product_id, price, self.entity_id)
        amount = to_decimal(amount)
        spent = usage.persons.get(self.id, to_decimal(0))
        texts = [
            self.state not in ("entitled", "called_off") and self._get_state_text(),
            not self.entity_id and self._get_missing_text(),
            self._get_spending_text(spending, amount),
            self._get_budget_text(amount, spent),
        ]
        return [
            *plan._get_state_obstacles(),
            *plan._get_validity_obstacles(),
            *(plan._get_obstacle(text, self) for text in texts if text),
            *plan._get_cap_obstacles(usage, 0, amount),
        ]

    def _get_spending_text(self, spending, amount):
        """Return by what the limit of a service is passed, False if it is not.

        :param amount: decimal in the basis of the budgets
        """
        limit, spent = to_decimal(spending.cap_person), self._get_spent_on(spending)
        if not limit or spent + amount <= limit:
            return False
        plan = self.plan_id
        return self.env._(
            "At most %(limit)s is for “%(service)s” of %(entitlement)s: %(used)s is "
            "used and %(left)s is left, and this takes %(amount)s.",
            limit=plan._format(limit),
            service=spending.product_id.display_name,
            entitlement=self.name,
            used=plan._format(spent),
            left=plan._format(max(limit - spent, 0)),
            amount=plan._format(amount),
        )

    def _get_spent_on(self, spending):
        """Return what was spent on a service for the person, as a decimal in the basis
        of the budgets."""
        lines = self.spending_line_ids.filtered(
            lambda line: line.state == "sale" and line.product_id == spending.product_id
        )
        included = self.plan_id.cap_tax_included
        amounts = lines.mapped("price_total" if included else "price_subtotal")
        return sum(map(to_decimal, amounts), to_decimal(0))

    # ------------------------------------------------------------------
    # Spending
    # ------------------------------------------------------------------

    def _spend(self, spending, price):
        """Sell a service of the plan for the person to their entity.

        :param spending: ``outplacement.social.plan.spending`` of the plan
        :param float price: of it, as prices of the service are
        :returns: the confirmed order
        :raises AccessError: the entitlement is not the user's
        :raises UserError: naming the limit that is passed and what is left of it
        """
        self.ensure_one()
        self.check_access("write")
        if spending.plan_id != self.plan_id or price <= 0:
            raise UserError(
                self.env._("Choose something that the plan has, and an amount.")
            )
        # sudo: outplacement.entitlement - all that was taken counts, and the order
        # follows from the plan, whoever of the plan spends
        entitlement, spending = self.sudo(), spending.sudo()
        plan = entitlement.plan_id
        plan._lock()
        plan._check_obstacles(entitlement._get_spending_obstacles(spending, price))
        values = plan._prepare_spending_order(entitlement, spending, price)
        order = plan.env["sale.order"].create(values)
        for line in order.order_line:
            line.name = f"{line.name}\n{entitlement.name}"
        order.with_context(outplacement_spending=SPENDING).action_confirm()
        plan._check_kept(entitlement)
        return order.with_env(self.env)
