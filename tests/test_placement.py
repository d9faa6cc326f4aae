from datetime import date

from odoo.tests import freeze_time, tagged

from ..models.sale_order_line_placement import PLACEMENT_FIELDS
from .common_life import LifeCommon


@tagged("post_install", "-at_install")
class TestPlacement(LifeCommon):
    """What a placement means for the price, by the rule of the package (R10)."""

    def _bill_until(self, order, until):
        """Return the posted invoices of all that falls due until a day."""
        Instalment = self.env["outplacement.instalment"]
        days = sorted(
            {
                i.date
                for i in self._get_instalments(order)
                if i.date and i.date <= until and i.state in ("planned", "due")
            }
        )
        invoices = self.env["account.move"]
        for day in days:
            with freeze_time(day):
                Instalment._update_due()
            invoices |= self._invoice(order, day)
        return invoices

    # ------------------------------------------------------------------
    # Started months
    # ------------------------------------------------------------------

    def test_started_months(self):
        """12 × 750.00 from 2026-01-12, the worked example of the billing rules."""
        for placed, count in (("2026-05-20", 5), ("2026-06-11", 5), ("2026-06-12", 6)):
            with self.subTest(placed=placed):
                order = self._sell_package(outplacement_placement_rule="started_months")
                changes = self._place(order, placed)
                actions = [change["action"] for change in changes]
                self.assertEqual(actions, ["keep"] * count + ["lapse"] * (12 - count))
                instalments = self._get_instalments(order)
                lapsed = instalments[count:]
                self.assertEqual(set(lapsed.mapped("state")), {"lapsed"})
                self.assertEqual(set(lapsed.mapped("lapse_reason")), {"placed"})
                self.assertEqual(sum(instalments.mapped("amount_due")), 750.0 * count)
                invoice = self._invoice(order, "2026-12-31")
                self.assertEqual(len(invoice.invoice_line_ids), count)
                self.assertEqual(order.invoice_status, "invoiced")
                self.assertEqual(order.order_line.qty_invoiced, 1.0)
                self.assertEqual(order.order_line.amount_to_invoice, 0.0)

    def test_started_months_however_they_were_billed(self):
        """Five of twelve have started: 3,750 of 9,000 is owed, billed when it may."""
        at_confirmation = {"share": 100, "trigger": "confirmation"}
        for plan in (
            self.plan_start,
            self.plan_halves,
            self._make_plan(at_confirmation),
            self._make_plan({"share": 40, "trigger": "confirmation"}, {"share": 60}),
        ):
            with self.subTest(plan=plan.line_ids.mapped("trigger")):
                order = self._sell_package(
                    plan=plan, outplacement_placement_rule="started_months"
                )
                self._invoice(order, "2026-05-15")
                self._place(order, "2026-05-20")
                notes = self._get_credit_notes(order)
                self.assertEqual(sum(notes.mapped("amount_untaxed")), 5250.0)
                days = notes.invoice_line_ids.mapped("outplacement_earned_from")
                self.assertEqual(set(map(str, days)), {"2026-06-12"})

    def test_refund_of_what_was_billed_at_confirmation(self):
        """Also of what is not invoiced yet."""
        order = self._sell_package(
            plan=self._make_plan({"share": 100, "trigger": "confirmation"}),
            outplacement_placement_rule="refund",
            outplacement_refund_percent=50,
        )
        (change,) = self._place(order, "2026-05-20")
        self.assertEqual((change["action"], change["amount_after"]), ("reduce", 6375.0))

    def test_started_months_one_by_one(self):
        """As invoices of 750.00 / 157.50 / 907.50, of which nothing is credited."""
        order = self._sell_package(outplacement_placement_rule="started_months")
        invoices = self._bill_until(order, date(2026, 5, 20))
        self._place(order, "2026-05-20")
        self.assertAmounts(invoices.sorted("invoice_date"), *[(750, 157.5, 907.5)] * 5)
        self.assertFalse(self._get_credit_notes(order))
        with freeze_time("2027-12-31"):
            self.env["outplacement.instalment"]._update_due()
            self.env.flush_all()
        self.assertEqual(order.invoice_status, "invoiced")

    def _extend(self, order, day):
        """Sell three months more on ``day``; return their instalments."""
        extra = self._make_package(
            300.0,
            self.plan_monthly,
            outplacement_months=3,
            **{name: order.order_line.product_id[name] for name in PLACEMENT_FIELDS},
        )
        traject = order.outplacement_traject_ids
        former = traject.instalment_ids
        with freeze_time(day):
            wizard = (
                self.env["outplacement.traject.extend"]
                .with_user(self.manager)
                .create({"traject_id": traject.id, "product_id": extra.id})
            )
            wizard.action_confirm()
            self.env.flush_all()
        return (traject.instalment_ids - former).sorted("number")

    def test_extended_after_the_placement(self):
        """What comes after it was bought knowing of it: it is dated by its own months,
        and lapses by no other rule than that of another placement."""
        months = ["2027-01-12", "2027-02-12", "2027-03-12"]
        for rule, rest in (("fixed", "at_once"), ("started_months", "keep_dates")):
            with self.subTest(rule):
                order = self._sell_package(
                    outplacement_placement_rule=rule,
                    outplacement_placement_rest=rest,
                    outplacement_probation_months=2,
                )
                self._place(order, "2026-05-20")
                extra = self._extend(order, "2026-06-01")
                self.assertEqual([str(i.date) for i in extra], months)
                self._lose_job(order, "2026-06-10")
                self.assertEqual([str(i.date) for i in extra], months)
                self.assertEqual(set(extra.mapped("state")), {"planned"})
                self._place(order, "2026-07-01")
                at_once = rest == "at_once"
                self.assertEqual(
                    {(i.state, str(i.date)) for i in extra},
                    {("due", "2026-07-01")}
                    if at_once
                    else {("lapsed", month) for month in months},
                )

    def test_extended_before_the_placement(self):
        """Then it is a part of the price like any other."""
        order = self._sell_package(outplacement_placement_rest="at_once")
        extra = self._extend(order, "2026-02-01")
        self._place(order, "2026-05-20")
        self.assertEqual({str(i.date) for i in extra}, {"2026-05-20"})

    def test_billed_ahead(self):
        """What was invoiced of months that had not started is credited, once posted."""
        order = self._sell_package(outplacement_placement_rule="started_months")
        later = self._get_instalments(order)[5].with_user(self.finance)
        later.date_agreed = "2026-05-01"
        invoices = self._bill_until(order, date(2026, 5, 20))
        self.assertEqual(len(invoices), 6)
        changes = self._place(order, "2026-05-20")
        self.assertEqual(changes[5]["action"], "credit")
        self.assertEqual(changes[5]["credit"], 750.0)
        note = self._get_credit_notes(order)
        self.assertEqual(note.state, "draft")
        self.assertEqual(later.state, "invoiced", "until finance posts the credit note")
        self.assertEqual(
            note.invoice_line_ids.outplacement_credited_line_id,
            later.sudo().invoice_line_ids,
        )
        self._post(note, "2026-05-21")
        self.assertAmounts(note, (750.0, 157.5, 907.5))
        self.assertEqual(later.state, "lapsed")
        self.assertEqual(later.amount_due, 0.0)
        self.assertEqual(order.invoice_status, "invoiced")

    # ------------------------------------------------------------------
    # Refunds
    # ------------------------------------------------------------------

    def test_refund_of_prepaid(self):
        """7 of 12 prepaid months had not started: a credit note of a part."""
        order = self._sell_package(
            plan=self.plan_start,
            outplacement_placement_rule="refund",
            outplacement_refund_percent=50,
        )
        self._invoice(order, "2026-01-12")
        (change,) = self._place(order, "2026-05-20")
        self.assertEqual(change["action"], "credit")
        self.assertEqual((change["credit"], change["amount_after"]), (2625.0, 6375.0))
        note = self._get_credit_notes(order)
        instalment = self._get_instalments(order)
        self.assertEqual(instalment.amount_lapsed, 0.0)
        self._post(note, "2026-05-21")
        self.assertAmounts(note, (2625.0, 551.25, 3176.25))
        self.assertEqual(instalment.state, "invoiced")
        self.assertEqual(instalment.amount_lapsed, 2625.0)
        self.assertEqual(instalment.amount_due, 6375.0)
        self.assertEqual(order.invoice_status, "invoiced")
        self.assertEqual(order.order_line.qty_invoiced, 1.0)

    def test_refund_comes_back(self):
        """A credit note that is reset to draft gives nothing back."""
        order = self._sell_package(
            plan=self.plan_start, outplacement_placement_rule="started_months"
        )
        self._invoice(order, "2026-01-12")
        self._place(order, "2026-05-20")
        note = self._get_credit_notes(order)
        self._post(note, "2026-05-21")
        instalment = self._get_instalments(order)
        self.assertEqual(instalment.amount_due, 3750.0)
        note.with_user(self.finance).button_draft()
        self.assertEqual(instalment.amount_lapsed, 0.0)
        self.assertEqual(instalment.amount_due, 9000.0)
        self._post(note, "2026-05-22")
        self.assertEqual(instalment.amount_due, 3750.0)
        reversal = self._credit(note, "2026-05-23")
        self.assertEqual(reversal.move_type, "out_invoice")
        self.assertEqual(instalment.amount_due, 9000.0, "it is billed again")

    def test_refund_of_what_is_not_invoiced(self):
        """Half of the months that had not started stay owed, less than was agreed."""
        order = self._sell_package(
            outplacement_placement_rule="refund", outplacement_refund_percent=50
        )
        changes = self._place(order, "2026-05-20")
        self.assertEqual([c["amount_after"] for c in changes], [750] * 5 + [375] * 7)
        self.assertEqual([c["action"] for c in changes], ["keep"] * 5 + ["reduce"] * 7)
        invoice = self._invoice(order, "2027-01-01")
        self.assertAmounts(invoice, (6375.0, 1338.75, 7713.75))
        self.assertEqual(order.invoice_status, "invoiced")

    def test_refund_is_rounded(self):
        """8,995.00 in 12: the last is 749.62, a third of it 249.87."""
        order = self._sell_package(
            8995.0,
            outplacement_placement_rule="refund",
            outplacement_refund_percent=33.3333,
        )
        self._place(order, "2026-05-20")
        last = self._get_instalments(order)[-1]
        self.assertEqual(last.amount_lapsed, 249.87)
        self.assertEqual(last.amount_due, 499.75)

    def test_refund_of_nothing(self):
        order = self._sell_package(
            outplacement_placement_rule="refund", outplacement_refund_percent=0
        )
        changes = self._place(order, "2026-05-20")
        self.assertEqual({change["action"] for change in changes}, {"keep"})

    def test_price_with_vat(self):
        """Private prices include VAT: the refund is a part of the price, so is the
        credit note (R1)."""
        package = self._make_package(
            1452.0,
            self.plan_start,
            taxes_id=self.vat_included.ids,
            outplacement_placement_rule="started_months",
        )
        order = self._sell(package, partner=self.person)
        self._start(order.outplacement_traject_ids, "2026-01-30")
        self._invoice(order, "2026-01-30")
        self._place(order, "2026-05-30")
        note = self._get_credit_notes(order)
        self._post(note, "2026-06-01")
        self.assertAmounts(note, (700.0, 147.0, 847.0))

    # ------------------------------------------------------------------
    # Fixed price
    # ------------------------------------------------------------------

    def test_fixed_keeps_its_dates(self):
        order = self._sell_package()
        before = self._get_instalments(order).mapped("date")
        changes = self._place(order, "2026-05-20")
        self.assertEqual({change["action"] for change in changes}, {"keep"})
        self.assertEqual(self._get_instalments(order).mapped("date"), before)

    def test_fixed_at_once(self):
        order = self._sell_package(outplacement_placement_rest="at_once")
        self._bill_until(order, date(2026, 4, 30))
        changes = self._place(order, "2026-05-20")
        self.assertEqual([c["action"] for c in changes], ["keep"] * 5 + ["move"] * 7)
        rest = self._invoice(order, "2026-05-20")
        self.assertAmounts(rest, (6000.0, 1260.0, 7260.0))
        self.assertEqual(order.invoice_status, "invoiced")

    # ------------------------------------------------------------------
    # Success fee
    # ------------------------------------------------------------------

    def test_at_once_leaves_agreed_dates_alone(self):
        order = self._sell_fixed()
        agreed = self._get_instalments(order)[8]
        agreed.with_user(self.finance).date_agreed = "2026-09-15"
        self._place(order, "2026-05-20")
        self.assertEqual(str(agreed.date), "2026-09-15")
        self.assertEqual(str(self._get_instalments(order)[9].date), "2026-05-20")

    def test_at_once_waits_for_who_can_withdraw(self):
        """Confirmed on 5 January, placed on the 13th, safe from the 20th on."""
        order = self._sell_fixed(partner=self.person, taxes=self.vat_included)
        changes = self._place(order, "2026-01-13")
        self.assertEqual({str(c["date_after"]) for c in changes}, {"2026-01-20"})
        dates = self._get_instalments(order).mapped("date")
        self.assertEqual(set(map(str, dates)), {"2026-01-20"})

    def _sell_fixed(self, partner=None, taxes=None):
        package = self._make_package(
            9000.0,
            self.plan_monthly,
            outplacement_placement_rule="fixed",
            outplacement_placement_rest="at_once",
            taxes_id=(taxes or self.vat).ids,
        )
        return self._sell_and_start(
            package, date_start="2026-01-12", partner=partner or self.employer
        )

    def test_success_fee(self):
        """9,950.00, 35% at the start, 65% at the placement."""
        order = self._sell_package(9950.0, self.plan_success, "2026-02-09")
        first = self._invoice(order, "2026-02-09")
        self.assertAmounts(first, (3482.5, 731.33, 4213.83))
        changes = self._place(order, "2026-06-15")
        self.assertEqual([change["action"] for change in changes], ["keep", "move"])
        self.assertEqual(changes[1]["date_before"], False)
        self.assertEqual(changes[1]["date_after"], date(2026, 6, 15))
        success = self._invoice(order, "2026-06-15")
        self.assertAmounts(success, (6467.5, 1358.18, 7825.68))
        self.assertEqual(success.invoice_date, date(2026, 6, 15))
        self.assertEqual(order.invoice_status, "invoiced")

    def test_nobody_placed(self):
        """Without a placement there is no success fee."""
        order = self._sell_package(9950.0, self.plan_success)
        changes = self._end(order, "closed", "2026-06-15", outcome="term_ended")
        self.assertEqual([change["action"] for change in changes], ["keep", "lapse"])
        fee = self._get_instalments(order)[1]
        self.assertEqual((fee.state, fee.lapse_reason), ("lapsed", "not_placed"))
        told = order.outplacement_traject_ids.message_ids.mapped("body")
        self.assertIn("Closed without placement", " ".join(told))
        self.assertIn("Dates or amounts", order.message_ids[0].body)
        invoice = self._invoice(order, "2026-06-15")
        self.assertAmounts(invoice, (3150.0 + 332.5, 731.33, 4213.83))
        self.assertEqual(order.invoice_status, "invoiced")

    def test_sessions_that_were_not_held(self):
        plan = self._make_plan({"share": 100, "trigger": "session"})
        order = self._sell_package(900.0, plan, outplacement_session_count=3)
        traject = order.outplacement_traject_ids
        session = self.env["outplacement.session"].create(
            {
                "traject_id": traject.id,
                "kind": "coaching",
                "start": "2026-02-03 09:00:00",
            }
        )
        with freeze_time("2026-02-04"):
            session.with_user(self.coach).action_hold()
        changes = self._end(order, "closed", "2026-06-15", outcome="stopped")
        self.assertEqual([c["action"] for c in changes], ["keep", "lapse", "lapse"])
        self.assertEqual(
            set(self._get_instalments(order)[1:].mapped("lapse_reason")), {"closed"}
        )

    # ------------------------------------------------------------------
    # Drafts, and what was credited by hand
    # ------------------------------------------------------------------

    def test_on_a_draft_invoice(self):
        """Nothing was billed yet: it is taken off the draft."""
        order = self._sell_package(outplacement_placement_rule="started_months")
        instalments = self._get_instalments(order)
        instalments[5].with_user(self.finance).date_agreed = "2026-02-12"
        draft = self._invoice(order, "2026-02-12", post=False)
        self.assertEqual(len(draft.invoice_line_ids), 3)
        changes = self._place(order, "2026-05-20")
        self.assertEqual(changes[5]["action"], "lapse")
        self.assertEqual(
            draft.invoice_line_ids.outplacement_instalment_id, instalments[:2]
        )
        self.assertAmounts(draft, (1500.0, 315.0, 1815.0))
        self.assertEqual(instalments[5].state, "lapsed")

    def test_only_thing_on_a_draft(self):
        order = self._sell_package(outplacement_placement_rule="started_months")
        instalments = self._get_instalments(order)
        for instalment in instalments[:-1]:
            instalment.with_user(self.finance).date_agreed = "2026-09-01"
        instalments[-1].with_user(self.finance).date_agreed = "2026-02-12"
        draft = self._invoice(order, "2026-02-12", post=False)
        self._place(order, "2026-05-20")
        self.assertFalse(draft.exists())

    def test_part_on_a_draft(self):
        order = self._sell_package(
            plan=self.plan_start, outplacement_placement_rule="started_months"
        )
        draft = self._invoice(order, "2026-01-12", post=False)
        (change,) = self._place(order, "2026-05-20")
        self.assertEqual(change["action"], "reduce")
        self.assertAmounts(draft, (3750.0, 787.5, 4537.5))
        self.assertFalse(draft.with_user(self.finance).alerts)

    def test_credited_by_hand_before(self):
        """Credited whole: nothing is credited twice, and it is not owed again."""
        order = self._sell_package(
            plan=self.plan_start, outplacement_placement_rule="refund"
        )
        invoice = self._invoice(order, "2026-01-12")
        self._credit(invoice, "2026-02-01")
        (change,) = self._place(order, "2026-05-20")
        self.assertEqual(change["credit"], 0.0)
        self.assertEqual((change["amount_before"], change["amount_after"]), (0, 0))
        self.assertEqual(len(self._get_credit_notes(order)), 1)

    def test_credited_in_part_by_hand(self):
        """No more is credited than is left of the invoice, drafts included."""
        order = self._sell_package(
            plan=self.plan_start, outplacement_placement_rule="started_months"
        )
        invoice = self._invoice(order, "2026-01-12")
        note = self._credit(invoice, "2026-02-01", post=False)
        note.invoice_line_ids.price_unit = 8000.0
        with self.assertRefused("is not posted yet"):
            self._place(order, "2026-05-20")
        self._post(note, "2026-05-20")
        (change,) = self._place(order, "2026-05-20")
        self.assertEqual((change["amount_before"], change["credit"]), (1000.0, 0.0))
        self.assertEqual(change["amount_after"], 1000.0)

    def test_credited_a_little_by_hand(self):
        """So much less is credited: what stays owed is that of the started months."""
        order = self._sell_package(
            plan=self.plan_start, outplacement_placement_rule="started_months"
        )
        invoice = self._invoice(order, "2026-01-12")
        note = self._credit(invoice, "2026-02-01", post=False)
        note.invoice_line_ids.price_unit = 1000.0
        self._post(note, "2026-02-01")
        instalment = self._get_instalments(order)
        self.assertEqual(instalment.amount_due, 8000.0)
        (change,) = self._place(order, "2026-05-20")
        self.assertEqual((change["amount_before"], change["credit"]), (8000.0, 4250.0))
        self.assertEqual(change["amount_after"], 3750.0)

    # ------------------------------------------------------------------
    # Before finance posts the credit note
    # ------------------------------------------------------------------

    def _place_prepaid(self):
        """Return invoice and draft credit note of a prepaid traject with a placement:
        5,250.00 of 9,000.00 is given back."""
        order = self._sell_package(
            plan=self.plan_start, outplacement_placement_rule="started_months"
        )
        invoice = self._invoice(order, "2026-01-12")
        self._place(order, "2026-05-20")
        return invoice, self._get_credit_notes(order)

    def test_a_colleague_credits_meanwhile(self):
        invoice, note = self._place_prepaid()
        instalment = invoice.invoice_line_ids.outplacement_instalment_id
        self.assertNotIn("outplacement_excess", note.alerts or {})
        by_hand = self._credit(invoice, "2026-05-21", post=False)
        self._post(by_hand, "2026-05-21")
        self.assertEqual(note.alerts["outplacement_excess"]["level"], "warning")
        by_hand.button_draft()
        self.assertNotIn("outplacement_excess", note.alerts or {})
        by_hand.action_post()
        self.assertEqual(note.alerts["outplacement_excess"]["level"], "warning")
        with self.assertRefused("More would be credited than is left"):
            self._post(note, "2026-05-22")
        self.assertEqual(note.state, "draft")
        self.assertEqual(instalment.amount_due, 0.0)

    def test_invoice_is_reset(self):
        """Then it bills what stays owed, and there is nothing to credit."""
        invoice, note = self._place_prepaid()
        with freeze_time("2026-05-21"):
            invoice.with_user(self.finance).button_draft()
        self.assertFalse(note.exists())
        instalment = invoice.invoice_line_ids.outplacement_instalment_id
        self.assertEqual(instalment.amount_lapsed, 5250.0)
        self._post(invoice, "2026-05-21")
        self.assertEqual(invoice.amount_untaxed, 3750.0)
        self.assertEqual((instalment.state, instalment.amount_due), ("invoiced", 3750))

    def test_invoice_is_made_anew(self):
        invoice, note = self._place_prepaid()
        instalment = invoice.invoice_line_ids.outplacement_instalment_id
        with freeze_time("2026-05-21"):
            wizard = self._get_reversal(invoice)
            wizard.modify_moves()
            self.env.flush_all()
        anew = instalment.invoice_id
        self.assertNotEqual(anew, invoice)
        self.assertFalse(note.exists())
        self._post(anew, "2026-05-21")
        self.assertEqual(anew.amount_untaxed, 3750.0)
        self.assertEqual(instalment.amount_due, 3750.0)

    def test_credit_note_of_unstarted_months_is_earned_later(self):
        """What was earned of the months served stays: 151 of 365 days of 9,000.00."""
        invoice, note = self._place_prepaid()
        self._post(note, "2026-05-21")
        line = note.invoice_line_ids
        self.assertEqual(
            (str(line.outplacement_earned_from), str(line.outplacement_earned_until)),
            ("2026-06-12", "2027-01-11"),
        )
        for day, earned in (("2026-06-11", 3723.29), ("2027-01-11", 3750.0)):
            unearned = self.eur.round(3750 - earned)
            self.assertEqual(self._get_earned(invoice | note, day), (earned, unearned))

    def test_closed_before_the_credit_note_is_posted(self):
        """What it takes back is never earned: until it is posted the invoice, less what
        finance credited by hand, is earned as the days go by."""
        for by_hand, before, after in (
            (0, (3452.05, 5547.95), (3750.0, 0.0)),
            (2000.0, (2684.93, 4315.07), (3750.0, 0.0)),
        ):
            order = self._sell_package(
                plan=self.plan_start, outplacement_placement_rule="started_months"
            )
            invoice = self._invoice(order, "2026-01-12")
            if by_hand:
                note = self._credit(invoice, "2026-01-15", post=False)
                note.invoice_line_ids.price_unit = by_hand
                self._post(note, "2026-01-15")
            self._end(order, "closed", "2026-05-20", outcome="placed")
            moves = invoice | self._get_credit_notes(order)
            with self.subTest(by_hand=by_hand, note="draft"):
                self.assertEqual(self._get_earned(moves, "2026-05-31"), before)
            self._post(moves.filtered(lambda move: move.state == "draft"), "2026-06-03")
            for day, expected in (("2026-05-31", before), ("2026-06-03", after)):
                with self.subTest(by_hand=by_hand, note="posted", day=day):
                    self.assertEqual(self._get_earned(moves, day), expected)

    def test_collective_invoice(self):
        """A credit note of the lines of this traject only."""
        package = self._make_package(
            9000.0, self.plan_start, outplacement_placement_rule="started_months"
        )
        order = self._sell_and_start(
            {"product_id": package.id, "product_uom_qty": 3}, date_start="2026-01-12"
        )
        invoice = self._invoice(order, "2026-01-12")
        self.assertEqual(len(invoice.invoice_line_ids), 3)
        second = order.outplacement_traject_ids.sorted("id")[1]
        with freeze_time("2026-05-20"):
            self._open(second, "aftercare", "2026-05-20").action_confirm()
        note = self._get_credit_notes(order)
        self.assertEqual(
            note.invoice_line_ids.outplacement_credited_line_id,
            second.instalment_ids.invoice_line_ids,
        )
        self._post(note, "2026-05-21")
        self.assertAmounts(note, (5250.0, 1102.5, 6352.5))
        self.assertEqual(note.reversed_entry_id, invoice)

    def test_lock_date(self):
        """A credit note of an invoice in a locked month is dated after it, also when
        the month of the draft itself was locked since."""
        order = self._sell_package(
            plan=self.plan_start,
            start="2026-01-12",
            outplacement_placement_rule="started_months",
        )
        self._invoice(order, "2026-01-12")
        self.company.fiscalyear_lock_date = date(2026, 3, 31)
        self._place(order, "2026-05-20")
        note = self._get_credit_notes(order)
        self.company.fiscalyear_lock_date = date(2026, 5, 31)
        self._post(note, "2026-06-03")
        self.assertEqual(note.state, "posted")
        self.assertGreater(note.date, date(2026, 5, 31))
        self.assertEqual(self._get_instalments(order).amount_due, 3750.0)

    def test_finance_is_told(self):
        self.company.outplacement_finance_user_id = self.finance
        order = self._sell_package(
            plan=self.plan_start, outplacement_placement_rule="started_months"
        )
        self._invoice(order, "2026-01-12")
        self._place(order, "2026-05-20", user=self.coach)
        note = self._get_credit_notes(order)
        self.assertEqual(note.activity_ids.user_id, self.finance)
        alert = note.with_user(self.finance).alerts["outplacement_lapse"]
        self.assertIn(self._get_instalments(order).display_name, alert["message"])

    def test_the_deal_stays(self):
        """Rules of a package that change later change nothing of what was sold."""
        order = self._sell_package(outplacement_placement_rule="started_months")
        order.order_line.product_id.outplacement_placement_rule = "fixed"
        self.assertEqual(order.order_line.outplacement_placement_rule, "started_months")
        changes = self._place(order, "2026-05-20")
        self.assertEqual(changes[-1]["action"], "lapse")

    def test_not_closed_before_it_began(self):
        """Nor before the placement: what is earned ends with the closing."""
        order = self._sell_package()
        for day in ("2025-12-31", "2026-01-11"):
            with self.assertRefused("cannot be closed before 01/12/2026"):
                self._close_on(order, day, outcome="stopped")
        self._place(order, "2026-05-20")
        with self.assertRefused("cannot be closed before 05/20/2026"):
            self._close_on(order, "2026-05-19", outcome="placed")
        self._close_on(order, "2026-05-20", outcome="placed")
        self.assertEqual(order.outplacement_traject_ids.state, "closed")

    def _close_on(self, order, day, **values):
        with freeze_time("2026-06-20"):
            wizard = self._open(order.outplacement_traject_ids, "closed", day, **values)
            wizard.action_confirm()
            self.env.flush_all()
