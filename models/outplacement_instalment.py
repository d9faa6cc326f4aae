from odoo import api, fields, models

# What of the invoice line that bills an instalment, and of the credit notes of that,
# says how much of it is billed.
BILLING_PATHS = tuple(
    f"{lines}.{name}"
    for lines in ("invoice_line_ids", "invoice_line_ids.outplacement_credit_line_ids")
    for name in ("parent_state", "price_unit", "quantity", "discount")
)
# What somebody who may write an instalment may write of it.
WRITABLE_FIELDS = frozenset({"date_agreed"})


class OutplacementInstalment(models.Model):
    """A part of the price of one traject, with the day on which it is invoiced.

    Part of the deal: knows the traject by its reference, and is usable by finance,
    who may not read trajects.
    """

    _name = "outplacement.instalment"
    _description = "Instalment"
    _order = "date, traject_reference, number, id"
    _rec_names_search = ["traject_reference"]
    _check_company_auto = True

    traject_id = fields.Many2one(
        "outplacement.traject",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    traject_reference = fields.Char(
        related="traject_id.name", string="Traject Reference", store=True
    )
    company_id = fields.Many2one(
        related="sale_line_id.company_id", store=True, index=True
    )
    sale_line_id = fields.Many2one(
        "sale.order.line",
        string="Order Line",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    order_id = fields.Many2one(
        related="sale_line_id.order_id", string="Sales Order", store=True, index=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Invoice Address",
        compute="_compute_partner_id",
        store=True,
        index=True,
    )
    employer_id = fields.Many2one(
        related="traject_id.employer_id", store=True, index="btree_not_null"
    )
    account_manager_id = fields.Many2one(
        related="traject_id.account_manager_id", store=True, index="btree_not_null"
    )
    purchase_order_ref = fields.Char(
        string="Purchase Order Reference",
        compute="_compute_purchase_order_ref",
        store=True,
    )
    purchase_order_missing = fields.Boolean(
        string="Purchase Order Reference Missing",
        compute="_compute_purchase_order_missing",
        search="_search_purchase_order_missing",
        compute_sudo=True,
        help="The customer requires a purchase order reference and there is none yet.",
    )
    # --- how much
    number = fields.Integer(readonly=True, aggregator=None)
    total_number = fields.Integer(
        string="Number of Instalments", readonly=True, aggregator=None
    )
    trigger = fields.Selection(
        selection=lambda self: (
            self.env["outplacement.invoice.plan.line"]
            ._fields["trigger"]
            ._description_selection(self.env)
        ),
        string="When",
        required=True,
        readonly=True,
        default="start",
        help="What makes this instalment fall due.",
    )
    rank = fields.Integer(
        readonly=True,
        default=1,
        aggregator=None,
        help="Among the instalments that fall due for the same reason: the instalment "
        "of the third session has 3.",
    )
    months_after_start = fields.Integer(readonly=True, aggregator=None)
    currency_id = fields.Many2one(related="sale_line_id.currency_id", store=True)
    amount = fields.Monetary(
        readonly=True,
        help="In the basis of the price: without VAT for businesses, VAT included for "
        "private persons.",
    )
    amount_untaxed = fields.Monetary(
        string="Amount without VAT", compute="_compute_amounts", store=True
    )
    amount_total = fields.Monetary(
        string="Amount with VAT", compute="_compute_amounts", store=True
    )
    # --- when
    date_agreed = fields.Date(
        string="Agreed Date",
        copy=False,
        help="Invoice this instalment on another day than the invoice plan says.",
    )
    date = fields.Date(
        compute="_compute_date",
        store=True,
        index="btree_not_null",
        help="The day from which it is invoiced. Known once the traject has a start "
        "date, or what it waits for has happened.",
    )
    period_start = fields.Date(compute="_compute_period", store=True)
    period_end = fields.Date(compute="_compute_period", store=True)
    # --- how far
    is_lapsed = fields.Boolean(
        readonly=True, copy=False, help="Nobody owes anything of it any more."
    )
    invoice_line_ids = fields.One2many(
        "account.move.line",
        "outplacement_instalment_id",
        help="The invoice line that bills this instalment: one at most.",
    )
    released_line_ids = fields.One2many(
        "account.move.line",
        "outplacement_released_instalment_id",
        help="The invoice lines that billed this instalment until somebody had it "
        "invoiced again.",
    )
    invoice_id = fields.Many2one(
        "account.move",
        compute="_compute_invoice_id",
        store=True,
        index="btree_not_null",
    )
    payment_state = fields.Selection(related="invoice_id.payment_state")
    state = fields.Selection(
        [
            ("planned", "Planned"),
            ("due", "Due"),
            ("invoiced", "Invoiced"),
            ("credited", "Credited"),
            ("lapsed", "Lapsed"),
        ],
        compute="_compute_state",
        store=True,
        index=True,
        help="Planned: its day is still to come, or not known yet.\n"
        "Due: dated today or earlier, and the traject has started. What is "
        "due at confirmation waits for no start.\n"
        "Invoiced: on an invoice, be it a draft.\n"
        "Credited: its invoice was credited in full or cancelled; it stays so until "
        "somebody has it invoiced again.\n"
        "Lapsed: nobody pays it any more.",
    )

    _number_uniq = models.Constraint(
        "UNIQUE(traject_id, sale_line_id, number)",
        "A traject has each instalment of an order line once.",
    )

    # ------------------------------------------------------------------
    # Computes and searches
    # ------------------------------------------------------------------

    @api.depends("traject_reference", "number", "total_number")
    def _compute_display_name(self):
        for instalment in self:
            instalment.display_name = (
                f"{instalment.traject_reference} "
                f"{instalment.number}/{instalment.total_number}"
            )

    @api.depends(
        "sale_line_id",
        "traject_id.sale_line_id",
        "traject_id.purchase_order_ref",
        "order_id.client_order_ref",
    )
    def _compute_purchase_order_ref(self):
        """Each payer has a reference of their own; that of the traject is the first
        payer's."""
        for instalment in self:
            traject = instalment.traject_id
            instalment.purchase_order_ref = (
                traject.purchase_order_ref
                if instalment.sale_line_id == traject.sale_line_id
                else instalment.order_id.client_order_ref
            )

    @api.depends(
        "purchase_order_ref",
        "partner_id.commercial_partner_id.outplacement_po_required",
    )
    def _compute_purchase_order_missing(self):
        for instalment in self:
            customer = instalment.partner_id.commercial_partner_id
            instalment.purchase_order_missing = (
                customer.outplacement_po_required and not instalment.purchase_order_ref
            )

    @api.model
    def _search_purchase_order_missing(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [
            ("partner_id.commercial_partner_id.outplacement_po_required", "=", True),
            ("purchase_order_ref", "in", (False, "")),
        ]

    @api.depends("invoice_id.partner_id", "order_id.partner_invoice_id")
    def _compute_partner_id(self):
        """Who was invoiced, else who will be."""
        for instalment in self:
            instalment.partner_id = (
                instalment.invoice_id.partner_id
                or instalment.order_id.partner_invoice_id
            )

    @api.depends(
        "amount",
        "amount_lapsed",
        "is_lapsed",
        "sale_line_id.tax_ids",
        "invoice_line_ids.tax_ids",
    )
    def _compute_amounts(self):
        """Forecast of the invoice, which computes its VAT over its total (R3). What is
        invoiced keeps the taxes of its invoice."""
        # instalments of one price are many, and their taxes are the same
        known = {}
        for instalment in self:
            line = instalment.sale_line_id
            taxes = (instalment.invoice_line_ids[:1] or line).tax_ids
            amount = instalment._get_billable_amount()
            beside = {
                "currency": instalment.currency_id,
                "product": line.product_id,
                "partner": line.order_id.partner_shipping_id,
            }
            key = (taxes, amount, *beside.values())
            if key not in known:
                known[key] = taxes.compute_all(amount, **beside)
            instalment.amount_untaxed = known[key]["total_excluded"]
            instalment.amount_total = known[key]["total_included"]

    @api.depends("invoice_line_ids.move_id")
    def _compute_invoice_id(self):
        for instalment in self:
            instalment.invoice_id = instalment.invoice_line_ids.move_id[:1]

    @api.depends(
        "is_lapsed",
        "date",
        "trigger",
        "date_agreed",
        "traject_id.state",
        "traject_id.pause_ids.date_from",
        "traject_id.pause_ids.date_to",
        *BILLING_PATHS,
    )
    def _compute_state(self):
        for instalment in self:
            instalment.state = instalment._get_state()

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model
    def _has_field_access(self, field, operation):
        """Amounts, dates and links come from the deal and the traject; what a person
        may change by hand is the agreed date."""
        if operation == "write" and not self.env.su:
            return field.name in WRITABLE_FIELDS
        return super()._has_field_access(field, operation)

    def write(self, vals):
        former = {}
        if "date_agreed" in vals:
            former = {instalment: instalment.date_agreed for instalment in self}
        result = super().write(vals)
        for instalment, date in former.items():
            if instalment.date_agreed != date:
                instalment._log_on_order(instalment._get_date_agreed_text())
        return result
