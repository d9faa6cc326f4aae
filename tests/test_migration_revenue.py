from datetime import date
from pathlib import Path
from unittest.mock import patch

from odoo.modules.migration import load_script
from odoo.tests import tagged

from .common_revenue import RevenueCommon

SCRIPT = Path(__file__).parents[1] / "migrations/19.0.1.2.0/post-revenue.py"
DAYS = (date(2026, 3, 16), date(2027, 3, 15))


@tagged("post_install", "-at_install")
class TestMigrationRevenue(RevenueCommon):
    """From a version whose invoice lines did not keep the days of their earning."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.script = load_script(str(SCRIPT), "outplacement_post_revenue")

    def _migrate(self, batch=1):
        """Forget what the lines keep now, and migrate."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            UPDATE account_move_line SET outplacement_traject_id = NULL,
                   outplacement_earned_from = NULL, outplacement_earned_until = NULL
            """
        )
        self.env.invalidate_all()
        with patch.object(self.script, "BATCH", batch):
            self.script.migrate(self.env.cr, "19.0.1.1.0")
            self.script.migrate(self.env.cr, "19.0.1.1.0")
        self.env.invalidate_all()

    def _get_days(self, move):
        line = move.invoice_line_ids
        return line.outplacement_earned_from, line.outplacement_earned_until

    def test_invoices_and_credit_notes(self):
        released = self._bill_prepaid()
        note = self._credit(released)
        instalment = released.invoice_line_ids.outplacement_instalment_id
        instalment.with_user(self.finance).action_release()
        other = self._bill_prepaid()
        trajects = {
            move: move.invoice_line_ids.outplacement_traject_id
            for move in (released, note, other)
        }
        dates = other.invoice_line_ids.write_date
        self._migrate()
        for move, traject in trajects.items():
            with self.subTest(move=move.name):
                self.assertTrue(traject)
                self.assertEqual(self._get_days(move), DAYS)
                self.assertEqual(move.invoice_line_ids.outplacement_traject_id, traject)
        self.assertEqual(other.invoice_line_ids.write_date, dates)

    def test_other_lines_get_nothing(self):
        order = self._sell(self.workshop)
        order.with_user(self.finance)._create_invoices()
        self._migrate()
        self.assertEqual(self._get_days(order.invoice_ids), (False, False))
        self.assertFalse(order.invoice_ids.invoice_line_ids.outplacement_traject_id)

    def test_changed_by_hand(self):
        """What has days already keeps them."""
        invoice = self._bill_prepaid()
        with patch.object(
            self.registry["outplacement.instalment"],
            "_get_earning_period",
            lambda self: (date(2020, 1, 1), date(2020, 2, 1)),
        ):
            self.script.migrate(self.env.cr, "19.0.1.1.0")
        self.env.invalidate_all()
        self.assertEqual(self._get_days(invoice), DAYS)

    def test_days_that_nobody_knows(self):
        invoice = self._bill_prepaid()
        with patch.object(
            self.registry["outplacement.instalment"],
            "_get_earning_period",
            lambda self: (False, False),
        ):
            self._migrate()
        self.assertEqual(self._get_days(invoice), (False, False))
        self.assertTrue(invoice.invoice_line_ids.outplacement_traject_id)
