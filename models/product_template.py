from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .outplacement_traject_report import RHYTHMS


class ProductTemplate(models.Model):
    """A package: a service that starts a traject when it is sold."""

    _inherit = "product.template"

    service_tracking = fields.Selection(
        selection_add=[("outplacement", "Traject")],
        ondelete={"outplacement": "set default"},
    )
    outplacement_type_id = fields.Many2one(
        "outplacement.traject.type",
        string="Traject Type",
        index="btree_not_null",
        ondelete="restrict",
    )
    outplacement_months = fields.Integer(
        string="Term (months)",
        compute="_compute_outplacement_terms",
        store=True,
        readonly=False,
        precompute=True,
    )
    outplacement_session_count = fields.Integer(
        string="Sessions Included",
        compute="_compute_outplacement_terms",
        store=True,
        readonly=False,
        precompute=True,
    )
    outplacement_plan_id = fields.Many2one(
        "outplacement.invoice.plan",
        string="Invoice Plan",
        check_company=True,
        help="How the price is spread over instalments. Empty: the company's default "
        "invoice plan.",
    )

    outplacement_report_rhythm = fields.Selection(
        RHYTHMS,
        string="Report Rhythm",
        help="When the trajects of this package are reported on. Empty: the rhythm of "
        "the company.",
    )

    outplacement_placement_rule = fields.Selection(
        [
            ("fixed", "Fixed price"),
            ("started_months", "Started months only"),
            ("refund", "Refund of months not started"),
        ],
        string="Early Placement",
        default="fixed",
        help="What the customer owes when the candidate is placed before the end of "
        "the term. Fixed price: all of it. Started months only: nothing of the months "
        "that had not started. Refund: a part of the price of those months is given "
        "back.",
    )
    outplacement_placement_rest = fields.Selection(
        [("keep_dates", "Keeps its dates"), ("at_once", "Is invoiced at once")],
        string="Rest of the Price",
        default="keep_dates",
        help="When the candidate is placed early and the price is fixed.",
    )
    outplacement_refund_percent = fields.Float(
        string="Refund (%)",
        digits=(16, 4),
        default=100.0,
        help="Of the price of months that had not started at the placement.",
    )
    outplacement_probation_months = fields.Integer(
        string="Probation (months)",
        help="If the job is lost within this time after the placement, the success fee "
        "is credited and the traject can be reopened. 0: no such guarantee.",
    )

    _outplacement_numbers_positive = models.Constraint(
        "CHECK(outplacement_months >= 0 AND outplacement_session_count >= 0)",
        "Term and number of sessions cannot be negative.",
    )
    _outplacement_refund_percent_within = models.Constraint(
        "CHECK(outplacement_refund_percent BETWEEN 0 AND 100)",
        "A refund is between 0% and 100%.",
    )
    _outplacement_probation_positive = models.Constraint(
        "CHECK(outplacement_probation_months >= 0)",
        "A probation cannot be negative.",
    )

    @api.depends("outplacement_type_id")
    def _compute_outplacement_terms(self):
        for product in self:
            product.outplacement_months = product.outplacement_type_id.months
            product.outplacement_session_count = (
                product.outplacement_type_id.session_count
            )

    @api.constrains("service_tracking", "outplacement_type_id", "invoice_policy")
    def _check_outplacement_package(self):
        """A package knows its traject type and is invoiced by its plan, not by what
        was delivered."""
        for product in self.filtered(lambda p: p.service_tracking == "outplacement"):
            if not product.outplacement_type_id:
                raise ValidationError(
                    self.env._(
                        "Package “%(package)s” needs a traject type: its trajects "
                        "start from it.",
                        package=product.name,
                    )
                )
            if product.invoice_policy != "order":
                raise ValidationError(
                    self.env._(
                        "Package “%(package)s” is invoiced by its invoice plan: set "
                        "the invoicing policy to ordered quantities.",
                        package=product.name,
                    )
                )

    @api.constrains("service_tracking", "invoice_policy", "company_id")
    def _check_outplacement_fee(self):
        """What bills a cancellation fee goes on doing so."""
        # sudo: res.company - whose fees it bills, for whoever manages products
        companies = self.env["res.company"].sudo()
        companies.search(
            [("outplacement_fee_product_id.product_tmpl_id", "in", self.ids)]
        )._check_outplacement_fee_product()

    @api.constrains("service_tracking")
    def _check_outplacement_sold(self):
        """What was sold without trajects would get them, and its instalments, on top
        of what was invoiced."""
        packages = self.filtered(lambda p: p.service_tracking == "outplacement")
        # sudo: sale.order.line - whether it was sold, for whoever manages products
        line = (
            self.env["sale.order.line"]
            .sudo()
            .search(
                [
                    ("product_id.product_tmpl_id", "in", packages.ids),
                    ("state", "=", "sale"),
                    ("product_uom_qty", "!=", 0),
                    ("outplacement_traject_ids", "=", False),
                    ("outplacement_for_traject_id", "=", False),
                ],
                limit=1,
            )
        )
        if line:
            raise ValidationError(
                self.env._(
                    "“%(product)s” was sold already without trajects, on order "
                    "%(order)s: make a new product for the package.",
                    product=line.product_id.name,
                    order=line.order_id.name,
                )
            )

    @api.onchange("service_tracking")
    def _onchange_service_tracking_outplacement(self):
        if self.service_tracking == "outplacement":
            self.invoice_policy = "order"

    def _get_outplacement_months(self):
        """Return the length of the term of the package, 0 for no package."""
        return self.outplacement_months or self.outplacement_type_id.months

    def _prepare_service_tracking_tooltip(self):
        if self.service_tracking == "outplacement":
            return self.env._(
                "Start a traject for each unit sold and invoice it by its invoice plan."
            )
        return super()._prepare_service_tracking_tooltip()

    @api.model
    def _get_saleable_tracking_types(self):
        return [*super()._get_saleable_tracking_types(), "outplacement"]
