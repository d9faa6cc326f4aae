from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .common_billing import BillingCommon


@tagged("post_install", "-at_install")
class TestSaleOrder(BillingCommon):
    """What follows from the sale of a package."""

    def _line(self, quantity, product=None, **values):
        product = product or self.package
        return {"product_id": product.id, "product_uom_qty": quantity, **values}

    # ------------------------------------------------------------------
    # Trajects
    # ------------------------------------------------------------------

    def test_confirm_employer(self):
        contact = self.env["res.partner"].create(
            {"name": "HR", "parent_id": self.employer.id}
        )
        order = self._sell(
            self._line(2), self.workshop, partner=contact, client_order_ref="PO-7"
        )
        trajects = order.outplacement_traject_ids
        self.assertRecordValues(
            trajects.sorted("id"),
            [
                {
                    "state": "intake",
                    "type_id": self.traject_type.id,
                    "product_id": self.package.id,
                    "sale_line_id": order.order_line[0].id,
                    "order_id": order.id,
                    "company_id": self.company.id,
                    "employer_id": self.employer.id,
                    "principal_id": self.employer.id,
                    "candidate_id": False,
                    "account_manager_id": self.account_manager.id,
                    "purchase_order_ref": "PO-7",
                    "months": 12,
                    "date_start": False,
                    "trigger": False,
                }
            ]
            * 2,
        )
        self.assertEqual(len(set(trajects.mapped("name"))), 2)
        self.assertEqual(order.outplacement_traject_count, 2)
        self.assertFalse(order.order_line[1].outplacement_traject_ids)

    def test_confirm_private_person(self):
        order = self._sell(partner=self.person)
        traject = order.outplacement_traject_ids
        self.assertEqual(traject.candidate_id, self.person)
        self.assertEqual(traject.principal_id, self.person)
        self.assertFalse(traject.employer_id)

    def test_confirm_private_person_buys_two(self):
        """Somebody who buys two trajects is not the candidate of both."""
        order = self._sell(self._line(2), partner=self.person)
        self.assertFalse(order.outplacement_traject_ids.candidate_id)

    def test_plan_of_another_company(self):
        """What is sold by a plan stays with one of its company; of several plans that
        is known at once."""
        plans = self.plan_start | self.plan_halves
        plans |= self._make_plan({"share": 100})
        self._sell(self._make_package(1000.0, self.plan_halves))
        plans.company_id = self.company
        other = self.env["res.company"].create({"name": "Other Bureau"})
        with self.assertRefused("Another company sold by"):
            plans.company_id = other
        self.env.flush_all()
        counts = []
        for some in (plans, plans[:1], plans):
            before = self.env.cr.sql_log_count
            some._check_sold_company()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1:], [1, 1])

    def test_confirm_by_salesman(self):
        """A seller without any role in outplacement can sell a package, and read the
        order afterwards."""
        order = self._sell(user=self.salesman).with_user(self.salesman)
        self.assertEqual(len(order.sudo().outplacement_traject_ids), 1)
        self.assertEqual(order.invoice_status, "no")
        with Form(order) as form:
            form.client_order_ref = "PO-8"
        # what the invoices will come to: their VAT is rounded twelve times (R3)
        self.assertEqual(order.amount_to_invoice, 10883.93)
        self.assertEqual(order.amount_total, 10883.95)
        with self.assertRaises(AccessError):
            order.outplacement_traject_ids.read(["name"])

    def test_confirm_twice(self):
        order = self._sell(self._line(3))
        order.order_line._create_outplacement_trajects()
        order._action_confirm()
        self.assertEqual(len(order.outplacement_traject_ids), 3)
        self.assertEqual(len(self._get_instalments(order)), 36)

    def test_confirm_refuses_quantity(self):
        for quantity in (1.5, -1):
            order = self._quote(self._line(quantity))
            with (
                self.subTest(quantity=quantity),
                self.assertRefused("must be a whole number"),
            ):
                order.action_confirm()
            self.assertEqual(order.state, "draft")

    def test_confirm_nothing(self):
        self.assertFalse(self._sell(self._line(0)).outplacement_traject_ids)
        self.assertFalse(self._sell(self.workshop).outplacement_traject_ids)

    def test_confirm_asks_planner(self):
        self.company.outplacement_planner_id = self.planner
        traject = self._sell().outplacement_traject_ids
        self.assertEqual(traject.activity_ids.user_id, self.planner)

    # ------------------------------------------------------------------
    # Changes of a confirmed order
    # ------------------------------------------------------------------

    def test_increase_quantity(self):
        order = self._sell()
        first = order.outplacement_traject_ids
        order.with_user(self.account_manager).order_line.product_uom_qty = 3
        self.assertEqual(len(order.outplacement_traject_ids), 3)
        self.assertIn(first, order.outplacement_traject_ids)
        self.assertEqual(len(self._get_instalments(order)), 36)

    def test_decrease_quantity(self):
        order = self._sell(self._line(2))
        line = order.with_user(self.account_manager).order_line
        with self.assertRefused("has 2 trajects.*cancel a traject"):
            line.product_uom_qty = 1
        last = order.outplacement_traject_ids.sorted("id")[-1]
        last.with_user(self.planner)._set_state("cancelled", outcome="stopped")
        line.product_uom_qty = 1
        self.assertEqual(len(order.outplacement_traject_ids), 2)
        self.assertEqual(
            set(last.instalment_ids.mapped("state")),
            {"lapsed"},
            "nobody pays for a cancelled traject",
        )

    def test_cancelled_traject_is_not_replaced(self):
        """Only a higher quantity asks for another traject."""
        order = self._sell(self._line(2))
        first = order.outplacement_traject_ids.sorted("id")[0]
        first.with_user(self.planner)._set_state("cancelled", outcome="stopped")
        line = order.with_user(self.account_manager).order_line
        line.discount = 10.0
        self.assertEqual(len(order.outplacement_traject_ids), 2)
        unchanged = sum(first.instalment_ids.mapped("amount"))
        self.assertEqual(self.eur.round(unchanged), 8995.0)
        line.product_uom_qty = 3
        running = order.outplacement_traject_ids - first
        self.assertEqual(len(running), 3)
        self.assertEqual(
            self.eur.round(sum(running.instalment_ids.mapped("amount"))),
            line.price_subtotal,
        )

    def test_odd_quantity_on_confirmed_order(self):
        line = self._sell().with_user(self.account_manager).order_line
        with self.assertRefused("must be a whole number"):
            line.product_uom_qty = 1.5

    def test_add_line_to_confirmed_order(self):
        order = self._sell(self.workshop)
        order.with_user(self.account_manager).order_line = [
            Command.create({"product_id": self.package.id})
        ]
        self.assertEqual(len(order.outplacement_traject_ids), 1)
        self.assertEqual(len(self._get_instalments(order)), 12)

    def test_change_price(self):
        """The instalments follow the price until one is on an invoice."""
        order = self._sell(self._line(1, self._make_package(1000.0, self.plan_halves)))
        line = order.with_user(self.account_manager).order_line
        line.price_unit = 2000.0
        self.assertEqual(self._get_instalments(order).mapped("amount"), [1000.0] * 2)
        line.discount = 10.0
        self.assertEqual(self._get_instalments(order).mapped("amount"), [900.0] * 2)
        self._start(order.outplacement_traject_ids, "2026-01-05")
        self._invoice(order, "2026-01-05", post=False)
        for values in ({"price_unit": 1.0}, {"discount": 5.0}):
            with self.subTest(values), self.assertRefused("are fixed"):
                line.write(values)
        line.name = "Another description"
        line.product_uom_qty = 2
        self.assertEqual(self._get_instalments(order).mapped("amount"), [900.0] * 4)

    def test_change_plan(self):
        order = self._sell(self._line(1, self._make_package(1000.0, self.plan_halves)))
        line = order.with_user(self.account_manager).order_line
        line.outplacement_plan_id = self.plan_start
        self.assertEqual(self._get_instalments(order).mapped("amount"), [1000.0])
        self._start(order.outplacement_traject_ids, "2026-01-05")
        self._invoice(order, "2026-01-05")
        with self.assertRefused("are fixed"):
            line.outplacement_plan_id = self.plan_halves

    def test_change_product(self):
        line = self._sell().with_user(self.account_manager).order_line
        self.assertFalse(line.product_updatable)
        with self.assertRaises(UserError):
            line.product_id = self.workshop

    def test_locked_order(self):
        order = self._sell()
        order.action_lock()
        with self.assertRefused("locked"):
            order.order_line.outplacement_plan_id = self.plan_start

    # ------------------------------------------------------------------
    # Cancellation
    # ------------------------------------------------------------------

    def test_cancel_and_confirm_again(self):
        order = self._sell(self._line(2))
        former = order.outplacement_traject_ids
        as_seller = order.with_user(self.account_manager)
        as_seller.action_cancel()
        self.assertEqual(set(former.mapped("state")), {"cancelled"})
        self.assertEqual(set(former.instalment_ids.mapped("state")), {"lapsed"})
        as_seller.action_draft()
        as_seller.order_line.price_unit = 1200.0
        as_seller.action_confirm()
        running = order.outplacement_traject_ids - former
        self.assertEqual(len(running), 2)
        self.assertEqual(set(running.mapped("state")), {"intake"})
        self.assertEqual(sum(running.instalment_ids.mapped("amount")), 2400.0)
        self.assertEqual(set(former.instalment_ids.mapped("state")), {"lapsed"})

    def test_cancel_refused_while_active(self):
        order = self._sell_and_start(self._line(1), date_start="2026-01-05")
        traject = order.outplacement_traject_ids
        with self.assertRefused(f"{traject.name} is active"):
            order.with_user(self.account_manager).action_cancel()
        self.assertEqual(order.state, "sale")
        self.assertEqual(traject.state, "active")

    def test_cancel_after_traject_was_cancelled(self):
        order = self._sell_and_start(self._line(1), date_start="2026-01-05")
        traject = order.outplacement_traject_ids
        invoice = self._invoice(order, "2026-01-05", post=False)
        traject.with_user(self.planner)._set_state("cancelled", outcome="stopped")
        instalments = self._get_instalments(order)
        self.assertEqual(instalments[0].state, "invoiced")
        # Odoo leaves cancelling a draft invoice to finance
        order.with_user(self.finance).action_cancel()
        self.assertEqual(invoice.state, "cancel")
        self.assertEqual(set(instalments.mapped("state")), {"lapsed"})

    def test_cancel_quotation(self):
        order = self._quote()
        order.action_cancel()
        self.assertEqual(order.state, "cancel")

    # ------------------------------------------------------------------
    # Prices
    # ------------------------------------------------------------------

    def test_three_trajects_with_discount(self):
        """Price and discount that do not fit in cents: the trajects add up (R2)."""
        package = self._make_package(1999.99, self.plan_monthly)
        order = self._sell(self._line(3, package, discount=33.33))
        line = order.order_line
        totals = [
            self.eur.round(sum(traject.instalment_ids.mapped("amount")))
            for traject in order.outplacement_traject_ids.sorted("id")
        ]
        self.assertEqual(totals, [1333.39, 1333.40, 1333.39])
        self.assertEqual(self.eur.round(sum(totals)), line.price_subtotal)
        before = self._get_instalments(order).mapped("amount")
        line.product_uom_qty = 7
        self.assertEqual(self._get_instalments(order)[:36].mapped("amount"), before)
        self.assertEqual(
            self.eur.round(sum(self._get_instalments(order).mapped("amount"))),
            line.price_subtotal,
        )

    def test_plan_of_line(self):
        """The plan comes from the package, else from the company, and can be chosen."""
        no_plan = self._make_package(1200.0)
        self.company.outplacement_plan_id = self.plan_halves
        order = self._quote(
            self.package,
            no_plan,
            self._line(1, no_plan, outplacement_plan_id=self.plan_start.id),
            self.workshop,
        )
        self.assertEqual(
            order.order_line.mapped("outplacement_plan_id.id"),
            [self.plan_monthly.id, self.plan_halves.id, self.plan_start.id],
        )
        self.assertFalse(order.order_line[3].outplacement_plan_id)
        self.company.outplacement_plan_id = False
        line = self._quote(no_plan).order_line
        self.assertFalse(line.outplacement_plan_id)
        line.order_id.action_confirm()
        self.assertEqual(len(self._get_instalments(line.order_id.sudo())), 1)

    def test_plan_preview(self):
        line = self._quote(self._line(2)).order_line.with_context(lang="en_US")
        self.assertEqual(
            line.outplacement_plan_preview.replace("\N{NO-BREAK SPACE}", " "),
            "11 × 749.58 € + 1 × 749.62 €",
        )
        line.outplacement_plan_id = self.plan_start
        self.assertIn("1 × ", line.outplacement_plan_preview)
        self.assertFalse(
            self._quote(self.workshop).order_line.outplacement_plan_preview
        )

    def test_form_of_account_manager(self):
        """The account manager chooses the plan in the quotation."""
        with Form(self.env["sale.order"].with_user(self.account_manager)) as form:
            form.partner_id = self.employer
            with form.order_line.new() as line:
                line.product_id = self.package
                self.assertEqual(line.outplacement_plan_id, self.plan_monthly)
                line.outplacement_plan_id = self.plan_halves
        order = form.save()
        order.action_confirm()
        self.assertEqual(len(self._get_instalments(order.sudo())), 2)
        self.assertEqual(order.outplacement_instalment_count, 2)

    # ------------------------------------------------------------------
    # Package and opportunity
    # ------------------------------------------------------------------

    def test_package_needs_type_and_policy(self):
        with self.assertRefused("needs a traject type", ValidationError):
            self._make_package(1.0, outplacement_type_id=False)
        with self.assertRefused("ordered quantities", ValidationError):
            self._make_package(1.0, invoice_policy="delivery")

    def test_package_terms_from_type(self):
        self.traject_type.write({"months": 9, "session_count": 14})
        product = self.env["product.template"].create(
            {
                "name": "Package",
                "type": "service",
                "service_tracking": "outplacement",
                "outplacement_type_id": self.traject_type.id,
            }
        )
        self.assertEqual(product.outplacement_months, 9)
        self.assertEqual(product.outplacement_session_count, 14)
        self.assertIn("outplacement", product._get_saleable_tracking_types())
        self.assertIn("Start a traject", product.product_tooltip)

    def test_opportunity_counts_trajects(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "Reorganisation",
                "type": "opportunity",
                "partner_id": self.employer.id,
                "user_id": self.account_manager.id,
            }
        )
        other = lead.copy()
        order = self._sell(self._line(2), opportunity_id=lead.id)
        as_seller = (lead | other).with_user(self.account_manager)
        self.assertEqual(as_seller.mapped("outplacement_traject_count"), [2, 0])
        action = as_seller[0].action_view_outplacement_trajects()
        found = self.env["outplacement.traject"].search(action["domain"])
        self.assertEqual(found, order.outplacement_traject_ids)
        colleague = new_test_user(
            self.env, "colleague", "outplacement.group_account_manager"
        )
        self.assertEqual(lead.with_user(colleague).outplacement_traject_count, 0)
        with self.assertRaises(AccessError):
            lead.with_user(self.salesman).read(["outplacement_traject_count"])

    def test_screens(self):
        """The fields of a package, an employer and an opportunity are on their forms,
        for those who fill them in."""
        keeper = new_test_user(
            self.env,
            "keeper",
            "outplacement.group_manager,product.group_product_manager",
        )
        with Form(
            self.env["product.template"]
            .with_user(keeper)
            .with_context(default_type="service")
        ) as form:
            form.name = "Package"
            form.invoice_policy = "delivery"
            form.service_tracking = "outplacement"
            self.assertEqual(form.invoice_policy, "order")
            form.outplacement_type_id = self.traject_type
            form.outplacement_plan_id = self.plan_halves
        self.assertEqual(form.record.outplacement_months, self.traject_type.months)
        bookkeeper = new_test_user(
            self.env,
            "bookkeeper",
            "account.group_account_invoice,base.group_partner_manager",
        )
        for user in (self.account_manager, bookkeeper):
            with Form(self.employer.with_user(user)) as form:
                form.outplacement_po_required = not form.outplacement_po_required
                form.outplacement_invoice_identity = "personnel_number"
        view = (
            self.env["res.partner"].with_user(self.salesman).get_view(view_type="form")
        )
        self.assertNotIn("outplacement_po_required", view["arch"])

    def test_order_actions(self):
        order = self._sell(self._line(2)).with_user(self.account_manager)
        for method, model, count in (
            ("action_view_outplacement_trajects", "outplacement.traject", 2),
            ("action_view_outplacement_instalments", "outplacement.instalment", 24),
        ):
            action = getattr(order, method)()
            self.assertEqual(action["res_model"], model)
            found = order.env[model].search(action["domain"])
            self.assertEqual(len(found), count)
