from odoo import models
from odoo.exceptions import UserError

from .account_move_line_guard import COPY_OF_LINKS

# Marks what _post itself writes; nothing that comes from outside is this object.
POSTING = object()


class AccountMove(models.Model):
    """What an invoice of instalments becomes, it becomes by the methods that let the
    instalments follow."""

    _inherit = "account.move"

    def write(self, vals):
        if "move_type" in vals:
            self._check_outplacement_type(vals["move_type"])
        if vals.get("state") == "posted":
            self._check_outplacement_posted_by_method()
        return super().write(vals)

    def _is_outplacement_linked(self):
        """Whether a line bills, billed or credits an instalment."""
        self.ensure_one()
        lines = self.invoice_line_ids
        return bool(
            lines.outplacement_instalment_id
            or lines.outplacement_released_instalment_id
            or lines.outplacement_credited_line_id
        )

    def _check_outplacement_type(self, move_type):
        """:raises UserError: an invoice of instalments would become a credit note, or
        the other way round: nobody would bill, or credit, what the line says"""
        for move in self:
            if move.move_type != move_type and move._is_outplacement_linked():
                raise UserError(
                    self.env._(
                        "%(document)s bills or credits instalments, so it cannot be "
                        "switched into another type: delete it, and invoice the "
                        "instalments anew or credit the posted invoice instead.",
                        document=move.display_name,
                    )
                )

    def _check_outplacement_posted_by_method(self):
        """:raises UserError: a draft would be posted past what posting does and checks
        (R9, R11)"""
        if self.env.context.get("outplacement_posting") is POSTING:
            return
        for move in self.filtered(lambda move: move.state != "posted"):
            if (
                move.outplacement_purchase_order_missing
                or move._is_outplacement_linked()
            ):
                raise UserError(
                    self.env._(
                        "%(document)s is posted by its button only: that fills in and "
                        "checks the purchase order reference, and lets the instalments "
                        "follow.",
                        document=move.display_name,
                    )
                )

    def _post(self, soft=True):
        # EXTENDS account
        moves = self.with_context(outplacement_posting=POSTING)
        posted = super(AccountMove, moves)._post(soft=soft)
        return posted.with_env(self.env)

    # ------------------------------------------------------------------
    # Reversing
    # ------------------------------------------------------------------

    def _reverse_moves(self, default_values_list=None, cancel=False):
        # EXTENDS account
        values_list = default_values_list or [{} for _move in self]
        texts = [
            move._take_outplacement_reversal_ref(values)
            for move, values in zip(self, values_list, strict=True)
        ]
        moves = self.with_context(outplacement_copy=COPY_OF_LINKS)
        reversals = super(AccountMove, moves)._reverse_moves(values_list, cancel=cancel)
        reversals = reversals.with_env(self.env)
        for reversal, text in zip(reversals, texts, strict=True):
            if text:
                reversal._message_log(body=text)
        return reversals

    def _take_outplacement_reversal_ref(self, values):
        """Take "Reversal of: …" out of the values of an invoice that bills again what
        this credit note took back: no customer gave that as their reference (R11).

        :return: the text, False if it stays
        """
        self.ensure_one()
        bills_again = self.move_type == "out_refund" and (
            self.commercial_partner_id.outplacement_po_required
            or self._is_outplacement_linked()
        )
        return bills_again and values.pop("ref", False)
