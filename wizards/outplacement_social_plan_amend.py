from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_amount, format_date

from ..models.outplacement_social_plan_terms import AMENDABLE, AMENDMENT
from ..tools.money import to_decimal


class OutplacementSocialPlanAmend(models.TransientModel):
    """Changes the terms of a signed plan as an amendment does, after showing what it
    said before and would say afterwards."""

    _name = "outplacement.social.plan.amend"
    _description = "Amend Social Plan"

    plan_id = fields.Many2one(
        "outplacement.social.plan",
        string="Social Plan",
        required=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="plan_id.company_id")
    currency_id = fields.Many2one(related="plan_id.currency_id")
    date = fields.Date(
        string="Signed on",
        required=True,
        default=lambda self: self.env.company._get_outplacement_today(),
    )
    agreement_file = fields.Binary(string="Signed Amendment")
    agreement_name = fields.Char(string="File Name")
    # --- the terms, as the plan has them
    date_to = fields.Date(
        string="Valid until",
        compute="_compute_terms",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    cap_heads = fields.Integer(
        string="Most People",
        compute="_compute_terms",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    cap_amount = fields.Monetary(
        string="Budget",
        compute="_compute_terms",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    cap_person = fields.Monetary(
        string="Budget per Person",
        compute="_compute_terms",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    money_allowed = fields.Boolean(
        string="Money or Outplacement",
        compute="_compute_terms",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    choice_deadline = fields.Date(
        string="Choose before the End of",
        compute="_compute_terms",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    invoice_plan_id = fields.Many2one(
        "outplacement.invoice.plan",
        compute="_compute_terms",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    is_fee_waived = fields.Boolean(
        string="No Cancellation Fee",
        compute="_compute_terms",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    package_ids = fields.One2many(
        "outplacement.social.plan.amend.package",
        "wizard_id",
        string="Packages",
        compute="_compute_packages",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    change_ids = fields.One2many(
        "outplacement.social.plan.amend.line",
        "wizard_id",
        string="What Changes",
        compute="_compute_change_ids",
    )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """What is not named stays as the plan has it: of fields that are computed
        together Odoo computes none once one of them is given."""
        completed = []
        for vals in vals_list:
            plan_id = vals.get("plan_id") or self.default_get(["plan_id"])["plan_id"]
            plan = self.env["outplacement.social.plan"].browse(plan_id)
            plan.check_access("write")
            terms = plan._convert_to_write({name: plan[name] for name in AMENDABLE})
            completed.append({**terms, **vals, "plan_id": plan_id})
        return super().create(completed)

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("plan_id")
    def _compute_terms(self):
        self._check_may_see()
        for wizard in self:
            for name in AMENDABLE:
                wizard[name] = wizard.plan_id[name]

    @api.depends("plan_id")
    def _compute_packages(self):
        self._check_may_see()
        for wizard in self:
            wizard.package_ids = [
                Command.clear(),
                *(
                    Command.create({"product_id": p.product_id.id, "price": p.price})
                    for p in wizard.plan_id.package_ids
                ),
            ]

    @api.depends("plan_id", "package_ids.product_id", "package_ids.price", *AMENDABLE)
    def _compute_change_ids(self):
        self._check_may_see()
        Line = self.env["outplacement.social.plan.amend.line"]
        for wizard in self:
            lines = wizard._get_changes() if wizard.plan_id else []
            wizard.change_ids = Line.concat(*map(Line.new, lines))

    def _check_may_see(self):
        """Hold whoever asks for the terms, also for those in the cache.

        :raises AccessError: the plan is not the user's
        """
        self.plan_id.check_access("write")

    def _get_changes(self):
        """Return what would change as dicts of term, before and after."""
        self.ensure_one()
        plan = self.plan_id
        changes = [
            {
                "term": plan._fields[name]._description_string(self.env),
                "before": self._get_text(plan, name),
                "after": self._get_text(self, name),
            }
            for name in AMENDABLE
            if plan[name] != self[name]
        ]
        return changes + self._get_package_changes()

    def _get_package_changes(self):
        """Return which packages are new or have another price."""
        agreed = {p.product_id: p.price for p in self.plan_id.package_ids}
        return [
            {
                "term": package.product_id.display_name,
                "before": self._get_price_text(agreed.get(package.product_id)),
                "after": self._get_price_text(package.price),
            }
            for package in self.package_ids
            if package.product_id and agreed.get(package.product_id) != package.price
        ]

    def _get_price_text(self, price):
        if price is None:
            return self.env._("Not in the plan")
        return format_amount(self.env, price, self.plan_id.currency_id)

    @api.model
    def _get_text(self, record, name):
        """Return a term as it is read: no date is "none", no limit is "no limit"."""
        value, kind = record[name], record._fields[name].type
        if kind == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        if kind == "many2one":
            return value.display_name or self.env._("That of the package")
        if not value:
            is_date = kind == "date"
            return self.env._("None") if is_date else self.env._("No limit")
        if kind == "date":
            return format_date(self.env, value)
        if kind == "monetary":
            return format_amount(self.env, value, record.currency_id)
        return str(value)

    # ------------------------------------------------------------------
    # Confirming
    # ------------------------------------------------------------------

    def action_confirm(self):
        """Apply the amendment and keep what it changed.

        :raises AccessError: the plan is not the user's
        :raises UserError: nothing changes, the signed file is missing, or more is used
            than would be allowed
        """
        self.ensure_one()
        self._check_may_see()
        # sudo: outplacement.social.plan - its turns, nobody's to write; what is used is
        # counted before anybody takes more
        self.plan_id.sudo()._lock()
        changes = self._get_changes()
        self._check_confirm(changes)
        self._check_enough()
        plan = self.plan_id.with_context(outplacement_amendment=AMENDMENT)
        plan.write(plan._convert_to_write({name: self[name] for name in AMENDABLE}))
        self._apply_packages(plan)
        self._create_amendment(changes)
        return {"type": "ir.actions.act_window_close"}

    def _check_confirm(self, changes):
        """:raises UserError: there is nothing to amend, or no proof of it"""
        if self.plan_id.state in ("draft", "closed"):
            raise UserError(
                self.env._(
                    "Social plan %(plan)s is not signed, or closed: there is nothing "
                    "to amend.",
                    plan=self.plan_id.name,
                )
            )
        if not changes:
            raise UserError(self.env._("Nothing changes."))
        if not self.agreement_file:
            raise UserError(self.env._("Add the signed amendment as a file."))

    def _check_enough(self):
        """:raises UserError: a limit is lowered to less than what is used. One that a
        manager went past may stay."""
        plan = self.plan_id
        usage = plan._get_usages()[plan.id]
        heads = self._is_lower("cap_heads") and usage.heads > self.cap_heads
        amount = self._is_lower("cap_amount") and (
            usage.amount > to_decimal(self.cap_amount)
        )
        if heads or amount:
            raise UserError(
                self.env._(
                    "Of social plan %(plan)s %(heads)s people and %(amount)s are used: "
                    "the limits cannot be lower.",
                    plan=plan.name,
                    heads=usage.heads,
                    amount=plan._format(usage.amount),
                )
            )

    def _is_lower(self, name):
        """Return whether a limit would be lower than it is; 0 is none."""
        limit, before = self[name], self.plan_id[name]
        return bool(limit) and (not before or limit < before)

    def _apply_packages(self, plan):
        """Give the packages of the plan their new prices, and add those that are
        new; what was called off keeps its price."""
        agreed = {package.product_id: package for package in plan.package_ids}
        for package in self.package_ids:
            values = {"product_id": package.product_id.id, "price": package.price}
            if known := agreed.get(package.product_id):
                if known.price != package.price:
                    known.price = package.price
            else:
                plan.package_ids.create({"plan_id": plan.id, **values})
        plan.package_ids._update_pricelist()

    def _create_amendment(self, changes):
        # sudo: outplacement.social.plan.amendment - nobody makes or changes one by
        # hand; the plan was checked, and the author stays
        Amendment = self.env["outplacement.social.plan.amendment"].sudo()
        return Amendment.create(
            {
                "plan_id": self.plan_id.id,
                "date": self.date,
                "user_id": self.env.uid,
                "agreement_file": self.agreement_file,
                "agreement_name": self.agreement_name,
                "line_ids": [Command.create(change) for change in changes],
            }
        )


class OutplacementSocialPlanAmendPackage(models.TransientModel):
    """A package as the amended plan has it."""

    _name = "outplacement.social.plan.amend.package"
    _description = "Package of an Amendment"

    wizard_id = fields.Many2one(
        "outplacement.social.plan.amend", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="wizard_id.company_id")
    currency_id = fields.Many2one(related="wizard_id.currency_id")
    product_id = fields.Many2one(
        "product.product",
        string="Package",
        required=True,
        domain="[('service_tracking', '=', 'outplacement')]",
    )
    price = fields.Monetary(string="Agreed Price", required=True)


class OutplacementSocialPlanAmendLine(models.TransientModel):
    """What an amendment would change; never stored."""

    _name = "outplacement.social.plan.amend.line"
    _description = "Preview of an Amendment"

    wizard_id = fields.Many2one(
        "outplacement.social.plan.amend", required=True, index=True, ondelete="cascade"
    )
    term = fields.Char()
    before = fields.Char()
    after = fields.Char()
