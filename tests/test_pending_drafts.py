from odoo.tests import freeze_time, tagged

from .common_life import LifeCommon

REFUSED = "is not posted yet, and changes what is owed of instalment .*1/"


@tagged("post_install", "-at_install")
class TestPendingDrafts(LifeCommon):
    """What happens to a traject while finance has a draft that was made by hand: what
    is owed depends on what becomes of it, so nothing is done until that is known."""

    def _change_package(self, order, day="2026-02-12"):
        with freeze_time(day):
            wizard = (
                self.env["outplacement.traject.package"]
                .with_user(self.account_manager)
                .create(
                    {
                        "traject_id": order.outplacement_traject_ids.id,
                        "product_id": self.package.id,
                        "date": day,
                    }
                )
            )
            wizard.action_confirm()
            self.env.flush_all()

    def _reverse(self, moves, day):
        """Return what finance makes to undo ``moves``, not posted."""
        return self._credit(moves, day, post=False)

    def assertHeld(self, order, event, *args, **kwargs):
        """Assert that ``event`` is refused, and changes nothing."""
        traject = order.outplacement_traject_ids
        before = traject.state, self._get_instalments(order).mapped("amount_due")
        with self.assertRefused(REFUSED):
            event(order, *args, **kwargs)
        after = traject.state, self._get_instalments(order).mapped("amount_due")
        self.assertEqual(after, before)

    def test_change_of_package(self):
        order = self._sell_package(9000.0, self.plan_halves)
        invoice = self._invoice(order, "2026-01-12")
        draft = self._reverse(invoice, "2026-02-01")
        self.assertHeld(order, self._change_package)
        draft.unlink()
        self._change_package(order)
        self.assertEqual(self._get_credit_notes(order).amount_untaxed, 3000.0)

    def test_change_of_package_after_the_draft_is_posted(self):
        order = self._sell_package(9000.0, self.plan_halves)
        invoice = self._invoice(order, "2026-01-12")
        note = self._credit(invoice, "2026-02-01")
        again = self._reverse(note, "2026-02-02")
        self.assertHeld(order, self._change_package)
        again.unlink()
        self._change_package(order)
        self.assertEqual(self._get_credit_notes(order), note)

    def test_change_of_package_before_what_lapsed_is_billed_again(self):
        order = self._sell_package(
            9000.0,
            self.plan_start,
            outplacement_placement_rule="started_months",
            outplacement_probation_months=2,
        )
        self._invoice(order, "2026-01-12")
        self._place(order, "2026-02-01")
        self._post(self._get_credit_notes(order), "2026-02-01")
        self._lose_job(order, "2026-02-10")
        self.assertHeld(order, self._change_package)

    def test_our_own_drafts_are_no_obstacle(self):
        order = self._sell_package(9000.0, self.plan_start)
        self._invoice(order, "2026-01-12")
        self._change_package(order)
        self.assertEqual(self._get_credit_notes(order).state, "draft")
        self.package = self._make_package(5000.0, self.plan_monthly)
        self._change_package(order, "2026-03-12")

    def test_cancellation(self):
        order = self._sell_package(9000.0, self.plan_start)
        self._reverse(self._invoice(order, "2026-01-12"), "2026-01-13")
        self.assertHeld(order, self._cancel, "2026-01-14")

    def test_placement(self):
        order = self._sell_package(
            9000.0, self.plan_start, outplacement_placement_rule="started_months"
        )
        self._reverse(self._invoice(order, "2026-01-12"), "2026-01-13")
        self.assertHeld(order, self._place, "2026-02-01")

    def test_placement_that_gives_nothing_back(self):
        """Then a draft is nobody's concern."""
        order = self._sell_package(9000.0, self.plan_start)
        self._reverse(self._invoice(order, "2026-01-12"), "2026-01-13")
        self._place(order, "2026-02-01")
        self.assertEqual(order.outplacement_traject_ids.state, "aftercare")

    def test_job_lost(self):
        plan = self._make_plan({"share": 100, "trigger": "placement"})
        order = self._sell_package(9000.0, plan, outplacement_probation_months=2)
        self._place(order, "2026-02-01")
        draft = self._reverse(self._invoice(order, "2026-02-01"), "2026-02-02")
        self.assertHeld(order, self._lose_job, "2026-02-10")
        draft.unlink()
        self._lose_job(order, "2026-02-10")
        self._post(self._get_credit_notes(order), "2026-02-11")
        self._place(order, "2026-04-01")
        self.assertEqual(self._get_instalments(order).state, "due")
