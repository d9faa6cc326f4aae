from pathlib import Path

from odoo.modules.migration import load_script
from odoo.tests import tagged

from .common_life import LifeCommon

SCRIPT = Path(__file__).parents[1] / "migrations/19.0.1.2.0/pre-lapse.py"


@tagged("post_install", "-at_install")
class TestMigrationLapse(LifeCommon):
    """From a version in which only cancelled trajects made instalments lapse."""

    def test_what_lapsed_was_cancelled(self):
        running = self._get_instalments(self._sell_package())
        cancelled = self._sell()
        self._cancel(cancelled, "2026-01-06")
        lapsed = self._get_instalments(cancelled)
        names = ("is_lapsed", "amount_lapsed", "lapse_reason", "amount_due", "state")
        before = (running | lapsed).read(names)
        self.env.flush_all()
        self.env.cr.execute(
            "ALTER TABLE outplacement_instalment DROP COLUMN amount_lapsed CASCADE, "
            "DROP COLUMN lapse_reason CASCADE"
        )
        self.env.invalidate_all()
        load_script(str(SCRIPT), "outplacement_pre_lapse").migrate(
            self.env.cr, "19.0.1.1.0"
        )
        self.assertEqual((running | lapsed).read(names), before)
        self.assertEqual(set(lapsed.mapped("lapse_reason")), {"cancelled"})
