from odoo.tests import Form, freeze_time, tagged

from .common_billing import TODAY
from .common_plan import PlanCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestSocialPlanOpportunity(PlanCommon):
    """A social plan and the opportunity that it was won by."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls._make_lead()

    @classmethod
    def _make_lead(cls, user=None, **values):
        person = cls.env["res.partner"].create(
            {"name": "Hanna HR", "parent_id": cls.employer.id}
        )
        return cls.env["crm.lead"].create(
            {
                "name": "Reorganisation of the depot",
                "type": "opportunity",
                "partner_id": person.id,
                "user_id": (user or cls.account_manager).id,
                "company_id": cls.company.id,
                "expected_revenue": 1000.0,
                **values,
            }
        )

    def _as_seller(self, record, user=None):
        return record.with_user(user or self.account_manager).sudo(False)

    def test_new_plan(self):
        """The plan takes over customer, salesperson and title."""
        lead = self._as_seller(self.lead)
        action = lead.action_new_outplacement_social_plan()
        Plan = self._as_seller(self.env["outplacement.social.plan"])
        form = Form(Plan.with_context(**action["context"]))
        plan = form.save()
        self.assertRecordValues(
            plan,
            [
                {
                    "opportunity_id": lead.id,
                    "employer_id": self.employer.id,
                    "title": "Reorganisation of the depot",
                    "account_manager_id": self.account_manager.id,
                    "company_id": self.company.id,
                }
            ],
        )
        self.assertEqual(lead.outplacement_social_plan_count, 1)
        action = lead.action_view_outplacement_social_plans()
        self.assertEqual(action["res_id"], plan.id)
        action = plan.action_view_opportunity()
        self.assertEqual((action["res_model"], action["res_id"]), ("crm.lead", lead.id))
        self.assertEqual(lead.expected_revenue, 1000.0)

    def test_a_private_customer_is_no_employer(self):
        lead = self._as_seller(self._make_lead(partner_id=self.person.id))
        context = lead.action_new_outplacement_social_plan()["context"]
        self.assertNotIn("default_employer_id", context)

    def test_a_salesperson_who_is_no_account_manager(self):
        lead = self._make_lead(self.salesman)
        context = self._as_seller(
            lead, self.salesman
        )._prepare_outplacement_social_plan_context()
        self.assertNotIn("default_account_manager_id", context)
        with self.assertDenied():
            self._as_seller(lead, self.salesman).action_new_outplacement_social_plan()

    def test_what_is_called_off(self):
        """Orders and trajects are of the opportunity, whose expectation stays."""
        plan = self._make_social_plan(opportunity_id=self.lead.id)
        call_off = self._call_off(self._entitle(plan, 2))
        self.assertEqual(call_off.order_id.opportunity_id, self.lead)
        lead = self._as_seller(self.lead)
        self.assertEqual(lead.outplacement_traject_count, 2)
        self.assertEqual(lead.sale_amount_total, 6390.0)
        self.assertEqual(lead.expected_revenue, 1000.0)

    def test_other_orders_change_the_expectation(self):
        """As sale_crm does."""
        self._sell(self.package, opportunity_id=self.lead.id)
        self.assertEqual(self.lead.expected_revenue, 8995.0)

    def test_not_of_others(self):
        """A link would tell the name of an opportunity that one may not read."""
        plan = self._make_social_plan()
        other = self._make_lead(self.salesman)
        with self.assertDenied():
            self._as_seller(plan).opportunity_id = other
        with self.assertDenied():
            self._make_social_plan(opportunity_id=other.id)
        Plan = self._as_seller(self.env["outplacement.social.plan"])
        Plan = Plan.with_context(default_opportunity_id=other.id)
        with self.assertDenied():
            Plan.create({"title": "Depot", "employer_id": self.employer.id})

    def test_who_sells_nothing_does_not_see_it(self):
        plan = self._make_social_plan(opportunity_id=self.lead.id)
        for user in (self.planner, self.finance, self.manager):
            with self.subTest(user=user.login):
                with self.assertDenied():
                    self._as_seller(plan, user).read(["opportunity_id"])
                self.assertTrue(self._as_seller(plan, user).read(["title"]))
                arch = self._as_seller(plan, user).get_view(view_type="form")["arch"]
                self.assertNotIn('name="opportunity_id"', arch)

    def test_merged_opportunities(self):
        """Whoever merges: the plans follow."""
        other = self._make_lead()
        plan = self._make_social_plan(opportunity_id=other.id)
        merged = self._as_seller(self.lead + other).merge_opportunity()
        self.env.invalidate_all()
        self.assertEqual(plan.opportunity_id, merged)
        self.assertTrue(merged.exists())
