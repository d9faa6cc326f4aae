import base64
from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tests.common import RecordCapturer
from odoo.tools import SQL, mute_logger

from .common import ACCESS_LOGGERS, DOCUMENT, LONG_AGO
from .test_access_log import CANARY, AccessLogCommon

SIGNATURE = base64.b64encode(b"\x89PNG")
RHYTHM = "odoo.addons.outplacement.models.outplacement_traject_report"
RENDERING = "odoo.addons.mail.models.mail_render_mixin"


class AttackReportsCommon(AccessLogCommon):
    """Helpers to sign and to let the days pass."""

    def _sign(self, user=None, **values):
        """Return a statement that the candidate signed, recorded by ``user``."""
        Statement = self.env["outplacement.statement"].with_user(user or self.coach)
        values = {"traject_id": self.traject.id, "signature": SIGNATURE, **values}
        model = self.registry["outplacement.statement"]
        with patch.object(model, "_render_document", lambda statement: DOCUMENT):
            statement = Statement.create(values)
            statement.action_sign()
        return statement.with_env(self.env)

    def _run(self, name):
        """Run a daily job."""
        with self.enter_registry_test_mode():
            self.env.ref(f"outplacement.{name}").method_direct_trigger()
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestAttackConsents(AttackReportsCommon):
    """Consents that the candidate did not give, or took back."""

    def test_another_candidate_inherits_nothing(self):
        """Before the start planners name another one: not once there is something of
        the first, that the second would read or be held to."""
        newcomer = self._make_user("candidate", "newcomer").partner_id
        rename = self.traject.with_user(self.planner).write
        self.assertRefused(rename, {"candidate_id": newcomer.id}, error=UserError)
        fresh = self._make_traject()
        self._assign(fresh, self.coach)
        for what, make in (
            ("report", lambda: self._make_report("sent", fresh)),
            ("statement", lambda: self._sign(traject_id=fresh.id)),
        ):
            with self.case(what=what):
                make()
                rename = fresh.with_user(self.planner).write
                values = {"candidate_id": newcomer.id}
                self.assertRefused(rename, values, error=UserError)
        fresh.with_user(self.planner).candidate_id = newcomer
        self.assertEqual(fresh.candidate_id, newcomer)


@tagged("post_install", "-at_install")
class TestAttackReports(AttackReportsCommon):
    """What reaches others than it is for, or before the candidate said so."""

    # ------------------------------------------------------------------
    # Silence
    # ------------------------------------------------------------------

    def _assertAnswerWanted(self, report):
        """Assert that no answer is none, long after the deadline."""
        with freeze_time("2026-06-01 07:30:00"):
            self._run("ir_cron_follow_up_reports")
        self.assertTrue(report.date_missed)
        self.assertEqual(report.state, "sent")

    # ------------------------------------------------------------------
    # Jobs and who has left
    # ------------------------------------------------------------------

    # ------------------------------------------------------------------
    # Mails, activities, windows
    # ------------------------------------------------------------------

