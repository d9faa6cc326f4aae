from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..tools.money import to_decimal
from .outplacement_instalment_change import REVERSIBLE_REASONS


class OutplacementInstalment(models.Model):
    """What drafts mean for an instalment until finance posts them, and how they follow
    what happens meanwhile."""

    _inherit = "outplacement.instalment"

    # ------------------------------------------------------------------
    # Drafts of credit notes, and of what bills again what they took back
    # ------------------------------------------------------------------

    def _get_draft_credits(self, after="lapse", reasons=None):
        """Return the lines of credit notes, not posted yet, that what happened made.

        :param str after: see :class:`~.account_move_credit.Credit`
        :param reasons: keys of ``LAPSE_REASONS``; None for all
        """
        return self.invoice_line_ids.outplacement_credit_line_ids.filtered(
            lambda line: (
                line.parent_state == "draft"
                and line.move_id.move_type == "out_refund"
                and line.outplacement_after_credit == after
                and (not reasons or line.outplacement_lapse_reason in reasons)
            )
        )

    def _get_draft_revivals(self):
        """Return the lines of invoices, not posted yet, by which what lapsed is billed
        again."""
        return self.invoice_line_ids.outplacement_credit_line_ids.filtered(
            lambda line: (
                line.parent_state == "draft"
                and line.move_id.move_type == "out_invoice"
                and line.outplacement_after_credit == "lapse"
            )
        )

    def _check_no_foreign_drafts(self, revivals=False):
        """Hold an event that would count on drafts of which nobody knows what becomes:
        credit notes made by hand, and reversals of such.

        :param bool revivals: whether the event does not see to those that bill again
            what lapsed, either
        :raises UserError: there is one, on an invoice of these
        """
        lines = self.invoice_line_ids.outplacement_credit_line_ids
        foreign = lines.filtered(
            lambda line: (
                line.parent_state == "draft"
                and line.outplacement_after_credit not in ("lapse", "release")
            )
        )
        if revivals:
            foreign |= self._get_draft_revivals()
        if foreign:
            raise UserError(
                self.env._(
                    "%(draft)s is not posted yet, and changes what is owed of "
                    "instalment %(instalment)s: have finance post or delete it first.",
                    draft=foreign[0].move_id.display_name,
                    instalment=foreign[0]._get_outplacement_credited().display_name,
                )
            )

    def _get_revivable(self):
        """Return what posted credit notes took back for a reason that facts undo, as
        decimals by line, the latest first."""
        lines = self._get_posted_line().outplacement_credit_line_ids
        posted = lines.filtered(lambda line: line.parent_state == "posted")
        refunds = posted.filtered(
            lambda line: (
                line.move_id.move_type == "out_refund"
                and line.outplacement_after_credit == "lapse"
                and line.outplacement_lapse_reason in REVERSIBLE_REASONS
            )
        )
        return {
            refund: to_decimal(refund._get_outplacement_billed())
            - posted.filtered(
                lambda line, note=refund.move_id: line.move_id.reversed_entry_id == note
            )._get_outplacement_billed_sum()
            for refund in refunds.sorted("id", reverse=True)
        }

    def _restore_lapse(self, origin):
        """Let what no invoice bills of it have lapsed again: the credit note is gone by
        which it was to be invoiced anew.

        :param origin: account.move.line that bills it
        """
        self.ensure_one()
        if self.is_lapsed or self.invoice_line_ids != origin:
            return
        refunds, reversals = (
            lines.filtered(lambda line: line.outplacement_after_credit == "lapse")
            for lines in origin._get_outplacement_credits()
        )
        credited = refunds._get_outplacement_billed_sum()
        credited -= reversals._get_outplacement_billed_sum()
        whole = to_decimal(self.amount)
        billed = to_decimal(origin._get_outplacement_billed())
        lapsed = min(max(whole - billed + credited, 0), whole)
        if lapsed > self._get_lapsed()[0]:
            # the one reason for which a part lapses before it is billed
            self._set_lapsed(lapsed, self.lapse_reason or "placed")
            self._log_change_on_orders()

    def _revive_settled(self, settlements):
        """Make drafts of invoices that bill again what credit notes took back.

        :param dict settlements: :class:`Settlement` by instalment
        """
        amounts = {}
        for instalment, settlement in settlements.items():
            rest = settlement.revive
            for line, amount in instalment._get_revivable().items() if rest else ():
                if part := min(amount, rest):
                    amounts[line] = float(part)
                    rest -= part
        if amounts:
            self.env["account.move"]._create_outplacement_revivals(amounts)

    # ------------------------------------------------------------------
    # Drafts of invoices
    # ------------------------------------------------------------------

    def _update_draft_line(self):
        """Have a draft invoice bill what is owed by now, or no longer bill it."""
        self.ensure_one()
        line = self.invoice_line_ids.filtered(lambda line: line.parent_state == "draft")
        if not line:
            return
        if self.is_lapsed:
            line._withdraw_outplacement_drafts()
        else:
            values = {"price_unit": self._get_billable_amount()}
            line.move_id.write({"invoice_line_ids": [Command.update(line.id, values)]})

    def _unbill(self):
        """Let no invoice bill it any more, neither a draft nor a credited one."""
        self.ensure_one()
        line = self.invoice_line_ids
        if line.parent_state == "draft":
            # nor the one that the draft replaces
            line.outplacement_replaced_line_id = False
            line._withdraw_outplacement_drafts()
        else:
            line._release_outplacement_instalment()
