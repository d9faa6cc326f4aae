from pathlib import Path

from odoo.modules.migration import load_script
from odoo.tests import tagged
from odoo.tools import SQL

from .common_billing import BillingCommon

SCRIPT = Path(__file__).parents[1] / "migrations/19.0.1.2.0/pre-triggers.py"
COLUMNS = {
    "outplacement_invoice_plan_line": ("trigger", "share_type", "amount"),
    "outplacement_instalment": ("trigger", "rank"),
}


@tagged("post_install", "-at_install")
class TestMigrationTriggers(BillingCommon):
    """From a version in which all instalments counted from the start."""

    def test_what_was_sold_stays(self):
        order = self._sell_and_start(date_start="2026-01-31")
        instalments = self._get_instalments(order)
        names = ("trigger", "rank", "date", "period_start", "period_end", "amount")
        before = instalments.read(names)
        lines = self.env["outplacement.invoice.plan.line"].search([])
        plans = lines.read(["trigger", "share_type", "share", "amount"])
        self.env.flush_all()
        for table, columns in COLUMNS.items():
            for column in columns:
                self.env.cr.execute(
                    SQL(
                        "ALTER TABLE %s DROP COLUMN %s CASCADE",
                        SQL.identifier(table),
                        SQL.identifier(column),
                    )
                )
        self.env.invalidate_all()
        script = load_script(str(SCRIPT), "outplacement_pre_triggers")
        script.migrate(self.env.cr, "19.0.1.1.0")
        self.assertEqual(instalments.read(names), before)
        self.assertEqual(
            lines.read(["trigger", "share_type", "share", "amount"]), plans
        )
        self.env.add_to_compute(instalments._fields["date"], instalments)
        self.env.add_to_compute(instalments._fields["period_start"], instalments)
        self.assertEqual(instalments.read(names), before)
