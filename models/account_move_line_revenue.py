from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.revenue import move_days
from .account_move_line_guard import CopiedId

# Where invoice lines keep the days over which their amount is earned: ours, and the
# names under which other add-ons do.
PERIOD_FIELDS = (
    ("outplacement_earned_from", "outplacement_earned_until"),
    ("deferred_start_date", "deferred_end_date"),
    ("start_date", "end_date"),
)


class AccountMoveLine(models.Model):
    """Over which days the amount of an invoice line is earned (R13).

    Kept on the line, as the books keep what was billed: instalments and trajects go on.
    """

    _inherit = "account.move.line"

    outplacement_traject_id = fields.Many2one(
        "outplacement.traject",
        string="Traject",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="The traject that this line is about.",
    )
    outplacement_earned_from = fields.Date(
        string="Earned from",
        help="First of the days over which the amount is earned. Where it is empty: "
        "the start of the traject, once it is known.",
    )
    outplacement_earned_until = fields.Date(
        string="Earned until",
        help="Last of the days over which the amount is earned. If the traject is "
        "closed or cancelled before, the rest is earned on that day.",
    )
    outplacement_deferred_account_id = fields.Many2one(
        "account.account",
        string="Unearned Revenue Account",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="On the revenue line of an entry for unearned revenue, and of its "
        "reversal: the account that the amount was moved to.",
    )

    @api.constrains("outplacement_earned_from", "outplacement_earned_until")
    def _check_outplacement_earned(self):
        for line in self:
            start, end = line.outplacement_earned_from, line.outplacement_earned_until
            if bool(start) != bool(end):
                raise ValidationError(
                    self.env._(
                        "“%(line)s” has only one end of the days over which it is "
                        "earned: enter both or none.",
                        line=line.display_name,
                    )
                )
            if start and start > end:
                raise ValidationError(
                    self.env._(
                        "“%(line)s” is earned until a day before the first one.",
                        line=line.display_name,
                    )
                )

    def _copy_outplacement_traject(self):
        """Return, as values, what a credit note, or the reversal of an entry, is of:
        the same traject."""
        return {
            name: CopiedId(self[name].id)
            for name in ("outplacement_traject_id", "outplacement_deferred_account_id")
            if self[name]
        }

    def _prepare_outplacement_earning(self, earned_from):
        """Return the days over which a credit note of a part of this line counts, from
        ``earned_from`` on, as values; none where these are the days of the line."""
        self.ensure_one()
        until = self.outplacement_earned_until or self.outplacement_traject_id.date_end
        if not earned_from or not until:
            return {}
        start = min(earned_from, until)
        if self.outplacement_earned_from:
            start = max(start, self.outplacement_earned_from)
        return {
            name: day
            for pair in self._get_outplacement_period_fields()
            for name, day in zip(pair, (start, until), strict=True)
        }

    @api.model
    def _get_outplacement_period_fields(self):
        """Return the pairs of fields that keep the days of earning in this database."""
        return [pair for pair in PERIOD_FIELDS if set(pair) <= set(self._fields)]

    def _move_outplacement_pauses(self, former, pauses):
        """Have the days of service of these lines follow the pauses of their traject,
        also those that somebody chose: what was earned until then stays, and the days
        that a pause takes are earned after it (R13).

        :param former: first and last days of the pauses until now
        :param pauses: those from now on
        """
        moved = {}
        for line in self.filtered("outplacement_earned_from"):
            days = line.outplacement_earned_from, line.outplacement_earned_until
            first, last = move_days(*days, former, pauses)
            # of a line all of whose days are paused none is left to move
            if first <= last:
                moved[line] = first, last
        self._write_outplacement_earning(moved)

    def _move_outplacement_earning(self, former, period):
        """Follow the days of service when the start of the traject becomes known, or
        another one: where a line has no days, or is earned from the start on. Days that
        begin on another one somebody chose.

        :param former: first and last day until now
        :param period: first and last day from now on
        """
        moved = {}
        for line in self:
            days = line.outplacement_earned_from, line.outplacement_earned_until
            first, last = days
            if first and first != former[0]:
                continue
            moved[line] = period
            if first and period[0] and last != former[1]:
                # the term ends otherwise by now, or finance chose: as many days
                moved[line] = period[0], last + (period[0] - first)
        self._write_outplacement_earning(moved)

    @api.model
    def _write_outplacement_earning(self, moved):
        """Write the days of service of lines, those that get the same together.

        :param dict moved: first and last day from now on, by line
        """
        writes = defaultdict(self.browse)
        for line, days in moved.items():
            values = line._get_outplacement_moved(days)
            writes[tuple(values.items())] |= line
        writes.pop((), None)
        for values, lines in writes.items():
            lines.write(dict(values))

    def _get_outplacement_moved(self, moved):
        """Return the days of service as values, also where another add-on keeps them,
        unless it has others. Of what is posted, what that made of its own fields stays.

        :param moved: first and last day from now on
        """
        self.ensure_one()
        days = self.outplacement_earned_from, self.outplacement_earned_until
        if moved == days:
            return {}
        own, *others = self._get_outplacement_period_fields()
        if self.parent_state == "posted":
            others = []
        return {
            name: day
            for pair in (own, *others)
            if (self[pair[0]], self[pair[1]]) == days
            for name, day in zip(pair, moved, strict=True)
        }

    def _get_outplacement_earning_instalment(self):
        """Return the instalment that a line bills, billed or takes back, if any."""
        self.ensure_one()
        credited = self.outplacement_credited_line_id
        return (
            self.outplacement_instalment_id
            or self.outplacement_released_instalment_id
            or credited.outplacement_instalment_id
            or credited.outplacement_released_instalment_id
        )
