from odoo import api, fields, models

from .account_move_line_given_up import WITHDRAWAL


class AccountMove(models.Model):
    """Invoices that bill again what credit notes of instalments took back, because what
    happened to the traject was undone."""

    _inherit = "account.move"

    @api.model
    def _create_outplacement_revivals(self, amounts):
        """Make a draft of an invoice of each credit note of which something is billed
        again: its reversal, or of a part of it. What lapsed is owed again once finance
        posts it.

        :param dict amounts: by line of a posted credit note, in the basis of the price
        :return: the invoices, with an activity for finance
        """
        lines = self.env["account.move.line"].concat(*amounts)
        # sudo: account.move - who registers what happened reads no invoices; finance
        # posts what comes of it
        notes = lines.sudo().move_id
        invoices = notes._reverse_moves(
            [note._prepare_outplacement_revival() for note in notes]
        )
        for invoice in invoices:
            invoice._limit_outplacement_revival(amounts)
        invoices._set_outplacement_ref()
        invoices._schedule_outplacement_check()
        return invoices

    def _prepare_outplacement_revival(self):
        """Return the values of a reversal of this credit note that it does not copy."""
        self.ensure_one()
        term = self.commercial_partner_id.property_payment_term_id
        return {
            **self._prepare_outplacement_credit_note(),
            # the references of the instalments, once it is known which these are (R11)
            "ref": False,
            "invoice_payment_term_id": term.id,
        }

    def _limit_outplacement_revival(self, amounts):
        """Leave in the copy of a credit note what is billed again, and no more.

        :param dict amounts: by line of a posted credit note
        """
        self.ensure_one()
        wanted = {
            line.outplacement_credited_line_id: amount
            for line, amount in amounts.items()
            if line.move_id == self.reversed_entry_id
        }
        commands = []
        for line in self.invoice_line_ids:
            amount = wanted.get(line.outplacement_credited_line_id)
            if amount is None:
                commands.append(fields.Command.delete(line.id))
            elif line.currency_id.compare_amounts(
                amount, line._get_outplacement_billed()
            ):
                values = {"quantity": 1, "discount": 0, "price_unit": amount}
                commands.append(fields.Command.update(line.id, values))
        ours = self.with_context(outplacement_withdrawal=WITHDRAWAL)
        ours.write({"invoice_line_ids": commands})
