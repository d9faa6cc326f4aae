from datetime import date

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common_billing import BillingCommon


@tagged("post_install", "-at_install")
class TestWithdrawal(BillingCommon):
    """A private person can withdraw within 14 days: nothing is invoiced before, unless
    an early start was asked for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls._make_plan(
            {"share": 40, "trigger": "confirmation"},
            {"share": 60, "repeat_count": 2},
        )
        cls.advice = cls._make_package(
            1000.0, cls.plan, taxes_id=[Command.set(cls.vat_included.ids)]
        )

    def _sell_privately(self, **values):
        values = {"partner": self.person, **values}
        return self._sell_and_start(self.advice, date_start="2026-01-10", **values)

    def _get_dates(self, order):
        return [str(day) for day in self._get_instalments(order).mapped("date")]

    def test_nothing_before_the_fifteenth_day(self):
        """Confirmed on 5 January: the 14th day after that is the 19th."""
        order = self._sell_privately()
        self.assertEqual(
            self._get_dates(order), ["2026-01-20", "2026-01-20", "2026-02-10"]
        )
        for today, state in (("2026-01-19", "planned"), ("2026-01-20", "due")):
            with self.subTest(today=today), freeze_time(today):
                self.env["outplacement.instalment"]._update_due()
                states = self._get_instalments(order).mapped("state")
                self.assertEqual(states, [state, state, "planned"])
        invoice = self._invoice(order, "2026-01-20")
        self.assertAmounts(invoice, (578.51, 121.49, 700.0))

    def test_the_order_says_so(self):
        order = self._sell_privately()
        self.assertIn("01/19/2026", order.outplacement_withdrawal_text)
        self.assertIn("before 01/20/2026", order.outplacement_withdrawal_text)
        with freeze_time("2026-01-20"):
            self.env["outplacement.instalment"]._update_due()
            self.assertFalse(order.outplacement_withdrawal_text)

    def test_an_early_start(self):
        order = self._sell_privately(outplacement_early_start=True)
        self.assertEqual(
            self._get_dates(order), ["2026-01-05", "2026-01-10", "2026-02-10"]
        )
        self.assertFalse(order.outplacement_withdrawal_text)

    def test_asked_for_later(self):
        order = self._sell_privately()
        order.with_user(self.account_manager).outplacement_early_start = True
        self.assertEqual(self._get_dates(order)[0], "2026-01-05")
        self.assertEqual(order.copy().outplacement_early_start, False)

    def test_an_agreed_date_is_no_way_around(self):
        order = self._sell_privately()
        first = self._get_instalments(order)[0].with_user(self.finance)
        first.date_agreed = "2026-01-06"
        self.assertEqual(str(first.date), "2026-01-20")
        first.date_agreed = "2026-01-25"
        self.assertEqual(str(first.date), "2026-01-25")

    def test_order_date_is_no_way_around(self):
        """Whoever sells may change the order date, and nobody the day on which the
        order was confirmed."""
        order = self._sell_privately()
        mine = order.with_user(self.account_manager)
        mine.date_order = "2025-12-01 12:00:00"
        self.assertEqual(self._get_dates(order)[0], "2026-01-20")
        with self.assertDenied():
            mine.outplacement_date_confirmed = "2025-12-01"

    def test_confirmed_anew(self):
        """The days count from the last confirmation, by the clock of the company."""
        order = self._sell(self.advice, partner=self.person)
        with freeze_time("2026-01-08 23:30"):
            mine = order.with_user(self.account_manager)
            mine._action_cancel()
            mine.action_draft()
            mine.action_confirm()
            self.env.flush_all()
        self.assertEqual(str(order.outplacement_date_confirmed), "2026-01-09")
        self.assertEqual(self._get_dates(order)[0], "2026-01-24")
        self.assertFalse(order.copy().outplacement_date_confirmed)

    def test_not_of_companies(self):
        """Nor of somebody who works at one."""
        contact = self.env["res.partner"].create(
            {"name": "Head of HR", "parent_id": self.employer.id}
        )
        for partner in self.employer, contact:
            order = self._sell_privately(partner=partner)
            self.assertFalse(order.outplacement_is_private)
            self.assertEqual(self._get_dates(order)[0], "2026-01-05")

    def test_private_in_three(self):
        """1,495.00 including VAT in three, confirmed a week before the start: the
        first one waits, the others keep their day."""
        plan = self._make_plan({"share": 100, "repeat_count": 3})
        package = self._make_package(
            1495.0, plan, taxes_id=[Command.set(self.vat_included.ids)]
        )
        order = self._sell_and_start(
            package, partner=self.person, date_start="2026-01-12"
        )
        self.assertEqual(
            self._get_dates(order), ["2026-01-20", "2026-02-12", "2026-03-12"]
        )
        first = self._get_instalments(order)[0]
        self.assertEqual(first.period_start, date(2026, 1, 12))
        invoices = self.env["account.move"]
        for day in self._get_dates(order):
            invoices |= self._invoice(order, day)
        self.assertAmounts(
            invoices,
            (411.84, 86.49, 498.33),
            (411.84, 86.49, 498.33),
            (411.85, 86.49, 498.34),
        )


@tagged("post_install", "-at_install")
class TestPurchaseOrderSides(BillingCommon):
    """Each payer of a traject has a purchase order reference of their own."""

    def test_reference_of_ones_own_order(self):
        order = self._sell(client_order_ref="PO-1")
        other = self._quote(self.workshop, client_order_ref="PO-2").with_env(self.env)
        traject = order.outplacement_traject_ids
        second = self.env["outplacement.instalment"].create(
            {
                "traject_id": traject.id,
                "sale_line_id": other.order_line.id,
                "number": 1,
                "total_number": 1,
                "amount": 300.0,
            }
        )
        first = self._get_instalments(order)[0]
        self.assertEqual(first.purchase_order_ref, "PO-1")
        self.assertEqual(second.purchase_order_ref, "PO-2")
        traject.purchase_order_ref = "PO-1b"
        other.client_order_ref = "PO-2b"
        self.assertEqual(first.purchase_order_ref, "PO-1b")
        self.assertEqual(second.purchase_order_ref, "PO-2b")
