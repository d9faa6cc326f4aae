from fractions import Fraction

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.money import to_decimal
from ..tools.schedule import Share

# In the context while a plan changes its lines: nobody can put it there from outside.
CHANGE_OF_PLAN = object()


class OutplacementInvoicePlanLine(models.Model):
    """A part of the price, in one or several equal instalments, and what makes them
    fall due."""

    _name = "outplacement.invoice.plan.line"
    _description = "Invoice Plan Line"
    _order = "plan_id, sequence, months_after_start, id"

    plan_id = fields.Many2one(
        "outplacement.invoice.plan", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    trigger = fields.Selection(
        [
            ("confirmation", "At confirmation"),
            ("start", "From the start"),
            ("session", "Per session"),
            ("placement", "At placement"),
            ("closing", "At closing"),
        ],
        string="When",
        required=True,
        default="start",
        help="At confirmation: the day on which the order is confirmed.\n"
        "From the start: on the start date, or a number of months later, once or every "
        "so many months.\n"
        "Per session: in arrears, at the end of the month of each session that counts "
        "against the package.\n"
        "At placement: once the candidate is placed. It lapses when the traject is "
        "closed without a placement.\n"
        "At closing: the day on which the traject is closed.",
    )
    share_type = fields.Selection(
        [("percent", "Share"), ("amount", "Amount"), ("rest", "The rest")],
        string="How Much",
        required=True,
        default="percent",
        help="The rest: what the other lines leave of the price.",
    )
    share = fields.Float(
        string="Share (%)",
        digits=(16, 4),
        required=True,
        compute="_compute_share",
        store=True,
        readonly=False,
        precompute=True,
        help="Part of the price that this line bills, all its instalments together.",
    )
    amount = fields.Float(
        digits="Product Price",
        compute="_compute_amount",
        store=True,
        readonly=False,
        precompute=True,
        help="What this line bills, all its instalments together: in the currency of "
        "the order, with or without VAT as its prices are.",
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
        "CHECK(share_type != 'percent' OR share > 0)",
        "The share of an instalment must be positive.",
    )
    _amount_positive = models.Constraint(
        "CHECK(share_type != 'amount' OR amount > 0)",
        "The amount of an instalment must be positive.",
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

    # apart, as giving one by hand keeps what is computed with it from being computed
    @api.depends("share_type")
    def _compute_share(self):
        """Keep no figure that does not count."""
        for line in self:
            line.share = line.share if line.share_type == "percent" else 0.0

    @api.depends("share_type")
    def _compute_amount(self):
        for line in self:
            line.amount = line.amount if line.share_type == "amount" else 0.0

    @api.constrains("share", "share_type", "plan_id")
    def _check_plan_shares(self):
        if not self._is_change_of_plan():
            self.plan_id._check_shares()

    @api.constrains("trigger", "plan_id")
    def _check_one_per_session(self):
        """Each session has one instalment."""
        for plan in self.plan_id:
            lines = plan.line_ids.filtered(lambda line: line.trigger == "session")
            if len(lines) > 1:
                raise ValidationError(
                    self.env._(
                        "The invoice plan “%(plan)s” bills per session twice: make "
                        "one line of it.",
                        plan=plan.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.plan_id._check_not_sold()
        return lines

    def write(self, vals):
        if "plan_id" in vals and any(
            line.plan_id.id != vals["plan_id"] for line in self
        ):
            raise UserError(
                self.env._(
                    "An instalment stays in its invoice plan: add one to the other "
                    "plan instead."
                )
            )
        self.plan_id._check_not_sold()
        return super().write(vals)

    def _is_change_of_plan(self):
        """Whether a plan is changing all its lines, and checks them itself."""
        return self.env.context.get("outplacement_change") is CHANGE_OF_PLAN

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sold(self):
        self.plan_id._check_not_sold()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_alone(self):
        """What is deleted by itself leaves a plan that does not bill everything."""
        if not self._is_change_of_plan():
            raise UserError(
                self.env._(
                    "Delete instalments in the invoice plan itself, so that its shares "
                    "keep adding up to 100%."
                )
            )

    def _get_shares(self, months, sessions):
        """Return the parts of this line as a list of
        :class:`~..tools.schedule.Share`.

        :param int months: length of the term
        :param int sessions: number of sessions that the package includes
        """
        self.ensure_one()
        afters = self._get_months_after(months, sessions)
        value = {"percent": self.share, "amount": self.amount, "rest": 1.0}
        part = Fraction(to_decimal(value[self.share_type])) / len(afters)
        return [Share(self.trigger, after, self.share_type, part) for after in afters]

    def _get_months_after(self, months, sessions):
        """Return for each instalment of this line how many months after the start it
        falls; 0 for those that the start does not trigger."""
        if self.trigger == "session":
            return [0] * max(sessions, 1)
        if self.trigger != "start":
            return [0]
        count = self.repeat_count or self._get_count_in_term(months)
        return [
            self.months_after_start + index * self.repeat_interval
            for index in range(count)
        ]

    def _get_count_in_term(self, months):
        """Number of instalments that start within a term of ``months``; at least 1."""
        remaining = max(months - self.months_after_start, 1)
        return -(-remaining // self.repeat_interval)
