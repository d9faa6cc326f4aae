"""The calendar of a deal: which parts its price has, and when each of them falls.

Plain dates and decimals, no records. What happens in a traject is a fact (it started,
was paused, a session was held); dates and periods follow from the facts, so that they
can be foreseen by asking again with other facts.
"""

import datetime
from calendar import monthrange
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from .money import to_decimal

# What makes a part of the price fall due, in the order in which parts are numbered.
TRIGGERS = ("confirmation", "start", "session", "placement", "closing")
# Those that pay for a stretch of the term; the others for what happened on a day.
TERM_TRIGGERS = ("confirmation", "start")


class Pause(NamedTuple):
    """Days on which a traject stands still, the last one included.

    :param date_to: None while nobody knows how long it takes
    """

    date_from: datetime.date
    date_to: datetime.date | None = None

    def get_shift(self):
        """Return by how much the pause moves what comes after it, as ``(months,
        days)``: whole months if it is whole months, else days; nothing while it is
        open (R6)."""
        if not self.date_to:
            return 0, 0
        resumed = self.date_to + datetime.timedelta(days=1)
        gap = relativedelta(resumed, self.date_from)
        # 31 January up to 28 February is a month as well, which the gap does not say
        for months in {12 * gap.years + gap.months, 12 * gap.years + gap.months + 1}:
            if months and add(self.date_from, months) == resumed:
                return months, 0
        return 0, (resumed - self.date_from).days


class Facts(NamedTuple):
    """What is known, or supposed, of a traject and its sale. Dates that are not known
    are falsy.

    :param date_confirmed: the day on which the order was confirmed
    :param months: length of the term, extensions included
    :param pauses: tuple of :class:`Pause`
    :param session_days: the days of the sessions that are billed, in order
    :param not_before: the day before which nothing is due, whatever the plan says
    """

    date_confirmed: datetime.date | None = None
    date_start: datetime.date | None = None
    months: int = 12
    pauses: tuple = ()
    date_placement: datetime.date | None = None
    date_closed: datetime.date | None = None
    session_days: tuple = ()
    not_before: datetime.date | None = None

    @property
    def date_end(self):
        """The last day of the term, False without a start (R7)."""
        return get_date_end(self.date_start, self.months, self.pauses)


class Terms(NamedTuple):
    """When an instalment falls due and which days it pays for; False: not known yet."""

    date: datetime.date | bool = False
    period_start: datetime.date | bool = False
    period_end: datetime.date | bool = False


class Share(NamedTuple):
    """A part of the price before the price is known.

    :param str trigger: one of :data:`TRIGGERS`
    :param int months: after the start, for parts that the start triggers
    :param str kind: ``percent`` (of the price), ``amount``, or ``rest``: what the
        others leave
    :param value: the percentage, the amount, or the fraction of the rest
    """

    trigger: str
    months: int
    kind: str
    value: Fraction


class Part(NamedTuple):
    """A part of a price: one instalment.

    :param int rank: among the parts of its trigger, from 1
    :param int months: after the start, 0 for other triggers than the start
    :param amount: in the basis of the price, as a decimal
    """

    trigger: str
    rank: int
    months: int
    amount: Decimal


# ----------------------------------------------------------------------
# Dates
# ----------------------------------------------------------------------


def add(day, months, days=0):
    """Return ``day`` + ``months``, clipped to the end of the month, + ``days`` (R4)."""
    return day + relativedelta(months=months) + datetime.timedelta(days=days)


def get_month_end(day):
    """Return the last day of the month of ``day``."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def match_sessions(days, slots):
    """Return for each of ``slots`` the day of the session that it bills, False where
    there is none (yet).

    A session that was billed keeps to what billed it, of which only the month is known.
    The others go by rank. Ranks that are missing are sessions that are paid for in
    another way. No session is billed twice.

    :param days: of all sessions that are billed
    :param slots: ``(rank, day in the month that it billed, or False)``, in order
    """
    left, found = sorted(days), {}
    for index, (_rank, billed) in enumerate(slots):
        month = billed and billed.replace(day=1)
        day = next((day for day in left if day.replace(day=1) == month), False)
        if day:
            left.remove(day)
            found[index] = day
    ranks = {rank for rank, _billed in slots}
    missing = set(range(1, max(ranks, default=0))) - ranks
    # a session that was recorded anew in another month was billed as well
    waiting = [(not billed, rank, i) for i, (rank, billed) in enumerate(slots)]
    waiting = [slot for slot in waiting if slot[2] not in found]
    waiting = sorted(waiting + [(True, rank, -1) for rank in missing])
    for (_open, _rank, index), day in zip(waiting, left, strict=False):
        found[index] = day
    return [found.get(index, False) for index in range(len(slots))]


def get_shift(start, months_after, pauses, *, last_day=False):
    """Return by how much pauses move what is planned ``months_after`` the start, as
    ``(months, days)`` to be counted from the start (R4, R6).

    A pause moves what falls on its first day or later, where it stands by then.

    :param last_day: move the day before instead: the end of what lasts until then
    """
    months = days = 0
    for pause in sorted(pauses, key=lambda pause: pause.date_from):
        day = add(start, months_after + months, days)
        if day - datetime.timedelta(days=last_day) >= pause.date_from:
            more_months, more_days = pause.get_shift()
            months, days = months + more_months, days + more_days
    return months, days


def get_date(start, months_after, pauses=()):
    """Return the day that is ``months_after`` the start, False without a start."""
    if not start:
        return False
    months, days = get_shift(start, months_after, pauses)
    return add(start, months_after + months, days)


def get_date_end(start, months, pauses=()):
    """Return the last day of a term: start + months - 1 day, and what pauses add
    (R7, R6); False without a start."""
    if not start:
        return False
    more_months, days = get_shift(start, months, pauses, last_day=True)
    return add(start, months + more_months, days - 1)


def get_period(start, span, months_after, others, pauses=()):
    """Return first and last day of the part of the term that one of several
    instalments pays for, False and False without a start (R7).

    From its planned day to the day before the next one. Together they cover the span:
    the first begins with it, whenever it is billed, and the last ends with it.

    :param span: first and last of the term that they pay for, as months after the start
    :param others: the ``months_after`` of all of them
    """
    if not start:
        return False, False
    begin, until = span
    date_end = get_date_end(start, until, pauses)
    months, days = get_shift(start, months_after, pauses)
    if months_after <= min(others):
        first = get_date(start, begin, pauses)
    else:
        first = add(start, months_after + months, days)
    first = min(first, date_end)
    later = [other for other in others if other > months_after]
    if not later:
        return first, date_end
    following = add(start, min(later) + months, days - 1)
    return first, max(first, min(following, date_end))


# ----------------------------------------------------------------------
# Amounts
# ----------------------------------------------------------------------


def get_rest(total, shares, currency):
    """Return what amounts and percentages leave of ``total``; less than nothing if they
    come to more."""
    fixed = [_get_fixed_amount(total, share, currency) for share in shares]
    return total - sum(fixed)


def split_price(total, shares, currency):
    """Return the parts of a price, in order, which add up to it exactly (R2).

    Each is rounded half-up; what that leaves, the last one takes: of the rest, where
    there is one, else of all.

    :param total: price in its own basis, as a decimal
    :param shares: list of :class:`Share`
    :param currency: anything with the ``rounding`` of the currency
    """
    shares = sorted(shares, key=lambda s: (TRIGGERS.index(s.trigger), s.months))
    rest = get_rest(total, shares, currency)
    amounts = [
        _round(Fraction(rest) * share.value, currency)
        if share.kind == "rest"
        else _get_fixed_amount(total, share, currency)
        for share in shares
    ]
    of_rest = [index for index, share in enumerate(shares) if share.kind == "rest"]
    last = of_rest[-1] if of_rest else len(shares) - 1
    amounts[last] += total - sum(amounts)
    parts, ranks = [], dict.fromkeys(TRIGGERS, 0)
    for share, amount in zip(shares, amounts, strict=True):
        ranks[share.trigger] += 1
        parts.append(Part(share.trigger, ranks[share.trigger], share.months, amount))
    return parts


def _get_fixed_amount(total, share, currency):
    """Return the amount of a share that does not depend on the others."""
    if share.kind == "rest":
        return Decimal(0)
    value = share.value
    if share.kind == "percent":
        value *= Fraction(total) / 100
    return _round(value, currency)


def _round(value, currency):
    """Round a fraction half-up (away from zero) to the currency's smallest unit:
    thirds are no decimals, and half a cent is exact."""
    unit = to_decimal(currency.rounding)
    halves = abs(value) * 2 // Fraction(unit)
    amount = (halves + 1) // 2 * unit
    return -amount if value < 0 else amount
