from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common_life import LifeCommon


@tagged("post_install", "-at_install")
class TestPause(LifeCommon):
    """A pause moves what is not invoiced, and the end of term, by its length (R6)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.package = cls._make_package(7990.0, cls.plan_monthly)
        cls.order = cls._sell_and_start(cls.package, date_start="2026-03-01")
        cls.traject = cls.order.outplacement_traject_ids
        cls.instalments = cls.traject.instalment_ids.sorted("number")

    def _pause(self, date_from, date_to=False, today=None, user=None):
        with freeze_time(today or date_from):
            traject = self.traject.with_user(user or self.planner)
            traject._pause(
                date.fromisoformat(date_from), date_to and date.fromisoformat(date_to)
            )
            self.env.flush_all()

    def _resume(self, day, today=None, user=None):
        with freeze_time(today or day):
            traject = self.traject.with_user(user or self.planner)
            traject._resume(date.fromisoformat(day))
            self.env.flush_all()

    def _get_dates(self):
        return [str(day) for day in self.instalments.mapped("date")]

    # ------------------------------------------------------------------
    # Dates
    # ------------------------------------------------------------------

    def test_worked_example(self):
        """7,990.00 in 12 from 2026-03-01, paused in June and July."""
        for day in ("2026-03-01", "2026-04-01", "2026-05-01"):
            self._invoice(self.order, day)
        self._pause("2026-06-01", "2026-07-31")
        self.assertEqual(
            self._get_dates(),
            [
                *("2026-03-01", "2026-04-01", "2026-05-01"),
                *(f"2026-{month:02}-01" for month in range(8, 13)),
                *(f"2027-{month:02}-01" for month in range(1, 5)),
            ],
        )
        self.assertEqual(self.traject.date_end, date(2027, 4, 30))
        self._resume("2026-08-01")
        self.assertEqual(self.traject.date_end, date(2027, 4, 30))
        eighth = self._invoice(self.order, "2026-08-01")
        self.assertAmounts(eighth, (665.83, 139.82, 805.65))
        line = eighth.invoice_line_ids
        self.assertEqual(line.outplacement_period_start, date(2026, 8, 1))
        self.assertEqual(line.outplacement_period_end, date(2026, 8, 31))
        for month in (*range(9, 13),):
            self._invoice(self.order, f"2026-{month:02}-01")
        for month in (1, 2, 3):
            self._invoice(self.order, f"2027-{month:02}-01")
        last = self._invoice(self.order, "2027-04-01")
        self.assertAmounts(last, (665.87, 139.83, 805.70))
        self.assertEqual(self.instalments[-1].period_end, date(2027, 4, 30))
        self.assertEqual(self.order.invoice_status, "invoiced")
        self.assertEqual(sum(self.order.invoice_ids.mapped("amount_untaxed")), 7990.0)

    def test_days(self):
        """Not whole months: by days, still counted from the start (R4)."""
        self._pause("2026-06-10", "2026-06-19", today="2026-06-12")
        self.assertEqual(
            self._get_dates()[3:6], ["2026-06-01", "2026-07-11", "2026-08-11"]
        )
        self.assertEqual(self.traject.date_end, date(2027, 3, 10))

    def test_on_its_first_day_and_the_day_before(self):
        for first, moved in (
            ("2026-06-01", "2026-06-02"),
            ("2026-06-02", "2026-06-01"),
        ):
            with self.subTest(first=first), self.cr.savepoint() as undone:
                self._pause(first, first)
                self.assertEqual(self._get_dates()[3], moved)
                self.assertEqual(self._get_dates()[4], "2026-07-02")
                undone.rollback()
                self.env.invalidate_all()

    def test_end_of_the_month_stays(self):
        """31 January, paused from 1 to 28 February: 31 March, not the 28th (R4)."""
        order = self._sell_and_start(self.package, date_start="2026-01-31")
        traject = order.outplacement_traject_ids.with_user(self.planner)
        with freeze_time("2026-02-01"):
            traject._pause(date(2026, 2, 1), date(2026, 2, 28))
        dates = [str(i.date) for i in self._get_instalments(order)]
        self.assertEqual(
            dates[:4], ["2026-01-31", "2026-03-31", "2026-04-30", "2026-05-31"]
        )
        self.assertEqual(dates[-1], "2027-01-31")
        self.assertEqual(traject.date_end, date(2027, 2, 27))

    def test_leap_day(self):
        order = self._sell_and_start(self.package, date_start="2023-12-31")
        traject = order.outplacement_traject_ids.with_user(self.planner)
        with freeze_time("2024-01-31"):
            traject._pause(date(2024, 1, 31), date(2024, 2, 28))
        instalments = self._get_instalments(order)
        # a month from 31 January would last until 28 February: that is the 29th here
        self.assertEqual(instalments[1].date, date(2024, 2, 29))
        self.assertEqual(instalments[2].date, date(2024, 3, 31))

    def test_two_pauses(self):
        """The second one counts from where things stand by then."""
        self._pause("2026-06-01", "2026-06-30")
        self._resume("2026-07-01")
        self._pause("2026-09-01", "2026-09-10")
        self.assertEqual(
            self._get_dates()[2:8],
            [
                *("2026-05-01", "2026-07-01", "2026-08-01"),
                *("2026-09-11", "2026-10-11", "2026-11-11"),
            ],
        )
        self.assertEqual(self.traject.date_end, date(2027, 4, 10))

    def test_what_is_invoiced_stays(self):
        self._invoice(self.order, "2026-06-01")
        self._pause("2026-05-15", "2026-06-30", today="2026-06-02")
        first = self.instalments[:4]
        self.assertEqual(set(first.mapped("state")), {"invoiced"})
        self.assertEqual(str(first[3].date), "2026-06-01")
        self.assertEqual(first[3].period_end, date(2026, 6, 30))
        self.assertEqual(str(self.instalments[4].date), "2026-08-17")

    def test_an_agreed_date_stays(self):
        with freeze_time("2026-05-01"):
            self.instalments[4].with_user(self.finance).date_agreed = "2026-07-10"
        self._pause("2026-06-01", today="2026-07-10")
        self.assertEqual(self.instalments[4].state, "due")
        self._resume("2026-08-01")
        self.assertEqual(str(self.instalments[4].date), "2026-07-10")
        self.assertEqual(self.instalments[4].period_start, date(2026, 9, 1))

    # ------------------------------------------------------------------
    # Open pauses
    # ------------------------------------------------------------------

    def test_an_open_pause_holds(self):
        self._pause("2026-06-01")
        with freeze_time("2026-09-15"):
            self.env["outplacement.instalment"]._update_due()
        states = self.instalments.mapped("state")
        self.assertEqual(states, ["due"] * 3 + ["planned"] * 9)
        self.assertEqual(self._get_dates()[3], "2026-06-01")
        self.assertEqual(self.traject.date_end, date(2027, 2, 28))
        self.assertEqual(self.traject.state, "paused")
        self._resume("2026-08-01", today="2026-09-15")
        self.assertEqual(self.instalments[3:5].mapped("state"), ["due", "due"])
        self.assertEqual(self._get_dates()[3:5], ["2026-08-01", "2026-09-01"])
        self.assertEqual(self.traject.date_end, date(2027, 4, 30))

    def test_an_expected_end_that_has_passed_holds(self):
        """Until somebody resumes the traject, nobody knows when it goes on."""
        self._pause("2026-06-01", "2026-06-30")
        july = self.instalments[3]
        self.assertEqual(str(july.date), "2026-07-01")
        with freeze_time("2026-07-02"):
            self.env["outplacement.instalment"]._update_due()
            self.assertEqual(july.state, "planned")
            with self.assertRefused("waits: its traject is paused"):
                july.with_user(self.finance).action_create_invoices()
            self.assertEqual(self.instalments[2].state, "due", "of before the pause")
        self._resume("2026-07-11")
        self.assertEqual(str(july.date), "2026-07-11")
        with freeze_time("2026-07-11"):
            self.env["outplacement.instalment"]._update_due()
            self.assertEqual(july.state, "due")

    def test_a_held_instalment_says_why(self):
        self._pause("2026-06-01")
        fourth = self.instalments[3].with_user(self.finance)
        with freeze_time("2026-06-10"), self.assertRefused("its traject is paused"):
            fourth.action_create_invoices()

    def test_it_is_told(self):
        """With its days on the traject; on the order that something moved."""
        self._pause("2026-06-01")
        text = "is paused since 06/01/2026: instalments"
        self.assertIn(text, self.traject.message_ids[0].body)
        self._resume("2026-06-11")
        text = "paused from 06/01/2026 to 06/10/2026. The end of"
        self.assertIn(text, self.traject.message_ids[0].body)
        bodies = self.order.message_ids.mapped("body")[:2]
        text = (
            f"<p>Dates or amounts of instalments of {self.traject.name} changed: see "
            "the instalments.</p>"
        )
        self.assertEqual(bodies, [text] * 2)

    def test_paused_before_pauses_were_kept(self):
        self._pause("2026-06-01")
        self.traject.pause_ids.unlink()
        dates = self._get_dates()
        self._resume("2026-07-01")
        self.assertEqual(self.traject.state, "active")
        self.assertEqual(self._get_dates(), dates)

    def test_resumed_earlier_or_later(self):
        """Than was expected: the pause is as long as it was."""
        for day, fourth in (
            ("2026-07-01", "2026-07-01"),
            ("2026-08-01", "2026-08-01"),
            ("2026-08-11", "2026-08-11"),
        ):
            with self.subTest(day=day), self.cr.savepoint() as undone:
                self._pause("2026-06-01", "2026-07-31")
                self._resume(day)
                self.assertEqual(self._get_dates()[3], fourth)
                self.assertEqual(self.traject.state, "active")
                undone.rollback()
                self.env.invalidate_all()

    def test_resumed_on_its_first_day(self):
        """As if it had never been."""
        before = self._get_dates()
        self._pause("2026-06-01", "2026-07-31")
        self._resume("2026-06-01")
        self.assertFalse(self.traject.pause_ids)
        self.assertEqual(self._get_dates(), before)

    def test_placed_or_closed_while_paused(self):
        """The pause ends the day before, as was shown."""
        for target, outcome in (("aftercare", "placed"), ("closed", "stopped")):
            with self.subTest(target=target), self.cr.savepoint() as undone:
                self._pause("2026-06-01")
                changes = self._end(self.order, target, "2026-07-01", outcome=outcome)
                self.assertEqual(self.traject.pause_ids.date_to, date(2026, 6, 30))
                self.assertEqual(str(changes[3]["date_after"]), self._get_dates()[3])
                self.assertEqual(self.traject.date_end, date(2027, 3, 31))
                undone.rollback()
                self.env.invalidate_all()

    # ------------------------------------------------------------------
    # Refused
    # ------------------------------------------------------------------

    def test_refusals(self):
        self._pause("2026-04-10", "2026-04-20", today="2026-04-15")
        with self.assertRefused("cannot become paused"):
            self._pause("2026-05-01")
        self._resume("2026-04-21")
        for values, today, text in (
            (("2026-04-20",), "2026-05-01", "04/10/2026 to 04/20/2026: pauses do not"),
            (("2026-05-02",), "2026-05-01", "begins today or earlier"),
            (("2026-02-28",), "2026-05-01", "started on 03/01/2026"),
            (("2026-04-22", "2026-04-25"), "2026-05-01", "lies in the past"),
        ):
            with self.subTest(text=text), self.assertRefused(text):
                self._pause(*values, today=today)
        with self.assertRefused("cannot become active"):
            self._resume("2026-05-01")
        self._pause("2026-05-01")
        with self.assertRefused("paused since 05/01/2026: it cannot be resumed"):
            self._resume("2026-04-30", today="2026-05-02")
        with self.assertRefused("lies in the future"):
            self._resume("2026-05-03", today="2026-05-02")

    def test_not_before_it_starts_nor_after_it_ends(self):
        order = self._sell(self.package)
        traject = order.outplacement_traject_ids.with_user(self.planner)
        with self.assertRefused("cannot become paused"):
            traject._pause(date(2026, 1, 1))
        self._end(self.order, "closed", "2026-05-01", outcome="stopped")
        with self.assertRefused("cannot become paused"):
            self._pause("2026-05-01")

    def test_the_start_stays_before_its_pauses(self):
        self._pause("2026-04-10")
        self._resume("2026-04-20")
        with freeze_time("2026-04-20"), self.assertRefused("paused on 04/10/2026"):
            self.traject.with_user(self.planner)._correct_start(date(2026, 4, 15))

    def test_in_the_database(self):
        Pause = self.env["outplacement.pause"]
        values = {"traject_id": self.traject.id, "date_from": "2026-05-01"}
        Pause.create({**values, "date_to": "2026-05-31"})
        with self.assertRefused("pauses do not overlap", ValidationError):
            Pause.create({**values, "date_from": "2026-05-31", "date_to": "2026-06-01"})
        Pause.create({**values, "date_from": "2026-06-01"})
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            Pause.create({**values, "date_from": "2026-07-01"})

    # ------------------------------------------------------------------
    # Who, and what they see
    # ------------------------------------------------------------------

    def test_wizards(self):
        """What they show is what comes."""
        guided = self.traject.with_user(self.coach)
        with freeze_time("2026-06-01"):
            form = Form.from_action(guided.env, guided.action_pause())
            self.assertEqual(form.date_from, date(2026, 6, 1))
            self.assertEqual(form.date_end_after, date(2027, 2, 28))
            form.date_to = date(2026, 7, 31)
            self.assertEqual(form.date_end_after, date(2027, 4, 30))
            wizard = form.save()
            self.assertEqual(
                wizard.change_ids.mapped("action"), ["keep"] * 3 + ["move"] * 9
            )
            shown = [str(day) for day in wizard.change_ids.mapped("date_after")]
            self.assertEqual(self.traject.state, "active", "nothing has happened yet")
            wizard.action_confirm()
        self.assertEqual(self._get_dates(), shown)
        self.assertEqual(self.traject.state, "paused")
        with freeze_time("2026-07-11"):
            form = Form.from_action(guided.env, guided.action_resume())
            self.assertEqual(form.date_resumed, date(2026, 7, 11))
            self.assertEqual(form.date_from, date(2026, 6, 1))
            self.assertEqual(form.date_end_after, date(2027, 4, 9))
            wizard = form.save()
            shown = [str(day) for day in wizard.change_ids.mapped("date_after")]
            wizard.action_confirm()
        self.assertEqual(self._get_dates(), shown)
        self.assertEqual(self._get_dates()[3], "2026-07-11")
        self.assertEqual(self.traject.state, "active")

    def test_resume_proposes_what_was_expected(self):
        self._pause("2026-06-01", "2026-06-30")
        for today, proposed in (
            ("2026-06-15", date(2026, 6, 15)),
            ("2026-07-20", date(2026, 7, 1)),
        ):
            with freeze_time(today):
                Wizard = self.env["outplacement.traject.resume"].with_user(self.planner)
                wizard = Wizard.create({"traject_id": self.traject.id})
                self.assertEqual(wizard.date_resumed, proposed)

    def test_wizard_says_what_is_refused(self):
        with freeze_time("2026-04-01"):
            Wizard = self.env["outplacement.traject.pause"].with_user(self.planner)
            wizard = Wizard.create(
                {"traject_id": self.traject.id, "date_from": "2026-04-02"}
            )
            self.assertIn("begins today or earlier", wizard.refusal_text)
            self.assertFalse(wizard.change_ids)
            with self.assertRefused("begins today or earlier"):
                wizard.action_confirm()

    def test_who_pauses(self):
        for user in (self.coach, self.planner, self.manager):
            with self.subTest(user=user.name), self.cr.savepoint() as undone:
                self._pause("2026-06-01", user=user)
                self._resume("2026-06-02", user=user)
                undone.rollback()
                self.env.invalidate_all()
        for user in (self.other_coach, self.account_manager, self.finance):
            with self.subTest(user=user.name):
                with self.assertRaises(AccessError), self.cr.savepoint():
                    self._pause("2026-06-01", user=user)
                with self.assertRaises(AccessError), self.cr.savepoint():
                    self.traject.with_user(user).action_pause()
        self._pause("2026-06-01")
        for user in (self.other_coach, self.account_manager, self.finance):
            with self.subTest(user=user.name):
                with self.assertRaises(AccessError), self.cr.savepoint():
                    self._resume("2026-06-02", user=user)
                with self.assertRaises(AccessError), self.cr.savepoint():
                    self.traject.with_user(user).action_resume()
        self.assertEqual(self.traject.state, "paused")

    def test_who_reads(self):
        """The deal does; nobody writes."""
        self._pause("2026-06-01", "2026-06-30")
        pause = self.traject.pause_ids
        self.assertRegex(pause.display_name, r"^TR/2026/\d+ 06/01/2026 – 06/30/2026$")
        readers = (
            self.coach,
            self.planner,
            self.manager,
            self.finance,
            self.account_manager,
        )
        for user in readers:
            mine = pause.with_user(user)
            with self.subTest(user=user.name):
                self.assertEqual(
                    mine.search([("traject_id", "=", self.traject.id)]), pause
                )
                self.assertTrue(mine.read(["date_from", "date_to"]))
                with self.assertRaises(AccessError):
                    mine.date_to = "2026-07-31"
                with self.assertRaises(AccessError):
                    mine.unlink()
        with self.assertRaises(AccessError):
            self.traject.with_user(self.planner).pause_ids = [(5, 0, 0)]
        self.assertFalse(pause.with_user(self.other_coach).search([]))

    def test_no_reason_is_kept(self):
        names = set(self.env["outplacement.pause"]._fields) - {
            *("id", "display_name", "traject_id", "traject_reference", "company_id"),
            *("create_uid", "create_date", "write_uid", "write_date"),
        }
        self.assertEqual(names, {"date_from", "date_to"})
