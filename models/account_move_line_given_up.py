from typing import NamedTuple

from odoo import api, models

# Marks what our own code takes off drafts: something else takes its place.
WITHDRAWAL = object()


class GivenUp(NamedTuple):
    """A line of a draft that would have changed what is owed of an instalment.

    :param origin: account.move.line that bills or billed the instalment
    :param instalment: outplacement.instalment
    :param bool refund: whether it would have credited something, else billed it again
    :param str after: what was to come of the instalment, see
        :class:`~.account_move_credit.Credit`
    :param float amount: in the basis of the price
    """

    origin: models.BaseModel
    instalment: models.BaseModel
    refund: bool
    after: str
    amount: float


class AccountMoveLine(models.Model):
    """Drafts that what happened to a traject made, and that finance deletes or cancels.

    Then what is billed stays as it is. Whether that is right nobody else can tell: so
    finance is told what is not credited or billed by it, and what to do if it should
    be.
    """

    _inherit = "account.move.line"

    def _get_outplacement_given_up(self, state="draft"):
        """Return those of these lines that finance does away with.

        :param str state: of their documents
        :return: list of :class:`GivenUp`
        """
        if self.env.context.get("outplacement_withdrawal") is WITHDRAWAL:
            return []
        # sudo: account.move.line - what they mean, for whoever may delete the draft
        lines = self.sudo().filtered(
            lambda line: (
                line.outplacement_after_credit in ("lapse", "release")
                and line.parent_state == state
            )
        )
        return [
            GivenUp(
                line.outplacement_credited_line_id,
                instalment,
                line.move_id.move_type == "out_refund",
                line.outplacement_after_credit,
                line._get_outplacement_billed(),
            )
            for line in lines
            if (instalment := line._get_outplacement_credited())
        ]

    @api.model
    def _follow_outplacement_given_up(self, given_up):
        """Put back what a draft was to bill anew, and ask finance to look.

        :param given_up: list of :class:`GivenUp`, done away with by now
        """
        origins = self.union(*(line.origin for line in given_up)).exists()
        # what is deleted along with its invoice leaves nothing to decide
        given_up = [line for line in given_up if line.origin in origins]
        for line in given_up:
            if line.refund and line.after == "release":
                line.instalment._restore_lapse(line.origin)
        texts = {}
        for line in given_up:
            text = self._get_outplacement_given_up_text(line)
            texts.setdefault(line.origin.move_id, []).append(text)
        for invoice, parts in texts.items():
            invoice._schedule_outplacement_decision(parts)

    def _forget_outplacement_release(self):
        """Make credit notes by hand of cancelled ones, should they be taken up again:
        what they were to have billed anew has lapsed by now."""
        # sudo: account.move.line - see _get_outplacement_given_up
        releases = self.sudo().filtered(
            lambda line: line.outplacement_after_credit == "release"
        )
        releases.outplacement_after_credit = "keep"

    @api.model
    def _get_outplacement_given_up_text(self, line):
        """Return what comes of an instalment without the draft, and the way out."""
        instalment = line.instalment
        values = {
            "instalment": instalment.display_name,
            "amount": instalment.currency_id.format(line.amount),
        }
        if not line.refund:
            return self.env._(
                "%(amount)s of instalment %(instalment)s was to be billed again, and "
                "is not. If it is owed, reverse the credit note that took it back.",
                **values,
            )
        if line.after == "lapse":
            return self.env._(
                "%(amount)s of instalment %(instalment)s was to be credited, and stays "
                "billed. If it is not owed, credit this invoice by hand.",
                **values,
            )
        return self._get_outplacement_not_released_text(instalment)

    @api.model
    def _get_outplacement_not_released_text(self, instalment):
        """Return what comes of an instalment that is not invoiced again."""
        name = instalment.display_name
        if not instalment.amount_lapsed or instalment.is_lapsed:
            return self.env._(
                "Instalment %(instalment)s was to be credited, to be invoiced again "
                "later, and stays billed. If it is not owed now, credit this invoice "
                "by hand and choose “Invoice Again”.",
                instalment=name,
            )
        return self.env._(
            "Instalment %(instalment)s was to be credited and invoiced anew. No "
            "invoice bills %(amount)s of it, which lapsed again. If that is owed, "
            "credit this invoice by hand, choose “Invoice Again”, then “Bill after "
            "All” on the instalment.",
            instalment=name,
            amount=instalment.currency_id.format(instalment.amount_lapsed),
        )
