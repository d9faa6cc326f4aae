from datetime import date, datetime
from decimal import Decimal
from unittest.mock import patch

from odoo import sql_db
from odoo.exceptions import AccessError, LockError, UserError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import SQL, mute_logger

from ..tools.money import to_decimal
from .common_revenue import RevenueCommon

BOOKING = "odoo.addons.outplacement.models.outplacement_revenue_booking_entry"


@tagged("post_install", "-at_install")
class TestRevenueBooking(RevenueCommon):
    """Unearned revenue is in the books at the end of every month."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.deferred = cls.env["account.chart.template"].ref("1405")
        cls.journal = cls.env["account.journal"].search(
            [("company_id", "=", cls.company.id), ("type", "=", "general")], limit=1
        )
        cls.company.write(
            {
                "outplacement_revenue_mode": "posted",
                "outplacement_deferred_account_id": cls.deferred.id,
                "outplacement_revenue_journal_id": cls.journal.id,
                "outplacement_revenue_from": "2026-03-01",
                "outplacement_finance_user_id": cls.finance.id,
            }
        )
        cls.booking = cls.env["outplacement.revenue.booking"]

    def _book(self, today):
        """Return the entries that the night before ``today`` makes."""
        with freeze_time(today):
            moves = self.booking._book_company(self.company)
            self.env.flush_all()
        return moves

    def _open_wizard(self, day, today="2027-06-01", user=None):
        """Return the form in which finance looks at the month of ``day``."""
        Wizard = self.env["outplacement.revenue.book"].with_user(user or self.finance)
        with freeze_time(today):
            form = Form(Wizard)
            form.date = day
        return form

    def _book_by_hand(self, day, today="2027-06-01"):
        """Return the entries that finance makes of the month of ``day``."""
        record = self._open_wizard(day, today).save()
        with freeze_time(today):
            action = record.action_book()
        if action.get("res_id"):
            return self.env["account.move"].browse(action["res_id"])
        return self.env["account.move"].search(action["domain"])

    def _get_balance(self, day, account=None):
        """Return the balance of the deferred account on ``day``, credit positive."""
        lines = self.env["account.move.line"].search(
            [
                ("account_id", "=", (account or self.deferred).id),
                ("parent_state", "=", "posted"),
                ("date", "<=", day),
            ]
        )
        return -sum(map(to_decimal, lines.mapped("balance")), Decimal(0))

    def assertBooked(self, day, unearned):
        """Assert that books and report agree on what is unearned on ``day``."""
        with self.subTest(day=day):
            self.assertEqual(self._get_balance(day), Decimal(unearned))
            self.assertEqual(self._get_totals(day)[1], Decimal(unearned))

    # ------------------------------------------------------------------
    # A year
    # ------------------------------------------------------------------

    def test_worked_example(self):
        invoice = self._bill_prepaid()
        line = invoice.invoice_line_ids
        moves = self._book("2027-04-05")
        # one a month; the last one after the end of the term
        self.assertEqual(len(moves), 13)
        self.assertEqual(set(moves.mapped("state")), {"posted"})
        for day, unearned in (
            ("2026-03-31", "7123.42"),
            ("2026-04-30", "6511.10"),
            ("2026-12-31", "1510.41"),
            ("2027-02-28", "306.16"),
            ("2027-03-31", "0"),
        ):
            self.assertBooked(day, unearned)
        march = moves.filtered(lambda move: move.date == date(2026, 3, 31))
        self.assertEqual(march.journal_id, self.journal)
        self.assertEqual(march.move_type, "entry")
        self.assertEqual(march.outplacement_revenue_month, date(2026, 3, 31))
        revenue = march.line_ids.filtered("outplacement_deferred_account_id")
        unearned = march.line_ids - revenue
        self.assertEqual(revenue.account_id, line.account_id)
        self.assertEqual((revenue.debit, revenue.credit), (7123.42, 0))
        self.assertEqual(unearned.account_id, self.deferred)
        self.assertEqual((unearned.debit, unearned.credit), (0, 7123.42))
        self.assertEqual(revenue.partner_id, self.employer)
        self.assertIn(line.outplacement_traject_id.name, revenue.name)
        self.assertFalse(march.line_ids.tax_ids)
        self.assertFalse(march.line_ids.tax_tag_ids)
        # what is left as revenue of each month is what was earned in it
        may = moves.filtered(lambda move: move.date == date(2026, 5, 31))
        back = may.line_ids.filtered("outplacement_deferred_account_id")
        self.assertEqual((back.debit, back.credit), (0, 632.74))

    def test_again_makes_nothing(self):
        self._bill_prepaid()
        self.assertTrue(self._book("2026-09-03"))
        self.assertFalse(self._book("2026-09-03"))
        self.assertFalse(self._book("2026-09-30"))
        september = self._book("2026-10-01")
        self.assertEqual(september.date, date(2026, 9, 30))

    def test_month_that_is_not_over(self):
        """Days are those of the company: in Amsterdam it is September already."""
        self._bill_prepaid()
        self._book("2026-08-01")
        self.assertFalse(self._book("2026-08-31 21:59:00"))
        self.assertTrue(self._book("2026-08-31 22:01:00"))

    def test_first_month_holds_what_was_before(self):
        self.company.outplacement_revenue_from = "2026-06-01"
        self._bill_prepaid()
        moves = self._book("2026-08-01")
        self.assertEqual(moves.mapped("date"), [date(2026, 6, 30), date(2026, 7, 31)])
        self.assertEqual(self._get_balance("2026-05-31"), 0)
        self.assertBooked("2026-06-30", "5266.03")

    def test_line_a_traject_and_account(self):
        other = self.revenue_account.copy({"code": "800999", "name": "Other revenue"})
        package = self._make_package(
            1200.0, self.plan_start, property_account_income_id=other.id
        )
        order = self._sell_and_start(
            {"product_id": self.prepaid.id, "product_uom_qty": 2},
            {"product_id": package.id},
            date_start="2026-03-16",
        )
        self._invoice(order, "2026-03-16")
        [march] = self._book("2026-04-01")
        revenue = march.line_ids.filtered("outplacement_deferred_account_id")
        self.assertEqual(
            revenue.outplacement_traject_id, order.outplacement_traject_ids
        )
        self.assertEqual(len(revenue), 3)
        self.assertEqual(revenue.account_id, other + self.revenue_account)
        self.assertEqual(self._get_balance("2026-03-31"), Decimal("15394.24"))

    def test_taxes_and_analytic_distribution(self):
        """Two lines of a traject that differ in both: revenue keeps its analytic
        distribution, and no tax is touched."""
        plan = self.env["account.analytic.plan"].create({"name": "Plan"})
        analytic = self.env["account.analytic.account"].create(
            {"name": "Team North", "plan_id": plan.id}
        )
        distribution = {str(analytic.id): 100.0}
        untaxed = self.vat.copy({"name": "No VAT", "amount": 0})
        self.revenue_account.tax_ids = self.vat
        order = self._sell_and_start(
            {"product_id": self.prepaid.id, "product_uom_qty": 2},
            date_start="2026-03-16",
        )
        invoice = self._invoice(order, "2026-03-16", post=False)
        first, second = invoice.invoice_line_ids
        second.sudo().outplacement_traject_id = first.outplacement_traject_id
        first.tax_ids = untaxed
        first.analytic_distribution = distribution
        invoice.action_post()
        [march] = self._book("2026-04-01")
        revenue = march.line_ids.filtered("outplacement_deferred_account_id")
        self.assertEqual(revenue.mapped("debit"), [7123.42, 7123.42])
        self.assertEqual(
            revenue.filtered("analytic_distribution").analytic_distribution,
            distribution,
        )
        self.assertEqual(len(march.line_ids.filtered("analytic_distribution")), 1)
        self.assertFalse(march.line_ids.tax_ids)
        self.assertEqual(len(march.line_ids), 4)
        self.assertEqual(self._get_analytic_amount(analytic), 326.58)
        # moved to another account afterwards: the books follow
        first.analytic_distribution = False
        [again] = self._book("2026-04-02")
        self.assertEqual(self._get_analytic_amount(analytic), 0)
        self.assertEqual(again.date, date(2026, 3, 31))
        self.assertFalse(self._book("2026-04-03"))

    def _get_analytic_amount(self, analytic):
        """Return what the analytic lines of an account add up to."""
        Line = self.env["account.analytic.line"]
        lines = Line.search([(analytic.plan_id._column_name(), "=", analytic.id)])
        return self.eur.round(sum(lines.mapped("amount")))

    # ------------------------------------------------------------------
    # What happens in between
    # ------------------------------------------------------------------

    def test_credit_note(self):
        invoice = self._bill_prepaid()
        self._book("2026-07-01")
        self._credit(invoice, "2026-07-10")
        self._book("2026-08-01")
        self.assertBooked("2026-06-30", "5266.03")
        self.assertBooked("2026-07-31", "0")

    def test_partial_credit(self):
        invoice = self._bill_prepaid()
        note = self._credit(invoice, "2026-07-10", post=False)
        note.invoice_line_ids.price_unit = 2450.0
        note.action_post()
        self._book("2026-08-01")
        self.assertBooked("2026-07-31", "3109.59")

    def test_credit_note_of_another_month(self):
        """A cancelled traject earns nothing of what its credit note takes back, also
        once that is posted: no month before it is booked anew."""
        invoice = self._bill_prepaid()
        traject = invoice.invoice_line_ids.outplacement_traject_id
        with freeze_time("2026-03-20"):
            traject.with_user(self.planner)._cancel_with_fee(
                date(2026, 3, 20), "stopped"
            )
            self.env.flush_all()
        self._book("2026-04-02")
        self.assertBooked("2026-03-31", "7450")
        with freeze_time("2026-04-05"):
            invoice.reversal_move_ids.with_user(self.finance).action_post()
            self.env.flush_all()
        self.assertFalse(self._book("2026-04-06"))
        self.assertBooked("2026-03-31", "7450")
        self._book("2026-05-02")
        self.assertBooked("2026-04-30", "0")

    def test_early_end_releases_the_rest(self):
        invoice = self._bill_prepaid()
        self._book("2026-08-01")
        self._close(invoice, date(2026, 8, 20))
        [august] = self._book("2026-09-01")
        self.assertEqual(august.date, date(2026, 8, 31))
        self.assertBooked("2026-08-31", "0")
        self.assertFalse(self._book("2026-10-01"))

    def test_early_end_known_late(self):
        """Closed on a day of a month that was booked: that month is put right, as it
        is open."""
        invoice = self._bill_prepaid()
        self._book("2026-09-01")
        self._close(invoice, date(2026, 7, 20))
        moves = self._book("2026-09-02")
        self.assertEqual(moves.mapped("date"), [date(2026, 7, 31), date(2026, 8, 31)])
        self.assertBooked("2026-07-31", "0")
        self.assertBooked("2026-08-31", "0")

    def test_foreign_currency(self):
        dollar = self.setup_other_currency("USD", rates=[("2026-01-01", 2.0)])
        pricelist = self.env["product.pricelist"].create(
            {"name": "Dollars", "currency_id": dollar.id}
        )
        self._bill_prepaid(pricelist_id=pricelist.id)
        [march] = self._book("2026-04-01")
        self.assertEqual(march.line_ids.currency_id, self.eur)
        unearned = self._get_totals("2026-03-31")[1]
        self.assertTrue(unearned)
        self.assertEqual(self._get_balance("2026-03-31"), unearned)

    def test_draft_invoice_is_no_revenue(self):
        order = self._sell_and_start(self.prepaid, date_start="2026-03-16")
        self._invoice(order, "2026-03-16", post=False)
        self.assertFalse(self._book("2026-05-01"))

    def test_another_deferred_account(self):
        """What the old one holds goes to the new one."""
        self._bill_prepaid()
        self._book("2026-04-01")
        other = self.deferred.copy({"code": "1499", "name": "Prepaid"})
        self.company.outplacement_deferred_account_id = other
        self._book("2026-05-01")
        self.assertEqual(self._get_balance("2026-04-30"), 0)
        self.assertEqual(self._get_balance("2026-04-30", other), Decimal("6511.10"))

    def test_invoiced_to_the_deferred_account(self):
        """Is there already; nothing brings it to itself."""
        self.prepaid.property_account_income_id = self.deferred
        self._bill_prepaid()
        self.assertFalse(self._book("2026-05-01"))

    # ------------------------------------------------------------------
    # Drafts, deletions, reversals
    # ------------------------------------------------------------------

    def test_drafts(self):
        self.company.outplacement_revenue_mode = "draft"
        invoice = self._bill_prepaid()
        moves = self._book("2026-05-01")
        self.assertEqual(moves.mapped("state"), ["draft", "draft"])
        self.assertFalse(self._book("2026-05-02"), "they count as booked")
        march, april = moves
        # changed facts make a draft anew, and only that
        self._close(invoice, date(2026, 4, 20))
        [anew] = self._book("2026-05-03")
        self.assertTrue(march.exists())
        self.assertFalse(april.exists())
        self.assertEqual(anew.date, date(2026, 4, 30))
        (march + anew).with_user(self.finance).action_post()
        self.assertBooked("2026-03-31", "7123.42")
        self.assertBooked("2026-04-30", "0")

    def test_deleted_draft_is_made_again(self):
        self.company.outplacement_revenue_mode = "draft"
        self._bill_prepaid()
        [march] = self._book("2026-04-01")
        march.with_user(self.finance).unlink()
        [again] = self._book("2026-04-02")
        self.assertEqual(again.amount_total, 7123.42)
        self.assertEqual(again.date, date(2026, 3, 31))

    def test_draft_that_is_right_again(self):
        """A draft of which nothing is left goes."""
        self.company.outplacement_revenue_mode = "draft"
        invoice = self._bill_prepaid()
        [march] = self._book("2026-04-01")
        self._close(invoice, date(2026, 3, 20))
        self.assertFalse(self._book("2026-04-02"))
        self.assertFalse(march.exists())

    def _reverse(self, move, day):
        wizard = (
            self.env["account.move.reversal"]
            .with_user(self.finance)
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"journal_id": move.journal_id.id, "date": day})
        )
        with freeze_time(day):
            wizard.reverse_moves()
            wizard.new_move_ids.filtered(lambda m: m.state == "draft").action_post()
        return wizard.new_move_ids

    def test_reversed_in_its_month(self):
        self._bill_prepaid()
        [march] = self._book("2026-04-01")
        self._reverse(march, "2026-03-31")
        self.assertEqual(self._get_balance("2026-03-31"), 0)
        [again] = self._book("2026-04-02")
        self.assertEqual(again.date, date(2026, 3, 31))
        self.assertBooked("2026-03-31", "7123.42")

    def test_reversed_later(self):
        """Right until it was reversed, and put right at the end of that month."""
        self._bill_prepaid()
        [march] = self._book("2026-04-01")
        self._reverse(march, "2026-04-10")
        self.assertFalse(self._book("2026-04-11"))
        self._book("2026-05-01")
        self.assertBooked("2026-03-31", "7123.42")
        self.assertBooked("2026-04-30", "6511.10")

    def test_reversal_that_is_a_draft(self):
        """Not in the books yet, and maybe never."""
        self._bill_prepaid()
        [march] = self._book("2026-04-01")
        march._reverse_moves([{"date": date(2026, 3, 31)}])
        self.assertFalse(self._book("2026-04-02"))

    def _undo(self, day, user=None, **values):
        """Undo the entries of the month of ``day`` and later, in May 2026."""
        Wizard = self.env["outplacement.revenue.book"].with_user(user or self.finance)
        with freeze_time("2026-05-20"):
            action = Wizard.create({"date": day, **values}).action_undo()
            self.env.flush_all()
        return action

    def test_undo(self):
        """All entries from a month on, at once and on their own dates."""
        self._bill_prepaid()
        march, april = self._book("2026-05-01")
        action = self._undo("2026-04-10")
        [reversal] = april.reversal_move_ids
        self.assertEqual(action["res_id"], reversal.id)
        self.assertEqual((reversal.state, reversal.date), ("posted", april.date))
        self.assertFalse(march.reversal_move_ids)
        self.assertEqual(self._get_balance("2026-04-30"), Decimal("7123.42"))
        self._undo("2026-03-31")
        self.assertEqual(self._get_balance("2026-03-31"), 0)
        self.assertEqual(self._get_balance("2026-05-31"), 0)
        with self.assertRefused("nothing to undo: no entry of March 2026 or later"):
            self._undo("2026-03-31")
        self.assertEqual(len(self._book("2026-05-21")), 2)
        self.assertBooked("2026-03-31", "7123.42")
        self.assertBooked("2026-04-30", "6511.10")

    def test_undo_in_the_language_of_the_books(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.company.partner_id.lang = "nl_NL"
        self._bill_prepaid()
        [march] = self._book("2026-04-01")
        self._undo("2026-03-31")
        self.assertEqual(march.reversal_move_ids.ref, f"Terugboeking van: {march.name}")

    def test_undo_drafts(self):
        self.company.outplacement_revenue_mode = "draft"
        self._bill_prepaid()
        moves = self._book("2026-05-01")
        self._undo("2026-03-01")
        self.assertFalse(moves.exists())

    def test_undo_locked(self):
        """The books of a locked month stay: nothing at all is done."""
        self._bill_prepaid()
        march, april = self._book("2026-05-01")
        self.company.fiscalyear_lock_date = "2026-03-31"
        with self.assertRefused("March 2026 is locked, as the books are until"):
            self._undo("2026-03-01")
        self.assertFalse((march | april).reversal_move_ids)
        self._undo("2026-04-01")
        self.assertTrue(april.reversal_move_ids)

    def test_undo_is_for_finance(self):
        self._bill_prepaid()
        self._book("2026-05-01")
        for user in (self.planner, self.account_manager, self.manager, self.coach):
            with self.subTest(user=user.login), self.assertDenied():
                self._undo("2026-04-01", user)
        other = self.setup_other_company(name="Other Bureau")["company"]
        with self.assertDenied():
            self._undo("2026-04-01", company_id=other.id)

    def test_reset_to_draft(self):
        self._bill_prepaid()
        [march] = self._book("2026-04-01")
        march.button_draft()
        self.assertFalse(self._book("2026-04-02"), "it will be posted again")
        march.button_cancel()
        [again] = self._book("2026-04-03")
        self.assertEqual(again.amount_total, 7123.42)

    # ------------------------------------------------------------------
    # Lock dates
    # ------------------------------------------------------------------

    def test_locked_month_goes_with_the_first_open_one(self):
        self._bill_prepaid()
        self._book("2026-04-01")
        self.company.fiscalyear_lock_date = date(2026, 5, 31)
        self.assertFalse(self._book("2026-06-02"), "June is not over")
        [june] = self._book("2026-07-01")
        self.assertEqual(june.date, date(2026, 6, 30))
        self.assertBooked("2026-06-30", "5266.03")
        [activity] = june.activity_ids
        self.assertEqual(activity.user_id, self.finance)
        # of April 612.32, of May 632.74
        self.assertRegex(activity.summary, r"May 2026 was locked.*1,245\.06")
        self.assertFalse(self._book("2026-07-02"))
        july = self._book("2026-08-01")
        self.assertFalse(july.activity_ids)

    def test_locked_month_that_was_booked(self):
        self._bill_prepaid()
        self._book("2026-06-01")
        self.company.fiscalyear_lock_date = date(2026, 5, 31)
        [june] = self._book("2026-07-01")
        self.assertFalse(june.activity_ids)

    def test_hard_lock(self):
        self._bill_prepaid()
        self.company.hard_lock_date = date(2026, 4, 30)
        moves = self._book("2026-06-01")
        self.assertEqual(moves.mapped("date"), [date(2026, 5, 31)])

    def test_wizard_says_what_is_locked(self):
        self._bill_prepaid()
        self.company.fiscalyear_lock_date = date(2026, 5, 31)
        form = self._open_wizard(date(2026, 4, 2), "2026-07-01")
        self.assertRegex(
            form.problem, r"April 2026 is locked.* until 05/31/2026.*with June 2026"
        )
        with freeze_time("2026-07-01"), self.assertRefused("April 2026 is locked"):
            form.save().action_book()

    # ------------------------------------------------------------------
    # The wizard
    # ------------------------------------------------------------------

    def test_wizard(self):
        self._bill_prepaid()
        form = self._open_wizard(date(2026, 4, 12))
        self.assertFalse(form.problem)
        [line] = form.line_ids._records
        self.assertEqual(line["unearned"], 6511.1)
        self.assertEqual(form.unearned, 6511.1)
        self.assertEqual((form.booked, form.amount), (0, 6511.1))
        april = self._book_by_hand(date(2026, 4, 12))
        self.assertEqual(april.date, date(2026, 4, 30))
        self.assertBooked("2026-04-30", "6511.10")
        form = self._open_wizard(date(2026, 4, 12))
        self.assertFalse(form.line_ids._records)
        with freeze_time("2027-06-01"), self.assertRefused("nothing to book"):
            form.save().action_book()

    def test_wizard_proposes_the_last_month(self):
        Wizard = self.env["outplacement.revenue.book"].with_user(self.finance)
        with freeze_time("2026-07-01 10:00:00"):
            self.assertEqual(Form(Wizard).date, date(2026, 6, 30))

    def test_month_before_others(self):
        """What is booked of a month after others is no more in those."""
        self._bill_prepaid()
        may = self._book_by_hand(date(2026, 5, 1))
        moves = self._book_by_hand(date(2026, 3, 1))
        self.assertEqual(len(moves), 2)
        self.assertNotIn(may, moves)
        self.assertBooked("2026-03-31", "7123.42")
        self.assertBooked("2026-05-31", "5878.36")

    def test_figures_changed_meanwhile(self):
        invoice = self._bill_prepaid()
        wizard = self._open_wizard(date(2026, 4, 12)).save()
        self._close(invoice, date(2026, 4, 20))
        with freeze_time("2027-06-01"), self.assertRefused("figures have changed"):
            wizard.action_book()

    def test_problems_in_one_sentence(self):
        self._bill_prepaid()
        for values, sentence in (
            ({"outplacement_revenue_mode": "off"}, "turn them on"),
            (
                {
                    "outplacement_deferred_account_id": False,
                    "outplacement_revenue_journal_id": False,
                },
                "lack for .*: Account for Unearned Revenue, Journal for Unearned",
            ),
            ({"outplacement_revenue_from": False}, "First Month"),
            ({"outplacement_revenue_from": "2026-07-01"}, "before the first month"),
        ):
            before = {name: self.company[name] for name in values}
            self.company.write(values)
            form = self._open_wizard(date(2026, 6, 30))
            with self.subTest(values=values):
                self.assertRegex(form.problem, sentence)
                with freeze_time("2027-06-01"), self.assertRefused(sentence):
                    form.save().action_book()
            self.company.update(before)
        form = self._open_wizard(date(2027, 6, 30), "2027-06-01")
        self.assertRegex(form.problem, "June 2027 is not over yet")
        self.journal.active = False
        form = self._open_wizard(date(2026, 6, 30))
        self.assertRegex(form.problem, "is archived")

    def test_who_books(self):
        self._bill_prepaid()
        Wizard = self.env["outplacement.revenue.book"]
        for user in (
            self.manager,
            self.account_manager,
            self.coach,
            self.planner,
            self.salesman,
        ):
            with self.subTest(user=user.login), self.assertDenied():
                Wizard.with_user(user).create({})

    def test_other_company(self):
        """Whoever does not work for a company neither sees nor books it."""
        self._bill_prepaid()
        data = self.setup_other_company(name="Other Bureau")
        self.finance.write(
            {
                "company_ids": [Command.set(data["company"].ids)],
                "company_id": data["company"].id,
            }
        )
        Wizard = self.env["outplacement.revenue.book"].with_user(self.finance)
        Wizard = Wizard.with_context(allowed_company_ids=data["company"].ids)
        with self.assertDenied():
            Wizard.create({"company_id": self.company.id, "date": "2026-04-30"})
        with self.assertRefused("this company's entries", AccessError):
            Wizard.new(
                {"company_id": self.company.id, "date": "2026-04-30"}
            )._get_differences()

    def test_an_entry_a_company(self):
        self._bill_prepaid()
        data = self.setup_other_company(name="Other Bureau")
        other = data["company"]
        other.write(
            {
                "outplacement_revenue_mode": "posted",
                "outplacement_deferred_account_id": self.env["account.account"].create(
                    {
                        "name": "Unearned",
                        "code": "1405",
                        "account_type": "liability_current",
                        "company_ids": [Command.set(other.ids)],
                    }
                ),
                "outplacement_revenue_journal_id": data["default_journal_misc"].id,
                "outplacement_revenue_from": "2026-03-01",
            }
        )
        with freeze_time("2026-04-01"):
            self.assertFalse(self.booking._book_company(other))
            self.assertTrue(self.booking._book_company(self.company))

    # ------------------------------------------------------------------
    # Every night
    # ------------------------------------------------------------------

    def _run_night(self, today):
        progress = patch.object(
            self.registry["ir.cron"], "_commit_progress", lambda *args, **kwargs: 60.0
        )
        with freeze_time(today), progress:
            self.booking._cron_book()
            self.env.flush_all()

    def test_every_night(self):
        """A company whose settings lack something does not keep the others from it."""
        self._bill_prepaid()
        data = self.setup_other_company(name="Other Bureau")
        data["company"].outplacement_revenue_mode = "posted"
        with self.assertLogs(BOOKING, "WARNING") as logs:
            self._run_night("2026-04-01")
        self.assertIn("lack for Other Bureau", logs.output[0])
        self.assertBooked("2026-03-31", "7123.42")

    def test_off(self):
        self.company.outplacement_revenue_mode = "off"
        self._bill_prepaid()
        with self.assertNoLogs(BOOKING, "WARNING"):
            self._run_night("2026-04-01")
        self.assertEqual(self._get_balance("2026-03-31"), 0)

    def test_two_at_once(self):
        """Whoever comes second is told so, and changes nothing."""
        company = self.env.ref("base.main_company")  # others can see it
        with sql_db.db_connect(self.env.cr.dbname).cursor() as other:
            other.execute(
                "SELECT id FROM res_company WHERE id = %s FOR NO KEY UPDATE",
                (company.id,),
            )
            with self.assertRefused("lock", LockError):
                self.booking._lock(company)
        self.booking._lock(company)

    def test_every_run_marks_the_company(self):
        """So that of two at the same time the second one starts anew."""
        self._bill_prepaid()
        version = SQL(
            "SELECT xmin, ctid FROM res_company WHERE id = %s", self.company.id
        )
        for _again in range(2):
            [before] = self.env.execute_query(version)
            self._book("2026-04-01")
            [after] = self.env.execute_query(version)
            self.assertNotEqual(after, before)
        self.assertEqual(
            self.company.outplacement_revenue_checked_at, datetime(2026, 4, 1)
        )

    # ------------------------------------------------------------------
    # Settings
    # ------------------------------------------------------------------

    @freeze_time("2026-07-14")
    @mute_logger("odoo.tests.form.onchange")
    def test_proposals(self):
        self.company.write(
            {
                "outplacement_revenue_mode": "off",
                "outplacement_deferred_account_id": False,
                "outplacement_revenue_journal_id": False,
                "outplacement_revenue_from": False,
            }
        )
        with Form(self.env["res.config.settings"]) as form:
            form.outplacement_revenue_mode = "draft"
            self.assertEqual(form.outplacement_deferred_account_id, self.deferred)
            self.assertEqual(form.outplacement_revenue_from, date(2026, 7, 1))
        form.record.execute()
        self.assertEqual(self.company.outplacement_deferred_account_id, self.deferred)
        self.assertEqual(self.company.outplacement_revenue_journal_id.type, "general")

    def test_no_account_to_propose(self):
        company = self.env["res.company"].create({"name": "Without a Chart"})
        proposals = company._get_outplacement_revenue_proposals()
        self.assertFalse(proposals["outplacement_deferred_account_id"])
        self.assertFalse(proposals["outplacement_revenue_journal_id"])

    def test_account_of_another_company(self):
        data = self.setup_other_company(name="Other Bureau")
        account = data["default_account_revenue"]
        with self.assertRefused("compan", UserError), mute_logger("odoo.sql_db"):
            self.company.outplacement_deferred_account_id = account
