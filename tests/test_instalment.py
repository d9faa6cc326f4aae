from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from ..models.outplacement_invoice_plan_line import CHANGE_OF_PLAN
from .common_billing import BillingCommon


@tagged("post_install", "-at_install")
class TestInstalment(BillingCommon):
    """Dates, periods, states and access of instalments."""

    def _make_due(self, count=1, **values):
        """Return ``count`` instalments that are due, one a traject."""
        package = self._make_package(1000.0, self.plan_start)
        line = {"product_id": package.id, "product_uom_qty": count}
        order = self._sell_and_start(line, date_start="2026-01-05", **values)
        return self._get_instalments(order)

    # ------------------------------------------------------------------
    # Dates (R4) and periods (R7)
    # ------------------------------------------------------------------

    def test_no_dates_before_start(self):
        instalments = self._get_instalments(self._sell())
        self.assertEqual(instalments.mapped("number"), list(range(1, 13)))
        self.assertEqual(set(instalments.mapped("total_number")), {12})
        self.assertEqual(instalments.mapped("date"), [False] * 12)
        self.assertEqual(instalments.mapped("period_end"), [False] * 12)
        self.assertEqual(set(instalments.mapped("state")), {"planned"})

    def test_dates_at_the_end_of_a_month(self):
        """Always counted from the start: 31 Jan, 28 Feb, 31 Mar."""
        cases = {
            "2026-01-31": ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"],
            "2024-02-29": ["2024-02-29", "2024-03-29", "2024-04-29", "2024-05-29"],
            "2027-11-30": ["2027-11-30", "2027-12-30", "2028-01-30", "2028-02-29"],
        }
        traject = self._sell().outplacement_traject_ids
        for start, expected in cases.items():
            with self.subTest(start=start):
                traject.with_user(self.planner).date_start = start
                dates = traject.instalment_ids.sorted("number").mapped("date")
                self.assertEqual([str(day) for day in dates[:4]], expected)
        # a year after the 29th of February there is a 28th only
        package = self._make_package(
            100.0, self._make_plan({"share": 100, "months_after_start": 12})
        )
        traject = self._sell(package).outplacement_traject_ids
        traject.date_start = "2024-02-29"
        self.assertEqual(traject.instalment_ids.date, date(2025, 2, 28))

    def test_periods_of_months(self):
        """Month k runs from its own day to the day before the next one's."""
        order = self._sell_and_start(date_start="2026-01-31")
        periods = [
            (str(i.period_start), str(i.period_end))
            for i in self._get_instalments(order)
        ]
        self.assertEqual(
            periods[:3],
            [
                ("2026-01-31", "2026-02-27"),
                ("2026-02-28", "2026-03-30"),
                ("2026-03-31", "2026-04-29"),
            ],
        )
        self.assertEqual(periods[-1], ("2026-12-31", "2027-01-30"))
        self.assertEqual(order.outplacement_traject_ids.date_end, date(2027, 1, 30))

    def test_periods_cover_the_term(self):
        """Whatever the plan, first to last instalment pay for the whole term."""
        plan = self._make_plan(
            {"share": 20, "months_after_start": 1},
            {"share": 30, "months_after_start": 1},
            {"share": 25, "months_after_start": 4},
            {"share": 25, "months_after_start": 14},
        )
        order = self._sell_and_start(
            self._make_package(100.0, plan), date_start="2026-01-05"
        )
        self.assertEqual(
            [
                (str(i.date), str(i.period_start), str(i.period_end))
                for i in self._get_instalments(order)
            ],
            [
                ("2026-02-05", "2026-01-05", "2026-05-04"),
                ("2026-02-05", "2026-01-05", "2026-05-04"),
                ("2026-05-05", "2026-05-05", "2027-01-04"),
                ("2027-03-05", "2027-01-04", "2027-01-04"),
            ],
        )

    def test_start_moves_what_is_not_invoiced(self):
        order = self._sell_and_start(date_start="2026-01-05")
        self._invoice(order, "2026-01-05")
        first, second = self._get_instalments(order)[:2]
        # nobody may do that; what is invoiced would stay all the same
        order.outplacement_traject_ids.date_start = "2026-01-20"
        self.assertEqual(first.date, date(2026, 1, 5))
        self.assertEqual(first.period_end, date(2026, 2, 4))
        self.assertEqual(second.date, date(2026, 2, 20))
        self.assertEqual(second.period_start, date(2026, 2, 20))

    def test_agreed_date(self):
        """Finance moves one instalment; that is all anybody writes."""
        order = self._sell_and_start(date_start="2026-01-05")
        second = self._get_instalments(order)[1].with_user(self.finance)
        with Form(second) as form:
            form.date_agreed = "2026-02-20"
        self.assertEqual(second.date, date(2026, 2, 20))
        self.assertEqual(second.period_start, date(2026, 2, 5))
        for name in ("amount", "date", "state", "number", "traject_id", "is_lapsed"):
            with self.subTest(name), self.assertRefused("enough rights", AccessError):
                second.write({name: False})

    def test_term_changes(self):
        """A term that changes before anything was invoiced spreads the price anew."""
        order = self._sell()
        traject = order.outplacement_traject_ids.with_user(self.planner)
        traject.months = 4
        instalments = self._get_instalments(order)
        self.assertEqual(
            instalments.mapped("amount"), [2248.75, 2248.75, 2248.75, 2248.75]
        )
        self._start(traject.with_env(self.env), "2026-01-05")
        self._invoice(order, "2026-01-05")
        traject.months = 12
        self.assertEqual(self._get_instalments(order), instalments)
        self.assertEqual(instalments[-1].period_end, date(2027, 1, 4))

    def test_plan_that_was_sold(self):
        """A new price, or a unit more, is spread as the deal was made."""
        plan = self.plan_monthly.with_user(self.manager)
        plan.line_ids.repeat_count = 2
        self.assertFalse(plan.is_sold)
        order = self._sell()
        plan.invalidate_recordset(["is_sold"])
        self.assertTrue(plan.is_sold)
        share = {"share": 50}
        for commands in (
            [Command.update(plan.line_ids.id, {"repeat_count": 3})],
            [Command.update(plan.line_ids.id, share), Command.create(share)],
            [Command.clear(), Command.create({"share": 100})],
        ):
            with self.subTest(commands), self.assertRefused("instalments are fixed"):
                plan.line_ids = commands
        with self.assertRefused("instalments are fixed"):
            plan.line_ids.repeat_count = 3
        # the context by which a plan spares its lines a check is no way around
        lines = plan.line_ids.with_context(outplacement_change=CHANGE_OF_PLAN)
        with self.assertRefused("instalments are fixed"):
            lines.create({"plan_id": plan.id, "share": 1})
        with self.assertRefused("instalments are fixed"):
            lines.unlink()
        plan.name = "Two parts"
        plan.active = False
        order.order_line.product_uom_qty = 2
        order.order_line.price_unit = 500.0
        self.assertEqual(self._get_instalments(order).mapped("amount"), [250.0] * 4)

    def test_plan_of_a_quotation(self):
        """A copy of a plan, or one that is only quoted, can be changed."""
        self._sell()
        copy = self.plan_monthly.with_user(self.manager).copy()
        self.assertIn("copy", copy.name)
        self.assertFalse(copy.is_sold)
        order = self._quote({"product_id": self.package.id})
        order.order_line.outplacement_plan_id = copy
        copy.line_ids.repeat_count = 2
        order.action_confirm()
        self.assertEqual(len(self._get_instalments(order.with_env(self.env))), 2)

    def test_preview(self):
        """The coach sees dates and amounts before the traject starts; nothing stays."""
        traject = self._sell().outplacement_traject_ids
        traject.with_user(self.planner)._assign_member(
            self.coach, "coach", date(2026, 1, 1)
        )
        previews = traject.with_user(self.coach)._get_instalment_previews(
            date(2026, 1, 31)
        )
        self.assertEqual(len(previews), 12)
        self.assertEqual(
            previews[1],
            {
                "currency_id": self.eur.id,
                "number": 2,
                "trigger": "start",
                "date": date(2026, 2, 28),
                "period_start": date(2026, 2, 28),
                "period_end": date(2026, 3, 30),
                "amount": 749.58,
            },
        )
        self.assertFalse(traject.instalment_ids[0].date)

    # ------------------------------------------------------------------
    # Due
    # ------------------------------------------------------------------

    def test_due_needs_a_started_traject(self):
        order = self._sell()
        traject = order.outplacement_traject_ids
        traject.with_user(self.planner).date_start = "2026-01-01"
        self.env["outplacement.instalment"]._update_due()
        instalments = self._get_instalments(order)
        self.assertEqual(instalments[0].state, "planned")
        self._start(traject, "2026-01-01")
        self.assertEqual(instalments[0].state, "due")
        traject.with_user(self.planner)._set_state("paused")
        self.assertEqual(instalments[0].state, "due")
        traject.with_user(self.planner)._set_state("closed", outcome="stopped")
        self.assertEqual(instalments[0].state, "due")

    def test_due_by_cron(self):
        order = self._sell_and_start(date_start="2026-02-01")
        first = self._get_instalments(order)[0]
        cron = self.env.ref("outplacement.ir_cron_instalments_due")
        for moment, state, status in (
            ("2026-01-31 12:00:00", "planned", "no"),
            ("2026-02-01 00:15:00", "due", "to invoice"),
        ):
            with self.subTest(moment), freeze_time(moment):
                with self.enter_registry_test_mode():
                    cron.method_direct_trigger()
                self.env.flush_all()
                self.assertEqual(first.state, state)
                self.assertEqual(order.invoice_status, status)

    def test_due_on_the_day_of_the_company(self):
        """Midnight is the company's, not the server's and not the user's."""
        order = self._sell_and_start(date_start="2026-02-01")
        first = self._get_instalments(order)[0]
        far_away = first.with_context(tz="America/Los_Angeles")
        for moment, state in (
            ("2026-01-31 22:59:00", "planned"),
            ("2026-01-31 23:01:00", "due"),
        ):
            with self.subTest(moment), freeze_time(moment):
                far_away._update_due()
                self.env.flush_all()
                self.assertEqual(first.state, state)

    def test_due_without_cron(self):
        """Making invoices does not depend on the cron having run."""
        order = self._sell_and_start(date_start="2026-02-01")
        with freeze_time("2026-02-01"):
            order.with_user(self.account_manager)._create_invoices()
            self.env.flush_all()
        self.assertEqual(self._get_instalments(order)[0].state, "invoiced")

    # ------------------------------------------------------------------
    # Invoiced, credited, released (R8, R9)
    # ------------------------------------------------------------------

    def test_deleted_draft_frees(self):
        instalment = self._make_due()
        invoice = self._invoice(instalment.order_id, "2026-01-05", post=False)
        self.assertEqual(instalment.state, "invoiced")
        self.assertEqual(instalment.invoice_id, invoice)
        self.assertEqual(instalment.order_id.invoice_status, "invoiced")
        invoice.with_user(self.finance).unlink()
        self.assertEqual(instalment.state, "due")
        self.assertFalse(instalment.invoice_id)
        self.assertEqual(instalment.order_id.invoice_status, "to invoice")

    def test_deleted_line_frees(self):
        first, second = self._make_due(2)
        invoice = self._invoice(first.order_id, "2026-01-05", post=False)
        first.invoice_line_ids.with_user(self.finance).unlink()
        self.assertEqual(first.state, "due")
        self.assertEqual(second.state, "invoiced")
        self.assertEqual(invoice.amount_untaxed, 1000.0)
        self.assertEqual(first.order_id.invoice_status, "to invoice")

    def test_cancelled_invoice_frees_on_purpose(self):
        instalment = self._make_due()
        order = instalment.order_id
        invoice = self._invoice(order, "2026-01-05", post=False)
        invoice.with_user(self.finance).button_cancel()
        self.assertEqual(instalment.state, "credited")
        self.assertEqual(order.invoice_status, "no")
        with self.assertRefused("No instalment|No items|Cannot create"):
            order._create_invoices()
        instalment.with_user(self.finance).action_release()
        self.assertEqual(instalment.state, "due")
        self.assertEqual(order.invoice_status, "to invoice")
        again = self._invoice(order, "2026-01-05")
        self.assertNotEqual(again, invoice)
        self.assertEqual(instalment.invoice_id, again)

    def test_credit_note_copies_and_frees_on_purpose(self):
        instalment = self._make_due()
        order = instalment.order_id
        invoice = self._invoice(order, "2026-01-05")
        # what the deal says by now must not matter
        order.order_line.tax_ids = False
        self.package.list_price = 1.0
        credit_note = self._credit(invoice, post=False)
        self.assertEqual(instalment.state, "invoiced")
        self.assertFalse(credit_note.invoice_line_ids.outplacement_instalment_id)
        self.assertEqual(credit_note.invoice_line_ids.price_unit, 1000.0)
        self.assertEqual(
            credit_note.invoice_line_ids.outplacement_period_end, date(2027, 1, 4)
        )
        credit_note.with_user(self.finance).action_post()
        self.assertEqual(instalment.state, "credited")
        self.assertEqual(order.invoice_status, "no")
        self.assertEqual(order.order_line.qty_invoiced, 0.0)
        self.assertEqual(order.order_line.untaxed_amount_invoiced, 0.0)
        self.assertEqual(order.order_line.untaxed_amount_to_invoice, 0.0)
        with self.assertRefused("is “Credited”, not “Due”"):
            instalment.with_user(self.finance).action_create_invoices()
        instalment.with_user(self.finance).action_release()
        self.assertIn("is to be invoiced again", invoice.message_ids[0].body)
        second = self._invoice(order, "2026-01-05")
        self.assertEqual(instalment.state, "invoiced")
        self.assertEqual(order.invoice_status, "invoiced")
        self._credit(second)
        self.assertEqual(instalment.state, "credited")

    def test_partial_credit_note(self):
        """Only a credit note of the whole amount takes the instalment back."""
        first, second = self._make_due(2)
        invoice = self._invoice(first.order_id, "2026-01-05")
        credit_note = self._credit(invoice, post=False)
        lines = credit_note.invoice_line_ids
        lines[0].with_user(self.finance).price_unit = 999.99
        credit_note.with_user(self.finance).action_post()
        self.assertEqual((first | second).mapped("state"), ["invoiced", "credited"])
        self.assertEqual(first.order_id.order_line.qty_invoiced, 1.0)
        self.assertEqual(first.order_id.invoice_status, "no")

    def test_credit_in_two_parts(self):
        instalment = self._make_due()
        invoice = self._invoice(instalment.order_id, "2026-01-05")
        for state in ("invoiced", "credited"):
            credit_note = self._credit(invoice, post=False)
            credit_note.invoice_line_ids.with_user(self.finance).price_unit = 500.0
            credit_note.with_user(self.finance).action_post()
            self.assertEqual(instalment.state, state)

    def test_draft_credit_note_again(self):
        instalment = self._make_due()
        credit_note = self._credit(self._invoice(instalment.order_id, "2026-01-05"))
        self.assertEqual(instalment.state, "credited")
        credit_note.with_user(self.finance).button_draft()
        self.assertEqual(instalment.state, "invoiced")

    def test_reversed_and_made_anew(self):
        """“Reverse and create invoice” corrects an invoice: the new one bills."""
        instalments = self._make_due(2)
        invoice = self._invoice(instalments.order_id, "2026-01-05")
        wizard = self._get_reversal(invoice)
        wizard.modify_moves()
        anew = wizard.new_move_ids
        self.assertEqual(anew.move_type, "out_invoice")
        self.assertEqual(anew.invoice_line_ids.outplacement_instalment_id, instalments)
        self.assertFalse(invoice.invoice_line_ids.outplacement_instalment_id)
        self.assertEqual(instalments.mapped("state"), ["invoiced"] * 2)
        self.assertEqual(instalments.invoice_id, anew.with_env(self.env))
        anew.action_post()
        self.assertEqual(instalments.mapped("state"), ["invoiced"] * 2)
        self.assertEqual(instalments.order_id.invoice_status, "invoiced")
        self.assertEqual(
            instalments.order_id.order_line.untaxed_amount_invoiced, 2000.0
        )
        self._credit(anew.with_env(self.env))
        self.assertEqual(instalments.mapped("state"), ["credited"] * 2)

    def test_duplicated_invoice_bills_nothing(self):
        instalment = self._make_due()
        invoice = self._invoice(instalment.order_id, "2026-01-05")
        duplicate = invoice.with_user(self.finance).copy()
        self.assertFalse(duplicate.invoice_line_ids.outplacement_instalment_id)
        self.assertEqual(instalment.invoice_id, invoice)

    def test_one_live_line(self):
        """The database refuses a second line, however it comes about (R9)."""
        instalment = self._make_due()
        invoice = self._invoice(instalment.order_id, "2026-01-05", post=False)
        other = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.employer.id,
                "invoice_line_ids": [
                    (0, 0, {"product_id": self.workshop.id, "quantity": 1})
                ],
            }
        )
        self.env.flush_all()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(IntegrityError, "outplacement_instalment"),
            self.env.cr.savepoint(),
        ):
            other.invoice_line_ids.outplacement_instalment_id = instalment
            self.env.flush_all()
        self.env.invalidate_all()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(
                "UPDATE account_move_line SET outplacement_instalment_id = %s "
                "WHERE id = %s",
                [instalment.id, other.invoice_line_ids.id],
            )
        self.assertEqual(instalment.invoice_line_ids, invoice.invoice_line_ids)

    def test_release_by_finance_only(self):
        instalment = self._make_due()
        invoice = self._invoice(instalment.order_id, "2026-01-05")
        with self.assertRefused("is not credited"):
            instalment.with_user(self.finance).action_release()
        self._credit(invoice)
        for user in (self.account_manager, self.manager, self.planner):
            with (
                self.subTest(user=user.login),
                self.assertRefused("Only finance", AccessError),
            ):
                instalment.with_user(user).action_release()
        self.assertEqual(instalment.state, "credited")

    def test_cancelled_traject(self):
        """What is invoiced stays invoiced until credited, the rest lapses."""
        order = self._sell_and_start(date_start="2026-01-05")
        invoice = self._invoice(order, "2026-01-05")
        traject = order.outplacement_traject_ids
        traject.with_user(self.planner)._set_state("cancelled", outcome="stopped")
        instalments = self._get_instalments(order)
        self.assertEqual(instalments[0].state, "invoiced")
        self.assertEqual(set(instalments[1:].mapped("state")), {"lapsed"})
        self.assertEqual(order.invoice_status, "invoiced")
        self.assertEqual(order.order_line.untaxed_amount_to_invoice, 0.0)
        with self.assertRefused("is “Lapsed”"):
            instalments[1].with_user(self.finance).action_create_invoices()
        self._credit(invoice)
        self.assertEqual(instalments[0].state, "lapsed")

    # ------------------------------------------------------------------
    # Access
    # ------------------------------------------------------------------

    def _count(self, user):
        return self.env["outplacement.instalment"].with_user(user).search_count([])

    def test_rows_by_role(self):
        colleague = new_test_user(
            self.env, "colleague", "outplacement.group_account_manager"
        )
        before = {
            user: self._count(user)
            for user in (self.planner, self.manager, self.finance)
        }
        instalment = self._make_due()
        for user, count in before.items():
            self.assertEqual(self._count(user), count + 1, user.login)
        for user in (self.account_manager, self.coach):
            self.assertEqual(self._count(user), 1, user.login)
            self.assertEqual(instalment.with_user(user).amount, 1000.0)
        for user in (colleague, self.other_coach):
            self.assertEqual(self._count(user), 0, user.login)
            with self.assertDenied():
                instalment.with_user(user).read(["amount"])
        with self.assertDenied():
            self._count(self.salesman)

    def test_access_of_a_coach_ends(self):
        instalment = self._make_due().with_user(self.coach)
        self.assertTrue(instalment.amount)
        instalment.sudo().traject_id.member_ids.with_user(self.planner).action_end()
        with freeze_time("2026-01-06"):
            self.assertEqual(self._count(self.coach), 0)

    def test_nobody_creates_or_deletes(self):
        instalment = self._make_due()
        values = {
            "traject_id": instalment.traject_id.id,
            "sale_line_id": instalment.sale_line_id.id,
            "number": 9,
        }
        for user in (self.finance, self.manager, self.planner, self.account_manager):
            with self.subTest(user=user.login):
                as_user = instalment.with_user(user)
                with self.assertDenied():
                    as_user.create(values)
                with self.assertDenied():
                    as_user.unlink()

    def test_finance_screens(self):
        """Finance uses every view, without access to the traject behind it."""
        instalment = self._make_due()
        Instalment = self.env["outplacement.instalment"].with_user(self.finance)
        with self.assertDenied():
            instalment.with_user(self.finance).traject_id.read(["name"])
        kinds = ("list", "form", "search", "pivot", "graph")
        views = Instalment.get_views([(False, kind) for kind in kinds])
        arch = views["views"]["form"]["arch"]
        self.assertNotIn('name="traject_id"', arch)
        names = views["models"]["outplacement.instalment"]["fields"]
        specification = {name: {} for name in names}
        self.assertTrue(Instalment.web_search_read([], specification)["records"])
        self.assertTrue(instalment.with_user(self.finance).web_read(specification))
        for groupby in (
            "state",
            "partner_id",
            "employer_id",
            "traject_reference",
            "traject_id",
            "order_id",
            "account_manager_id",
            "date:month",
        ):
            with self.subTest(groupby=groupby):
                self.assertTrue(
                    Instalment.formatted_read_group(
                        [], [groupby], ["__count", "amount_untaxed:sum"]
                    )
                )
        found = Instalment.name_search(instalment.traject_reference)
        self.assertEqual([row[0] for row in found], instalment.ids)
        with self.assertDenied():
            Instalment.search([("traject_id.candidate_id", "!=", False)])

    def test_list_without_a_query_per_row(self):
        """The list takes as many queries for 24 instalments as for two."""
        Instalment = self.env["outplacement.instalment"].with_user(self.finance)
        views = Instalment.get_views([(False, "list")])
        names = views["models"]["outplacement.instalment"]["fields"]
        specification = {name: {} for name in names}

        def count_queries(order):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            Instalment.web_search_read([("order_id", "=", order.id)], specification)
            return self.env.cr.sql_log_count - before

        few = self._sell_and_start(
            self._make_package(100.0, self.plan_halves), date_start="2026-01-05"
        )
        many = self._sell_and_start(
            {"product_id": self.package.id, "product_uom_qty": 2},
            date_start="2026-01-05",
        )
        count_queries(few)
        self.assertEqual(count_queries(many), count_queries(few))

    def test_other_company(self):
        """Instalments and plans stay within their company."""
        data = self.setup_other_company()
        company = data["company"]
        stranger = new_test_user(
            self.env,
            "stranger",
            "account.group_account_invoice",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        instalment = self._make_due()
        with self.assertDenied():
            instalment.with_user(stranger).read(["amount"])
        self.assertEqual(self._count(stranger), 0)
        plan = self._make_plan({"share": 100}, company_id=self.company.id)
        Plan = self.env["outplacement.invoice.plan"].with_user(stranger)
        self.assertFalse(Plan.search([("id", "=", plan.id)]))
        self.assertTrue(Plan.search([("id", "=", self.plan_start.id)]))
        with self.assertRaises(UserError):
            self._quote().order_line.sudo().write(
                {
                    "outplacement_plan_id": self._make_plan(
                        {"share": 100}, company_id=company.id
                    ).id
                }
            )

    def test_purchase_order_missing(self):
        self.employer.outplacement_po_required = True
        missing = self._make_due()
        known = self._make_due(client_order_ref="PO-1")
        Instalment = self.env["outplacement.instalment"].with_user(self.finance)
        both = [("id", "in", (missing | known).ids)]
        self.assertTrue(missing.purchase_order_missing)
        self.assertFalse(known.purchase_order_missing)
        self.assertEqual(
            Instalment.search([*both, ("purchase_order_missing", "=", True)]), missing
        )
        self.assertEqual(
            Instalment.search([*both, ("purchase_order_missing", "=", False)]), known
        )
