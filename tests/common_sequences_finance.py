from .common_sequences import SequenceCommon


class FinanceEvents(SequenceCommon):
    """What finance does with invoices, as is due or as it thinks fit."""

    # ------------------------------------------------------------------
    # Finance
    # ------------------------------------------------------------------

    def _do_bill(self, number):
        """Bill what is due, or a part of it; post it, or not yet."""
        due = self._get_all_instalments().filtered(lambda i: i.state == "due")
        due = due.with_user(self.finance)
        if number % 5 == 0:
            due = due[:1]
        if not due:
            return
        with self.attempt(allowed=True):
            due.action_create_invoices()
            if number % 3:
                due.invoice_id.action_post()

    def _do_run(self, number):
        """Bill by the wizard of finance."""
        with self.attempt(allowed=None):
            wizard = self.env["outplacement.invoice.run.start"].with_user(self.finance)
            wizard = wizard.create({"mode": "post" if number % 2 else "draft"})
            wizard.action_start()

    def _do_post(self, number):
        """Post every draft, as far as its day has come."""
        for move in self._get_moves(state="draft").with_user(self.finance):
            with self.attempt(allowed=True):
                move.action_post()

    def _choose(self, moves, number):
        moves = moves.with_user(self.finance)
        return moves[number % len(moves)] if moves else moves

    def _is_credited(self, move):
        return bool(move.invoice_line_ids.outplacement_credit_line_ids)

    def _do_credit(self, number):
        """Credit an invoice by hand."""
        posted = self._get_moves(state="posted", move_type="out_invoice")
        posted = posted.filtered(
            lambda m: not self._is_credited(m) and not m.reversed_entry_id
        )
        if move := self._choose(posted, number):
            with self.attempt(allowed=True):
                wizard = self.env["account.move.reversal"].with_user(self.finance)
                wizard = wizard.with_context(
                    active_model="account.move", active_ids=move.ids
                ).create({"journal_id": move.journal_id.id})
                wizard.reverse_moves()
                wizard.new_move_ids.action_post()
            for part in self._get_billed_parts(move.with_env(self.env)):
                part.waived = True

    def _do_reverse(self, number):
        """Take back a credit note that was made by hand."""
        notes = self._get_moves(state="posted", move_type="out_refund").filtered(
            lambda m: (
                not m.invoice_line_ids.filtered("outplacement_after_credit")
                and not self._is_reversed(m)
                and m.invoice_line_ids.outplacement_credited_line_id.filtered(
                    "outplacement_instalment_id"
                )
            )
        )
        if not (note := self._choose(notes, number)):
            return
        origin = note.with_env(self.env).invoice_line_ids.outplacement_credited_line_id
        parts = self._get_billed_parts(origin.move_id)
        if any(part.agreed != part.amount for part in parts):
            return
        with self.attempt(allowed=None):
            wizard = self.env["account.move.reversal"].with_user(self.finance)
            wizard = wizard.with_context(
                active_model="account.move", active_ids=note.ids
            ).create({"journal_id": note.journal_id.id})
            wizard.reverse_moves()
            wizard.new_move_ids.action_post()
        for part in parts:
            part.waived = False

    def _is_reversed(self, move):
        return bool(
            self.env["account.move"].search_count([("reversed_entry_id", "=", move.id)])
        )

    def _do_release(self, number):
        """Let what was credited be billed again."""
        credited = self._get_all_instalments().filtered(lambda i: i.state == "credited")
        credited = credited.with_user(self.finance)
        parts = [p for _s, p, i in self._get_parts() if i.id in credited.ids]
        self.assertTrue(all(part.waived for part in parts))
        if credited:
            with self.attempt(allowed=True):
                credited.action_release()
            for part in parts:
                part.waived = False

    def _do_void(self, number):
        """Cancel a draft."""
        drafts = self._get_moves(state="draft", move_type="out_invoice").filtered(
            lambda m: not m.reversed_entry_id
        )
        if move := self._choose(drafts, number):
            parts = self._get_billed_parts(move.with_env(self.env))
            with self.attempt(allowed=True):
                move.button_cancel()
            for part in parts:
                part.waived = True

    def _do_delete(self, number):
        """Delete a draft that never had a number."""
        drafts = self._get_moves(state="draft", move_type="out_invoice").filtered(
            lambda m: not m.reversed_entry_id and not m.posted_before
        )
        if move := self._choose(drafts, number):
            with self.attempt(allowed=True):
                move.unlink()

    def _do_reset(self, number):
        """Set an invoice back to draft."""
        posted = self._get_moves(state="posted", move_type="out_invoice").filtered(
            lambda m: (
                not m.reversed_entry_id
                and "posted"
                not in m.invoice_line_ids.outplacement_credit_line_ids.mapped(
                    "parent_state"
                )
            )
        )
        if move := self._choose(posted, number):
            with self.attempt(allowed=True):
                move.button_draft()
