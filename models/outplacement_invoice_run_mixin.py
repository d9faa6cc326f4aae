from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

MODES = [
    ("draft", "Make drafts"),
    ("post", "Make and post"),
    ("send", "Make, post and send"),
]


class OutplacementInvoiceRunMixin(models.AbstractModel):
    """What an invoice run, and its preview, are asked to bill."""

    _name = "outplacement.invoice.run.mixin"
    _description = "Invoice Run Filters"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self._default_company_id()
    )
    company_currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        string="Invoice Date",
        required=True,
        default=lambda self: self._default_date(),
        help="The date of the invoices. Instalments dated later are left for later.",
    )
    mode = fields.Selection(
        MODES,
        string="What to Do",
        required=True,
        default="draft",
        help="Sending happens in the background, the way that is set on the customer.",
    )
    employer_ids = fields.Many2many(
        "res.partner",
        string="Employers",
        domain=[("parent_id", "=", False)],
        check_company=True,
        help="Empty: all.",
    )
    account_manager_ids = fields.Many2many(
        "res.users", string="Account Managers", help="Empty: all."
    )
    plan_ids = fields.Many2many(
        "outplacement.invoice.plan",
        string="Invoice Plans",
        check_company=True,
        help="Empty: all.",
    )
    order_ids = fields.Many2many(
        "sale.order",
        string="Sales Orders",
        check_company=True,
        help="Empty: all.",
    )

    @api.model
    def _default_company_id(self):
        return self.env.company

    @api.model
    def _default_date(self):
        """Today at the company, wherever the user is."""
        return self.env.company._get_outplacement_today()

    @api.model
    def _check_run_company(self, company):
        """:raises AccessError: ``company`` is not among those of the user"""
        if not self.env.su and company - self.env.companies:
            raise AccessError(self.env._("You have no access to this company."))

    def _get_filter_domain(self):
        """Return which instalments are meant, whether or not they are due."""
        self.ensure_one()
        domain = Domain("company_id", "=", self.company_id.id)
        domain &= Domain("date", "<=", self.date)
        if self.employer_ids:
            domain &= Domain("employer_id", "child_of", self.employer_ids.ids) | Domain(
                "partner_id", "child_of", self.employer_ids.ids
            )
        if self.account_manager_ids:
            managers = self.account_manager_ids.ids
            domain &= Domain("account_manager_id", "in", managers)
        if self.plan_ids:
            plans = self.plan_ids.ids
            domain &= Domain("sale_line_id.outplacement_plan_id", "in", plans)
        if self.order_ids:
            domain &= Domain("order_id", "in", self.order_ids.ids)
        return domain

    def _get_candidates(self):
        """Return the instalments that are due, or are so as soon as somebody brings
        their state up to date, and that no run has in hand. Writes nothing."""
        self.ensure_one()
        Instalment = self.env["outplacement.instalment"]
        free = self._get_filter_domain() & ~Instalment._get_in_hand_domain()
        falling = Instalment._search_falling_due(free)
        falling = falling.filtered(lambda instalment: instalment._get_state() == "due")
        due = Domain("state", "=", "due") | Domain("id", "in", falling.ids)
        return Instalment.search(free & due)
