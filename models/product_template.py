from odoo import api, fields, models
from odoo.exceptions import ValidationError


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

    _outplacement_numbers_positive = models.Constraint(
        "CHECK(outplacement_months >= 0 AND outplacement_session_count >= 0)",
        "Term and number of sessions cannot be negative.",
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

    def _prepare_service_tracking_tooltip(self):
        if self.service_tracking == "outplacement":
            return self.env._(
                "Start a traject for each unit sold and invoice it by its invoice plan."
            )
        return super()._prepare_service_tracking_tooltip()

    @api.model
    def _get_saleable_tracking_types(self):
        return [*super()._get_saleable_tracking_types(), "outplacement"]
