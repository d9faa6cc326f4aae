from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

from .common_billing import TODAY, BillingCommon

SECOND = "2026-04-05"


@tagged("post_install", "-at_install")
class TestSaleOddMoments(BillingCommon):
    """An order is edited after invoices exist, or something around it has changed:
    one clear sentence, or the right result.

    Two instalments of 500.00; the first is on a posted invoice, if a row does not say
    otherwise.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.halves = cls._make_package(1000.0, cls.plan_halves)
        cls.other_employer = cls.env["res.partner"].create(
            {"name": "Other Employer", "is_company": True}
        )
        cls.dozen = cls.env.ref("uom.product_uom_dozen")
        cls.order = cls._sell_and_start(cls.halves, date_start=TODAY)
        cls.other_order = cls._sell(cls.workshop)
        cls.usd = cls.setup_other_currency("USD")
        cls.dollars = cls.env["product.pricelist"].create(
            {"name": "Dollars", "currency_id": cls.usd.id}
        )
        cls.vat_low = cls.vat.copy({"name": "9%", "amount": 9.0})
        cls.abroad = cls.env["account.fiscal.position"].create({"name": "Abroad"})
        cls.vat.copy(
            {
                "name": "0% abroad",
                "amount": 0.0,
                "fiscal_position_ids": [Command.set(cls.abroad.ids)],
                "original_tax_ids": [Command.set(cls.vat.ids)],
            }
        )
        cls.other_company = cls.setup_other_company()["company"]

    def setUp(self):
        super().setUp()
        self.line = self.order.order_line
        self.invoice = self._invoice(self.order, TODAY)

    def _bill_second(self):
        """Return the invoice of the second instalment."""
        return self._invoice(self.order, SECOND)

    # ------------------------------------------------------------------
    # The order
    # ------------------------------------------------------------------

    def test_refused(self):
        """(what is edited, values, the sentence)"""
        order = self.order.with_user(self.account_manager)
        line = order.order_line
        for record, values, text in (
            (line, {"price_unit": 900.0}, "are fixed: instalment .* is on an invoice"),
            (line, {"price_unit": 0.0}, "are fixed"),
            (line, {"discount": 10.0}, "are fixed"),
            (line, {"outplacement_plan_id": self.plan_start.id}, "are fixed"),
            (line, {"outplacement_plan_id": False}, "are fixed"),
            (
                line,
                {"product_id": self.package.id},
                "modify the product|add a new line",
            ),
            (line, {"product_id": self.workshop.id}, "cannot modify the product"),
            (line, {"product_uom_id": self.dozen.id}, "sold in Units and not in Dozen"),
            (line, {"product_uom_qty": 0}, "cancel a traject before"),
            (line, {"product_uom_qty": 1.5}, "must be a whole number"),
            (line, {"product_uom_qty": -1}, "must be a whole number"),
            (
                line,
                {"order_id": self.other_order.id},
                "stays on order .*: add a new line",
            ),
            (
                order,
                {"order_line": [Command.delete(line.id)]},
                "can't remove one of its",
            ),
            (order, {"partner_id": self.other_employer.id}, "was sold to Big Employer"),
            (order, {"partner_id": self.person.id}, "was sold to Big Employer"),
            (order, {"pricelist_id": self.dollars.id}, "cannot change the pricelist"),
            (order, {"currency_id": self.usd.id}, "currency .* is fixed"),
            (order, {"company_id": self.other_company.id}, "company .* is fixed"),
        ):
            with self.subTest(values=values), self.assertRefused(text):
                record.write(values)
                self.env.flush_all()
        self.assertEqual(
            self._get_instalments(self.order).mapped("amount"), [500.0] * 2
        )
        self.assertAmounts(self._bill_second(), (500.0, 105.0, 605.0))
        self.assertEqual(self.order.invoice_status, "invoiced")

    def test_allowed(self):
        """(what is edited, values): what is billed stays what was agreed."""
        contact = self.env["res.partner"].create(
            {"name": "HR", "parent_id": self.employer.id}
        )
        for record, values in (
            (self.line, {"name": "Another description"}),
            (self.line, {"price_unit": 1000.0, "discount": 0.0}),
            (self.line, {"product_uom_qty": 1}),
            (self.order, {"partner_id": contact.id}),
            (self.order, {"client_order_ref": "PO-9"}),
            (self.order, {"payment_term_id": False}),
            (self.order, {"validity_date": "2026-12-31"}),
        ):
            with self.subTest(values=values), self.env.cr.savepoint() as savepoint:
                record.with_user(self.account_manager).write(values)
                self.assertAmounts(self._bill_second(), (500.0, 105.0, 605.0))
                self.assertAmounts(self.invoice, (500.0, 105.0, 605.0))
                savepoint.close(rollback=True)
            self.env.invalidate_all()

    def test_more_units(self):
        self.line.with_user(self.account_manager).product_uom_qty = 2
        self.assertEqual(len(self.order.outplacement_traject_ids), 2)
        self.assertEqual(
            self._get_instalments(self.order).mapped("amount"), [500.0] * 4
        )
        self.assertEqual(self.line.qty_invoiced, 0.5)

    def test_other_invoice_address(self):
        """What is billed stays with whom it was billed to; the rest goes there."""
        order = self.order.with_user(self.account_manager)
        order.partner_invoice_id = self.other_employer
        self.assertEqual(self._bill_second().partner_id, self.other_employer)
        self.assertEqual(self.invoice.partner_id, self.employer)
        self.assertEqual(
            self._get_instalments(self.order).mapped("partner_id"),
            self.employer | self.other_employer,
        )

    def test_taxes(self):
        """Other taxes are for what is not invoiced yet, whoever brings them about."""
        first, second = self._get_instalments(self.order)
        for change, total in (
            (
                lambda: self.line.write({"tax_ids": [Command.set(self.vat_low.ids)]}),
                545.0,
            ),
            (lambda: self.line.write({"tax_ids": [Command.clear()]}), 500.0),
            (self._sell_abroad, 500.0),
        ):
            with self.env.cr.savepoint() as savepoint:
                change()
                self.assertEqual(
                    (first.amount_total, second.amount_total), (605.0, total)
                )
                self.assertEqual(self._bill_second().amount_total, total)
                self.assertAmounts(self.invoice, (500.0, 105.0, 605.0))
                savepoint.close(rollback=True)
            self.env.invalidate_all()

    def _sell_abroad(self):
        self.order.fiscal_position_id = self.abroad
        self.order.action_update_taxes()

    def test_prices_computed_anew(self):
        """A price list changes what is sold for as little as typing a price does."""
        self.halves.list_price = 1200.0
        self.order.with_user(self.account_manager).action_update_prices()
        self.assertEqual(self.line.price_unit, 1000.0, "invoiced")
        order = self._sell(self.halves)
        self.halves.list_price = 1400.0
        order.with_user(self.account_manager).action_update_prices()
        self.assertEqual(order.order_line.price_unit, 1400.0)
        self.assertEqual(self._get_instalments(order).mapped("amount"), [700.0] * 2)

    def test_delete_what_was_sold(self):
        head = new_test_user(self.env, "billing_head", "sales_team.group_sale_manager")
        head.company_ids = self.company
        order = self._sell(self.halves)
        order.with_user(self.account_manager).action_cancel()
        for records in (order, order.order_line):
            with (
                self.subTest(records=records),
                self.assertRefused("belongs to traject .* and cannot be deleted"),
            ):
                records.with_user(head).unlink()
        quotation = self._quote(self.halves).with_user(head)
        quotation.order_line.unlink()
        quotation.unlink()

    # ------------------------------------------------------------------
    # The invoice
    # ------------------------------------------------------------------

    def test_reset_to_draft(self):
        first = self._get_instalments(self.order)[0]
        self.invoice.with_user(self.finance).button_draft()
        self.assertEqual(first.state, "invoiced")
        self.assertEqual(self.line.qty_invoiced, 0.5)
        self.assertEqual(self.line.qty_invoiced_posted, 0.0)
        self.invoice.with_user(self.finance).action_post()
        self.assertEqual(self.line.qty_invoiced_posted, 0.5)

    def test_draft_deleted(self):
        draft = self._invoice(self.order, SECOND, post=False)
        second = self._get_instalments(self.order)[1]
        with freeze_time(SECOND):
            draft.with_user(self.finance).unlink()
            self.assertEqual(second.state, "due")
            self.assertEqual(self.line.invoice_status, "to invoice")
            self.env.flush_all()
        self.assertAmounts(self._bill_second(), (500.0, 105.0, 605.0))

    def test_line_of_a_draft_deleted(self):
        draft = self._invoice(self.order, SECOND, post=False)
        with freeze_time(SECOND):
            draft.with_user(self.finance).invoice_line_ids.unlink()
            self.assertEqual(self._get_instalments(self.order)[1].state, "due")
            self.env.flush_all()

    def test_credited(self):
        first = self._get_instalments(self.order)[0]
        self._credit(self.invoice)
        self.assertEqual(first.state, "credited")
        self.assertEqual(self.line.qty_invoiced, 0.0)
        self.assertEqual(self.line.untaxed_amount_to_invoice, 500.0)
        with self.assertRefused("are fixed"):
            self.line.with_user(self.account_manager).price_unit = 900.0
        self._bill_second()
        first.with_user(self.finance).action_release()
        self.assertAmounts(self._invoice(self.order, SECOND), (500.0, 105.0, 605.0))

    # ------------------------------------------------------------------
    # What is around it
    # ------------------------------------------------------------------

    def test_archived(self):
        """Who or what is archived later is billed and sent to all the same."""
        for record in (
            self.employer,
            self.halves,
            self.halves.product_tmpl_id,
            self.plan_halves,
            self.candidate,
        ):
            with self.subTest(record=record), self.env.cr.savepoint() as savepoint:
                record.active = False
                invoice = self._bill_second()
                self.assertAmounts(invoice, (500.0, 105.0, 605.0))
                self.assertEqual(invoice.partner_id, self.employer)
                savepoint.close(rollback=True)
            self.env.invalidate_all()

    def test_currency_closed(self):
        order = self._sell_and_start(
            self.halves, date_start=TODAY, pricelist_id=self.dollars.id
        )
        self.dollars.currency_id = self.eur
        draft = self._invoice(order, TODAY, post=False)
        self.assertEqual(draft.currency_id, self.usd)
        self.usd.active = False
        with self.assertRefused("inactive currency"):
            draft.with_user(self.finance).action_post()
        self.assertEqual(draft.state, "draft")
        self.assertEqual(self._get_instalments(order)[0].state, "invoiced")
        self.usd.active = True
        draft.with_user(self.finance).action_post()

    def test_lock_dates(self):
        """An invoice of a closed period is booked in the first open one, and pays for
        the same days."""
        self.company.sudo().fiscalyear_lock_date = "2026-04-30"
        draft = self._invoice(self.order, SECOND, post=False)
        draft.invoice_date = SECOND
        with freeze_time("2026-05-10"):
            draft.with_user(self.finance).action_post()
        self.assertGreater(str(draft.date), "2026-04-30")
        second = self._get_instalments(self.order)[1]
        self.assertEqual(str(second.date), SECOND)
        self.assertEqual(str(draft.invoice_line_ids.outplacement_period_start), SECOND)

    def test_without_tax(self):
        package = self._make_package(1000.0, self.plan_halves, taxes_id=False)
        order = self._sell_and_start(package, date_start=TODAY)
        self.assertEqual(
            self._get_instalments(order).mapped("amount_total"), [500.0] * 2
        )
        self.assertAmounts(self._invoice(order, TODAY), (500.0, 0.0, 500.0))

    def test_for_nothing(self):
        """A package for nothing is billed for nothing, and its order is done then."""
        order = self._sell_and_start(
            self._make_package(0.0, self.plan_halves), date_start=TODAY
        )
        self.assertEqual(self._get_instalments(order).mapped("amount"), [0.0] * 2)
        self.assertEqual(self._invoice(order, SECOND).amount_total, 0.0)
        self.assertEqual(order.invoice_status, "invoiced")
