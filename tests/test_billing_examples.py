from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from odoo.tests import freeze_time, tagged

from .common_billing import BillingCommon


@tagged("post_install", "-at_install")
class TestBillingExamples(BillingCommon):
    """The worked examples of the billing rules, on posted invoices to the cent."""

    def _check_invoice(self, invoice, day, amounts):
        self.assertEqual(invoice.state, "posted")
        self.assertAmounts(invoice, amounts)
        self.assertEqual(invoice.invoice_date, day)

    def test_twelve_instalments(self):
        """8,995.00 in 12 from 2026-02-01, due after 30 days."""
        order = self._sell_and_start(self.package, date_start="2026-02-01")
        self.assertEqual(order.invoice_status, "no")
        for index in range(12):
            day = date(2026, 2, 1) + relativedelta(months=index)
            with self.subTest(day=day):
                eve = self._due_on(order, day - timedelta(days=1))
                self.assertFalse(eve, "nothing is due the day before")
                self.assertEqual(order.invoice_status, "no")
                self.assertTrue(self._due_on(order, day))
                self.assertEqual(order.invoice_status, "to invoice")
                invoice = self._invoice(order, day)
                amounts = (749.58, 157.41, 906.99)
                if index == 11:
                    amounts = (749.62, 157.42, 907.04)
                self._check_invoice(invoice, day, amounts)
                self.assertEqual(invoice.invoice_date_due, day + timedelta(days=30))
                last = index == 11
                self.assertEqual(order.invoice_status, "invoiced" if last else "no")
        line = order.order_line
        self.assertEqual(line.qty_invoiced, 1.0)
        self.assertEqual(line.untaxed_amount_invoiced, 8995.0)
        self.assertEqual(line.untaxed_amount_to_invoice, 0.0)
        self.assertEqual(line.amount_to_invoice, 0.0)
        self.assertEqual(len(order.invoice_ids), 12)

    def _due_on(self, order, day):
        with freeze_time(day):
            self.env["outplacement.instalment"]._update_due()
            self.env.flush_all()
        return self._get_instalments(order).filtered(lambda i: i.state == "due")

    def test_prepaid(self):
        """7,450.00 prepaid 2026-03-16 to 2027-03-15: one invoice."""
        package = self._make_package(7450.0, self.plan_start)
        order = self._sell_and_start(package, date_start="2026-03-16")
        self.assertFalse(self._due_on(order, date(2026, 3, 15)))
        invoice = self._invoice(order, "2026-03-16")
        self._check_invoice(invoice, date(2026, 3, 16), (7450.0, 1564.5, 9014.5))
        self.assertEqual(invoice.invoice_date_due, date(2026, 4, 15))
        line = invoice.invoice_line_ids
        self.assertEqual(line.outplacement_period_start, date(2026, 3, 16))
        self.assertEqual(line.outplacement_period_end, date(2027, 3, 15))
        self.assertEqual(order.invoice_status, "invoiced")
        self.assertEqual(order.order_line.qty_to_invoice, 0.0)

    def test_halves(self):
        """4,250.01 half/half: the half cent goes up, the last takes the remainder."""
        package = self._make_package(4250.01, self.plan_halves)
        order = self._sell_and_start(package, date_start="2026-02-01")
        first = self._invoice(order, "2026-02-01")
        self._check_invoice(first, date(2026, 2, 1), (2125.01, 446.25, 2571.26))
        self.assertEqual(order.invoice_status, "no")
        self.assertEqual(order.order_line.untaxed_amount_to_invoice, 2125.0)
        self.assertEqual(order.order_line.amount_to_invoice, 2571.25)
        second = self._invoice(order, "2026-05-01")
        self._check_invoice(second, date(2026, 5, 1), (2125.0, 446.25, 2571.25))
        self.assertEqual(order.invoice_status, "invoiced")

    def test_private_vat_included(self):
        """1,495.00 including VAT in 3: the gross amounts are exact (R1)."""
        plan = self._make_plan({"share": 100, "repeat_count": 3})
        package = self._make_package(
            1495.0, plan, taxes_id=self.vat_included.ids, outplacement_months=6
        )
        order = self._sell_and_start(
            package, partner=self.person, date_start="2026-02-01"
        )
        self.assertEqual(
            self._get_instalments(order).mapped("amount"), [498.33, 498.33, 498.34]
        )
        expected = [
            ("2026-02-01", (411.84, 86.49, 498.33), "no"),
            ("2026-03-01", (411.84, 86.49, 498.33), "no"),
            ("2026-04-01", (411.85, 86.49, 498.34), "invoiced"),
        ]
        for day, amounts, status in expected:
            with self.subTest(day=day):
                invoice = self._invoice(order, day)
                self._check_invoice(invoice, date.fromisoformat(day), amounts)
                self.assertEqual(order.invoice_status, status)
        self.assertEqual(order.order_line.untaxed_amount_to_invoice, 0.0)
        self.assertEqual(order.order_line.amount_to_invoice, 0.0)

    def test_many_trajects_on_one_invoice(self):
        """38 trajects of 1,597.50 on one invoice: VAT over the total (R3)."""
        package = self._make_package(1597.5, self.plan_start)
        order = self._sell_and_start(
            {"product_id": package.id, "product_uom_qty": 38}, date_start="2026-02-01"
        )
        invoice = self._invoice(order, "2026-02-01")
        self._check_invoice(invoice, date(2026, 2, 1), (60705.0, 12748.05, 73453.05))
        self.assertEqual(len(invoice.invoice_line_ids), 38)
        self.assertEqual(order.invoice_status, "invoiced")
