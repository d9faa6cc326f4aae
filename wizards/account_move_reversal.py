from odoo import models


class AccountMoveReversal(models.TransientModel):
    _inherit = "account.move.reversal"

    def reverse_moves(self, is_modify=False):
        # EXTENDS account
        action = super().reverse_moves(is_modify=is_modify)
        if is_modify:
            self.new_move_ids._take_over_outplacement_instalments(self.move_ids)
        return action
