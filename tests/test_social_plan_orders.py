from datetime import date

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common_billing import TODAY
from .common_plan import PlanCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestSocialPlanOrders(PlanCommon):
    """What somebody who sells does to the orders of a plan passes no budget, and gives
    none back that was spent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.exempt = cls._create_product(
            name="Exempt",
            type="service",
            invoice_policy="order",
            taxes_id=[Command.clear()],
        )
        spending = {"product_id": cls.exempt.id, "cap_person": 500.0}
        cls.plan = cls._make_social_plan(
            cap_heads=3, cap_amount=10000.0, spending_ids=[Command.create(spending)]
        )
        cls.people = cls._entitle(cls.plan, 4, choice="outplacement")
        cls.person = cls.people[0]

    def _as(self, record, user=None):
        return record.with_user(user or self.account_manager).sudo(False)

    def _spend(self, amount=500.0):
        mine = self._as(self.person)
        return mine._spend(self._as(self.plan.spending_ids), amount).with_env(self.env)

    def assertUsed(self, amount):
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.plan.amount_used, amount)
        self.assertEqual(self.plan.amount_left, 10000.0 - amount)

    # ------------------------------------------------------------------
    # Lines
    # ------------------------------------------------------------------

    def test_lines_beside_the_plan(self):
        """More would pass the budget, and less than nothing give some back."""
        self._call_off(self.people[:3])
        for order in (self.person.order_id, self._spend(100.0)):
            for price in (99999.0, -6000.0):
                line = {"product_id": self.workshop.id, "price_unit": price}
                with self.assertRefused("is of a social plan"):
                    self._as(order).write({"order_line": [Command.create(line)]})
            # what is said on it is no matter of the budget
            note = {"display_type": "line_note", "name": "Thank you"}
            self._as(order).write({"order_line": [Command.create(note)]})
        self.assertUsed(9685.0)

    def test_lines_of_other_orders(self):
        """Nothing is moved to an order of a plan, or away from it."""
        spent, other = self._spend(), self._quote(self.workshop)
        with self.assertRefused("is of a social plan"):
            self._as(other).order_line.order_id = spent
        with self.assertRefused("is of the budget of"):
            self._as(spent).order_line.order_id = other
        self.assertUsed(500.0)

    def test_spent_lines_stay(self):
        line = self._spend().order_line
        values = {
            "state": "cancel",
            "product_id": self.workshop.id,
            "is_downpayment": True,
            "price_subtotal": 0.0,
            "currency_id": self.env.ref("base.USD").id,
            "discount": 50.0,
        }
        for name, value in values.items():
            with self.subTest(name=name), self.assertRefused("is of the budget of"):
                self._as(line).write({name: value})
        self.assertUsed(500.0)

    # ------------------------------------------------------------------
    # Status of the orders
    # ------------------------------------------------------------------

    def test_status_by_hand(self):
        order = self._spend()
        for state in ("draft", "cancel", "sent"):
            with self.subTest(state=state), self.assertRefused("not written by hand"):
                self._as(order).state = state
        self.assertUsed(500.0)

    def test_taken_back_is_spent_anew(self):
        """Else it would be sold beside the budget, at whatever price."""
        order = self._spend()
        mine = self._as(order)
        mine._action_cancel()
        self.assertUsed(0.0)
        mine.action_draft()
        with self.assertRefused("is of a social plan"):
            mine.order_line.price_unit = 99999.0
        for value in (True, object()):
            with self.assertRefused("spend it again from the plan"):
                mine.with_context(outplacement_spending=value).action_confirm()
        self.assertUsed(0.0)

    def test_invoiced_is_spent(self):
        """The money is not in the budget and on an invoice at once."""
        order = self._spend()
        invoice = order._create_invoices()
        invoice.action_post()
        with self.assertRefused(r"500\.00.* of “Exempt” is invoiced"):
            self._as(order)._action_cancel()
        self.assertUsed(500.0)
        self._credit(invoice)
        self._as(order)._action_cancel()
        self.assertUsed(0.0)

    # ------------------------------------------------------------------
    # What is sold for the trajects
    # ------------------------------------------------------------------

    def _sell_for(self, traject, kind, price, partner=None):
        product = self._make_package(600.0, self.plan_start, outplacement_months=3)
        line = {
            "product_id": product.id,
            "price_unit": price,
            "outplacement_for_traject_id": traject.id,
            "outplacement_line_kind": kind,
        }
        return self._sell(line, partner=partner)

    def _begin(self):
        self._call_off(self.person)
        traject = self.person.traject_id
        self._start(traject, date(2026, 1, 5))
        return traject

    def test_price_of_an_extension(self):
        """Confirmed within the budget, it does not pass it afterwards."""
        order = self._sell_for(self._begin(), "extension", 600.0)
        self.assertUsed(3795.0)
        self._as(order).order_line.price_unit = 6805.0
        self.assertUsed(10000.0)
        with self.assertRefused(r"10,000\.00.* would come to .*10,000\.01"):
            self._as(order).order_line.price_unit = 6805.01
        self.assertUsed(10000.0)

    def test_second_payers(self):
        """Who pays by the plan is no other payer, whose part is of no budget."""
        traject = self._begin()
        with self.assertRefused("sell an extension"):
            self._sell_for(traject, "payer", 60000.0)
        self._sell_for(traject, "payer", 60000.0, self.person.candidate_id)
        self.assertUsed(3195.0)

    def test_agreed_prices(self):
        """Who keeps the pricelists does not change what was signed."""
        items = self.plan.pricelist_id.item_ids
        self.salesman.group_ids |= self.env.ref("sales_team.group_sale_manager")
        mine = self._as(items, self.salesman)
        with self.assertRefused("an amendment changes them"):
            mine.fixed_price = 1.0
        with self.assertRefused("an amendment changes them"):
            mine.unlink()
        with self.assertRefused("an amendment changes them"):
            mine.create({"pricelist_id": self.plan.pricelist_id.id})
        pricelist = self.env["product.pricelist"].create({"name": "Other"})
        other = mine.create({"pricelist_id": pricelist.id, "fixed_price": 1.0})
        with self.assertRefused("an amendment changes them"):
            other.pricelist_id = self.plan.pricelist_id
