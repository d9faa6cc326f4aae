from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common_billing import TODAY
from .common_plan import PlanCommon

CENT = Decimal("0.01")


class Ledger:
    """What an accountant writes down of a plan: every amount that it takes, by what
    takes it. Knows nothing of the application."""

    def __init__(self, heads, amount, person, included):
        self.cap_heads, self.cap_amount = heads, Decimal(amount)
        self.cap_person, self.included = Decimal(person), included
        self.called_off = {}
        self.spent = {}

    def weigh(self, price, taxed=True):
        """Return what an amount without VAT takes of the budgets."""
        factor = Decimal("1.21") if taxed and self.included else 1
        return (Decimal(price) * factor).quantize(CENT, ROUND_HALF_UP)

    @property
    def used(self):
        return sum(self.called_off.values()) + sum(a for _who, a in self.spent.values())

    def used_by(self, who):
        own = sum(amount for person, amount in self.spent.values() if person == who)
        return own + self.called_off.get(who, 0)

    def fits(self, amounts, heads=0):
        """Return whether these fit, dicts of amount by person."""
        return (
            len(self.called_off) + heads <= self.cap_heads
            and self.used + sum(amounts.values()) <= self.cap_amount
            and all(
                self.used_by(who) + amount <= self.cap_person
                for who, amount in amounts.items()
            )
        )


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestSocialPlanLedger(PlanCommon):
    """Whatever happens to a plan, in whatever order: what the plan says of its budgets
    is what an independent ledger says, no limit is passed, nothing that fits is
    refused, and in the end the invoices come to what is used."""

    PRICES = ("999.99", "1234.57")

    def _as(self, record, user=None):
        return record.with_user(user or self.account_manager).sudo(False)

    def _prepare(self, seed, included):
        """Make a plan with odd prices, its people and its ledger."""
        self.random = Random(seed)
        packages = {
            self._make_package(9999.0, self.plan_call_off): float(price)
            for price in self.PRICES
        }
        self.services = {
            taxed: self._create_product(
                name=f"Service {taxed}",
                type="service",
                invoice_policy="order",
                taxes_id=[Command.set(self.vat.ids if taxed else [])],
            )
            for taxed in (True, False)
        }
        self.ledger = Ledger(5, "6543.21", "1700.00", included)
        self.plan = self._make_social_plan(
            packages=packages,
            cap_heads=5,
            cap_amount=6543.21,
            cap_person=1700.0,
            cap_tax_included=included,
            spending_ids=[
                Command.create({"product_id": product.id})
                for product in self.services.values()
            ],
        )
        self.people = self._entitle(self.plan, 9, choice="outplacement")
        for person in self.people:
            person.package_id = self.random.choice(self.plan.package_ids)
        self.orders = {}

    def _price(self, person):
        return self.ledger.weigh(str(person.package_id.price))

    def _in_state(self, *states):
        return self.people.filtered(lambda person: person.state in states)

    def _try(self, fits, operation):
        """Do something that the ledger says fits, or see it refused."""
        if fits:
            return operation()
        with self.assertRefused("budget|at most"):
            operation()
        return False

    # ------------------------------------------------------------------
    # What happens: each writes it down by itself
    # ------------------------------------------------------------------

    def _step_call_off(self):
        ready = self._in_state("entitled")
        count = min(len(ready), self.random.randint(1, 3))
        people = ready.browse(self.random.sample(ready.ids, count))
        if not people:
            return
        amounts = {person.id: self._price(person) for person in people}
        fits = self.ledger.fits(amounts, heads=len(people))
        if self._try(fits, lambda: self._call_off(people)):
            self.ledger.called_off |= amounts

    def _step_release(self):
        for person in self._in_state("called_off")[:1]:
            self._release(person)
            del self.ledger.called_off[person.id]

    def _step_planner_cancels(self):
        for person in self._in_state("called_off")[-1:]:
            traject = self._as(person.traject_id, self.planner)
            traject._cancel_with_fee(date.fromisoformat(TODAY), "no_match")
            del self.ledger.called_off[person.id]

    def _step_entitle_again(self):
        again = self._as(self._in_state("released"))
        again.action_entitle()
        again.choice = "outplacement"

    def _step_spend(self):
        people = self._in_state("entitled", "called_off")
        person = people.browse(self.random.choice(people.ids))
        taxed = self.random.random() < 0.5
        price = Decimal(self.random.randint(1, 60000)) / 100
        spending = self.plan.spending_ids.filtered(
            lambda s: s.product_id == self.services[taxed]
        )
        amount = self.ledger.weigh(price, taxed)
        order = self._try(
            self.ledger.fits({person.id: amount}),
            lambda: self._as(person)._spend(self._as(spending), float(price)),
        )
        if order:
            self.orders[order.id] = order.with_env(self.env)
            self.ledger.spent[order.id] = (person.id, amount)

    def _step_take_back(self):
        for key in list(self.ledger.spent)[:1]:
            order = self.orders.get(key)
            if order and not order.invoice_ids:
                self._as(order)._action_cancel()
                del self.ledger.spent[key]

    def _step_extend(self):
        for person in self._in_state("called_off")[:1]:
            product = self._make_package(1.0, self.plan_start)
            price = Decimal(self.random.randint(1, 40000)) / 100
            order = self._quote(
                {
                    "product_id": product.id,
                    "price_unit": float(price),
                    "outplacement_for_traject_id": person.traject_id.id,
                    "outplacement_line_kind": "extension",
                }
            )
            amount = self.ledger.weigh(price)
            fits = self.ledger.fits({person.id: amount})
            if self._try(fits, order.action_confirm):
                # with the traject it lapses, as the package does
                self.ledger.called_off[person.id] += amount

    def _step_cancel_order(self):
        orders = self._in_state("called_off").order_id
        orders = orders.filtered(
            lambda o: (
                not any(
                    i.invoice_id.state == "posted"
                    for i in o.outplacement_traject_ids.instalment_ids
                )
            )
        )
        for order in orders[:1]:
            people = self._in_state("called_off").filtered(
                lambda p, order=order: p.order_id == order
            )
            self._as(order)._action_cancel()
            for person in people:
                del self.ledger.called_off[person.id]

    def _step_invoice(self):
        orders = self.plan.call_off_ids.order_id
        self.env["outplacement.instalment"]._update_due()
        due = orders.order_line.outplacement_instalment_ids.filtered(
            lambda i: i.state == "due"
        )
        if due:
            self._as(due, self.finance).action_create_invoices()
            due.invoice_id.action_post()

    def _step_post_credit_notes(self):
        moves = self._get_moves()
        moves.filtered(
            lambda m: m.state == "draft" and m.move_type == "out_refund"
        ).action_post()

    def _step_amend(self):
        cap = self.ledger.used + Decimal(self.random.randint(0, 300000)) / 100
        fields = {"cap_amount": float(cap)}
        if cap == self.ledger.cap_amount or not cap:
            return
        Wizard = self._as(self.env["outplacement.social.plan.amend"])
        values = {"plan_id": self.plan.id, "agreement_file": b"eA==", **fields}
        Wizard.create(values).action_confirm()
        self.ledger.cap_amount = cap

    # ------------------------------------------------------------------
    # Comparing
    # ------------------------------------------------------------------

    def _get_orders(self):
        orders = self.env["sale.order"].search(
            [("outplacement_social_plan_id", "=", self.plan.id)]
        )
        return orders | self.people.traject_id.instalment_ids.order_id

    def _get_moves(self):
        moves = self._get_orders().invoice_ids
        return moves | moves.reversal_move_ids

    def _compare(self, *context):
        self.env.flush_all()
        self.env.invalidate_all()
        plan, ledger = self.plan, self.ledger
        found = (plan.heads_used, f"{plan.amount_used:.2f}", f"{plan.amount_left:.2f}")
        left = ledger.cap_amount - ledger.used
        expected = (len(ledger.called_off), f"{ledger.used:.2f}", f"{left:.2f}")
        self.assertEqual(found, expected, context)
        self.assertLessEqual(ledger.used, ledger.cap_amount, context)

    def _play(self, seed, included, steps):
        self._prepare(seed, included)
        names = [name for name in dir(self) if name.startswith("_step_")]
        names += ["_step_call_off", "_step_spend"] * 3
        for number in range(steps):
            name = self.random.choice(names)
            getattr(self, name)()
            self._compare(seed, number, name)

    def _end(self):
        """Bill all that is left, and compare the books."""
        running = self._in_state("called_off").traject_id
        self._start(running, date(2026, 1, 5))
        with freeze_time("2027-12-01"):
            orders = self._get_orders()
            self.env["outplacement.instalment"]._update_due()
            due = orders.order_line.outplacement_instalment_ids.filtered(
                lambda i: i.state == "due"
            )
            if due:
                self._as(due, self.finance).action_create_invoices()
            for key in self.ledger.spent:
                self.orders[key]._create_invoices()
            drafts = self._get_moves().filtered(lambda m: m.state == "draft")
            drafts.action_post()
            self._compare("end")
        posted = self._get_moves().filtered(lambda m: m.state == "posted")
        billed = sum(posted.mapped("amount_untaxed_signed"))
        self.assertEqual(f"{billed:.2f}", f"{self.ledger.used:.2f}")

    def test_without_vat(self):
        self._play(1, False, 40)
        self._end()

    def test_with_vat(self):
        self._play(3, True, 40)
