from decimal import Decimal

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import TransactionCase, new_test_user, tagged

from ..tools.money import portion, to_decimal


@tagged("post_install", "-at_install")
class TestInvoicePlan(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.eur = cls.env.ref("base.EUR")
        cls.manager = new_test_user(
            cls.env, "plan_manager", "outplacement.group_manager"
        )
        cls.seller = new_test_user(
            cls.env, "plan_seller", "outplacement.group_account_manager"
        )

    def _make_plan(self, *lines):
        Plan = self.env["outplacement.invoice.plan"].with_user(self.manager)
        return Plan.create(
            {"name": "Plan", "line_ids": [Command.create(line) for line in lines]}
        )

    def _split(self, plan, total, months=12, currency=None):
        return [
            (part.months, str(part.amount))
            for part in plan._get_parts(Decimal(total), months, currency or self.eur)
        ]

    def test_duplicate(self):
        """Under a name of its own, unless one is given."""
        plan = self._make_plan({"share": 100})
        self.assertEqual(plan.copy().name, "Plan (copy)")
        named = plan.copy({"name": "Quarterly"})
        self.assertEqual(named.name, "Quarterly")
        self.assertEqual(named.line_ids.share, 100)

    # ------------------------------------------------------------------
    # Shares
    # ------------------------------------------------------------------

    def test_shares_missing(self):
        with self.assertRaisesRegex(ValidationError, r"35\.5%: 64\.5% is missing"):
            self._make_plan({"share": 30.25}, {"share": 5.25})

    def test_shares_too_much(self):
        with self.assertRaisesRegex(ValidationError, r"100\.01%: that is 0\.01% too"):
            self._make_plan({"share": 50}, {"share": 50.01})

    def test_shares_without_lines(self):
        plan = self._make_plan({"share": 100})
        with self.assertRaisesRegex(ValidationError, "100% is missing"):
            plan.line_ids = [Command.clear()]

    def test_shares_in_four_digits(self):
        """Shares that are no exact floats add up all the same."""
        self.assertTrue(
            self._make_plan({"share": 33.3333}, {"share": 33.3333}, {"share": 33.3334})
        )
        self.assertTrue(self._make_plan(*[{"share": 0.1}] * 1000))

    def test_a_line_stays_in_its_plan(self):
        """Moved, it would leave one plan with too little, another with too much."""
        plan = self._make_plan({"share": 50}, {"share": 50})
        other = self._make_plan({"share": 100})
        with self.assertRaisesRegex(UserError, "stays in its invoice plan"):
            plan.line_ids[0].plan_id = other
        plan.line_ids[0].write({"plan_id": plan.id, "sequence": 3})

    def test_no_context_spares_the_check(self):
        plan = self._make_plan({"share": 50}, {"share": 50})
        for value in (True, 1, "CHANGE_OF_PLAN"):
            line = plan.line_ids[0].with_context(outplacement_change=value)
            with (
                self.subTest(value),
                self.assertRaisesRegex(ValidationError, "missing"),
            ):
                line.share = 10
            with self.subTest(value), self.assertRaisesRegex(UserError, "itself"):
                line.unlink()

    def test_shares_checked_after_all_changes(self):
        """Lines may be wrong in the middle of a change, not after it."""
        plan = self._make_plan({"share": 50}, {"share": 50})
        plan.line_ids = [
            Command.update(plan.line_ids[0].id, {"share": 30}),
            Command.create({"share": 20, "months_after_start": 6}),
        ]
        self.assertEqual(plan.line_ids.mapped("share"), [30, 50, 20])

    def test_only_manager_and_finance_write(self):
        plan = self._make_plan({"share": 100})
        self.assertTrue(plan.with_user(self.seller).name)
        with self.assertRaises(AccessError):
            plan.with_user(self.seller).name = "Mine"
        with self.assertRaises(AccessError):
            plan.with_user(self.seller).line_ids.share = 50

    # ------------------------------------------------------------------
    # Schedule
    # ------------------------------------------------------------------

    def test_schedule_until_end_of_term(self):
        monthly = self.env.ref("outplacement.outplacement_invoice_plan_monthly")
        quarterly = self.env.ref("outplacement.outplacement_invoice_plan_quarterly")

        def months(plan, term):
            return [share.months for share in plan._get_shares(term)]

        self.assertEqual(months(monthly, 6), [0, 1, 2, 3, 4, 5])
        self.assertEqual(months(quarterly, 12), [0, 3, 6, 9])
        self.assertEqual(months(quarterly, 10), [0, 3, 6, 9])
        self.assertEqual(months(quarterly, 9), [0, 3, 6])
        self.assertEqual(months(quarterly, 1), [0])

    def test_schedule_in_order_of_date(self):
        """The last instalment by date takes the remainder, wherever its line is."""
        plan = self._make_plan(
            {"share": 50, "months_after_start": 6},
            {"share": 50, "repeat_count": 3},
        )
        self.assertEqual(
            self._split(plan, "100.01"),
            [(0, "16.67"), (1, "16.67"), (2, "16.67"), (6, "50.00")],
        )

    def test_no_plan(self):
        plan = self.env["outplacement.invoice.plan"]
        self.assertEqual(self._split(plan, "8995.00"), [(0, "8995.00")])

    # ------------------------------------------------------------------
    # Amounts (R2)
    # ------------------------------------------------------------------

    def test_half_up(self):
        """Half a cent goes up, also where a float is a bit less than the half."""
        halves = self._make_plan({"share": 50}, {"share": 50, "months_after_start": 3})
        self.assertEqual(
            [amount for _after, amount in self._split(halves, "4250.01")],
            ["2125.01", "2125.00"],
        )
        for cents in range(1, 400, 2):
            total = Decimal(cents) / 100
            first, last = self._split(halves, total)
            self.assertEqual(Decimal(first[1]), (total + Decimal("0.01")) / 2)
            self.assertEqual(Decimal(first[1]) + Decimal(last[1]), total)

    def test_other_currency_units(self):
        plan = self._make_plan({"share": 100, "repeat_count": 3})
        yen = self.env.ref("base.JPY")
        self.assertEqual(
            [
                Decimal(amount)
                for _after, amount in self._split(plan, "100", currency=yen)
            ],
            [33, 33, 34],
        )
        francs = self.env["res.currency"].new({"name": "CHX", "rounding": 0.05})
        self.assertEqual(
            [
                Decimal(amount)
                for _after, amount in self._split(plan, "100", currency=francs)
            ],
            [Decimal("33.35"), Decimal("33.35"), Decimal("33.30")],
        )

    def test_portions_add_up(self):
        """The portions of n units are the rounded price of n units, for every n."""
        unit = to_decimal(333.335)
        total = Decimal(0)
        for position in range(1, 50):
            total += portion(unit, position, self.eur)
            self.assertEqual(
                total, (unit * position).quantize(Decimal("0.01"), "ROUND_HALF_UP")
            )

    def test_decimals_without_noise(self):
        self.assertEqual(to_decimal(100 * 1.1), Decimal("110.0"))
        self.assertEqual(to_decimal(0.1 + 0.2), Decimal("0.3"))
