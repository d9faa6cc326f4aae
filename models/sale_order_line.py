from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import clean_context

INSTALMENT_GROUPS = (
    "outplacement.group_account_manager,"
    "outplacement.group_coach,"
    "outplacement.group_planner,"
    "outplacement.group_manager,"
    "account.group_account_invoice"
)
TRAJECT_GROUPS = (
    "outplacement.group_account_manager,"
    "outplacement.group_planner,"
    "outplacement.group_manager"
)
# Who reads orders: managers and planners of the bureau need not.
ORDER_GROUPS = "sales_team.group_sale_salesman,account.group_account_invoice"
# What was agreed about a placement when the package was sold.
PLACEMENT_FIELDS = (
    "outplacement_placement_rule",
    "outplacement_placement_rest",
    "outplacement_refund_percent",
    "outplacement_probation_months",
)
# What follows from the package and from what else is sold: written by methods only.
DERIVED_FIELDS = frozenset(
    {
        *PLACEMENT_FIELDS,
        "outplacement_months_before",
        "outplacement_months_until",
        "outplacement_date_placed",
        "outplacement_date_sold",
        "outplacement_entitlement_id",
    }
)
# Fields of a sold package that its trajects and instalments follow.
TERMS_FIELDS = frozenset(
    {
        "product_uom_qty",
        "product_uom_id",
        "price_unit",
        "discount",
        "tax_ids",
        "outplacement_plan_id",
        "outplacement_months",
    }
)
# What a line has of its order. Odoo stores it with the line, where it can be written.
ORDER_FIELDS = frozenset({"state", "currency_id", "company_id"})
# What a line takes of the budgets of a social plan, and whether it takes it.
BUDGET_FIELDS = frozenset(
    {
        *TERMS_FIELDS,
        *ORDER_FIELDS,
        *("order_id", "product_id", "is_downpayment"),
        *("price_subtotal", "price_tax", "price_total"),
    }
)
# Fixed by confirmation: what was sold for a traject was not sold for another one.
FIXED_FIELDS = ("outplacement_for_traject_id", "outplacement_line_kind")


class SaleOrderLine(models.Model):
    """A package on an order: each unit is a traject, with its instalments."""

    _inherit = "sale.order.line"

    outplacement_plan_id = fields.Many2one(
        "outplacement.invoice.plan",
        string="Invoice Plan",
        compute="_compute_outplacement_plan_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="How the price is spread over instalments. Empty: all at the start.",
    )
    outplacement_plan_preview = fields.Char(
        string="Instalments",
        compute="_compute_outplacement_plan_preview",
        compute_sudo=True,
        help="Number and amount of the instalments of one traject.",
    )
    outplacement_traject_ids = fields.One2many(
        "outplacement.traject",
        "sale_line_id",
        string="Trajects",
        context={"active_test": False},
        groups=TRAJECT_GROUPS,
    )
    outplacement_instalment_ids = fields.One2many(
        "outplacement.instalment",
        "sale_line_id",
        string="Instalments of Trajects",
        groups=INSTALMENT_GROUPS,
    )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("product_id", "company_id")
    def _compute_outplacement_plan_id(self):
        packages = self.filtered(lambda line: line._is_outplacement_package())
        (self - packages).outplacement_plan_id = False
        for line in packages:
            company = line.company_id or self.env.company
            line.outplacement_plan_id = (
                line.product_id.outplacement_plan_id or company.outplacement_plan_id
            )

    @api.depends("product_id", "price_unit", "discount", "outplacement_plan_id")
    def _compute_outplacement_plan_preview(self):
        for line in self:
            line.outplacement_plan_preview = (
                line._is_outplacement_package() and line._get_outplacement_preview()
            )

    @api.depends("product_id")
    def _compute_product_updatable(self):
        """Another package means other trajects: sell it on a line of its own."""
        sold = self.filtered(lambda line: line._get_outplacement_billed_trajects())
        sold.product_updatable = False
        return super(SaleOrderLine, self - sold)._compute_product_updatable()

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        for order in lines.order_id.filtered(lambda order: order.state == "sale"):
            if error := order._get_outplacement_discount_error():
                raise UserError(error)
        # packages added to an order that is confirmed already
        sold = lines._filter_outplacement_sold()
        for order in sold.order_id:
            if error := order._get_outplacement_down_payment_error():
                raise UserError(error)
        sold._check_outplacement_quantity()
        sold._check_outplacement_price()
        sold._set_outplacement_date_sold()
        sold._create_outplacement_trajects()
        # after creation, so that defaults of the context are held to it as well
        lines._check_outplacement_may_sell()
        lines._check_outplacement_as_order()
        lines._check_outplacement_beside_plan()
        return lines

    def write(self, vals):
        self._check_outplacement_write(vals)
        withdrawn = self._get_outplacement_withdrawn(vals)
        former = self._get_outplacement_former(vals)
        sold = self._get_outplacement_sold_before(vals)
        result = super().write(vals)
        self._follow_outplacement_change(former)
        self._check_outplacement_sold_for(vals)
        self._check_outplacement_written(vals, sold)
        withdrawn._get_outplacement_instalments()._lapse()
        self._check_outplacement_followed(vals)
        return result

    def _get_outplacement_former(self, vals):
        """Return what trajects and instalments follow of the packages that were sold,
        as ``(terms, quantity, unit)`` by line; none where ``vals`` leave it alone."""
        if TERMS_FIELDS.isdisjoint(vals):
            return {}
        return {
            line: (
                line._get_outplacement_terms(),
                line.product_uom_qty,
                line.product_uom_id,
            )
            for line in self._filter_outplacement_sold()
        }

    def _follow_outplacement_change(self, former):
        """Let trajects and instalments follow what was written.

        :param dict former: see :meth:`_get_outplacement_former`
        :raises UserError: something is on an invoice, or a traject exists already
        """
        respread = changed = more = self.browse()
        for line, (terms, quantity, unit) in former.items():
            if line._get_outplacement_terms() != terms:
                respread |= line
            if (line.product_uom_qty, line.product_uom_id) != (quantity, unit):
                changed |= line
            if line.product_uom_qty > quantity:
                more |= line
        respread._check_outplacement_price()
        respread._respread_outplacement()
        changed._check_outplacement_quantity()
        (changed - more)._even_out_outplacement_price()
        # the days in which a private person can withdraw count anew, of all of it
        more.filtered(
            lambda line: line.order_id.outplacement_is_private or not former[line][1]
        )._set_outplacement_date_sold()
        more._create_outplacement_trajects()

    @api.model
    def _has_field_access(self, field, operation):
        """The package says what is agreed about a placement, where the part of the term
        begins and ends follows from what else is sold, and for whom something was spent
        from its social plan: nobody writes these."""
        if operation == "write" and field.name in DERIVED_FIELDS:
            return self.env.su
        return super()._has_field_access(field, operation)

    def _get_protected_fields(self):
        return [*super()._get_protected_fields(), "outplacement_plan_id"]

    # ------------------------------------------------------------------
    # Trajects
    # ------------------------------------------------------------------

    def _is_outplacement_package(self):
        self.ensure_one()
        return self.product_id.service_tracking == "outplacement"

    def _filter_outplacement_sold(self):
        """Return the packages among these lines that are on a confirmed order."""
        return self.filtered(
            lambda line: line.state == "sale" and line._is_outplacement_package()
        )

    def _get_outplacement_quantity_error(self):
        """Return why no trajects can follow from the quantity, False if they can."""
        self.ensure_one()
        quantity = self.product_uom_qty
        if quantity < 0 or quantity != int(quantity):
            return self.env._(
                "“%(package)s”: every unit is a traject, so the quantity must be a "
                "whole number and not negative (it is %(quantity)s).",
                package=self.product_id.display_name,
                quantity=quantity,
            )
        unit = self.product_id.uom_id
        if self.product_uom_id != unit:
            return self.env._(
                "“%(package)s”: every unit is a traject, so it is sold in %(unit)s and "
                "not in %(other)s.",
                package=self.product_id.display_name,
                unit=unit.name,
                other=self.product_uom_id.name,
            )
        return False

    def _check_outplacement_quantity(self):
        """Hold the ordered quantity of packages against their trajects.

        :raises UserError: a quantity that is no number of trajects, or fewer than
            there are
        """
        for line in self:
            if error := line._get_outplacement_quantity_error():
                raise UserError(error)
            existing = line._get_outplacement_trajects()
            if len(existing) > line.product_uom_qty:
                raise UserError(
                    self.env._(
                        "“%(package)s” has %(count)s trajects (%(trajects)s): cancel a "
                        "traject before you lower the quantity.",
                        package=line.product_id.display_name,
                        count=len(existing),
                        trajects=", ".join(existing.mapped("name")),
                    )
                )

    def _create_outplacement_trajects(self):
        """Create the trajects that the ordered quantity asks for and that do not exist
        yet, with their instalments. Calling it again creates nothing.

        :returns: the new trajects
        """
        values_list = []
        for line in self.filtered(lambda line: line._is_outplacement_package()):
            existing = len(line._get_outplacement_trajects())
            values_list += [
                line._prepare_outplacement_traject_values(index)
                for index in range(existing, int(line.product_uom_qty))
            ]
        # sudo: outplacement.traject - they follow from the sale; a seller, or a
        # customer who confirms online, needs no right to create trajects. The
        # defaults of the context are meant for the order and stay behind.
        env = self.env(su=True, context=clean_context(self.env.context))
        trajects = env["outplacement.traject"].create(values_list)
        self.env["outplacement.instalment"]._generate_for_trajects(trajects)
        trajects._schedule_assignment()
        return trajects

    def _prepare_outplacement_traject_values(self, index):
        """Return the values of a new traject.

        :param int index: rank of the traject among those of the line, from 0
        """
        self.ensure_one()
        order, product = self.order_id, self.product_id
        customer = order.partner_id.commercial_partner_id
        person = not customer.is_company and not order.partner_id.parent_id
        return {
            "company_id": order.company_id.id,
            "type_id": product.outplacement_type_id.id,
            "product_id": product.id,
            "sale_line_id": self.id,
            "principal_id": customer.id,
            "employer_id": customer.is_company and customer.id,
            "candidate_id": (
                person and self.product_uom_qty == 1 and order.partner_id.id
            ),
            "account_manager_id": order.user_id.id,
        }

    def _get_outplacement_trajects(self):
        """Return the trajects of the lines that were not cancelled, oldest first."""
        # sudo: outplacement.traject - the order follows its trajects, also for a
        # seller who is account manager of none of them
        trajects = self.sudo().outplacement_traject_ids
        return trajects.filtered(lambda t: t.state != "cancelled").sorted("id")

    def _get_outplacement_billed_trajects(self):
        """Return the trajects that the lines have instalments of."""
        return self._get_outplacement_trajects()

    # ------------------------------------------------------------------
    # Price and instalments
    # ------------------------------------------------------------------

    def _get_outplacement_terms(self):
        """Return what the instalments of the line are made from: among it whether the
        price includes VAT (R1), not at what rate."""
        self.ensure_one()
        return (
            self._get_outplacement_unit_price(),
            self._is_outplacement_tax_included(),
            self.outplacement_plan_id,
        )

    def _respread_outplacement(self):
        """Make the instalments anew after a change of price or plan.

        :raises UserError: one was invoiced
        """
        instalments = self._get_outplacement_running()
        if invoiced := instalments.filtered("invoice_line_ids"):
            raise UserError(
                self.env._(
                    "Price and invoice plan of “%(package)s” are fixed: instalment "
                    "%(instalment)s is on an invoice. Credit that and have it invoiced "
                    "again, or add another line for the difference.",
                    package=invoiced[0].sale_line_id.product_id.display_name,
                    instalment=invoiced[0].display_name,
                )
            )
        if lapsed := instalments.filtered("lapse_reason"):
            raise UserError(
                self.env._(
                    "Price and invoice plan of “%(package)s” are fixed: of instalment "
                    "%(instalment)s a part lapsed. Add another line for the "
                    "difference.",
                    package=lapsed[0].sale_line_id.product_id.display_name,
                    instalment=lapsed[0].display_name,
                )
            )
        instalments._regenerate()

    def _get_outplacement_running(self):
        """Return the instalments of the lines but for those of cancelled trajects."""
        return self._get_outplacement_instalments().filtered(
            lambda instalment: instalment.traject_id.state != "cancelled"
        )
