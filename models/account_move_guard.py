from odoo import models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    """What an invoice of instalments becomes, it becomes by the methods that let the
    instalments follow."""

    _inherit = "account.move"

    def write(self, vals):
        if "move_type" in vals:
            self._check_outplacement_type(vals["move_type"])
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
