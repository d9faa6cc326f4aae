from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.money import split_amount, to_decimal


class OutplacementInvoicePlan(models.Model):
    """How the price of a package is spread over instalments (rules R2 and R5)."""

    _name = "outplacement.invoice.plan"
    _description = "Invoice Plan"
    _order = "sequence, id"
    _check_company_auto = True

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
        return [
            {**vals, "name": self.env._("%s (copy)", plan.name)}
            for plan, vals in zip(self, vals_list, strict=True)
        ]

    def write(self, vals):
        # the lines are checked together, after all of them were changed
        plans = self.with_context(outplacement_lines_of_plan=True)
        return super(OutplacementInvoicePlan, plans).write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        plans = self.with_context(outplacement_lines_of_plan=True)
        created = super(OutplacementInvoicePlan, plans).create(vals_list)
        return created.with_env(self.env)

    # name: always given, so that a plan without lines is checked as well
    @api.constrains("name", "line_ids")
    def _check_shares(self):
        for plan in self:
            total = sum(
                (to_decimal(line.share) for line in plan.line_ids), to_decimal(0)
            )
            if total < 100:
                message = self.env._(
                    "The shares of the invoice plan “%(plan)s” add up to %(total)s%%: "
                    "%(difference)s%% is missing.",
                    **plan._get_shares_message_values(total),
                )
            elif total > 100:
                message = self.env._(
                    "The shares of the invoice plan “%(plan)s” add up to %(total)s%%: "
                    "that is %(difference)s%% too much.",
                    **plan._get_shares_message_values(total),
                )
            else:
                continue
            raise ValidationError(message)

    def _get_shares_message_values(self, total):
        return {
            "plan": self.name,
            "total": f"{total.normalize():f}",
            "difference": f"{abs(100 - total).normalize():f}",
        }

    def _get_schedule(self, months):
        """Return the instalments of a term as ``(months_after_start, share)``.

        No plan at all, or one without lines, means: all at the start.

        :param int months: length of the term
        :return: list in order of date; the shares are decimals that add up to 100
        """
        if not self.line_ids:
            return [(0, to_decimal(100))]
        self.ensure_one()
        schedule = []
        for line in self.line_ids:
            schedule += line._get_schedule(months)
        return sorted(schedule, key=lambda part: part[0])

    def _get_instalments(self, total, months, currency):
        """Split ``total`` over the term as ``(months_after_start, amount)`` (R2).

        :param total: price in its own basis, as a decimal
        :param int months: length of the term
        :param currency: res.currency record to round to
        """
        schedule = self._get_schedule(months)
        amounts = split_amount(total, [share for _months, share in schedule], currency)
        return [
            (after, amount)
            for (after, _share), amount in zip(schedule, amounts, strict=True)
        ]
