from typing import NamedTuple

from odoo import api, fields, models

from ..tools.money import round_amount, to_decimal

# Who counts under a plan at present.
LIVE_STATES = ("entitled", "called_off")
# Who is counted as promised: entitled, and may still be called off.
PROMISED_CHOICES = ("undecided", "outplacement")


class Usage(NamedTuple):
    """What was called off of a plan: people, and decimals in the basis of its budgets.

    :param persons: what was spent of each entitlement, by its id; under False what was
        spent on nobody
    """

    heads: int
    amount: object
    persons: dict


class OutplacementSocialPlan(models.Model):
    """What of a social plan is used, promised and left, in heads and in money.

    Used is what was called off and is still owed: of a price that lapses, because
    somebody withdrew or was placed early, nothing is used any more. What was credited
    to be billed once more stays used. Counted in sets, whatever the number of plans
    and people.
    """

    _inherit = "outplacement.social.plan"

    heads_entitled = fields.Integer(string="Entitled", compute="_compute_usage")
    heads_used = fields.Integer(string="People Called Off", compute="_compute_usage")
    heads_promised = fields.Integer(
        string="People Promised", compute="_compute_promised"
    )
    heads_left = fields.Integer(
        string="People Left",
        compute="_compute_usage",
        help="How many more can be called off; 0 without a limit.",
    )
    amount_used = fields.Monetary(
        string="Budget Used",
        compute="_compute_usage",
        help="What was called off and is still owed, invoiced or not.",
    )
    amount_promised = fields.Monetary(
        string="Budget Promised",
        compute="_compute_promised",
        help="What it would cost to call off everybody who is entitled and chose "
        "nothing else.",
    )
    amount_left = fields.Monetary(
        string="Budget Left",
        compute="_compute_usage",
        help="What more can be called off; 0 without a limit.",
    )

    @api.depends("cap_heads", "cap_amount", "cap_tax_included", "entitlement_ids.state")
    def _compute_usage(self):
        usages = self._get_usages()
        counts = self._count_entitlements(*LIVE_STATES)
        for plan in self:
            usage = usages[plan._origin.id]
            plan.heads_entitled = counts.get(plan._origin.id, 0)
            plan.heads_used, plan.amount_used = usage.heads, float(usage.amount)
            plan.heads_left = plan._get_heads_left(usage) or 0
            plan.amount_left = float(plan._get_amount_left(usage) or 0)

    @api.depends("cap_tax_included", "entitlement_ids.state", "entitlement_ids.choice")
    def _compute_promised(self):
        """For a form: what it costs is asked of the taxes of each package and
        entity."""
        promised = self._get_promised()
        for plan in self:
            heads, amount = promised.get(plan._origin.id, (0, 0.0))
            plan.heads_promised, plan.amount_promised = heads, amount

    def _get_heads_left(self, usage):
        """Return how many more can be called off, None without a limit."""
        self.ensure_one()
        return max(self.cap_heads - usage.heads, 0) if self.cap_heads else None

    def _get_amount_left(self, usage):
        """Return what more can be called off as a decimal, None without a limit."""
        self.ensure_one()
        if not self.cap_amount:
            return None
        return max(to_decimal(self.cap_amount) - usage.amount, 0)

    # ------------------------------------------------------------------
    # Used
    # ------------------------------------------------------------------

    def _get_usages(self):
        """Return the :class:`Usage` of each of these plans, by id.

        Every amount counts, whoever may read it: who reads a plan reads its totals.
        """
        heads = self._count_entitlements("called_off")
        persons, others = self._get_person_amounts(), self._get_other_amounts()
        usages = {}
        for plan in self._origin:
            own = persons.get(plan.id, {})
            for key, amount in others.get(plan.id, {}).items():
                own[key] = own.get(key, 0) + amount
            amount = sum(own.values(), to_decimal(0))
            usages[plan.id] = Usage(heads.get(plan.id, 0), amount, own)
        return {False: Usage(0, to_decimal(0), {}), **usages}

    def _get_entitlements(self):
        # sudo: outplacement.entitlement - the totals of a plan, for who may read it
        return self.env["outplacement.entitlement"].sudo()

    def _get_person_amounts(self):
        """Return what is owed of the trajects of the plans, as dicts of decimals by
        entitlement id, by plan id. What a second payer pays is of no plan."""
        # sudo: outplacement.instalment - see _get_usages
        Instalment = self.env["outplacement.instalment"].sudo()
        rows = Instalment._read_group(
            [
                ("traject_id.social_plan_id", "in", self.ids),
                ("sale_line_id.outplacement_line_kind", "!=", "payer"),
            ],
            # nothing is read of each traject: there may be thousands
            ["traject_id.social_plan_id", "traject_id.entitlement_id", "sale_line_id"],
            ["amount:sum", "amount_lapsed:sum"],
        )
        factors = self._get_basis_factors({line for _plan, _who, line, *_sums in rows})
        amounts = {}
        for plan, entitlement, line, amount, lapsed in rows:
            owed = (to_decimal(amount) - to_decimal(lapsed)) * factors[line]
            own = amounts.setdefault(plan.id, {})
            key = entitlement.id
            own[key] = own.get(key, 0) + round_amount(owed, line.currency_id)
        return amounts

    def _get_other_amounts(self):
        """Return what else the orders of the plans bill, as dicts of decimals by
        entitlement id, by plan id: schooling of somebody, and under False what is of no
        person's budget, such as cancellation fees."""
        # sudo: sale.order.line - see _get_usages
        Line = self.env["sale.order.line"].sudo()
        rows = Line._read_group(
            [
                ("order_id.outplacement_social_plan_id", "in", self.ids),
                ("state", "=", "sale"),
                ("product_id.service_tracking", "!=", "outplacement"),
                ("outplacement_for_traject_id", "=", False),
            ],
            ["order_id.outplacement_social_plan_id", "outplacement_entitlement_id"],
            ["price_subtotal:sum", "price_total:sum"],
        )
        amounts = {}
        for plan, entitlement, untaxed, total in rows:
            amount = to_decimal(total if plan.cap_tax_included else untaxed)
            own = amounts.setdefault(plan.id, {})
            own[entitlement.id] = own.get(entitlement.id, 0) + amount
        return amounts

    def _get_in_cap_basis(self, product, price, entity):
        """Return what a price takes of the budgets of the plan: with or without VAT, as
        these are meant.

        :param float price: as prices of ``product`` are
        :param entity: ``outplacement.social.plan.entity`` that pays
        """
        self.ensure_one()
        partner = entity.partner_id
        taxes = self._get_taxes(product, entity)
        totals = taxes.compute_all(price, self.currency_id, partner=partner)
        return totals["total_included" if self.cap_tax_included else "total_excluded"]

    def _get_taxes(self, product, entity):
        """Return the taxes of a product that is sold to an entity."""
        company = self.company_id
        taxes = product.taxes_id._filter_taxes_by_company(company)
        Position = self.env["account.fiscal.position"].with_company(company)
        return Position._get_fiscal_position(entity.partner_id).map_tax(taxes)

    @api.model
    def _get_basis_factors(self, lines):
        """Return by what an amount of each of these order lines is multiplied, to have
        it with or without VAT as the budgets of its plan are."""
        factors = {}
        for line in lines:
            plan = (
                line.order_id.outplacement_social_plan_id
                or line.outplacement_for_traject_id.social_plan_id
            )
            whole = 1e9  # large, so that its VAT is hardly rounded
            amount = line._get_outplacement_in_basis(whole, plan.cap_tax_included)
            factors[line] = amount / to_decimal(whole)
        return factors

    # ------------------------------------------------------------------
    # Promised
    # ------------------------------------------------------------------

    def _get_promised(self):
        """Return how many may still be called off, and what that would cost, as
        ``(heads, amount)`` by plan id."""
        rows = self._get_entitlements()._read_group(
            [
                ("plan_id", "in", self.ids),
                ("state", "=", "entitled"),
                ("choice", "in", PROMISED_CHOICES),
            ],
            ["plan_id", "package_id", "entity_id"],
            ["__count"],
        )
        promised = {}
        for plan, package, entity, count in rows:
            heads, amount = promised.get(plan.id, (0, 0.0))
            price = package._get_cap_price(entity) if package and entity else 0.0
            promised[plan.id] = (heads + count, amount + count * price)
        return promised

    def _count_entitlements(self, *states):
        """Return how many people are in one of these states, by plan id."""
        rows = self._get_entitlements()._read_group(
            [("plan_id", "in", self.ids), ("state", "in", states)],
            ["plan_id"],
            ["__count"],
        )
        return {plan.id: count for plan, count in rows}
