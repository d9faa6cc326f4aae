from odoo import Command
from odoo.tests import freeze_time, tagged

from .common_life import LifeCommon


@tagged("post_install", "-at_install")
class TestGivenUp(LifeCommon):
    """Finance deletes or cancels a draft that what happened to a traject made: what is
    billed stays as it is, and finance is told what that means."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.outplacement_finance_user_id = cls.finance

    def _sell_refunded(self, plan=None):
        """Return an order of 1,200.00, of which months not started are given back."""
        return self._sell_package(
            1200.0,
            plan or self.plan_start,
            outplacement_placement_rule="started_months",
            outplacement_probation_months=2,
        )

    def _lose_job_after_billing(self):
        """Return the order, its instalment and the draft of a credit note: 1,000.00
        lapsed before 200.00 were billed, and all of it is owed again."""
        order = self._sell_refunded()
        self._place(order, "2026-03-02")
        self._invoice(order, "2026-03-02")
        self._lose_job(order, "2026-03-20")
        return order, self._get_instalments(order), self._get_credit_notes(order)

    def _delete(self, moves, day="2026-03-21"):
        with freeze_time(day):
            moves.with_user(self.finance).unlink()
            self.env.flush_all()

    def assertAsked(self, invoice, text):
        """Assert that finance is asked, once, to look at ``invoice``."""
        activity = invoice.activity_ids
        self.assertEqual(activity.user_id, self.finance)
        self.assertIn("decide what is owed", activity.summary)
        self.assertRegex(activity.note, text)

    # ------------------------------------------------------------------
    # Invoiced anew
    # ------------------------------------------------------------------

    def test_what_was_to_be_billed_anew(self):
        """What no invoice bills has lapsed, as before the job was lost."""
        order, instalment, note = self._lose_job_after_billing()
        self.assertEqual(
            (note.amount_untaxed, instalment.amount_lapsed, instalment.amount_due),
            (200.0, 0.0, 200.0),
        )
        invoice = instalment.invoice_id
        self._delete(note)
        self.assertEqual(
            (instalment.state, instalment.amount_lapsed, instalment.amount_due),
            ("invoiced", 1000.0, 200.0),
        )
        self.assertEqual(instalment.lapse_reason, "placed")
        self.assertAsked(invoice, "No invoice bills .*1,000.00.* lapsed again")
        # placed again, four months started: 200.00 are billed and 400.00 are owed
        (change,) = self._place(order, "2026-05-02")
        self.assertEqual(change["amount_after"], 400.0)
        self._post(self._get_credit_notes(order), "2026-05-03")
        again = self._invoice(order, "2026-05-04")
        self.assertEqual(again.amount_untaxed, 400.0)

    def test_the_way_that_finance_is_told(self):
        order, instalment, note = self._lose_job_after_billing()
        invoice = instalment.invoice_id
        self._delete(note)
        self._credit(invoice, "2026-03-22")
        mine = instalment.with_user(self.finance)
        mine.action_release()
        mine.action_revive()
        self.assertEqual(self._invoice(order, "2026-03-23").amount_untaxed, 1200.0)

    def test_posted_as_it_is_meant(self):
        order, instalment, note = self._lose_job_after_billing()
        self._post(note, "2026-03-21")
        self.assertEqual((instalment.state, instalment.amount_lapsed), ("due", 0))
        self.assertEqual(self._invoice(order, "2026-03-22").amount_untaxed, 1200.0)
        self.assertFalse(instalment.released_line_ids.move_id.activity_ids)

    def test_cancelled(self):
        for post in (False, True):
            _order, instalment, note = self._lose_job_after_billing()
            invoice = instalment.invoice_id
            with self.subTest(posted=post), freeze_time("2026-03-21"):
                mine = note.with_user(self.finance)
                if post:
                    mine.action_post()
                    mine.button_draft()
                mine.button_cancel()
                self.assertEqual(instalment.amount_lapsed, 1000.0)
                self.assertAsked(invoice, "No invoice bills")
                mine.button_draft()
                mine.unlink()
                self.assertEqual(instalment.amount_lapsed, 1000.0)

    def test_cancelled_and_taken_up_again(self):
        """By then it is a credit note as finance makes one."""
        order, instalment, note = self._lose_job_after_billing()
        mine = note.with_user(self.finance)
        with freeze_time("2026-03-21"):
            mine.button_cancel()
            mine.button_draft()
            mine.action_post()
            self.env.flush_all()
        self.assertEqual(
            (instalment.state, instalment.amount_lapsed), ("credited", 1000)
        )
        mine = instalment.with_user(self.finance)
        mine.action_release()
        mine.action_revive()
        self.assertEqual(self._invoice(order, "2026-03-23").amount_untaxed, 1200.0)

    def test_deleted_with_its_invoice(self):
        order, instalment, note = self._lose_job_after_billing()
        invoice = instalment.invoice_id
        with freeze_time("2026-03-21"):
            invoice.with_user(self.finance).button_draft()
        self.assertEqual((invoice | note).mapped("state"), ["draft", "draft"])
        self._delete(invoice | note)
        self.assertEqual((instalment.state, instalment.amount_lapsed), ("due", 0))
        self.assertEqual(self._invoice(order, "2026-03-22").amount_untaxed, 1200.0)

    def test_no_part_of_what_is_billed_anew(self):
        _order, instalment, note = self._lose_job_after_billing()
        mine = note.with_user(self.finance)
        for price in (0.0, 199.99):
            mine.invoice_line_ids.price_unit = price
            with self.subTest(price=price), self.assertRefused("credit all of it"):
                mine.action_post()
        mine.invoice_line_ids.price_unit = 200.0
        self._post(note, "2026-03-21")
        self.assertEqual((instalment.state, instalment.amount_lapsed), ("due", 0))

    def test_lapsed_on_a_credit_note(self):
        """What a posted credit note took back, lapsed as well."""
        order = self._sell_refunded()
        self._place(order, "2026-03-02")
        invoice = self._invoice(order, "2026-03-02")
        instalment = self._get_instalments(order)
        credit = self._credit(invoice, "2026-03-03", post=False)
        line = credit.invoice_line_ids
        line.write({"price_unit": 50.0})
        line.sudo().write(
            {
                "outplacement_after_credit": "lapse",
                "outplacement_lapse_reason": "placed",
            }
        )
        self._post(credit, "2026-03-03")
        self.assertEqual(instalment.amount_lapsed, 1050.0)
        self._lose_job(order, "2026-03-20")
        note = self._get_credit_notes(order) - credit
        self.assertEqual((note.amount_untaxed, instalment.amount_lapsed), (150, 0))
        self._delete(note)
        self.assertEqual(
            (instalment.amount_lapsed, instalment.amount_due), (1050.0, 150.0)
        )

    def test_success_fee(self):
        """Nothing of it lapsed: it stays billed."""
        order = self._sell_package(
            9950.0, self.plan_success, "2026-02-09", outplacement_probation_months=2
        )
        self._place(order, "2026-06-15")
        invoice = self._invoice(order, "2026-06-15")
        fee = self._get_instalments(order)[1]
        self._lose_job(order, "2026-06-20")
        self._delete(self._get_credit_notes(order), "2026-06-21")
        self.assertEqual(
            (fee.state, fee.amount_lapsed, fee.amount_due), ("invoiced", 0, 6467.5)
        )
        self.assertAsked(invoice, f"{fee.display_name} .* stays billed")

    # ------------------------------------------------------------------
    # Credited, billed again
    # ------------------------------------------------------------------

    def test_refund_of_a_placement(self):
        order = self._sell_refunded()
        invoice = self._invoice(order, "2026-01-12")
        self._place(order, "2026-03-02")
        note = self._get_credit_notes(order)
        self.assertEqual(note.amount_untaxed, 1000.0)
        self._delete(note.invoice_line_ids, "2026-03-03")
        instalment = self._get_instalments(order)
        self.assertEqual(
            (instalment.state, instalment.amount_lapsed, instalment.amount_due),
            ("invoiced", 0, 1200.0),
        )
        self.assertAsked(invoice, "1,000.00.*of .* was to be credited, and stays")

    def test_several_lines_ask_once(self):
        order = self._sell_refunded(self.plan_halves)
        invoice = self._invoice(order, "2026-04-12")
        self._place(order, "2026-04-20")
        note = self._get_credit_notes(order)
        count = len(note.invoice_line_ids)
        self._delete(note, "2026-04-21")
        self.assertEqual(len(invoice.activity_ids), 1)
        self.assertEqual(invoice.activity_ids.note.count("stays billed"), count)
        self.assertEqual(count, 2)

    def test_what_was_to_be_billed_again(self):
        order = self._sell_refunded()
        invoice = self._invoice(order, "2026-01-12")
        self._place(order, "2026-03-02")
        note = self._get_credit_notes(order)
        self._post(note, "2026-03-03")
        self._lose_job(order, "2026-03-20")
        self._delete(note.reversal_move_ids)
        instalment = self._get_instalments(order)
        self.assertEqual(
            (instalment.amount_lapsed, instalment.amount_due), (1000.0, 200.0)
        )
        self.assertAsked(invoice, "1,000.00.*of .* was to be billed again, and is not")

    # ------------------------------------------------------------------
    # Nobody is asked
    # ------------------------------------------------------------------

    def test_our_own_withdrawals(self):
        """Another draft, or what the instalment says, takes their place."""
        order = self._sell_refunded()
        invoice = self._invoice(order, "2026-01-12")
        self._place(order, "2026-03-02")
        note = self._get_credit_notes(order)
        self._lose_job(order, "2026-03-20")
        self.assertFalse(note.exists())
        self._place(order, "2026-04-02")
        note = self._get_credit_notes(order)
        self._post(note, "2026-04-02")
        self._lose_job(order, "2026-04-20")
        self._place(order, "2026-05-20")
        with freeze_time("2026-05-21"):
            invoice.with_user(self.finance).button_draft()
            self.env.flush_all()
        self.assertFalse(invoice.activity_ids)

    def test_reset_while_a_refund_waits(self):
        order = self._sell_refunded()
        invoice = self._invoice(order, "2026-01-12")
        self._place(order, "2026-03-02")
        with freeze_time("2026-03-03"):
            invoice.with_user(self.finance).button_draft()
            self.env.flush_all()
        self.assertFalse(self._get_credit_notes(order))
        self.assertFalse(invoice.activity_ids)

    def test_made_by_hand(self):
        order = self._sell_refunded()
        invoice = self._invoice(order, "2026-01-12")
        self._delete(self._credit(invoice, "2026-01-13", post=False))
        self._delete(invoice.with_user(self.finance).copy())
        self.assertFalse(invoice.activity_ids)

    def test_nobody_to_ask(self):
        self.company.outplacement_finance_user_id = False
        group = self.env.ref("account.group_account_manager")
        group.all_user_ids.write({"group_ids": [Command.unlink(group.id)]})
        _order, instalment, note = self._lose_job_after_billing()
        invoice = instalment.invoice_id
        self._delete(note)
        self.assertFalse(invoice.activity_ids)
        self.assertIn("No invoice bills", invoice.message_ids[0].body)
