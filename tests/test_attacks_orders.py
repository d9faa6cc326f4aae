from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .test_attacks_billing import SaleAttackCommon

BY_HAND = "not written by hand"
FIXED = "Price and invoice plan"


@tagged("post_install", "-at_install")
class TestAttackOrder(SaleAttackCommon):
    """What follows from a sale is not got round by what Odoo leaves writable."""

    def _assert_refused(self, message, records, vals):
        with self.assertRaisesRegex(UserError, message), self.env.cr.savepoint():
            records.write(vals)

    def test_a_status_is_not_written(self):
        """Nobody confirms by it, and nobody opens what was sold."""
        self._invoice(self.order, "2026-01-12")
        order = self.order.with_user(self.account_manager)
        for state in ("draft", "sent", "cancel"):
            with self.subTest(state=state):
                self._assert_refused(BY_HAND, order, {"state": state})
        for state in ("sale", "cancel"):
            with self.subTest(quotation=state):
                self._assert_refused(BY_HAND, self.quotation, {"state": state})
        self._change_hands()
        self._assert_refused(BY_HAND, self.quotation, {"state": "sale"})
        self.assertFalse(self.traject.extension_months)

    def test_a_sent_quotation(self):
        """That is a status without consequences; the buttons do the rest."""
        self.quotation.write({"state": "sent"})
        self.quotation.write({"state": "draft"})
        self.quotation.action_cancel()
        self.quotation.action_draft()
        self.quotation.action_confirm()
        self.assertEqual(self.traject.extension_months, 3)

    def test_an_order_is_not_made_confirmed(self):
        values = self._quote().copy_data()[0]
        Order = self.quotation.browse()
        self.assertEqual(Order.create(values).state, "draft")
        with self.assertRaisesRegex(UserError, BY_HAND):
            Order.create({**values, "state": "sale"})

    def test_a_line_is_as_its_order(self):
        self.env.ref("base.USD").active = True
        other = self.env["res.company"].create({"name": "Another Company"})
        self.account_manager.sudo().company_ids += other
        line = self.order.order_line.with_user(self.account_manager)
        for vals in (
            {"state": "draft"},
            {"currency_id": self.env.ref("base.USD").id},
            {"company_id": other.id},
        ):
            with self.subTest(vals=vals):
                self._assert_refused("is that of order", line, vals)

    def test_a_line_stays_on_its_order(self):
        sold = self._sell(self.workshop)
        for line in (self._quote().order_line, self.quotation.order_line):
            with self.subTest(line=line.name):
                self._assert_refused("stays on order", line, {"order_id": sold.id})

    def test_taxes_are_terms(self):
        """A price with VAT becomes none without, once something is on an invoice."""
        included = {"tax_ids": [Command.set(self.vat_included.ids)]}
        line = self.order.order_line.with_user(self.account_manager)
        line.write(included)
        line.write({"tax_ids": [Command.set(self.vat.ids)]})
        self._invoice(self.order, "2026-01-12")
        self._assert_refused(FIXED, line, included)
        line.write({"tax_ids": [Command.clear()]})

    def test_who_sells_writes_taxes_and_customer(self):
        self.quotation.action_confirm()
        self._change_hands()
        for records, vals in (
            (self.quotation.order_line, {"tax_ids": [Command.clear()]}),
            (self.quotation, {"partner_invoice_id": self.insurer.id}),
            (self.quotation, {"partner_id": self.insurer.id}),
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                records.write(vals)
