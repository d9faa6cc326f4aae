from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError

from .account_move_line_given_up import WITHDRAWAL


class Credit(NamedTuple):
    """What a credit note takes back of an invoice line that bills an instalment.

    :param line: the account.move.line, of a posted customer invoice
    :param amount: in the basis of the price; None for all that the line bills
    :param str after: what comes of the instalment when the credit note is posted:
        ``keep`` (it stays credited), ``release`` (it is invoiced again) or ``lapse``
        (it is no longer owed)
    :param reason: key of ``LAPSE_REASONS`` for what lapses
    :param earned_from: first day of what is taken back, where it is a part of the days
        over which the line is earned
    """

    line: models.BaseModel
    amount: float | None = None
    after: str = "keep"
    reason: str | bool = False
    earned_from: object = False


class AccountMove(models.Model):
    """Credit notes of instalments, made by what happens to a traject."""

    _inherit = "account.move"

    # ------------------------------------------------------------------
    # Making them
    # ------------------------------------------------------------------

    @api.model
    def _create_outplacement_credit_notes(self, credits):
        """Make a draft credit note of each invoice of which something is taken back.

        A line that is credited whole is copied as it is (R8); of another one, that part
        of its price, with the taxes of the line. Dated when finance posts it.

        :param credits: list of :class:`Credit`, one a line at most
        :return: the credit notes, with an activity for finance
        :raises UserError: an invoice is not posted, or less is left of a line
        """
        wanted = {credit.line: credit for credit in credits}
        lines = self.env["account.move.line"].concat(*wanted)
        for credit in credits:
            credit.line._check_outplacement_credit(credit.amount)
        # sudo: account.move - who registers a placement or a cancellation reads no
        # invoices; finance posts what comes of it
        invoices = lines.sudo().move_id
        notes = invoices._reverse_moves(
            [invoice._prepare_outplacement_credit_note() for invoice in invoices]
        )
        for note in notes:
            note._limit_outplacement_credit_note(wanted)
        notes._schedule_outplacement_check()
        return notes

    def _prepare_outplacement_credit_note(self):
        """Return the values of a credit note of this invoice that it does not copy."""
        self.ensure_one()
        env = self.with_context(lang=self.partner_id.lang or self.env.lang).env
        return {
            "ref": env._("Reversal of: %s", self.name),
            "invoice_date": False,
            "invoice_payment_term_id": False,
            "invoice_user_id": self.invoice_user_id.id,
            "invoice_origin": self.invoice_origin,
        }

    def _limit_outplacement_credit_note(self, wanted):
        """Leave in the copy of an invoice what is taken back, and no more.

        :param dict wanted: :class:`Credit` by invoice line
        """
        self.ensure_one()
        commands = []
        for line in self.invoice_line_ids:
            credit = wanted.get(line.outplacement_credited_line_id)
            if not credit:
                commands.append(fields.Command.delete(line.id))
                continue
            values = {
                "outplacement_after_credit": credit.after,
                "outplacement_lapse_reason": credit.reason,
            }
            if not credit.line._is_outplacement_whole(credit.amount):
                # the price is of one unit, as on the invoice
                values |= {"quantity": 1, "discount": 0, "price_unit": credit.amount}
                values |= credit.line._prepare_outplacement_earning(credit.earned_from)
            commands.append(fields.Command.update(line.id, values))
        ours = self.with_context(outplacement_withdrawal=WITHDRAWAL)
        ours.write({"invoice_line_ids": commands})

    def _schedule_outplacement_check(self):
        """Ask finance to check and post these credit notes, or their reversals."""
        summaries = {
            "out_refund": self.env._("Check and post this credit note"),
            "out_invoice": self.env._("Check and post this invoice"),
        }
        for (company, kind), moves in self.grouped(
            lambda move: (move.company_id, move.move_type)
        ).items():
            if user := company._get_outplacement_finance_user():
                moves.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=summaries[kind],
                    user_id=user.id,
                )

    # ------------------------------------------------------------------
    # Saying what posting them does
    # ------------------------------------------------------------------

    def _get_outplacement_credit_alerts(self):
        """Return what posting a credit note does to instalments, as alerts by key."""
        alerts = {}
        if self.move_type != "out_refund":
            return alerts
        # sudo: outplacement.instalment - for whoever may read the credit note
        lines = self.sudo().invoice_line_ids
        for after in ("release", "lapse"):
            credited = lines.filtered(
                lambda line, after=after: line.outplacement_after_credit == after
            )
            origins = credited.outplacement_credited_line_id
            names = origins.outplacement_instalment_id.mapped("display_name")
            if names:
                alerts[f"outplacement_{after}"] = {
                    "level": "info",
                    "message": self._get_outplacement_credit_text(after, names),
                }
        if excess := lines._filter_outplacement_excess():
            alerts["outplacement_excess"] = {
                "level": "warning",
                "message": excess._get_outplacement_excess_text(),
            }
        return alerts

    def _get_outplacement_credit_text(self, after, names):
        """Return what comes of instalments once this credit note is posted."""
        if after == "release":
            return self.env._(
                "Once this credit note is posted, these are invoiced again when they "
                "fall due: %(instalments)s.",
                instalments=", ".join(names),
            )
        return self.env._(
            "Once this credit note is posted, what it credits of these is no longer "
            "owed: %(instalments)s.",
            instalments=", ".join(names),
        )

    # ------------------------------------------------------------------
    # Posting and resetting
    # ------------------------------------------------------------------

    def _check_outplacement_excess(self):
        """Hold credit notes that what happened to trajects made, where finance credited
        meanwhile.

        :raises UserError: they take back more than is left
        """
        # sudo: account.move.line - also invoices that the user may not read
        notes = self.sudo().filtered(lambda move: move.move_type == "out_refund")
        excess = notes.invoice_line_ids._filter_outplacement_excess()
        if ours := excess.filtered("outplacement_after_credit"):
            raise UserError(ours._get_outplacement_excess_text())

    def _follow_outplacement_posting(self):
        """Let instalments follow these moves, which are posted now."""
        refunds = self.filtered(lambda move: move.move_type == "out_refund")
        refunds.line_ids._follow_outplacement_credit()
        # the reversal of a credit note undoes what that one did
        invoices = self.filtered(lambda move: move.move_type == "out_invoice")
        invoices.line_ids._undo_outplacement_credit()

    def _follow_outplacement_reset(self):
        """Let instalments follow these moves: posted until now, drafts again."""
        refunds = self.filtered(lambda move: move.move_type == "out_refund")
        refunds.line_ids._undo_outplacement_credit()
        reversals = self - refunds
        reversals.line_ids._follow_outplacement_credit()
        # what a draft credit note would take back is not billed in the first place
        for instalment in reversals.line_ids._carry_outplacement_lapses():
            instalment._update_draft_line()

    # ------------------------------------------------------------------
    # Drafts
    # ------------------------------------------------------------------

    def _drop_outplacement_drafts(self):
        """Do away with drafts on which nothing is billed or credited any more. One
        that has a number is cancelled instead."""
        empty = self.filtered(
            lambda move: (
                not move.invoice_line_ids.filtered(
                    lambda line: line.display_type == "product"
                )
            )
        )
        numbered = empty.filtered("posted_before")
        numbered.button_cancel()
        (empty - numbered).unlink()
