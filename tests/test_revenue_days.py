from datetime import date
from decimal import Decimal

from odoo.tests import freeze_time, tagged

from .common_revenue import RevenueCommon


@tagged("post_install", "-at_install")
class TestRevenueDays(RevenueCommon):
    """What is earned on a day stays so, whatever happens later: the days of service of
    what was invoiced follow the facts of the traject (R13)."""

    def _pause(self, traject, date_from, resumed=None):
        with freeze_time(date_from):
            traject.with_user(self.planner)._pause(date.fromisoformat(date_from))
            self.env.flush_all()
        if resumed:
            with freeze_time(resumed):
                traject.with_user(self.planner)._resume(date.fromisoformat(resumed))
                self.env.flush_all()

    def _get_days(self, lines):
        return [
            (str(line.outplacement_earned_from), str(line.outplacement_earned_until))
            for line in lines
        ]

    def _change_package(self, traject, day):
        """Return the credit note of what was prepaid, when another package begins."""
        big = self._make_package(11995.0, self.plan_start, name="Big")
        traject.account_manager_id = self.account_manager
        with freeze_time(day):
            wizard = self.env["outplacement.traject.package"].with_user(
                self.account_manager
            )
            wizard.create(
                {"traject_id": traject.id, "product_id": big.id, "date": day}
            ).action_confirm()
            self.env.flush_all()
            moves = traject.sudo().sale_line_id.invoice_lines.move_id
            note = moves.filtered(lambda move: move.move_type == "out_refund")
            note.with_user(self.finance).action_post()
            self.env.flush_all()
        return note

    # ------------------------------------------------------------------
    # Pauses
    # ------------------------------------------------------------------

    def test_pause_after_another_package(self):
        """The instalment pays for half a year by then, its invoice for a whole one."""
        invoice = self._bill_prepaid()
        traject = invoice.invoice_line_ids.outplacement_traject_id
        note = self._change_package(traject, "2026-09-16")
        lines = invoice.invoice_line_ids | note.invoice_line_ids
        domain = [("move_id", "in", lines.move_id.ids)]
        past = ("2026-06-30", "2026-09-15", "2026-09-30", "2026-10-15")
        earned = {day: self._get_totals(day, domain) for day in past}
        # 184 of 365 days
        self.assertEqual(str(earned["2026-09-15"][0]), "3755.62")
        self._pause(traject, "2026-10-16")
        self.assertEqual({day: self._get_totals(day, domain) for day in past}, earned)
        with freeze_time("2026-11-16"):
            traject.with_user(self.planner)._resume(date(2026, 11, 16))
            self.env.flush_all()
        self.assertEqual({day: self._get_totals(day, domain) for day in past}, earned)
        self.assertEqual(
            self._get_days(lines),
            [("2026-03-16", "2027-04-15"), ("2026-09-16", "2027-04-15")],
        )
        self.assertEqual(
            self._get_totals("2027-04-15", domain), (Decimal(3725), Decimal(0))
        )

    def test_pause_after_another_term(self):
        """A month more for the traject, not for what was invoiced."""
        invoice = self._bill_prepaid()
        traject = invoice.invoice_line_ids.outplacement_traject_id
        with freeze_time("2026-04-01"):
            traject.with_user(self.planner).months = 13
            self.env.flush_all()
        self._pause(traject, "2026-06-01", resumed="2026-08-01")
        self.assertEqual(str(traject.date_end), "2027-06-15")
        self.assertEqual(
            self._get_days(invoice.invoice_line_ids), [("2026-03-16", "2027-05-15")]
        )
        # 77 and 230 of 365 days
        self.assertEarned("2026-05-31", "1571.64", "5878.36")
        self.assertEarned("2026-12-31", "4694.52", "2755.48")
        self.assertEarned("2027-05-15", "7450.00", "0.00")

    def test_pause_of_what_is_billed_again(self):
        """A line of nobody's instalment is of the traject as well."""
        invoice = self._bill_prepaid()
        line = invoice.invoice_line_ids
        traject = line.outplacement_traject_id
        line.outplacement_instalment_id = False
        self.env.flush_all()
        self.assertEarned("2026-05-31", "1571.64", "5878.36")
        self._pause(traject, "2026-06-01", resumed="2026-08-01")
        self.assertEqual(self._get_days(line), [("2026-03-16", "2027-05-15")])
        self.assertEarned("2026-05-31", "1571.64", "5878.36")

    def test_pause_of_a_line_before_and_after(self):
        """A month that is over stays, one that is to come moves, also when the pause
        turns out shorter, or not to be one."""
        monthly = self._make_plan(
            {"share": 100, "repeat_count": 4, "repeat_interval": 3}
        )
        order = self._sell_and_start(
            self._make_package(1200.0, monthly), date_start="2026-03-01"
        )
        traject = order.outplacement_traject_ids
        invoices = [self._invoice(order, day) for day in ("2026-03-01", "2026-06-01")]
        lines = invoices[0].invoice_line_ids | invoices[1].invoice_line_ids
        over = ("2026-03-01", "2026-05-31")
        with freeze_time("2026-06-01"):
            traject.with_user(self.planner)._pause(date(2026, 6, 1), date(2026, 6, 20))
            self.env.flush_all()
        self.assertEqual(self._get_days(lines), [over, ("2026-06-21", "2026-09-20")])
        with freeze_time("2026-06-06"):
            traject.with_user(self.planner)._resume(date(2026, 6, 6))
            self.env.flush_all()
        self.assertEqual(self._get_days(lines), [over, ("2026-06-06", "2026-09-05")])
        traject.sudo().pause_ids.unlink()
        self.env.flush_all()
        self.assertEqual(self._get_days(lines), [over, ("2026-06-01", "2026-08-31")])
