from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common_billing import TODAY
from .common_run import BILLING, RunCommon


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestInvoiceRun(RunCommon):
    """From what is due to invoices, many at once, by finance."""

    def test_finance_end_to_end(self):
        """Somebody with Odoo's invoicing group and nothing else sees, then does."""
        orders = self._sell_due() | self._sell_due(partner=self.person)
        wizard = self._get_wizard()
        self.assertEqual((wizard.instalment_count, wizard.invoice_count), (2, 2))
        self.assertEqual(wizard.line_ids.partner_id, self.employer | self.person)
        self.assertEqual(wizard.line_ids.mapped("amount_untaxed"), [500.0, 500.0])
        self.assertEqual(wizard.line_ids.mapped("amount_total"), [605.0, 605.0])
        self.assertFalse(wizard.problem_ids)
        self.assertFalse(orders.invoice_ids)
        run = self._run(mode="draft")
        self.assertRecordValues(
            run,
            [
                {
                    "state": "done",
                    "user_id": self.finance.id,
                    "instalment_count": 2,
                    "done_count": 2,
                    "progress": 100.0,
                    "invoice_count": 2,
                    "set_aside_count": 0,
                    "amount_untaxed": 1000.0,
                    "amount_total": 1210.0,
                }
            ],
        )
        self.assertEqual(run.invoice_ids, orders.invoice_ids)
        self.assertEqual(set(run.invoice_ids.mapped("state")), {"draft"})
        self.assertEqual(run.invoice_ids.create_uid, self.finance)
        due = self._get_due(orders)
        self.assertEqual(due.mapped("state"), ["invoiced"] * 2)
        self.assertEqual(due.invoice_line_ids.mapped("price_subtotal"), [500.0] * 2)
        seen = run.with_user(self.finance)
        found = self.env["account.move"].search(seen.action_view_invoices()["domain"])
        self.assertEqual(found, run.invoice_ids)
        self.assertTrue(seen.action_refresh())

    def test_post_with_its_date(self):
        """The invoices have the date of the run, and terms count from there."""
        order = self._sell_due()
        with freeze_time("2026-01-20"):
            run = self._run(mode="post", date="2026-01-15")
        [invoice] = run.invoice_ids
        self.assertEqual(invoice, order.invoice_ids)
        self.assertEqual(invoice.state, "posted")
        self.assertEqual(str(invoice.invoice_date), "2026-01-15")
        self.assertEqual(str(invoice.date), "2026-01-15")
        self.assertEqual(str(invoice.invoice_date_due), "2026-02-14")

    def test_form_previews(self):
        """What is shown follows what is chosen."""
        self._sell_due(number=2)
        other = self._sell_due(partner=self.person)
        Wizard = self.env["outplacement.invoice.run.start"].with_user(self.finance)
        form = Form(Wizard)
        self.assertEqual(form.instalment_count, 3)
        form.employer_ids.add(self.employer)
        self.assertEqual(form.instalment_count, 2)
        form.date = "2026-01-04"
        self.assertEqual(form.instalment_count, 0)
        self.assertFalse(other.invoice_ids)

    def test_filters(self):
        other_plan = self._make_plan({"share": 100.0})
        one = self._sell_due()
        two = self._sell_due(self._make_package(100.0, other_plan), partner=self.person)
        two.user_id = self.manager
        two.outplacement_traject_ids.account_manager_id = self.manager
        for values, orders in (
            ({}, one | two),
            ({"employer_ids": self.employer.ids}, one),
            ({"employer_ids": self.person.ids}, two),
            ({"account_manager_ids": self.manager.ids}, two),
            ({"plan_ids": other_plan.ids}, two),
            ({"order_ids": one.ids}, one),
        ):
            with self.subTest(values=values):
                values = {key: [Command.set(ids)] for key, ids in values.items()}
                wizard = self._get_wizard(**values)
                self.assertEqual(wizard._get_candidates().order_id, orders)
        wizard = self._get_wizard(order_ids=[Command.set(two.ids)])
        wizard.action_start()
        self.assertTrue(two.invoice_ids)
        self.assertFalse(one.invoice_ids)

    def test_only_what_is_due(self):
        """Neither another half nor what was billed before."""
        order = self._sell_due()
        self._run(mode="draft")
        with self.assertRefused("Nothing of what you chose is due"):
            self._run(mode="draft")
        self.assertEqual(len(order.invoice_ids.invoice_line_ids), 1)
        self.assertEqual(self.env["outplacement.invoice.run"].search_count([]), 1)

    def test_one_invoice_has_the_vat_of_its_total(self):
        """38 call-offs of 1,597.50: 12,748.05 of VAT, and not 38 times 335.48 (R3)."""
        package = self._make_package(1597.5, self.plan_start)
        self._sell_due({"product_id": package.id, "product_uom_qty": 38})
        line = self._get_wizard().line_ids
        self.assertEqual(line.amount_untaxed, 60705.0)
        self.assertEqual(self.eur.round(line.amount_total), 73453.05)
        run = self._run(mode="draft")
        self.assertEqual(run.group_ids.amount_total, 73453.05)
        self.assertEqual(run.invoice_ids.amount_total, 73453.05)

    def test_not_before_its_day(self):
        self._sell_due()
        with self.assertRefused("choose 01/05/2026 or earlier"):
            self._run(date="2026-01-06")

    def test_not_by_others(self):
        """Nobody but finance starts one, sees one or stops one."""
        self._sell_due()
        run = self._run()
        Run = self.env["outplacement.invoice.run"]
        for user in (self.manager, self.planner, self.coach, self.account_manager):
            with self.subTest(user=user.login):
                with self.assertDenied():
                    self._get_wizard(user)
                with self.assertRefused("Only finance", AccessError):
                    Run.with_user(user)._start({"mode": "draft"})
                for method in ("stop", "refresh", "view_invoices", "view_set_aside"):
                    with self.assertRefused("finance|access|allowed", AccessError):
                        getattr(run.with_user(user), f"action_{method}")()

    def test_finance_talks_about_a_run(self):
        self._sell_due()
        run = self._run().with_user(self.finance)
        self.assertTrue(run.message_post(body="Looked at it."))
        self.assertFalse(run.name_search("nothing like it"))

    def test_found_by_its_name(self):
        self._sell_due()
        run = self._run().with_user(self.finance)
        others = run.search([]) - run
        for text in (run.display_name, str(run.id), "2026-01"):
            with self.subTest(text):
                found = [row[0] for row in run.name_search(text)]
                self.assertIn(run.id, found)
        self.assertFalse(run.name_search(f"{run.id}000 of"))
        self.assertEqual(
            run.search([("display_name", "not ilike", "1999")]), run | others
        )

    def test_nobody_writes_runs(self):
        """In whose name invoices are made is no field to write."""
        self._sell_due()
        run = self._run().with_user(self.finance)
        for values in ({"user_id": self.manager.id}, {"state": "running"}):
            with self.assertDenied():
                run.write(values)
        with self.assertDenied():
            run.create({"user_id": self.manager.id})
        with self.assertDenied():
            run.group_ids.write({"state": "waiting"})

    # ------------------------------------------------------------------
    # Together on an invoice
    # ------------------------------------------------------------------

    def test_one_per_order(self):
        """Otherwise, and though they have the same purchase order reference."""
        orders = self._sell_due(number=2, client_order_ref="PO 1")
        run = self._run()
        self.assertEqual(len(run.invoice_ids), 2)
        self.assertEqual(run.group_ids.order_id, orders)

    def test_one_per_purchase_order(self):
        self.employer.outplacement_invoice_grouping = "employer"
        one = self._sell_due(number=2, client_order_ref="PO 1")
        two = self._sell_due(
            {"product_id": self.halves.id, "product_uom_qty": 2},
            client_order_ref="PO 2",
        )
        rest = self._sell_due()
        other = self._sell_due(partner=self.person)
        self.assertEqual(self._get_wizard().invoice_count, 4)
        run = self._run(mode="post")
        self.assertEqual(len(run.invoice_ids), 4)
        for orders, lines, reference in (
            (one, 2, "PO 1"),
            (two, 2, "PO 2"),
            (rest, 1, rest.name),
            (other, 1, other.name),
        ):
            [invoice] = orders.invoice_ids
            self.assertEqual(len(invoice.invoice_line_ids), lines)
            self.assertEqual(invoice.ref, reference)
        self.assertEqual(one.invoice_ids.amount_total, 1210.0)
        self.assertEqual(run.amount_untaxed, 3000.0)

    def test_trajects_of_an_order_with_their_own_references(self):
        """An order comes on two invoices where its trajects have two references."""
        self.employer.outplacement_invoice_grouping = "employer"
        order = self._sell_due({"product_id": self.halves.id, "product_uom_qty": 2})
        first, second = order.outplacement_traject_ids
        first.purchase_order_ref, second.purchase_order_ref = "PO 1", "PO 2"
        self._run()
        self.assertEqual(set(order.invoice_ids.mapped("ref")), {"PO 1", "PO 2"})
        for invoice in order.invoice_ids:
            [line] = invoice.invoice_line_ids
            instalment = line.outplacement_instalment_id
            self.assertEqual(invoice.ref, instalment.purchase_order_ref)

    def test_other_terms_of_payment(self):
        """What is owed on another day is not put together."""
        self.employer.outplacement_invoice_grouping = "employer"
        self._sell_due(number=2)
        later = self._sell_due(payment_term_id=False)
        run = self._run()
        self.assertEqual(len(run.group_ids), 2)
        self.assertEqual(len(run.invoice_ids), 2)
        self.assertEqual(len(later.invoice_ids.invoice_line_ids), 1)

    def test_other_currencies(self):
        self.employer.outplacement_invoice_grouping = "employer"
        usd = self.env.ref("base.USD")
        usd.active = True
        pricelist = self.env["product.pricelist"].create(
            {"name": "Dollars", "currency_id": usd.id}
        )
        self._sell_due()
        self._sell_due(pricelist_id=pricelist.id)
        run = self._run()
        self.assertEqual(
            set(run.invoice_ids.mapped("currency_id.name")), {"EUR", "USD"}
        )

    # ------------------------------------------------------------------
    # Problems, seen before and set aside
    # ------------------------------------------------------------------

    def _problems(self, mode="post", **values):
        """Return what the preview says, and assert that the run does so."""
        wizard = self._get_wizard(mode=mode, **values)
        problems = {
            line.instalment_id: line.reason
            for line in wizard.problem_ids
            if line.kind == "set_aside"
        }
        run = self._run(mode=mode, **values)
        for instalment, reason in problems.items():
            self.assertEqual(instalment.set_aside_reason, reason)
            self.assertEqual(instalment.state, "due")
        self.assertEqual(run.set_aside_count, len(problems))
        self.assertEqual(run.state, "done")
        return " ".join(problems.values())

    def test_purchase_order_missing(self):
        """Said beforehand, set aside, and billed when there is one (R11)."""
        self.employer.outplacement_po_required = True
        order = self._sell_due(number=2)[0]
        good = self._sell_due(client_order_ref="PO 9")
        self.assertIn("requires a purchase order reference", self._problems())
        self.assertFalse(order.invoice_ids)
        self.assertEqual(good.invoice_ids.state, "posted")
        order.client_order_ref = "PO 1"
        self.env.flush_all()
        self._run(mode="post")
        self.assertEqual(order.invoice_ids.state, "posted")
        self.assertEqual(order.invoice_ids.ref, "PO 1")
        self.assertFalse(self._get_due(order).set_aside_reason)

    def test_purchase_order_missing_in_drafts(self):
        """A draft is made all the same; the preview says so."""
        self.employer.outplacement_po_required = True
        order = self._sell_due()
        [line] = self._get_wizard(mode="draft").problem_ids
        self.assertEqual(line.kind, "notice")
        self._run(mode="draft")
        self.assertEqual(order.invoice_ids.state, "draft")

    def test_without_tax(self):
        package = self._make_package(100.0, taxes_id=[Command.clear()])
        self._sell_due(package)
        self.assertIn("has no tax on order", self._problems())

    def test_archived_partner(self):
        self._sell_due()
        self.employer.active = False
        self.assertIn("is archived", self._problems(mode="draft"))

    def test_no_receivable_account(self):
        self._sell_due()
        self.employer.with_company(self.company).property_account_receivable_id = False
        self.env["ir.default"].discard_values(
            "res.partner", "property_account_receivable_id", [None]
        )
        self.assertIn("no receivable account", self._problems(mode="draft"))

    def test_inactive_currency(self):
        usd = self.env.ref("base.USD")
        usd.active = True
        pricelist = self.env["product.pricelist"].create(
            {"name": "Dollars", "currency_id": usd.id}
        )
        self._sell_due(pricelist_id=pricelist.id)
        pricelist.active = False
        usd.active = False
        self.assertIn("USD is not active", self._problems())

    def test_lock_date(self):
        """Everything waits, and is billed with a later date."""
        order = self._sell_due()
        self.company.sale_lock_date = "2026-01-31"
        self.assertIn("locked until 01/31/2026", self._problems())
        with freeze_time("2026-02-01"):
            self._run(mode="post")
        self.assertEqual(str(order.invoice_ids.date), "2026-02-01")

    def test_no_sales_journal(self):
        self._sell_due()
        journals = self.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "=", self.company.id)]
        )
        journals.active = False
        self.assertIn("has no sales journal", self._problems(mode="draft"))

    def test_no_email_address(self):
        """It is posted, not sent, and that is known before."""
        self._sell_due(partner=self.person)
        [line] = self._get_wizard(mode="send").problem_ids
        self.assertEqual(line.kind, "notice")
        self.assertIn("has no e-mail address", line.reason)

    def test_preview_in_sets(self):
        """Ten times as much to look at takes no query more."""
        counts = []
        for number in (2, 10):
            self._sell_due(number=number)
            self.env.invalidate_all()
            wizard = self._get_wizard(mode="send")
            before = self.env.cr.sql_log_count
            self.assertTrue(wizard.line_ids)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    # ------------------------------------------------------------------
    # One bad traject
    # ------------------------------------------------------------------

    def test_one_bad_order(self):
        """The others are billed; finance learns of the one, with the reason."""
        orders = self._sell_due(number=7)
        due = self._get_due(orders)
        with self.bad(due[3]):
            run = self._run(mode="post")
        self.assertEqual(len(run.invoice_ids), 6)
        self.assertEqual(set(run.invoice_ids.mapped("state")), {"posted"})
        self.assertEqual(due[3].state, "due")
        self.assertEqual(due[3].set_aside_reason, f"Not {due[3].traject_reference}")
        self.assertEqual(run.set_aside_count, 1)
        self.assertEqual((run.progress, run.state), (100.0, "done"))
        [activity] = run.activity_ids
        self.assertEqual(activity.user_id, self.finance)
        self.assertEqual(activity.summary, "Instalments set aside: 1")
        action = run.with_user(self.finance).action_view_set_aside()
        found = self.env["outplacement.instalment"].search(action["domain"])
        self.assertEqual(found, due[3])
        # with the column of the reasons
        self.assertTrue(action["context"]["outplacement_set_aside"])
        groups = run.group_ids.with_user(self.finance)
        self.assertEqual(
            dict(zip(groups.order_id, groups.mapped("set_aside_count"), strict=True)),
            {order: int(order == due[3].order_id) for order in orders},
        )
        # mended: the next run bills it, and nothing is left to do
        other = self._run(mode="post")
        self.assertEqual(due[3].state, "invoiced")
        self.assertFalse(due[3].set_aside_reason)
        self.assertEqual(len(other.invoice_ids), 1)
        self.assertFalse(run.activity_ids)
        self.assertEqual(run.set_aside_count, 0)
        self.assertFalse(any(groups.mapped("set_aside_count")))

    def test_two_bad_of_one_invoice(self):
        """The rest of a collective invoice comes on one invoice."""
        self.employer.outplacement_invoice_grouping = "employer"
        due = self._get_due(self._sell_due(number=6))
        with self.bad(due[1] | due[4]):
            run = self._run()
        [invoice] = run.invoice_ids
        billed = invoice.invoice_line_ids.outplacement_instalment_id
        self.assertEqual(billed, due - due[1] - due[4])
        self.assertEqual(run.set_aside_count, 2)

    def test_what_nobody_foresaw(self):
        """An error that is no message for users is one for the log, and no more."""
        due = self._get_due(self._sell_due(number=2))
        with self.bad(due[0], ZeroDivisionError), mute_logger(BILLING):
            run = self._run()
        self.assertIn("not foreseen: Not TR", due[0].set_aside_reason)
        self.assertEqual(len(run.invoice_ids), 1)

    def test_what_the_database_refuses(self):
        """A line that is on an invoice already is refused, the others are not."""
        due = self._get_due(self._sell_due(number=3))
        Instalment = self.registry["outplacement.instalment"]
        prepare = Instalment._prepare_invoice_line_values

        def twice(instalment):
            values = prepare(instalment)
            if instalment == due[1]:
                values["outplacement_instalment_id"] = due[0].id
            return values

        patcher = patch.object(Instalment, "_prepare_invoice_line_values", twice)
        with patcher, mute_logger(BILLING, "odoo.sql_db"):
            run = self._run()
        self.assertEqual(len(run.invoice_ids), 2)
        self.assertEqual(due.mapped("state"), ["invoiced", "due", "invoiced"])
        self.assertTrue(due[1].set_aside_reason)

    def test_no_line_is_made(self):
        """What came on no invoice is not silently taken for billed."""
        due = self._get_due(self._sell_due())
        Instalment = self.registry["outplacement.instalment"]
        prepare = Instalment._prepare_invoice_line_values

        def forget(instalment):
            return prepare(instalment) | {"outplacement_instalment_id": False}

        with patch.object(Instalment, "_prepare_invoice_line_values", forget):
            run = self._run()
        self.assertIn("No invoice line was made for", due.set_aside_reason)
        self.assertFalse(run.invoice_ids)

    def test_set_aside_ends_with_what_is_due(self):
        due = self._get_due(self._sell_due())
        with self.bad(due):
            self._run()
        self.assertTrue(due.set_aside_reason)
        due._lapse()
        self.assertEqual(due.state, "lapsed")
        self.assertFalse(due.set_aside_reason)

    def test_conflicts_are_no_problem_of_an_instalment(self):
        """What others are at is left to a new try of the whole transaction."""
        due = self._get_due(self._sell_due(number=2))
        bad = self.bad(due[0], SerializationFailure)
        with bad, self.assertRaises(SerializationFailure):
            self._run()
        self.env.invalidate_all()
        self.assertFalse(any(due.mapped("set_aside_reason")))

    # ------------------------------------------------------------------
    # Companies
    # ------------------------------------------------------------------

    def test_companies_apart(self):
        """A run bills its own company's instalments; finance of another sees none."""
        order = self._sell_due()
        other = self.setup_other_company()["company"]
        stranger = new_test_user(
            self.env,
            "billing_stranger",
            "account.group_account_invoice",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        wizard = self._get_wizard(stranger)
        self.assertEqual(wizard.company_id, other)
        self.assertFalse(wizard.instalment_count)
        with self.assertRefused("Nothing of what you chose"):
            wizard.action_start()
        # not by asking for it either
        with self.assertRefused("no access to", AccessError):
            self.env["outplacement.invoice.run"].with_user(stranger)._start(
                {"mode": "draft", "company_id": self.company.id}
            )
        # nor by a plan, and nobody but who works there looks after its invoices
        plan = self.plan_halves.copy({"company_id": other.id})
        with self.assertRefused("company"):
            self.env["outplacement.invoice.run"].with_user(self.finance)._start(
                {"mode": "draft", "plan_ids": [Command.set(plan.ids)]}
            )
        with self.assertRefused("belongs to|sold by"):
            self.plan_halves.company_id = other
        with self.assertRefused("no access to"):
            self.company.outplacement_finance_user_id = stranger
        run = self._run()
        self.assertEqual(run.company_id, self.company)
        self.assertTrue(order.invoice_ids)
        self.assertFalse(run.with_user(stranger).search([]))
        with self.assertDenied():
            run.with_user(stranger).action_view_invoices()
