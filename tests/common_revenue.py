from decimal import Decimal

from ..tools.money import to_decimal
from .common_billing import BillingCommon


class RevenueCommon(BillingCommon):
    """The prepaid package of the billing rules, and what the books say of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.prepaid = cls._make_package(7450.0, cls.plan_start)
        cls.revenue_account = cls.prepaid.product_tmpl_id.get_product_accounts()[
            "income"
        ]

    def _bill_prepaid(self, date_start="2026-03-16", today="2026-03-16", **values):
        """Return the invoice of a prepaid package that begins on ``date_start``."""
        order = self._sell_and_start(self.prepaid, date_start=date_start, **values)
        return self._invoice(order, today)

    def _close(self, invoice, day, state="closed"):
        """Have the traject of ``invoice`` end early on ``day``."""
        traject = invoice.invoice_line_ids.outplacement_traject_id
        values = {"date_closed": day, "outcome": "stopped"}
        traject.with_user(self.planner)._set_state(state, **values)
        self.env.flush_all()

    def _get_report(self, day, user=None, **context):
        """Return the report as it stands on ``day``, as finance sees it."""
        Report = self.env["outplacement.revenue.report"].with_user(user or self.finance)
        return Report.with_context(outplacement_as_of=day, **context)

    def _get_totals(self, day, domain=(), **options):
        """Return what is earned and unearned on ``day``, as decimals."""
        Report = self._get_report(day, **options)
        [totals] = Report._read_group(
            domain, [], ["amount_earned:sum", "amount_unearned:sum"]
        )
        return tuple(to_decimal(total or 0) for total in totals)

    def _get_months(self, day="2030-01-01", **options):
        """Return what is earned in each month, as decimals by (year, month)."""
        Report = self._get_report(day, **options)
        groups = Report._read_group([], ["month:month"], ["amount:sum"])
        return {
            month and (month.year, month.month): to_decimal(amount)
            for month, amount in groups
        }

    def assertEarned(self, day, earned, unearned, **options):
        """Assert what is earned and unearned on ``day``, to the cent."""
        expected = (Decimal(earned), Decimal(unearned))
        with self.subTest(day=day):
            self.assertEqual(self._get_totals(day, **options), expected)
