from datetime import date

from odoo.tests import freeze_time, tagged

from .common_billing import TODAY
from .common_plan import PlanCommon

DAY = date(2026, 1, 5)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestConflict(PlanCommon):
    """Where interests might conflict, somebody else is offered first."""

    def _make_traject(self, **values):
        """Return a traject of a new plan, as the planner has it."""
        person = self._entitle(self._make_social_plan(**values))
        self._call_off(person)
        return person.traject_id.with_user(self.planner).sudo(False)

    def _make_seller(self, traject, day, customer=None):
        """Have the coach sell something to the employer, or to ``customer``, on
        ``day``."""
        customer = customer or traject.sudo().employer_id
        order = self.env["sale.order"].create(
            {
                "partner_id": customer.id,
                "user_id": self.coach.id,
                "order_line": [(0, 0, {"product_id": self.workshop.id})],
            }
        )
        order.action_confirm()
        order.date_order = day

    def test_affiliated_bureau(self):
        traject = self._make_traject(is_affiliated=True)
        self.assertFalse(traject.conflict_text)
        traject.write({"trigger": "conflict", "date_start": DAY})
        self.assertIn("affiliated", traject.conflict_text)
        traject._assign_member(self.coach, "coach", DAY)
        with self.assertRefused("record first which alternative was offered"):
            traject.with_user(self.coach)._set_state("active")
        action = traject.action_record_alternative()
        conflict = (
            self.env["outplacement.conflict"]
            .with_user(self.planner)
            .sudo(False)
            .with_context(**action["context"])
            .create({"alternative": "Another bureau"})
        )
        self.assertEqual(conflict.user_id, self.planner)
        self.assertFalse(traject.conflict_text)
        traject.with_user(self.coach)._set_state("active")
        with self.assertDenied():
            conflict.alternative = "None"
        with self.assertDenied():
            conflict.unlink()

    def test_not_affiliated(self):
        traject = self._make_traject()
        traject.write({"trigger": "conflict", "date_start": DAY})
        self.assertFalse(traject.conflict_text)
        traject._assign_member(self.coach, "coach", DAY)
        traject._set_state("active")

    def test_referred_out(self):
        traject = self._make_traject(is_affiliated=True)
        traject.trigger = "conflict"
        action = traject.action_refer_out()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.planner)
            .sudo(False)
            .with_context(**action["context"])
            .create({})
        )
        wizard.action_confirm()
        self.assertEqual(traject.state, "cancelled")
        self.assertEqual(traject.outcome, "referred_out")
        self.assertEqual(traject.sudo().entitlement_id.state, "released")

    def test_coach_who_sold_to_the_employer(self):
        for role in ("coach", "deputy"):
            traject = self._make_traject()
            self._make_seller(traject, "2024-01-05 12:00:00")
            with self.subTest(role=role):
                with self.assertRefused("worked for the account of the employer"):
                    traject._assign_member(self.coach, role, DAY, date(2026, 2, 1))
                traject._assign_member(self.other_coach, role, DAY, date(2026, 2, 1))

    def test_longer_ago(self):
        traject = self._make_traject()
        self._make_seller(traject, "2024-01-04 12:00:00")
        traject._assign_member(self.coach, "coach", DAY)

    def test_coach_who_sold_to_an_office_of_the_employer(self):
        traject = self._make_traject()
        office = self.env["res.partner"].create(
            {"name": "Office", "parent_id": traject.sudo().employer_id.id}
        )
        self._make_seller(traject, TODAY, office)
        with self.assertRefused("worked for the account of the employer"):
            traject._assign_member(self.coach, "coach", DAY)

    def test_coach_who_looked_after_the_plan(self):
        traject = self._make_traject(deputy_id=self.coach.id)
        with self.assertRefused("worked for the account of the employer"):
            traject._assign_member(self.coach, "coach", DAY)

    def test_without_a_plan(self):
        order = self._sell(self.package)
        traject = order.outplacement_traject_ids.with_user(self.planner).sudo(False)
        self._make_seller(traject, TODAY)
        traject._assign_member(self.coach, "coach", DAY)

    def test_window_asks_for_the_alternative(self):
        traject = self._make_traject()
        self._make_seller(traject, TODAY)
        Assign = self.env["outplacement.traject.assign"].with_user(self.planner)
        values = {"traject_ids": traject.ids, "user_id": self.coach.id}
        wizard = Assign.sudo(False).create(values)
        self.assertIn("Offer somebody else", wizard.conflict_text)
        with self.assertRefused("record which alternative was offered"):
            wizard.action_assign()
        wizard.alternative = " "
        with self.assertRefused("record which alternative was offered"):
            wizard.action_assign()
        wizard.alternative = "Two coaches of another team"
        wizard.action_assign()
        self.assertEqual(traject.coach_id, self.coach)
        self.assertRecordValues(
            traject.sudo().conflict_ids,
            [
                {
                    "kind": "account",
                    "coach_id": self.coach.id,
                    "alternative": "Two coaches of another team",
                    "user_id": self.planner.id,
                }
            ],
        )
        other = Assign.sudo(False).create({**values, "user_id": self.other_coach.id})
        self.assertFalse(other.conflict_text)
