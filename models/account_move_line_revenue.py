from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import ValidationError

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

    def _move_outplacement_earning(self, former, period):
        """Follow the days of service, where the lines are earned from the first or
        until the last of them; other days somebody chose. Of what is posted, what
        another add-on made of its own fields stays.

        :param former: first and last day until now
        :param period: first and last day from now on
        """
        moved = defaultdict(self.browse)
        for line in self:
            values = line._get_outplacement_moved(former, period)
            moved[tuple(values.items())] |= line
        moved.pop((), None)
        for values, lines in moved.items():
            lines.write(dict(values))

    def _get_outplacement_moved(self, former, period):
        """Return the days of the line that move, as values; see
        :meth:`_move_outplacement_earning`."""
        self.ensure_one()
        pairs = self._get_outplacement_period_fields()
        values = {}
        for pair in pairs[:1] if self.parent_state == "posted" else pairs:
            days = [
                after if self[name] == before else self[name]
                for name, before, after in zip(pair, former, period, strict=True)
            ]
            if all(days) and days[0] <= days[1]:
                values |= dict(zip(pair, days, strict=True))
        return {name: day for name, day in values.items() if day != self[name]}
