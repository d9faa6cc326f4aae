from datetime import date
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from ..models import account_move_line_revenue
from .common_billing import TODAY, BillingCommon


@tagged("post_install", "-at_install")
class TestInstalmentInvoicing(BillingCommon):
    """From due instalments to posted invoices, through the sale order."""

    def _sell_due(self, price=1000.0, plan=None, **values):
        """Return an order of one package of which the first instalment is due."""
        package = self._make_package(price, plan or self.plan_halves)
        return self._sell_and_start(package, date_start=TODAY, **values)

    # ------------------------------------------------------------------
    # Who invoices, and what
    # ------------------------------------------------------------------

    def test_finance_end_to_end(self):
        """Somebody with Odoo's invoicing group and nothing else does it all."""
        private = {"partner": self.person, "outplacement_early_start": True}
        orders = self._sell_due() | self._sell_due(**private)
        Instalment = self.env["outplacement.instalment"].with_user(self.finance)
        due = Instalment.search([("order_id", "in", orders.ids), ("state", "=", "due")])
        self.assertEqual(len(due), 2)
        action = due.action_create_invoices()
        invoices = (
            self.env["account.move"].with_user(self.finance).search(action["domain"])
        )
        self.assertEqual(len(invoices), 2, "an invoice per order")
        self.assertEqual(invoices, due.invoice_id)
        self.assertEqual(set(invoices.mapped("state")), {"draft"})
        for invoice in invoices:
            with Form(invoice) as form:
                form.narration = "Thank you"
        invoices.action_post()
        self.assertEqual(set(invoices.mapped("state")), {"posted"})
        self.assertEqual(set(due.mapped("state")), {"invoiced"})
        self.assertEqual(set(due.mapped("payment_state")), {"not_paid"})
        self.assertEqual(due[0].action_view_invoice()["res_id"], due[0].invoice_id.id)
        unpaid = [("invoice_id.payment_state", "in", ("not_paid", "partial"))]
        self.assertEqual(Instalment.search([("id", "in", due.ids), *unpaid]), due)

    def test_not_before_its_day(self):
        order = self._sell_due()
        second = self._get_instalments(order)[1].with_user(self.finance)
        with self.assertRefused("2/2 is dated 04/05/2026"):
            second.action_create_invoices()
        self.assertFalse(order.invoice_ids)

    def test_not_without_a_day(self):
        instalments = self._get_instalments(self._sell()).with_user(self.finance)
        with self.assertRefused("is “Planned”, not “Due”"):
            instalments.action_create_invoices()

    def test_invoiced_once(self):
        order = self._sell_due()
        first = self._get_instalments(order)[0].with_user(self.finance)
        first.action_create_invoices()
        with self.assertRefused("is “Invoiced”, not “Due”"):
            first.action_create_invoices()

    def test_not_by_others(self):
        first = self._get_instalments(self._sell_due())[0]
        for user in (self.manager, self.planner, self.coach, self.account_manager):
            with self.subTest(user=user.login), self.assertDenied():
                first.with_user(user).action_create_invoices()

    def test_account_manager_from_the_order(self):
        """Odoo's own button on the order makes a draft of what is due."""
        order = self._sell_due()
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_user(self.account_manager)
            .with_context(active_model="sale.order", active_ids=order.ids)
            .create({"advance_payment_method": "delivered"})
        )
        wizard.create_invoices()
        self.assertAmounts(order.invoice_ids, (500.0, 105.0, 605.0))
        self.assertEqual(order.invoice_ids.state, "draft")
        self.assertEqual(order.invoice_status, "no")

    def test_nothing_due(self):
        """Who invoices too early is told when the next instalment falls due."""
        order = self._sell().with_user(self.account_manager)
        with self.assertRefused("known once the traject has a start date"):
            order._create_invoices()
        self._start(order.sudo().outplacement_traject_ids, "2026-02-01")
        with self.assertRefused("the next one is dated 02/01/2026"):
            order._create_invoices()
        with self.assertRefused("No items are available"):
            order_line = {"product_id": self.workshop.id, "product_uom_qty": 0}
            self._sell(order_line)._create_invoices()

    def test_late_invoicing(self):
        """Everything that is due comes on one invoice, in order."""
        order = self._sell_and_start(
            {"product_id": self.package.id, "product_uom_qty": 2}, date_start=TODAY
        )
        invoice = self._invoice(order, "2026-03-10")
        lines = invoice.invoice_line_ids.sorted(lambda line: (line.sequence, line.id))
        self.assertEqual(
            lines.outplacement_instalment_id,
            self._get_instalments(order)[:3] + self._get_instalments(order)[12:15],
        )
        self.assertEqual(order.order_line.qty_invoiced, 0.5)
        self.assertEqual(order.order_line.qty_invoiced_posted, 0.5)
        self.assertEqual(order.order_line.untaxed_amount_invoiced, 4497.48)
        self.assertEqual(order.order_line.untaxed_amount_to_invoice, 13492.52)

    # ------------------------------------------------------------------
    # Quantities
    # ------------------------------------------------------------------

    def test_quantities_of_tiny_parts(self):
        """A part too small for the digits of a quantity is a part all the same."""
        plan = self._make_plan(
            {"share": 0.1},
            {"share": 99.8, "months_after_start": 1},
            {"share": 0.1, "months_after_start": 2},
        )
        order = self._sell_due(plan=plan)
        line = order.order_line
        self.assertEqual((line.qty_to_invoice, line.qty_invoiced), (0.01, 0.0))
        self.assertEqual(line.invoice_status, "to invoice")
        self._invoice(order, TODAY)
        self.assertEqual((line.qty_to_invoice, line.qty_invoiced), (0.0, 0.01))
        self.assertEqual(line.invoice_status, "no")
        self._invoice(order, "2026-02-05")
        self.assertEqual((line.qty_to_invoice, line.qty_invoiced), (0.0, 0.99))
        self.assertEqual(line.invoice_status, "no")
        with freeze_time("2026-03-05"):
            self.env["outplacement.instalment"]._update_due()
            self.assertEqual((line.qty_to_invoice, line.qty_invoiced), (0.01, 0.99))
            self.assertEqual(line.invoice_status, "to invoice")
        self._invoice(order, "2026-03-05")
        self.assertEqual((line.qty_to_invoice, line.qty_invoiced), (0.0, 1.0))
        self.assertEqual(line.invoice_status, "invoiced")

    def test_discount(self):
        """The discount is in the amount of the instalment, and not taken twice."""
        package = self._make_package(1000.0, self.plan_halves)
        order = self._sell_and_start(
            {"product_id": package.id, "discount": 10.0}, date_start=TODAY
        )
        line = order.order_line
        self.assertEqual(line.untaxed_amount_to_invoice, 900.0)
        self.assertAmounts(self._invoice(order, TODAY), (450.0, 94.5, 544.5))
        self.assertEqual(line.untaxed_amount_to_invoice, 450.0)
        self.assertEqual(line.amount_to_invoice, 544.5)
        self._invoice(order, "2026-04-05")
        self.assertEqual(line.untaxed_amount_invoiced, 900.0)
        self.assertEqual(line.untaxed_amount_to_invoice, 0.0)

    def test_free_package(self):
        """A package for nothing is invoiced like any other."""
        order = self._sell_due(price=0.0)
        self.assertEqual(order.order_line.qty_to_invoice, 0.5)
        invoice = self._invoice(order, TODAY)
        self.assertEqual(order.invoice_status, "no")
        self.assertEqual(self._get_instalments(order)[0].state, "invoiced")
        self.assertAmounts(invoice, (0.0, 0.0, 0.0))

    def test_quantities_back_in_time(self):
        order = self._sell_due()
        self._invoice(order, TODAY)
        line = order.order_line
        self.assertEqual(line.qty_invoiced_at_date, 0.5)
        early = line.with_context(accrual_entry_date="2026-01-04")
        with freeze_time("2026-02-01"):
            self.assertEqual(early.qty_invoiced_at_date, 0.0)

    def test_paid_in_advance(self):
        """A payment of the whole order does not make instalments fall due."""
        order = self._sell_due()
        order.order_line = [Command.create({"product_id": self.workshop.id})]
        order._force_lines_to_invoice_policy_order()
        self.assertEqual(order.order_line.mapped("qty_to_invoice"), [0.5, 1.0])

    # ------------------------------------------------------------------
    # Other lines on the order
    # ------------------------------------------------------------------

    def test_mixed_order(self):
        """Ordinary lines are invoiced as ever, beside the instalments."""
        package = self._make_package(1000.0, self.plan_halves)
        order = self._sell_and_start(
            {"display_type": "line_section", "name": "Guidance"},
            package,
            {"display_type": "line_section", "name": "Extras"},
            {"product_id": self.workshop.id, "product_uom_qty": 2},
            {"display_type": "line_note", "name": "See you there"},
            date_start=TODAY,
        )
        self.assertEqual(order.invoice_status, "to invoice")
        invoice = order.with_user(self.finance)._create_invoices()
        self.assertEqual(
            invoice.invoice_line_ids.sorted("sequence").mapped("display_type"),
            ["line_section", "product", "line_section", "product", "line_note"],
        )
        self.assertAmounts(invoice, (1100.0, 231.0, 1331.0))
        workshop = order.order_line[3]
        self.assertEqual((workshop.qty_invoiced, workshop.qty_to_invoice), (2.0, 0.0))
        self.assertEqual(order.invoice_status, "no")
        second = self._invoice(order, "2026-04-05")
        self.assertAmounts(second, (500.0, 105.0, 605.0))
        self.assertEqual(order.invoice_status, "invoiced")

    def test_mixed_order_selected_instalments(self):
        """The instalments that finance selects, their sections, and nothing else."""
        package = self._make_package(1000.0, self.plan_halves)
        order = self._sell_and_start(
            {"display_type": "line_section", "name": "Guidance"},
            {"product_id": package.id, "product_uom_qty": 2},
            {"display_type": "line_section", "name": "Extras"},
            self.workshop,
            package,
            date_start=TODAY,
        )
        due = self._get_instalments(order).filtered(lambda i: i.state == "due")
        self.assertEqual(len(due), 3)
        due[0].with_user(self.finance).action_create_invoices()
        invoice = due[0].invoice_id
        self.assertEqual(
            invoice.invoice_line_ids.mapped("display_type"), ["line_section", "product"]
        )
        self.assertEqual(invoice.invoice_line_ids[0].name, "Guidance")
        self.assertEqual(due.mapped("state"), ["invoiced", "due", "due"])
        self.assertEqual(order.order_line[3].qty_invoiced, 0.0)
        self.assertEqual(order.invoice_status, "to invoice")

    def test_two_packages(self):
        order = self._sell_and_start(
            self._make_package(1000.0, self.plan_halves),
            self._make_package(400.0, self.plan_start),
            date_start=TODAY,
        )
        invoice = self._invoice(order, TODAY)
        self.assertEqual(invoice.invoice_line_ids.mapped("price_unit"), [500.0, 400.0])
        self.assertEqual(order.order_line.mapped("invoice_status"), ["no", "invoiced"])
        self.assertEqual(order.invoice_status, "no")

    def test_orders_together(self):
        """Odoo puts orders of one customer on one invoice; so do instalments."""
        orders = self._sell_due() | self._sell_due()
        invoice = orders.with_user(self.finance)._create_invoices()
        self.assertEqual(len(invoice), 1)
        self.assertEqual(len(invoice.invoice_line_ids), 2)
        self.assertAmounts(invoice, (1000.0, 210.0, 1210.0))

    # ------------------------------------------------------------------
    # What the line says (R12)
    # ------------------------------------------------------------------

    def _get_line_name(self, **values):
        """Return what the invoice line of the first instalment says."""
        order = self._sell_due(**values)
        traject = order.outplacement_traject_ids
        traject.with_user(self.planner).personnel_number = "P-4711"
        order.order_line.name = "For Karin, who fell ill"
        return self._invoice(order, TODAY).invoice_line_ids.name

    def test_line_says_no_more_than_it_should(self):
        for identity, last in (
            ("reference", "Service period"),
            ("personnel_number", "Personnel number: P-4711"),
            ("name", "Karin Kandidaat"),
        ):
            with self.subTest(identity=identity):
                self.employer.outplacement_invoice_identity = identity
                name = self._get_line_name()
                lines = name.split("\n")
                self.assertEqual(lines[0], "Outplacement Package")
                self.assertRegex(lines[1], r"^TR/2026/\d+, instalment 1 of 2$")
                self.assertEqual(lines[2], "Service period: 01/05/2026 – 04/04/2026")
                self.assertTrue(lines[-1].startswith(last))
                self.assertEqual("Karin" in name, identity == "name")
                self.assertNotIn("ill", name)

    def test_line_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.employer.lang = "nl_NL"
        package = self._make_package(1000.0, self.plan_halves)
        package.with_context(lang="nl_NL").name = "Pakket begeleiding"
        order = self._sell_and_start(package, date_start=TODAY)
        line = self._invoice(order, TODAY).invoice_line_ids
        self.assertIn("Pakket begeleiding\n", line.name)
        self.assertRegex(line.name, r"TR/2026/\d+, termijn\w* 1 van 2\n")
        self.assertIn("05-01-2026 – 04-04-2026", line.name)
        instalment = line.outplacement_instalment_id.with_context(lang="nl_NL")
        self.assertEqual(line.name, instalment._get_invoice_line_name())
        self.assertNotIn("Kandidaat", line.name)

    def test_period_for_other_add_ons(self):
        """Where another add-on keeps service periods, it gets them."""
        instalment = self._get_instalments(self._sell_due())[0]
        known = (("invoice_date", "date_maturity"), ("no_such_start", "no_such_end"))
        with patch.object(account_move_line_revenue, "PERIOD_FIELDS", known):
            values = instalment._prepare_invoice_line_values()
        self.assertEqual(values["invoice_date"], date(2026, 1, 5))
        self.assertEqual(values["date_maturity"], date(2027, 1, 4))
        self.assertNotIn("no_such_start", values)

    def _get_earning_periods(self, plan):
        package = self._make_package(1000.0, plan)
        order = self._sell_and_start(package, date_start=TODAY)
        instalments = self._get_instalments(order)
        periods = {i._get_earning_period() for i in instalments}
        service = {(i.period_start, i.period_end) for i in instalments}
        term = (date(2026, 1, 5), date(2027, 1, 4))
        return periods, service, {term}

    def test_earned_by_month(self):
        """Months that pay for themselves are earned month by month (R13)."""
        quarters = self._make_plan(
            {"share": 100, "repeat_count": 4, "repeat_interval": 3}
        )
        for plan in self.plan_start, self.plan_monthly, quarters:
            with self.subTest(plan=plan.name):
                periods, service, _term = self._get_earning_periods(plan)
                self.assertEqual(periods, service)

    def test_earned_over_the_term(self):
        """Billed faster or slower than the months go by, it is earned by days over
        the whole term (R13)."""
        late = self._make_plan(
            {"share": 50}, {"share": 50, "months_after_start": 12}, name="Late"
        )
        twice = self._make_plan({"share": 100, "repeat_count": 1}, name="Twice")
        twice.line_ids = [
            Command.update(twice.line_ids.id, {"share": 60}),
            Command.create({"share": 40}),
        ]
        quarters = {"share": 100, "repeat_count": 4, "repeat_interval": 3}
        behind = self._make_plan({**quarters, "months_after_start": 3}, name="Behind")
        uneven = self._make_plan(
            {"share": 50, "months_after_start": 3},
            {"share": 50, "months_after_start": 9},
            name="Uneven",
        )
        for plan in self.plan_halves, late, twice, behind, uneven:
            with self.subTest(plan=plan.name):
                periods, _service, term = self._get_earning_periods(plan)
                self.assertEqual(periods, term)

    def test_analytic_and_taxes_of_the_line(self):
        plan = self.env["account.analytic.plan"].create({"name": "Bureau"})
        account = self.env["account.analytic.account"].create(
            {"name": "Team North", "plan_id": plan.id, "company_id": self.company.id}
        )
        package = self._make_package(1000.0, self.plan_halves)
        no_tax = self.vat.copy({"amount": 0.0, "name": "No VAT"})
        order = self._sell_and_start(
            {
                "product_id": package.id,
                "analytic_distribution": {str(account.id): 100},
                "tax_ids": [Command.set(no_tax.ids)],
            },
            date_start=TODAY,
        )
        line = self._invoice(order, TODAY).invoice_line_ids
        self.assertEqual(line.analytic_distribution, {str(account.id): 100.0})
        self.assertEqual(line.tax_ids, no_tax)
        self.assertEqual(line.product_id, package)
        self.assertEqual((line.quantity, line.discount), (1.0, 0.0))

    # ------------------------------------------------------------------
    # Purchase order reference (R11)
    # ------------------------------------------------------------------

    def test_ref_of_the_orders(self):
        """The references of what is invoiced, each once; else what Odoo says."""
        package = self._make_package(1000.0, self.plan_halves)
        order = self._sell_and_start(
            {"product_id": package.id, "product_uom_qty": 3}, date_start=TODAY
        )
        trajects = order.outplacement_traject_ids.sorted("id")
        for traject, reference in zip(trajects, ("PO-2", "PO-1", "PO-2"), strict=True):
            traject.with_user(self.account_manager).purchase_order_ref = reference
        self.assertEqual(self._invoice(order, TODAY).ref, "PO-2, PO-1")
        without = self._sell_due()
        self.assertEqual(self._invoice(without, TODAY).ref, without.name)
        self.assertEqual(
            self._invoice(self._sell_due(client_order_ref="PO-3"), TODAY).ref, "PO-3"
        )

    def test_missing_reference_keeps_from_posting(self):
        self.employer.outplacement_po_required = True
        order = self._sell_due()
        traject = order.outplacement_traject_ids
        invoice = self._invoice(order, TODAY, post=False).with_user(self.finance)
        self.assertFalse(invoice.ref)
        self.assertEqual(invoice.outplacement_purchase_order_missing, traject.name)
        alert = invoice.alerts["outplacement_purchase_order_missing"]
        self.assertEqual(alert["level"], "warning")
        self.assertIn(traject.name, alert["message"])
        with self.assertRefused(f"Big Employer requires .* none for {traject.name}"):
            invoice.action_post()
        traject.with_user(self.account_manager).purchase_order_ref = "PO-9"
        self.assertFalse(invoice.outplacement_purchase_order_missing)
        self.assertNotIn("outplacement_purchase_order_missing", invoice.alerts or {})
        invoice.action_post()
        self.assertEqual(invoice.ref, "PO-9")

    def test_missing_reference_typed_on_the_invoice(self):
        self.employer.outplacement_po_required = True
        contact = self.env["res.partner"].create(
            {"name": "HR", "parent_id": self.employer.id}
        )
        order = self._sell_due(partner=contact)
        invoice = self._invoice(order, TODAY, post=False).with_user(self.finance)
        with Form(invoice) as form:
            form.ref = "PO-10"
        invoice.action_post()
        self.assertEqual(invoice.state, "posted")
        self.assertEqual(invoice.ref, "PO-10")

    def test_one_of_two_references_missing(self):
        """What is known stays, and half a reference is none."""
        self.employer.outplacement_po_required = True
        orders = self._sell_due(client_order_ref="PO-11") | self._sell_due()
        invoice = orders.with_user(self.finance)._create_invoices()
        self.assertEqual(invoice.ref, "PO-11")
        self.assertEqual(
            invoice.outplacement_purchase_order_missing,
            orders[1].outplacement_traject_ids.name,
        )

    def test_reference_not_required_of_others(self):
        """Nor of credit notes of the same customer."""
        self.employer.outplacement_po_required = True
        private = {"partner": self.person, "outplacement_early_start": True}
        invoice = self._invoice(self._sell_due(**private), TODAY)
        self.assertEqual(invoice.state, "posted")
        billed = self._invoice(self._sell_due(client_order_ref="PO-12"), TODAY)
        credit_note = self._credit(billed, post=False)
        credit_note.ref = False
        credit_note.with_user(self.finance).action_post()
        self.assertEqual(credit_note.state, "posted")
