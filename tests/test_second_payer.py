import re
from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common import ACCESS_LOGGERS
from .common_billing import TODAY
from .test_sell_wizards import SellCommon

# What a portal user may find of one's own models by the remote procedures of the page.
MODELS = (
    "sale.order",
    "sale.order.line",
    "account.move",
    "account.move.line",
    "mail.message",
    "ir.attachment",
    "outplacement.instalment",
    "outplacement.traject",
    "outplacement.report",
)


@tagged("post_install", "-at_install")
class TestAddPayer(SellCommon):
    """The wizard by which somebody else pays a part."""

    def _add(self, today=TODAY, **values):
        wizard = self._look(
            "action_add_payer",
            **{
                "partner_id": self.insurer,
                "price": 1234.56,
                "client_order_ref": "PO-INSURER",
                **values,
            },
        )
        shown = self._shown(wizard)
        self._confirm(wizard, today)
        order = self.traject.sudo().extra_sale_line_ids.order_id.sorted("id")[-1:]
        return order, shown

    def test_add(self):
        order, shown = self._add()
        self.assertEqual(shown[0], ("new", "1/12", TODAY, 0.0, 102.88, 0.0))
        self.assertEqual(len(shown), 12)
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.partner_id, self.insurer)
        self.assertEqual(order.client_order_ref, "PO-INSURER")
        self.assertNotEqual(order, self.order)
        self.assertEqual(len(self.order.order_line), 1)
        self.assertEqual(
            set(self._get_instalments(order).mapped("purchase_order_ref")),
            {"PO-INSURER"},
        )
        self.assertFalse(self._get_instalments(self.order)[0].purchase_order_ref)
        invoice = self._invoice(order, TODAY)
        self.assertEqual(invoice.partner_id, self.insurer)
        self.assertEqual(invoice.ref, "PO-INSURER")
        self.assertAmounts(invoice, (102.88, 21.60, 124.48))

    def test_private_payer_placed_within_the_days_to_withdraw(self):
        """What is due at once waits by the facts of one's own order."""
        order, _shown = self._add(partner_id=self.person, price=1200.0)
        order.order_line.write(
            {
                "outplacement_placement_rule": "fixed",
                "outplacement_placement_rest": "at_once",
            }
        )
        with freeze_time("2026-01-13"):
            self.traject.sudo()._set_state(
                "aftercare", outcome="placed", date_placement=date(2026, 1, 13)
            )
            self.env.flush_all()
        dates = self._get_instalments(order).mapped("date")
        self.assertEqual(set(map(str, dates)), {"2026-01-20"})

    def test_candidate_pays(self):
        """A private person, with VAT included."""
        package = self._make_package(
            0.0, self.plan_start, taxes_id=[(6, 0, self.vat_included.ids)]
        )
        order, _shown = self._add(
            partner_id=self.candidate, product_id=package, price=1210.0
        )
        self.assertEqual(order.amount_untaxed, 1000.0)
        self.assertEqual(self.traject.candidate_id, self.candidate)

    def test_odd(self):
        for values, text in (
            ({"partner_id": self.employer}, "Big Employer pays .* already"),
            ({"price": 0.0}, "Enter what the second payer pays"),
            ({"price": -1.0}, "Enter what the second payer pays"),
        ):
            with self.subTest(values), self.assertRefused(text):
                self._add(**values)
        wizard = self._look("action_add_payer", partner_id=self.insurer, price=1.0)
        with self.assertRefused("an order of their own"):
            wizard.on_new_order = False
            wizard.action_confirm()

    def test_reference_of_the_other_payer(self):
        """Neither a new reference nor a required one goes over."""
        order, _shown = self._add()
        self.order.with_user(self.account_manager).client_order_ref = "PO-EMPLOYER"
        self.assertEqual(self.traject.purchase_order_ref, "PO-EMPLOYER")
        self.assertEqual(
            set(self._get_instalments(order).mapped("purchase_order_ref")),
            {"PO-INSURER"},
        )
        order.with_user(self.account_manager).client_order_ref = False
        self.insurer.outplacement_po_required = True
        self.assertTrue(self._get_instalments(order)[0].purchase_order_missing)
        draft = self._invoice(order, TODAY, post=False)
        with self.assertRefused("Insurer requires a purchase order reference"):
            draft.with_user(self.finance).action_post()

    def test_who_reads_the_line(self):
        """Who sells or bills; not who may merely read the order."""
        order, _shown = self._add()
        line = order.order_line
        for user in (self.account_manager, self.finance):
            read = line.with_user(user).read(["outplacement_for_traject_id"])
            self.assertEqual(read[0]["outplacement_for_traject_id"][0], self.traject.id)
        order.user_id = self.salesman
        with self.assertRaises(AccessError):
            line.with_user(self.salesman).read(["outplacement_for_traject_id"])


@tagged("post_install", "-at_install")
class TestSecondPayerHttp(SellCommon, HttpCase):
    """Neither payer sees the other's part, wherever they look."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order.client_order_ref = "PO-EMPLOYER"
        line = cls._line(
            "payer",
            price_unit=1234.56,
            product=cls._make_package(1.0, cls.plan_monthly, name="Insured Part"),
        )
        cls.payer_order = cls._sell(
            line, partner=cls.insurer, client_order_ref="PO-INSURER"
        )
        cls.invoices = cls._bill(cls.order), cls._bill(cls.payer_order)
        cls.secrets = {
            "employer": cls._get_secrets(cls.order, cls.invoices[0]),
            "insurer": cls._get_secrets(cls.payer_order, cls.invoices[1]),
        }
        for side, company in (("employer", cls.employer), ("insurer", cls.insurer)):
            contact = cls.env["res.partner"].create(
                {"name": f"HR {side}", "parent_id": company.id}
            )
            new_test_user(
                cls.env,
                f"portal_{side}",
                "base.group_portal",
                partner_id=contact.id,
                company_id=cls.company.id,
            )
        cls.env.flush_all()

    @classmethod
    @freeze_time(TODAY)
    def _bill(cls, order):
        cls.env["outplacement.instalment"]._update_due()
        invoice = order._create_invoices()
        invoice.action_post()
        cls.env.flush_all()
        return invoice

    @classmethod
    def _get_secrets(cls, order, invoice):
        """Return what only the customer of ``order`` may read."""
        amounts = (order.amount_untaxed, invoice.amount_untaxed, invoice.amount_total)
        names = (order.name, invoice.name, order.client_order_ref)
        return [*names, order.partner_id.name, *(f"{value:,.2f}" for value in amounts)]

    def _others(self, side):
        return self.secrets["insurer" if side == "employer" else "employer"]

    def assertHidden(self, side, text, where):
        """Assert that ``text`` holds nothing of the other payer."""
        # amounts as the page writes them, and as JSON does
        plain = re.sub(r"(?<=\d),(?=\d{3})", "", text)
        for secret in self._others(side):
            self.assertNotIn(secret, text, where)
            self.assertNotIn(secret.replace(",", ""), plain, where)

    def _call(self, model, method, *args, **kwargs):
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        with mute_logger(*ACCESS_LOGGERS, "odoo.http"):
            return self.url_open(
                f"/web/dataset/call_kw/{model}/{method}",
                json={"id": 0, "jsonrpc": "2.0", "method": "call", "params": params},
            ).text

    def test_portal_pages(self):
        """Lists, the own order and invoice with their printed form, and the other's by
        its number."""
        own = {"employer": 0, "insurer": 1}
        orders = (self.order, self.payer_order)
        for side, index in own.items():
            self.authenticate(f"portal_{side}", f"portal_{side}")
            order, invoice = orders[index], self.invoices[index]
            pages = {
                "/my/orders": order.name,
                "/my/invoices": invoice.name,
                f"/my/orders/{order.id}": "PO-",
                f"/my/orders/{order.id}?report_type=html": self.secrets[side][4],
                f"/my/invoices/{invoice.id}": invoice.name,
                f"/my/invoices/{invoice.id}?report_type=html": self.secrets[side][5],
                "/my": "",
            }
            for url, expected in pages.items():
                with self.subTest(side=side, url=url):
                    response = self.url_open(url)
                    self.assertEqual(response.status_code, 200)
                    self.assertIn(expected, response.text)
                    self.assertHidden(side, response.text, url)
            other, bill = orders[1 - index], self.invoices[1 - index]
            for url in (
                f"/my/orders/{other.id}",
                f"/my/orders/{other.id}?report_type=html",
                f"/my/invoices/{bill.id}",
                f"/my/invoices/{bill.id}?report_type=html",
                f"/report/html/sale.report_saleorder/{other.id}",
                f"/report/html/account.report_invoice/{bill.id}",
            ):
                with (
                    self.subTest(side=side, url=url),
                    mute_logger(*ACCESS_LOGGERS, "odoo.http"),
                ):
                    self.assertHidden(side, self.url_open(url).text, url)

    def test_remote_procedures(self):
        for side in ("employer", "insurer"):
            self.authenticate(f"portal_{side}", f"portal_{side}")
            for model in MODELS:
                # no names: all fields that the user may read
                for names in ([], ["display_name"]):
                    text = self._call(
                        model, "search_read", domain=[], fields=names, limit=200
                    )
                    self.assertHidden(side, text, (model, names))
            # they find their own, so the questions were the right ones
            text = self._call("sale.order", "search_read", fields=["name"])
            self.assertIn(self.secrets[side][0], text)

    def test_mails(self):
        """What is sent with orders and invoices."""
        for side, order, invoice in (
            ("employer", self.order, self.invoices[0]),
            ("insurer", self.payer_order, self.invoices[1]),
        ):
            template = order._get_confirmation_template()
            values = template._generate_template(order.ids, ["body_html", "subject"])
            text = str(values[order.id])
            wizard = (
                self.env["account.move.send.wizard"]
                .with_user(self.finance)
                .with_context(active_model="account.move", active_ids=invoice.ids)
                .create({"move_id": invoice.id})
            )
            text += f"{wizard.subject} {wizard.body}"
            self.assertIn(self.secrets[side][0], text)
            self.assertIn(self.secrets[side][1], text)
            self.assertHidden(side, text, side)
            self.assertLessEqual(
                wizard.mail_partner_ids.commercial_partner_id, order.partner_id
            )
