from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.money import portion
from .outplacement_traject_sale import SELLING_GROUPS
from .sale_order_line import FIXED_FIELDS, TERMS_FIELDS

# What decides for which traject a line is sold, and what that does to its term.
FOR_TRAJECT_FIELDS = frozenset({*FIXED_FIELDS, "outplacement_months"})
OVER_STATES = ("closed", "cancelled")


class SaleOrderLine(models.Model):
    """A package that is sold for a traject that exists already.

    It has its own price, invoice plan, order and customer, and starts no traject: its
    instalments are added to those of the traject.
    """

    _inherit = "sale.order.line"

    outplacement_for_traject_id = fields.Many2one(
        "outplacement.traject",
        string="For Traject",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('company_id', '=', company_id), "
        "('state', 'not in', ('closed', 'cancelled'))]",
        groups=SELLING_GROUPS,
        help="The traject that this package is sold for. Empty: a new traject of each "
        "unit.",
    )
    outplacement_line_kind = fields.Selection(
        [
            ("extension", "Extension"),
            ("payer", "Second Payer"),
            ("package", "Change of Package"),
        ],
        string="Sold as",
        help="Extension: months after the term, with instalments of their own.\n"
        "Second payer: a part of the price of the same traject, on another order.\n"
        "Change of package: what the new package costs on top of what stays billed.",
    )
    outplacement_months = fields.Integer(
        string="Months",
        compute="_compute_outplacement_months",
        store=True,
        readonly=False,
        precompute=True,
        help="The length of an extension, or what a new package leaves of the term.",
    )
    outplacement_months_before = fields.Integer(
        string="Months Before",
        readonly=True,
        copy=False,
        help="The number of months from the start of the traject to what this line "
        "pays for.",
    )
    outplacement_months_until = fields.Integer(
        string="Months Until",
        readonly=True,
        copy=False,
        groups=SELLING_GROUPS,
        help="The number of months from the start of the traject at which another "
        "package took the place of this line.",
    )
    outplacement_date_placed = fields.Date(
        string="Placed before the Sale",
        readonly=True,
        copy=False,
        groups=SELLING_GROUPS,
        help="The placement that was known when this was sold for the traject: it is "
        "no early end of what came after it.",
    )

    _outplacement_months_positive = models.Constraint(
        "CHECK(outplacement_months >= 0)", "The number of months cannot be negative."
    )

    @api.depends("product_id", "outplacement_line_kind")
    def _compute_outplacement_months(self):
        for line in self:
            own = line.outplacement_line_kind in ("extension", "package")
            product = line.product_id.product_tmpl_id
            line.outplacement_months = own and product._get_outplacement_months()

    @api.depends(
        "outplacement_for_traject_id", "outplacement_line_kind", "outplacement_months"
    )
    @api.depends_context("uid")
    def _compute_outplacement_plan_preview(self):
        """Of a traject that exists it tells the term: for who may read it."""
        sold_for = self.filtered("outplacement_for_traject_id")
        hidden = sold_for.filtered(
            lambda line: (
                not line.outplacement_for_traject_id.sudo(False).has_access("read")
            )
        )
        hidden.outplacement_plan_preview = False
        return super(SaleOrderLine, self - hidden)._compute_outplacement_plan_preview()

    # ------------------------------------------------------------------
    # Who may sell for a traject
    # ------------------------------------------------------------------

    def _check_outplacement_selling(self, vals):
        """Hold whoever writes ``vals`` on what is sold for trajects that exist.

        :raises AccessError: the user is neither their account manager nor a manager
        :raises UserError: a package would change without the rest of it, or what a
            confirmed line is sold for
        """
        if not (TERMS_FIELDS | {"product_id"}).isdisjoint(vals):
            self._check_outplacement_seller()
        if not FOR_TRAJECT_FIELDS.isdisjoint(vals):
            self._check_outplacement_may_sell()
            self._check_outplacement_fixed(vals)

    def _check_outplacement_sold_for(self, vals):
        """Hold them once more when it is written: it may be for another traject.

        :raises AccessError: the user is neither their account manager nor a manager
        :raises UserError: a package would change without the rest of it
        """
        if not FOR_TRAJECT_FIELDS.isdisjoint(vals):
            self._check_outplacement_may_sell()

    def _get_outplacement_withdrawn(self, vals):
        """Return those of the lines that ``vals`` take back from their trajects.

        :raises UserError: something is on an invoice, or was built upon
        """
        if vals.get("product_uom_qty", True):
            return self.browse()
        lines = self._filter_outplacement_for_traject().filtered("product_uom_qty")
        lines._check_outplacement_withdrawal()
        return lines

    def _check_outplacement_fixed(self, vals):
        """:raises UserError: what a confirmed line is sold for would change"""
        # sudo: sale.order.line - compared, for whoever writes the line
        for line in self.sudo().filtered(lambda line: line.state == "sale"):
            if any(
                line._fields[name].convert_to_write(line[name], line) != vals[name]
                for name in FIXED_FIELDS
                if name in vals
            ):
                raise UserError(
                    self.env._(
                        "Order %(order)s is confirmed: what “%(package)s” is sold for "
                        "is fixed. Set its quantity to 0 and add another line.",
                        order=line.order_id.name,
                        package=line.product_id.display_name,
                    )
                )
            months = vals.get("outplacement_months", line.outplacement_months)
            if months != line.outplacement_months and (
                error := line._get_outplacement_later_error()
            ):
                raise UserError(error)

    def _check_outplacement_seller(self):
        """Hold whoever changes what is sold for trajects that exist.

        :raises AccessError: the user is neither their account manager nor a manager
        """
        if not self.env.su:
            self._get_outplacement_for_trajects().sudo(False)._check_may_sell()

    def _check_outplacement_may_sell(self):
        """Hold whoever sells for trajects that exist: it changes their term and what
        their customers pay.

        :raises AccessError: the user is neither their account manager nor a manager
        :raises UserError: a package would change without the rest of it
        """
        if self.env.su:
            return
        self._check_outplacement_seller()
        for line in self._filter_outplacement_for_traject():
            if line.outplacement_line_kind == "package" and (
                traject := line._get_outplacement_for_trajects()
            ):
                raise UserError(
                    self.env._(
                        "The package of traject %(traject)s is changed from the "
                        "traject itself, which shows what becomes of the former one.",
                        traject=traject.name,
                    )
                )

    # ------------------------------------------------------------------
    # What is sold for which traject
    # ------------------------------------------------------------------

    def _get_outplacement_for_trajects(self):
        """Return the trajects that exist and that these lines are sold for."""
        # sudo: sale.order.line - the order of a seller or customer follows it, who may
        # not read the traject
        return self.sudo().outplacement_for_traject_id

    def _is_outplacement_for_traject(self):
        """Whether the line starts no traject, as it is sold for one that exists."""
        self.ensure_one()
        return bool(
            self.outplacement_line_kind or self._get_outplacement_for_trajects()
        )

    def _filter_outplacement_for_traject(self):
        return self.filtered(lambda line: line._is_outplacement_for_traject())

    def _filter_outplacement(self):
        """Return the packages, and what is sold for trajects that exist."""
        return self.filtered(
            lambda line: (
                line._is_outplacement_package() or line._is_outplacement_for_traject()
            )
        )

    def _get_outplacement_for_error(self):
        """Return why the line cannot be sold for its traject, False if it can."""
        self.ensure_one()
        traject = self._get_outplacement_for_trajects()
        values = {"package": self.product_id.display_name, "traject": traject.name}
        if not traject:
            return self.env._(
                "“%(package)s” is sold for a traject that exists: choose which one.",
                **values,
            )
        if not self.outplacement_line_kind:
            return self.env._(
                "“%(package)s” is sold for traject %(traject)s: choose whether it is "
                "an extension, the part of a second payer or a change of package.",
                **values,
            )
        if not self._is_outplacement_package():
            return self.env._(
                "“%(package)s” is no package: nothing else is sold for traject "
                "%(traject)s.",
                **values,
            )
        if traject.state in OVER_STATES:
            labels = dict(traject._fields["state"]._description_selection(self.env))
            return self.env._(
                "Traject %(traject)s is %(state)s: nothing is sold for it any more.",
                traject=traject.name,
                state=labels[traject.state].lower(),
            )
        return self._get_outplacement_months_error()

    def _get_outplacement_months_error(self):
        self.ensure_one()
        if self.outplacement_line_kind != "payer" and self.outplacement_months < 1:
            return self.env._(
                "“%(package)s” is sold for at least one month: enter the number of "
                "months.",
                package=self.product_id.display_name,
            )
        return False

    def _get_outplacement_quantity_error(self):
        # a line without a package has no traject to be sold for, whatever the quantity
        if not self._is_outplacement_for_traject():
            return super()._get_outplacement_quantity_error()
        if self.product_uom_qty not in (0, 1):
            return self.env._(
                "“%(package)s” is sold for one traject, so its quantity is 1 (it is "
                "%(quantity)s).",
                package=self.product_id.display_name,
                quantity=self.product_uom_qty,
            )
        return self.product_uom_qty and (
            super()._get_outplacement_quantity_error()
            or self._get_outplacement_for_error()
        )

    # ------------------------------------------------------------------
    # Price and instalments
    # ------------------------------------------------------------------

    def _get_outplacement_months(self):
        if not self.outplacement_line_kind:
            return super()._get_outplacement_months()
        begin, end = self._get_outplacement_span(self._get_outplacement_for_trajects())
        return end - begin

    def _get_outplacement_span(self, traject):
        begin, end = super()._get_outplacement_span(traject)
        if self.outplacement_line_kind in ("extension", "package"):
            begin = self.outplacement_months_before
            end = begin + self.outplacement_months
        # at least a month, where another package came at once
        # sudo: sale.order.line - the span of what is billed, for whoever reads the line
        months_until = self.sudo().outplacement_months_until
        if not months_until:
            return begin, end
        if self.outplacement_line_kind == "payer":
            # what somebody else pays stays as agreed, in a shorter term as well
            return begin, months_until
        return begin, min(end, max(months_until, begin + 1))

    def _get_outplacement_parts(self, traject):
        """Have what is sold per session count on from the sessions before, and bill as
        many as its own package includes."""
        if self.outplacement_line_kind not in ("extension", "package"):
            return super()._get_outplacement_parts(traject)
        begin, end = self._get_outplacement_span(traject)
        sessions, before = self._get_outplacement_sessions_left(traject)
        parts = self.outplacement_plan_id._get_parts(
            self._get_outplacement_price(traject),
            end - begin,
            self.currency_id,
            sessions,
        )
        return [
            part._replace(
                months=begin + part.months,
                rank=part.rank + before * (part.trigger == "session"),
            )
            for part in parts
        ]

    def _get_outplacement_sessions_left(self, traject):
        """Return how many sessions the line bills, and how many come before those."""
        sessions = self._get_outplacement_sessions()
        if self.outplacement_line_kind == "extension":
            begin = self.outplacement_months_before
            former = traject._get_extension_lines().filtered(
                lambda line: line.outplacement_months_before < begin
            )
            extra = sum(line._get_outplacement_sessions_sold() for line in former)
            return sessions, traject.planned_session_count + extra
        held = len(traject._get_billing_facts().session_days)
        return max(sessions - held, 1), held

    def _get_outplacement_sessions_sold(self):
        """Return how many sessions the line pays for, by what it bills if it bills
        those: its package may include another number by now."""
        instalments = self._get_outplacement_instalments()
        billed = instalments.filtered(lambda i: i.trigger == "session")
        return len(billed) or self._get_outplacement_sessions()

    def _get_outplacement_price(self, traject):
        if not self._is_outplacement_for_traject():
            return super()._get_outplacement_price(traject)
        return portion(self._get_outplacement_unit_price(), 1, self.currency_id)

    def _get_outplacement_terms(self):
        return *super()._get_outplacement_terms(), self.outplacement_months

    def _get_outplacement_billed_trajects(self):
        """Return the trajects that the lines bill: those that they started, and those
        that they are sold for."""
        existing = self._get_outplacement_for_trajects()
        running = existing.filtered(lambda traject: traject.state != "cancelled")
        return super()._get_outplacement_billed_trajects() | running
