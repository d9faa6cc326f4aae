from datetime import date
from unittest.mock import patch

from lxml import etree

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .common_billing import TODAY
from .test_sale_line_traject import SaleLineCommon


class SellCommon(SaleLineCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.big = cls._make_package(11995.0, cls.plan_monthly, name="Big")
        cls.small = cls._make_package(
            4995.0, cls.plan_monthly, name="Small", outplacement_months=9
        )

    def _open(self, action, user=None, traject=None, **values):
        """Return the form of the wizard that ``action`` opens, with ``values``."""
        traject = (traject or self.traject).with_user(user or self.account_manager)
        form = Form.from_action(traject.env, getattr(traject, action)())
        for name, value in values.items():
            form[name] = value
        return form

    def _look(self, action, **values):
        """Return the wizard that shows what ``values`` would change."""
        return self._open(action, **values).save()

    def _shown(self, wizard):
        """Return the rows of the preview that are no “keep”."""
        return [
            (
                row.action,
                row.name.split()[-1],
                row.date_after and str(row.date_after),
                row.amount_before,
                row.amount_after,
                row.credit,
            )
            for row in wizard.change_ids
            if row.action != "keep"
        ]

    def _confirm(self, wizard, today=TODAY):
        with freeze_time(today):
            wizard.action_confirm()
            self.env.flush_all()


@tagged("post_install", "-at_install")
class TestExtend(SellCommon):
    """The wizard that sells months after the term."""

    def test_shown_as_opened(self):
        """The new instalments have their amounts before anything is filled in."""
        form = self._open("action_extend")
        new = [row for row in form.change_ids._records if row["action"] == "new"]
        self.assertTrue(form.price)
        self.assertAlmostEqual(sum(row["amount_after"] for row in new), form.price, 2)
        self.assertAlmostEqual(form.amount_after - form.amount_before, form.price, 2)
        before = self.traject.instalment_ids
        self._confirm(form.save())
        self.assertEqual(len(self.traject.instalment_ids - before), len(new))

    def test_extend(self):
        form = self._open("action_extend", product_id=self.extra)
        self.assertEqual((form.months, form.price), (3, 1800.0))
        self.assertEqual(form.plan_id, self.plan_monthly)
        self.assertEqual(form.date_end_after, date(2027, 4, 4))
        form.months = 2
        form.price = 1000.01
        self.assertEqual(form.date_end_after, date(2027, 3, 4))
        wizard = form.save()
        self.assertEqual(
            self._shown(wizard),
            [
                ("new", "1/2", "2027-01-05", 0.0, 500.01, 0.0),
                ("new", "2/2", "2027-02-05", 0.0, 500.0, 0.0),
            ],
        )
        self.assertEqual(len(wizard.change_ids), 14)
        self.assertEqual(wizard.amount_before, 8995.0)
        self.assertEqual(wizard.amount_after, 9995.01)
        self.assertFalse(self.order.order_line[1:], "only shown")
        self._confirm(wizard)
        line = self.order.order_line[1]
        self.assertEqual(line.outplacement_line_kind, "extension")
        self.assertEqual(line.price_unit, 1000.01)
        self.assertEqual(self.traject.date_end, date(2027, 3, 4))
        self.assertEqual(
            line.outplacement_instalment_ids.sorted("number").mapped("amount"),
            [500.01, 500.0],
        )

    def test_order_is_drafted_for_all_of_them(self):
        """Not once an instalment: it computes as much as a new order does."""
        counts = []
        for months in (1, 12):
            wizard = self._look(
                "action_extend", product_id=self.extra, on_new_order=True, months=months
            )
            Wizard = self.registry[wizard._name]
            with patch.object(
                Wizard,
                "_get_sale_order",
                autospec=True,
                side_effect=Wizard._get_sale_order,
            ) as drafted:
                self.assertEqual(len(wizard._get_new_changes()), months)
            counts.append(drafted.call_count)
        self.assertEqual(counts, [1, 1])

    def test_extend_on_an_order_of_its_own(self):
        form = self._open("action_extend", product_id=self.extra, on_new_order=True)
        form.client_order_ref = "PO-77"
        self._confirm(form.save())
        order = self.traject.sudo().extra_sale_line_ids.order_id
        self.assertNotEqual(order, self.order)
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.partner_id, self.employer)
        self.assertEqual(order.payment_term_id, self.order.payment_term_id)
        self.assertEqual(order.user_id, self.account_manager)
        self.assertEqual(order.client_order_ref, "PO-77")

    def test_refusal_is_shown_beforehand(self):
        """And nothing else as long as nothing is chosen."""
        for action in ("action_extend", "action_add_payer", "action_change_package"):
            with self.subTest(action):
                self.assertFalse(self._open(action).refusal_text)
                model = getattr(self.traject, action)()["res_model"]
                arch = etree.fromstring(self.env[model].get_view(None, "form")["arch"])
                [hint] = arch.findall(".//p[@name='no_changes']")
                for reason in ("refusal_text", "not product_id"):
                    self.assertIn(reason, hint.get("invisible"))
        for action, values, text in (
            ("action_extend", {"product_id": self.extra, "months": 0}, "one month"),
            ("action_extend", {"product_id": self.extra, "price": -1}, "less than"),
            (
                "action_add_payer",
                {"product_id": self.extra, "partner_id": self.employer},
                "pays for traject",
            ),
            (
                "action_change_package",
                {"date": date(2025, 12, 31)},
                "not change before",
            ),
            ("action_change_package", {"product_id": self.package}, "has this package"),
            (
                "action_change_package",
                {"product_id": self.big, "months": 0},
                "must be longer",
            ),
        ):
            with self.subTest(action, text=text):
                self.assertIn(text, self._open(action, **values).refusal_text)

    def test_price_below_its_invoice_plan(self):
        """Said beforehand, and no instalment of less than nothing is shown."""
        plan = self._make_plan(
            {"share_type": "amount", "amount": 20000.0},
            {"share_type": "rest", "months_after_start": 1},
        )
        for action, values in (
            ("action_extend", {"product_id": self.extra, "months": 3}),
            ("action_change_package", {"product_id": self.big}),
            (
                "action_add_payer",
                {"product_id": self.extra, "partner_id": self.person, "price": 10},
            ),
        ):
            with self.subTest(action):
                wizard = self._look(action, **values, plan_id=plan)
                self.assertIn("raise the price", wizard.refusal_text)
                self.assertNotIn("new", wizard.change_ids.mapped("action"))
                with self.assertRefused("raise the price"):
                    wizard.action_confirm()

    def test_price_without_vat_abroad(self):
        """As a line of the order has it, whose fiscal position takes the VAT out."""
        position = self._make_abroad()
        order = self._sell_and_start(date_start=TODAY, fiscal_position_id=position.id)
        product = self._make_package(
            121.0, self.plan_monthly, taxes_id=[Command.set(self.vat_included.ids)]
        )
        form = self._open(
            "action_extend",
            traject=order.outplacement_traject_ids,
            product_id=product,
            on_new_order=True,
        )
        self.assertEqual(form.price, 100.0)
        form.on_new_order = False
        self.assertEqual(form.price, 100.0)
        self._confirm(form.save())
        line = order.order_line[1]
        self.assertEqual((line.price_unit, line.price_total), (100.0, 100.0))

    def _make_abroad(self):
        position = self.env["account.fiscal.position"].create({"name": "Abroad"})
        self.vat.copy(
            {
                "name": "0% abroad",
                "amount": 0.0,
                "fiscal_position_ids": [Command.set(position.ids)],
                "original_tax_ids": [Command.set(self.vat_included.ids)],
            }
        )
        return position

    def test_price_list_with_discount(self):
        """The price is what the price list leaves, once."""
        group = self.env.ref("sale.group_discount_per_so_line")
        self.env.ref("base.group_user").implied_ids |= group
        discounted = self.env["product.pricelist"].create(
            {
                "name": "Ten percent",
                "item_ids": [
                    Command.create({"compute_price": "percentage", "percent_price": 10})
                ],
            }
        )
        order = self._sell_and_start(date_start=TODAY, pricelist_id=discounted.id)
        traject = order.outplacement_traject_ids
        form = self._open("action_extend", traject=traject, product_id=self.extra)
        self.assertEqual(form.price, 1620.0)
        self._confirm(form.save())
        self.assertEqual(order.order_line[1].price_subtotal, 1620.0)

    def test_locked_order(self):
        self.order.action_lock()
        form = self._open("action_extend", product_id=self.extra)
        self.assertTrue(form.on_new_order)
        self._confirm(form.save())
        self.assertEqual(len(self.order.order_line), 1)

    def test_by_a_manager(self):
        """Who has no rights on orders; and the order of a colleague's."""
        self.order.user_id = self.salesman
        for user in (self.manager, self.account_manager):
            form = self._open("action_extend", user, product_id=self.extra)
            self._confirm(form.save())
        self.assertEqual(self.traject.extension_months, 6)

    def test_not_by_others(self):
        for user in (self.planner, self.coach, self.other_coach, self.finance):
            traject = self.traject.with_user(user)
            for action in (
                "action_extend",
                "action_add_payer",
                "action_change_package",
            ):
                with (
                    self.subTest(user=user.login, action=action),
                    self.assertRaises(AccessError),
                ):
                    getattr(traject, action)()
            for model in ("extend", "payer", "package"):
                Wizard = self.env[f"outplacement.traject.{model}"].with_user(user)
                with (
                    self.subTest(user=user.login, model=model),
                    self.assertRaises(AccessError),
                ):
                    Wizard.create({"traject_id": self.traject.id})

    def test_not_of_a_colleagues_traject(self):
        """The wizard called by its name, with somebody else's traject."""
        self.traject.account_manager_id = False
        for model in ("extend", "payer", "package"):
            Wizard = self.env[f"outplacement.traject.{model}"]
            values = {"traject_id": self.traject.id, "product_id": self.extra.id}
            if model == "payer":
                values["partner_id"] = self.insurer.id
            with self.subTest(model), self.assertRaises(AccessError):
                Wizard.with_user(self.account_manager).create(values).action_confirm()

    def test_odd(self):
        for values, text in (
            ({"months": 0}, "at least one month"),
            ({"price": -1.0}, "less than nothing"),
        ):
            wizard = self._look("action_extend", product_id=self.extra, **values)
            with self.subTest(values), self.assertRefused(text):
                wizard.action_confirm()

    def test_figures_changed_since(self):
        wizard = self._open("action_extend", product_id=self.extra).save()
        self._sell(self._line())
        with self.assertRefused("figures have changed"):
            wizard.action_confirm()

    def test_traject_without_order(self):
        traject = self.env["outplacement.traject"].create(
            {
                "account_manager_id": self.account_manager.id,
                "product_id": self.package.id,
                "company_id": self.company.id,
            }
        )
        form = self._open("action_extend", traject=traject, product_id=self.extra)
        with self.assertRefused("no order and no principal"):
            form.save().action_confirm()
        traject.principal_id = self.employer
        form = self._open("action_extend", traject=traject, product_id=self.extra)
        self._confirm(form.save())
        self.assertEqual(traject.instalment_ids.order_id.partner_id, self.employer)
        self.assertFalse(any(traject.instalment_ids.mapped("date")))


@tagged("post_install", "-at_install")
class TestChangePackage(SellCommon):
    """Another package from a day on: what has not started is no longer owed."""

    def test_dearer_package(self):
        """Three months at 749.58 stay; 11,995.00 − 2,248.74 over the other nine."""
        wizard = self._look(
            "action_change_package", date="2026-04-05", product_id=self.big
        )
        self.assertEqual(wizard.price, 9746.26)
        self.assertEqual(wizard.date_end_after, date(2027, 1, 4))
        shown = self._shown(wizard)
        self.assertEqual(shown[0], ("lapse", "4/12", "2026-04-05", 749.58, 0.0, 0.0))
        self.assertEqual(shown[-9], ("new", "1/9", "2026-04-05", 0.0, 1082.92, 0.0))
        self.assertEqual(shown[-1], ("new", "9/9", "2026-12-05", 0.0, 1082.90, 0.0))
        self.assertEqual(wizard.amount_after, 11995.0)
        self._confirm(wizard)
        self.assertEqual(self.traject.product_id, self.big)
        old, new = self.order.order_line
        self.assertEqual(
            old.outplacement_instalment_ids.sorted("number").mapped("state"),
            ["due"] + ["planned"] * 2 + ["lapsed"] * 9,
        )
        self.assertEqual(sum(self.traject.instalment_ids.mapped("amount_due")), 11995.0)
        first = new.outplacement_instalment_ids.sorted("number")[0]
        self.assertEqual(
            (first.period_start, first.period_end), (date(2026, 4, 5), date(2026, 5, 4))
        )
        # what is billed is what was shown
        self.assertAmounts(self._invoice(self.order, TODAY), (749.58, 157.41, 906.99))

    def test_in_the_middle_of_a_month(self):
        """The month that contains the day has started."""
        wizard = self._look(
            "action_change_package", date="2026-04-06", product_id=self.big
        )
        self.assertEqual(wizard.price, self.eur.round(11995.0 - 4 * 749.58))
        self.assertEqual(self._shown(wizard)[0][1], "5/12")

    def test_during_a_pause(self):
        """Months that wait for its end have not started; they do as expected, where
        an end is expected."""
        for date_to, started in ((False, 3), (date(2026, 4, 30), 4)):
            order = self._sell_and_start(date_start=TODAY)
            traject = order.outplacement_traject_ids
            with freeze_time("2026-03-10"):
                traject.with_user(self.planner)._pause(date(2026, 3, 10), date_to)
                wizard = self._look(
                    "action_change_package",
                    traject=traject,
                    date="2026-06-01",
                    product_id=self.big,
                )
            with self.subTest(date_to=date_to):
                price = self.eur.round(11995.0 - started * 749.58)
                self.assertEqual(wizard.price, price)
                self._confirm(wizard, "2026-03-10")
                new = order.order_line[1].outplacement_instalment_ids.sorted("number")
                self.assertEqual(new[0].months_after_start, started)
                self.assertEqual(len(new), 12 - started)

    def test_paused_for_longer_than_expected(self):
        with freeze_time("2026-03-10"):
            traject = self.traject.with_user(self.planner)
            traject._pause(date(2026, 3, 10), date(2026, 4, 30))
        with freeze_time("2026-06-01"):
            wizard = self._look(
                "action_change_package", date="2026-06-01", product_id=self.big
            )
            self.assertEqual(wizard.price, 9746.26)
            self._confirm(wizard, "2026-06-01")
        with freeze_time("2026-06-10"):
            traject._resume(date(2026, 6, 10))
            self.env.flush_all()
        new = self.order.order_line[1].outplacement_instalment_ids.sorted("number")
        self.assertEqual(
            (new[0].date, new[0].period_start), (date(2026, 7, 5), date(2026, 7, 5))
        )

    def test_on_the_first_day_after_all_was_billed(self):
        plan = self._make_plan({"share": 100, "trigger": "confirmation"})
        order = self._sell_and_start(self._make_package(9000.0, plan), date_start=TODAY)
        traject = order.outplacement_traject_ids
        quick = self._make_package(11995.0, self.plan_monthly, outplacement_months=6)
        wizard = self._look(
            "action_change_package", traject=traject, date=TODAY, product_id=quick
        )
        self.assertEqual(wizard.price, 2995.0)
        self._confirm(wizard)
        self.assertEqual(sum(traject.instalment_ids.mapped("amount_due")), 11995.0)
        self.assertEqual(order.order_line[0].outplacement_months_until, 1)

    def test_cheaper_prepaid_package(self):
        """Prepaid 8,995.00; after three months 2,248.75 stays, 6,746.25 is credited,
        and the small package costs 2,746.25 more."""
        order = self._sell_and_start(
            self._make_package(8995.0, self.plan_start), date_start=TODAY
        )
        traject = order.outplacement_traject_ids
        invoice = self._invoice(order, TODAY)
        wizard = self._look(
            "action_change_package",
            traject=traject,
            date="2026-04-05",
            product_id=self.small,
        )
        self.assertEqual(wizard.price, 2746.25)
        self.assertEqual(wizard.amount_credit, 6746.25)
        self.assertEqual(wizard.amount_after, 4995.0)
        self.assertEqual(
            self._shown(wizard)[0],
            ("credit", "1/1", "2026-01-05", 8995.0, 2248.75, 6746.25),
        )
        self._confirm(wizard)
        credit_note = invoice.reversal_move_ids
        self.assertEqual(credit_note.state, "draft")
        credit_note.with_user(self.finance).action_post()
        self.assertAmounts(credit_note, (6746.25, 1416.71, 8162.96))
        self.assertEqual(traject.months, 9)
        self.assertEqual(traject.date_end, date(2026, 10, 4))
        new = (
            self._get_instalments(order)
            - invoice.invoice_line_ids.outplacement_instalment_id
        )
        self.assertEqual(len(new), 6)
        self.assertEqual(self.eur.round(sum(new.mapped("amount"))), 2746.25)
        self.assertEqual(sum(traject.instalment_ids.mapped("amount_due")), 4995.0)
        self.assertEqual(order.order_line[1].untaxed_amount_to_invoice, 2746.25)

    def test_more_stays_than_it_costs(self):
        """After eight months 5,996.64 stays; the difference with 4,995.00 is credited,
        the latest first."""
        self._invoice(self.order, "2026-08-05")
        wizard = self._look(
            "action_change_package", date="2026-09-05", product_id=self.small
        )
        self.assertEqual(wizard.price, -1001.64)
        self.assertEqual(wizard.amount_after, 4995.0)
        self.assertEqual(wizard.amount_credit, 1001.64)
        credited = [row for row in self._shown(wizard) if row[0] == "credit"]
        self.assertEqual(
            credited,
            [
                ("credit", "7/12", "2026-07-05", 749.58, 497.52, 252.06),
                ("credit", "8/12", "2026-08-05", 749.58, 0.0, 749.58),
            ],
        )
        self._confirm(wizard)
        self.assertEqual(len(self.order.order_line), 1, "nothing new to pay")
        self.assertEqual(self.traject.product_id, self.small)
        self.assertEqual(
            sum(self.order.invoice_ids.reversal_move_ids.mapped("amount_untaxed")),
            1001.64,
        )

    def test_price_with_vat_after_one_without(self):
        """What stays billed is compared with the new price as that one is: of 12,100.00
        with VAT, 3 × 749.58 without VAT stay, each 906.99 with it."""
        product = self._make_package(
            12100.0, self.plan_monthly, taxes_id=[Command.set(self.vat_included.ids)]
        )
        form = self._open(
            "action_change_package", date="2026-04-05", product_id=product
        )
        self.assertEqual(form.price, 9379.03)

    def test_credit_with_vat_after_one_without(self):
        """As in test_more_stays_than_it_costs, for 4,995.00 × 1.21: 8 × 906.99 stay,
        and of the difference of 1,211.97 the credit note takes back 1,001.63 × 1.21."""
        self._invoice(self.order, "2026-08-05")
        product = self._make_package(
            6043.95,
            self.plan_monthly,
            taxes_id=[Command.set(self.vat_included.ids)],
            outplacement_months=9,
        )
        wizard = self._look(
            "action_change_package", date="2026-09-05", product_id=product
        )
        self.assertEqual(wizard.price, -1211.97)
        self.assertEqual(wizard.amount_credit, 1001.63)
        self._confirm(wizard)

    def test_agreed_price(self):
        wizard = self._look(
            "action_change_package", date="2026-04-05", product_id=self.small
        )
        wizard.price = 0.0
        self.assertFalse([row for row in self._shown(wizard) if row[0] == "new"])
        self._confirm(wizard)
        self.assertEqual(
            self.eur.round(sum(self.traject.instalment_ids.mapped("amount_due"))),
            2248.74,
        )

    def test_second_payer_stays(self):
        order = self._sell(self._line("payer"), partner=self.insurer)
        wizard = self._look(
            "action_change_package", date="2026-04-05", product_id=self.small
        )
        self.assertEqual(wizard.price, self.eur.round(4995.0 - 3 * 749.58))
        self._confirm(wizard)
        self.assertEqual(len(self._get_instalments(order)), 12)
        self.assertEqual(sum(self._get_instalments(order).mapped("amount_due")), 1800.0)

    def test_changed_twice(self):
        for day, package, total in (
            ("2026-04-05", self.big, 11995.0),
            ("2026-06-05", self.small, 4995.0),
        ):
            wizard = self._look("action_change_package", date=day, product_id=package)
            self._confirm(wizard)
            self.assertEqual(
                self.eur.round(sum(self.traject.instalment_ids.mapped("amount_due"))),
                total,
            )

    def test_refused(self):
        for values, text in (
            ({"date": "2025-12-31", "product_id": self.big}, "does not change before"),
            ({"date": "2026-12-05", "product_id": self.small}, "must be longer"),
            ({"date": "2026-04-05", "product_id": self.package}, "choose another one"),
        ):
            form = self._open("action_change_package", **values)
            with self.subTest(values), self.assertRefused(text):
                form.save().action_confirm()
        self._sell(self._line())
        form = self._open(
            "action_change_package", date="2026-04-05", product_id=self.big
        )
        with self.assertRefused("take the extension back"):
            form.save().action_confirm()

    def test_only_from_the_traject(self):
        """A line typed on an order would leave the former package as it was."""
        with self.assertRefused("is changed from the traject itself"):
            self._quote(self._line("package"))

    def test_not_taken_back(self):
        wizard = self._look(
            "action_change_package", date="2026-04-05", product_id=self.big
        )
        self._confirm(wizard)
        with self.assertRefused("change its package once more"):
            self.order.with_user(self.account_manager).order_line[1].product_uom_qty = 0
        with self.assertRefused("a part lapsed"):
            self.order.with_user(self.account_manager).order_line[0].price_unit = 1.0
