from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common_billing import TODAY, BillingCommon


class SaleLineCommon(BillingCommon):
    """A traject of twelve months from 5 January 2026, at 8,995.00 in twelve."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._sell_and_start(date_start=TODAY)
        cls.traject = cls.order.outplacement_traject_ids
        cls.insurer = cls.env["res.partner"].create(
            {"name": "Insurer", "is_company": True}
        )
        cls.extra = cls._make_package(
            1800.0, cls.plan_monthly, name="Extension", outplacement_months=3
        )

    @classmethod
    def _line(cls, kind="extension", traject=None, product=None, **values):
        """Return the values of an order line for ``cls.traject``."""
        return {
            "product_id": (product or cls.extra).id,
            "outplacement_for_traject_id": (traject or cls.traject).id,
            "outplacement_line_kind": kind,
            **values,
        }

    def _of(self, order):
        """Return what finance reads of the instalments of ``order``."""
        return [
            (i.number, i.date, i.period_start, i.period_end, i.amount, i.state)
            for i in self._get_instalments(order)
        ]


@tagged("post_install", "-at_install")
class TestSaleLineTraject(SaleLineCommon):
    """What is sold for a traject that exists."""

    # ------------------------------------------------------------------
    # Selling
    # ------------------------------------------------------------------

    def test_extension(self):
        before = self._of(self.order)
        order = self._sell(self._line())
        self.assertFalse(order.order_line.outplacement_traject_ids)
        as_seller = order.with_user(self.account_manager)
        self.assertEqual(as_seller.outplacement_traject_count, 1)
        action = as_seller.action_view_outplacement_trajects()
        found = as_seller.env["outplacement.traject"].search(action["domain"])
        self.assertEqual(found, self.traject)
        self.assertEqual(self.traject.extension_months, 3)
        self.assertEqual(self.traject.date_end, date(2027, 4, 4))
        self.assertEqual(
            self._of(order),
            [
                (
                    1,
                    date(2027, 1, 5),
                    date(2027, 1, 5),
                    date(2027, 2, 4),
                    600.0,
                    "planned",
                ),
                (
                    2,
                    date(2027, 2, 5),
                    date(2027, 2, 5),
                    date(2027, 3, 4),
                    600.0,
                    "planned",
                ),
                (
                    3,
                    date(2027, 3, 5),
                    date(2027, 3, 5),
                    date(2027, 4, 4),
                    600.0,
                    "planned",
                ),
            ],
        )
        self.assertEqual(self._of(self.order), before, "the first sale is as it was")
        self.assertIn(order.name, self.traject.message_ids[0].body)

    def test_extension_prepaid_at_the_end_of_the_month(self):
        """All at once, from 31 January on: the day is clipped, counted from then."""
        first = self._sell_and_start(self._make_package(100.0), date_start="2026-01-31")
        line = self._line(traject=first.outplacement_traject_ids, outplacement_months=1)
        order = self._sell(line | {"outplacement_plan_id": self.plan_start.id})
        self.assertEqual(
            self._of(order),
            [
                (
                    1,
                    date(2027, 1, 31),
                    date(2027, 1, 31),
                    date(2027, 2, 27),
                    1800.0,
                    "planned",
                )
            ],
        )

    def test_extended_twice(self):
        first = self._sell(self._line(outplacement_months=2))
        second = self._sell(self._line(outplacement_months=1, price_unit=500.0))
        self.assertEqual(self.traject.date_end, date(2027, 4, 4))
        self.assertEqual(
            self._of(second),
            [
                (
                    1,
                    date(2027, 3, 5),
                    date(2027, 3, 5),
                    date(2027, 4, 4),
                    500.0,
                    "planned",
                )
            ],
        )
        for values in ({"product_uom_qty": 0}, {"outplacement_months": 5}):
            with (
                self.subTest(values),
                self.assertRefused(f"extended again by order {second.name}"),
            ):
                first.with_user(self.account_manager).order_line.write(values)
        with self.assertRefused("take that extension back first"):
            first.with_user(self.account_manager).action_cancel()
        second.with_user(self.account_manager).action_cancel()
        first.with_user(self.account_manager).action_cancel()
        self.assertEqual(self.traject.date_end, date(2027, 1, 4))

    def test_two_extensions_on_one_order(self):
        order = self._sell(
            self._line(outplacement_months=1), self._line(outplacement_months=2)
        )
        self.assertEqual(
            order.order_line.mapped("outplacement_months_before"), [12, 13]
        )
        self.assertEqual(self.traject.extension_months, 3)

    def test_extension_follows_the_term(self):
        """Of a traject of which nothing is invoiced yet the term may still change."""
        order = self._sell(self._line())
        self.traject.with_user(self.planner).months = 6
        self.assertEqual(self._get_instalments(order)[0].date, date(2026, 7, 5))
        self.assertEqual(self._get_instalments(order)[-1].period_end, date(2026, 10, 4))
        self.assertEqual(len(self._get_instalments(self.order)), 6)
        self.assertEqual(self.traject.date_end, date(2026, 10, 4))

    def test_extension_after_a_pause(self):
        """What a pause moved, the extension follows (R6)."""
        self.env["outplacement.pause"].create(
            {
                "traject_id": self.traject.id,
                "date_from": "2026-06-01",
                "date_to": "2026-07-31",
            }
        )
        order = self._sell(self._line(outplacement_months=1))
        self.assertEqual(
            self._of(order),
            [
                (
                    1,
                    date(2027, 3, 5),
                    date(2027, 3, 5),
                    date(2027, 4, 4),
                    1800.0,
                    "planned",
                )
            ],
        )
        self.assertEqual(
            self._get_instalments(self.order)[-1].period_end, date(2027, 3, 4)
        )
        self.assertEqual(self.traject.date_end, date(2027, 4, 4))

    def test_term_changes_after_an_extension_was_taken_back(self):
        """What lapsed stays; the rest follows the term."""
        order = self._sell(self._line())
        order.with_user(self.account_manager).action_cancel()
        self.traject.with_user(self.planner).months = 6
        self.assertEqual(len(self._get_instalments(self.order)), 6)
        self.assertEqual(len(self._get_instalments(order)), 3)

    def test_second_payer(self):
        """Over the whole term, without making it longer."""
        line = self._line("payer", price_unit=1200.0, outplacement_plan_id=False)
        order = self._sell(line, partner=self.insurer, client_order_ref="PO-INS")
        self.assertEqual(
            self._of(order),
            [(1, date(2026, 1, 5), date(2026, 1, 5), date(2027, 1, 4), 1200.0, "due")],
        )
        self.assertEqual(self._get_instalments(order).partner_id, self.insurer)
        self.assertEqual(self.traject.date_end, date(2027, 1, 4))
        monthly = self._sell(self._line("payer"), partner=self.insurer)
        self.assertEqual(len(self._get_instalments(monthly)), 12)

    def test_added_to_a_confirmed_order(self):
        self.order.with_user(self.account_manager).order_line = [
            Command.create(self._line())
        ]
        self.assertEqual(self.traject.date_end, date(2027, 4, 4))
        self.assertEqual(len(self._get_instalments(self.order)), 15)
        self.assertEqual(self.order.outplacement_traject_ids, self.traject)

    def test_confirmed_by_the_customer(self):
        """Who accepts the quotation needs no right to the traject."""
        order = self._quote(self._line())
        order.with_user(self.salesman).sudo().action_confirm()
        self.assertEqual(len(self._get_instalments(order.sudo())), 3)

    def test_confirmed_twice(self):
        order = self._sell(self._line())
        order._action_confirm()
        order.order_line._create_outplacement_trajects()
        self.assertEqual(len(self._get_instalments(order)), 3)
        self.assertEqual(self.traject.extension_months, 3)

    def test_plan_preview(self):
        line = self._quote(self._line()).order_line.with_context(lang="en_US")
        self.assertIn("3 × 600.00", line.outplacement_plan_preview)
        line.write({"outplacement_line_kind": "payer"})
        self.assertIn("12 × 150.00", line.outplacement_plan_preview)

    def test_form_of_account_manager(self):
        form = Form(self.env["sale.order"].with_user(self.account_manager))
        form.partner_id = self.employer
        with form.order_line.new() as line:
            line.product_id = self.extra
            line.outplacement_for_traject_id = self.traject
            line.outplacement_line_kind = "extension"
            self.assertEqual(line.outplacement_months, 3)
        order = form.save()
        order.action_confirm()
        self.assertEqual(len(self._get_instalments(order.sudo())), 3)

    # ------------------------------------------------------------------
    # Refusals
    # ------------------------------------------------------------------

    def test_refused(self):
        """(what is odd, values of the line, values of the traject, sentence)"""
        for values, state, text in (
            ({"product_uom_qty": 2}, {}, "its quantity is 1"),
            ({"product_uom_qty": 0.5}, {}, "its quantity is 1"),
            ({"outplacement_for_traject_id": False}, {}, "choose which one"),
            (
                {"outplacement_line_kind": False},
                {},
                "choose whether it is an extension",
            ),
            ({"product_id": self.workshop.id}, {}, "is no package"),
            ({"outplacement_months": 0}, {}, "at least one month"),
            ({}, {"state": "closed"}, "is closed: nothing is sold"),
            ({}, {"state": "cancelled"}, "is cancelled: nothing is sold"),
        ):
            with self.subTest(values=values, state=state):
                order = self._quote(self._line() | values)
                self.traject.sudo().write({"state": "active", **state})
                with self.assertRefused(text):
                    order.action_confirm()
                self.assertEqual(order.state, "draft")
                self.traject.sudo().write({"state": "active"})
                if order.order_line.product_id == self.extra:
                    with self.assertRefused(text):
                        self.traject.sudo().write({"state": "active", **state})
                        self._sell().with_user(self.account_manager).order_line = [
                            Command.create(self._line() | values)
                        ]

    def test_negative_months(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRefused("months_pos", IntegrityError),
        ):
            self._quote(self._line(outplacement_months=-1))
            self.env.flush_all()

    def test_other_company(self):
        other = self.setup_other_company()["company"]
        traject = self.env["outplacement.traject"].create({"company_id": other.id})
        self.account_manager.company_ids = [Command.link(other.id)]
        traject.account_manager_id = self.account_manager
        with self.assertRefused("belongs to another company|compan", UserError):
            self._quote(self._line(traject=traject))

    # ------------------------------------------------------------------
    # Who
    # ------------------------------------------------------------------

    def _make_user(self, groups):
        """Return a user of no other groups, called by them."""
        return new_test_user(self.env, groups, groups, company_id=self.company.id)

    def _get_ways(self, user):
        """Return the ways in which ``user`` may try to sell for the traject, on a
        quotation of their own, as functions by name."""
        order = self._quote(self.extra, user=user)
        record = order.order_line
        Line = record.browse().with_user(user)
        line = self._line()
        context = {f"default_{name}": value for name, value in line.items()}
        bare = {"order_id": order.id, "product_id": self.extra.id}
        return {
            "write": lambda: record.write(line),
            "kind": lambda: (
                record.sudo().write(line),
                record.write({"outplacement_line_kind": "payer"}),
            ),
            "months": lambda: (
                record.sudo().write(line),
                record.write({"outplacement_months": 99}),
            ),
            "create": lambda: Line.create({"order_id": order.id, **line}),
            "default": lambda: Line.with_context(**context).create(bare),
            "import": lambda: self._import(Line, order, line),
        }

    def test_who_may(self):
        """The account manager of the traject and managers; by whatever way."""
        strangers = [
            self._make_user(groups)
            for groups in (
                "outplacement.group_account_manager,"
                "sales_team.group_sale_salesman_all_leads",
                "sales_team.group_sale_manager,outplacement.group_planner",
                "sales_team.group_sale_manager,outplacement.group_coach",
            )
        ]
        for user in (*strangers, self.salesman):
            for way, call in self._get_ways(user).items():
                with (
                    self.subTest(user=user.login, way=way),
                    self.env.cr.savepoint(),
                    self.assertRaises(AccessError),
                ):
                    call()
        keeper = self._make_user(
            "outplacement.group_manager,sales_team.group_sale_salesman"
        )
        for user in (self.account_manager, keeper):
            order = self._quote(self._line(), user=user)
            self.assertEqual(
                order.sudo().order_line.outplacement_line_kind, "extension"
            )

    def test_who_takes_it_back(self):
        """Who may not sell it any more; what they started themselves they do."""
        order = self._sell(self._line())
        started = self._sell()
        user = self.account_manager
        role = self.env.ref("outplacement.group_account_manager")
        user.group_ids = self.env.ref("sales_team.group_sale_salesman")
        self.assertFalse(user.has_group("outplacement.group_account_manager"))
        with self.assertRefused("takes back what was sold", AccessError):
            order.with_user(user).action_cancel()
        started.with_user(user).action_cancel()
        self.assertEqual(started.state, "cancel")
        user.group_ids |= role
        order.with_user(user).action_cancel()
        self.assertEqual(order.state, "cancel")

    def _import(self, Line, order, line):
        result = Line.load(
            ["order_id/.id", "product_id/.id", "outplacement_for_traject_id/.id"],
            [[str(order.id), str(line["product_id"]), str(self.traject.id)]],
        )
        if messages := result["messages"]:
            raise AccessError(str(messages))

    def test_place_in_the_term_is_nobodys(self):
        line = self._quote(self._line()).order_line
        with self.assertRaises(AccessError):
            line.outplacement_months_before = 1
        for name in ("extension_months", "extra_sale_line_ids"):
            with self.subTest(name), self.assertRaises(AccessError):
                self.traject.with_user(self.planner).write({name: False})

    def test_fixed_by_confirmation(self):
        order = self._sell(self._line())
        other = self._sell().outplacement_traject_ids
        line = order.with_user(self.account_manager).order_line
        for values in (
            {"outplacement_for_traject_id": other.id},
            {"outplacement_for_traject_id": False},
            {"outplacement_line_kind": "payer"},
        ):
            with self.subTest(values), self.assertRefused("is fixed"):
                line.write(values)
        line.write({"outplacement_line_kind": "extension"})
        ordinary = self._sell().with_user(self.account_manager).order_line
        with self.assertRefused("is fixed"):
            ordinary.write(self._line())

    def test_copy(self):
        """A copy is for no traject until somebody says for which."""
        copy = self._sell(self._line()).with_user(self.account_manager).copy()
        self.assertFalse(copy.order_line.outplacement_for_traject_id)
        with self.assertRefused("choose which one"):
            copy.action_confirm()

    # ------------------------------------------------------------------
    # Changes and taking back
    # ------------------------------------------------------------------

    def test_change_terms(self):
        order = self._sell(self._line())
        line = order.with_user(self.account_manager).order_line
        line.price_unit = 2400.0
        self.assertEqual(self._get_instalments(order).mapped("amount"), [800.0] * 3)
        line.outplacement_months = 6
        self.assertEqual(self._get_instalments(order).mapped("amount"), [400.0] * 6)
        self.assertEqual(self.traject.date_end, date(2027, 7, 4))
        self.assertEqual(len(self._get_instalments(self.order)), 12)
        self._invoice(order, "2027-01-05", post=False)
        for values in ({"price_unit": 1.0}, {"outplacement_months": 9}):
            with self.subTest(values), self.assertRefused("are fixed"):
                line.write(values)
        # the first sale has its own instalments
        self.order.order_line.with_user(self.account_manager).price_unit = 1200.0
        self.assertEqual(self._get_instalments(self.order)[0].amount, 100.0)

    def test_cancel_the_order(self):
        order = self._sell(self._line())
        order.with_user(self.account_manager).action_cancel()
        self.assertEqual(self.traject.state, "active")
        self.assertEqual(self.traject.extension_months, 0)
        self.assertEqual(self.traject.date_end, date(2027, 1, 4))
        self.assertEqual(set(self._get_instalments(order).mapped("state")), {"lapsed"})
        self.assertNotIn("lapsed", self._get_instalments(self.order).mapped("state"))
        order.with_user(self.account_manager).action_draft()
        order.order_line.price_unit = 900.0
        order.with_user(self.account_manager).action_confirm()
        self.assertEqual(self._get_instalments(order).mapped("amount"), [300.0] * 3)
        self.assertEqual(set(self._get_instalments(order).mapped("state")), {"planned"})
        self.assertEqual(self.traject.extension_months, 3)

    def test_cancel_after_invoices(self):
        order = self._sell(self._line("payer"), partner=self.insurer)
        draft = self._invoice(order, TODAY, post=False)
        with self.assertRefused("Credit or delete that first"):
            order.with_user(self.account_manager).order_line.product_uom_qty = 0
        draft.with_user(self.finance).action_post()
        with self.assertRefused(f"is on invoice {draft.name}"):
            order.with_user(self.finance).action_cancel()
        self._credit(draft)
        order.with_user(self.account_manager).action_cancel()
        self.assertEqual(self._get_instalments(order).mapped("state"), ["lapsed"] * 12)
        order.with_user(self.account_manager).action_draft()
        with self.assertRefused("sell it again on a new line"):
            order.with_user(self.account_manager).action_confirm()

    def test_quantity_nought(self):
        """What was added to a confirmed order is taken back by its quantity."""
        order = self._sell(self.workshop, self._line())
        line = order.with_user(self.account_manager).order_line[1]
        with self.assertRefused("its quantity is 1"):
            line.product_uom_qty = 2
        line.product_uom_qty = 0
        self.assertEqual(self.traject.extension_months, 0)
        self.assertEqual(set(self._get_instalments(order).mapped("state")), {"lapsed"})
        self.assertEqual((line.qty_invoiced, line.qty_to_invoice), (0.0, 0.0))
        line.product_uom_qty = 1
        self.assertEqual(self.traject.extension_months, 3)
        self.assertEqual(self._get_instalments(order).mapped("state"), ["planned"] * 3)

    def test_traject_cancelled(self):
        order = self._sell(self._line("payer"), partner=self.insurer)
        self.traject.with_user(self.planner)._set_state("cancelled", outcome="stopped")
        self.assertEqual(set(self._get_instalments(order).mapped("state")), {"lapsed"})
        order.with_user(self.account_manager).action_cancel()
        self.assertEqual(order.state, "cancel")

    # ------------------------------------------------------------------
    # Invoices
    # ------------------------------------------------------------------

    def test_invoice_status(self):
        order = self._sell(self._line(), self.workshop)
        line = order.order_line[0]
        self.assertEqual(line.invoice_status, "no")
        self.assertEqual(line.product_updatable, False)
        self.assertEqual(line.untaxed_amount_to_invoice, 1800.0)
        with freeze_time("2027-02-10"):
            self.env["outplacement.instalment"]._update_due()
            self.assertEqual(line.invoice_status, "to invoice")
            self.assertEqual(line.qty_to_invoice, 0.67)
            self.env.flush_all()
        invoice = self._invoice(order, "2027-02-10")
        self.assertAmounts(invoice, (1200.0, 252.0, 1452.0))
        self.assertEqual(line.qty_invoiced, 0.67)
        text = invoice.invoice_line_ids[0].name
        self.assertIn("instalment 1 of 3", text)
        self.assertIn("01/05/2027 – 02/04/2027", text)
        self._invoice(order, "2027-03-05")
        self.assertEqual(line.invoice_status, "invoiced")
        self.assertEqual(line.qty_invoiced, 1.0)
        self.assertEqual(line.untaxed_amount_to_invoice, 0.0)

    def test_package_stays_a_package(self):
        """A product that was sold for trajects only was sold as a package."""
        self._sell(self._line())
        self.extra.product_tmpl_id.service_tracking = "outplacement"

    def test_currency_of_its_own(self):
        currency = self.setup_other_currency("USD")
        pricelist = self.env["product.pricelist"].create(
            {"name": "Dollars", "currency_id": currency.id}
        )
        order = self._sell(
            self._line("payer", price_unit=100.0),
            partner=self.insurer,
            pricelist_id=pricelist.id,
        )
        self.assertEqual(self._get_instalments(order).currency_id, currency)
        self.assertEqual(self._get_instalments(self.order).currency_id, self.eur)
        self.assertEqual(self._invoice(order, TODAY).currency_id, currency)
