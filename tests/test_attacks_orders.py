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

    def test_a_line_becomes_a_package_nowhere_else(self):
        """What it is, and on which order, may be written at once."""
        package = {"product_id": self.package.id}
        extension = {
            "outplacement_for_traject_id": self.traject.id,
            "outplacement_line_kind": "extension",
            "outplacement_months": 3,
        }
        for vals in (package, extension, {**package, **extension}):
            sold = self._sell(self.workshop)
            line = self._quote(self.workshop).order_line
            with self.subTest(vals=vals):
                moved = {**vals, "order_id": sold.id}
                self._assert_refused("a new line", line, moved)
                self.assertEqual(line.order_id.state, "draft")
        self.assertFalse(self.traject.extension_months)

    def test_a_line_has_its_status_when_it_becomes_a_package(self):
        self.env.ref("base.USD").active = True
        sold = self._sell(self.workshop).order_line
        quoted = self._quote(self.workshop).order_line
        for line, vals, message in (
            (sold, {"state": "draft"}, "add a new line"),
            (quoted, {"state": "sale"}, "is that of order"),
            (quoted, {"currency_id": self.env.ref("base.USD").id}, "is that of order"),
        ):
            line = line.with_user(self.account_manager)
            with self.subTest(vals=vals), self.env.cr.savepoint() as savepoint:
                line.write(vals)
                self._assert_refused(message, line, {"product_id": self.package.id})
                savepoint.rollback()

    def test_a_status_is_not_written_with_lines(self):
        """Of an order that is plain before, or afterwards."""
        quotation = self._quote(self.workshop, user=self.account_manager)
        for line in (
            {"product_id": self.package.id},
            {
                "outplacement_for_traject_id": self.traject.id,
                "outplacement_line_kind": "extension",
                "outplacement_months": 3,
            },
        ):
            lines = [Command.update(quotation.order_line.id, line)]
            for vals in (
                {"state": "sale", "order_line": lines},
                {"order_line": lines, "state": "sale"},
            ):
                with self.subTest(line=line, first=next(iter(vals))):
                    self._assert_refused(".", quotation, vals)
        order = self.order.with_user(self.account_manager)
        lines = [Command.update(order.order_line.id, {"product_id": self.workshop.id})]
        self._assert_refused(BY_HAND, order, {"state": "draft", "order_line": lines})
        plain = self._quote(self.workshop)
        plain.write({"state": "sale"})
        self.assertEqual(plain.order_line.state, "sale")

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
            (self.quotation, {"outplacement_early_start": True}),
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                records.write(vals)
