from datetime import date, datetime

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common_life import LifeCommon


@tagged("post_install", "-at_install")
class TestInstalmentTrigger(LifeCommon):
    """What makes instalments fall due besides months after the start (R5)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan_sessions = cls._make_plan(
            {"share": 20, "trigger": "confirmation"},
            {"share": 60, "trigger": "session"},
            {"share": 20, "trigger": "closing"},
            name="Sessions",
        )
        cls.sessions_package = cls._make_package(
            1000.0, cls.plan_sessions, outplacement_session_count=4
        )

    def _make_session(self, traject, start, state="held", **values):
        """Return a session of ``traject`` recorded by its coach."""
        session = self.env["outplacement.session"].create(
            {
                "traject_id": traject.id,
                "coach_id": self.coach.id,
                "start": start,
                **values,
            }
        )
        session.with_user(self.coach)._set_state(state)
        return session

    def _get_rows(self, order, *names):
        return [
            tuple(instalment[name] for name in names)
            for instalment in self._get_instalments(order)
        ]

    # ------------------------------------------------------------------
    # How they come about
    # ------------------------------------------------------------------

    def test_one_by_one(self):
        """In the order of their triggers, each with its rank."""
        order = self._sell(self.sessions_package)
        self.assertEqual(
            self._get_rows(order, "number", "trigger", "rank", "amount"),
            [
                (1, "confirmation", 1, 200.0),
                (2, "session", 1, 150.0),
                (3, "session", 2, 150.0),
                (4, "session", 3, 150.0),
                (5, "session", 4, 150.0),
                (6, "closing", 1, 200.0),
            ],
        )

    def test_preview_on_the_order(self):
        order = self._quote(self.sessions_package)
        text = order.order_line.outplacement_plan_preview.replace("\xa0", " ")
        self.assertRegex(
            text,
            r"^1 × \D*200.00\D* at confirmation \+ 4 × \D*150.00\D* per session \+ "
            r"1 × \D*200.00\D* at closing$",
        )

    def test_amounts_and_the_rest(self):
        """The last of the rest takes what rounding leaves."""
        plan = self._make_plan(
            {"share_type": "amount", "amount": 500, "trigger": "confirmation"},
            {"share": 10, "repeat_count": 2},
            {"share_type": "rest", "repeat_count": 3, "months_after_start": 2},
            {"share_type": "amount", "amount": 250.5, "trigger": "placement"},
        )
        order = self._sell(self._make_package(1995.01, plan))
        self.assertEqual(
            self._get_rows(order, "trigger", "months_after_start", "amount"),
            [
                ("confirmation", 0, 500.0),
                ("start", 0, 99.75),
                ("start", 1, 99.75),
                ("start", 2, 348.34),
                ("start", 3, 348.34),
                ("start", 4, 348.33),
                ("placement", 0, 250.5),
            ],
        )

    def test_price_lower_than_the_amounts(self):
        plan = self._make_plan(
            {"share_type": "amount", "amount": 900},
            {"share_type": "rest", "trigger": "placement"},
            name="Nine hundred",
        )
        package = self._make_package(850.0, plan)
        order = self._quote(package)
        with self.assertRefused(r"“Nine hundred” bills \D*50.00\D* more"):
            order.action_confirm()
        order.order_line.price_unit = 900.0
        order.action_confirm()
        self.assertEqual(self._get_rows(order, "amount"), [(900.0,), (0.0,)])
        with self.assertRefused(r"bills \D*0.01\D* more"):
            order.order_line.price_unit = 899.99
        with self.assertRefused(r"bills \D*50.00\D* more"):
            order.order_line = [Command.create({"product_id": package.id})]

    def test_units_cost_what_the_line_costs(self):
        order = self._sell(
            {"product_id": self.sessions_package.id, "product_uom_qty": 3},
        )
        order.order_line.price_unit = 333.335
        amounts = self._get_instalments(order).mapped("amount")
        self.assertEqual(self.eur.round(sum(amounts)), 1000.01)

    def test_sessions_of_the_package_change(self):
        """As long as nothing is invoiced, the price is spread anew."""
        order = self._sell(self.sessions_package)
        traject = order.outplacement_traject_ids.with_user(self.planner)
        traject.planned_session_count = 3
        self.assertEqual(
            self._get_rows(order, "amount"),
            [(200.0,), (200.0,), (200.0,), (200.0,), (200.0,)],
        )
        monthly = self._sell(self.package)
        before = self._get_instalments(monthly)
        monthly.outplacement_traject_ids.planned_session_count = 3
        self.assertEqual(self._get_instalments(monthly), before)

    def test_no_sessions_to_bill(self):
        package = self._make_package(1000.0, self.plan_sessions)
        package.outplacement_session_count = 0
        package.outplacement_type_id = self.traject_type.copy({"session_count": 0})
        with self.assertRefused("includes no sessions, and the invoice plan"):
            self._quote(package).action_confirm()

    # ------------------------------------------------------------------
    # Confirmation
    # ------------------------------------------------------------------

    def test_confirmation_waits_for_no_start(self):
        order = self._sell(self.sessions_package)
        first = self._get_instalments(order)[0]
        self.assertEqual(first.state, "due")
        self.assertEqual(first.date, date(2026, 1, 5))
        self.assertFalse(first.period_start)
        invoice = self._invoice(order, "2026-01-05")
        self.assertAmounts(invoice, (200.0, 42.0, 242.0))
        name = invoice.invoice_line_ids.name
        self.assertRegex(name, r"\nTR/2026/\d+, instalment 1 of 6$")
        self._start(order.outplacement_traject_ids, "2026-02-01")
        self.assertEqual(first.date, date(2026, 1, 5))
        self.assertEqual(first.period_start, date(2026, 2, 1))
        self.assertEqual(first.period_end, date(2027, 1, 31))
        self.assertEqual(invoice.invoice_line_ids.name, name)

    def test_confirmation_on_the_day_of_the_company(self):
        order = self._sell(self.sessions_package, today="2026-01-05 23:30:00")
        self.assertEqual(self._get_instalments(order)[0].date, date(2026, 1, 6))

    def test_confirmation_by_cron(self):
        """One that became due at night is found, though its traject did not start."""
        order = self._sell(self.sessions_package)
        first = self._get_instalments(order)[0]
        with freeze_time("2026-01-05"):
            first.date_agreed = "2026-01-20"
        self.assertEqual(first.state, "planned")
        with freeze_time("2026-01-20"):
            self.env["outplacement.instalment"]._update_due()
            self.assertEqual(first.state, "due")

    def test_confirmation_is_the_first_part_of_the_term(self):
        plan = self._make_plan(
            {"share": 50, "trigger": "confirmation"},
            {"share": 50, "months_after_start": 6},
        )
        order = self._sell_and_start(
            self._make_package(1000.0, plan), date_start="2026-02-01"
        )
        self.assertEqual(
            self._get_rows(order, "period_start", "period_end"),
            [
                (date(2026, 2, 1), date(2026, 7, 31)),
                (date(2026, 8, 1), date(2027, 1, 31)),
            ],
        )
        periods = {i._get_earning_period() for i in self._get_instalments(order)}
        self.assertEqual(len(periods), 2, "both pay for their own months")

    # ------------------------------------------------------------------
    # Sessions
    # ------------------------------------------------------------------

    def test_sessions_in_arrears(self):
        """At the end of the month of the session, whatever order they are recorded in;
        what does not count is not billed."""
        order = self._sell_and_start(self.sessions_package, date_start="2026-01-05")
        traject = order.outplacement_traject_ids
        with freeze_time("2026-03-02"):
            self._make_session(traject, datetime(2026, 2, 10, 9))
            self._make_session(traject, datetime(2026, 1, 20, 9))
            self._make_session(traject, datetime(2026, 1, 21, 9), "cancelled")
            self._make_session(traject, datetime(2026, 1, 22, 9), kind="intake")
            self.env.flush_all()
        self.assertEqual(
            self._get_rows(order, "date", "period_start", "period_end")[1:4],
            [
                (date(2026, 1, 31), date(2026, 1, 1), date(2026, 1, 31)),
                (date(2026, 2, 28), date(2026, 2, 1), date(2026, 2, 28)),
                (False, False, False),
            ],
        )
        invoice = self._invoice(order, "2026-02-28")
        self.assertAmounts(invoice, (500.0, 105.0, 605.0))
        names = invoice.invoice_line_ids.mapped("name")
        self.assertRegex(names[1], "instalment 2 of 6\nSession in January 2026$")

    def test_month_of_a_session_in_the_language_of_the_payer(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.employer.lang = "nl_NL"
        order = self._sell_and_start(self.sessions_package, date_start="2026-01-05")
        with freeze_time("2026-03-02"):
            self._make_session(order.outplacement_traject_ids, datetime(2026, 1, 20, 9))
            self.env.flush_all()
        invoice = self._invoice(order, "2026-03-02")
        line = invoice.invoice_line_ids.filtered(
            lambda line: line.outplacement_instalment_id.trigger == "session"
        )
        self.assertIn("januari 2026", line.name)

    def test_no_day_of_a_session(self):
        """Finance and the account manager know the month, nowhere the day."""
        order = self._sell_and_start(self.sessions_package, date_start="2026-01-05")
        with freeze_time("2026-03-02"):
            self._make_session(order.outplacement_traject_ids, datetime(2026, 1, 20, 9))
            self.env.flush_all()
        invoice = self._invoice(order, "2026-03-02")
        instalment = self._get_instalments(order)[1]
        line = instalment.invoice_line_ids
        month = (date(2026, 1, 1), date(2026, 1, 31))
        self.assertEqual(instalment._get_earning_period(), month)
        self.assertEqual(
            (line.outplacement_earned_from, line.outplacement_earned_until), month
        )
        for user in self.finance, self.account_manager:
            for record in instalment, line, invoice:
                values = record.with_user(user).sudo().read()[0].values()
                self.assertNotIn(date(2026, 1, 20), values)
                self.assertNotRegex(" ".join(map(str, values)), "01/20/2026")

    def test_session_recorded_late(self):
        """An earlier session that is recorded later goes to what is not invoiced."""
        order = self._sell_and_start(self.sessions_package, date_start="2026-01-05")
        traject = order.outplacement_traject_ids
        with freeze_time("2026-03-02"):
            self._make_session(traject, datetime(2026, 2, 10, 9))
        self._invoice(order, "2026-03-02")
        with freeze_time("2026-03-02"):
            self._make_session(traject, datetime(2026, 1, 20, 9))
            self.env.flush_all()
        dates = [row[0] for row in self._get_rows(order, "date")][1:3]
        self.assertEqual(dates, [date(2026, 2, 28), date(2026, 1, 31)])

    def test_session_of_the_same_month_recorded_late(self):
        """Each session on one invoice: what that carries is known by its month."""
        order = self._sell_and_start(self.sessions_package, date_start="2026-01-05")
        traject = order.outplacement_traject_ids
        with freeze_time("2026-04-02"):
            self._make_session(traject, datetime(2026, 3, 10, 9))
        self._invoice(order, "2026-04-02")
        with freeze_time("2026-04-20"):
            self._make_session(traject, datetime(2026, 3, 2, 9))
            self._make_session(traject, datetime(2026, 4, 2, 9))
            self.env.flush_all()
        self.assertEqual(
            self._get_rows(order, "date", "period_start")[1:5],
            [
                (date(2026, 3, 31), date(2026, 3, 1)),
                (date(2026, 3, 31), date(2026, 3, 1)),
                (date(2026, 4, 30), date(2026, 4, 1)),
                (False, False),
            ],
        )

    def test_session_corrected_after_its_invoice(self):
        """A session that was recorded on a wrong day is billed once."""
        order = self._sell_and_start(self.sessions_package, date_start="2026-01-05")
        traject = order.outplacement_traject_ids
        with freeze_time("2026-03-02"):
            session = self._make_session(traject, datetime(2026, 1, 31, 9))
        self._invoice(order, "2026-03-02")
        with freeze_time("2026-03-02"):
            session.with_user(self.coach).action_reset()
            session.with_user(self.coach).start = datetime(2026, 2, 1, 9)
            session.with_user(self.coach).action_hold()
            self.env.flush_all()
        self.assertFalse(self._get_instalments(order)[2].date)

    def test_session_of_a_released_instalment(self):
        """Credited and released, it bills the session again, and no other one."""
        order = self._sell_and_start(self.sessions_package, date_start="2026-01-05")
        traject = order.outplacement_traject_ids
        with freeze_time("2026-03-02"):
            self._make_session(traject, datetime(2026, 1, 20, 9))
            self._make_session(traject, datetime(2026, 2, 20, 9))
        invoice = self._invoice(order, "2026-01-31")
        self._credit(invoice, "2026-02-02")
        with freeze_time("2026-03-02"):
            second, third = self._get_instalments(order)[1:3]
            self.assertEqual(str(third.date), "2026-02-28")
            second.with_user(self.finance).action_release()
            self.env.flush_all()
        self.assertEqual(str(second.date), "2026-01-31")
        self.assertEqual(str(third.date), "2026-02-28")

    def test_month_end_is_the_company_s(self):
        """Half past midnight on the first of the month, here: an instalment of that
        month, also in the night that the clock changes."""
        order = self._sell_and_start(self.sessions_package, date_start="2026-01-05")
        traject = order.outplacement_traject_ids
        for start, day in (
            (datetime(2026, 1, 31, 23, 30), date(2026, 2, 28)),
            (datetime(2026, 3, 31, 21, 30), date(2026, 3, 31)),
            (datetime(2026, 3, 31, 22, 30), date(2026, 4, 30)),
        ):
            with self.subTest(start=start), freeze_time("2026-06-01"):
                session = self._make_session(traject, start)
                second = self._get_instalments(order)[1]
                self.assertEqual(second.date, day)
                session.with_user(self.coach)._set_state("planned")
                self.assertFalse(second.date)

    def test_no_show(self):
        order = self._sell_and_start(self.sessions_package, date_start="2026-01-05")
        traject = order.outplacement_traject_ids
        second = self._get_instalments(order)[1]
        with freeze_time("2026-03-02"):
            self._make_session(traject, datetime(2026, 1, 20, 9), "no_show")
            self.assertEqual(second.date, date(2026, 1, 31))

    def test_no_show_by_the_setting_of_then(self):
        """Turning the setting off or on changes nothing of what was recorded."""
        order = self._sell_and_start(self.sessions_package, date_start="2026-01-05")
        traject = order.outplacement_traject_ids
        dates = self._get_instalments(order)[1:4]
        with freeze_time("2026-03-02"):
            billed = self._make_session(traject, datetime(2026, 1, 20, 9), "no_show")
            self.company.outplacement_bill_no_show = False
            free = self._make_session(traject, datetime(2026, 2, 2, 9), "no_show")
            self.assertEqual(dates.mapped("date"), [date(2026, 1, 31), False, False])
            self.company.outplacement_bill_no_show = True
            self.env.invalidate_all()
            free.with_user(self.coach).action_no_show()
            self.assertEqual([billed.is_billed, free.is_billed], [True, False])
            self.assertEqual(dates.mapped("date"), [date(2026, 1, 31), False, False])
            free.with_user(self.coach).action_reset()
            free.with_user(self.coach).action_no_show()
            self.assertEqual(dates[1].date, date(2026, 2, 28))

    def test_is_billed_is_nobody_s_to_write(self):
        order = self._sell_and_start(self.sessions_package, date_start="2026-01-05")
        with freeze_time("2026-03-02"):
            session = self._make_session(
                order.outplacement_traject_ids, datetime(2026, 1, 20, 9)
            )
        with self.assertDenied():
            session.with_user(self.coach).is_billed = False

    def test_an_agreed_date_waits_for_what_happens(self):
        order = self._sell_and_start(self.sessions_package, date_start="2026-01-05")
        success = self._sell_and_start(
            self._make_package(9950.0, self.plan_success), date_start="2026-02-09"
        )
        waiting = self._get_instalments(order)[1] | self._get_instalments(order)[-1]
        waiting |= self._get_instalments(success)[1]
        waiting.with_user(self.finance).write({"date_agreed": "2026-02-10"})
        with freeze_time("2026-03-02"):
            self.env["outplacement.instalment"]._update_due()
            self.assertEqual(waiting.mapped("date"), [False] * 3)
            self.assertEqual(set(waiting.mapped("state")), {"planned"})
            self._make_session(order.outplacement_traject_ids, datetime(2026, 3, 1, 9))
            self.assertEqual(str(waiting[0].date), "2026-02-10")
            self.assertEqual(waiting[0].state, "due")

    def test_more_sessions_than_the_package_has(self):
        order = self._sell_and_start(self.sessions_package, date_start="2026-01-05")
        traject = order.outplacement_traject_ids
        with freeze_time("2026-06-01"):
            for day in range(1, 7):
                self._make_session(traject, datetime(2026, 2, day, 9))
            self.env.flush_all()
            self.env["outplacement.instalment"]._update_due()
        states = [row[0] for row in self._get_rows(order, "state")]
        self.assertEqual(states, ["due"] * 5 + ["planned"])

    def _extend(self, traject, package):
        """Have the account manager sell an extension, and return its instalments."""
        former = traject.instalment_ids
        wizard = (
            self.env["outplacement.traject.extend"]
            .with_user(self.account_manager)
            .create({"traject_id": traject.id, "product_id": package.id})
        )
        wizard.action_confirm()
        return (traject.instalment_ids - former).sorted("number")

    def test_sessions_of_two_extensions(self):
        """The second counts on from the first: no session dates instalments of both."""
        plan = self._make_plan({"share": 100, "trigger": "session"})
        package, extra = (
            self._make_package(
                600.0, plan, outplacement_session_count=2, outplacement_months=months
            )
            for months in (6, 1)
        )
        order = self._sell_and_start(package, date_start="2026-01-05")
        traject = order.outplacement_traject_ids
        with freeze_time("2026-12-01"):
            for month in (2, 3, 4):
                self._make_session(traject, datetime(2026, month, 10, 9))
            first = self._extend(traject, extra)
            # what was sold stays what it is
            extra.outplacement_session_count = 3
            second = self._extend(traject, extra)
            self.assertEqual(first.mapped("rank"), [3, 4])
            self.assertEqual(second.mapped("rank"), [5, 6, 7])
            april = date(2026, 4, 30)
            self.assertEqual(first.mapped("date"), [april, False])
            self.assertEqual(second.mapped("date"), [False] * 3)
            for month in (5, 6):
                self._make_session(traject, datetime(2026, month, 10, 9))
            may, june = date(2026, 5, 31), date(2026, 6, 30)
            self.assertEqual(first.mapped("date"), [april, may])
            self.assertEqual(second.mapped("date"), [june, False, False])

    def test_sessions_of_two_extensions_in_one_order(self):
        """Also where both are confirmed at once, and the first is paid by month."""
        order = self._sell_and_start(self.sessions_package, date_start="2026-01-05")
        traject = order.outplacement_traject_ids
        plan = self._make_plan({"share": 100, "trigger": "session"})
        lines = [
            {
                "product_id": self._make_package(
                    600.0,
                    plan,
                    outplacement_session_count=count,
                    outplacement_months=1,
                ).id,
                "outplacement_for_traject_id": traject.id,
                "outplacement_line_kind": "extension",
            }
            for plan, count in ((plan, 1), (self.plan_monthly, 2), (plan, 2))
        ]
        ranks = [
            line.outplacement_instalment_ids.mapped("rank")
            for line in self._sell(*lines).order_line
        ]
        self.assertEqual(ranks, [[5], [1], [8, 9]])

    # ------------------------------------------------------------------
    # Placement and closing
    # ------------------------------------------------------------------

    def test_success_fee(self):
        """9,950.00: 35% at the start, 65% at placement (worked example)."""
        order = self._sell_and_start(
            self._make_package(9950.0, self.plan_success), date_start="2026-02-09"
        )
        first = self._invoice(order, "2026-02-09")
        self.assertAmounts(first, (3482.5, 731.33, 4213.83))
        self.assertEqual(
            self._get_rows(order, "period_start", "period_end"),
            [(date(2026, 2, 9), date(2027, 2, 8)), (False, False)],
        )
        with freeze_time("2026-12-01"):
            self.env["outplacement.instalment"]._update_due()
        self.assertEqual(self._get_rows(order, "state")[1], ("planned",))
        self.assertFalse(self._get_instalments(order)[1].date)
        self._place(order, "2026-06-15")
        second = self._invoice(order, "2026-06-15")
        self.assertAmounts(second, (6467.5, 1358.18, 7825.68))
        self.assertRegex(
            second.invoice_line_ids.name,
            "instalment 2 of 2\nSuccess fee: placed on 06/15/2026$",
        )
        instalment = self._get_instalments(order)[1]
        day = date(2026, 6, 15)
        self.assertEqual(instalment._get_earning_period(), (day, day))
        self.assertEqual(order.invoice_status, "invoiced")

    def test_no_placement(self):
        """Closed without one, the success fee lapses."""
        order = self._sell_and_start(
            self._make_package(9950.0, self.plan_success), date_start="2026-02-09"
        )
        self._end(order, "closed", "2026-10-01", outcome="term_ended")
        self.assertEqual(self._get_rows(order, "state"), [("due",), ("lapsed",)])

    def test_closing(self):
        """The last one is due, and what had no session any more lapses."""
        order = self._sell_and_start(self.sessions_package, date_start="2026-01-05")
        with freeze_time("2026-02-01"):
            self._make_session(order.outplacement_traject_ids, datetime(2026, 1, 20, 9))
        self._end(order, "closed", "2026-03-10", outcome="stopped")
        self.assertEqual(
            self._get_rows(order, "trigger", "state", "date"),
            [
                ("confirmation", "due", date(2026, 1, 5)),
                ("session", "due", date(2026, 1, 31)),
                *[("session", "lapsed", False)] * 3,
                ("closing", "due", date(2026, 3, 10)),
            ],
        )
        invoice = self._invoice(order, "2026-03-10")
        self.assertAmounts(invoice, (550.0, 115.5, 665.5))
        self.assertEqual(
            invoice.invoice_line_ids[-1].name.split("\n")[-1],
            "Traject closed on 03/10/2026",
        )
        self.assertEqual(order.invoice_status, "invoiced")

    # ------------------------------------------------------------------
    # As it might be
    # ------------------------------------------------------------------

    def test_terms_with_other_facts(self):
        """Asking changes nothing, whoever asks."""
        order = self._sell_and_start(
            self._make_package(9950.0, self.plan_success), date_start="2024-02-29"
        )
        traject = order.outplacement_traject_ids
        before = self._get_rows(order, "date", "period_start", "period_end")
        for user in (self.coach, self.planner, self.finance, self.account_manager):
            with self.subTest(user=user.name):
                mine = traject.with_user(user)
                facts = mine._get_billing_facts(date_placement=date(2026, 5, 1))
                terms = [
                    instalment.with_user(user)._get_terms(facts)
                    for instalment in self._get_instalments(order)
                ]
                self.assertEqual(
                    [(t.date, t.period_end) for t in terms],
                    [
                        (date(2024, 2, 29), date(2025, 2, 27)),
                        (date(2026, 5, 1), date(2026, 5, 1)),
                    ],
                )
        self.assertEqual(
            self._get_rows(order, "date", "period_start", "period_end"), before
        )
        self.assertFalse(traject.date_placement)


@tagged("post_install", "-at_install")
class TestInvoicePlanTrigger(LifeCommon):
    """Plans with amounts, a rest and triggers: what is refused when saved."""

    def _refuse(self, regex, *lines):
        with self.assertRefused(regex, ValidationError):
            self._make_plan(*lines, name="Wrong")

    def test_amounts_need_a_rest(self):
        self._refuse(
            "“Wrong” bills amounts, so it needs a line for the rest",
            {"share": 100},
            {"share_type": "amount", "amount": 10},
        )

    def test_one_rest(self):
        rest = {"share_type": "rest"}
        self._refuse("“Wrong” bills the rest twice", rest, rest)

    def test_shares_leave_a_rest(self):
        self._refuse(
            r"add up to 100%: that leaves no rest",
            {"share": 100},
            {"share_type": "rest"},
        )

    def test_shares_with_triggers_add_up(self):
        self._refuse(
            r"add up to 95%: 5% is missing",
            {"share": 35},
            {"share": 60, "trigger": "placement"},
        )

    def test_one_line_a_session(self):
        session = {"share": 50, "trigger": "session"}
        self._refuse("“Wrong” bills per session twice", session, session)

    def test_figures_that_do_not_count_are_not_kept(self):
        plan = self._make_plan(
            {"share": 40, "trigger": "confirmation"}, {"share_type": "rest"}
        )
        plan.line_ids = [
            Command.update(plan.line_ids[0].id, {"share_type": "amount", "amount": 99})
        ]
        self.assertEqual(plan.line_ids.mapped("share"), [0, 0])
        self.assertEqual(plan.line_ids.mapped("amount"), [99, 0])

    def test_a_line_alone_is_held_to_the_plan(self):
        plan = self._make_plan({"share": 40}, {"share_type": "rest"})
        with self.assertRefused("40%: 60% is missing", ValidationError):
            plan.line_ids[1].write({"share_type": "percent", "share": 0})
        with self.assertRefused("needs a line for the rest", ValidationError):
            plan.line_ids[1].write({"share_type": "amount", "amount": 10})
