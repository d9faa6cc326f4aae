"""What is owed of a traject, and from which day on, by the billing rules alone.

A plain model to hold the add-on against: dates, decimals and lists, and nothing of the
add-on's own code. R1, R2, … are the rules of billing that the add-on promises.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise

from dateutil.relativedelta import relativedelta

ORDER = ("confirmation", "start", "session", "placement", "closing")
DAY = timedelta(days=1)
CENT = Decimal("0.01")


def half_up(value):
    """Return a fraction in cents, halves rounded up (R2)."""
    number = Decimal(value.numerator) / Decimal(value.denominator)
    return number.quantize(CENT, ROUND_HALF_UP)


def month_end(day):
    return day + relativedelta(day=31)


def get_withdrawal_end(day):
    """Return the last day to withdraw from what was sold on ``day``: the fourteenth
    after it, or the Monday after that."""
    last = day + timedelta(days=14)
    return last + timedelta(days={5: 2, 6: 1}.get(last.weekday(), 0))


@dataclass
class Part:
    """One instalment.

    :param rank: of a session, which one it bills
    :param months: after the start of the traject
    :param undone: what is not owed as long as a placement or closing stands
    :param gone: what is never owed again
    :param waived: whether finance credited or cancelled its invoice by hand
    """

    trigger: str
    rank: int
    months: int
    amount: Decimal
    undone: Decimal = Decimal(0)
    gone: Decimal = Decimal(0)
    waived: bool = False

    @property
    def agreed(self):
        """What the rules leave of it."""
        return self.amount - (self.gone or self.undone)

    @property
    def owed(self):
        return Decimal(0) if self.waived else self.agreed


@dataclass
class Sale:
    """What is sold of a traject by one order line.

    :param plan: lines of the invoice plan, dicts as the add-on takes them
    :param begin: months after the start at which it begins, and ``end`` ends, to pay
    :param percent: given back of months that had not started at a placement
    :param at_once: whether the rest is billed at a placement
    :param private: whether the payer can withdraw
    :param known: the placement that was known when it was sold
    """

    price: Decimal
    plan: list
    begin: int
    end: int
    confirmed: date
    kind: str = ""
    sessions: int = 0
    former_sessions: int = 0
    private: bool = False
    percent: int = 0
    at_once: bool = False
    known: date | None = None
    parts: list = field(default_factory=list)

    def __post_init__(self):
        shares = []
        for line in self.plan:
            months = self._get_months(line)
            kind = line.get("share_type", "percent")
            value = (
                line["amount" if kind == "amount" else "share"] if kind != "rest" else 1
            )
            value = Fraction(str(value)) / len(months)
            shares += [(line.get("trigger", "start"), m, kind, value) for m in months]
        shares.sort(key=lambda share: (ORDER.index(share[0]), share[1]))
        price = Fraction(self.price)
        fixed = {
            number: half_up(value if kind == "amount" else price * value / 100)
            for number, (_trigger, _months, kind, value) in enumerate(shares)
            if kind != "rest"
        }
        rest = self.price - sum(fixed.values())
        self.is_affordable = rest >= 0 or len(fixed) == len(shares)
        amounts = [
            fixed[n] if n in fixed else half_up(Fraction(rest) * share[3])
            for n, share in enumerate(shares)
        ]
        last = max((n for n in range(len(shares)) if n not in fixed), default=-1)
        amounts[last] += self.price - sum(amounts)
        ranks = dict.fromkeys(ORDER, 0)
        for (trigger, months, _kind, _value), amount in zip(
            shares, amounts, strict=True
        ):
            ranks[trigger] += 1
            rank = ranks[trigger] + self.former_sessions * (trigger == "session")
            self.parts.append(Part(trigger, rank, self.begin + months, amount))

    def _get_months(self, line):
        trigger = line.get("trigger", "start")
        if trigger == "session":
            return [0] * self.sessions
        if trigger != "start":
            return [0]
        first = line.get("months_after_start", 0)
        step = line.get("repeat_interval", 1)
        count = line.get("repeat_count", 1)
        if not count:
            count = max(len(range(first, self.end - self.begin, step)), 1)
        return [first + step * number for number in range(count)]

    @property
    def not_before(self):
        """The first day on which it may be billed."""
        return get_withdrawal_end(self.confirmed) + DAY if self.private else date.min

    def get_term_parts(self):
        """Return the parts that pay for the months of the term, in order."""
        return [p for p in self.parts if p.trigger in ("confirmation", "start")]

    def get_refund_months(self, part):
        """Return the months of which a placement may give a part back: its own ones,
        or all where not every month costs the same, so that all parts pay for all."""
        parts = self.get_term_parts()
        starts = [self.begin, *(p.months for p in parts[1:]), self.end]
        spans = [after - before for before, after in pairwise(starts)]
        total = sum(p.amount for p in parts)
        if min(spans) > 0 and all(
            abs(Fraction(p.amount) - Fraction(total) * span / (self.end - self.begin))
            < Fraction(1, 100)
            for p, span in zip(parts[:-1], spans, strict=False)
        ):
            return self.get_own_months(part)
        return range(self.begin, self.end)

    def get_own_months(self, part):
        """Return the months that an instalment of the term pays for (R7)."""
        months = sorted(p.months for p in self.get_term_parts())
        first = self.begin if part.months == months[0] else part.months
        first = min(first, self.end - 1)
        later = [m for m in months if m > part.months]
        until = min([self.end, *later[:1]])
        return range(first, max(until, first + 1))


@dataclass
class World:
    """A traject and what was sold of it."""

    months: int
    probation: int
    state: str = "intake"
    start: date | None = None
    pauses: list = field(default_factory=list)
    sessions: list = field(default_factory=list)
    sales: list = field(default_factory=list)
    placed: date | None = None
    closed: date | None = None

    # ------------------------------------------------------------------
    # Days
    # ------------------------------------------------------------------

    def get_day(self, months, last=False):
        """Return start + months and what pauses add (R4, R6).

        :param last: of the day before, the last one of what ends then
        """
        before = DAY if last else timedelta()
        return self._shift(
            lambda more: self.start + relativedelta(months=months + more) - before,
            [pause for pause in self.pauses if pause[1]],
        )

    def _shift(self, count, pauses):
        """Return the day that ``count`` gives of the months that pauses add, and the
        days that they add."""
        more = days = 0

        def now():
            return count(more) + days * DAY

        for first, until in pauses:
            if now() < first:
                continue
            resumed = until + DAY
            whole = [
                n for n in range(1, 60) if first + relativedelta(months=n) == resumed
            ]
            more += whole[0] if whole else 0
            days += 0 if whole else (resumed - first).days
        return now()

    def get_term(self):
        """Return the number of months of the term, extensions included."""
        return max([self.months, *(s.end for s in self.sales if s.kind == "extension")])

    def get_date(self, sale, part):
        """Return the day from which it is billed, None while unknown (R5)."""
        day = None
        if part.trigger == "confirmation":
            day = sale.confirmed
        elif part.trigger == "start" and self.start:
            day = self.get_day(part.months)
            if sale.at_once and self.placed not in (None, sale.known):
                day = min(day, self.placed)
            return max(day, self.get_first_day(sale, day))
        elif part.trigger == "session" and part.rank <= len(self.sessions):
            day = month_end(sorted(self.sessions)[part.rank - 1])
        elif part.trigger == "placement":
            day = self.placed
        elif part.trigger == "closing":
            day = self.closed
        return day and max(day, sale.not_before)

    def get_first_day(self, sale, planned):
        """Return the day that withdrawing puts first, moved by the pauses that begin
        between the planned day and it (R6)."""
        if not sale.private:
            return date.min
        between = [
            (first, until)
            for first, until in self.pauses
            if until and first > planned and until >= sale.confirmed
        ]
        return self._shift(
            lambda more: sale.not_before + relativedelta(months=more), between
        )

    def is_due(self, part, day, today):
        """Whether an instalment of that day can be billed today."""
        if not day or day > today or not part.owed:
            return False
        if self.state == "intake":
            return part.trigger == "confirmation"
        waits = self.state == "paused" and part.trigger == "start"
        return not (waits and day >= self.pauses[-1][0])

    # ------------------------------------------------------------------
    # What happens
    # ------------------------------------------------------------------

    def end_pause(self, day):
        """The running pause lasts until the day before ``day``."""
        if self.state == "paused":
            self.pauses[-1] = (self.pauses[-1][0], day - DAY)
            if self.pauses[-1][0] >= day:
                self.pauses.pop()

    def place(self, day):
        """Months that had not started are given back as the package says (R10)."""
        self.end_pause(day)
        self.placed, self.state = day, "aftercare"
        for sale in self.sales:
            if sale.known == day:
                continue
            for part in sale.parts:
                if part in sale.get_term_parts() and not part.gone:
                    months = sale.get_refund_months(part)
                    late = sum(self.get_day(month) > day for month in months)
                    part.undone = half_up(
                        Fraction(part.amount)
                        * sale.percent
                        * late
                        / (100 * len(months))
                    )

    def close(self, day):
        """Sessions that were not held, and a success that was not had, cost nothing."""
        self.end_pause(day)
        self.closed, self.state = day, "closed"
        for sale in self.sales:
            for part in sale.parts:
                missed = part.trigger == "session" and part.rank > len(self.sessions)
                if missed or (part.trigger == "placement" and not self.placed):
                    part.undone = part.amount

    def lose_job(self):
        """As if there had been no placement; the success fee is due at the next one."""
        self.placed = self.closed = None
        self.state = "active"
        for sale in self.sales:
            for part in sale.parts:
                part.undone = Decimal(0)
                if part.trigger == "placement" and not part.gone:
                    part.waived = False

    def cancel(self, day, percent, withdrawable):
        """Nothing is owed but the fee, which is returned."""
        fee = Decimal(0)
        for sale in self.sales:
            price = sum(part.agreed for part in sale.parts)
            if not withdrawable(sale):
                fee += half_up(Fraction(price) * percent / 100)
            for part in sale.parts:
                part.gone = part.amount
        self.closed, self.state = day, "cancelled"
        return fee

    def change_package(self, day, sale, months):
        """What has not started goes; the new package costs its price less what stays.

        :param sale: function that returns the new :class:`Sale` of a price and of the
            months that have started
        :return: the new sale, None where nothing is left to pay
        """
        started = self.get_months_started(day)
        former = [s for s in self.sales if s.kind != "payer"]
        for old in former:
            for part in old.parts:
                part.gone = (part.gone or part.undone) + self._get_unstarted(
                    old, part, started
                )
                part.undone = Decimal(0)
        new = sale(sum(p.owed for s in former for p in s.parts), started)
        extra = -new.price
        for old in reversed(former):
            for part in reversed(old.parts):
                more = max(min(extra, part.owed), Decimal(0))
                part.gone, extra = part.gone + more, extra - more
        for old in former:
            old.end = min(old.end, max(started, old.begin + 1))
        self.months = months
        if new.price <= 0:
            return None
        self.sales.append(new)
        return new

    def get_months_started(self, day):
        """Return how many months of the term began before ``day``. A pause that goes on
        lasts until then."""
        pauses, months = self.pauses, 0
        first, until = pauses[-1] if self.state == "paused" else (day, day)
        if first < day and (not until or until < day):
            self.pauses = [*pauses[:-1], (first, day - DAY)]
        while self.get_day(months) < day:
            months += 1
        self.pauses = pauses
        return months

    def _get_unstarted(self, sale, part, started):
        if part.trigger != "start":
            return Decimal(0) if self.get_date(sale, part) else part.owed
        months = sale.get_own_months(part)
        late = sum(month >= started for month in months)
        return min(half_up(Fraction(part.amount) * late / len(months)), part.owed)
