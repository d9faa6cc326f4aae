from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.money import to_decimal


class OutplacementInvoicePlanLine(models.Model):
    """A share of the price, in one or several equal parts."""

    _name = "outplacement.invoice.plan.line"
    _description = "Invoice Plan Line"
    _order = "plan_id, sequence, months_after_start, id"

    plan_id = fields.Many2one(
        "outplacement.invoice.plan", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    share = fields.Float(
        string="Share (%)",
        digits=(16, 4),
        required=True,
        help="Part of the price that this line bills, all its instalments together.",
    )
    months_after_start = fields.Integer(
        string="Months after Start",
        help="Number of months between the start of the traject and the (first) "
        "instalment. 0 is the start date itself.",
    )
    repeat_count = fields.Integer(
        string="Number of Instalments",
        default=1,
        help="The share is billed in this many equal instalments. "
        "0 repeats until the end of the term.",
    )
    repeat_interval = fields.Integer(
        string="Months in Between",
        default=1,
        help="Number of months between two instalments of this line.",
    )

    _share_positive = models.Constraint(
        "CHECK(share > 0)", "The share of an instalment must be positive."
    )
    _months_positive = models.Constraint(
        "CHECK(months_after_start >= 0)",
        "An instalment cannot be dated before the start of the traject.",
    )
    _repeat_positive = models.Constraint(
        "CHECK(repeat_count >= 0 AND repeat_interval > 0)",
        "The number of instalments cannot be negative, and they are at least one "
        "month apart.",
    )

    @api.constrains("share", "plan_id")
    def _check_plan_shares(self):
        if not self.env.context.get("outplacement_lines_of_plan"):
            self.plan_id._check_shares()

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.plan_id._check_not_sold()
        return lines

    def write(self, vals):
        self.plan_id._check_not_sold()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sold(self):
        self.plan_id._check_not_sold()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_alone(self):
        """What is deleted by itself leaves a plan that does not bill everything."""
        if not self.env.context.get("outplacement_lines_of_plan"):
            raise UserError(
                self.env._(
                    "Delete instalments in the invoice plan itself, so that its shares "
                    "keep adding up to 100%."
                )
            )

    def _get_schedule(self, months):
        """Return the parts of this line as ``(months_after_start, share)``."""
        self.ensure_one()
        count = self.repeat_count or self._get_count_in_term(months)
        share = to_decimal(self.share) / count
        return [
            (self.months_after_start + index * self.repeat_interval, share)
            for index in range(count)
        ]

    def _get_count_in_term(self, months):
        """Number of instalments that start within a term of ``months``; at least 1."""
        remaining = max(months - self.months_after_start, 1)
        return -(-remaining // self.repeat_interval)
