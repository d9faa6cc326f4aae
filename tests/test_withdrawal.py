from datetime import date, timedelta

from odoo.fields import Command
from odoo.tests import Form, freeze_time, new_test_user, tagged

from .common_billing import BillingCommon
from .common_life import LifeCommon


@tagged("post_install", "-at_install")
class TestWithdrawal(BillingCommon):
    """A private person can withdraw within 14 days: nothing is invoiced before, unless
    an early start was asked for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls._make_plan(
            {"share": 40, "trigger": "confirmation"},
            {"share": 60, "repeat_count": 2},
        )
        cls.advice = cls._make_package(
            1000.0, cls.plan, taxes_id=[Command.set(cls.vat_included.ids)]
        )

    def _sell_privately(self, **values):
        values = {"partner": self.person, **values}
        return self._sell_and_start(self.advice, date_start="2026-01-10", **values)

    def _get_dates(self, order):
        return [str(day) for day in self._get_instalments(order).mapped("date")]

    def test_nothing_before_the_fifteenth_day(self):
        """Confirmed on 5 January: the 14th day after that is the 19th."""
        order = self._sell_privately()
        self.assertEqual(
            self._get_dates(order), ["2026-01-20", "2026-01-20", "2026-02-10"]
        )
        for today, state in (("2026-01-19", "planned"), ("2026-01-20", "due")):
            with self.subTest(today=today), freeze_time(today):
                self.env["outplacement.instalment"]._update_due()
                states = self._get_instalments(order).mapped("state")
                self.assertEqual(states, [state, state, "planned"])
        invoice = self._invoice(order, "2026-01-20")
        self.assertAmounts(invoice, (578.51, 121.49, 700.0))

    def test_the_order_says_so(self):
        order = self._sell_privately()
        self.assertIn("01/19/2026", order.outplacement_withdrawal_text)
        self.assertIn("before 01/20/2026", order.outplacement_withdrawal_text)
        with freeze_time("2026-01-20"):
            self.env["outplacement.instalment"]._update_due()
            self.assertFalse(order.outplacement_withdrawal_text)

    def test_an_early_start(self):
        order = self._sell_privately(outplacement_early_start=True)
        self.assertEqual(
            self._get_dates(order), ["2026-01-05", "2026-01-10", "2026-02-10"]
        )
        self.assertFalse(order.outplacement_withdrawal_text)

    def test_asked_for_later(self):
        order = self._sell_privately()
        order.with_user(self.account_manager).outplacement_early_start = True
        self.assertEqual(self._get_dates(order)[0], "2026-01-05")
        self.assertEqual(order.copy().outplacement_early_start, False)

    def test_an_agreed_date_is_no_way_around(self):
        order = self._sell_privately()
        first = self._get_instalments(order)[0].with_user(self.finance)
        first.date_agreed = "2026-01-06"
        self.assertEqual(str(first.date), "2026-01-20")
        first.date_agreed = "2026-01-25"
        self.assertEqual(str(first.date), "2026-01-25")

    def test_order_date_is_no_way_around(self):
        """Whoever sells may change the order date, and nobody the day on which the
        order was confirmed."""
        order = self._sell_privately()
        mine = order.with_user(self.account_manager)
        mine.date_order = "2025-12-01 12:00:00"
        self.assertEqual(self._get_dates(order)[0], "2026-01-20")
        with self.assertDenied():
            mine.outplacement_date_confirmed = "2025-12-01"

    def test_confirmed_anew(self):
        """The days count from the last confirmation, by the clock of the company."""
        order = self._sell(self.advice, partner=self.person)
        with freeze_time("2026-01-08 23:30"):
            mine = order.with_user(self.account_manager)
            mine._action_cancel()
            mine.action_draft()
            mine.action_confirm()
            self.env.flush_all()
        self.assertEqual(str(order.outplacement_date_confirmed), "2026-01-09")
        self.assertEqual(self._get_dates(order)[0], "2026-01-24")
        self.assertFalse(order.copy().outplacement_date_confirmed)

    def test_not_of_companies(self):
        """Nor of somebody who works at one."""
        contact = self.env["res.partner"].create(
            {"name": "Head of HR", "parent_id": self.employer.id}
        )
        for partner in self.employer, contact:
            order = self._sell_privately(partner=partner)
            self.assertFalse(order.outplacement_is_private)
            self.assertEqual(self._get_dates(order)[0], "2026-01-05")

    def test_private_in_three(self):
        """1,495.00 including VAT in three, confirmed a week before the start: the
        first one waits, the others keep their day."""
        plan = self._make_plan({"share": 100, "repeat_count": 3})
        package = self._make_package(
            1495.0, plan, taxes_id=[Command.set(self.vat_included.ids)]
        )
        order = self._sell_and_start(
            package, partner=self.person, date_start="2026-01-12"
        )
        self.assertEqual(
            self._get_dates(order), ["2026-01-20", "2026-02-12", "2026-03-12"]
        )
        first = self._get_instalments(order)[0]
        self.assertEqual(first.period_start, date(2026, 1, 12))
        invoices = self.env["account.move"]
        for day in self._get_dates(order):
            invoices |= self._invoice(order, day)
        self.assertAmounts(
            invoices,
            (411.84, 86.49, 498.33),
            (411.84, 86.49, 498.33),
            (411.85, 86.49, 498.34),
        )


@tagged("post_install", "-at_install")
class TestWithdrawalLaterSale(LifeCommon):
    """What a private person buys later on the same order is another contract: its days
    count from its own day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.included = [Command.set(cls.vat_included.ids)]
        cls.at_confirmation = cls._make_plan({"share": 100, "trigger": "confirmation"})
        cls.system = new_test_user(
            cls.env, "test_system", "base.group_system", company_id=cls.company.id
        )
        cls.advice = cls._make_package(1200.0, cls.plan_start, taxes_id=cls.included)
        cls.coaching = cls._make_package(
            2400.0, cls.at_confirmation, taxes_id=cls.included
        )

    def _sell_privately(self, *lines, date_start="2026-01-05", **values):
        lines = lines or (self.advice,)
        values = {"partner": self.person, **values}
        return self._sell_and_start(*lines, date_start=date_start, **values)

    def _get_days(self, records):
        return [str(day) for day in records.mapped("date")]

    def _set_fee(self):
        self.company.outplacement_fee_product_id = self._create_product(
            name="Fee", type="service", taxes_id=self.included
        )
        self.env["outplacement.cancellation.fee"].create(
            {"days_before": 0, "percent": 25, "company_id": self.company.id}
        )

    def _get_fees(self, traject, day):
        with freeze_time(day):
            changes = self._open(
                traject, "cancelled", day, outcome="stopped"
            )._get_changes()
        return [c["amount_after"] for c in changes if c["action"] == "fee"]

    def test_another_package(self):
        order = self._sell_privately()
        self._invoice(order, "2026-01-20")
        with freeze_time("2026-03-05"):
            mine = order.outplacement_traject_ids.with_user(self.account_manager)
            form = Form.from_action(mine.env, mine.action_change_package())
            form.product_id = self.coaching
            form.date = "2026-03-05"
            wizard = form.save()
            shown = [c for c in wizard._get_changes() if c["action"] == "new"]
            wizard.action_confirm()
            self.env.flush_all()
        self.assertEqual([str(c["date_after"]) for c in shown], ["2026-03-20"])
        added = order.order_line[-1].outplacement_instalment_ids
        self.assertEqual(self._get_days(added), ["2026-03-20"])
        self.assertEqual(added.state, "planned")

    def test_a_line_is_added(self):
        order = self._sell_privately(self.coaching)
        with freeze_time("2026-05-01"):
            order.with_user(self.account_manager).order_line = [
                Command.create({"product_id": self.coaching.id})
            ]
            self.env.flush_all()
        former, added = self._get_instalments(order)
        self.assertEqual(self._get_days(former + added), ["2026-01-20", "2026-05-16"])
        with freeze_time("2026-05-02"):
            self.env["outplacement.instalment"]._update_due()
            self.env.flush_all()
            self.assertEqual([former.state, added.state], ["due", "planned"])
            order.invalidate_recordset()
            self.assertIn("05/15/2026", order.outplacement_withdrawal_text)
        with self.assertDenied():
            mine = added.sale_line_id.with_user(self.account_manager)
            mine.outplacement_date_sold = "2026-01-05"

    def test_more_of_it(self):
        """A company has no such days, and the dates of what it bought stay."""
        for partner, days in (
            (self.person, ["2026-05-16", "2026-05-16"]),
            (self.employer, ["2026-01-05", "2026-01-05"]),
        ):
            order = self._sell(self.coaching, partner=partner)
            with freeze_time("2026-05-01"):
                mine = order.with_user(self.account_manager)
                mine.order_line.product_uom_qty = 2
                self.env.flush_all()
            self.assertEqual(self._get_days(self._get_instalments(order)), days)

    def test_no_fee_within_the_days(self):
        self._set_fee()
        order = self._sell(self.coaching, partner=self.person)
        with freeze_time("2026-05-01"):
            order.with_user(self.account_manager).order_line = [
                Command.create({"product_id": self.coaching.id})
            ]
            self.env.flush_all()
        first, second = order.outplacement_traject_ids.sorted("id")
        self.assertEqual(self._get_fees(first, "2026-05-15"), [600.0])
        self.assertEqual(self._get_fees(second, "2026-05-15"), [])
        self.assertEqual(self._get_fees(second, "2026-05-16"), [600.0])

    def test_up_to_a_working_day(self):
        """Saturday 24 January: Monday is the last day. On a day off it is Tuesday."""
        self._set_fee()
        order = self._sell(self.coaching, partner=self.person, today="2026-01-10")
        self.assertEqual(self._get_days(self._get_instalments(order)), ["2026-01-27"])
        traject = order.outplacement_traject_ids
        self.assertEqual(self._get_fees(traject, "2026-01-26"), [])
        self.assertEqual(self._get_fees(traject, "2026-01-27"), [600.0])
        leave = self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.company.resource_calendar_id.id,
                "date_from": "2026-01-25 23:00:00",
                "date_to": "2026-01-26 22:59:59",
            }
        )
        other = self._sell(self.coaching, partner=self.person, today="2026-01-10")
        self.assertEqual(self._get_days(self._get_instalments(other)), ["2026-01-28"])
        leave.calendar_id = self.company.resource_calendar_id.copy()
        other = self._sell(self.coaching, partner=self.person, today="2026-01-10")
        self.assertEqual(self._get_days(self._get_instalments(other)), ["2026-01-27"])

    def _add_holiday(self, day, user=None, **values):
        """Return a day off of the whole company."""
        midnight = self.company._get_outplacement_midnight
        day = date.fromisoformat(day)
        return (
            self.env["resource.calendar.leaves"]
            .with_user(user or self.system)
            .create(
                {
                    "name": "Holiday",
                    "company_id": self.company.id,
                    "date_from": midnight(day),
                    "date_to": midnight(day + timedelta(days=1)) - timedelta(seconds=1),
                    **values,
                }
            )
        )

    def test_a_holiday_entered_later(self):
        """Whoever enters, moves or deletes it: what waits follows at once, and what is
        invoiced keeps its day."""
        order = self._sell(self.coaching, partner=self.person, today="2026-01-10")
        instalment = self._get_instalments(order)
        for values in (
            {},
            {"calendar_id": self.company.resource_calendar_id.id},
        ):
            with self.subTest(values), freeze_time("2026-01-12"):
                leave = self._add_holiday("2026-01-26", **values)
                self.assertEqual(str(instalment.date), "2026-01-28")
                self.assertIn("01/27/2026", order.outplacement_withdrawal_text)
                leave.date_to = "2026-01-27 22:59:59"
                self.assertEqual(str(instalment.date), "2026-01-29")
                leave.time_type = "other"
                self.assertEqual(str(instalment.date), "2026-01-27")
                leave.time_type = "leave"
                leave.unlink()
                self.assertEqual(str(instalment.date), "2026-01-27")
                self.assertIn("01/26/2026", order.outplacement_withdrawal_text)
        self._invoice(order, "2026-01-27")
        with freeze_time("2026-01-27"):
            self._add_holiday("2026-01-26")
        self.assertEqual(str(instalment.date), "2026-01-27")

    def test_a_holiday_of_others(self):
        """Of one person, another schedule or another company: it moves nothing."""
        order = self._sell(self.coaching, partner=self.person, today="2026-01-10")
        instalment = self._get_instalments(order)
        calendar = self.company.resource_calendar_id
        resource = self.env["resource.resource"].create({"name": "Somebody"})
        other = self.setup_other_company()["company"]
        for values in (
            {"resource_id": resource.id},
            {"calendar_id": calendar.copy().id},
            {"calendar_id": other.resource_calendar_id.id},
        ):
            with self.subTest(values), freeze_time("2026-01-12"):
                self._add_holiday("2026-01-26", self.env.user, **values)
                self.assertEqual(str(instalment.date), "2026-01-27")

    def test_a_holiday_nobody_noticed(self):
        """Nothing tells that the company has another schedule, with other holidays:
        they count by the next morning, and at the latest when it is invoiced."""
        order = self._sell(self.coaching, partner=self.person, today="2026-01-10")
        instalment = self._get_instalments(order)
        former = self.company.resource_calendar_id
        calendar = former.copy()
        self._add_holiday("2026-01-26", calendar_id=calendar.id)
        self.env.flush_all()
        self.company.resource_calendar_id = calendar
        self.assertEqual(str(instalment.date), "2026-01-27")
        with freeze_time("2026-01-27"), self.enter_registry_test_mode():
            job = self.env.ref("outplacement.ir_cron_instalments_due")
            job.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(str(instalment.date), "2026-01-28")
        self.assertEqual(instalment.state, "planned")
        self.company.resource_calendar_id = former
        with freeze_time("2026-01-27"):
            instalment.with_user(self.finance).action_create_invoices()
        self.assertEqual(instalment.state, "invoiced")

    def test_holidays_of_several_companies(self):
        """Each has its own, and all are found at once."""
        other = self.setup_other_company()["company"]
        companies = self.company | other
        with freeze_time("2026-01-12"):
            leave = self._add_holiday("2026-01-26")
            companies.mapped("resource_calendar_id.tz")
            counts = []
            for some in (companies, self.company, companies):
                some.invalidate_recordset(["outplacement_holiday_ids"])
                before = self.env.cr.sql_log_count
                some.mapped("outplacement_holiday_ids")
                counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(counts[1:], [1, 1])
            self.assertEqual(self.company.outplacement_holiday_ids, leave)
            self.assertFalse(other.outplacement_holiday_ids)

    def _pause_until(self, traject, date_from, resumed):
        """Pause without knowing until when, and resume; return what was shown first."""
        with freeze_time(date_from):
            wizard = (
                self.env["outplacement.traject.pause"]
                .with_user(self.planner)
                .create({"traject_id": traject.id, "date_from": date_from})
            )
            wizard.action_confirm()
            self.env.flush_all()
        with freeze_time(resumed):
            self.env["outplacement.instalment"]._update_due()
            states = traject.instalment_ids.mapped("state")
            traject.with_user(self.planner)._resume(date.fromisoformat(resumed))
            self.env.flush_all()
        return states

    def test_a_pause_moves_what_waits(self):
        order = self._sell_privately(date_start="2026-01-06")
        traject = order.outplacement_traject_ids
        states = self._pause_until(traject, "2026-01-12", "2026-02-12")
        self.assertEqual(states, ["planned"])
        self.assertEqual(self._get_days(traject.instalment_ids), ["2026-02-20"])

    def test_a_pause_before_the_sale_does_not(self):
        """Nor one that moved the planned day already."""
        order = self._sell_privately(date_start="2026-01-06")
        traject = order.outplacement_traject_ids
        self._pause_until(traject, "2026-02-10", "2026-02-20")
        self.assertEqual(self._get_days(traject.instalment_ids), ["2026-01-20"])
        with freeze_time("2026-05-01"):
            second = self._sell(
                {
                    "product_id": self.advice.id,
                    "outplacement_for_traject_id": traject.id,
                    "outplacement_line_kind": "payer",
                },
                partner=self.env["res.partner"].create({"name": "Other Person"}),
                today="2026-05-01",
            )
        self.assertEqual(self._get_days(self._get_instalments(second)), ["2026-05-16"])


@tagged("post_install", "-at_install")
class TestPurchaseOrderSides(BillingCommon):
    """Each payer of a traject has a purchase order reference of their own."""

    def test_reference_of_ones_own_order(self):
        order = self._sell(client_order_ref="PO-1")
        other = self._quote(self.workshop, client_order_ref="PO-2").with_env(self.env)
        traject = order.outplacement_traject_ids
        second = self.env["outplacement.instalment"].create(
            {
                "traject_id": traject.id,
                "sale_line_id": other.order_line.id,
                "number": 1,
                "total_number": 1,
                "amount": 300.0,
            }
        )
        first = self._get_instalments(order)[0]
        self.assertEqual(first.purchase_order_ref, "PO-1")
        self.assertEqual(second.purchase_order_ref, "PO-2")
        traject.purchase_order_ref = "PO-1b"
        other.client_order_ref = "PO-2b"
        self.assertEqual(first.purchase_order_ref, "PO-1b")
        self.assertEqual(second.purchase_order_ref, "PO-2b")
