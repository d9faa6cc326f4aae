from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

from odoo.addons.outplacement.models import outplacement_instalment_state

from .common_billing import TODAY, BillingCommon


class GuardsCommon(BillingCommon):
    def _sell_due(self, price=1000.0, plan=None, **values):
        """Return an order of one package of which the first instalment is due."""
        package = self._make_package(price, plan or self.plan_halves)
        return self._sell_and_start(package, date_start=TODAY, **values)

    def _cancel(self, order):
        trajects = order.outplacement_traject_ids.with_user(self.planner)
        trajects._set_state("cancelled", outcome="stopped")


@tagged("post_install", "-at_install")
class TestBillingGuardsOfSale(GuardsCommon):
    """What cannot be billed by instalments is refused before it is sold."""

    # ------------------------------------------------------------------
    # Archived trajects
    # ------------------------------------------------------------------

    def test_archive_only_what_is_over(self):
        order = self._sell_due()
        traject = order.outplacement_traject_ids.with_user(self.manager)
        with self.assertRefused(f"{traject.name} cannot be archived"):
            traject.action_archive()
        self._cancel(order)
        traject.action_archive()
        self.assertFalse(traject.active)

    def test_archived_trajects_count(self):
        """An archived traject was sold all the same: nothing comes on top of it."""
        order = self._sell_due()
        order.opportunity_id = self.env["crm.lead"].create({"name": "Deal"})
        traject = order.outplacement_traject_ids
        traject.with_user(self.planner)._set_state("closed", outcome="term_ended")
        traject.with_user(self.manager).action_archive()
        self.env.invalidate_all()
        line = order.order_line
        self.assertEqual(line.outplacement_traject_ids, traject)
        self.assertEqual(order.outplacement_traject_ids, traject)
        self.assertEqual(order.outplacement_traject_count, 1)
        self.assertEqual(order.opportunity_id.outplacement_traject_count, 1)
        self.assertFalse(line._create_outplacement_trajects())
        for record in (order, order.opportunity_id):
            action = record.action_view_outplacement_trajects()
            self.assertFalse(action["context"]["active_test"])

    # ------------------------------------------------------------------
    # Down payments and discounts of the order
    # ------------------------------------------------------------------

    def _pay_down(self, order, method):
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_user(self.account_manager)
            .with_context(active_model="sale.order", active_ids=order.ids)
            .create(
                {"advance_payment_method": method, "fixed_amount": 100.0, "amount": 30}
            )
        )
        wizard.create_invoices()

    def test_down_payment(self):
        order = self._sell_due()
        for method in ("fixed", "percentage"):
            with self.subTest(method), self.assertRefused("takes no down payment"):
                self._pay_down(order, method)
        ordinary = self._sell(self.workshop)
        self._pay_down(ordinary, "percentage")
        self.assertEqual(len(ordinary.invoice_ids), 1)

    def test_package_after_a_down_payment(self):
        """Until the down payment is credited."""
        order = self._sell(self.workshop)
        self._pay_down(order, "percentage")
        invoice = order.invoice_ids
        mine = order.with_user(self.account_manager)
        lines = [Command.create({"product_id": self.package.id})]
        with self.assertRefused("has a down payment"):
            mine.order_line = lines
        invoice.with_user(self.finance).action_post()
        with self.assertRefused("has a down payment"):
            mine.order_line = lines
        self._credit(invoice)
        mine.order_line = lines
        self.assertTrue(order.outplacement_traject_ids)

    def test_partly_paid_online(self):
        """A part paid in advance is no instalment and makes no invoice."""
        order = self._sell_due()
        before = order.invoice_ids
        self.assertFalse(order._generate_downpayment_invoices())
        self.assertEqual(order.invoice_ids, before)
        self.assertIn("invoice plan", order.message_ids[0].body)
        ordinary = self._sell(self.workshop)
        ordinary.amount_paid = 100.0
        self.assertEqual(ordinary._generate_downpayment_invoices().amount_total, 100.0)

    def _give_discount(self, order):
        wizard = self.env["sale.order.discount"].create(
            {
                "sale_order_id": order.id,
                "discount_type": "so_discount",
                "discount_percentage": 0.1,
            }
        )
        wizard.action_apply_discount()

    def test_discount_of_the_order(self):
        order = self._quote()
        self._give_discount(order.with_env(self.env))
        with self.assertRefused("give the discount on the lines"):
            order.action_confirm()
        with self.assertRefused("give the discount on the lines"):
            self._give_discount(self._sell())
        ordinary = self._quote(self.workshop)
        self._give_discount(ordinary.with_env(self.env))
        ordinary.action_confirm()
        self.assertEqual(ordinary.state, "sale")
        with self.assertRefused("give the discount on the lines"):
            ordinary.order_line = [Command.create({"product_id": self.package.id})]

    # ------------------------------------------------------------------
    # Products and units
    # ------------------------------------------------------------------

    def test_line_becomes_a_package(self):
        order = self._sell(self.workshop).with_user(self.account_manager)
        with self.assertRefused("add a new line for package"):
            order.order_line.product_id = self.package
        quotation = self._quote(self.workshop)
        quotation.order_line.product_id = self.package
        self.assertTrue(quotation.outplacement_has_package)

    def test_sold_product_becomes_a_package(self):
        """What was invoiced as an ordinary service is not billed by a plan again."""
        values = {
            "service_tracking": "outplacement",
            "outplacement_type_id": self.traject_type.id,
        }
        self._quote(self.workshop)
        self.workshop.write({**values, "service_tracking": "no"})
        order = self._sell(self.workshop)
        with self.assertRefused(f"on order {order.name}: make a new", ValidationError):
            self.workshop.write(values)
        self._sell()
        self.package.write(values)

    def test_other_unit(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        line = {"product_id": self.package.id, "product_uom_id": dozen.id}
        with self.assertRefused("sold in Units and not in Dozens"):
            self._sell(line)
        order = self._sell().with_user(self.account_manager)
        with self.assertRefused("sold in Units and not in Dozens"):
            order.order_line.product_uom_id = dozen

    # ------------------------------------------------------------------
    # Plans
    # ------------------------------------------------------------------

    def test_plan_is_whole(self):
        Plan = self.env["outplacement.invoice.plan"].with_user(self.manager)
        with self.assertRefused("100% is missing", ValidationError):
            Plan.name_create("Quick")
        plan = self._make_plan({"share": 50}, {"share": 50}).with_user(self.manager)
        with self.assertRefused("10% is missing", ValidationError):
            plan.line_ids[0].share = 40
        with self.assertRefused("50% too much", ValidationError):
            plan.line_ids.create({"plan_id": plan.id, "share": 50})
        with self.assertRefused("in the invoice plan itself"):
            plan.line_ids[0].unlink()
        plan.line_ids = [
            Command.update(plan.line_ids[0].id, {"share": 100}),
            Command.delete(plan.line_ids[1].id),
        ]
        self.assertEqual(plan.line_ids.mapped("share"), [100.0])
        plan.unlink()

    def test_plan_without_lines(self):
        """One from before the check bills everything at the start."""
        plan = self._make_plan({"share": 100})
        self.env.flush_all()
        self.env.cr.execute(
            "DELETE FROM outplacement_invoice_plan_line WHERE plan_id = %s", [plan.id]
        )
        self.env.invalidate_all()
        order = self._sell(self._make_package(1000.0, plan))
        self.assertEqual(self._get_instalments(order).mapped("amount"), [1000.0])

    def test_agreed_date_survives_new_price(self):
        order = self._sell(self._make_package(1000.0, self.plan_halves))
        second = self._get_instalments(order)[1]
        second.with_user(self.finance).date_agreed = "2026-09-01"
        line = order.order_line.with_user(self.account_manager)
        line.price_unit = 1200.0
        instalments = self._get_instalments(order)
        self.assertEqual(instalments.mapped("amount"), [600.0, 600.0])
        self.assertEqual(instalments.mapped("date_agreed"), [False, date(2026, 9, 1)])
        line.outplacement_plan_id = self.plan_monthly
        self.assertFalse(any(self._get_instalments(order).mapped("date_agreed")))


@tagged("post_install", "-at_install")
class TestBillingGuardsOfInvoice(GuardsCommon):
    """Nothing is billed twice, nothing disappears, and finance is told."""

    # ------------------------------------------------------------------
    # Once (R9)
    # ------------------------------------------------------------------

    def _release(self, instalment):
        instalment.with_user(self.finance).action_release()

    def test_cancelled_draft_comes_back(self):
        order = self._sell_due(plan=self.plan_start)
        instalment = self._get_instalments(order)
        old = self._invoice(order, TODAY, post=False).with_user(self.finance)
        old.button_cancel()
        self._release(instalment)
        new = self._invoice(order, TODAY)
        old.button_draft()
        with self.assertRefused("invoiced again, by invoice"):
            old.action_post()
        self.assertEqual(instalment.invoice_id, new)

    def test_cancelled_draft_bills_again(self):
        """Where nothing was made anew, it is the one that bills."""
        order = self._sell_due(plan=self.plan_start)
        instalment = self._get_instalments(order)
        old = self._invoice(order, TODAY, post=False).with_user(self.finance)
        old.button_cancel()
        self._release(instalment)
        self.assertEqual(instalment.state, "due")
        old.button_draft()
        old.action_post()
        self.assertEqual(instalment.state, "invoiced")
        self.assertEqual(instalment.invoice_id.id, old.id)

    def test_credit_note_taken_back(self):
        order = self._sell_due(plan=self.plan_start)
        instalment = self._get_instalments(order)
        old = self._invoice(order, TODAY)
        credit_note = self._credit(old).with_user(self.finance)
        self._release(instalment)
        credit_note.button_draft()
        self.assertEqual(instalment.invoice_id, old, "the invoice bills again")
        credit_note.action_post()
        self.assertEqual(instalment.state, "credited")
        self._release(instalment)
        new = self._invoice(order, TODAY)
        for method in ("button_draft", "button_cancel"):
            with self.subTest(method), self.assertRefused("is not billed twice"):
                getattr(credit_note, method)()
        self.assertEqual(instalment.invoice_id, new)

    def test_credited_by_mistake(self):
        """The reversal of a credit note bills what the credit note took back."""
        order = self._sell_due(plan=self.plan_start)
        instalment = self._get_instalments(order)
        old = self._invoice(order, TODAY)
        credit_note = self._credit(old)
        self.assertEqual(instalment.state, "credited")
        counter = self._credit(credit_note, post=False)
        self.assertEqual(counter.move_type, "out_invoice")
        self.assertEqual(instalment.state, "credited", "a draft takes nothing back")
        counter.with_user(self.finance).action_post()
        self.assertEqual(instalment.state, "invoiced")
        self.assertEqual(instalment.invoice_id, old)
        with self.assertRefused("is not credited"):
            self._release(instalment)
        self._credit(counter)
        self.assertEqual(instalment.state, "credited")

    def test_credited_by_mistake_and_released(self):
        order = self._sell_due(plan=self.plan_start)
        instalment = self._get_instalments(order)
        credit_note = self._credit(self._invoice(order, TODAY))
        counter = self._credit(credit_note, post=False).with_user(self.finance)
        self._release(instalment)
        new = self._invoice(order, TODAY)
        with self.assertRefused("is not billed twice"):
            counter.action_post()
        self.assertEqual(instalment.invoice_id, new)

    def test_credit_note_made_anew(self):
        """“Reverse and create” on a credit note takes no instalment along."""
        order = self._sell_due(plan=self.plan_start)
        instalment = self._get_instalments(order)
        old = self._invoice(order, TODAY)
        anew = self._reverse_and_create(self._credit(old))
        self.assertEqual(anew.move_type, "out_refund")
        self.assertFalse(anew.invoice_line_ids.outplacement_instalment_id)
        self.assertEqual((instalment.state, instalment.invoice_id), ("invoiced", old))
        anew.action_post()
        self.assertEqual(instalment.state, "credited")

    def _reverse_and_create(self, move):
        wizard = self._get_reversal(move)
        wizard.modify_moves()
        return wizard.new_move_ids

    def test_replacement_deleted(self):
        """The instalment is credited then, and billed again only on purpose."""
        order = self._sell_due(plan=self.plan_start)
        instalment = self._get_instalments(order)
        old = self._invoice(order, TODAY)
        anew = self._reverse_and_create(old)
        self.assertEqual(instalment.invoice_id.id, anew.id)
        anew.unlink()
        self.assertEqual((instalment.state, instalment.invoice_id), ("credited", old))
        self._release(instalment)
        draft = self._invoice(order, TODAY, post=False)
        draft.with_user(self.finance).unlink()
        self.assertEqual(instalment.state, "due", "it was released on purpose")

    def test_replacement_released(self):
        order = self._sell_due(plan=self.plan_start)
        instalment = self._get_instalments(order)
        anew = self._reverse_and_create(self._invoice(order, TODAY))
        anew.button_cancel()
        self._release(instalment)
        anew.unlink()
        self.assertEqual(instalment.state, "due")

    def test_released_and_spread_anew(self):
        order = self._sell_due(plan=self.plan_start)
        old = self._invoice(order, TODAY)
        credit_note = self._credit(old).with_user(self.finance)
        self._release(self._get_instalments(order))
        order.with_user(self.account_manager).order_line.price_unit = 500.0
        for method in ("button_draft", "button_cancel"):
            with self.subTest(method), self.assertRefused("make a new invoice instead"):
                getattr(credit_note, method)()
        counter = self._credit(credit_note.with_env(self.env), post=False)
        with self.assertRefused("make a new invoice instead"):
            counter.with_user(self.finance).action_post()
        self.assertEqual(self._get_instalments(order).state, "due")
        self.assertEqual(self._invoice(order, TODAY).amount_untaxed, 500.0)

    # ------------------------------------------------------------------
    # Purchase order references (R11)
    # ------------------------------------------------------------------

    def test_every_invoice_of_the_customer(self):
        self.employer.outplacement_po_required = True
        order = self._sell(self.workshop)
        invoice = order._create_invoices().with_user(self.finance)
        with self.assertRefused("and this invoice has none"):
            invoice.action_post()
        invoice.ref = "PO-1"
        invoice.action_post()
        self.assertEqual(invoice.state, "posted")

    def test_reference_changes_after_the_draft(self):
        order = self._sell_due(client_order_ref="PO-1")
        invoice = self._invoice(order, TODAY, post=False).with_user(self.finance)
        self.assertEqual(invoice.ref, "PO-1")
        order.with_user(self.account_manager).client_order_ref = "PO-2"
        self.assertEqual(order.outplacement_traject_ids.purchase_order_ref, "PO-2")
        invoice.action_post()
        self.assertEqual(invoice.ref, "PO-2")

    def test_typed_reference_stays(self):
        order = self._sell_due(client_order_ref="PO-1")
        invoice = self._invoice(order, TODAY, post=False).with_user(self.finance)
        invoice.ref = "PO-7"
        invoice.action_post()
        self.assertEqual(invoice.ref, "PO-7")

    def test_reversal_by_hand_takes_the_reference(self):
        """“Reversal of” is not what the customer gave as a reference."""
        self.employer.outplacement_po_required = True
        order = self._sell_due(plan=self.plan_start, client_order_ref="PO-1")
        note = self._credit(self._invoice(order, TODAY))
        order.outplacement_traject_ids.purchase_order_ref = False
        again = self._credit(note, post=False)
        self.assertEqual(again.move_type, "out_invoice")
        self.assertFalse(again.ref)
        self.assertTrue(again.outplacement_purchase_order_missing)
        self.assertIn(note.name, str(again.message_ids.mapped("body")))
        with self.assertRefused("requires a purchase order reference"):
            again.with_user(self.finance).action_post()
        order.outplacement_traject_ids.purchase_order_ref = "PO-2"
        again.with_user(self.finance).action_post()
        self.assertEqual(again.ref, "PO-2")
        self.assertEqual(
            again._get_outplacement_buyer_reference(), "PO-2", "in its e-invoice too"
        )

    def test_reversal_of_other_documents(self):
        """Only what bills again is asked for a reference."""
        order = self._sell(self.workshop)
        invoice = order._create_invoices()
        invoice.with_user(self.finance).action_post()
        note = self._credit(invoice)
        self.assertIn(invoice.name, note.ref)
        self.assertIn(note.name, self._credit(note, post=False).ref)
        self.employer.outplacement_po_required = True
        self.assertFalse(self._credit(note, post=False).ref)
        invoice.ref = "PO-9"
        self.assertEqual(self._credit(note, post=False).ref, "PO-9")
        with freeze_time(TODAY):
            self._get_reversal(note).modify_moves()
        posted = note.reversal_move_ids.filtered(lambda move: move.state == "posted")
        self.assertEqual(posted.ref, "PO-9")

    def test_taken_back_beside_an_instalment(self):
        """A credit note of what is taken back, and an invoice of what is due."""
        order = self._sell_and_start(
            {"product_id": self.package.id},
            {"product_id": self.workshop.id, "product_uom_qty": 10},
            date_start=TODAY,
        )
        other = self._sell(self.workshop)
        workshop = order.order_line.filtered(
            lambda line: line.product_id == self.workshop
        )
        with freeze_time(TODAY):
            order._create_invoices(final=True).action_post()
            workshop.product_uom_qty = 2
        instalments = order.order_line.outplacement_instalment_ids
        with freeze_time("2026-04-16"):
            wizard = (
                self.env["sale.advance.payment.inv"]
                .with_user(self.account_manager)
                .with_context(active_model="sale.order", active_ids=(order | other).ids)
                .create({"advance_payment_method": "delivered"})
            )
            due = instalments.filtered(lambda i: i.date <= date(2026, 4, 16)) - (
                instalments.filtered("invoice_line_ids")
            )
            self.assertTrue(due)
            wizard.create_invoices()
        billed = due.invoice_line_ids.move_id
        self.assertEqual(billed.mapped("move_type"), ["out_invoice"])
        self.assertAlmostEqual(billed.amount_untaxed, sum(due.mapped("amount")))
        refund = order.invoice_ids.filtered(lambda m: m.move_type == "out_refund")
        self.assertEqual((refund.invoice_line_ids & workshop.invoice_lines).quantity, 8)
        self.assertEqual(len(other.invoice_ids), 1)
        self.assertEqual(workshop.qty_invoiced, 2)

    def test_given_back_to_the_same_customer(self):
        """Of an order without instalments, and by a price."""
        order = self._sell_and_start(self.package, date_start=TODAY)
        other = self._sell({"product_id": self.workshop.id, "price_unit": -5000.0})
        with freeze_time(TODAY):
            invoices = (order | other)._create_invoices(final=True)
        self.assertEqual(
            {(move.move_type, move.amount_untaxed) for move in invoices},
            {("out_invoice", 749.58), ("out_refund", 5000.0)},
        )

    def test_invoices_by_a_salesman(self):
        """Who may not post gets them from Odoo as it makes them."""
        order = self._sell(self.workshop)
        order.user_id = self.salesman
        mine = order.with_user(self.salesman)
        self.assertEqual(mine._create_invoices(final=True).env.su, True)
        mixed = self._sell_and_start(
            {"product_id": self.package.id},
            {"product_id": self.workshop.id, "price_unit": -5000.0},
            date_start=TODAY,
        )
        mixed.user_id = self.salesman
        with freeze_time(TODAY):
            invoices = mixed.with_user(self.salesman)._create_invoices(final=True)
            invoices.action_post()
        self.assertEqual(len(invoices), 2)
        self.assertEqual(set(invoices.mapped("state")), {"posted"})

    def test_reference_of_a_traject_stays(self):
        """Only trajects that follow the order follow its new reference."""
        order = self._sell({"product_id": self.package.id, "product_uom_qty": 3})
        first, second, third = order.outplacement_traject_ids.sorted("id")
        second.purchase_order_ref = "PO-OWN"
        for reference in ("PO-1", "PO-2"):
            order.with_user(self.account_manager).client_order_ref = reference
            self.assertEqual(
                (first | second | third).mapped("purchase_order_ref"),
                [reference, "PO-OWN", reference],
            )

    def test_required_after_the_draft(self):
        order = self._sell_due()
        invoice = self._invoice(order, TODAY, post=False).with_user(self.finance)
        self.assertEqual(invoice.ref, order.name)
        self.employer.outplacement_po_required = True
        with self.assertRefused("requires a purchase order reference"):
            invoice.action_post()

    def test_all_invoices_without_are_named(self):
        self.employer.outplacement_po_required = True
        orders = self._sell_due() | self._sell_due()
        invoices = self.env["account.move"].with_user(self.finance)
        for order in orders:
            invoices |= self._invoice(order, TODAY, post=False)
        first, second = orders.outplacement_traject_ids
        with self.assertRefused(f"(?s){first.name}.*{second.name}"):
            invoices.with_user(self.finance).action_post()

    # ------------------------------------------------------------------
    # Traces
    # ------------------------------------------------------------------

    def test_lapsing_leaves_a_trace(self):
        order = self._sell_due()
        invoice = self._invoice(order, TODAY, post=False).with_user(self.finance)
        self.assertNotIn("outplacement_lapsed", invoice.alerts or {})
        first, second = self._get_instalments(order)
        self._cancel(order)
        self.assertIn("Dates or amounts", order.message_ids[0].body)
        bodies = order.outplacement_traject_ids.message_ids.mapped("body")
        [body] = [body for body in bodies if "these instalments lapse" in body]
        self.assertIn(second.display_name, body)
        self.assertIn("500", body)
        self.assertNotIn(first.display_name, body, "it is still on an invoice")
        alert = invoice.alerts["outplacement_lapsed"]
        self.assertIn(first.display_name, alert["message"])

    def test_agreed_date_leaves_a_trace(self):
        order = self._sell_due()
        second = self._get_instalments(order)[1].with_user(self.finance)
        second.date_agreed = "2026-09-01"
        self.assertRegex(order.message_ids[0].body, "2/2: 09/01/2026")
        count = len(order.message_ids)
        second.date_agreed = "2026-09-01"
        self.assertEqual(len(order.message_ids), count)
        second.date_agreed = False
        self.assertIn("no agreed date any more", order.message_ids[0].body)

    def test_revive(self):
        order = self._sell_due()
        first, second = self._get_instalments(order)
        with self.assertRefused("has not lapsed"):
            first.with_user(self.finance).action_revive()
        self._cancel(order)
        with self.assertRefused("Only finance or a manager", AccessError):
            first.with_user(self.planner).action_revive()
        first.with_user(self.manager).action_revive()
        self.assertEqual(first.state, "due")
        self.assertIn("billed after all", order.message_ids[0].body)
        second.with_user(self.finance).action_revive()
        self.assertEqual(second.state, "planned")
        invoice = self._invoice(order, "2026-04-05")
        self.assertAmounts(invoice, (1000.0, 210.0, 1210.0))

    def test_other_amount(self):
        order = self._sell_due()
        invoice = self._invoice(order, TODAY, post=False).with_user(self.finance)
        self.assertNotIn("outplacement_changed", invoice.alerts or {})
        invoice.invoice_line_ids.price_unit = 450.0
        alert = invoice.alerts["outplacement_changed"]
        self.assertIn(self._get_instalments(order)[0].display_name, alert["message"])

    # ------------------------------------------------------------------
    # Currencies, taxes, colleagues, many rows
    # ------------------------------------------------------------------

    def test_foreign_currency(self):
        currency = self.setup_other_currency("USD")
        pricelist = self.env["product.pricelist"].create(
            {"name": "Dollars", "currency_id": currency.id}
        )
        package = {
            "product_id": self._make_package(1000.0, self.plan_halves).id,
            "price_unit": 1000.01,
        }
        order = self._sell_and_start(
            package, date_start=TODAY, pricelist_id=pricelist.id
        )
        instalments = self._get_instalments(order)
        self.assertEqual(instalments.currency_id, currency)
        self.assertEqual(instalments.mapped("amount"), [500.01, 500.0])
        invoice = self._invoice(order, TODAY)
        self.assertEqual(invoice.currency_id, currency)
        self.assertAmounts(invoice, (500.01, 105.0, 605.01))

    def test_fiscal_position_with_tax_included(self):
        """Priced with VAT, sold to somebody who pays none: without VAT."""
        position = self.env["account.fiscal.position"].create({"name": "Abroad"})
        self.vat.copy(
            {
                "name": "0% abroad",
                "amount": 0.0,
                "fiscal_position_ids": [Command.set(position.ids)],
                "original_tax_ids": [Command.set(self.vat_included.ids)],
            }
        )
        package = self._make_package(
            1210.0, self.plan_halves, taxes_id=[Command.set(self.vat_included.ids)]
        )
        order = self._sell_and_start(
            package, date_start=TODAY, fiscal_position_id=position.id
        )
        self.assertEqual(order.amount_total, 1000.0)
        invoice = self._invoice(order, TODAY)
        self.assertAmounts(invoice, (500.0, 0.0, 500.0))
        self.assertEqual(invoice.fiscal_position_id, position)

    def test_colleague_of_finance_goes_on(self):
        colleague = new_test_user(
            self.env,
            "billing_colleague",
            "account.group_account_invoice",
            company_id=self.company.id,
        )
        order = self._sell_due(plan=self.plan_start)
        invoice = self._invoice(order, TODAY, post=False).with_user(colleague)
        invoice.action_post()
        instalment = self._get_instalments(order).with_user(colleague)
        self._credit(invoice)
        instalment.action_release()
        with freeze_time(TODAY):
            instalment.action_create_invoices()
        self.assertEqual(instalment.state, "invoiced")

    def test_list_of_many_customers(self):
        """No query a row, also where each row has its own order and customer."""
        Instalment = self.env["outplacement.instalment"].with_user(self.finance)
        names = Instalment.get_views([(False, "list")])["models"][Instalment._name]
        specification = {
            name: {"fields": {"display_name": {}}} if info["type"] == "many2one" else {}
            for name, info in names["fields"].items()
        }
        orders = self.env["sale.order"]
        for number in range(4):
            customer = self.env["res.partner"].create(
                {"name": f"Customer {number}", "is_company": True}
            )
            orders |= self._sell_due(partner=customer)

        def count_queries(records):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            domain = [("order_id", "in", records.ids)]
            Instalment.web_search_read(domain, specification)
            return self.env.cr.sql_log_count - before

        count_queries(orders)
        self.assertEqual(count_queries(orders), count_queries(orders[0]))

    def test_due_in_batches(self):
        order = self._sell_and_start(date_start="2026-02-01")
        cron = self.env.ref("outplacement.ir_cron_instalments_due")
        with freeze_time("2026-04-01"):
            with (
                self.enter_registry_test_mode(),
                patch.object(outplacement_instalment_state, "CRON_BATCH", 2),
            ):
                cron.method_direct_trigger()
            self.env.flush_all()
            states = self._get_instalments(order).mapped("state")
        self.assertEqual(states[:4], ["due", "due", "due", "planned"])
