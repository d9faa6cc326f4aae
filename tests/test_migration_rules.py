from pathlib import Path

from odoo.modules.migration import load_script
from odoo.tests import tagged

from .common import OutplacementCommon

SCRIPT = Path(__file__).parents[1] / "migrations/19.0.1.4.0/post-rules.py"


@tagged("post_install", "-at_install")
class TestMigrationRules(OutplacementCommon):
    """From a version in which sessions asked their traject whose they are."""

    def test_sessions(self):
        self._make_session()
        rule = self.env.ref("outplacement.outplacement_session_rule_coach")
        rule.domain_force = "[('traject_id.is_member', '=', True)]"
        script = load_script(str(SCRIPT), "outplacement_post_rules")
        for _time in range(2):
            script.migrate(self.env.cr, "19.0.1.3.0")
        self.assertEqual(rule.domain_force, "[('is_mine', '=', True)]")
        Session = self.env["outplacement.session"]
        for user, count in ((self.coach, 1), (self.other_coach, 0)):
            self.assertEqual(Session.with_user(user).search_count([]), count)
