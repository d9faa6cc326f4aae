"""Courses of trajects, and the invoices that come of them.

A row says what is sold and when it starts, what happens in order of date, and then: the
invoices and credit notes (day, net, VAT, gross), the invoice status of the order in the
end, and what is invoiced but not earned (net) at the end of two days. The amounts were
worked out by hand from the billing rules. A new row needs nothing else.
"""

from typing import NamedTuple


class Scenario(NamedTuple):
    """What is sold, what happens, and what is invoiced.

    :param name: what it is about
    :param price: of one traject, in the basis of the customer's prices
    :param plan: lines of the invoice plan, as dicts of values
    :param start: first day of the term, None if it never starts
    :param events: (day, method of the test, its keyword arguments)
    :param invoices: (day, net, VAT, gross), credit notes negative
    :param status: of the order, in the end
    :param unearned: amounts by day
    :param package: further values of the package
    :param quantity: number of trajects
    :param private: whether a person buys, VAT included
    :param company: settings of the bureau
    """

    name: str
    price: float
    plan: list
    start: str | None
    events: list
    invoices: list
    status: str
    unearned: dict
    package: dict = {}
    quantity: int = 1
    private: bool = False
    company: dict = {}


MONTHLY = [{"share": 100, "repeat_count": 0}]
PREPAID = [{"share": 100}]
HALVES = [{"share": 50}, {"share": 50, "months_after_start": 3}]
PER_SESSION = [{"share": 100, "trigger": "session"}]
SUCCESS = [{"share": 35}, {"share": 65, "trigger": "placement", "sequence": 20}]
STARTED = {"outplacement_placement_rule": "started_months"}


def in_a_row(first, last, amounts):
    """Return an invoice on the same day of each month, from ``YYYY-MM-DD`` on."""
    year, month, day = map(int, first.split("-"))
    rows = []
    while f"{year}-{month:02}-{day:02}" <= last:
        rows.append((f"{year}-{month:02}-{day:02}", *amounts))
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return rows


SCENARIOS = [
    Scenario(
        name="twelve instalments",
        price=8995.0,
        plan=MONTHLY,
        start="2026-02-01",
        events=[],
        invoices=[
            *in_a_row("2026-02-01", "2026-12-01", (749.58, 157.41, 906.99)),
            ("2027-01-01", 749.62, 157.42, 907.04),
        ],
        status="invoiced",
        unearned={"2026-06-15": 374.79, "2027-01-31": 0.0},
    ),
    Scenario(
        name="prepaid",
        price=7450.0,
        plan=PREPAID,
        start="2026-03-16",
        events=[],
        invoices=[("2026-03-16", 7450.0, 1564.5, 9014.5)],
        status="invoiced",
        unearned={"2026-03-31": 7123.42, "2026-12-31": 1510.41},
    ),
    Scenario(
        name="halves are earned over the whole term",
        price=4250.01,
        plan=HALVES,
        start="2026-02-01",
        events=[],
        invoices=[
            ("2026-02-01", 2125.01, 446.25, 2571.26),
            ("2026-05-01", 2125.0, 446.25, 2571.25),
        ],
        status="invoiced",
        unearned={"2026-02-28": 1962.0, "2026-12-31": 360.96},
    ),
    Scenario(
        name="placed in the fifth month, started months are paid",
        price=9000.0,
        plan=MONTHLY,
        start="2026-01-12",
        events=[("2026-05-20", "place", {})],
        invoices=in_a_row("2026-01-12", "2026-05-12", (750.0, 157.5, 907.5)),
        status="invoiced",
        unearned={"2026-05-31": 266.13, "2026-06-30": 0.0},
        package=STARTED,
    ),
    Scenario(
        name="placed on the last day of the fifth month",
        price=9000.0,
        plan=MONTHLY,
        start="2026-01-12",
        events=[("2026-06-11", "place", {})],
        invoices=in_a_row("2026-01-12", "2026-05-12", (750.0, 157.5, 907.5)),
        status="invoiced",
        unearned={"2026-06-10": 24.19, "2026-06-11": 0.0},
        package=STARTED,
    ),
    Scenario(
        name="placed on the first day of the sixth month",
        price=9000.0,
        plan=MONTHLY,
        start="2026-01-12",
        events=[("2026-06-12", "place", {})],
        invoices=in_a_row("2026-01-12", "2026-06-12", (750.0, 157.5, 907.5)),
        status="invoiced",
        unearned={"2026-06-12": 725.0, "2026-07-11": 0.0},
        package=STARTED,
    ),
    Scenario(
        name="fixed price, the rest at once when placed",
        price=9000.0,
        plan=MONTHLY,
        start="2026-01-12",
        events=[("2026-05-20", "place", {})],
        invoices=[
            *in_a_row("2026-01-12", "2026-05-12", (750.0, 157.5, 907.5)),
            ("2026-05-20", 5250.0, 1102.5, 6352.5),
        ],
        status="invoiced",
        unearned={"2026-05-31": 5516.13, "2027-01-11": 0.0},
        package={
            "outplacement_placement_rule": "fixed",
            "outplacement_placement_rest": "at_once",
        },
    ),
    Scenario(
        name="fixed price, every instalment keeps its date when placed",
        price=9000.0,
        plan=MONTHLY,
        start="2026-01-12",
        events=[("2026-05-20", "place", {})],
        invoices=in_a_row("2026-01-12", "2026-12-12", (750.0, 157.5, 907.5)),
        status="invoiced",
        unearned={"2026-05-31": 266.13, "2027-01-11": 0.0},
        package={
            "outplacement_placement_rule": "fixed",
            "outplacement_placement_rest": "keep_dates",
        },
    ),
    Scenario(
        name="half of the months that have not started is refunded",
        price=6000.0,
        plan=PREPAID,
        start="2026-01-12",
        events=[("2026-06-15", "place", {})],
        invoices=[
            ("2026-01-12", 6000.0, 1260.0, 7260.0),
            ("2026-06-15", -1500.0, -315.0, -1815.0),
        ],
        status="invoiced",
        unearned={"2026-06-30": 1705.48, "2027-01-11": 0.0},
        package={
            "outplacement_placement_rule": "refund",
            "outplacement_refund_percent": 50,
        },
    ),
    Scenario(
        name="two months of pause",
        price=7990.0,
        plan=MONTHLY,
        start="2026-03-01",
        events=[
            ("2026-06-01", "pause", {"last": "2026-07-31"}),
            ("2026-08-01", "resume", {}),
        ],
        invoices=[
            *in_a_row("2026-03-01", "2026-05-01", (665.83, 139.82, 805.65)),
            *in_a_row("2026-08-01", "2027-03-01", (665.83, 139.82, 805.65)),
            ("2027-04-01", 665.87, 139.83, 805.7),
        ],
        status="invoiced",
        unearned={"2026-06-30": 0.0, "2026-08-15": 343.65},
    ),
    Scenario(
        name="a pause of two months that was expected to take one",
        price=7990.0,
        plan=MONTHLY,
        start="2026-03-01",
        events=[
            ("2026-06-01", "pause", {"last": "2026-06-30"}),
            ("2026-08-01", "resume", {}),
        ],
        invoices=[
            *in_a_row("2026-03-01", "2026-05-01", (665.83, 139.82, 805.65)),
            *in_a_row("2026-08-01", "2027-03-01", (665.83, 139.82, 805.65)),
            ("2027-04-01", 665.87, 139.83, 805.7),
        ],
        status="invoiced",
        unearned={"2026-06-30": 0.0, "2026-08-15": 343.65},
    ),
    Scenario(
        name="a pause of ten days moves by days",
        price=300.0,
        plan=MONTHLY,
        start="2026-02-01",
        events=[
            ("2026-02-16", "pause", {}),
            ("2026-02-26", "resume", {}),
        ],
        invoices=[
            ("2026-02-01", 100.0, 21.0, 121.0),
            ("2026-03-11", 100.0, 21.0, 121.0),
            ("2026-04-11", 100.0, 21.0, 121.0),
        ],
        status="invoiced",
        unearned={"2026-03-11": 96.77, "2026-05-10": 0.0},
        package={"outplacement_months": 3},
    ),
    Scenario(
        name="success fee",
        price=9950.0,
        plan=SUCCESS,
        start="2026-02-09",
        events=[("2026-07-20", "place", {})],
        invoices=[
            ("2026-02-09", 3482.5, 731.33, 4213.83),
            ("2026-07-20", 6467.5, 1358.18, 7825.68),
        ],
        status="invoiced",
        unearned={"2026-02-28": 3291.68, "2026-12-31": 372.1},
    ),
    Scenario(
        name="no success, no fee",
        price=9950.0,
        plan=SUCCESS,
        start="2026-02-09",
        events=[("2027-02-08", "close", {"outcome": "term_ended"})],
        invoices=[("2026-02-09", 3482.5, 731.33, 4213.83)],
        status="invoiced",
        unearned={"2026-12-31": 372.1, "2027-02-08": 0.0},
    ),
    Scenario(
        name="job lost in probation, placed again",
        price=9950.0,
        plan=SUCCESS,
        start="2026-02-09",
        events=[
            ("2026-07-20", "place", {}),
            ("2026-08-20", "lose_job", {}),
            ("2026-10-05", "place", {}),
        ],
        invoices=[
            ("2026-02-09", 3482.5, 731.33, 4213.83),
            ("2026-07-20", 6467.5, 1358.18, 7825.68),
            ("2026-08-20", -6467.5, -1358.18, -7825.68),
            ("2026-10-05", 6467.5, 1358.18, 7825.68),
        ],
        status="invoiced",
        unearned={"2026-02-28": 3291.68, "2026-12-31": 372.1},
        package={"outplacement_probation_months": 2},
    ),
    Scenario(
        name="per session, in arrears, a no-show as well",
        price=1600.0,
        plan=PER_SESSION,
        start="2026-02-01",
        events=[
            ("2026-02-10", "hold_session", {}),
            ("2026-02-24", "hold_session", {}),
            ("2026-03-05", "hold_session", {}),
            ("2026-03-12", "miss_session", {}),
            ("2026-04-02", "close", {"outcome": "stopped"}),
        ],
        invoices=[
            ("2026-02-28", 400.0, 84.0, 484.0),
            ("2026-03-31", 400.0, 84.0, 484.0),
        ],
        status="invoiced",
        unearned={"2026-02-28": 0.0, "2026-04-02": 0.0},
        package={"outplacement_session_count": 8},
    ),
    Scenario(
        name="a session that is recorded after a later one was billed",
        price=1600.0,
        plan=PER_SESSION,
        start="2026-02-01",
        events=[
            ("2026-03-10", "hold_session", {}),
            ("2026-04-02", "hold_session", {"held": "2026-03-02"}),
            ("2026-04-10", "hold_session", {}),
            ("2026-04-20", "close", {"outcome": "stopped"}),
        ],
        invoices=[
            ("2026-03-31", 400.0, 84.0, 484.0),
            ("2026-04-02", 400.0, 84.0, 484.0),
            ("2026-04-30", 400.0, 84.0, 484.0),
        ],
        status="invoiced",
        unearned={"2026-03-31": 0.0, "2026-04-30": 0.0},
        package={"outplacement_session_count": 4},
    ),
    Scenario(
        name="an amount at confirmation, the rest at the start",
        price=5000.0,
        plan=[
            {"share_type": "amount", "amount": 1000.0, "trigger": "confirmation"},
            {"share_type": "rest", "sequence": 20},
        ],
        start="2026-02-01",
        events=[],
        invoices=[
            ("2026-01-05", 1000.0, 210.0, 1210.0),
            ("2026-02-01", 4000.0, 840.0, 4840.0),
        ],
        status="invoiced",
        unearned={"2026-01-31": 1000.0, "2026-03-31": 4191.78},
    ),
    Scenario(
        name="a part at closing",
        price=4000.0,
        plan=[{"share": 75}, {"share": 25, "trigger": "closing", "sequence": 20}],
        start="2026-02-01",
        events=[("2026-07-10", "close", {"outcome": "stopped"})],
        invoices=[
            ("2026-02-01", 3000.0, 630.0, 3630.0),
            ("2026-07-10", 1000.0, 210.0, 1210.0),
        ],
        status="invoiced",
        unearned={"2026-02-28": 2769.86, "2026-07-10": 0.0},
    ),
    Scenario(
        name="cancelled twenty days before the start",
        price=8995.0,
        plan=MONTHLY,
        start=None,
        events=[("2026-02-10", "cancel", {"planned": "2026-03-02"})],
        invoices=[("2026-02-10", 2248.75, 472.24, 2720.99)],
        status="no",
        unearned={"2026-02-10": 0.0, "2026-03-31": 0.0},
    ),
    Scenario(
        name="what was paid at confirmation comes back when it is cancelled",
        price=5000.0,
        plan=[
            {"share": 20, "trigger": "confirmation"},
            {"share": 80, "sequence": 20},
        ],
        start=None,
        events=[("2026-02-10", "cancel", {"planned": "2026-06-01"})],
        invoices=[
            ("2026-01-05", 1000.0, 210.0, 1210.0),
            ("2026-02-10", -1000.0, -210.0, -1210.0),
        ],
        status="no",
        unearned={"2026-01-31": 1000.0, "2026-02-10": 0.0},
    ),
    Scenario(
        name="a private person, VAT included, in three",
        price=1495.0,
        plan=[{"share": 100, "repeat_count": 3}],
        start="2026-02-01",
        events=[],
        invoices=[
            ("2026-02-01", 411.84, 86.49, 498.33),
            ("2026-03-01", 411.84, 86.49, 498.33),
            ("2026-04-01", 411.85, 86.49, 498.34),
        ],
        status="invoiced",
        unearned={"2026-03-31": 555.18, "2026-07-31": 0.0},
        package={"outplacement_months": 6},
        private=True,
    ),
    Scenario(
        name="a private person may withdraw for fourteen days",
        price=500.0,
        plan=PREPAID,
        start="2026-01-08",
        events=[],
        invoices=[("2026-01-20", 413.22, 86.78, 500.0)],
        status="invoiced",
        unearned={"2026-01-19": 0.0, "2027-01-07": 0.0},
        private=True,
    ),
    Scenario(
        name="thirty-eight at once",
        price=1597.5,
        plan=PREPAID,
        start="2026-02-01",
        events=[],
        invoices=[("2026-02-01", 60705.0, 12748.05, 73453.05)],
        status="invoiced",
        unearned={"2026-02-28": 56048.1, "2027-01-31": 0.0},
        quantity=38,
    ),
    Scenario(
        name="the last day of January in a leap year",
        price=300.0,
        plan=MONTHLY,
        start="2028-01-31",
        events=[],
        invoices=[
            ("2028-01-31", 100.0, 21.0, 121.0),
            ("2028-02-29", 100.0, 21.0, 121.0),
            ("2028-03-31", 100.0, 21.0, 121.0),
        ],
        status="invoiced",
        unearned={"2028-02-29": 96.77, "2028-04-29": 0.0},
        package={"outplacement_months": 3},
    ),
    # 1,600.00 in 8 sessions; the company does not bill no-shows, so March has one
    Scenario(
        name="per session, without the no-shows",
        price=1600.0,
        plan=PER_SESSION,
        start="2026-02-01",
        events=[
            ("2026-02-10", "hold_session", {}),
            ("2026-02-24", "hold_session", {}),
            ("2026-03-05", "hold_session", {}),
            ("2026-03-12", "miss_session", {}),
            ("2026-04-02", "close", {"outcome": "stopped"}),
        ],
        invoices=[
            ("2026-02-28", 400.0, 84.0, 484.0),
            ("2026-03-31", 200.0, 42.0, 242.0),
        ],
        status="invoiced",
        unearned={"2026-02-28": 0.0, "2026-04-02": 0.0},
        package={"outplacement_session_count": 8},
        company={"outplacement_bill_no_show": False},
    ),
    # 40% of 1,000.01 is 400.00; 60% in 3 sessions is 200.00, the last takes 200.01.
    # The start is earned over the year: after 28 of 365 days 400.00 - 30.68
    Scenario(
        name="a part at the start, the rest per session, a no-show among them",
        price=1000.01,
        plan=[{"share": 40}, {"share": 60, "trigger": "session", "sequence": 20}],
        start="2026-02-01",
        events=[
            ("2026-02-10", "hold_session", {}),
            ("2026-02-17", "miss_session", {}),
            ("2026-03-03", "hold_session", {}),
            ("2026-04-10", "close", {"outcome": "term_ended"}),
        ],
        invoices=[
            ("2026-02-01", 400.0, 84.0, 484.0),
            ("2026-02-28", 400.0, 84.0, 484.0),
            ("2026-03-31", 200.01, 42.0, 242.01),
        ],
        status="invoiced",
        unearned={"2026-02-28": 369.32, "2026-04-10": 0.0},
        package={"outplacement_session_count": 3},
    ),
    # 250.01 in two: 125.005 is rounded up, the last one takes 125.00. On 10 May 10 of
    # 31 days are earned: 125.01 - 40.33
    Scenario(
        name="extended by two months",
        price=300.0,
        plan=MONTHLY,
        start="2026-02-01",
        events=[("2026-04-10", "extend", {"months": 2, "price": 250.01})],
        invoices=[
            *in_a_row("2026-02-01", "2026-04-01", (100.0, 21.0, 121.0)),
            ("2026-05-01", 125.01, 26.25, 151.26),
            ("2026-06-01", 125.0, 26.25, 151.25),
        ],
        status="invoiced",
        unearned={"2026-05-10": 84.68, "2026-06-30": 0.0},
        package={"outplacement_months": 3},
    ),
    # From 15 March to 14 April is a month: what was of 1 April comes on 1 May, and the
    # extension on 1 June and 1 July. On 10 June a third of 125.01 is earned
    Scenario(
        name="extended during a pause",
        price=300.0,
        plan=MONTHLY,
        start="2026-02-01",
        events=[
            ("2026-03-15", "pause", {}),
            ("2026-03-20", "extend", {"months": 2, "price": 250.01}),
            ("2026-04-15", "resume", {}),
        ],
        invoices=[
            *in_a_row("2026-02-01", "2026-03-01", (100.0, 21.0, 121.0)),
            ("2026-05-01", 100.0, 21.0, 121.0),
            ("2026-06-01", 125.01, 26.25, 151.26),
            ("2026-07-01", 125.0, 26.25, 151.25),
        ],
        status="invoiced",
        unearned={"2026-05-31": 0.0, "2026-06-10": 83.34},
        package={"outplacement_months": 3},
    ),
    # The second begins where the first ends, whenever it is sold. On 10 July 10 of 31
    # days are earned: 99.99 - 32.25
    Scenario(
        name="extended twice",
        price=300.0,
        plan=MONTHLY,
        start="2026-02-01",
        events=[
            ("2026-03-10", "extend", {"months": 2, "price": 250.01}),
            ("2026-03-11", "extend", {"months": 1, "price": 99.99}),
        ],
        invoices=[
            *in_a_row("2026-02-01", "2026-04-01", (100.0, 21.0, 121.0)),
            ("2026-05-01", 125.01, 26.25, 151.26),
            ("2026-06-01", 125.0, 26.25, 151.25),
            ("2026-07-01", 99.99, 21.0, 120.99),
        ],
        status="invoiced",
        unearned={"2026-07-10": 67.74, "2026-07-31": 0.0},
        package={"outplacement_months": 3},
    ),
    # 500.00 in three: 166.67, 166.67, 166.66. Neither pays for April, which had not
    # started on 20 March. On 10 March 10 of 31 days: 1,000.00 - 322.58 and
    # 166.67 - 53.76
    Scenario(
        name="an insurer pays a part as well, then the candidate is placed",
        price=3000.0,
        plan=MONTHLY,
        start="2026-02-01",
        events=[
            ("2026-02-10", "add_payer", {"price": 500.0}),
            ("2026-03-20", "place", {}),
        ],
        invoices=[
            ("2026-02-01", 1000.0, 210.0, 1210.0),
            ("2026-02-10", 166.67, 35.0, 201.67),
            ("2026-03-01", 1000.0, 210.0, 1210.0),
            ("2026-03-01", 166.67, 35.0, 201.67),
        ],
        status="invoiced",
        unearned={"2026-03-10": 790.33, "2026-03-31": 0.0},
        package={"outplacement_months": 3, **STARTED},
    ),
    # Confirmed on 10 February: the person can withdraw up to and including the 24th.
    # After 28 of 89 days: 3,000.00 - 943.82 and 250.00 - 78.65
    Scenario(
        name="a person pays a part as well, VAT included",
        price=3000.0,
        plan=PREPAID,
        start="2026-02-01",
        events=[("2026-02-10", "add_payer", {"price": 302.5, "private": True})],
        invoices=[
            ("2026-02-01", 3000.0, 630.0, 3630.0),
            ("2026-02-25", 250.0, 52.5, 302.5),
        ],
        status="invoiced",
        unearned={"2026-02-28": 2227.53, "2026-04-30": 0.0},
        package={"outplacement_months": 3},
    ),
    # Three months have begun: 2,250.00 stays. 12,000.00 less that is 9,750.00 in nine:
    # 1,083.33, and 1,083.36 at last. On 30 April 19 of 30 days are earned: 686.11
    Scenario(
        name="a dearer package instead",
        price=9000.0,
        plan=MONTHLY,
        start="2026-01-12",
        events=[("2026-04-01", "change_package", {"price": 12000.0, "months": 12})],
        invoices=[
            *in_a_row("2026-01-12", "2026-03-12", (750.0, 157.5, 907.5)),
            *in_a_row("2026-04-12", "2026-11-12", (1083.33, 227.5, 1310.83)),
            ("2026-12-12", 1083.36, 227.51, 1310.87),
        ],
        status="invoiced",
        unearned={"2026-04-30": 397.22, "2027-01-11": 0.0},
    ),
    # Three of twelve months have begun: 2,248.75 of 8,995.00 stays, the rest is taken
    # back. 4,995.00 less that is 2,746.25 in the six months that are left of nine:
    # 457.71, and 457.70 at last. On 31 March 79 of 365 days: 8,995.00 - 1,946.86
    Scenario(
        name="a cheaper package instead of one that was prepaid",
        price=8995.0,
        plan=PREPAID,
        start="2026-01-12",
        events=[("2026-04-01", "change_package", {"price": 4995.0, "months": 9})],
        invoices=[
            ("2026-01-12", 8995.0, 1888.95, 10883.95),
            ("2026-04-01", -6746.25, -1416.71, -8162.96),
            *in_a_row("2026-04-12", "2026-08-12", (457.71, 96.12, 553.83)),
            ("2026-09-12", 457.7, 96.12, 553.82),
        ],
        status="invoiced",
        unearned={"2026-03-31": 7048.14, "2027-01-11": 0.0},
    ),
]
