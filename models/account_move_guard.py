from odoo import api, models
from odoo.exceptions import UserError

from .account_move_line_guard import COPY_OF_LINKS

# Marks what the methods that change the status write, and what is done meanwhile by
# automations of the bureau; nothing that comes from outside is this object.
STEP = object()


class AccountMove(models.Model):
    """What an invoice of instalments becomes, it becomes by the methods that let the
    instalments follow."""

    _inherit = "account.move"

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        # by a default, whoever gave it
        posted = moves.filtered(lambda move: move.state == "posted")
        posted._check_outplacement_step("posted")
        return moves

    def write(self, vals):
        if "move_type" in vals:
            self._check_outplacement_type(vals["move_type"])
        if "state" in vals:
            state = vals["state"]
            changing = self.filtered(lambda move: move.state != state)
            changing._check_outplacement_step(state)
        return super().write(vals)

    def _with_outplacement_step(self):
        """Return these for a method that changes their status."""
        return self.with_context(outplacement_move_step=STEP)

    def _is_outplacement_linked(self):
        """Whether a line bills, billed or credits an instalment."""
        self.ensure_one()
        return any(line._is_outplacement_linked() for line in self.invoice_line_ids)

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

    def _check_outplacement_step(self, state):
        """:raises UserError: ``state`` would be written past what posting, resetting or
        cancelling does and checks (R9, R11)"""
        if self.env.context.get("outplacement_move_step") is STEP:
            return
        for move in self:
            linked = move._is_outplacement_linked()
            if state != "posted" and linked:
                raise UserError(
                    self.env._(
                        "%(document)s is reset to draft or cancelled by its buttons "
                        "only: those let the instalments follow.",
                        document=move.display_name,
                    )
                )
            if state == "posted" and (
                linked or move.outplacement_purchase_order_missing
            ):
                raise UserError(
                    self.env._(
                        "%(document)s is posted by its button only: that fills in and "
                        "checks the purchase order reference, and lets the instalments "
                        "follow.",
                        document=move.display_name,
                    )
                )

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
        Without instalments, the reference of the invoice that was credited takes its
        place.

        :return: the text, False if it stays
        """
        self.ensure_one()
        bills_again = self.move_type == "out_refund" and (
            self.commercial_partner_id.outplacement_po_required
            or self._is_outplacement_linked()
        )
        if not bills_again:
            return False
        text = values.pop("ref", False)
        if not self._is_outplacement_linked():
            values["ref"] = self.reversed_entry_id._get_outplacement_customer_ref()
        return text

    def _get_outplacement_customer_ref(self):
        """Return the reference without the numbers of orders, which Odoo enters where
        the customer gave none; False where nothing else is left."""
        # sudo: sale.order - the numbers, also of orders of colleagues
        orders = self.sudo().invoice_line_ids.sale_line_ids.order_id.mapped("name")
        parts = (self.ref or "").split(", ")
        return ", ".join(part for part in parts if part not in orders) or False
