"""Deals, and courses of trajects that chance seldom finds."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

PLANS = (
    [{"share": 100, "repeat_count": 0}],
    [{"share": 100}],
    [{"share": 50}, {"share": 50, "months_after_start": 3, "sequence": 20}],
    [{"share": 35}, {"share": 65, "trigger": "placement", "sequence": 20}],
    [{"share": 100, "trigger": "session"}],
    [
        {"share": 33.33, "trigger": "confirmation"},
        {"share": 46.67, "repeat_count": 3, "repeat_interval": 2, "sequence": 20},
        {"share": 20, "trigger": "closing", "sequence": 30},
    ],
    [
        {"share_type": "amount", "amount": 250.5, "trigger": "confirmation"},
        {"share_type": "rest", "repeat_count": 0, "sequence": 20},
        {"share": 10, "trigger": "placement", "sequence": 30},
    ],
    [
        {"share": 25, "trigger": "session"},
        {"share_type": "rest", "repeat_count": 7, "months_after_start": 1},
        {"share": 12.5, "trigger": "closing", "sequence": 40},
    ],
)
SHORT = PLANS[:3]
RULES = (("fixed", "at_once"), ("fixed", "keep_dates"), 100, 50, 33)
DAYS = (
    *(date(2026, 1, 31), date(2026, 2, 28), date(2027, 8, 31), date(2027, 11, 30)),
    *(date(2028, 2, 29), date(2028, 1, 30), date(2026, 3, 29), date(2027, 12, 31)),
)


class Deal(NamedTuple):
    """What is sold.

    :param plans: of the first and the second package, and two for extensions
    :param packages: (price, months) of both
    :param rules: of both at placement: see ``RULES``, percentages are given back
    :param lead: days from confirmation to the start
    """

    plans: list
    packages: list
    rules: list
    private: bool
    start: date
    lead: int
    sessions: int
    probation: int
    bill_no_show: bool

    def get_rule(self, number):
        """Return the values of the package ``number``."""
        rule = self.rules[number]
        if isinstance(rule, tuple):
            return {
                "outplacement_placement_rule": rule[0],
                "outplacement_placement_rest": rule[1],
            }
        name = "started_months" if rule == 100 else "refund"
        return {
            "outplacement_placement_rule": name,
            "outplacement_refund_percent": rule,
        }

    def get_percent(self, number):
        rule = self.rules[number]
        return 0 if isinstance(rule, tuple) else rule

    def is_at_once(self, number):
        return self.rules[number] == RULES[0]


PREPAID, SUCCESS, SESSIONS = PLANS[1], PLANS[3], PLANS[4]
DEAL = Deal(
    plans=(PLANS[0], PLANS[0], PLANS[0], PREPAID),
    packages=((Decimal("5999.99"), 6), (Decimal("9000.01"), 9)),
    rules=(50, 100),
    private=False,
    start=date(2026, 1, 31),
    lead=0,
    sessions=3,
    probation=3,
    bill_no_show=True,
)
PREPAY = {"plans": (PREPAID, *DEAL.plans[1:])}
FEE = {"plans": (SUCCESS, *DEAL.plans[1:])}
HELD = {"plans": (SESSIONS, *DEAL.plans[1:])}
# (name, what is another deal, what happens)
COURSES = (
    (
        "credited by hand, placed, job lost, released",
        PREPAY,
        [
            *((0, "bill", 1), (9, "credit", 0), (30, "place", 0)),
            *((30, "lose_job", 0), (0, "release", 0), (1, "bill", 1)),
        ],
    ),
    (
        "credited by hand, placed, released",
        PREPAY,
        [
            *((0, "bill", 1), (9, "credit", 0), (30, "place", 0)),
            *((0, "release", 0), (1, "bill", 1), (5, "lose_job", 0)),
        ],
    ),
    (
        "draft cancelled, placed, job lost, released",
        PREPAY,
        [
            *((0, "bill", 3), (9, "void", 0), (30, "place", 0)),
            *((30, "lose_job", 0), (0, "release", 0), (1, "bill", 1)),
        ],
    ),
    (
        "job lost, another package before the credit note is posted",
        FEE,
        [
            *((0, "bill", 1), (30, "place", 0), (0, "bill", 1)),
            *((10, "lose_job", 0), (5, "package", 0), (0, "post", 0)),
            *((30, "place", 0), (0, "bill", 1)),
        ],
    ),
    (
        "job lost, another package after the credit note is posted",
        FEE,
        [
            *((0, "bill", 1), (30, "place", 0), (0, "bill", 1)),
            *((10, "lose_job", 0), (0, "post", 0), (5, "package", 0)),
            *((30, "place", 0), (0, "bill", 1)),
        ],
    ),
    (
        "placed, credited, job lost, placed before the invoice is posted",
        PREPAY,
        [
            *((0, "bill", 1), (30, "place", 0), (0, "post", 0), (5, "lose_job", 0)),
            *((31, "place", 0), (0, "post", 0), (5, "lose_job", 0), (0, "post", 0)),
        ],
    ),
    (
        "another package, placed, job lost, the first package again",
        {},
        [
            *((0, "bill", 1), (40, "bill", 1), (0, "package", 0), (20, "bill", 1)),
            *((20, "place", 0), (0, "post", 0), (9, "lose_job", 0)),
            *((0, "pause", 0), (30, "package", 0), (9, "resume", 0), (40, "bill", 3)),
        ],
    ),
    (
        "cancelled by hand, reset and credited, then the traject is cancelled",
        {},
        [
            *((0, "bill", 3), (0, "void", 0), (30, "bill", 1), (0, "reset", 0)),
            *((0, "post", 0), (0, "credit", 0), (1, "cancel", 1), (1, "release", 0)),
        ],
    ),
    (
        "closed without the last sessions, job lost",
        HELD,
        [
            *((9, "session", 1), (31, "bill", 1), (0, "close", 0)),
            *((20, "lose_job", 0), (0, "session", 1), (31, "bill", 1)),
            *((0, "payer", 3), (0, "extend", 2), (1, "package", 0), (9, "close", 1)),
        ],
    ),
    (
        "success fee credited by hand, job lost, placed",
        FEE,
        [
            *((0, "bill", 1), (30, "place", 0), (0, "bill", 1), (0, "credit", 1)),
            *((9, "lose_job", 0), (9, "place", 0), (0, "bill", 1), (0, "close", 1)),
        ],
    ),
    (
        "success fee on a draft, job lost, closed",
        FEE,
        [
            *((0, "bill", 1), (30, "place", 0), (0, "bill", 3), (9, "lose_job", 0)),
            *((9, "close", 1), (0, "bill", 1)),
        ],
    ),
    (
        "paused without an end, extended, paid by two, placed in the pause",
        {},
        [
            *((0, "bill", 1), (20, "pause", 4), (5, "extend", 0), (2, "payer", 2)),
            *((1, "payer", 5), (9, "bill", 1), (0, "place", 0), (40, "bill", 1)),
            *((0, "post", 0), (0, "lose_job", 0), (31, "bill", 1)),
        ],
    ),
)
