from odoo import models

from ..models.account_move_line_guard import COPY_OF_LINKS


class AccountMoveReversal(models.TransientModel):
    _inherit = "account.move.reversal"

    def reverse_moves(self, is_modify=False):
        # EXTENDS account
        wizard = self.with_context(outplacement_copy=COPY_OF_LINKS)
        action = super(AccountMoveReversal, wizard).reverse_moves(is_modify=is_modify)
        if is_modify:
            self.new_move_ids._take_over_outplacement_instalments(self.move_ids)
        return action
