from odoo.tests import freeze_time, tagged

from .common_life import LifeCommon

# Half past midnight on 21 May, where the company is.
NIGHT = "2026-05-20 22:30:00"
# And half past midnight on 6 January, in winter.
WINTER_NIGHT = "2026-01-05 23:30:00"


@tagged("post_install", "-at_install")
class TestBillingClock(LifeCommon):
    """The day of what is billed is the company's, wherever the user is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        users = cls.planner | cls.manager | cls.finance | cls.account_manager
        users.tz = False

    def _get_default(self, model, order, user=None, name="date"):
        traject = order.outplacement_traject_ids
        Wizard = self.env[model].with_user(user or self.planner)
        Wizard = Wizard.with_context(default_traject_id=traject.id, tz=False)
        return str(Wizard.create({"traject_id": traject.id})[name])

    @freeze_time(NIGHT)
    def test_wizards_propose_it(self):
        order = self._sell_package()
        for model, user in (
            ("outplacement.traject.close", self.planner),
            ("outplacement.traject.job.lost", self.planner),
            ("outplacement.traject.what.if", self.finance),
        ):
            with self.subTest(model=model):
                day = self._get_default(model, order, user)
                self.assertEqual(day, "2026-05-21")
        package = self.env["outplacement.traject.package"].with_user(self.manager)
        self.assertEqual(str(package.default_get(["date"])["date"]), "2026-05-21")
        waiting = self._sell()
        day = self._get_default(
            "outplacement.traject.activate", waiting, name="date_start"
        )
        self.assertEqual(day, "2026-05-21")

    def test_clock_of_the_company_of_the_traject(self):
        order = self._sell_package()
        self.company.resource_calendar_id.tz = "America/New_York"
        with freeze_time("2026-05-21 02:00:00"):
            day = self._get_default("outplacement.traject.close", order)
        self.assertEqual(day, "2026-05-20")

    def test_placed_today(self):
        """Today is no day to come."""
        order = self._sell_package()
        with freeze_time(NIGHT):
            wizard = self._open(
                order.outplacement_traject_ids,
                "aftercare",
                "2026-05-21",
                outcome="placed",
            ).with_context(tz=False)
            wizard.action_confirm()
        self.assertEqual(
            str(order.outplacement_traject_ids.date_placement), "2026-05-21"
        )

    def test_job_lost_today(self):
        order = self._sell_package(outplacement_probation_months=2)
        self._place(order, "2026-05-01")
        traject = order.outplacement_traject_ids.with_context(tz=False)
        with freeze_time(NIGHT):
            self.assertFalse(traject._get_job_lost_refusal(self._day("2026-05-21")))
            self.assertRegex(
                traject._get_job_lost_refusal(self._day("2026-05-22")), "future"
            )

    def _day(self, text):
        return self.env["outplacement.traject"]._fields["date_start"].to_date(text)

    def test_order_cancelled_today(self):
        order = self._sell(today="2026-01-05 12:00")
        with freeze_time(WINTER_NIGHT):
            mine = order.with_user(self.account_manager).with_context(tz=False)
            mine._action_cancel()
        self.assertEqual(str(order.outplacement_traject_ids.date_closed), "2026-01-06")

    def test_closed_today(self):
        order = self._sell_package()
        with freeze_time(NIGHT):
            traject = order.outplacement_traject_ids.with_user(self.planner)
            traject.with_context(tz=False)._set_state("closed", outcome="stopped")
        self.assertEqual(str(traject.date_closed), "2026-05-21")

    def test_closed_today_by_each_company(self):
        """Of several at once, each at its own."""
        here = self._sell_package().outplacement_traject_ids
        company = self.env["res.company"].create({"name": "Bureau in New York"})
        company.resource_calendar_id.tz = "America/New_York"
        there = here.create(
            {"type_id": here.type_id.id, "company_id": company.id, "state": "active"}
        )
        with freeze_time("2026-05-21 02:00:00"):
            (here + there)._set_state("closed", outcome="stopped")
        self.assertEqual(str(here.date_closed), "2026-05-21")
        self.assertEqual(str(there.date_closed), "2026-05-20")

    def test_revenue(self):
        """At the end of the month, half past midnight on the first."""
        with freeze_time("2026-05-31 22:30:00"):
            Wizard = self.env["outplacement.revenue.at.date"].with_context(tz=False)
            wizard = Wizard.with_user(self.finance).create({})
            self.assertEqual(str(wizard.date), "2026-05-31")
            Report = self.env["outplacement.revenue.report"].with_context(tz=False)
            self.assertEqual(str(Report._get_as_of()), "2026-06-01")
