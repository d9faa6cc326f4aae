from odoo import api, fields, models
from odoo.exceptions import AccessError

# Who may know which order lines bill a traject.
SELLING_GROUPS = (
    "outplacement.group_account_manager,"
    "outplacement.group_planner,"
    "outplacement.group_manager,"
    "account.group_account_invoice"
)


class OutplacementTraject(models.Model):
    """What is sold for a traject besides the order line that started it."""

    _inherit = "outplacement.traject"

    extra_sale_line_ids = fields.One2many(
        "sale.order.line",
        "outplacement_for_traject_id",
        string="Further Order Lines",
        groups=SELLING_GROUPS,
    )
    extension_months = fields.Integer(
        string="Extension (months)",
        compute="_compute_extension_months",
        store=True,
        help="The months by which confirmed orders extended the term.",
    )

    @api.depends(
        "extra_sale_line_ids.state",
        "extra_sale_line_ids.product_uom_qty",
        "extra_sale_line_ids.outplacement_line_kind",
        "extra_sale_line_ids.outplacement_months",
    )
    def _compute_extension_months(self):
        for traject in self:
            lines = traject._get_extension_lines()
            traject.extension_months = sum(lines.mapped("outplacement_months"))

    # ------------------------------------------------------------------
    # Who sells
    # ------------------------------------------------------------------

    def _check_may_sell(self):
        """Hold whoever sells more of these trajects, or something else instead.

        :raises AccessError: the user is neither their account manager nor a manager
        """
        if self.env.su or not self:
            return
        self.check_access("read")
        if not self._is_sold_by_user():
            raise AccessError(
                self.env._(
                    "Only the account manager of a traject or a manager sells "
                    "something for it."
                )
            )

    def _is_sold_by_user(self):
        """Whether the user is the account manager of these trajects, or a manager."""
        if self.env.user.has_group("outplacement.group_manager"):
            return True
        is_seller = self.env.user.has_group("outplacement.group_account_manager")
        # sudo: outplacement.traject - whose they are, for who need not read them
        sellers = [traject.account_manager_id for traject in self.sudo()]
        return is_seller and all(seller == self.env.user for seller in sellers)

    def _get_sale_wizard_action(self, model, name):
        """Return the action that opens wizard ``model`` on this traject.

        :raises AccessError: the user does not sell for it
        """
        self.ensure_one()
        self._check_may_sell()
        return self._prepare_wizard_action(model, name)

    def action_extend(self):
        """Sell months after the term, after a preview."""
        return self._get_sale_wizard_action(
            "outplacement.traject.extend", self.env._("Extend Traject")
        )

    def action_add_payer(self):
        """Have somebody else pay a part, after a preview."""
        return self._get_sale_wizard_action(
            "outplacement.traject.payer", self.env._("Add Second Payer")
        )

    def action_change_package(self):
        """Sell another package instead, after a preview."""
        return self._get_sale_wizard_action(
            "outplacement.traject.package", self.env._("Change Package")
        )

    # ------------------------------------------------------------------
    # What was sold
    # ------------------------------------------------------------------

    def _get_billed_lines(self):
        """Return the order lines that bill the traject: the one that started it, and
        those that were sold for it and not taken back."""
        self.ensure_one()
        return self.sale_line_id | self._get_extra_lines()

    def _get_extra_lines(self):
        """Return the confirmed order lines that were sold for the trajects."""
        # sudo: sale.order.line - the term of a traject follows from its orders, for
        # whoever plans it and may not read them
        return self.sudo().extra_sale_line_ids.filtered(
            lambda line: line.state == "sale" and line.product_uom_qty > 0
        )

    def _get_extension_lines(self):
        """Return those of the confirmed order lines that extend the term."""
        return self._get_extra_lines().filtered(
            lambda line: line.outplacement_line_kind == "extension"
        )

    def _get_months_sold(self):
        """Return how many months after the start of the traject what was sold of it
        ends, but for extensions that have no place in the term yet."""
        self.ensure_one()
        placed = self._get_extension_lines().filtered("outplacement_months_before")
        spans = [line._get_outplacement_span(self) for line in placed]
        return max([self.months, *(end for _begin, end in spans)])

    def _spread_instalments(self):
        """Let extensions follow the term where nothing of them is invoiced yet."""
        for traject in self:
            end = traject.months
            for line in traject._get_extension_lines().sorted(
                lambda line: (line.outplacement_months_before, line.id)
            ):
                instalments = line.outplacement_instalment_ids
                if not any(i._is_spread_fixed() for i in instalments):
                    line.outplacement_months_before = end
                end += line.outplacement_months
        return super()._spread_instalments()
