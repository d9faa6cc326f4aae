from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .outplacement_traject_report import RHYTHMS


class OutplacementSocialPlan(models.Model):
    """The framework contract for a reorganisation: which employees of an employer may
    have what, until when, at which prices, and how much of it in all.

    The plan holds the deal. Who is entitled and what they chose is in
    ``outplacement.entitlement``, and what is sold in the orders that call-offs make.
    Its name is its reference, and tells nobody what is to happen: where Odoo refuses a
    record it names it, in its log as well.
    """

    _name = "outplacement.social.plan"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Social Plan"
    _order = "date_from desc, id desc"
    _rec_names_search = ["name", "title", "employer_id"]
    _check_company_auto = True

    name = fields.Char(
        string="Reference",
        required=True,
        readonly=True,
        copy=False,
        index="trigram",
        default=lambda self: self.env._("New"),
    )
    title = fields.Char(
        string="Reorganisation", required=True, help="What the parties call the plan."
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("signed", "Signed"),
            ("open", "Open"),
            ("closed", "Closed"),
            ("expired", "Expired"),
        ],
        required=True,
        readonly=True,
        copy=False,
        default="draft",
        index=True,
        tracking=True,
    )
    # --- who
    employer_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('is_company', '=', True)]",
        tracking=True,
    )
    entity_ids = fields.One2many(
        "outplacement.social.plan.entity", "plan_id", string="Entities"
    )
    account_manager_id = fields.Many2one(
        "res.users",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        tracking=True,
    )
    deputy_id = fields.Many2one(
        "res.users",
        string="Deputy Account Manager",
        index="btree_not_null",
        domain="[('share', '=', False)]",
        tracking=True,
        help="Does what the account manager of the plan does.",
    )
    coach_ids = fields.Many2many(
        "res.users",
        "outplacement_social_plan_coach_rel",
        "plan_id",
        "user_id",
        string="Coaches' Pool",
        domain=lambda self: self._get_coach_domain(),
        help="Who may guide the trajects of the plan. Empty: any coach.",
    )
    is_affiliated = fields.Boolean(
        string="Affiliated Bureau",
        tracking=True,
        help="The bureau and the employer belong together. Where somebody leaves over "
        "a conflict, another bureau is offered first.",
    )
    trigger = fields.Selection(
        selection=lambda self: self._get_trigger_options(),
        default="reorganisation",
        help="What brings the people here, unless their traject says otherwise.",
    )
    # --- how long
    date_signed = fields.Date(string="Signed on", copy=False, tracking=True)
    date_from = fields.Date(string="Valid from", tracking=True)
    date_to = fields.Date(string="Valid until", index="btree_not_null", tracking=True)
    agreement_file = fields.Binary(string="Signed Agreement", copy=False)
    agreement_name = fields.Char(string="File Name", copy=False)
    # --- how much
    cap_heads = fields.Integer(
        string="Most People", tracking=True, help="0: no limit but that of the budget."
    )
    cap_amount = fields.Monetary(string="Budget", tracking=True, help="0: no limit.")
    cap_person = fields.Monetary(
        string="Budget per Person",
        tracking=True,
        help="0: no limit. An entitlement may have a lower one of its own.",
    )
    cap_tax_included = fields.Boolean(
        string="Budgets Include VAT",
        help="Whether the budgets are meant with VAT. Prices are unaffected.",
    )
    package_ids = fields.One2many(
        "outplacement.social.plan.package", "plan_id", string="Packages", copy=True
    )
    pricelist_id = fields.Many2one(
        "product.pricelist",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The agreed prices, as the orders of the plan take them.",
    )
    spending_ids = fields.One2many(
        "outplacement.social.plan.spending",
        "plan_id",
        string="What Else the Budget is for",
        copy=True,
    )
    # --- choosing
    money_allowed = fields.Boolean(
        string="Money or Outplacement",
        tracking=True,
        help="Employees choose between an amount of money and outplacement. Otherwise "
        "whoever is entitled can be called off without a choice.",
    )
    choice_deadline = fields.Date(
        string="Choose before the End of",
        tracking=True,
        help="The last day for the choice, or for the call-off where there is none to "
        "make. An entitlement may have a day of its own.",
    )
    # --- billing and reporting
    invoice_plan_id = fields.Many2one(
        "outplacement.invoice.plan",
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        help="Empty: the invoice plan of each package.",
    )
    invoice_grouping = fields.Selection(
        [
            ("order", "One per call-off and entity"),
            ("employer", "One per entity and purchase order reference"),
        ],
        string="Invoices",
        required=True,
        default="order",
        help="What an invoice run puts on one invoice.",
    )
    is_fee_waived = fields.Boolean(
        string="No Cancellation Fee",
        default=True,
        help="Whoever withdraws before the start costs nothing. Otherwise the "
        "cancellation fees of the company hold.",
    )
    report_rhythm = fields.Selection(RHYTHMS, help="Empty: the rhythm of the package.")
    amendment_ids = fields.One2many(
        "outplacement.social.plan.amendment", "plan_id", string="Amendments"
    )
    # --- who is entitled, and what was called off
    entitlement_ids = fields.One2many(
        "outplacement.entitlement", "plan_id", string="Entitlements"
    )
    entitlement_number = fields.Integer(
        string="Last Entitlement", readonly=True, copy=False
    )
    call_off_ids = fields.One2many(
        "outplacement.call.off", "plan_id", string="Call-offs"
    )
    call_off_number = fields.Integer(string="Last Call-off", readonly=True, copy=False)
    turn_number = fields.Integer(
        string="Turns",
        readonly=True,
        copy=False,
        help="How often somebody took something of the plan: see the lock.",
    )

    _name_company_uniq = models.Constraint(
        "UNIQUE(name, company_id)", "Another social plan already has this reference."
    )
    _caps_positive = models.Constraint(
        "CHECK(cap_heads >= 0 AND cap_amount >= 0 AND cap_person >= 0)",
        "Limits cannot be negative.",
    )
    _validity = models.Constraint(
        "CHECK(date_to >= date_from)", "The last day of validity lies before the first."
    )

    # ------------------------------------------------------------------
    # Defaults and computes
    # ------------------------------------------------------------------

    @api.model
    def _get_trigger_options(self):
        return (
            self.env["outplacement.traject"]
            ._fields["trigger"]
            ._description_selection(self.env)
        )

    @api.model
    def _get_coach_domain(self):
        group = self.env.ref("outplacement.group_coach", raise_if_not_found=False)
        return [("all_group_ids", "in", group.ids)] if group else []

    # ------------------------------------------------------------------
    # Constraints
    # ------------------------------------------------------------------

    @api.constrains("money_allowed")
    def _check_money_allowed(self):
        """Nobody chose money where there is none."""
        for plan in self.filtered(lambda plan: not plan.money_allowed):
            chosen = plan.entitlement_ids.filtered(lambda e: e.choice == "money")
            if chosen:
                raise ValidationError(
                    self.env._(
                        "Entitlement %(entitlement)s chose money: the plan cannot go "
                        "back to outplacement only.",
                        entitlement=chosen[0].name,
                    )
                )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model
    def _get_next_reference(self, company_id=None):
        """Return a new reference, in the series of the year that it is at the
        company."""
        # sudo: ir.sequence - whoever may make a plan numbers it
        sequence = self.env["ir.sequence"].sudo()
        sequence = sequence.with_company(company_id or self.env.company)
        today = sequence.env.company._get_outplacement_today()
        sequence = sequence.with_context(ir_sequence_date=fields.Date.to_string(today))
        return sequence.next_by_code("outplacement.social.plan")

    @api.model_create_multi
    def create(self, vals_list):
        """A plan without entities is for the employer itself."""
        self._check_create(vals_list)
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            vals["name"] = self._get_next_reference(vals.get("company_id"))
        plans = super().create(vals_list)
        plans._create_first_entities()
        return plans

    @api.model
    def _check_create(self, vals_list):
        """Hook: what must hold before plans are made."""

    def _create_first_entities(self):
        bare = self.filtered(lambda plan: not plan.entity_ids)
        self.env["outplacement.social.plan.entity"].create(
            [{"plan_id": p.id, "partner_id": p.employer_id.id} for p in bare]
        )

    def _prepare_pricelist(self):
        """Return the values of the pricelist that has the agreed prices."""
        self.ensure_one()
        return {
            "name": self.name,
            "currency_id": self.currency_id.id,
            "company_id": self.company_id.id,
            # chosen by the orders of the plan: the last one for anybody else
            "sequence": 1000,
        }

    def _get_today(self):
        """Return the day that it is at the company of the plan."""
        self.ensure_one()
        return self.company_id._get_outplacement_today()
