from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import format_date, split_every

STARTED_STATES = ("active", "paused", "aftercare", "closed")
# Of a cancelled traject only what was revived on purpose has not lapsed.
BILLABLE_STATES = (*STARTED_STATES, "cancelled")
# How many instalments the daily job handles between two commits.
CRON_BATCH = 1000
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
        related="order_id.partner_invoice_id",
        string="Invoice Address",
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
        related="traject_id.purchase_order_ref",
        string="Purchase Order Reference",
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
        "date.",
    )
    period_start = fields.Date(compute="_compute_period", store=True)
    period_end = fields.Date(compute="_compute_period", store=True)
    # --- how far
    is_lapsed = fields.Boolean(readonly=True, copy=False)
    invoice_line_ids = fields.One2many(
        "account.move.line",
        "outplacement_instalment_id",
        help="The invoice line that bills this instalment: one at most.",
    )
    released_line_ids = fields.One2many(
        "account.move.line",
        "outplacement_released_instalment_id",
        help="The invoice lines that billed this instalment until it was released.",
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
        help="Due: dated today or earlier, and the traject has started.\n"
        "Credited: its invoice was credited in full or cancelled; it is not invoiced "
        "again until somebody releases it.",
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

    @api.depends("amount", "sale_line_id.tax_ids")
    def _compute_amounts(self):
        """Forecast of the invoice, which computes its VAT over its total (R3)."""
        for instalment in self:
            line = instalment.sale_line_id
            totals = line.tax_ids.compute_all(
                instalment.amount,
                currency=instalment.currency_id,
                product=line.product_id,
                partner=line.order_id.partner_shipping_id,
            )
            instalment.amount_untaxed = totals["total_excluded"]
            instalment.amount_total = totals["total_included"]

    @api.depends(
        "date_agreed", "months_after_start", "traject_id.date_start", "invoice_line_ids"
    )
    def _compute_date(self):
        """Date what is not invoiced yet; an invoiced instalment keeps its date (R4)."""
        for instalment in self:
            if not instalment.invoice_line_ids:
                instalment.date = (
                    instalment.date_agreed or instalment._get_planned_date()
                )
            else:
                instalment.date = instalment.date

    @api.depends(
        "months_after_start",
        "traject_id.date_start",
        "traject_id.date_end",
        "traject_id.instalment_ids.months_after_start",
        "invoice_line_ids",
    )
    def _compute_period(self):
        """Which part of the term the instalment pays for; fixed once invoiced (R7)."""
        invoiced = self.filtered("invoice_line_ids")
        for instalment in invoiced:
            instalment.period_start = instalment.period_start
            instalment.period_end = instalment.period_end
        for instalment in self - invoiced:
            traject = instalment.traject_id
            start, end = instalment._get_period(traject.date_start, traject.date_end)
            instalment.period_start, instalment.period_end = start, end

    @api.depends("invoice_line_ids.move_id")
    def _compute_invoice_id(self):
        for instalment in self:
            instalment.invoice_id = instalment.invoice_line_ids.move_id[:1]

    @api.depends(
        "is_lapsed",
        "date",
        "traject_id.state",
        "invoice_line_ids.parent_state",
        "invoice_line_ids.price_total",
        "invoice_line_ids.outplacement_credit_line_ids.parent_state",
        "invoice_line_ids.outplacement_credit_line_ids.price_total",
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

    def _get_date_agreed_text(self):
        self.ensure_one()
        if not self.date_agreed:
            return self.env._(
                "Instalment %(instalment)s has no agreed date any more.",
                instalment=self.display_name,
            )
        return self.env._(
            "Agreed date of instalment %(instalment)s: %(date)s.",
            instalment=self.display_name,
            date=format_date(self.env, self.date_agreed),
        )

    def _log_on_order(self, body):
        """Leave a trace where finance and the account manager look."""
        # sudo: sale.order - who changes an instalment need not be able to change
        # its order
        self.order_id.sudo().message_post(body=body)

    # ------------------------------------------------------------------
    # Dates
    # ------------------------------------------------------------------

    def _get_planned_date(self, date_start=None):
        """Start plus k months, counted from the start and clipped to the end of the
        month (R4); False while there is no start."""
        self.ensure_one()
        date_start = date_start or self.traject_id.date_start
        return date_start and (
            date_start + relativedelta(months=self.months_after_start)
        )

    def _get_period(self, date_start, date_end):
        """Return first and last day of the service period, within the term (R7).

        From the instalment's planned date to the day before the next one. Together
        the periods cover the term: the first begins with it, the last ends with it.
        """
        self.ensure_one()
        if not date_start or not date_end:
            return False, False
        after = self.months_after_start
        months = self._get_siblings().mapped("months_after_start")
        start = date_start
        if after > min(months):
            start = min(date_start + relativedelta(months=after), date_end)
        later = [other for other in months if other > after]
        end = date_end
        if later:
            following = date_start + relativedelta(months=min(later), days=-1)
            end = max(start, min(following, date_end))
        return start, end

    def _get_siblings(self):
        """Return all instalments of the same sale of the same traject."""
        self.ensure_one()
        return self.traject_id.instalment_ids.filtered(
            lambda instalment: instalment.sale_line_id == self.sale_line_id
        )

    # ------------------------------------------------------------------
    # State
    # ------------------------------------------------------------------

    def _get_state(self):
        self.ensure_one()
        line = self.invoice_line_ids[:1]
        withdrawn = line and line._is_outplacement_withdrawn()
        if line and not withdrawn:
            return "invoiced"
        if self.is_lapsed:
            return "lapsed"
        if withdrawn:
            return "credited"
        return "due" if self._is_due() else "planned"

    def _is_due(self):
        self.ensure_one()
        today = self.company_id._get_outplacement_day(fields.Datetime.now())
        return bool(
            self.date
            and self.traject_id.state in BILLABLE_STATES
            and self.date <= today
        )

    def _lapse(self):
        """Nobody pays these any more. One that is on an invoice stays invoiced until
        that is credited, and lapses then."""
        lapsing = self.filtered(lambda i: not i.is_lapsed and i.state != "invoiced")
        self.is_lapsed = True
        for instalments in lapsing.grouped("order_id").values():
            amounts = [
                f"{i.display_name} ({i.currency_id.format(i.amount)})"
                for i in instalments
            ]
            instalments._log_on_order(
                self.env._(
                    "Traject cancelled: these instalments lapse: %(instalments)s.",
                    instalments=", ".join(amounts),
                )
            )

    @api.model
    def _update_due(self, domain=()):
        """Bring the state of instalments up to date that fell due since the last time.

        :param domain: limits the instalments to look at
        """
        candidates = self._search_falling_due(domain)
        candidates._recompute_state()
        return candidates

    @api.model
    def _search_falling_due(self, domain=()):
        """Return the planned instalments of which the day has come, or nearly so."""
        # sudo: outplacement.instalment - the calendar decides, not the user; the
        # state is no field that a user may write
        return self.sudo().search(
            [
                *domain,
                ("state", "=", "planned"),
                # a day of slack: in some time zone it is tomorrow already
                ("date", "<=", "+1d"),
                ("traject_id.state", "in", BILLABLE_STATES),
            ]
        )

    def _recompute_state(self):
        """Compute the state anew, and what follows from it."""
        self.env.add_to_compute(self._fields["state"], self)
        self.modified(["state"])

    @api.model
    def _cron_update_due(self):
        """Daily: what falls due today becomes due, and its order “to invoice”."""
        candidates = self._search_falling_due()
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(candidates))
        for batch in split_every(CRON_BATCH, candidates.ids, candidates.browse):
            batch._recompute_state()
            batch.flush_recordset(["state"])
            if not cron._commit_progress(len(batch)):
                break
