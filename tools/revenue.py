"""Earned revenue: by days, rounded cumulatively, exact to the cent (rule R13)."""

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from .money import round_amount


class Earning(NamedTuple):
    """What an invoice line bills, and over which days it is earned."""

    # of the company's currency; negative on a credit note
    amount: Decimal
    # from this day on the books know of it
    invoiced: date
    # first and last day of service, None while nobody knows them
    first: date | None
    last: date | None
    # the day on which the service ended early, or of the credit note of that if later
    released: date | None
    # first and last days of pauses, on which nothing is served; they do not overlap
    pauses: tuple = ()


def get_earned(earning, day, currency):
    """Return what is earned of an amount up to and including ``day``.

    By days, of which the first and the last count both and paused ones do not, and
    rounded half-up to the currency as a whole: so what is earned in a month, the
    difference of two such amounts, adds up to the amount exactly, and a negative amount
    mirrors a positive.
    What was served before the invoice is earned on the day of the invoice, as the books
    know nothing of it before; of a service that ended early, the rest is earned on that
    day; of one whose days are not known, nothing until then.
    """
    amount, invoiced, first, last, released, pauses = earning
    if day < invoiced:
        return Decimal(0)
    if released and day >= released:
        return amount
    if not first or not last or day < first:
        return Decimal(0)
    if day >= last:
        return amount
    elapsed, whole = (_count_served(first, end, pauses) for end in (day, last))
    return round_amount(amount * elapsed / whole, currency) if whole else Decimal(0)


def _count_served(first, last, pauses):
    """Return the number of days from ``first`` to ``last`` but for those of pauses."""
    paused = sum(
        max((min(last, end) - max(first, begin)).days + 1, 0) for begin, end in pauses
    )
    return (last - first).days + 1 - paused


# ----------------------------------------------------------------------
# When pauses change
# ----------------------------------------------------------------------


def move_days(first, last, former, pauses):
    """Return first and last of the days of service as they are with other pauses.

    As many days are served before the first, and up to the last, as with the former
    pauses: so what was earned before a pause stays as it is, and the days that it takes
    come at the end (R6, R13).

    :param former: first and last days of the pauses until now, which do not overlap
    :param pauses: those from now on
    """
    day = timedelta(days=1)
    return (
        _add_paused(_drop_paused(first - day, former) + day, pauses),
        _add_paused(_drop_paused(last, former), pauses),
    )


def _drop_paused(day, pauses):
    """Return on which day the same number of days was served without pauses."""
    return day - timedelta(
        days=sum(max((min(day, end) - begin).days + 1, 0) for begin, end in pauses)
    )


def _add_paused(day, pauses):
    """Return on which day the same number of days is served with ``pauses``."""
    for begin, end in sorted(pauses):
        if day >= begin:
            day += end - begin + timedelta(days=1)
    return day
