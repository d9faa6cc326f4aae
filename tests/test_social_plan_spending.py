from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common_billing import TODAY
from .common_plan import PlanCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestSocialPlanSpending(PlanCommon):
    """What else the budget of a person is spent on, exempt from VAT or not."""

    def _as(self, record, user=None):
        return record.with_user(user or self.account_manager).sudo(False)

    def _make_school_plan(self, **values):
        """Return a plan with schooling: the one exempt from VAT, the other not."""
        exempt = self._create_product(
            name="Exempt", type="service", taxes_id=[Command.clear()]
        )
        taxed = self._create_product(
            name="Taxed", type="service", taxes_id=[Command.set(self.vat.ids)]
        )
        spendings = [
            Command.create({"product_id": exempt.id, "cap_person": 500.0}),
            Command.create({"product_id": taxed.id}),
        ]
        return self._make_social_plan(spending_ids=spendings, **values)

    def test_spending(self):
        plan = self._make_school_plan(cap_person=4000.0, cap_amount=10000.0)
        plan.entity_ids.purchase_order_ref = "PO-9"
        person = self._entitle(plan)
        self._call_off(person)
        exempt, taxed = self._as(plan.spending_ids)
        mine = self._as(person)
        with self.assertRefused(
            r"At most 500\.00.* “Exempt” .* 0\.00.* 500\.00.* takes 500\.01"
        ):
            mine._spend(exempt, 500.01)
        order = mine._spend(exempt, 500.0).sudo()
        self.assertRecordValues(
            order,
            [
                {
                    "state": "sale",
                    "partner_id": self.employer.id,
                    "client_order_ref": "PO-9",
                    "amount_total": 500.0,
                    "outplacement_social_plan_id": plan.id,
                }
            ],
        )
        self.assertIn(person.name, order.order_line.name)
        self.assertNotIn(person.candidate_id.name, order.order_line.name)
        with self.assertRefused(r"500\.00.* is used and 0\.00"):
            mine._spend(exempt, 0.01)
        # 3,195.00 and 500.00 leave 305.00
        with self.assertRefused(r"4,000\.00.* 3,695\.00.* 305\.00.* 305\.01"):
            mine._spend(taxed, 305.01)
        mine._spend(taxed, 305.0)
        self.assertEqual(plan.amount_used, 4000.0)
        with self.assertRefused("is of the budget of"):
            self._as(order).order_line.price_unit = 1.0
        # what is taken back is there again
        self._as(order)._action_cancel()
        self.env.invalidate_all()
        self.assertEqual(plan.amount_used, 3500.0)

    def test_spending_with_vat(self):
        """In budgets with VAT what is exempt weighs less."""
        plan = self._make_school_plan(cap_amount=1000.0, cap_tax_included=True)
        person = self._entitle(plan)
        exempt, taxed = self._as(plan.spending_ids)
        self._as(person)._spend(exempt, 500.0)
        with self.assertRefused(r"1,000\.00.* 500\.00.* 500\.00.* takes 605\.00"):
            self._as(person)._spend(taxed, 500.0)
        self.assertEqual(plan.amount_used, 500.0)

    def test_spending_leaves_less_for_the_package(self):
        plan = self._make_school_plan(cap_person=3500.0)
        person = self._entitle(plan)
        exempt = self._as(plan.spending_ids)[0]
        self._as(person)._spend(exempt, 305.01)
        with self.assertRefused(r"305\.01.* is used and 3,194\.99.* is left"):
            self._call_off(person)

    def test_who_spends(self):
        plan = self._make_school_plan()
        person = self._entitle(plan)
        exempt = plan.spending_ids[0]
        for user in (self.planner, self.finance, self.coach, self.salesman):
            with self.subTest(user=user.name), self.assertDenied():
                self._as(person, user)._spend(self._as(exempt, user), 1.0)
        with self.assertRefused("something that the plan has"):
            self._as(person)._spend(self._as(exempt), 0.0)
        with self.assertRefused("something that the plan has"):
            self._as(person)._spend(
                self._as(self._make_school_plan().spending_ids[0]), 1
            )
        wizard = (
            self.env["outplacement.entitlement.spend"]
            .with_user(self.account_manager)
            .sudo(False)
            .create(
                {"entitlement_id": person.id, "spending_id": exempt.id, "price": 501.0}
            )
        )
        self.assertIn("At most 500.00", wizard.refusal_text)
        wizard.price = 500.0
        self.assertFalse(wizard.refusal_text)
        wizard.action_confirm()
        self.assertEqual(plan.amount_used, 500.0)
