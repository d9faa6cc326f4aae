from datetime import date, datetime

from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, tagged

from .common_billing import BillingCommon

TYPED, MEANT = date(2026, 2, 1), date(2026, 3, 1)


@tagged("post_install", "-at_install")
class TestTrajectStart(BillingCommon):
    """A start date typed wrongly is corrected by the planner, who sees what moves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._sell_and_start(date_start=TYPED)
        cls.traject = cls.order.outplacement_traject_ids
        cls.instalments = cls.traject.instalment_ids.sorted("number")

    def _open(self, user=None):
        """Return the dialog as ``user``, the planner if not said otherwise."""
        traject = self.traject.with_user(user or self.planner)
        return Form.from_action(traject.env, traject.action_correct_start())

    def _make_wizard(self, user, date_start=MEANT):
        Wizard = self.env["outplacement.traject.activate"].with_user(user)
        return Wizard.create({"traject_id": self.traject.id, "date_start": date_start})

    def _make_session(self, day, kind="coaching", state="held"):
        values = {
            "traject_id": self.traject.id,
            "kind": kind,
            "start": datetime(day.year, day.month, day.day, 9),
            "coach_id": self.coach.id,
        }
        session = self.env["outplacement.session"].create(values)
        session.state = state
        return session

    def _get_bodies(self, record):
        return " ".join(record.message_ids.mapped("body"))

    # ------------------------------------------------------------------

    @freeze_time("2026-02-10")
    def test_preview_and_correction(self):
        """What the planner sees beforehand is what comes, and is logged."""
        self.instalments[5].date_agreed = date(2026, 5, 20)
        planned = {
            line: line.planned_start
            for line in self.traject.traject_phase_ids
            if line.planned_start
        }
        self.assertTrue(planned)
        form = self._open()
        self.assertEqual(form.date_start, TYPED)
        self.assertFalse(form.refusal_text)
        form.date_start = MEANT
        self.assertEqual(form.date_end, date(2027, 2, 28))
        preview = [line["date"] for line in form.line_ids._records]
        self.assertEqual(preview[0], MEANT)
        self.assertEqual(preview[5], date(2026, 5, 20))
        self.assertEqual(preview[11], date(2027, 2, 1))
        self.assertEqual(self.traject.date_start, TYPED, "nothing has happened yet")
        form.save().action_correct_start()
        self.assertEqual(self.traject.date_start, MEANT)
        self.assertEqual(self.traject.date_end, date(2027, 2, 28))
        self.assertEqual(self.instalments.mapped("date"), preview)
        self.assertEqual(self.instalments[0].period_start, MEANT)
        self.assertEqual(self.instalments[11].period_end, date(2027, 2, 28))
        self.assertEqual(self.traject.state, "active")
        for line, start in planned.items():
            self.assertEqual(line.planned_start - start, MEANT - TYPED)

    @freeze_time("2026-02-10")
    def test_the_state_of_instalments_follows(self):
        self.env["outplacement.instalment"]._update_due()
        self.assertEqual(self.instalments[0].state, "due")
        self._make_wizard(self.planner).action_correct_start()
        self.assertEqual(self.instalments[0].state, "planned")
        self._make_wizard(self.planner, date(2026, 1, 5)).action_correct_start()
        self.assertEqual(self.instalments[:2].mapped("state"), ["due", "due"])

    def test_who_corrects(self):
        for user in (self.planner, self.manager):
            with self.subTest(user=user.name), self.cr.savepoint() as undone:
                self._open(user)
                self._make_wizard(user).action_correct_start()
                self.assertEqual(self.traject.date_start, MEANT)
                undone.rollback()
                self.env.invalidate_all()
        denied = "planner or a manager|access|allowed"
        for user in (self.coach, self.account_manager, self.finance, self.other_coach):
            wizard = self._make_wizard(self.planner).with_user(user)
            with self.subTest(user=user.name):
                with self.assertRefused(denied, AccessError):
                    wizard.action_correct_start()
                with self.assertRefused(denied, AccessError):
                    self.traject.with_user(user).action_correct_start()
        wizard = self._make_wizard(self.coach)
        with self.assertRefused("planner or a manager", AccessError):
            wizard.action_correct_start()
        self.assertEqual(self.traject.date_start, TYPED)

    def test_states(self):
        for state, allowed in (
            ("intake", False),
            ("active", True),
            ("paused", True),
            ("aftercare", False),
            ("closed", False),
            ("cancelled", False),
        ):
            self.traject.date_start = TYPED
            self.traject.state = state
            wizard = self._make_wizard(self.planner)
            with self.subTest(state=state):
                self.assertEqual(bool(wizard.refusal_text), not allowed)
                if allowed:
                    wizard.action_correct_start()
                    self.assertEqual(self.traject.date_start, MEANT)
                    continue
                with self.assertRefused("active or paused"):
                    wizard.action_correct_start()
                with self.assertRefused("active or paused"):
                    self._open()
                self.assertEqual(self.traject.date_start, TYPED)

    def test_not_once_something_is_invoiced(self):
        """On a draft invoice, a posted one, and one that was credited."""
        wizard = self._make_wizard(self.planner)
        invoice = self._invoice(self.order, "2026-02-10", post=False)
        self._check_invoiced(wizard)
        with freeze_time("2026-02-10"):
            invoice.action_post()
        self._check_invoiced(wizard)
        self._credit(invoice, "2026-02-11")
        self.assertEqual(self.instalments[0].state, "credited")
        self._check_invoiced(wizard)

    def _check_invoiced(self, wizard):
        self.env.invalidate_all()
        self.assertIn("1/12", wizard.refusal_text)
        with self.assertRefused("1/12 is on an invoice"):
            wizard.action_correct_start()
        with self.assertRefused("1/12 is on an invoice"):
            self._open()
        self.assertEqual(self.traject.date_start, TYPED)

    def test_not_after_a_session(self):
        """Guidance does not precede the start; the first talks do."""
        self._make_session(date(2026, 1, 20), "intake")
        self._make_session(date(2026, 1, 21), "match", "no_show")
        self._make_session(date(2026, 2, 3), state="cancelled")
        self._make_session(date(2026, 2, 4), state="planned")
        for state in ("held", "no_show"):
            session = self._make_session(date(2026, 2, 28), state=state)
            with self.subTest(state=state):
                form = self._open()
                form.date_start = MEANT
                self.assertIn("02/28/2026", form.refusal_text)
                wizard = form.save()
                with self.assertRefused("02/28/2026"):
                    wizard.action_correct_start()
                wizard.date_start = date(2026, 2, 28)
                self.assertFalse(wizard.refusal_text)
            session.state = "cancelled"
        self._make_wizard(self.planner).action_correct_start()
        self.assertEqual(self.traject.date_start, MEANT)

    def test_it_is_logged(self):
        """On the traject with the dates, on the order that something moved; no change,
        no word."""
        wizard = self._make_wizard(self.planner, TYPED)
        wizard = wizard.with_context(tracking_disable=False, mail_notrack=False)
        self.cr.flush()
        before = self.traject.message_ids, self.order.message_ids
        wizard.action_correct_start()
        self.cr.flush()
        self.assertEqual((self.traject.message_ids, self.order.message_ids), before)
        wizard.date_start = MEANT
        wizard.action_correct_start()
        self.cr.flush()
        message = self.traject.message_ids - before[0]
        self.assertIn("Start date corrected", str(message.body))
        self.assertEqual(message.author_id, self.planner.partner_id)
        tracked = message.tracking_value_ids.field_id.mapped("name")
        self.assertEqual(set(tracked), {"date_start", "date_end"})
        told = self.order.message_ids - before[1]
        text = f"Dates or amounts of instalments of {self.traject.name} changed"
        self.assertIn(text, str(told.body))

    @freeze_time("2026-02-10")
    def test_written_directly(self):
        """A plain write is held against the same rules."""
        traject = self.traject.with_user(self.planner)
        for user in self.planner, self.manager:
            with self.subTest(user=user.name), self.assertRefused("needs a start date"):
                traject.with_user(user).date_start = False
        self._make_session(date(2026, 2, 5))
        with self.assertRefused("cannot start later"):
            traject.date_start = MEANT
        traject.date_start = date(2026, 2, 3)
        self.assertEqual(self.instalments[0].date, date(2026, 2, 3))
        self._invoice(self.order, "2026-02-10")
        with self.assertRefused("is on an invoice"):
            traject.date_start = date(2026, 2, 4)
        traject.write({"date_start": "2026-02-03", "date_dismissal": "2026-06-01"})
