from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .sale_order_line import TRAJECT_GROUPS

# Who counts as under a plan, once each.
LIVE = "state NOT IN ('released', 'cancelled')"


class OutplacementEntitlement(models.Model):
    """One employee under a social plan: what they may have, what they chose and what
    became of it.

    The person is a contact on its own (see ``outplacement.traject``), and everything
    about them is closed to finance, which knows an entitlement by its reference. There
    is no chatter: what is logged is logged on the plan, by reference.
    """

    _name = "outplacement.entitlement"
    _description = "Entitlement"
    _order = "plan_id desc, number, id"
    _rec_names_search = ["name"]
    _check_company_auto = True

    name = fields.Char(
        string="Reference",
        required=True,
        readonly=True,
        copy=False,
        index="trigram",
        default=lambda self: self.env._("New"),
        help="All that is said of the person outside the plan.",
    )
    number = fields.Integer(readonly=True, copy=False)
    plan_id = fields.Many2one(
        "outplacement.social.plan",
        string="Social Plan",
        required=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="plan_id.currency_id")
    account_manager_id = fields.Many2one(
        related="plan_id.account_manager_id",
        related_sudo=False,  # of a plan that is not theirs it tells nobody
        groups=TRAJECT_GROUPS,
    )
    money_allowed = fields.Boolean(
        related="plan_id.money_allowed", related_sudo=False, groups=TRAJECT_GROUPS
    )
    entity_id = fields.Many2one(
        "outplacement.social.plan.entity",
        compute="_compute_entity_id",
        compute_sudo=False,  # of a plan that is not theirs it tells nobody
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('plan_id', '=', plan_id)]",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("entitled", "Entitled"),
            ("called_off", "Called off"),
            ("released", "Released"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        copy=False,
        default="draft",
        index=True,
    )
    # --- who
    candidate_id = fields.Many2one(
        "res.partner",
        string="Employee",
        required=True,
        index=True,
        ondelete="restrict",
        copy=False,
        check_company=True,
        domain="[('is_company', '=', False), ('parent_id', '=', False)]",
        groups=TRAJECT_GROUPS,
        help="A contact on its own with a private e-mail address, never a contact of "
        "the employer.",
    )
    email_normalized = fields.Char(
        related="candidate_id.email_normalized",
        string="Private E-mail",
        store=True,
        help="Of the contact; one person of a plan each.",
        groups=TRAJECT_GROUPS,
    )
    personnel_number = fields.Char(copy=False, groups=TRAJECT_GROUPS)
    date_dismissal = fields.Date(
        string="Dismissal Date",
        copy=False,
        groups=TRAJECT_GROUPS,
        help="Last day with the employer.",
    )
    # --- what
    package_id = fields.Many2one(
        "outplacement.social.plan.package",
        compute="_compute_package_id",
        compute_sudo=False,  # of a plan that is not theirs it tells nobody
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('plan_id', '=', plan_id)]",
    )
    budget = fields.Monetary(
        help="What may be spent on this person; 0: the budget per person of the plan."
    )
    choice = fields.Selection(
        [
            ("undecided", "Undecided"),
            ("outplacement", "Outplacement"),
            ("money", "Money"),
            ("none", "None"),
        ],
        required=True,
        default="undecided",
        copy=False,
        index=True,
        groups=TRAJECT_GROUPS,
    )
    date_choice = fields.Date(
        string="Chosen on",
        copy=False,
        groups=TRAJECT_GROUPS,
        help="The day on which they said so; today if left empty.",
    )
    date_deadline = fields.Date(
        string="Choose before the End of",
        groups=TRAJECT_GROUPS,
        help="Empty: the day that the plan sets.",
    )
    # --- what became of it
    amount = fields.Monetary(
        string="Called Off for",
        readonly=True,
        copy=False,
        help="The price at the call-off, with or without VAT as the budgets are.",
    )
    call_off_id = fields.Many2one(
        "outplacement.call.off",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    order_line_id = fields.Many2one(
        "sale.order.line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    order_id = fields.Many2one(related="order_line_id.order_id", string="Sales Order")
    traject_id = fields.Many2one(
        "outplacement.traject",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups=TRAJECT_GROUPS,
    )

    _number_uniq = models.Constraint(
        "UNIQUE(plan_id, number)", "Another entitlement has this reference already."
    )
    _budget_positive = models.Constraint(
        "CHECK(budget >= 0)", "A budget cannot be negative."
    )
    _candidate_live = models.UniqueIndex(
        f"(plan_id, candidate_id) WHERE {LIVE}",
        "This person is under the plan already.",
    )
    _email_live = models.UniqueIndex(
        f"(plan_id, email_normalized) WHERE {LIVE}",
        "Somebody with this private e-mail address is under the plan already.",
    )
    _personnel_number_live = models.UniqueIndex(
        f"(plan_id, personnel_number) WHERE {LIVE}",
        "Somebody with this personnel number is under the plan already.",
    )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("plan_id")
    def _compute_entity_id(self):
        """Known where the plan has one entity."""
        for entitlement in self:
            known = entitlement.plan_id.entity_ids
            if entitlement.entity_id not in known:
                entitlement.entity_id = known if len(known) == 1 else False

    @api.depends("plan_id")
    def _compute_package_id(self):
        """Known where the plan has one package."""
        for entitlement in self:
            known = entitlement.plan_id.package_ids
            if entitlement.package_id not in known:
                entitlement.package_id = known if len(known) == 1 else False

    @api.depends("name")
    def _compute_display_name(self):
        """Neutral: Odoo shows it to whoever reads what refers to it."""
        for entitlement in self:
            entitlement.display_name = entitlement.name

    # ------------------------------------------------------------------
    # Constraints
    # ------------------------------------------------------------------

    @api.constrains("plan_id", "entity_id", "package_id")
    def _check_of_plan(self):
        """Entity and package are of the plan."""
        for entitlement in self:
            for record in (entitlement.entity_id, entitlement.package_id):
                if record and record.plan_id != entitlement.plan_id:
                    raise ValidationError(
                        self.env._(
                            "“%(record)s” is not of social plan %(plan)s.",
                            record=record.display_name,
                            plan=entitlement.plan_id.name,
                        )
                    )

    @api.constrains("plan_id", "choice", "date_choice")
    def _check_choice(self):
        """Money is chosen where the plan has it, and nothing in the future."""
        for entitlement in self:
            if entitlement.choice == "money" and not entitlement.plan_id.money_allowed:
                raise ValidationError(
                    self.env._(
                        "Social plan %(plan)s has no money to choose instead of "
                        "outplacement.",
                        plan=entitlement.plan_id.name,
                    )
                )
            day = entitlement.date_choice
            if day and day > entitlement.plan_id._get_today():
                raise ValidationError(
                    self.env._("The day of the choice lies in the future.")
                )

    @api.constrains("budget", "plan_id")
    def _check_budget(self):
        """Nobody has more than the plan gives a person."""
        for entitlement in self:
            most = entitlement.plan_id.cap_person
            if (
                most
                and entitlement.currency_id.compare_amounts(entitlement.budget, most)
                > 0
            ):
                raise ValidationError(
                    self.env._(
                        "The budget of %(entitlement)s is above that of a person "
                        "under social plan %(plan)s.",
                        entitlement=entitlement.name,
                        plan=entitlement.plan_id.name,
                    )
                )

    @api.constrains("candidate_id", "entity_id")
    def _check_candidate(self):
        """See ``outplacement.traject``: who will be a candidate stands apart from the
        employer."""
        for entitlement in self:
            person = entitlement.candidate_id
            if person.parent_id or person.is_company:
                raise ValidationError(
                    self.env._(
                        "%(person)s is a company or a contact of one. Somebody under a "
                        "social plan is a person on its own, so that they and the "
                        "employer cannot read each other's papers: make a separate "
                        "contact.",
                        person=person.name,
                    )
                )
            if person in entitlement.entity_id.employer_contact_ids:
                raise ValidationError(
                    self.env._(
                        "%(person)s reads the reports for the employer and cannot be "
                        "under the plan at the same time.",
                        person=person.name,
                    )
                )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = self._prepare_vals_list([dict(vals) for vals in vals_list])
        entitlements = super().create(vals_list)
        entitlements._check_added()
        return entitlements

    def write(self, vals):
        self._check_write(vals)
        vals = dict(vals)
        if "choice" in vals and any(e.choice != vals["choice"] for e in self):
            self._date_choice(vals, self.plan_id[:1])
        self._complete(vals)
        return super().write(vals)

    @api.model
    def _prepare_vals_list(self, vals_list):
        """Return with which values people come under their plans; ``vals_list`` is the
        method's to change."""
        vals_list = self._number(vals_list)
        for vals in vals_list:
            plan = self.plan_id.browse(vals.get("plan_id") or [])
            self._date_choice(vals, plan)
            self._complete(vals)
        return vals_list

    @api.model
    def _number(self, vals_list):
        """Give each its reference in the series of its plan; of two who do so at the
        same time one begins anew."""
        Plan = self.env["outplacement.social.plan"]
        if default := self.default_get(["plan_id"]).get("plan_id"):
            vals_list = [{"plan_id": default, **vals} for vals in vals_list]
        numbers = {}
        plan_ids = {vals.get("plan_id") for vals in vals_list} - {None, False}
        for plan in Plan.browse(plan_ids):
            count = sum(vals.get("plan_id") == plan.id for vals in vals_list)
            plan.check_access("read")
            # sudo: outplacement.social.plan - the last number, nobody's to write
            own = plan.sudo()
            own._lock()
            numbers[plan.id] = (own.name, own.entitlement_number)
            own.entitlement_number += count
        for vals in vals_list:
            if plan_id := vals.get("plan_id"):
                name, last = numbers[plan_id]
                numbers[plan_id] = (name, last + 1)
                vals |= {"number": last + 1, "name": f"{name}-{last + 1:03d}"}
        return vals_list

    @api.model
    def _complete(self, vals):
        """No personnel number is none, not the same one as another's; and who is
        undecided chose on no day."""
        if "personnel_number" in vals:
            number = (vals["personnel_number"] or "").strip()
            vals["personnel_number"] = number or False
        if vals.get("choice") == "undecided":
            vals["date_choice"] = False

    @api.model
    def _date_choice(self, vals, plan):
        """Date a choice that is made today, at the company of the plan."""
        if vals.get("choice") and not vals.get("date_choice"):
            company = plan.company_id or self.env.company
            vals["date_choice"] = company._get_outplacement_today()

    @api.model
    def _check_not_oneself(self, candidate_id):
        """:raises UserError: the user would be entitled by themselves"""
        return self.env["outplacement.traject"]._check_not_oneself(candidate_id)
