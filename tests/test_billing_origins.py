from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common_revenue import RevenueCommon


@tagged("post_install", "-at_install")
class TestOriginsByHand(RevenueCommon):
    """What instalments and revenue are found by is nobody's to write, nor to have
    filled in by a default of one's own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.salesman = new_test_user(
            cls.env, "salesman", "base.group_user,sales_team.group_sale_salesman"
        )
        cls.workshop = cls.env["product.product"].create(
            {"name": "Workshop", "type": "service", "invoice_policy": "order"}
        )

    def _set_defaults(self, model, **values):
        """Have the salesman keep defaults of their own."""
        Default = self.env["ir.default"].with_user(self.salesman)
        for name, value in values.items():
            Default.set(model, name, value, user_id=True)

    def _invoice_workshop(self):
        """Return a draft invoice of a workshop that the salesman sold."""
        order = (
            self.env["sale.order"]
            .with_user(self.salesman)
            .create(
                {
                    "partner_id": self.employer.id,
                    "order_line": [
                        Command.create(
                            {"product_id": self.workshop.id, "price_unit": 300.0}
                        )
                    ],
                }
            )
        )
        order.action_confirm()
        return order._create_invoices().sudo()

    def test_no_default_ties_a_line(self):
        line = self._bill_prepaid().invoice_line_ids
        self._set_defaults(
            "account.move.line",
            outplacement_credited_line_id=line.id,
            outplacement_after_credit="lapse",
            outplacement_traject_id=line.outplacement_traject_id.id,
            outplacement_deferred_account_id=line.account_id.id,
        )
        self._set_defaults(
            "sale.order.line", outplacement_months_before=3, outplacement_months_until=9
        )
        invoice = self._invoice_workshop()
        workshop = invoice.invoice_line_ids
        self.assertFalse(workshop.outplacement_credited_line_id)
        self.assertFalse(workshop.outplacement_after_credit)
        self.assertFalse(workshop.outplacement_traject_id)
        self.assertFalse(workshop.outplacement_deferred_account_id)
        self.assertFalse(workshop.sale_line_ids.outplacement_months_before)
        self.assertFalse(workshop.sale_line_ids.outplacement_months_until)
        self.assertFalse(line.outplacement_credit_line_ids)

    def test_no_default_makes_an_invoice_an_entry(self):
        self._set_defaults("account.move", outplacement_revenue_month="2026-03-31")
        self.assertFalse(self._invoice_workshop().outplacement_revenue_month)

    def test_nobody_writes_them(self):
        invoice = self._bill_prepaid()
        line = invoice.invoice_line_ids
        for record, values in (
            (invoice, {"outplacement_revenue_month": "2026-03-31"}),
            (invoice, {"outplacement_run_id": False}),
            (line, {"outplacement_traject_id": False}),
            (line, {"outplacement_deferred_account_id": line.account_id.id}),
        ):
            with self.subTest(values), self.assertRaises(AccessError):
                record.with_user(self.finance).write(values)
