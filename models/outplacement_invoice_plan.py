from odoo import api, fields, models
from odoo.exceptions import ValidationError

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
