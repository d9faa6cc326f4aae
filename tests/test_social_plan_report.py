from odoo.tests import freeze_time, tagged

from .common_cockpit import LOOKED, CockpitCommon

# By hand: what finance is not told of a person.
CLOSED = {"choice", "date_choice"}


@tagged("post_install", "-at_install")
@freeze_time(LOOKED)
class TestSocialPlanReport(CockpitCommon):
    """Counting and adding up the people under social plans: who may, and whether it
    is what the plan says."""

    def _sum(self, names, domain=(), user=None, by=()):
        """Return the sums of ``names``, as the user reads them."""
        self.env.flush_all()
        Report = self.env["outplacement.social.plan.report"]
        Report = Report.with_user(user or self.account_manager).sudo(False)
        rows = Report._read_group(
            [("plan_id", "=", self.plan.id), *domain],
            by,
            [f"{name}:sum" for name in names],
        )
        return rows if by else rows[0]

    def test_as_the_plan_says(self):
        names = ("heads", "heads_used", "amount", "amount_owed", "amount_invoiced")
        self.assertEqual(self._sum(names), (15, 5, 15975.0, 15975.0, 0.0))
        self.assertEqual(self.plan.heads_entitled, 15)
        self.assertEqual((self.plan.heads_used, self.plan.amount_used), (5, 15975.0))

    def test_by_choice_and_state(self):
        self.assertEqual(
            dict(self._sum(("heads",), by=("choice",))),
            {"undecided": 7, "outplacement": 6, "money": 1, "none": 1},
        )
        self.assertEqual(
            dict(self._sum(("heads",), by=("state",))),
            {"draft": 0, "entitled": 10, "called_off": 5, "released": 0},
        )

    def test_invoiced_less_credited(self):
        self.env["outplacement.instalment"]._update_due()
        invoice = self._invoice(self.called.order_line_id.order_id, "2026-01-06")
        [invoiced] = self._sum(("amount_invoiced",))
        # half of five: the sixth had withdrawn
        self.assertEqual(invoiced, 5 * 1597.5)
        self._credit(invoice, "2026-01-07")
        self.assertEqual(self._sum(("amount_invoiced",)), (0.0,))

    def test_schooling_counts(self):
        school = self._create_product(
            name="School", type="service", invoice_policy="order", list_price=500.0
        )
        plan = self._make_social_plan(
            spending_ids=[(0, 0, {"product_id": school.id})], date_from="2026-01-01"
        )
        person = self._entitle(plan)
        mine = person.with_user(self.account_manager).sudo(False)
        mine._spend(plan.spending_ids.with_env(mine.env), 450.0)
        self.plan = plan
        self.assertEqual(self._sum(("amount_owed", "amount")), (450.0, 0.0))

    def test_who_reads_what(self):
        for user in (self.planner, self.manager, self.finance, self.deputy_seller):
            with self.subTest(user=user.login):
                self.assertEqual(self._sum(("heads",), user=user), (15,))
        other = self._make_social_plan(user=self.deputy_seller)
        self._entitle(other)
        self.plan = other
        self.assertEqual(self._sum(("heads",), user=self.deputy_seller), (1,))
        self.assertEqual(self._sum(("heads",)), (False,))
        for user in (self.coach, self.salesman):
            with self.subTest(user=user.login), self.assertDenied():
                self._sum(("heads",), user=user)

    def test_finance_reads_no_choice(self):
        Report = self.env["outplacement.social.plan.report"].with_user(self.finance)
        Report = Report.sudo(False)
        self.assertEqual(set(Report.sudo()._fields) - set(Report.fields_get()), CLOSED)
        for name in CLOSED:
            with self.subTest(field=name):
                with self.assertDenied():
                    self._sum(("heads",), user=self.finance, by=(name,))
                with self.assertDenied():
                    Report.search([(name, "!=", False)])
        for kind in ("pivot", "graph", "list", "search"):
            arch = Report.get_view(view_type=kind)["arch"]
            self.assertNotIn("choice", arch)

    def test_nobody_by_name(self):
        """No field leads to a person."""
        people = self.plan.entitlement_ids
        personal = {
            *people.candidate_id.mapped("name"),
            *people.candidate_id.mapped("email"),
            *people.mapped("personnel_number"),
        }
        Report = self.env["outplacement.social.plan.report"]
        rows = Report.search([("plan_id", "=", self.plan.id)]).read()
        self.assertEqual(len(rows), 17)
        self.assertFalse([text for text in personal if text in str(rows)])

    def test_nobody_writes(self):
        Report = self.env["outplacement.social.plan.report"].with_user(self.manager)
        row = Report.sudo(False).search([("plan_id", "=", self.plan.id)], limit=1)
        for change in (lambda: row.write({"name": "x"}), row.unlink):
            with self.assertDenied():
                change()
