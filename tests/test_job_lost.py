from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common_life import LifeCommon


@tagged("post_install", "-at_install")
class TestJobLost(LifeCommon):
    """A job that did not last through the probation that was sold (R10)."""

    def _place_with_refund(self):
        """Return an order invoiced whole, of which the months that had not started at
        the placement are given back, and the draft of the credit note."""
        order = self._sell_package(
            plan=self.plan_start,
            outplacement_placement_rule="started_months",
            outplacement_probation_months=2,
        )
        self._invoice(order, "2026-01-12")
        self._place(order, "2026-05-20")
        note = self._get_credit_notes(order)
        return order, note

    def _place_with_fee(self, months=2, invoice=True, **values):
        order = self._sell_package(
            9950.0,
            self.plan_success,
            "2026-02-09",
            outplacement_probation_months=months,
            **values,
        )
        self._invoice(order, "2026-02-09")
        self._place(order, "2026-06-15")
        if invoice:
            self._invoice(order, "2026-06-15")
        return order

    def test_credited_and_due_again(self):
        order = self._place_with_fee()
        traject = order.outplacement_traject_ids
        first, fee = self._get_instalments(order)
        changes = self._lose_job(order, "2026-08-14", user=self.coach)
        self.assertEqual([change["action"] for change in changes], ["keep", "credit"])
        self.assertEqual(changes[1]["credit"], 6467.5)
        dates = [(str(c["date_before"]), c["date_after"]) for c in changes[1:]]
        self.assertEqual(dates, [("2026-06-15", False)])
        self.assertEqual(traject.state, "active")
        self.assertFalse(traject.date_placement or traject.outcome)
        note = self._get_credit_notes(order)
        self._post(note, "2026-08-15")
        self.assertAmounts(note, (6467.5, 1358.18, 7825.68))
        self.assertEqual((fee.state, fee.date), ("planned", False))
        self.assertEqual(first.state, "invoiced")
        self.assertEqual(order.invoice_status, "no")
        self._place(order, "2026-10-01")
        again = self._invoice(order, "2026-10-01")
        self.assertAmounts(again, (6467.5, 1358.18, 7825.68))
        self.assertEqual(again.invoice_line_ids.outplacement_instalment_id, fee)
        self.assertEqual(order.invoice_status, "invoiced")

    def test_placed_again_before_the_credit_note_is_posted(self):
        """What will be invoiced again has no day until then, and that one then."""
        order = self._place_with_fee()
        fee = self._get_instalments(order)[1]
        self._lose_job(order, "2026-06-20")
        self.assertEqual(str(fee.date), "2026-06-15")  # of its invoice
        shown = self._place(order, "2026-10-01")[1]
        self.assertEqual(
            (shown["action"], shown["date_before"], str(shown["date_after"])),
            ("move", False, "2026-10-01"),
        )
        self._post(self._get_credit_notes(order), "2026-10-02")
        self.assertEqual(str(fee.date), "2026-10-01")

    def test_chatter_gives_no_reason(self):
        order = self._place_with_fee()
        traject = order.outplacement_traject_ids
        self.cr.flush()
        before = traject.message_ids
        planned = traject.with_user(self.planner).with_context(
            mail_notrack=False, tracking_disable=False
        )
        with freeze_time("2026-08-14"):
            planned._register_job_lost(date(2026, 8, 14))
            self.cr.flush()
        bodies = "".join((traject.message_ids - before).mapped("body"))
        self.assertIn("Reopened: the job did not last", bodies)

    def test_fee_not_invoiced_yet(self):
        order = self._place_with_fee(invoice=False)
        changes = self._lose_job(order, "2026-06-20")
        self.assertEqual(changes[1]["action"], "move")
        fee = self._get_instalments(order)[1]
        self.assertEqual((fee.state, fee.date), ("planned", False))
        self.assertFalse(self._get_credit_notes(order))

    def test_after_closing(self):
        order = self._place_with_fee()
        self._end(order, "closed", "2026-07-01", outcome="placed")
        self._lose_job(order, "2026-07-10")
        traject = order.outplacement_traject_ids
        self.assertEqual(traject.state, "active")
        self.assertFalse(traject.date_closed)

    def test_lapses_are_revived(self):
        order = self._sell_package(
            outplacement_placement_rule="started_months",
            outplacement_probation_months=2,
        )
        self._place(order, "2026-05-20")
        changes = self._lose_job(order, "2026-06-20")
        actions = [change["action"] for change in changes]
        self.assertEqual(actions, ["keep"] * 5 + ["revive"] * 7)
        instalments = self._get_instalments(order)
        self.assertEqual(sum(instalments.mapped("amount_due")), 9000.0)
        self.assertFalse(any(instalments.mapped("lapse_reason")))

    def test_draft_refund_is_withdrawn(self):
        order, note = self._place_with_refund()
        (change,) = self._lose_job(order, "2026-06-20")
        self.assertEqual(
            (change["amount_before"], change["amount_after"]), (3750, 9000)
        )
        self.assertEqual(change["action"], "revive")
        self.assertFalse(note.exists())

    def test_posted_refund_is_billed_again(self):
        """By the reversal of the credit note, that finance posts."""
        order, note = self._place_with_refund()
        self._post(note, "2026-05-21")
        (change,) = self._lose_job(order, "2026-06-20")
        self.assertEqual(
            (change["action"], change["amount_before"], change["amount_after"]),
            ("revive", 3750.0, 9000.0),
        )
        instalment = self._get_instalments(order)
        self.assertEqual(instalment.amount_due, 3750.0)
        again = note.reversal_move_ids
        self.assertEqual((again.state, again.move_type), ("draft", "out_invoice"))
        self.assertIn("Check and post", again.activity_ids.summary)
        self._post(again, "2026-06-21")
        self.assertAmounts(again, (5250.0, 1102.5, 6352.5))
        self.assertEqual((instalment.amount_due, instalment.amount_lapsed), (9000, 0))
        # placed again: three months have not started
        (change,) = self._place(order, "2026-09-20")
        self.assertEqual((change["credit"], change["amount_after"]), (2250, 6750))

    def test_billed_again_with_the_reference_of_the_customer(self):
        """What bills again is an invoice like any other (R11)."""
        self.employer.outplacement_po_required = True
        order = self._sell_package(
            plan=self.plan_start,
            outplacement_placement_rule="started_months",
            outplacement_probation_months=2,
        )
        order.client_order_ref = "PO-4711"
        self._invoice(order, "2026-01-12")
        self._place(order, "2026-05-20")
        note = self._get_credit_notes(order)
        self._post(note, "2026-05-21")
        self._lose_job(order, "2026-06-20")
        again = note.reversal_move_ids
        self.assertEqual(again.ref, "PO-4711")
        order.client_order_ref = False
        again.ref = False
        traject = order.outplacement_traject_ids
        name = traject.name
        self.assertEqual(again.outplacement_purchase_order_missing, name)
        traject.purchase_order_ref = "PO-1"
        self.assertFalse(again.outplacement_purchase_order_missing)
        traject.purchase_order_ref = again.ref = False
        self.assertEqual(again.outplacement_purchase_order_missing, name)
        with self.assertRefused(f"none for {name}"):
            self._post(again, "2026-06-21")
        order.client_order_ref = "PO-4712"
        self._post(again, "2026-06-21")
        self.assertEqual((again.state, again.ref), ("posted", "PO-4712"))

    def test_placed_again_before_it_is_billed_again(self):
        """The draft of the reversal gives way to one of what R10 says by now."""
        order, note = self._place_with_refund()
        self._post(note, "2026-05-21")
        self._lose_job(order, "2026-06-20")
        draft = note.reversal_move_ids
        (change,) = self._place(order, "2026-09-20")
        self.assertFalse(draft.exists())
        self.assertEqual(
            (change["amount_before"], change["amount_after"]), (9000, 6750)
        )
        again = note.reversal_move_ids
        self.assertEqual(again.amount_untaxed, 3000.0)
        self._post(again, "2026-09-21")
        instalment = self._get_instalments(order)
        self.assertEqual(
            (instalment.amount_due, instalment.amount_lapsed), (6750, 2250)
        )
        self.assertEqual(order.invoice_status, "invoiced")

    def test_fee_on_a_draft_is_taken_off(self):
        order = self._place_with_fee(invoice=False)
        draft = self._invoice(order, "2026-06-15", post=False)
        changes = self._lose_job(order, "2026-06-20")
        self.assertEqual(changes[1]["action"], "move")
        self.assertFalse(draft.exists())
        fee = self._get_instalments(order)[1]
        self.assertEqual((fee.state, fee.amount_due), ("planned", 6467.5))

    def test_fee_credited_by_hand_before(self):
        order = self._place_with_fee()
        fee = self._get_instalments(order)[1]
        self._credit(fee.invoice_id, "2026-06-18")
        self.assertEqual(fee.state, "credited")
        changes = self._lose_job(order, "2026-06-20")
        self.assertEqual(changes[1]["action"], "revive")
        self.assertEqual((fee.state, fee.amount_due), ("planned", 6467.5))
        self._place(order, "2026-10-01")
        self.assertEqual(self._invoice(order, "2026-10-01").amount_untaxed, 6467.5)

    def test_credited_by_hand_is_billed_whole_when_released(self):
        """Of a lapse that no credit note is about, nothing is left behind."""
        for plan, billed in ((self.plan_start, 9000.0), (self.plan_monthly, 750.0)):
            with self.subTest(plan=plan.name):
                order = self._sell_package(
                    plan=plan,
                    outplacement_placement_rule="started_months",
                    outplacement_probation_months=6,
                )
                traject = order.outplacement_traject_ids
                instalment = self._get_instalments(order)[-1]
                instalment.with_user(self.finance).date_agreed = "2026-01-12"
                self._credit(self._invoice(order, "2026-01-12"), "2026-01-15")
                self._place(order, "2026-01-20")
                self.assertTrue(instalment.amount_lapsed)
                log = traject.message_ids
                changes = self._lose_job(order, "2026-03-20")
                shown = changes[-1]
                self.assertEqual((shown["action"], shown["amount_after"]), ("keep", 0))
                self.assertEqual(
                    (instalment.state, instalment.amount_due), ("credited", 0)
                )
                self.assertEqual(
                    (instalment.amount_lapsed, instalment.lapse_reason), (0, False)
                )
                said = " ".join((traject.message_ids - log).mapped("body"))
                self.assertNotIn(f"owed again: {instalment.display_name}", said)
                instalment.with_user(self.finance).action_release()
                invoice = self._invoice(order, "2026-03-21")
                line = instalment.invoice_line_ids
                self.assertEqual((line.move_id, line.price_subtotal), (invoice, billed))

    def test_released_after_two_credit_notes(self):
        """Their VAT, rounded apart, differs by a cent from that of the invoice."""
        order = self._sell_package(
            9949.29,
            self.plan_success,
            "2026-02-09",
            outplacement_probation_months=2,
        )
        self._invoice(order, "2026-02-09")
        self._place(order, "2026-06-15")
        fee = self._get_instalments(order)[1]
        self.assertEqual(fee.amount, 6467.04)
        by_hand = self._credit(self._invoice(order, "2026-06-15"), post=False)
        by_hand.invoice_line_ids.price_unit = 1000.02
        self._post(by_hand, "2026-06-16")
        self._lose_job(order, "2026-06-20")
        ours = self._get_credit_notes(order) - by_hand
        self.assertEqual(ours.amount_untaxed, 5467.02)
        self._post(ours, "2026-06-21")
        self.assertEqual(fee.state, "planned")

    def test_closed_before_the_credit_note_is_posted(self):
        """The fee is not owed, and no longer waits for a placement."""
        order = self._place_with_fee()
        self._lose_job(order, "2026-06-20")
        changes = self._end(order, "closed", "2026-06-25", outcome="stopped")
        self.assertEqual(
            (changes[1]["action"], changes[1]["amount_after"]), ("lapse", 0)
        )
        self._post(self._get_credit_notes(order), "2026-06-26")
        fee = self._get_instalments(order)[1]
        self.assertEqual((fee.state, fee.amount_due), ("lapsed", 0))
        self.assertEqual(order.invoice_status, "invoiced")
        self.assertFalse(
            order.order_line.outplacement_instalment_ids
            - fee
            - (self._get_instalments(order)[0])
        )

    def test_probation_of_the_other_package(self):
        """The success fee of the package that the traject has by now."""
        order = self._sell_package(9000.0, outplacement_probation_months=0)
        traject = order.outplacement_traject_ids
        package = self._make_package(
            9950.0, self.plan_success, outplacement_probation_months=2
        )
        with freeze_time("2026-02-12"):
            wizard = (
                self.env["outplacement.traject.package"]
                .with_user(self.account_manager)
                .create({"traject_id": traject.id, "product_id": package.id})
            )
            wizard.action_confirm()
            self.env.flush_all()
        self._place(order, "2026-06-15")
        self.assertEqual(traject._get_probation_end(), date(2026, 8, 14))

    def test_rest_billed_at_once_gets_its_dates_back(self):
        order = self._sell_package(
            outplacement_placement_rest="at_once", outplacement_probation_months=2
        )
        before = self._get_instalments(order).mapped("date")
        self._place(order, "2026-05-20")
        self._lose_job(order, "2026-06-20")
        self.assertEqual(self._get_instalments(order).mapped("date"), before)

    # ------------------------------------------------------------------
    # Refused
    # ------------------------------------------------------------------

    def test_outside_probation(self):
        order = self._place_with_fee()
        traject = order.outplacement_traject_ids
        for day, sentence in (
            ("2026-08-15", "ended on 08/14/2026: nothing is credited"),
            ("2026-06-14", "not lost before the placement"),
        ):
            with self.subTest(day=day), self.assertRefused(sentence):
                self._lose_job(order, day)
        with freeze_time("2026-07-01"):
            Wizard = self.env["outplacement.traject.job.lost"].with_user(self.coach)
            wizard = Wizard.create({"traject_id": traject.id, "date": "2026-07-02"})
            self.assertRegex(wizard.refusal_text, "future")
            self.assertEqual(wizard.probation_end, date(2026, 8, 14))
            with self.assertRefused("future"):
                wizard.action_confirm()
        self.assertEqual(traject.state, "aftercare")
        self.assertFalse(self._get_credit_notes(order))

    def test_no_probation(self):
        order = self._place_with_fee(months=0)
        with self.assertRefused("has no probation: nothing is credited"):
            self._lose_job(order, "2026-06-16")

    def test_nobody_placed(self):
        order = self._sell_package(outplacement_probation_months=2)
        with self.assertRefused("Nobody was placed"):
            self._lose_job(order, "2026-06-16")

    def test_needs_a_coach(self):
        order = self._place_with_fee()
        traject = order.outplacement_traject_ids
        with freeze_time("2026-06-20"):
            traject.member_ids.with_user(self.planner).action_end()
            self.env.flush_all()
        with self.assertRefused("needs a coach"):
            self._lose_job(order, "2026-06-21")

    def test_twice(self):
        order = self._place_with_fee()
        self._lose_job(order, "2026-06-20")
        with self.assertRefused("Nobody was placed"):
            self._lose_job(order, "2026-06-21")
        self.assertEqual(len(self._get_credit_notes(order)), 1)

    def test_who_may(self):
        order = self._place_with_fee()
        for user in (self.other_coach, self.account_manager, self.finance):
            with self.assertRefused("access|Only the coach", AccessError):
                self._lose_job(order, "2026-06-20", user=user)
        self._lose_job(order, "2026-06-20", user=self.manager)
