from odoo import fields, models
from odoo.exceptions import UserError

from .account_move_line_given_up import WITHDRAWAL
from .account_move_line_guard import CopiedKey


class AccountMoveLine(models.Model):
    """What a line of a credit note means for the instalment."""

    _inherit = "account.move.line"

    outplacement_after_credit = fields.Selection(
        [
            ("keep", "Stays credited"),
            ("release", "Is invoiced again"),
            ("lapse", "Lapses"),
        ],
        string="Instalment after Credit Note",
        readonly=True,
        copy=False,
        # nor may a customer learn by searching why something is not owed any more
        groups="account.group_account_invoice",
        help="What comes of the instalment when this credit note is posted.",
    )
    outplacement_lapse_reason = fields.Selection(
        string="Lapse Reason",
        selection=lambda self: (
            self.env["outplacement.instalment"]
            ._fields["lapse_reason"]
            ._description_selection(self.env)
        ),
        readonly=True,
        copy=False,
        groups="account.group_account_invoice",
    )

    def _copy_outplacement_consequence(self):
        """Return, as values, what the reversal of a credit note knows of what that one
        did to the instalment."""
        # sudo: account.move.line - copied for whoever reverses it
        line = self.sudo()
        if line.outplacement_instalment_id or not line.outplacement_after_credit:
            return {}
        return {
            name: CopiedKey(line[name])
            for name in ("outplacement_after_credit", "outplacement_lapse_reason")
            if line[name]
        }

    def _get_outplacement_left(self, drafts=True):
        """Return what credit notes leave of what the line bills, in the basis of the
        price.

        :param bool drafts: whether those that are not posted yet count
        """
        self.ensure_one()
        states = ("draft", "posted") if drafts else ("posted",)
        credits = self.outplacement_credit_line_ids.filtered(
            lambda line: line.parent_state in states
        )
        refunds = credits.filtered(lambda line: line.move_id.move_type == "out_refund")
        # a draft reversal of a credit note bills nothing yet
        reversals = (credits - refunds).filtered(
            lambda line: line.parent_state == "posted"
        )
        left = (
            self._get_outplacement_billed()
            - sum(line._get_outplacement_billed() for line in refunds)
            + sum(line._get_outplacement_billed() for line in reversals)
        )
        return max(self.currency_id.round(left), 0.0)

    def _get_outplacement_credited(self):
        """Return the instalment that this line of a credit note is about, also where
        its invoice does not bill it any more."""
        origin = self.outplacement_credited_line_id
        return (
            origin.outplacement_instalment_id
            or origin.outplacement_released_instalment_id
        )

    def _is_outplacement_whole(self, amount):
        """Whether ``amount`` is all that the line bills; None always is."""
        self.ensure_one()
        billed = self._get_outplacement_billed()
        return amount is None or self.currency_id.compare_amounts(amount, billed) == 0

    def _check_outplacement_credit(self, amount):
        """:raises UserError: ``amount`` cannot be taken back of the line"""
        # sudo: account.move.line - see account.move._create_outplacement_credit_notes
        line = self.sudo()
        wanted = line._get_outplacement_billed() if amount is None else amount
        left = line._get_outplacement_left()
        if line.parent_state != "posted" or line.move_id.move_type != "out_invoice":
            raise UserError(
                self.env._(
                    "Invoice %(invoice)s is not posted: there is nothing to credit.",
                    invoice=line.move_id.display_name,
                )
            )
        if wanted <= 0 or line.currency_id.compare_amounts(wanted, left) > 0:
            raise UserError(
                self.env._(
                    "%(amount)s cannot be credited of instalment %(instalment)s: "
                    "%(left)s of it is left on invoice %(invoice)s.",
                    amount=line.currency_id.format(wanted),
                    instalment=line.outplacement_instalment_id.display_name,
                    left=line.currency_id.format(left),
                    invoice=line.move_id.display_name,
                )
            )

    # ------------------------------------------------------------------
    # What comes of the instalment
    # ------------------------------------------------------------------

    def _follow_outplacement_credit(self):
        """Do with instalments what lines of posted credit notes say.

        :raises UserError: a part is taken back of what is to be invoiced anew
        """
        # sudo: account.move.line - what happened to the traject decides, whoever posts
        for line in self.sudo().filtered("outplacement_after_credit"):
            origin = line.outplacement_credited_line_id
            instalment = line._get_outplacement_credited()
            if not instalment:
                continue
            if line.outplacement_after_credit == "lapse":
                instalment._lapse_more(
                    line._get_outplacement_billed(), line.outplacement_lapse_reason
                )
            elif (
                origin.outplacement_instalment_id
                and line.outplacement_after_credit == "release"
            ):
                if not origin._is_outplacement_withdrawn():
                    line._refuse_outplacement_part()
                origin._release_outplacement_instalment()

    def _refuse_outplacement_part(self):
        """:raises UserError: always"""
        raise UserError(
            self.env._(
                "%(document)s takes back a part of instalment %(instalment)s, which is "
                "to be invoiced anew as a whole: credit all of it, or delete the line.",
                document=self.move_id.display_name,
                instalment=self._get_outplacement_credited().display_name,
            )
        )

    def _undo_outplacement_credit(self):
        """Undo it: the credit note is no more. What was released is reclaimed where
        credit notes are reset (:meth:`_reclaim_outplacement_instalments`)."""
        # sudo: account.move.line - see _follow_outplacement_credit
        for line in self.sudo().filtered(
            lambda line: line.outplacement_after_credit == "lapse"
        ):
            if instalment := line._get_outplacement_credited():
                instalment._lapse_more(
                    -line._get_outplacement_billed(), line.outplacement_lapse_reason
                )

    # ------------------------------------------------------------------
    # Drafts
    # ------------------------------------------------------------------

    def _carry_outplacement_lapses(self):
        """Let the instalments of these lines lose themselves what draft credit notes
        would take back, and do away with those: there is nothing left to credit.

        :return: the instalments of which something lapsed
        """
        carried = self.env["outplacement.instalment"]
        # sudo: account.move.line - see _follow_outplacement_credit
        for instalment in self.sudo().outplacement_instalment_id:
            drafts = instalment._get_draft_credits()
            for draft in drafts:
                instalment._lapse_more(
                    draft._get_outplacement_billed(), draft.outplacement_lapse_reason
                )
                carried |= instalment
            drafts._withdraw_outplacement_drafts()
        return carried

    def _withdraw_outplacement_drafts(self):
        """Take these lines off their drafts, and do away with those that are empty."""
        ours = self.with_context(outplacement_withdrawal=WITHDRAWAL)
        for move, lines in ours.grouped("move_id").items():
            commands = [fields.Command.delete(line.id) for line in lines]
            move.write({"invoice_line_ids": commands})
            move._drop_outplacement_drafts()

    # ------------------------------------------------------------------
    # No more than was billed
    # ------------------------------------------------------------------

    def _filter_outplacement_excess(self):
        """Return the lines of draft credit notes among these that take back more than
        posted ones, and the others of these, leave of the line that they credit."""
        drafts = self.filtered(lambda line: line.move_id.move_type == "out_refund")
        excess = self.browse()
        for origin, lines in drafts.grouped("outplacement_credited_line_id").items():
            left = origin and origin._get_outplacement_left(drafts=False)
            credited = float(lines._get_outplacement_billed_sum())
            if origin and origin.currency_id.compare_amounts(credited, left) > 0:
                excess |= lines
        return excess

    def _get_outplacement_excess_text(self):
        """Return what these lines credit too much."""
        return self.env._(
            "More would be credited than is left of %(instalments)s on the invoice. "
            "Look at its other credit notes, and lower the amount or delete the line.",
            instalments=", ".join(
                line._get_outplacement_credited().display_name for line in self
            ),
        )
