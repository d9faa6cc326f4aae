from odoo.tests import freeze_time, tagged

from .common_billing import TODAY
from .common_plan import PlanCommon
from .common_tours import TourCommon


# The clock runs on from here: the browser and the server wait for each other.
@freeze_time(f"{TODAY} 09:00:00", tick=True)
@tagged("post_install", "-at_install")
class TestToursSocialPlan(TourCommon, PlanCommon):
    """Forty places for forty-five people, in a browser: the worked example that
    TestSocialPlanForty follows to the end of the year."""

    def test_forty(self):
        """38 and 2 are called off and billed, the 41st waits until one withdraws."""
        plan = self._make_social_plan(
            cap_heads=40, cap_amount=127800.0, cap_person=3195.0
        )
        people = self._entitle(plan, 45)
        chose = people[:38]
        chose.with_user(self.account_manager).choice = "outplacement"

        self._tour("call_off_all", self.account_manager)
        self.assertEqual(set(chose.mapped("state")), {"called_off"})
        self.assertEqual((plan.heads_used, plan.amount_used), (38, 121410.0))
        line = plan.call_off_ids.order_id.order_line
        self.assertRecordValues(line, [{"product_uom_qty": 38, "price_unit": 3195.0}])

        self._tour("call_off_invoice", self.finance)
        invoice = line.order_id.invoice_ids
        self.assertEqual(len(invoice.invoice_line_ids), 38)
        self.assertAmounts(invoice, (60705.00, 12748.05, 73453.05))
        self.assertEqual(invoice.state, "posted")

        self._tour("call_off_last", self.account_manager)
        self.assertEqual((plan.heads_used, plan.amount_left), (40, 0.0))
        self.assertEqual(people[40].state, "entitled")

        self._tour("call_off_release", self.account_manager)
        self.assertEqual(people[38].state, "released")
        self.assertEqual(people[40].state, "called_off")
        self.assertEqual((plan.heads_used, plan.amount_used), (40, 127800.0))
        call_offs = plan.call_off_ids.sorted("id")
        self.assertEqual(call_offs.mapped("count"), [38, 2, 1])
