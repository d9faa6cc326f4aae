from odoo import fields, models
from odoo.exceptions import UserError

from ..tools.money import to_decimal
from .account_move_line_guard import CopiedId


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    outplacement_instalment_id = fields.Many2one(
        "outplacement.instalment",
        string="Instalment",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="The instalment that this line bills.",
    )
    outplacement_released_instalment_id = fields.Many2one(
        "outplacement.instalment",
        string="Instalment to Invoice Again",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The instalment that this line billed until somebody had it invoiced "
        "again.",
    )
    outplacement_is_respread = fields.Boolean(
        string="Instalment Spread Anew",
        readonly=True,
        copy=False,
        help="Somebody had the instalment that this line billed invoiced again, and "
        "price or invoice plan changed since: other instalments took its place.",
    )
    outplacement_replaced_line_id = fields.Many2one(
        "account.move.line",
        string="Replaced Line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The reversed line of an instalment that this line bills instead.",
    )
    outplacement_period_start = fields.Date(string="Service Period from", readonly=True)
    outplacement_period_end = fields.Date(string="Service Period until", readonly=True)
    outplacement_credited_line_id = fields.Many2one(
        "account.move.line",
        string="Credited Line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The line of an instalment that this line of a credit note credits.",
    )
    outplacement_credit_line_ids = fields.One2many(
        "account.move.line", "outplacement_credited_line_id", string="Credit Note Lines"
    )

    _outplacement_instalment_uniq = models.UniqueIndex(
        "(outplacement_instalment_id) WHERE outplacement_instalment_id IS NOT NULL",
        "This instalment is on an invoice already.",
    )

    def unlink(self):
        """A draft that replaces a reversed invoice gives its instalments back to that
        invoice: deleting it is no reason to bill them again (R9)."""
        given_up = self._get_outplacement_given_up()
        replaced = self.filtered(
            "outplacement_instalment_id"
        ).outplacement_replaced_line_id
        result = super().unlink()
        replaced.exists()._reclaim_outplacement_instalments()
        self._follow_outplacement_given_up(given_up)
        return result

    def _copy_data_extend_business_fields(self, values):
        """The line of a reversal knows what it reverses, see the steps."""
        values.update(
            **self._copy_outplacement_credited(),
            **self._copy_outplacement_consequence(),
            **self._copy_outplacement_traject(),
        )
        return super()._copy_data_extend_business_fields(values)

    def _copy_outplacement_credited(self):
        """Return, as values, what a credit note of this line credits, and the reversal
        of a credit note: what that one credited. The instalment itself stays with the
        one line that bills it (R9)."""
        if self.outplacement_instalment_id:
            return {"outplacement_credited_line_id": CopiedId(self.id)}
        if credited := self.outplacement_credited_line_id:
            return {"outplacement_credited_line_id": CopiedId(credited.id)}
        return {}

    def _is_outplacement_withdrawn(self):
        """Whether the line bills nothing any more: its invoice is cancelled, or
        posted credit notes took back its whole amount."""
        self.ensure_one()
        if self.parent_state == "cancel":
            return True
        refunds, reversals = self._get_outplacement_credits()
        # by price: the VAT of several credit notes may differ by cents (R3)
        credited = abs(refunds._get_outplacement_billed_sum()) - abs(
            reversals._get_outplacement_billed_sum()
        )
        billed = abs(self._get_outplacement_billed())
        # of nothing, nothing is taken back but by one credit note more than reversals
        return len(refunds) > len(reversals) and (
            self.currency_id.compare_amounts(float(credited), billed) >= 0
        )

    def _get_outplacement_credits(self):
        """Return the lines of posted credit notes that took something of this one back,
        and the lines of reversals of those that billed it again."""
        self.ensure_one()
        posted = self.outplacement_credit_line_ids.filtered(
            lambda line: line.parent_state == "posted"
        )
        refunds = posted.filtered(lambda line: line.move_id.move_type == "out_refund")
        return refunds, posted - refunds

    def _release_outplacement_instalment(self):
        """Let the lines no longer be the ones that bill their instalments, and tell
        the database at once: it allows one line an instalment at any moment (R9)."""
        self._carry_outplacement_lapses()
        # sudo: account.move.line - links that methods write, for whoever releases
        lines = self.sudo()
        for line in lines:
            line.outplacement_released_instalment_id = line.outplacement_instalment_id
        lines.outplacement_instalment_id = False
        lines.flush_recordset(["outplacement_instalment_id"])

    def _reclaim_outplacement_instalments(self):
        """Let lines that come to life again bill the instalments that were released
        from them (R9).

        :raises UserError: another invoice bills one of them by now, or they were
            spread anew
        """
        # sudo: outplacement.instalment - for whoever posts or resets the invoice
        lines = self.sudo()
        lines._check_outplacement_respread()
        for line in lines.filtered("outplacement_released_instalment_id"):
            line._check_outplacement_not_billed()
            line.write(
                {
                    "outplacement_instalment_id": (
                        line.outplacement_released_instalment_id.id
                    ),
                    "outplacement_released_instalment_id": False,
                }
            )

    def _check_outplacement_respread(self):
        """:raises UserError: other instalments took the place of those of a line"""
        if respread := self.filtered("outplacement_is_respread")[:1]:
            raise UserError(
                self.env._(
                    "The instalments of invoice %(invoice)s are to be invoiced again, "
                    "were spread anew, and will be billed as they are now: make a new "
                    "invoice instead.",
                    invoice=respread.move_id.display_name,
                )
            )

    def _check_outplacement_not_billed(self):
        """:raises UserError: another line bills the instalment that was released"""
        instalment = self.outplacement_released_instalment_id
        if others := instalment.invoice_line_ids - self:
            raise UserError(
                self.env._(
                    "Somebody had instalment %(instalment)s of invoice %(invoice)s "
                    "invoiced again, by invoice %(other)s: it is not billed twice.",
                    instalment=instalment.display_name,
                    invoice=self.move_id.display_name,
                    other=others.move_id.display_name,
                )
            )

    def _is_outplacement_amount_changed(self):
        """Whether the line bills another amount than its instalment."""
        self.ensure_one()
        amount = self.outplacement_instalment_id._get_billable_amount()
        billed = self._get_outplacement_billed()
        return self.currency_id.compare_amounts(billed, amount) != 0

    def _get_outplacement_billed(self):
        """Return what the line bills, in the basis of the price."""
        self.ensure_one()
        billed = self.price_unit * self.quantity * (1 - self.discount / 100)
        return self.currency_id.round(billed)

    def _get_outplacement_billed_sum(self):
        """Return what these lines bill together, as a decimal."""
        amounts = [to_decimal(line._get_outplacement_billed()) for line in self]
        return sum(amounts, to_decimal(0))
