from datetime import date
from decimal import Decimal

from lxml import etree

from odoo.exceptions import ValidationError
from odoo.tests import Form, freeze_time, tagged

from .common_revenue import RevenueCommon


@tagged("post_install", "-at_install")
class TestRevenueReport(RevenueCommon):
    """What the report says, on the day that is asked for."""

    def test_worked_example(self):
        """7,450.00 prepaid 2026-03-16 to 2027-03-15."""
        invoice = self._bill_prepaid()
        line = invoice.invoice_line_ids
        self.assertEqual(line.outplacement_earned_from, date(2026, 3, 16))
        self.assertEqual(line.outplacement_earned_until, date(2027, 3, 15))
        months = self._get_months()
        for month, amount in ((3, "326.58"), (4, "612.32"), (5, "632.74")):
            self.assertEqual(months[2026, month], Decimal(amount))
        self.assertEqual(months[2026, 6], Decimal("612.33"))
        self.assertEqual(len(months), 13)
        self.assertEqual(sum(months.values()), 7450)
        self.assertEarned("2026-03-15", "0", "0")
        self.assertEarned("2026-03-16", "20.41", "7429.59")
        self.assertEarned("2026-04-15", "632.74", "6817.26")
        self.assertEarned("2026-12-31", "5939.59", "1510.41")
        self.assertEarned("2027-03-15", "7450", "0")

    def test_rows(self):
        invoice = self._bill_prepaid()
        line = invoice.invoice_line_ids
        report = self._get_report("2026-12-31").search([], order="month")
        self.assertEqual(
            report.mapped("traject_reference"),
            [line.outplacement_traject_id.name] * 13,
        )
        row = report[0]
        self.assertEqual(row.move_id, invoice)
        self.assertEqual(row.partner_id, self.employer)
        self.assertEqual(row.account_id, line.account_id)
        self.assertEqual(row.product_id, self.prepaid)
        self.assertEqual(row.company_id, self.company)
        self.assertEqual(row.currency_id, self.eur)
        self.assertEqual(row.month, date(2026, 3, 1))
        self.assertEqual(row.earned_until, date(2027, 3, 15))
        # a cache of one day is no answer for another one
        last = report[-1]
        self.assertEqual((last.amount_earned, last.amount_unearned), (0, 306.16))
        later = last.with_context(outplacement_as_of="2027-03-31")
        self.assertEqual((later.amount_earned, later.amount_unearned), (306.16, 0))

    def test_instalments_in_arrears_and_by_month(self):
        """Twelve monthly ones: each is earned over its own month."""
        order = self._sell_and_start(self.package, date_start="2026-02-01")
        self._invoice(order, "2026-02-01")
        self.assertEarned("2026-02-14", "374.79", "374.79")
        self.assertEarned("2026-02-28", "749.58", "0")
        # billed when half of it is over: the books earn that at once
        self._invoice(order, "2026-03-16")
        self.assertEarned("2026-03-15", "749.58", "0")
        self.assertEarned("2026-03-16", "1136.46", "362.70")

    def test_drafts(self):
        order = self._sell_and_start(self.prepaid, date_start="2026-03-16")
        self._invoice(order, "2026-03-16", post=False)
        self.assertEarned("2026-12-31", "0", "0")
        drafts = {"outplacement_with_drafts": True}
        self.assertEarned("2026-12-31", "5939.59", "1510.41", **drafts)

    def test_cancelled_invoice(self):
        invoice = self._bill_prepaid()
        invoice.button_draft()
        invoice.button_cancel()
        self.assertEarned("2026-12-31", "0", "0", outplacement_with_drafts=True)

    # ------------------------------------------------------------------
    # Credit notes
    # ------------------------------------------------------------------

    def test_credit_note(self):
        """It copies the days, and takes back what was earned when it is made."""
        invoice = self._bill_prepaid()
        note = self._credit(invoice, "2026-07-01")
        line = note.invoice_line_ids
        self.assertEqual(line.outplacement_earned_from, date(2026, 3, 16))
        self.assertEqual(
            line.outplacement_traject_id,
            invoice.invoice_line_ids.outplacement_traject_id,
        )
        self.assertEarned("2026-06-30", "2183.97", "5266.03")
        self.assertEarned("2026-07-01", "0", "0")
        self.assertEarned("2027-03-31", "0", "0")
        months = self._get_months()
        self.assertEqual(months[2026, 7], Decimal("-2183.97"))
        self.assertEqual(months[2026, 8], 0)

    def test_partial_credit(self):
        invoice = self._bill_prepaid()
        note = self._credit(invoice, "2026-07-01", post=False)
        note.invoice_line_ids.price_unit = 2450.0
        note.action_post()
        self.assertEarned("2026-12-31", "3986.30", "1013.70")
        self.assertEarned("2027-03-15", "5000", "0")

    def test_credit_line_made_by_hand(self):
        """It knows the line that it credits, and nothing else."""
        invoice = self._bill_prepaid()
        line = invoice.invoice_line_ids
        note = self._credit(invoice, "2026-07-01", post=False)
        note.sudo().invoice_line_ids.write(
            {
                "outplacement_traject_id": False,
                "outplacement_earned_from": False,
                "outplacement_earned_until": False,
            }
        )
        note.action_post()
        self.assertEqual(note.invoice_line_ids.outplacement_credited_line_id, line)
        self.assertEarned("2026-08-31", "0", "0")

    # ------------------------------------------------------------------
    # Trajects that start late, or end early
    # ------------------------------------------------------------------

    def test_early_end_releases_the_rest(self):
        invoice = self._bill_prepaid()
        self._close(invoice, date(2026, 8, 20))
        self.assertEarned("2026-08-19", "3204.52", "4245.48")
        self.assertEarned("2026-08-20", "7450", "0")
        months = self._get_months()
        self.assertEqual(max(months), (2026, 8))
        self.assertEqual(sum(months.values()), 7450)

    def test_cancelled_traject(self):
        order = self._sell(self.prepaid)
        traject = order.outplacement_traject_ids
        traject.with_user(self.planner).date_start = date(2026, 6, 1)
        line = self._bill_prepaid().invoice_line_ids
        line.sudo().outplacement_traject_id = traject
        values = {"date_closed": date(2026, 4, 1), "outcome": "stopped"}
        traject.with_user(self.planner)._set_state("cancelled", **values)
        self.assertEarned("2026-03-31", "326.58", "7123.42")
        self.assertEarned("2026-04-01", "7450", "0")

    def test_cancelled_after_it_was_credited(self):
        """What was credited before the end has nothing to do with it."""
        invoice = self._bill_prepaid()
        note = self._credit(invoice, "2026-07-01", post=False)
        note.sudo().invoice_line_ids.write(
            {
                "outplacement_after_credit": "lapse",
                "outplacement_lapse_reason": "package",
            }
        )
        with freeze_time("2026-07-01"):
            note.action_post()
        self._close(invoice, date(2026, 8, 1), "cancelled")
        self.assertEarned("2026-06-30", "2183.97", "5266.03")
        self.assertEarned("2026-07-01", "0", "0")
        self.assertEarned("2026-08-01", "0", "0")

    def test_end_before_the_invoice(self):
        """The books earn it all when they come to know of it."""
        order = self._sell_and_start(self.prepaid, date_start="2026-03-16")
        invoice = self._invoice(order, "2026-05-10", post=False)
        self._close(invoice, date(2026, 5, 1))
        with freeze_time("2026-05-10"):
            invoice.with_user(self.finance).action_post()
        self.assertEarned("2026-05-09", "0", "0")
        self.assertEarned("2026-05-10", "7450", "0")

    def test_end_after_the_term_changes_nothing(self):
        invoice = self._bill_prepaid()
        self._close(invoice, date(2027, 4, 20))
        self.assertEarned("2026-12-31", "5939.59", "1510.41")

    def test_no_start_yet(self):
        """Billed before the start is known: unearned until then."""
        invoice = self._bill_prepaid()
        line = invoice.invoice_line_ids
        traject = line.outplacement_traject_id
        line.write(
            {"outplacement_earned_from": False, "outplacement_earned_until": False}
        )
        self.assertEarned("2026-12-31", "5939.59", "1510.41")
        traject.date_start = False
        self.assertEarned("2026-12-31", "0", "7450")
        self.assertEqual(self._get_months(), {False: Decimal(7450)})
        self._close(invoice, date(2027, 1, 5))
        self.assertEarned("2027-01-04", "0", "7450")
        self.assertEarned("2027-01-05", "7450", "0")
        self.assertEqual(self._get_months(), {(2027, 1): Decimal(7450)})

    # ------------------------------------------------------------------
    # Currencies and companies
    # ------------------------------------------------------------------

    def test_foreign_currency(self):
        """In the currency of the company, at the rate of the invoice."""
        dollar = self.setup_other_currency("USD", rates=[("2026-01-01", 2.0)])
        pricelist = self.env["product.pricelist"].create(
            {"name": "Dollars", "currency_id": dollar.id}
        )
        self.prepaid.list_price = 7450.0
        invoice = self._bill_prepaid(pricelist_id=pricelist.id)
        self.assertEqual(invoice.currency_id, dollar)
        billed = Decimal(str(-invoice.invoice_line_ids.balance))
        self.assertNotEqual(billed, Decimal(str(invoice.amount_untaxed)))
        earned, unearned = self._get_totals("2026-12-31")
        self.assertEqual(earned + unearned, billed)
        self.assertEqual(earned, round(billed * 291 / 365, 2))

    def test_companies(self):
        self._bill_prepaid()
        data = self.setup_other_company(name="Other Bureau")
        self.finance.company_ids += data["company"]
        Report = self._get_report("2026-12-31", allowed_company_ids=[])
        ours = Report.with_context(allowed_company_ids=self.company.ids)
        both = [self.company.id, data["company"].id]
        theirs = Report.with_context(allowed_company_ids=data["company"].ids)
        self.assertEqual(ours.search_count([]), 13)
        self.assertEqual(theirs.search_count([]), 0)
        together = Report.with_context(allowed_company_ids=both)
        self.assertEqual(together.search_count([]), 13)

    # ------------------------------------------------------------------
    # Users
    # ------------------------------------------------------------------

    def test_who_reads(self):
        self._bill_prepaid()
        for user in (self.finance, self.manager):
            with self.subTest(user=user.login):
                report = self._get_report("2026-12-31", user).search([])
                self.assertEqual(len(report), 13)
                self.assertTrue(report[0].traject_reference)
        for user in (self.account_manager, self.coach, self.planner, self.salesman):
            with self.subTest(user=user.login), self.assertDenied():
                self._get_report("2026-12-31", user).search([])
            with self.subTest(user=user.login, what="wizard"), self.assertDenied():
                self.env["outplacement.revenue.at.date"].with_user(user).create({})

    def test_screens_open(self):
        """With all that they show, for finance and the manager."""
        self._bill_prepaid()
        kinds = ("list", "pivot", "graph", "search")
        for user in (self.finance, self.manager):
            Report = self._get_report("2026-12-31", user)
            views = Report.get_views([(False, kind) for kind in kinds])["views"]
            arch = etree.fromstring(views["list"]["arch"])
            names = {node.get("name") for node in arch.iter("field")}
            specification = {
                name: {"fields": {"display_name": {}}}
                if Report._fields[name].relational
                else {}
                for name in names
            }
            with self.subTest(user=user.login):
                self.assertEqual("move_id" in names, user == self.finance)
                found = Report.web_search_read([], specification)
                self.assertEqual(found["length"], 13)
                self.assertTrue(found["records"][0]["account_id"]["display_name"])
            for field in ("account_id", "employer_id", "partner_id", "month:month"):
                with self.subTest(user=user.login, field=field):
                    groups = Report.formatted_read_group(
                        [], [field], ["amount_unearned:sum"]
                    )
                    amount = sum(group["amount_unearned:sum"] for group in groups)
                    self.assertEqual(self.eur.round(amount), 1510.41)

    def test_nobody_writes(self):
        self._bill_prepaid()
        report = self._get_report("2026-12-31").search([], limit=1)
        with self.assertDenied():
            report.write({"amount": 1})

    def test_invoice_of_a_row(self):
        invoice = self._bill_prepaid()
        row = self._get_report("2026-12-31").search([], limit=1)
        self.assertEqual(row.action_open_invoice()["res_id"], invoice.id)
        with self.assertDenied():
            row.with_user(self.manager).action_open_invoice()
        with self.assertDenied():
            row.with_user(self.coach).action_open_invoice()

    def test_export(self):
        self._bill_prepaid()
        self.finance.group_ids += self.env.ref("base.group_allow_export")
        report = self._get_report("2026-12-31").search([], order="month", limit=1)
        exported = report.export_data(["traject_reference", "account_id", "amount"])
        self.assertEqual(exported["datas"][0][2], 326.58)

    @freeze_time("2027-01-10")
    def test_wizard(self):
        self._bill_prepaid()
        Wizard = self.env["outplacement.revenue.at.date"].with_user(self.finance)
        with Form(Wizard) as form:
            self.assertEqual(form.date, date(2026, 12, 31))
        action = form.record.action_open()
        Report = self.env[action["res_model"]].with_user(self.finance)
        Report = Report.with_context(**action["context"])
        self.assertEqual(sum(Report.search([]).mapped("amount_unearned")), 1510.41)
        self.assertIn("2026", action["name"])
        # today, where no day was chosen
        self.assertEqual(
            Report.with_context(outplacement_as_of=False)._get_as_of(),
            date(2027, 1, 10),
        )

    # ------------------------------------------------------------------
    # Invoice lines
    # ------------------------------------------------------------------

    def test_days_by_hand(self):
        order = self._sell_and_start(self.prepaid, date_start="2026-03-16")
        invoice = self._invoice(order, "2026-03-16", post=False)
        line = invoice.invoice_line_ids
        with self.assertRefused("only one end", ValidationError):
            line.with_user(self.finance).outplacement_earned_until = False
        with self.assertRefused("before the first", ValidationError):
            line.with_user(self.finance).outplacement_earned_until = date(2026, 1, 1)

    def test_traject_stays_when_instalments_go(self):
        """A released instalment that is spread anew leaves what was billed for it."""
        invoice = self._bill_prepaid()
        line = invoice.invoice_line_ids
        traject = line.outplacement_traject_id
        self._credit(invoice, "2026-07-01")
        line.outplacement_instalment_id.with_user(self.finance).action_release()
        traject.instalment_ids._regenerate()
        self.assertFalse(line.outplacement_released_instalment_id)
        self.assertEqual(line.outplacement_traject_id, traject)
        self.assertEarned("2026-07-01", "0", "0")
