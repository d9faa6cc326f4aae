from typing import NamedTuple

from odoo import models

from ..tools import schedule
from ..tools.money import to_decimal
from .account_move_credit import Credit

# Lapses that follow from facts, and end with them.
REVERSIBLE_REASONS = ("placed", "not_placed", "closed")


class Settlement(NamedTuple):
    """What an event makes of the money of one instalment.

    :param lapsed: what is no longer owed and not on a posted invoice, as a decimal;
        None leaves it as it is
    :param reason: key of ``LAPSE_REASONS``
    :param credit: what a credit note takes back of its posted invoice, as a decimal
    :param str after: what comes of it then, see :class:`~.account_move_credit.Credit`
    :param earned_from: first day of what the credit note takes back, if not the whole
        term
    :param revive: what of posted credit notes is billed again, as a decimal
    :param withdraw: lines of drafts that are withdrawn: credit notes, and invoices that
        would bill again what such a one took back
    :param bool unbill: whether no invoice bills it any more: it is taken off a draft,
        or released from what was credited
    """

    lapsed: object = None
    reason: str | bool = False
    credit: object = 0
    after: str = "keep"
    earned_from: object = False
    revive: object = 0
    withdraw: object = ()
    unbill: bool = False


class OutplacementInstalment(models.Model):
    """What becomes of the money of an instalment when the facts of its traject
    change."""

    _inherit = "outplacement.instalment"

    def action_what_if_placed(self):
        """Show what a placement would change of the traject of this instalment: here
        finance asks, who read no trajects."""
        self.ensure_one()
        self.check_access("read")
        return self.traject_id.action_what_if_placed()

    # ------------------------------------------------------------------
    # What is owed
    # ------------------------------------------------------------------

    def _get_lapse(self, facts):
        """Return what of the amount is not owed, were these the facts, and why.

        What lapsed by hand, by cancellation or by a change of package is no matter of
        facts.

        :param facts: :class:`~..tools.schedule.Facts` of ``traject_id``
        :return: ``(decimal, reason)``
        """
        self.ensure_one()
        whole = to_decimal(self.amount)
        if self.trigger == "placement":
            lapses = facts.date_closed and not facts.date_placement
            return (whole, "not_placed") if lapses else (0, False)
        if self.trigger == "session":
            lapses = facts.date_closed and not self._get_event_day(facts)
            return (whole, "closed") if lapses else (0, False)
        if self.trigger in schedule.TERM_TRIGGERS:
            return self._get_lapse_by_placement(facts)
        return 0, False

    def _get_posted_line(self):
        """Return the line of a posted invoice that bills this instalment, credited or
        not."""
        self.ensure_one()
        return self.invoice_line_ids.filtered(
            lambda line: line.parent_state == "posted"
        )

    def _get_owed(self):
        """Return what is owed once the drafts of credit notes are posted, as a decimal
        in the basis of the price."""
        self.ensure_one()
        line = self._get_posted_line()
        again = self._get_draft_revivals()._get_outplacement_billed_sum()
        if not line or self.state != "invoiced":
            return to_decimal(self.amount_due) + again
        if not self.is_lapsed and self._get_draft_credits("release"):
            return to_decimal(self._get_billable_amount())
        return to_decimal(line._get_outplacement_left()) + again

    # ------------------------------------------------------------------
    # What an event makes of it
    # ------------------------------------------------------------------

    def _get_settlement(self, before, after):
        """Return what becomes of the money when facts change.

        :param before: :class:`~..tools.schedule.Facts` as they are
        :param after: as they will be
        :return: :class:`Settlement`
        """
        self.ensure_one()
        if self._is_placement_undone(before, after):
            return self._prepare_release()
        former, target = self._get_lapse(before), self._get_lapse(after)
        if former == target or self._is_lapsed_for_good():
            return Settlement()
        settlement = self._prepare_settlement(*target)
        return settlement._replace(earned_from=self._get_first_unstarted(after))

    def _is_lapsed_for_good(self):
        """Whether it lapsed for a reason that no fact of the course undoes."""
        lapsed, reason = self._get_lapsed()
        return bool(lapsed or self.is_lapsed) and reason not in REVERSIBLE_REASONS

    def _is_placement_undone(self, before, after):
        """Whether the success fee is not earned any more."""
        self.ensure_one()
        return (
            self.trigger == "placement"
            and before.date_placement
            and not after.date_placement
            and not self.is_lapsed
        )

    def _prepare_release(self):
        """Return the settlement that takes back what is invoiced, to be invoiced again
        later on."""
        line = self.invoice_line_ids
        if line.parent_state == "draft" or self.state == "credited":
            return Settlement(unbill=True)
        left = to_decimal(line._get_outplacement_left()) if line else 0
        if not left:
            return Settlement()
        return Settlement(credit=left, after="release")

    def _prepare_settlement(self, lapsed, reason):
        """Return the settlement after which ``lapsed`` of the amount is not owed.

        Of a posted invoice a credit note takes it back. What finance credited by hand
        is not credited again, nor owed again by itself.

        :param lapsed: decimal
        :param reason: key of ``LAPSE_REASONS``
        """
        self.ensure_one()
        line = self._get_posted_line()
        more = lapsed - self._get_lapsed()[0]
        if (
            not line
            # a draft takes back all of it: it shall not be invoiced again
            or self._get_draft_credits("release")
            # so did finance, by hand
            or (self.state != "invoiced" and (more > 0 or self._is_short_by(-more)))
        ):
            return Settlement(lapsed=lapsed, reason=reason)
        if reason and reason not in REVERSIBLE_REASONS:
            withdraw = self._get_draft_revivals() if reason == "cancelled" else ()
            credit = self._get_creditable(lapsed)
            return Settlement(
                reason=reason, credit=credit, after="lapse", withdraw=withdraw
            )
        return self._prepare_reversible(lapsed, reason, more)

    def _prepare_reversible(self, lapsed, reason, more):
        """Return the settlement of what follows from facts: it takes the place of what
        drafts would do.

        :param more: how much more lapses than by posted credit notes, negative for less
        """
        drafts = self._get_draft_credits(reasons=REVERSIBLE_REASONS)
        revivals = self._get_draft_revivals()
        pending = drafts._get_outplacement_billed_sum()
        if more == pending - revivals._get_outplacement_billed_sum():
            return Settlement()
        if self._is_short_by(-more):
            # one line bills it: that is taken back, and it is billed anew
            return Settlement(
                lapsed=lapsed,
                reason=reason,
                credit=self._get_creditable(to_decimal(self.amount), pending),
                after="release",
                withdraw=drafts | revivals,
            )
        return Settlement(
            reason=reason,
            credit=self._get_creditable(lapsed, pending) if more > 0 else 0,
            after="lapse",
            revive=min(-more, sum(self._get_revivable().values())) if more < 0 else 0,
            withdraw=drafts | revivals,
        )

    def _is_short_by(self, more):
        """Whether ``more`` that is owed again lapsed before the instalment was billed,
        or after it was credited by hand: no credit note took it back, so that none is
        there to reverse."""
        return more > sum(self._get_revivable().values())

    def _get_creditable(self, lapsed, withdrawn=0):
        """Return what a credit note takes back of the posted invoice, so that no more
        than the rest is owed, as a decimal.

        :param lapsed: what is not owed of the amount, as a decimal
        :param withdrawn: what drafts of credit notes no longer take back
        """
        left = to_decimal(self._get_posted_line()._get_outplacement_left()) + withdrawn
        rest = max(to_decimal(self.amount) - lapsed, 0)
        return max(left - rest, to_decimal(0))

    # ------------------------------------------------------------------
    # Doing it
    # ------------------------------------------------------------------

    def _settle(self, settlements):
        """Do what was shown, after the facts were written.

        :param dict settlements: :class:`Settlement` by instalment
        :return: the drafts of credit notes
        :raises UserError: a draft made by hand stands in the way
        """
        concerned = [i for i, s in settlements.items() if s != Settlement()]
        self.browse().concat(*concerned)._check_no_foreign_drafts()
        lapsing = reviving = self.browse()
        for instalment, settlement in settlements.items():
            lapses, revives = instalment._settle_one(settlement)
            if lapses:
                lapsing |= instalment
            if revives:
                reviving |= instalment
        for reason, instalments in lapsing.grouped("lapse_reason").items():
            instalments._log_lapse(reason)
        reviving._log_revival()
        self._revive_settled(settlements)
        return self._credit_settled(settlements)

    def _settle_one(self, settlement):
        """Do of one what needs no document of its own.

        :param settlement: :class:`Settlement`
        :return: whether something of it lapses, whether something is owed again
        """
        self.ensure_one()
        revives = settlement.revive or (settlement.withdraw and not settlement.reason)
        if settlement.unbill:
            revives = revives or self.state == "credited"
            self._unbill()
        if settlement.withdraw:
            settlement.withdraw._withdraw_outplacement_drafts()
        if settlement.lapsed is None:
            return False, bool(revives)
        self._set_lapsed(settlement.lapsed, settlement.reason)
        self._update_draft_line()
        if not settlement.reason:
            revives = revives or self.amount_due
        return bool(settlement.reason), bool(revives)

    def _credit_settled(self, settlements):
        """Return the drafts of credit notes for what was invoiced."""
        credits = [
            Credit(
                instalment._get_posted_line(),
                float(settlement.credit),
                settlement.after,
                settlement.reason,
                settlement.earned_from,
            )
            for instalment, settlement in settlements.items()
            if settlement.credit
        ]
        Move = self.env["account.move"]
        return Move._create_outplacement_credit_notes(credits) if credits else Move
