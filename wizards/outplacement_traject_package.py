from odoo import api, fields, models
from odoo.tools import format_date

from ..tools.money import to_decimal

CHANGEABLE_STATES = ("active", "paused")


class OutplacementTrajectPackage(models.TransientModel):
    """Sells another package instead of the one that a traject has, from a day on.

    What has not started of the old one is no longer owed. The new one costs its price
    less what stays billed, over the rest of its term, which counts from the start of
    the traject. Where more stays billed than it costs, the difference is credited.
    """

    _name = "outplacement.traject.package"
    _inherit = "outplacement.sell.mixin"
    _description = "Change the Package of a Traject"

    _line_kind = "package"

    date = fields.Date(
        string="From",
        required=True,
        default=lambda self: self._get_today(),
        help="The month of the term that contains this day has started, unless it "
        "begins on it.",
    )
    months = fields.Integer(
        string="Term (months)",
        compute="_compute_months",
        compute_sudo=False,
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        help="The whole term, counted from the start of the traject.",
    )
    date_end_after = fields.Date(string="End of Term Then")
    price = fields.Monetary(
        help="The price of the new package less what stays billed of the old one. Less "
        "than nothing: that much of what was billed is credited."
    )

    @api.model
    def _get_change_triggers(self):
        return [*super()._get_change_triggers(), "date", "months"]

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("traject_id")
    def _compute_product_id(self):
        """Another one than the traject has: somebody chooses it."""
        for wizard in self:
            wizard.product_id = wizard.product_id

    @api.depends("product_id")
    def _compute_months(self):
        for wizard in self:
            product = wizard.product_id.product_tmpl_id
            wizard.months = product._get_outplacement_months()

    @api.depends("product_id", "traject_id", "date")
    def _compute_price(self):
        return super()._compute_price()

    def _get_default_price(self):
        offer = self._get_offer_line(self._get_sale_order())
        price = offer._get_outplacement_unit_price()
        if self._get_course_refusal() or self._get_months_refusal():
            return float(price)
        # sudo: sale.order.line - a manager has no rights on orders
        Line = self.env["sale.order.line"].sudo()
        included = offer._is_outplacement_tax_included()
        for change in self.traject_id._get_package_changes(self.date):
            line = Line.browse(change["sale_line_id"])
            if line.outplacement_line_kind != "payer":
                price -= line._get_outplacement_in_basis(
                    change["amount_after"], included
                )
        return float(price)

    # ------------------------------------------------------------------
    # Showing
    # ------------------------------------------------------------------

    def _get_facts(self):
        return {"months": self.months}

    def _get_span(self):
        return self.traject_id._get_months_started(self.date), self.months

    def _get_extra(self):
        """Return what is credited besides what has not started, as a decimal in the
        basis of what was sold until now."""
        if self.price >= 0:
            return to_decimal(0)
        # sudo: sale.order.line - a manager has no rights on orders
        line = self.traject_id.sudo().sale_line_id
        included = bool(line) and line._is_outplacement_tax_included()
        offer = self._get_offer_line(self._get_sale_order())
        return offer._get_outplacement_in_basis(-self.price, included)

    def _get_changes(self):
        self.ensure_one()
        self.traject_id._check_may_sell()
        if not self.product_id or self._get_refusal():
            return []
        kept = self.traject_id._get_package_changes(self.date, self._get_extra())
        return kept + self._get_new_changes()

    def _get_new_changes(self):
        return super()._get_new_changes() if self.price > 0 else []

    def _get_refusal(self):
        if refusal := self._get_course_refusal():
            return refusal
        if not self.product_id:
            return False
        if self.product_id == self.traject_id.product_id:
            return self.env._(
                "Traject %(traject)s has this package: choose another one.",
                traject=self.traject_id.name,
            )
        return self._get_months_refusal() or super()._get_refusal()

    def _get_price_refusal(self):
        """Less than nothing is credited."""
        return False

    def _get_course_refusal(self):
        """Return the sentence why no package begins on that day, False if one can."""
        self.ensure_one()
        traject = self.traject_id
        if traject.state not in CHANGEABLE_STATES or not traject.date_start:
            return self.env._(
                "The package of traject %(traject)s changes while it is active or "
                "paused only. Before its start, change the order.",
                traject=traject.name,
            )
        if not self.date or self.date < traject.date_start:
            return self.env._(
                "Traject %(traject)s started on %(date)s: its package does not change "
                "before that day.",
                traject=traject.name,
                date=format_date(self.env, traject.date_start),
            )
        return self._get_extension_refusal()

    def _get_extension_refusal(self):
        lines = self.traject_id._get_extension_lines()
        return bool(lines) and self.env._(
            "Traject %(traject)s was extended by order %(order)s: take the extension "
            "back, change the package, and extend again.",
            traject=self.traject_id.name,
            order=lines[0].order_id.name,
        )

    def _get_months_refusal(self):
        started = self.traject_id._get_months_started(self.date)
        return self.months <= started and self.env._(
            "%(started)s months of the term have started by then: the new term must be "
            "longer (it is %(months)s months).",
            started=started,
            months=self.months,
        )

    # ------------------------------------------------------------------
    # Doing
    # ------------------------------------------------------------------

    def _apply(self, changes):
        # sudo: outplacement.traject - what is lapsed and credited follows from the
        # sale, and the account manager writes neither
        traject = self.traject_id.sudo()
        instalments = traject.instalment_ids.filtered(lambda i: not i._is_payers())
        instalments._check_no_foreign_drafts(revivals=True)
        settlements = traject._get_package_settlements(self.date, self._get_extra())
        traject.instalment_ids._settle(settlements)
        self.traject_id._set_package(self.date, self.product_id, self.months)
        if self.price > 0:
            self._sell()
