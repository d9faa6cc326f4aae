from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.filter_by_id import filter_by_id


class OutplacementTraject(models.Model):
    """The guidance of one candidate, from intake to outcome.

    Holds what the bureau may know of it: who, when, which phase. What is said stays
    in the confidential file (``outplacement.note``), to which no field here leads.
    """

    _name = "outplacement.traject"
    _inherit = [
        "outplacement.field.access.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Traject"
    _order = "date_start desc, id desc"
    _rec_names_search = ["name"]
    _check_company_auto = True
    _mail_post_access = "read"

    # ------------------------------------------------------------------
    # Fields
    # ------------------------------------------------------------------

    name = fields.Char(
        string="Reference",
        required=True,
        readonly=True,
        copy=False,
        index="trigram",
        default=lambda self: self.env._("New"),
        help="All that the deal (orders, invoices) says about this traject.",
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        filter_function=filter_by_id,
    )
    type_id = fields.Many2one(
        "outplacement.traject.type",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self._default_type_id(),
        tracking=True,
    )
    state = fields.Selection(
        [
            ("intake", "Intake"),
            ("active", "Active"),
            ("paused", "Paused"),
            ("aftercare", "Aftercare"),
            ("closed", "Closed"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        copy=False,
        default="intake",
        index=True,
        tracking=True,
    )
    outcome = fields.Selection(
        [
            ("placed", "Placed"),
            ("self_employed", "Self-employed"),
            ("internal", "Internal job"),
            ("term_ended", "Term ended without job"),
            ("stopped", "Stopped"),
            ("referred_out", "Referred out"),
            ("no_match", "No match"),
        ],
        readonly=True,
        copy=False,
        tracking=True,
    )
    trigger = fields.Selection(
        [
            ("conflict", "Conflict"),
            ("reorganisation", "Reorganisation"),
            ("stuck", "Stuck in the job"),
            ("redundancy", "Redundancy"),
            ("dismissed", "Already dismissed"),
        ],
        help="What brought the employer here. A category only, never the story.",
    )
    # --- who
    candidate_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        check_company=True,
        domain="[('is_company', '=', False), ('parent_id', '=', False)]",
        help="The person guided: a contact on its own, never a contact of the "
        "employer, so that neither sees the other's papers.",
    )
    employer_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('is_company', '=', True)]",
    )
    principal_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Who commissions the traject and pays for it.",
    )
    employer_contact_ids = fields.Many2many(
        "res.partner",
        "outplacement_traject_employer_contact_rel",
        "traject_id",
        "partner_id",
        string="Employer Contacts",
        copy=False,
        check_company=True,
        domain="[('is_company', '=', False), ('id', '!=', candidate_id)]",
        help="Only these people may read the released progress reports.",
    )
    personnel_number = fields.Char(
        copy=False, help="The employer's own number for the candidate."
    )
    account_manager_id = fields.Many2one(
        "res.users",
        index="btree_not_null",
        default=lambda self: self._default_account_manager_id(),
        domain="[('share', '=', False)]",
        tracking=True,
    )
    # --- term and package
    product_id = fields.Many2one(
        "product.product",
        string="Package",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('service_tracking', '=', 'outplacement')]",
        check_company=True,
    )
    date_start = fields.Date(
        string="Start", copy=False, index="btree_not_null", tracking=True
    )
    months = fields.Integer(
        string="Term (months)",
        compute="_compute_package_terms",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    date_end = fields.Date(
        string="End of Term",
        compute="_compute_date_end",
        store=True,
        index="btree_not_null",
        tracking=True,
    )
    date_dismissal = fields.Date(
        string="Dismissal Date", copy=False, help="Last day with the employer."
    )
    date_placement = fields.Date(string="Placed on", readonly=True, copy=False)
    date_closed = fields.Date(string="Closed on", readonly=True, copy=False)
    # --- course
    phase_id = fields.Many2one(
        "outplacement.phase",
        string="Current Phase",
        compute="_compute_phase_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        copy=False,
        ondelete="restrict",
        group_expand="_read_group_phase_ids",
        tracking=True,
    )
    traject_phase_ids = fields.One2many(
        "outplacement.traject.phase", "traject_id", string="Phases"
    )
    planned_session_count = fields.Integer(
        string="Sessions Included",
        compute="_compute_package_terms",
        store=True,
        readonly=False,
        precompute=True,
    )
    report_ids = fields.One2many(
        "outplacement.report", "traject_id", string="Progress Reports"
    )
    report_count = fields.Integer(compute="_compute_report_count")
    # --- deal
    sale_line_id = fields.Many2one(
        "sale.order.line",
        string="Order Line",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        check_company=True,
    )
    order_id = fields.Many2one(
        related="sale_line_id.order_id",
        string="Sales Order",
        store=True,
        index="btree_not_null",
    )
    opportunity_id = fields.Many2one(
        related="order_id.opportunity_id", store=True, index="btree_not_null"
    )
    purchase_order_ref = fields.Char(
        string="Purchase Order Reference",
        compute="_compute_purchase_order_ref",
        store=True,
        readonly=False,
        copy=False,
        help="The reference that the employer wants to read on invoices.",
    )
    instalment_ids = fields.One2many(
        "outplacement.instalment", "traject_id", string="Instalments"
    )

    _name_company_uniq = models.Constraint(
        "UNIQUE(name, company_id)", "Another traject already has this reference."
    )
    _months_positive = models.Constraint(
        "CHECK(months > 0)", "The term is at least one month."
    )

    # ------------------------------------------------------------------
    # Defaults, computes, searches
    # ------------------------------------------------------------------

    def _default_type_id(self):
        return self.env["outplacement.traject.type"].search([], limit=1)

    def _default_account_manager_id(self):
        is_seller = self.env.user.has_group("outplacement.group_account_manager")
        return self.env.user if is_seller else self.env["res.users"]

    @api.depends("type_id")
    def _compute_product_id(self):
        for traject in self:
            traject.product_id = traject.product_id or traject.type_id.product_id

    @api.depends("type_id", "product_id")
    def _compute_package_terms(self):
        """Term and sessions come from the package, else from the type."""
        for traject in self:
            package, kind = traject.product_id, traject.type_id
            traject.months = package.outplacement_months or kind.months or 12
            traject.planned_session_count = (
                package.outplacement_session_count or kind.session_count
            )

    @api.depends("type_id")
    def _compute_phase_id(self):
        """A new card stands in the column of its first phase, not yet open."""
        for traject in self:
            first = traject.type_id.phase_line_ids[:1].phase_id
            traject.phase_id = traject.phase_id or first

    @api.depends(
        *("date_start", "months", "extension_months"),
        *("pause_ids.date_from", "pause_ids.date_to"),
    )
    def _compute_date_end(self):
        for traject in self:
            traject.date_end = traject._get_date_end(traject.date_start)

    @api.depends("order_id.client_order_ref")
    def _compute_purchase_order_ref(self):
        for traject in self:
            traject.purchase_order_ref = (
                traject.purchase_order_ref or traject.order_id.client_order_ref
            )

    @api.depends("report_ids")
    def _compute_report_count(self):
        grouped = self.env["outplacement.report"]._read_group(
            [("traject_id", "in", self.ids)], ["traject_id"], ["__count"]
        )
        counts = {traject.id: count for traject, count in grouped}
        for traject in self:
            traject.report_count = counts.get(traject._origin.id, 0)

    @api.model
    def _read_group_phase_ids(self, phases, domain):
        """Show every phase as a column, also the empty ones."""
        return phases.search([("active", "=", True)])

    # ------------------------------------------------------------------
    # Constraints
    # ------------------------------------------------------------------

    @api.constrains(
        "candidate_id", "employer_id", "principal_id", "employer_contact_ids"
    )
    def _check_candidate(self):
        """A candidate stands apart from the employer (rule of the house: portal
        users read what belongs to their commercial entity)."""
        for traject in self.filtered("candidate_id"):
            candidate = traject.candidate_id
            if candidate.parent_id or candidate.is_company:
                raise ValidationError(
                    self.env._(
                        "%(candidate)s is a company or a contact of one. A candidate "
                        "is a person on its own, so that employer and candidate "
                        "cannot read each other's papers: make a separate contact.",
                        candidate=candidate.name,
                    )
                )
            if candidate in traject.employer_contact_ids | traject.employer_id:
                raise ValidationError(
                    self.env._(
                        "%(candidate)s cannot be the candidate and read the reports "
                        "for the employer at the same time.",
                        candidate=candidate.name,
                    )
                )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model
    def _get_next_reference(self, company_id=None):
        """Return a new reference, in the series of the year that it is at the company:
        around New Year users and the server may be in another one."""
        # sudo: ir.sequence - whoever may create a traject numbers it
        sequence = self.env["ir.sequence"].sudo()
        sequence = sequence.with_company(company_id or self.env.company)
        today = sequence.env.company._get_outplacement_day(fields.Datetime.now())
        sequence = sequence.with_context(ir_sequence_date=fields.Date.to_string(today))
        return sequence.next_by_code("outplacement.traject")

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            vals["name"] = self._get_next_reference(vals.get("company_id"))
            self._check_not_oneself(vals.get("candidate_id"))
        trajects = super().create(vals_list)
        trajects.filtered(lambda t: not t.traject_phase_ids)._create_phases()
        return trajects

    def write(self, vals):
        """See the steps: what is checked before, and what follows the change."""
        self._check_write(vals)
        spread = self._get_former_spread(vals)
        earned = self._get_former_earning(vals)
        named = self._get_former_portal_partners(vals)
        moved = self.browse()
        if vals.get("phase_id"):
            moved = self.filtered(lambda t: t.phase_id.id != vals["phase_id"])
        result = super().write(vals)
        moved._open_current_phase()
        self._move_earning(earned)
        self._spread_changed(spread)
        if named:
            self._end_portal_sessions(named - self._get_portal_partners())
        return result

    def _check_write(self, vals):
        """Hold what would be written.

        :raises AccessError: it is not for the user
        :raises UserError: it cannot change any more
        """
        if "active" in vals and not vals["active"]:
            self._check_archive()
        self._check_write_fields(vals)
        if "candidate_id" in vals:
            self._check_candidate_change(vals["candidate_id"])
            self._check_not_oneself(vals["candidate_id"])
        if "date_start" in vals:
            self._check_start_change(fields.Date.to_date(vals["date_start"]))
