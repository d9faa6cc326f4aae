from datetime import date
from decimal import Decimal
from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common_life import LifeCommon

REFUSED = "access|Only the coach"
START = "2026-03-02"


@tagged("post_install", "-at_install")
class TestCancellation(LifeCommon):
    """A traject that does not take place: nothing is owed but a fee (R10)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fee_tax = cls.vat.copy({"name": "0% fee", "amount": 0})
        cls.fee_product = cls._create_product(
            name="Cancellation",
            type="service",
            invoice_policy="order",
            taxes_id=[Command.set(cls.fee_tax.ids)],
        )
        cls.company.outplacement_fee_product_id = cls.fee_product
        cls.env["outplacement.cancellation.fee"].create(
            [
                {"days_before": days, "percent": percent, "company_id": cls.company.id}
                for days, percent in ((30, 10), (14, 25), (0, 50))
            ]
        )

    def _sell_planned(self, *lines, start=START, **values):
        """Return an order whose traject has a start date, coach and candidate."""
        order = self._sell(*lines, **values)
        traject = order.outplacement_traject_ids.with_user(self.planner)
        traject.write({"date_start": start, "candidate_id": self.candidate.id})
        traject._assign_member(self.coach, "coach", date(2026, 1, 1))
        self.env.flush_all()
        return order

    def _get_fee_line(self, order):
        return order.order_line.filtered(lambda x: x.product_id == self.fee_product)

    # ------------------------------------------------------------------
    # The table
    # ------------------------------------------------------------------

    def test_the_nearer_the_start_the_more(self):
        for day, percent in (
            ("2026-01-10", 10),
            ("2026-01-31", 10),
            ("2026-02-01", 25),
            ("2026-02-16", 25),
            ("2026-02-17", 50),
            ("2026-03-02", 50),
            ("2026-03-09", 50),
        ):
            with self.subTest(day=day):
                order = self._sell_planned()
                changes = self._cancel(order, day)
                fee = round(8995.0 * percent / 100, 2)
                self.assertEqual(changes[-1]["action"], "fee")
                self.assertEqual(changes[-1]["amount_after"], fee)
                line = self._get_fee_line(order)
                self.assertEqual(line.price_subtotal, fee)
                self.assertEqual(line.tax_ids, self.fee_tax)
                self.assertIn(order.outplacement_traject_ids.name, line.name)
                self.assertEqual(
                    set(self._get_instalments(order).mapped("state")), {"lapsed"}
                )
                self.assertEqual(order.invoice_status, "to invoice")
                with freeze_time(day):
                    invoice = order.with_user(self.finance)._create_invoices()
                self.assertAmounts(invoice, (fee, 0.0, fee))
                self.assertEqual(order.invoice_status, "no", "nothing is left")

    def test_no_start_date_is_long_before(self):
        order = self._sell()
        (*_lapses, fee) = self._cancel(order, "2026-02-20")
        self.assertEqual(fee["amount_after"], 899.5)

    def test_a_row_without_days_is_for_the_start(self):
        """It is no row that holds for every day."""
        Fee = self.env["outplacement.cancellation.fee"]
        Fee.search([("days_before", "=", 0)]).unlink()
        Fee.create({"company_id": self.company.id, "percent": 60})
        (*_lapses, fee) = self._cancel(self._sell_planned(), "2026-02-10")
        self.assertEqual(fee["amount_after"], 2248.75, "25%")
        (*_lapses, fee) = self._cancel(self._sell_planned(), "2026-03-01")
        self.assertEqual(fee["amount_after"], 5397.0, "60%")

    def test_rows_are_sorted_whatever_order_they_are_found_in(self):
        Fee = self.registry["outplacement.cancellation.fee"]
        self.patch(Fee, "_order", "days_before")
        (*_lapses, fee) = self._cancel(self._sell_planned(), "2026-01-10")
        self.assertEqual(fee["amount_after"], 899.5, "10%")

    def test_no_table_no_fee(self):
        self.env["outplacement.cancellation.fee"].search([]).unlink()
        self.company.outplacement_fee_product_id = False
        order = self._sell_planned()
        changes = self._cancel(order, "2026-02-20")
        self.assertEqual({change["action"] for change in changes}, {"lapse"})
        self.assertEqual(len(order.order_line), 1)

    def test_fee_without_product(self):
        self.company.outplacement_fee_product_id = False
        order = self._sell_planned()
        with self.assertRefused("costs 25% of its price, and no product is set"):
            self._cancel(order, "2026-02-10")
        self.assertEqual(order.outplacement_traject_ids.state, "intake")
        self.assertEqual(len(order.order_line), 1)

    def test_no_match(self):
        """By default it costs nothing, whatever the table says."""
        order = self._sell_planned()
        changes = self._cancel(order, "2026-02-20", outcome="no_match")
        self.assertNotIn("fee", {change["action"] for change in changes})
        self.company.outplacement_no_match_percent = 5
        order = self._sell_planned()
        changes = self._cancel(order, "2026-02-20", outcome="no_match")
        self.assertEqual(changes[-1]["amount_after"], 449.75)

    def _add_payer(self, order, partner):
        """Return the order of a second payer, sold on 5 January."""
        traject = order.outplacement_traject_ids
        with freeze_time("2026-01-05"):
            self.env["outplacement.traject.payer"].with_user(self.manager).create(
                {"traject_id": traject.id, "partner_id": partner.id, "price": 1000.0}
            ).action_confirm()
            self.env.flush_all()
        return traject.extra_sale_line_ids.order_id

    def test_each_payer_withdraws_for_oneself(self):
        """A private person is free, whoever else pays; a business is bound."""
        self.person.property_account_position_id = False
        for first, second in (
            (self.employer, self.person),
            (self.person, self.employer),
        ):
            with self.subTest(first=first.name):
                order = self._sell_planned(partner=first, start="2026-02-02")
                other = self._add_payer(order, second)
                with freeze_time("2026-01-19"):
                    wizard = self._open(
                        order.outplacement_traject_ids,
                        "cancelled",
                        "2026-01-19",
                        outcome="stopped",
                    )
                    self.assertIn("withdraw until 01/19/2026", wizard.fee_text)
                    wizard.action_confirm()
                    self.env.flush_all()
                orders = {order.partner_id: order, other.partner_id: other}
                self.assertFalse(self._get_fee_line(orders[self.person]))
                self.assertTrue(self._get_fee_line(orders[self.employer]))

    def test_private_person_withdraws(self):
        """Within 14 days of the order a private person owes nothing."""
        self.person.property_account_position_id = False
        for day, fees in (("2026-01-19", 0), ("2026-01-20", 1)):
            with self.subTest(day=day):
                order = self._sell_planned(partner=self.person, start="2026-02-02")
                self._cancel(order, day)
                self.assertEqual(len(self._get_fee_line(order)), fees)
        order = self._sell_planned(start="2026-02-02")
        self._cancel(order, "2026-01-19")
        self.assertEqual(len(self._get_fee_line(order)), 1, "a business is bound")

    def test_wizard_says_why(self):
        order = self._sell_planned()
        traject = order.outplacement_traject_ids
        with freeze_time("2026-02-10"):
            wizard = self._open(traject, "cancelled", "2026-02-10", user=self.coach)
            self.assertRegex(wizard.fee_text, "25%.*14 days or more before")
            wizard.outcome = "no_match"
            self.assertRegex(wizard.fee_text, "0%.*no match")

    # ------------------------------------------------------------------
    # What was invoiced
    # ------------------------------------------------------------------

    def test_invoiced_is_credited(self):
        order = self._sell_planned(start="2026-02-02")
        traject = order.outplacement_traject_ids
        with freeze_time("2026-02-02"):
            traject.with_user(self.coach)._set_state("active")
        invoice = self._invoice(order, "2026-02-02")
        changes = self._cancel(order, "2026-02-05", user=self.coach)
        self.assertEqual(changes[0]["action"], "credit")
        self.assertEqual(changes[-1]["amount_after"], 4497.5)
        note = self._get_credit_notes(order)
        self.assertEqual(note.reversed_entry_id, invoice)
        first = self._get_instalments(order)[0]
        self.assertEqual(first.state, "invoiced")
        self._post(note, "2026-02-06")
        self.assertAmounts(note, (749.58, 157.41, 906.99))
        self.assertEqual((first.state, first.lapse_reason), ("lapsed", "cancelled"))

    def test_draft_invoice_is_emptied(self):
        order = self._sell_planned(start="2026-02-02")
        traject = order.outplacement_traject_ids
        with freeze_time("2026-02-02"):
            traject.with_user(self.coach)._set_state("active")
        draft = self._invoice(order, "2026-02-02", post=False)
        self._cancel(order, "2026-02-05")
        self.assertFalse(draft.exists())
        self.assertFalse(self._get_credit_notes(order))

    def test_locked_order(self):
        order = self._sell_planned()
        order.action_lock()
        self._cancel(order, "2026-02-10")
        self.assertEqual(len(self._get_fee_line(order)), 1)

    def test_cancelling_the_order_is_no_way_around(self):
        """Neither around the fee nor around the credit note."""
        plan = self._make_plan(
            {"share": 20, "trigger": "confirmation"}, {"share": 80, "sequence": 20}
        )
        order = self._sell_planned(self._make_package(5000.0, plan))
        seller = order.with_user(self.account_manager)
        with freeze_time("2026-02-10"), self.assertRefused("costs 25% of its price"):
            seller._action_cancel()
        self._invoice(order, "2026-01-05")
        with freeze_time("2026-02-10"), self.assertRefused("1/2 is on invoice"):
            seller._action_cancel()
        self.assertEqual(order.outplacement_traject_ids.state, "intake")
        self._cancel(order, "2026-02-10")
        with freeze_time("2026-02-10"), self.assertRefused("post the credit note"):
            seller._action_cancel()
        self._post(self._get_credit_notes(order), "2026-02-11")
        with freeze_time("2026-02-11"):
            seller._action_cancel()
        self.assertEqual(order.state, "cancel")

    def test_cancelling_the_order_without_fee(self):
        self.env["outplacement.cancellation.fee"].search([]).percent = 0
        order = self._sell_planned()
        with freeze_time("2026-02-10"):
            order.with_user(self.account_manager)._action_cancel()
        self.assertEqual(order.outplacement_traject_ids.state, "cancelled")
        self.assertFalse(self._get_fee_line(order))

    def test_invoiced_in_a_foreign_currency(self):
        """A credit note copies the amounts (R8), at the rate of its own day: as Odoo
        does with any reversal, which books the difference when both are matched."""
        dollar = self.setup_other_currency(
            "USD", rates=[("2026-01-01", 2.0), ("2026-02-01", 4.0)]
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Dollars", "currency_id": dollar.id}
        )
        package = self._make_package(8000.0, self.plan_start)
        orders = [
            self._sell_and_start(
                package, date_start="2026-01-12", pricelist_id=pricelist.id
            )
            for _each in range(2)
        ]
        invoices = [self._invoice(order, "2026-01-12") for order in orders]
        self._cancel(orders[0], "2026-01-20")
        ours = self._get_credit_notes(orders[0])
        # the database does not know that time is frozen; a rate of another day would
        # look like one that somebody typed
        self.env.cr.execute(
            "UPDATE account_move SET create_date = '2026-01-20' WHERE id = %s",
            [ours.id],
        )
        ours.invalidate_recordset(["create_date"])
        self._post(ours, "2026-02-02")
        theirs = self._credit(invoices[1], "2026-02-02")
        self.assertEqual(ours.currency_id, dollar)
        self.assertEqual(ours.amount_total, invoices[0].amount_total)
        for name in (
            *("invoice_date", "invoice_currency_rate", "amount_total"),
            *("amount_untaxed_signed", "amount_total_signed"),
        ):
            with self.subTest(name):
                self.assertEqual(ours[name], theirs[name])
        self.assertEqual(ours.invoice_currency_rate, 4.0)
        self.assertEqual(invoices[0].invoice_currency_rate, 2.0)

    def test_cancelling_the_order_leaves_no_invoice_of_another_one(self):
        """What somebody else pays of the traject, or an order of its own for its
        extension, is credited before as well."""
        self.env["outplacement.cancellation.fee"].search([]).percent = 0
        plan = self._make_plan({"share": 100, "trigger": "confirmation"})
        for kind in ("payer", "extension"):
            for posted in (True, False):
                with self.subTest(kind=kind, posted=posted):
                    order = self._sell_planned()
                    other = self._sell_for(order, kind, plan)
                    invoice = self._invoice(other, "2026-01-06", post=posted)
                    seller = order.with_user(self.account_manager)
                    with (
                        freeze_time("2026-01-08"),
                        self.assertRefused(f"{order.name} .* 1/1 is on invoice"),
                    ):
                        seller._action_cancel()
                    self._cancel(order, "2026-01-08")
                    self.assertEqual(bool(self._get_credit_notes(other)), posted)
                    self.assertEqual(bool(invoice.exists()), posted)
                    with freeze_time("2026-01-08"):
                        seller._action_cancel()
                    self.assertEqual(order.state, "cancel")

    def _sell_for(self, order, kind, plan):
        """Return another order, confirmed, for the traject of ``order``."""
        line = {
            "product_id": self._make_package(1000.0, plan).id,
            "outplacement_for_traject_id": order.outplacement_traject_ids.id,
            "outplacement_line_kind": kind,
        }
        insurer = self.env["res.partner"].create({"name": "UWV", "is_company": True})
        return self._sell(line, partner=insurer)

    def test_after_a_change_of_package(self):
        """What is left of the former package is credited too."""
        order = self._sell_package(9000.0, self.plan_halves)
        traject = order.outplacement_traject_ids
        self._invoice(order, "2026-01-12")
        first = self._get_instalments(order)[0]
        self.assertEqual(first.amount, 4500.0)
        with freeze_time("2026-02-12"):
            wizard = (
                self.env["outplacement.traject.package"]
                .with_user(self.account_manager)
                .create({"traject_id": traject.id, "product_id": self.package.id})
            )
            wizard.action_confirm()
            self.env.flush_all()
        note = self._get_credit_notes(order)
        self._post(note, "2026-02-12")
        self.assertEqual(note.amount_untaxed, 3000.0)
        self.assertEqual(first.amount_due, 1500.0)
        fees = traject._get_cancellation_fees(date(2026, 2, 13), "stopped")
        # 1,500.00 is left of the former package, 8,995.00 - 1,500.00 is the other one
        self.assertEqual(sum(fee.amount for fee in fees), Decimal("4497.50"))
        changes = self._cancel(order, "2026-02-13")
        shown = [c for c in changes if c["instalment_id"] == first.id]
        self.assertEqual(
            [(c["action"], c["credit"]) for c in shown], [("credit", 1500)]
        )
        self.assertEqual(first.amount_due, 1500.0)
        self._post(self._get_credit_notes(order) - note, "2026-02-14")
        self.assertEqual((first.state, first.amount_due), ("lapsed", 0.0))

    def test_nothing_is_earned_of_what_will_be_credited(self):
        """A traject that is cancelled does not earn what its credit note takes back, be
        it a draft as yet or posted in a later month."""
        plan = self._make_plan(
            {"share": 20, "trigger": "confirmation"}, {"share": 80, "sequence": 20}
        )
        order = self._sell_planned(self._make_package(5000.0, plan))
        invoice = self._invoice(order, "2026-01-05")
        self._cancel(order, "2026-02-10")
        for note_posted, figures in (
            (False, {"2026-02-28": (0, 1000), "2026-12-31": (0, 1000)}),
            (True, {"2026-02-28": (0, 1000), "2026-03-31": (0, 0)}),
        ):
            if note_posted:
                self._post(self._get_credit_notes(order), "2026-03-05")
            moves = invoice | self._get_credit_notes(order)
            for day, expected in figures.items():
                with self.subTest(note_posted=note_posted, day=day):
                    self.assertEqual(self._get_earned(moves, day), expected)

    def test_fee_of_private_prices(self):
        """What a private person pays is what was shown, VAT included."""
        self.fee_product.taxes_id = self.vat
        package = self._make_package(1495.0, taxes_id=self.vat_included.ids)
        # of 373.75 the price without VAT is 308.8843
        for day, fee in (("2026-01-25", 149.5), ("2026-02-10", 373.75)):
            with self.subTest(fee=fee):
                order = self._sell_planned(package, partner=self.person)
                changes = self._cancel(order, day)
                self.assertEqual(changes[-1]["amount_after"], fee)
                self.assertEqual(self._get_fee_line(order).price_total, fee)
                with freeze_time(day):
                    invoice = order.with_user(self.finance)._create_invoices()
                self.assertEqual(invoice.amount_total, fee)

    def test_fee_under_a_price_list(self):
        """The price that it is a part of is less already."""
        group = self.env.ref("sale.group_discount_per_so_line")
        self.env.ref("base.group_user").implied_ids |= group
        discounted = self.env["product.pricelist"].create(
            {
                "name": "Ten percent",
                "item_ids": [
                    Command.create({"compute_price": "percentage", "percent_price": 10})
                ],
            }
        )
        order = self._sell_planned(pricelist_id=discounted.id)
        self.assertEqual(order.order_line.price_subtotal, 8095.5)
        changes = self._cancel(order, "2026-02-10")
        self.assertEqual(changes[-1]["amount_after"], 2023.88)
        self.assertEqual(self._get_fee_line(order).price_subtotal, 2023.88)

    def test_fee_is_what_was_shown(self):
        order = self._sell_planned()
        Traject = self.registry["outplacement.traject"]
        values = Traject._prepare_cancellation_line
        changed = patch.object(
            Traject,
            "_prepare_cancellation_line",
            lambda self, fee: values(self, fee) | {"discount": 10},
        )
        with changed, self.assertRefused("differs from what was shown"):
            self._cancel(order, "2026-02-10")
        self.assertFalse(self._get_fee_line(order))

    def test_finance_is_asked_to_invoice_the_fee(self):
        self.company.outplacement_finance_user_id = self.finance
        order = self._sell_planned()
        self._cancel(order, "2026-02-10", user=self.coach)
        activity = order.activity_ids.filtered(
            lambda activity: activity.user_id == self.finance
        )
        self.assertEqual(activity.summary, "Invoice the cancellation fee")

    # ------------------------------------------------------------------
    # Refused
    # ------------------------------------------------------------------

    def test_twice(self):
        order = self._sell_planned()
        self._cancel(order, "2026-02-10")
        with self.assertRefused("cannot become cancelled"):
            self._cancel(order, "2026-02-11")
        self.assertEqual(len(self._get_fee_line(order)), 1)

    def test_before_the_sale(self):
        """The further back it is dated, the less it would cost."""
        order = self._sell_planned()
        traject = order.outplacement_traject_ids
        with freeze_time("2026-02-25"):
            for day in ("2026-01-04", "2025-06-01"):
                wizard = self._open(traject, "cancelled", day, outcome="stopped")
                with self.subTest(day=day), self.assertRefused("of its last sale"):
                    wizard.action_confirm()
            self.assertEqual(traject.state, "intake")
            wizard = self._open(traject, "cancelled", "2026-01-05", outcome="stopped")
            wizard.action_confirm()
        self.assertEqual(traject.state, "cancelled")
        self.assertEqual(traject.date_closed, date(2026, 1, 5))

    def test_before_a_later_sale(self):
        """What another payer ordered later is cancelled after that."""
        order = self._sell_planned()
        traject = order.outplacement_traject_ids
        with freeze_time("2026-01-20"):
            self.env["outplacement.traject.payer"].with_user(self.manager).create(
                {"traject_id": traject.id, "partner_id": self.person.id, "price": 100.0}
            ).action_confirm()
            self.env.flush_all()
            wizard = self._open(traject, "cancelled", "2026-01-19", outcome="stopped")
            with self.assertRefused("before 01/20/2026, the day of its last sale"):
                wizard.action_confirm()

    def test_as_of_an_earlier_day(self):
        """The day decides what it costs: a coach takes today's, and is told before."""
        order = self._sell_planned()
        traject = order.outplacement_traject_ids
        with freeze_time("2026-02-18"):
            values = {"outcome": "stopped", "user": self.coach}
            wizard = self._open(traject, "cancelled", "2026-01-30", **values)
            self.assertIn("ask a planner", wizard.refusal_text)
            with self.assertRefused("A coach cancels .* as of today"):
                wizard.action_confirm()
            wizard = self._open(traject, "cancelled", "2026-02-19", **values)
            with self.assertRefused("in the future"):
                wizard.action_confirm()
            wizard = self._open(traject, "cancelled", "2026-02-18", **values)
            self.assertFalse(wizard.refusal_text)
        self.assertEqual(traject.state, "intake")

    def test_who_may_cancel_as_of_an_earlier_day(self):
        """Who plans it, the manager, and a coach who sold it: 10 % instead of 50 %."""
        group = self.env.ref("outplacement.group_account_manager")
        self.coach.group_ids += group
        for user in (self.planner, self.manager, self.coach):
            order = self._sell_planned()
            traject = order.outplacement_traject_ids
            with self.subTest(user=user.login), freeze_time("2026-02-18"):
                if user == self.coach:
                    values = {"outcome": "stopped", "user": user}
                    wizard = self._open(traject, "cancelled", "2026-01-30", **values)
                    self.assertIn("ask a planner", wizard.refusal_text)
                    traject.account_manager_id = user
                wizard = self._open(
                    traject, "cancelled", "2026-01-30", user, outcome="stopped"
                )
                self.assertFalse(wizard.refusal_text)
                wizard.action_confirm()
                self.assertEqual(str(traject.date_closed), "2026-01-30")
                self.assertEqual(self._get_fee_line(order).price_unit, 899.5)

    def test_of_a_cancelled_order(self):
        self.env["outplacement.cancellation.fee"].search([]).percent = 0
        order = self._sell_planned()
        order.with_user(self.account_manager)._action_cancel()
        with self.assertRefused("cannot become cancelled"):
            self._cancel(order, "2026-02-11")

    def test_table_of_fees(self):
        Fee = self.env["outplacement.cancellation.fee"].with_user(self.manager)
        Fee.create({"days_before": 60, "percent": 5})
        for user in (self.coach, self.planner, self.account_manager):
            with self.assertDenied():
                Fee.with_user(user).create({"days_before": 90, "percent": 1})
        other = self.env["res.company"].create({"name": "Other Bureau"})
        foreign = self.env["outplacement.cancellation.fee"].create(
            {"days_before": 60, "percent": 99, "company_id": other.id}
        )
        self.assertNotIn(foreign, Fee.search([]))
        order = self._sell_planned()
        self.assertEqual(
            order.outplacement_traject_ids._get_cancellation_percent(
                date(2026, 1, 6), "stopped"
            )[0],
            10,
        )

    def test_fee_product_is_no_package(self):
        with self.assertRefused("is a package", ValidationError):
            self.company.outplacement_fee_product_id = self.package

    def test_fee_product_bills_what_is_ordered(self):
        """Of a fee nothing is ever delivered, so it would never be invoiced."""
        delivered = self._create_product(type="service", invoice_policy="delivery")
        with self.assertRefused("must be ordered quantities", ValidationError):
            self.company.outplacement_fee_product_id = delivered
        other = self.env["res.company"].create({"name": "Other Bureau"})
        for values, text in (
            ({"invoice_policy": "delivery"}, "must be ordered quantities"),
            ({"company_id": other.id}, "belongs to"),
        ):
            with self.subTest(**values), self.assertRefused(text, ValidationError):
                self.fee_product.product_tmpl_id.write(values)
        self.company.outplacement_fee_product_id = False
        self.fee_product.invoice_policy = "delivery"

    def test_stranger(self):
        order = self._sell_planned()
        for user in (self.other_coach, self.finance, self.account_manager):
            with (
                self.subTest(user=user.login),
                self.assertRefused(REFUSED, AccessError),
            ):
                self._cancel(order, "2026-02-10", user=user)
