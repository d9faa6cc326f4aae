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

    # ------------------------------------------------------------------
    # The start
    # ------------------------------------------------------------------

    def _sell_at_confirmation(self, date_start=None):
        """Return the order of what is billed once it is confirmed; in intake."""
        plan = self._make_plan({"share": 100, "trigger": "confirmation"})
        order = self._sell(self._make_package(9000.0, plan))
        if date_start:
            self._write_start(order.outplacement_traject_ids, date_start)
        return order

    def _write_start(self, traject, date_start):
        with freeze_time("2026-01-05"):
            traject.with_user(self.planner).date_start = date_start
            self.env.flush_all()

    def _activate_on(self, traject, date_start):
        """Have its coach start the traject with the wizard."""
        with freeze_time("2026-01-05"):
            traject.with_user(self.planner).candidate_id = self.candidate
            traject.with_user(self.planner)._assign_member(
                self.coach, "coach", date(2026, 1, 1)
            )
            wizard = self.env["outplacement.traject.activate"].with_user(self.coach)
            wizard.create(
                {"traject_id": traject.id, "date_start": date_start}
            ).action_activate()
            self.env.flush_all()

    def test_start_becomes_known(self):
        """From then on a line has days of its own: what is sold later changes none."""
        order = self._sell_at_confirmation()
        traject = order.outplacement_traject_ids
        invoice = self._invoice(order, "2026-01-05")
        self.assertEqual(self._get_days(invoice.invoice_line_ids), [("False", "False")])
        self.assertEarned("2026-06-30", "0", "9000.00")
        self._activate_on(traject, "2026-01-12")
        self.assertEqual(
            self._get_days(invoice.invoice_line_ids), [("2026-01-12", "2027-01-11")]
        )
        self.assertEarned("2026-06-30", "4191.78", "4808.22")
        with freeze_time("2026-07-01"):
            wizard = self.env["outplacement.traject.extend"]
            wizard.with_user(self.account_manager).create(
                {
                    "traject_id": traject.id,
                    "months": 3,
                    "price": 600.0,
                    "plan_id": self.plan_start.id,
                }
            ).action_confirm()
            self.env.flush_all()
        self.assertEqual(str(traject.date_end), "2027-04-11")
        self.assertEarned("2026-06-30", "4191.78", "4808.22")

    def test_start_is_another_one(self):
        """Nothing is earned before the start, however it is written: in intake, not
        known after all, or on activation."""
        order = self._sell_at_confirmation("2026-01-12")
        traject = order.outplacement_traject_ids
        line = self._invoice(order, "2026-01-05").invoice_line_ids
        self.assertEqual(self._get_days(line), [("2026-01-12", "2027-01-11")])
        self._write_start(traject, "2026-02-01")
        self.assertEqual(self._get_days(line), [("2026-02-01", "2027-01-31")])
        self._write_start(traject, False)
        self.assertEqual(self._get_days(line), [("False", "False")])
        self.assertEarned("2026-02-28", "0", "9000.00")
        self._write_start(traject, "2026-01-12")
        self._activate_on(traject, "2026-03-01")
        self.assertEqual(self._get_days(line), [("2026-03-01", "2027-02-28")])
        self.assertEarned("2026-02-28", "0", "9000.00")
        # 31 of 365 days
        self.assertEarned("2026-03-31", "764.38", "8235.62")
        self._pause(traject, "2026-06-01", resumed="2026-08-01")
        self.assertEarned("2026-03-31", "764.38", "8235.62")
        self.assertEarned("2027-04-30", "9000.00", "0.00")

    def test_start_of_what_is_credited(self):
        """A credit note follows what it credits."""
        order = self._sell_at_confirmation("2026-01-12")
        invoice = self._invoice(order, "2026-01-05")
        note = self._credit(invoice, "2026-01-06", post=False)
        self._write_start(order.outplacement_traject_ids, "2026-03-01")
        lines = invoice.invoice_line_ids | note.invoice_line_ids
        days = ("2026-03-01", "2027-02-28")
        self.assertEqual(self._get_days(lines), [days, days])

    def test_start_and_chosen_days(self):
        """Days that finance chose stay: they say nothing of the start."""
        order = self._sell_at_confirmation("2026-01-12")
        invoice = self._invoice(order, "2026-01-05", post=False)
        chosen = ("2026-01-20", "2026-12-31")
        invoice.invoice_line_ids.with_user(self.finance).write(
            {
                "outplacement_earned_from": chosen[0],
                "outplacement_earned_until": chosen[1],
            }
        )
        self._write_start(order.outplacement_traject_ids, "2026-03-01")
        self.assertEqual(self._get_days(invoice.invoice_line_ids), [chosen])

    def test_start_after_another_term(self):
        """A month more for the traject, not for what was invoiced."""
        order = self._sell_at_confirmation("2026-01-12")
        traject = order.outplacement_traject_ids
        line = self._invoice(order, "2026-01-05").invoice_line_ids
        with freeze_time("2026-01-05"):
            traject.with_user(self.planner).months = 13
            self.env.flush_all()
        self._activate_on(traject, "2026-03-01")
        # 48 days later
        self.assertEqual(self._get_days(line), [("2026-03-01", "2027-02-28")])
        self.assertEarned("2026-02-28", "0", "9000.00")
