"""When reports are due: plain dates, without the ORM.

Days are counted from the start of the term always, so that a report of 31 January is
followed by those of the last of February and of 31 March.
"""

import itertools
from datetime import timedelta

from dateutil.relativedelta import relativedelta

# How many months a report tells of, for the rhythms that count months.
STEPS = {"monthly": 1, "quarterly": 3}


def get_days(rhythm, start, end, pauses=()):
    """Yield the days on which reports are due, in order.

    By months: the first day after each period of the term, and for what is left of the
    term the day after it. "final": the last day of the term. Any other rhythm has none.

    :param date start: first day of the term; without one nothing is due
    :param date end: last day of the term
    :param pauses: :class:`~.schedule.Pause` each: a day in one of them is left out
    """
    if not start or not end:
        return
    if rhythm == "final":
        yield end
    elif rhythm in STEPS:
        after = end + timedelta(days=1)
        for number in itertools.count(1):
            day = start + relativedelta(months=number * STEPS[rhythm])
            if day >= after:
                break
            if not any(is_within(day, pause) for pause in pauses):
                yield day
        yield after


def get_period_end(rhythm, day):
    """Return the last day that a report tells of that is due on ``day``: a final one
    that day, others the day before."""
    return day if rhythm == "final" else day - timedelta(days=1)


def is_within(day, pause):
    """Whether ``day`` is one of the pause."""
    return pause.date_from <= day and (not pause.date_to or day <= pause.date_to)
