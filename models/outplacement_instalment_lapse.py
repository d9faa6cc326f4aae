from odoo import api, fields, models
from odoo.tools import format_amount

from ..tools.money import to_decimal
from .outplacement_instalment import BILLING_PATHS

LAPSE_REASONS = [
    ("cancelled", "Traject cancelled"),
    ("placed", "Candidate placed"),
    ("not_placed", "Closed without placement"),
    ("closed", "Traject closed"),
    ("package", "Other package"),
]


class OutplacementInstalment(models.Model):
    """What of an instalment is no longer owed, and what is."""

    _inherit = "outplacement.instalment"

    amount_lapsed = fields.Monetary(
        readonly=True,
        copy=False,
        help="The part of the amount that nobody owes any more. The rest is invoiced.",
    )
    lapse_reason = fields.Selection(LAPSE_REASONS, readonly=True, copy=False)
    amount_due = fields.Monetary(
        string="Owed",
        compute="_compute_amount_due",
        store=True,
        help="What the customer owes of it, invoiced or not: nothing of what lapsed or "
        "was credited.",
    )

    _amount_lapsed_within = models.Constraint(
        "CHECK(amount_lapsed BETWEEN LEAST(amount, 0) AND GREATEST(amount, 0))",
        "No more of an instalment can lapse than its amount.",
    )

    @api.depends(
        "amount",
        "amount_lapsed",
        "state",
        *BILLING_PATHS,
    )
    def _compute_amount_due(self):
        for instalment in self:
            gone = instalment.state in ("lapsed", "credited")
            instalment.amount_due = 0.0 if gone else instalment._get_amount_due()

    def _get_amount_due(self):
        """Return what is owed of one that did not lapse: what posted credit notes leave
        of its invoice, else what is invoiced."""
        self.ensure_one()
        if line := self._get_posted_line():
            return line._get_outplacement_left(drafts=False)
        return self._get_billable_amount()

    def _get_billable_amount(self):
        """Return what an invoice line bills: the amount without what lapsed of it. Of
        one that lapsed whole, what it would be if somebody billed it after all."""
        self.ensure_one()
        if self.is_lapsed:
            return self.amount
        return self.currency_id.round(self.amount - self.amount_lapsed)

    def _get_billable_total(self):
        """Return what these bill together."""
        return sum(instalment._get_billable_amount() for instalment in self)

    def _is_partly_lapsed(self):
        """Whether a part of it is not owed, and nothing of it on an invoice."""
        self.ensure_one()
        return bool(self.amount_lapsed) and self.state in ("planned", "due")

    def _get_lapsed(self):
        """Return what is no longer owed and why, as ``(decimal, reason)``."""
        self.ensure_one()
        amount = self.amount if self.is_lapsed else self.amount_lapsed
        return to_decimal(amount), self.lapse_reason

    def _get_agreed(self):
        """Return what was agreed of it until now, credited or not: the amount without
        what lapsed, also by drafts of credit notes, as a decimal."""
        pending = self._get_draft_credits()._get_outplacement_billed_sum()
        return max(to_decimal(self.amount) - self._get_lapsed()[0] - pending, 0)

    def _set_lapsed(self, amount, reason):
        """Let ``amount`` be no longer owed.

        :param amount: decimal; nothing with a false ``reason``: all is owed again
        :param reason: key of :data:`LAPSE_REASONS`
        """
        self.ensure_one()
        whole = bool(reason) and amount == to_decimal(self.amount)
        self.write(
            {
                "is_lapsed": whole,
                "amount_lapsed": float(amount),
                "lapse_reason": reason,
            }
        )

    def _lapse_more(self, amount, reason):
        """Let ``amount`` more of it be no longer owed; less, if it is negative.

        :param float amount: in the basis of the price
        """
        self.ensure_one()
        lapsed = self._get_lapsed()[0] + to_decimal(amount)
        whole = to_decimal(self.amount)
        lapsed = min(max(lapsed, 0), whole)
        self._set_lapsed(lapsed, (bool(lapsed) or amount >= 0) and reason)

    def _lapse(self, reason="cancelled"):
        """Nobody pays these any more. One that is on an invoice stays invoiced until
        that is credited, and lapses then."""
        lapsing = self.filtered(lambda i: not i.is_lapsed and i.state != "invoiced")
        for instalment in self.filtered(lambda i: not i.is_lapsed):
            instalment._set_lapsed(to_decimal(instalment.amount), reason)
        lapsing._log_lapse(reason)

    def _log_revival(self):
        """Tell the bureau's staff what is owed again."""
        for traject, instalments in self.grouped("traject_id").items():
            traject._log_instalments(
                self.env._(
                    "These instalments are owed again: %(instalments)s.",
                    instalments=", ".join(instalments.mapped("display_name")),
                )
            )
        self._log_change_on_orders()

    def _log_lapse(self, reason):
        """Tell the bureau's staff what is no longer owed, and why."""
        labels = dict(self._fields["lapse_reason"]._description_selection(self.env))
        for traject, instalments in self.grouped("traject_id").items():
            amounts = [
                f"{i.display_name} "
                f"({format_amount(self.env, i.amount_lapsed, i.currency_id)})"
                for i in instalments
            ]
            traject._log_instalments(
                self.env._(
                    "%(reason)s: these instalments lapse: %(instalments)s.",
                    reason=labels[reason],
                    instalments=", ".join(amounts),
                )
            )
        self._log_change_on_orders()
