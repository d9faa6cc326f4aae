from datetime import date, datetime
from decimal import Decimal
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from ..models.account_move_line_guard import CopiedId
from .common_revenue import RevenueCommon


@tagged("post_install", "-at_install")
class TestRevenuePause(RevenueCommon):
    """Nothing is earned in a pause, and the days after it move, also of what was
    invoiced before (R6, R13)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quarters = cls._make_plan(
            {"share": 100, "repeat_count": 4, "repeat_interval": 3}
        )

    def _pause(self, invoice, date_from, date_to=False, resumed=None):
        """Have the planner pause the traject of ``invoice``, and resume it."""
        traject = invoice.invoice_line_ids.outplacement_traject_id
        days = [day and date.fromisoformat(day) for day in (date_from, date_to)]
        with freeze_time(date_from):
            traject.with_user(self.planner)._pause(*days)
            self.env.flush_all()
        if resumed:
            self._resume(invoice, resumed)

    def _resume(self, invoice, day):
        traject = invoice.invoice_line_ids.outplacement_traject_id
        with freeze_time(day):
            traject.with_user(self.planner)._resume(date.fromisoformat(day))
            self.env.flush_all()

    def _get_days(self, lines):
        return [
            (str(line.outplacement_earned_from), str(line.outplacement_earned_until))
            for line in lines
        ]

    # ------------------------------------------------------------------
    # Prepaid
    # ------------------------------------------------------------------

    def assertTwoMonths(self):
        """7,450.00 from 2026-03-16, 365 days, none of them in June and July."""
        self.assertEarned("2026-05-31", "1571.64", "5878.36")
        self.assertEarned("2026-06-30", "1571.64", "5878.36")
        self.assertEarned("2026-07-31", "1571.64", "5878.36")
        # 77 + 31 days
        self.assertEarned("2026-08-31", "2204.38", "5245.62")
        # 291 - 61 days
        self.assertEarned("2026-12-31", "4694.52", "2755.48")
        # the end of term until then: 365 - 61 days
        self.assertEarned("2027-03-15", "6204.93", "1245.07")
        self.assertEarned("2027-05-14", "7429.59", "20.41")
        self.assertEarned("2027-05-15", "7450.00", "0.00")
        months = self._get_months()
        self.assertEqual(sum(months.values()), Decimal("7450.00"))
        self.assertEqual((months[2026, 6], months[2026, 7]), (0, 0))
        self.assertEqual(months[2026, 8], Decimal("632.74"))

    def test_prepaid(self):
        """The end of term and the days of earning move by the same."""
        invoice = self._bill_prepaid()
        self._pause(invoice, "2026-06-01", "2026-07-31", resumed="2026-08-01")
        line = invoice.invoice_line_ids
        self.assertEqual(str(line.outplacement_traject_id.date_end), "2027-05-15")
        self.assertEqual(self._get_days(line), [("2026-03-16", "2027-05-15")])
        self.assertEqual(str(line.outplacement_period_end), "2027-03-15", "as billed")
        self.assertTwoMonths()

    def _count_writes(self, name):
        """Have writes of journal items that set ``name`` listed meanwhile."""
        Line = self.registry["account.move.line"]
        write, writes = Line.write, []

        def count(lines, vals):
            if name in vals:
                writes.append(len(lines))
            return write(lines, vals)

        return patch.object(Line, "write", count), writes

    def test_lines_move_together(self):
        """An invoice line and what credits it in one go, and only what moves."""
        invoice = self._bill_prepaid()
        lines = (invoice | self._credit(invoice)).invoice_line_ids
        former = (date(2026, 3, 16), date(2027, 3, 15))
        later = (date(2026, 3, 16), date(2027, 5, 15))
        counting, writes = self._count_writes("outplacement_earned_until")
        with counting:
            lines._move_outplacement_earning(former, later)
            lines._move_outplacement_earning(former, later)
        self.assertEqual(writes, [2])
        self.assertEqual(self._get_days(lines), [("2026-03-16", "2027-05-15")] * 2)

    def test_links_are_written_together(self):
        invoice = self._bill_prepaid()
        traject = invoice.invoice_line_ids.outplacement_traject_id
        counting, writes = self._count_writes("outplacement_traject_id")
        with counting:
            entry = self.env["account.move"].create(
                {
                    "line_ids": [
                        Command.create(
                            {
                                "account_id": self.revenue_account.id,
                                "balance": balance,
                                "outplacement_traject_id": CopiedId(traject.id),
                            }
                        )
                        for balance in (1.0, -1.0)
                    ]
                }
            )
        self.assertEqual(writes, [2])
        self.assertEqual(entry.line_ids.outplacement_traject_id, traject)

    def test_by_a_default(self):
        """Of which traject the pause is, the context may say."""
        invoice = self._bill_prepaid()
        line = invoice.invoice_line_ids
        traject = line.outplacement_traject_id
        Pause = self.env["outplacement.pause"]
        Pause.with_context(default_traject_id=traject.id).create(
            {"date_from": "2026-06-01", "date_to": "2026-07-31"}
        )
        self.assertEqual(self._get_days(line), [("2026-03-16", "2027-05-15")])

    def test_recorded_afterwards(self):
        """Or resumed on another day than was expected."""
        invoice = self._bill_prepaid()
        self._pause(invoice, "2026-06-01", "2026-12-31")
        self.assertEqual(
            self._get_days(invoice.invoice_line_ids), [("2026-03-16", "2027-10-15")]
        )
        self._resume(invoice, "2026-08-01")
        self.assertTwoMonths()

    def test_while_it_goes_on(self):
        """Nothing is earned from its first day on, and the rest later."""
        invoice = self._bill_prepaid()
        self._pause(invoice, "2026-06-01")
        for day, last in (
            ("2026-05-31", "2027-03-15"),
            ("2026-06-15", "2027-03-30"),
            ("2026-07-31", "2027-05-15"),
        ):
            self.assertEarned(day, "1571.64", "5878.36")
            rows = self._get_report(day).search([])
            self.assertEqual({str(row.earned_until) for row in rows}, {last})
            total = sum(self._get_months(day).values())
            self.assertEqual(total, Decimal("7450.00"))
        self._resume(invoice, "2026-08-01")
        self.assertTwoMonths()

    def test_longer_than_expected(self):
        """It lasts until the traject is resumed."""
        invoice = self._bill_prepaid()
        self._pause(invoice, "2026-06-01", "2026-06-20")
        self.assertEarned("2026-07-31", "1571.64", "5878.36")
        self._resume(invoice, "2026-08-01")
        self.assertTwoMonths()

    def test_not_paused_after_all(self):
        invoice = self._bill_prepaid()
        self._pause(invoice, "2026-06-01", "2026-06-20")
        self._resume(invoice, "2026-06-01")
        self.assertEqual(
            self._get_days(invoice.invoice_line_ids), [("2026-03-16", "2027-03-15")]
        )
        self.assertEarned("2026-12-31", "5939.59", "1510.41")

    def test_a_whole_month(self):
        """February moves the end of term by a month, and service by its 28 days: what
        was earned before stays."""
        invoice = self._bill_prepaid()
        line = invoice.invoice_line_ids
        self.assertEarned("2027-01-31", "6572.33", "877.67")
        self._pause(invoice, "2027-02-01", "2027-02-28", resumed="2027-03-01")
        self.assertEqual(str(line.outplacement_traject_id.date_end), "2027-04-15")
        self.assertEqual(self._get_days(line), [("2026-03-16", "2027-04-12")])
        self.assertEarned("2027-01-31", "6572.33", "877.67")
        self.assertEarned("2027-02-28", "6572.33", "877.67")
        # 353 of 365 days
        self.assertEarned("2027-03-31", "7205.07", "244.93")
        self.assertEarned("2027-04-12", "7450.00", "0.00")

    def test_credited(self):
        """A credit note follows what it credits."""
        invoice = self._bill_prepaid()
        note = self._credit(invoice, "2026-05-01")
        self._pause(invoice, "2026-06-01", "2026-07-31", resumed="2026-08-01")
        days = ("2026-03-16", "2027-05-15")
        lines = invoice.invoice_line_ids | note.invoice_line_ids
        self.assertEqual(self._get_days(lines), [days, days])
        self.assertEarned("2026-12-31", "0", "0")

    def test_chosen_days(self):
        """Days that finance chose move as well: what was earned of them stays."""
        order = self._sell_and_start(self.prepaid, date_start="2026-03-16")
        invoice = self._invoice(order, "2026-03-16", post=False)
        invoice.invoice_line_ids.with_user(self.finance).write(
            {
                "outplacement_earned_from": "2026-05-22",
                "outplacement_earned_until": "2026-06-10",
            }
        )
        invoice.action_post()
        # 10 of 20 days
        self.assertEarned("2026-05-31", "3725.00", "3725.00")
        self._pause(invoice, "2026-06-01", "2026-06-05", resumed="2026-06-06")
        self.assertEqual(
            self._get_days(invoice.invoice_line_ids), [("2026-05-22", "2026-06-15")]
        )
        self.assertEarned("2026-05-31", "3725.00", "3725.00")
        self.assertEarned("2026-06-05", "3725.00", "3725.00")
        self.assertEarned("2026-06-10", "5587.50", "1862.50")
        self.assertEarned("2026-06-15", "7450.00", "0.00")

    # ------------------------------------------------------------------
    # By months, and by events
    # ------------------------------------------------------------------

    def test_a_quarter_that_is_interrupted(self):
        """March on an invoice of March to May: the rest is served in June and July."""
        package = self._make_package(1200.0, self.quarters)
        order = self._sell_and_start(package, date_start="2026-03-01")
        invoice = self._invoice(order, "2026-03-01")
        self._pause(invoice, "2026-04-01", "2026-05-31", resumed="2026-06-01")
        self.assertEqual(
            self._get_days(invoice.invoice_line_ids), [("2026-03-01", "2026-07-31")]
        )
        # 31 of 92 days
        self.assertEarned("2026-05-31", "101.09", "198.91")
        self.assertEarned("2026-07-31", "300.00", "0.00")
        later = self._invoice(order, "2026-08-01")
        self.assertEqual(
            self._get_days(later.invoice_line_ids), [("2026-08-01", "2026-10-31")]
        )
        self.assertEarned("2026-10-31", "600.00", "0.00")

    def test_a_quarter_that_is_billed_late(self):
        """After the pause, or before it: the same days."""
        package = self._make_package(1200.0, self.quarters)
        order = self._sell_and_start(package, date_start="2026-03-01")
        traject = order.outplacement_traject_ids.with_user(self.planner)
        with freeze_time("2026-04-01"):
            traject._pause(date(2026, 4, 1))
        with freeze_time("2026-06-01"):
            traject._resume(date(2026, 6, 1))
        invoice = self._invoice(order, "2026-06-01")
        self.assertEqual(
            self._get_days(invoice.invoice_line_ids), [("2026-03-01", "2026-07-31")]
        )

    def test_a_session_was_held(self):
        """A pause takes nothing back of what happened on a day."""
        plan = self._make_plan({"share": 100, "trigger": "session"})
        package = self._make_package(100.0, plan, outplacement_session_count=1)
        order = self._sell_and_start(package, date_start="2026-03-01")
        with freeze_time("2026-06-20"):
            session = self.env["outplacement.session"].create(
                {
                    "traject_id": order.outplacement_traject_ids.id,
                    "coach_id": self.coach.id,
                    "start": datetime(2026, 6, 3, 9),
                }
            )
            session.with_user(self.coach)._set_state("held")
        invoice = self._invoice(order, "2026-06-30")
        self._pause(invoice, "2026-06-10")
        self.assertEarned("2026-06-30", "100.00", "0.00")

    # ------------------------------------------------------------------
    # The books
    # ------------------------------------------------------------------

    def test_entries(self):
        """What is unearned stays so during the pause: there is nothing to book."""
        self.company.write(
            {
                "outplacement_revenue_mode": "posted",
                **self.company._get_outplacement_revenue_proposals(),
                "outplacement_revenue_from": "2026-03-01",
            }
        )
        invoice = self._bill_prepaid()
        Booking = self.env["outplacement.revenue.booking"]
        with freeze_time("2026-06-01"):
            Booking._book(self.company, date(2026, 5, 31))
        self._pause(invoice, "2026-06-01")
        for resumed in (False, True):
            if resumed:
                self._resume(invoice, "2026-08-01")
            with freeze_time("2026-09-01"), self.subTest(resumed=resumed):
                for day in (date(2026, 6, 30), date(2026, 7, 31)):
                    self.assertFalse(Booking._book(self.company, day))
        with freeze_time("2026-09-01"):
            entry = Booking._book(self.company, date(2026, 8, 31))
        self.assertEqual(entry.amount_total, 632.74)
