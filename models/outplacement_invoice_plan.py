from fractions import Fraction

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.money import to_decimal
from ..tools.schedule import Share, get_rest, split_price
from .outplacement_invoice_plan_line import CHANGE_OF_PLAN


class OutplacementInvoicePlan(models.Model):
    """How the price of a package is spread over instalments (rules R2 and R5)."""

    _name = "outplacement.invoice.plan"
    _description = "Invoice Plan"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", help="Leave empty to offer the plan in every company."
    )
    line_ids = fields.One2many(
        "outplacement.invoice.plan.line", "plan_id", string="Instalments", copy=True
    )

    is_sold = fields.Boolean(
        compute="_compute_is_sold",
        help="Confirmed orders use this plan: its instalments are part of the deal.",
    )

    def _compute_is_sold(self):
        sold = self._filter_sold()
        for plan in self:
            plan.is_sold = plan._origin in sold

    def _filter_sold(self):
        """Return the plans among these that packages on confirmed orders use."""
        # sudo: sale.order.line - a plan in use is in use, whoever sold by it
        lines = self.env["sale.order.line"].sudo()
        grouped = lines._read_group(
            [("outplacement_plan_id", "in", self.ids), ("state", "=", "sale")],
            ["outplacement_plan_id"],
        )
        return self.browse(plan.id for (plan,) in grouped)

    def _check_not_sold(self):
        """Keep what was sold as it was sold: also when units are added to the order,
        or its price changes, later on.

        :raises UserError: a confirmed order uses one of these plans
        """
        if sold := self._filter_sold():
            raise UserError(
                self.env._(
                    "Confirmed orders are invoiced by “%(plan)s”, so its instalments "
                    "are fixed: duplicate the plan, change the copy, and archive this "
                    "one.",
                    plan=sold[0].name,
                )
            )

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        if "name" not in (default or {}):
            for plan, vals in zip(self, vals_list, strict=True):
                vals["name"] = self.env._("%s (copy)", plan.name)
        return vals_list

    def write(self, vals):
        # the lines are checked together, after all of them were changed
        plans = self.with_context(outplacement_change=CHANGE_OF_PLAN)
        return super(OutplacementInvoicePlan, plans).write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        plans = self.with_context(outplacement_change=CHANGE_OF_PLAN)
        created = super(OutplacementInvoicePlan, plans).create(vals_list)
        return created.with_env(self.env)

    @api.constrains("company_id")
    def _check_sold_company(self):
        """What is sold by a plan stays with a plan of its company."""
        plans = self.filtered("company_id")
        # sudo: sale.order.line - a plan in use is in use, whoever sold by it
        sold = self.env["sale.order.line"].sudo()
        for plan, company in sold._read_group(
            [("outplacement_plan_id", "in", plans.ids)],
            ["outplacement_plan_id", "company_id"],
        ):
            if company != plan.company_id:
                raise ValidationError(
                    self.env._(
                        "Another company sold by “%(plan)s”: duplicate the plan for "
                        "this company.",
                        plan=plan.name,
                    )
                )

    # name: always given, so that a plan without lines is checked as well
    @api.constrains("name", "line_ids")
    def _check_shares(self):
        for plan in self:
            rests = plan.line_ids.filtered(lambda line: line.share_type == "rest")
            amounts = plan.line_ids.filtered(lambda line: line.share_type == "amount")
            error = False
            if len(rests) > 1:
                error = self.env._(
                    "The invoice plan “%(plan)s” bills the rest twice: make one line "
                    "of it.",
                    plan=plan.name,
                )
            elif amounts and not rests:
                error = self.env._(
                    "The invoice plan “%(plan)s” bills amounts, so it needs a line "
                    "for the rest of the price.",
                    plan=plan.name,
                )
            if error := error or plan._get_total_error(with_rest=bool(rests)):
                raise ValidationError(error)

    def _get_total_error(self, *, with_rest):
        """Return why the shares do not bill the whole price, False if they do.

        :param bool with_rest: a line bills what the others leave
        """
        self.ensure_one()
        shares = [to_decimal(line.share) for line in self.line_ids]
        total = sum(shares, to_decimal(0))
        values = self._get_shares_message_values(total)
        if with_rest:
            return total >= 100 and self.env._(
                "The shares of the invoice plan “%(plan)s” add up to %(total)s%%: "
                "that leaves no rest.",
                **values,
            )
        if total < 100:
            return self.env._(
                "The shares of the invoice plan “%(plan)s” add up to %(total)s%%: "
                "%(difference)s%% is missing.",
                **values,
            )
        return total > 100 and self.env._(
            "The shares of the invoice plan “%(plan)s” add up to %(total)s%%: "
            "that is %(difference)s%% too much.",
            **values,
        )

    def _get_shares_message_values(self, total):
        return {
            "plan": self.name,
            "total": f"{total.normalize():f}",
            "difference": f"{abs(100 - total).normalize():f}",
        }

    def _get_shares(self, months, sessions=0):
        """Return the parts of a price as a list of :class:`~..tools.schedule.Share`.

        No plan at all, or one without lines, means: all at the start.

        :param int months: length of the term
        :param int sessions: number of sessions that the package includes
        """
        if not self.line_ids:
            return [Share("start", 0, "percent", Fraction(100))]
        self.ensure_one()
        return [
            share
            for line in self.line_ids
            for share in line._get_shares(months, sessions)
        ]

    def _get_parts(self, total, months, currency, sessions=0):
        """Split ``total`` over the instalments of a term (R2), in their order.

        :param total: price in its own basis, as a decimal
        :param int months: length of the term
        :param currency: res.currency record to round to
        :param int sessions: number of sessions that the package includes
        :return: list of :class:`~..tools.schedule.Part`
        """
        return split_price(total, self._get_shares(months, sessions), currency)

    def _get_price_error(self, price, package, currency, months, sessions=0):
        """Return why ``price`` cannot be spread by this plan, False if it can: there
        is nothing that it counts, or its amounts come to more.

        :param price: of one traject, as a decimal
        :param package: the product, to name it
        """
        shares = self._get_shares(months, sessions)
        if not sessions and any(share.trigger == "session" for share in shares):
            return self.env._(
                "“%(package)s” includes no sessions, and the invoice plan “%(plan)s” "
                "bills per session: say how many there are, or choose another plan.",
                package=package.display_name,
                plan=self.name,
            )
        rest = get_rest(price, shares, currency)
        # without a rest the last part takes what rounding leaves, less than nothing too
        if rest >= 0 or all(share.kind == "percent" for share in shares):
            return False
        return self.env._(
            "“%(package)s” costs %(price)s a traject, and the invoice plan “%(plan)s” "
            "bills %(difference)s more than that: raise the price or choose another "
            "plan.",
            package=package.display_name,
            price=currency.format(float(price)),
            plan=self.name,
            difference=currency.format(float(-rest)),
        )
