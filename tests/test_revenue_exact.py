import unittest
from datetime import date, timedelta
from decimal import Decimal
from unittest.mock import patch

from dateutil.relativedelta import relativedelta

from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from ..tools.revenue import Earning, get_earned, move_days

try:
    from hypothesis import HealthCheck, example, given, settings
    from hypothesis import strategies as st
except ImportError:  # a package of the development environment
    st = None

MARCH = ("2026-03-01", "2026-03-01", "2026-03-02", None)
# invoiced, first and last day
JULY = (date(2026, 7, 1), date(2026, 7, 1), date(2026, 7, 20))
UNITS = ("0.01", "0.05", "1")
COLUMNS = (
    "id, move_id, account_id, product_id, partner_id, company_id, currency_id, "
    "rounding, amount, invoice_date, move_state, traject_id, traject_reference, "
    "employer_id, earned_from, earned_until, released, paused_from, paused_until"
)


def _days():
    return st.dates(date(2019, 12, 1), date(2029, 3, 31))


def _draw_pauses(draw):
    """Return first and last days of pauses."""
    # in order, with a day between: they do not overlap
    days = sorted(draw(st.sets(_days(), max_size=6)))
    return tuple(zip(days[::2], days[1::2], strict=False))


def _draw_earning(draw):
    """Return (unit, earning): anything a line can be, mostly with days."""
    unit = draw(st.sampled_from(UNITS))
    first, days = draw(_days()), draw(st.integers(0, 900))
    last = first + timedelta(days=days)
    if draw(st.integers(0, 9)) == 0:
        first = last = None
    pauses = _draw_pauses(draw)
    return unit, Earning(
        amount=draw(st.integers(-(10**9), 10**9)) * Decimal(unit),
        invoiced=draw(_days()),
        first=first,
        last=last,
        released=draw(st.none() | _days()),
        pauses=draw(st.sampled_from((pauses, ()))),
    )


def _examples(*fixed, pauses=0, days=1, **limits):
    """Have a test tried with many lines, so many sets of ``pauses`` and ``days`` each;
    first of all with those that are ``fixed``."""
    if not st:
        # an Odoo without it runs the rest; here a skipped test fails `make test`
        return unittest.skip("hypothesis is not installed")
    limits = settings(
        deadline=None,
        suppress_health_check=[HealthCheck.differing_executors],
        **limits,
    )

    def decorate(test):
        for arguments in fixed:
            test = example(*arguments)(test)
        beside = pauses * [st.composite(_draw_pauses)()] + days * [_days()]
        return limits(given(st.composite(_draw_earning)(), *beside)(test))

    return decorate


def line(unit, amount, *days):
    """Return (unit, earning) of texts."""
    days = [day and date.fromisoformat(day) for day in days]
    return unit, Earning(Decimal(amount), *days)


@tagged("post_install", "-at_install")
class TestRevenueExact(TransactionCase):
    """The report and the pure function say the same of any line on any day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.currencies = {
            unit: cls.env["res.currency"].new({"rounding": float(unit)})
            for unit in UNITS
        }

    def _get_rows(self, unit, earning, day):
        """Return (month, amount, earned, unearned) of each row of the report."""
        values = SQL(
            "SELECT * FROM (VALUES (1, 1, 1, 1, 1, 1, 1, %s::numeric, %s::numeric, "
            "%s::date, 'posted', 1, 'TR', 1, %s::date, %s::date, %s::date, %s::date[], "
            "%s::date[])) AS v (%s)",
            unit,
            str(earning.amount),
            earning.invoiced,
            earning.first,
            earning.last,
            earning.released,
            [begin for begin, _end in earning.pauses] or None,
            [end for _begin, end in earning.pauses] or None,
            SQL(COLUMNS),
        )
        Report = self.env["outplacement.revenue.report"]
        with patch.object(type(Report), "_get_lines", lambda self: values):
            query = Report.with_context(outplacement_as_of=day)._table_query
        self.env.cr.execute(
            SQL(
                "SELECT month, amount::text, amount_earned::text, "
                "amount_unearned::text FROM (%s) AS report ORDER BY month",
                query,
            )
        )
        return [(row[0], *map(Decimal, row[1:])) for row in self.env.cr.fetchall()]

    @_examples(
        (
            ("1", Earning(Decimal(5), *JULY, None, ((JULY[1], JULY[2]),))),
            date(2026, 7, 9),
        ),
        # a half cent, both ways; the day of the release; a service billed when it was
        # over
        (line("0.01", "0.05", *MARCH), date(2026, 3, 1)),
        (line("0.01", "-0.05", *MARCH), date(2026, 3, 1)),
        (
            line("0.01", "100", "2026-01-01", "2026-01-01", "2026-12-31", "2026-06-10"),
            date(2026, 6, 10),
        ),
        (
            line("1", "100", "2027-01-01", "2026-01-01", "2026-12-31", None),
            date(2026, 12, 31),
        ),
        max_examples=300,
    )
    def test_any_line_on_any_day(self, case, day):
        unit, earning = case
        currency = self.currencies[unit]
        rows = self._get_rows(unit, earning, day)
        if earning.invoiced > day:
            self.assertFalse(rows, "the books do not know of it")
            self.assertEqual(get_earned(earning, day, currency), 0)
            return
        earned = get_earned(earning, day, currency)
        self.assertEqual(sum(row[2] for row in rows), earned)
        self.assertEqual(sum(row[3] for row in rows), earning.amount - earned)
        self.assertEqual(sum(row[1] for row in rows), earning.amount)
        for month, amount, month_earned, month_unearned in rows:
            self.assertEqual(amount, month_earned + month_unearned)
            if month:
                eve = month - timedelta(days=1)
                end = month + relativedelta(day=31)
                self.assertEqual(
                    amount,
                    get_earned(earning, end, currency)
                    - get_earned(earning, eve, currency),
                )

    @_examples()
    def test_credits_mirror(self, case, day):
        unit, earning = case
        currency = self.currencies[unit]
        mirrored = earning._replace(amount=-earning.amount)
        self.assertEqual(
            get_earned(mirrored, day, currency), -get_earned(earning, day, currency)
        )

    @_examples(days=2)
    def test_it_grows_to_the_amount(self, case, one_day, other_day):
        unit, earning = case
        currency = self.currencies[unit]
        days = sorted((one_day, other_day))
        before, after = (get_earned(earning, day, currency) for day in days)
        self.assertLessEqual(abs(before), abs(after))
        self.assertLessEqual(abs(after), abs(earning.amount))

    @_examples(pauses=1)
    def test_pauses_restate_nothing(self, case, pauses, day):
        """Until the first day that is paused in one way and not in the other, as much
        is earned; and the whole amount at the end."""
        unit, earning = case
        if not earning.first:
            return
        currency = self.currencies[unit]
        first, last = move_days(earning.first, earning.last, earning.pauses, pauses)
        if first > last:
            self.assertEqual(self._count_days(earning), 0)
            return
        moved = earning._replace(first=first, last=last, pauses=pauses)
        self.assertEqual(self._count_days(moved), self._count_days(earning))
        self.assertEqual(
            get_earned(moved, max(last, moved.invoiced), currency), moved.amount
        )
        changed = min((a for a, _b in set(earning.pauses) ^ set(pauses)), default=day)
        day = min(day, changed - timedelta(days=1))
        if self._count_days(earning):
            self.assertEqual(
                get_earned(moved, day, currency), get_earned(earning, day, currency)
            )
        # and back again
        again = move_days(first, last, pauses, earning.pauses)
        self.assertEqual(
            self._count_days(earning._replace(first=again[0], last=again[1])),
            self._count_days(earning),
        )

    def _count_days(self, earning):
        """Return the number of days of service."""
        span = (earning.last - earning.first).days + 1
        days = {earning.first + timedelta(days=number) for number in range(span)}
        for begin, end in earning.pauses:
            length = (end - begin).days + 1
            days -= {begin + timedelta(days=number) for number in range(length)}
        return len(days)

    def test_worked_example(self):
        """7,450.00 over 2026-03-16 to 2027-03-15."""
        _unit, earning = line(
            "0.01", "7450", "2026-03-16", "2026-03-16", "2027-03-15", None
        )
        eur = self.currencies["0.01"]
        for day, earned in (
            ("2026-03-15", "0"),
            ("2026-03-31", "326.58"),
            ("2026-04-30", "938.90"),
            ("2026-12-31", "5939.59"),
            ("2027-03-14", "7429.59"),
            ("2027-03-15", "7450"),
        ):
            with self.subTest(day=day):
                found = get_earned(earning, date.fromisoformat(day), eur)
                self.assertEqual(found, Decimal(earned))

    def test_leap_day(self):
        """A year with a leap day has 366 days, each earning the same."""
        _unit, earning = line(
            "0.01", "366", "2027-03-01", "2027-03-01", "2028-02-29", None
        )
        eur = self.currencies["0.01"]
        for day, earned in ((date(2028, 2, 28), 365), (date(2028, 2, 29), 366)):
            self.assertEqual(get_earned(earning, day, eur), earned)
