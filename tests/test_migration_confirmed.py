from pathlib import Path

from odoo.modules.migration import load_script
from odoo.tests import tagged

from .common_billing import BillingCommon

SCRIPT = Path(__file__).parents[1] / "migrations/19.0.1.2.0/pre-confirmed.py"


@tagged("post_install", "-at_install")
class TestMigrationConfirmed(BillingCommon):
    """From a version in which the order date was the day of confirmation."""

    def test_day_of_the_company(self):
        order = self._sell(today="2026-01-05 23:30:00")
        quotation = self._quote()
        before = order.outplacement_date_confirmed
        self.assertEqual(str(before), "2026-01-06")
        self.env.flush_all()
        self.env.cr.execute(
            "ALTER TABLE sale_order DROP COLUMN outplacement_date_confirmed CASCADE"
        )
        self.env.invalidate_all()
        script = load_script(str(SCRIPT), "outplacement_pre_confirmed")
        script.migrate(self.env.cr, "19.0.1.1.0")
        self.assertEqual(order.outplacement_date_confirmed, before)
        self.assertFalse(quotation.outplacement_date_confirmed)
