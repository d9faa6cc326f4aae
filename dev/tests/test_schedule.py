"""Properties of the calendar of a deal, for whatever plan, price, start and pauses."""

import importlib.util
import sys
import tempfile
import types
import unittest
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from devkit.paths import CHECKOUT
from hypothesis import configuration, given, settings
from hypothesis import strategies as st


def load(name):
    """Load a tool of the add-on by its path: as a package it wants Odoo around it."""
    package = types.ModuleType("tools_under_test")
    package.__path__ = [str(CHECKOUT / "tools")]
    sys.modules.setdefault(package.__name__, package)
    full_name = f"{package.__name__}.{name}"
    path = CHECKOUT / "tools" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(full_name, path)
    module = sys.modules[full_name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


load("money")
schedule = load("schedule")
Pause, Share = schedule.Pause, schedule.Share

# Nothing is left in the checkout, no luck: every run tries the same; and no clock: a
# busy machine is slow.
home = tempfile.TemporaryDirectory()
configuration.set_hypothesis_home_dir(home.name)
settings.register_profile(
    "schedule", database=None, derandomize=True, deadline=None, max_examples=200
)
settings.load_profile("schedule")


class Currency:
    def __init__(self, rounding):
        self.rounding = rounding


CURRENCIES = st.sampled_from([Currency(unit) for unit in (0.01, 0.05, 1, 0.001)])
DAYS = st.dates(date(2019, 12, 1), date(2029, 3, 1))
MONTHS = st.integers(1, 36)


@st.composite
def shares(draw):
    """Shares as a plan gives them: percentages to 100, or with amounts and a rest."""
    triggers = st.sampled_from(schedule.TRIGGERS)
    with_rest = draw(st.booleans())
    lines = draw(
        st.lists(st.tuples(triggers, st.integers(1, 12)), min_size=1, max_size=6)
    )
    points = draw(
        st.lists(
            st.integers(1, 999_999),
            min_size=len(lines),
            max_size=len(lines),
            unique=True,
        )
    )
    points = sorted(points)
    if not with_rest:
        points[-1] = 1_000_000
    found = []
    for (trigger, count), low, high in zip(
        lines, [0, *points[:-1]], points, strict=True
    ):
        value = Fraction(high - low, 10_000) / count
        kind = "percent"
        if with_rest and draw(st.booleans()):
            kind, value = "amount", Fraction(draw(st.integers(1, 9999)), 100) / count
        found += [Share(trigger, month, kind, value) for month in range(count)]
    if with_rest:
        trigger, count = draw(st.tuples(triggers, st.integers(1, 12)))
        found += [Share(trigger, 0, "rest", Fraction(1, count))] * count
    return found


@st.composite
def pauses(draw, start):
    """Pauses after ``start`` that do not overlap; the last one may be open."""
    found, day = [], start
    for _n in range(draw(st.integers(0, 4))):
        day += timedelta(days=draw(st.integers(0, 120)))
        if draw(st.booleans()):
            until = schedule.add(day, draw(st.integers(1, 6)), -1)
        else:
            until = day + timedelta(days=draw(st.integers(0, 100)))
        found.append(Pause(day, until))
        day = until + timedelta(days=1)
    if found and draw(st.booleans()):
        found[-1] = Pause(found[-1].date_from)
    return tuple(found)


@st.composite
def terms(draw):
    """A start, a length, pauses, and the months of instalments."""
    start, months = draw(DAYS), draw(MONTHS)
    afters = draw(st.lists(st.integers(0, months - 1), min_size=1, unique=True))
    return start, months, draw(pauses(start)), sorted(afters)


class TestAmounts(unittest.TestCase):
    @given(st.integers(0, 10**9), shares(), CURRENCIES)
    def test_parts_add_up(self, units, parts, currency):
        """Exactly to the price, and each but the last is what its share says."""
        unit = Decimal(str(currency.rounding))
        total = units * unit
        found = schedule.split_price(total, parts, currency)
        self.assertEqual(len(found), len(parts))
        self.assertEqual(sum(part.amount for part in found), total)
        self.assertTrue(all(part.amount % unit == 0 for part in found))
        order = [(schedule.TRIGGERS.index(p.trigger), p.months) for p in found]
        self.assertEqual(order, sorted(order))

    @given(st.integers(0, 10**9), shares(), CURRENCIES)
    def test_ranks_number_each_trigger(self, units, parts, currency):
        found = schedule.split_price(Decimal(units), parts, currency)
        for trigger in schedule.TRIGGERS:
            ranks = [part.rank for part in found if part.trigger == trigger]
            self.assertEqual(ranks, list(range(1, len(ranks) + 1)))

    @given(st.integers(0, 10**9), st.integers(1, 60), CURRENCIES)
    def test_equal_parts_differ_in_the_last_only(self, units, count, currency):
        unit = Decimal(str(currency.rounding))
        part = Share("start", 0, "percent", Fraction(100, count))
        found = schedule.split_price(units * unit, [part] * count, currency)
        amounts = [part.amount for part in found]
        self.assertEqual(len(set(amounts[:-1])), min(count - 1, 1))
        for amount in amounts[:-1]:
            self.assertLessEqual(abs(amount * count - units * unit), count * unit / 2)

    @given(st.integers(-(10**6), 10**6), st.sampled_from([2, 3, 6, 7, 12]))
    def test_half_up(self, cents, count):
        """Away from zero, as a clerk does it, also where a part is no decimal."""
        total = Decimal(cents) / 100
        part = Share("start", 0, "percent", Fraction(100, count))
        [first, *_others] = schedule.split_price(total, [part] * count, Currency(0.01))
        exact = Fraction(cents, count)
        expected = (abs(exact) + Fraction(1, 2)).__floor__()
        self.assertEqual(abs(first.amount) * 100, expected)


@st.composite
def courses(draw):
    """Days of sessions, and instalments: their rank, and the month that some billed."""
    days = draw(st.lists(st.dates(date(2026, 1, 1), date(2026, 4, 30)), max_size=8))
    ranks = draw(st.sets(st.integers(1, 10), min_size=1, max_size=8))
    billed = st.sampled_from([False, *(date(2026, month, 1) for month in range(1, 6))])
    return days, [(rank, draw(billed)) for rank in sorted(ranks)]


class TestSessions(unittest.TestCase):
    @given(courses())
    def test_no_session_is_billed_twice(self, course):
        days, slots = course
        found = [day for day in schedule.match_sessions(days, slots) if day]
        self.assertFalse(Counter(found) - Counter(days))

    @given(courses())
    def test_what_was_billed_keeps_its_month(self, course):
        """As far as there are sessions in that month."""
        days, slots = course
        found = schedule.match_sessions(days, slots)
        for month in range(1, 5):
            billed = [
                day
                for day, (_rank, first) in zip(found, slots, strict=True)
                if first and first.month == month
            ]
            kept = [day for day in billed if day and day.month == month]
            there = [day for day in days if day.month == month]
            self.assertGreaterEqual(len(kept), min(len(billed), len(there)))

    @given(courses())
    def test_no_session_is_left_out(self, course):
        """As long as there is an instalment for it."""
        days, slots = course
        slots = [(rank, first) for rank, (_, first) in enumerate(slots, start=1)]
        found = [day for day in schedule.match_sessions(days, slots) if day]
        self.assertEqual(len(found), min(len(days), len(slots)))

    def test_ranks_that_are_missing(self):
        """The first two sessions are paid for by the month."""
        days = [date(2026, 1, day) for day in (9, 5, 7)]
        self.assertEqual(
            schedule.match_sessions(days, [(3, False), (4, False)]),
            [date(2026, 1, 9), False],
        )


class TestDates(unittest.TestCase):
    @given(terms())
    def test_without_pauses_counted_from_the_start(self, term):
        """R4: the day of the start, or the last of a shorter month."""
        start, _months, _pauses, afters = term
        for after in afters:
            day = schedule.get_date(start, after)
            whole = start.year * 12 + start.month - 1 + after
            self.assertEqual((day.year, day.month - 1), divmod(whole, 12))
            self.assertTrue(day.day == start.day or day == schedule.get_month_end(day))
            self.assertLessEqual(day.day, start.day)

    @given(terms())
    def test_no_date_is_doubled_or_turned(self, term):
        """Later instalments stay later, whatever pauses come in between."""
        start, _months, stops, afters = term
        days = [schedule.get_date(start, after, stops) for after in afters]
        self.assertEqual(days, sorted(set(days)))

    @given(terms())
    def test_nothing_falls_in_a_pause(self, term):
        """Nearly: whole months are counted from the start, before the days of earlier
        pauses (R4), and months differ by three days at most."""
        start, _months, stops, afters = term
        for after in afters:
            day = schedule.get_date(start, after, stops)
            for count, pause in enumerate(stops):
                _months, days = schedule.get_shift(start, after, stops[:count])
                if pause.date_to:
                    slack = timedelta(days=3 if days else 0)
                    self.assertFalse(pause.date_from <= day <= pause.date_to - slack)

    @given(terms())
    def test_pauses_move_by_their_length(self, term):
        """What comes before a pause stays, and what comes after moves, by whole months
        or by its days."""
        start, _months, stops, afters = term
        for count, pause in enumerate(stops, start=1):
            for after in afters:
                before = schedule.get_shift(start, after, stops[: count - 1])
                shift = schedule.get_shift(start, after, stops[:count])
                day = schedule.add(start, after + before[0], before[1])
                moved = (shift[0] - before[0], shift[1] - before[1])
                expected = pause.get_shift() if day >= pause.date_from else (0, 0)
                self.assertEqual(moved, expected)

    @given(DAYS, st.integers(1, 24))
    def test_whole_months(self, day, months):
        """R7: a month is from a day to the day before it, clipped where it is short."""
        pause = Pause(day, schedule.add(day, months, -1))
        self.assertEqual(pause.get_shift(), (months, 0))

    @given(DAYS, st.integers(0, 400))
    def test_days(self, day, length):
        pause = Pause(day, day + timedelta(days=length))
        months, days = pause.get_shift()
        self.assertTrue(bool(months) != bool(days))
        self.assertEqual(schedule.add(day, months, days - 1), pause.date_to)

    @given(terms())
    def test_periods_cover_the_term(self, term):
        """One after the other, from start to end of term; what lies between them was
        paused."""
        start, months, stops, afters = term
        span = (0, months)
        periods = [
            schedule.get_period(start, span, after, afters, stops) for after in afters
        ]
        self.assertEqual(periods[0][0], schedule.get_date(start, 0, stops))
        self.assertEqual(periods[-1][1], schedule.get_date_end(start, months, stops))
        for first, last in periods:
            self.assertLessEqual(first, last)
        if not stops:
            for (_first, last), (following, _last) in pairwise(periods):
                self.assertEqual(following, last + timedelta(days=1))

    @given(terms())
    def test_end_of_term_without_pauses(self, term):
        start, months, _pauses, _afters = term
        end = schedule.get_date_end(start, months)
        self.assertEqual(end + timedelta(days=1), schedule.get_date(start, months))
