from datetime import date
from pathlib import Path
from unittest.mock import patch

from odoo.modules.migration import load_script
from odoo.tests import freeze_time, tagged
from odoo.tools.sql import column_exists

from .common import DOCUMENT, OutplacementCommon

MIGRATIONS = Path(__file__).parents[1] / "migrations/19.0.1.3.0"


@freeze_time("2026-03-12 10:00:00")
@tagged("post_install", "-at_install")
class TestMigrationReports(OutplacementCommon):
    """From a version in which reports followed no consents."""

    def _migrate(self, name):
        """Run a script as often as an upgrade that was broken off would."""
        self.env.flush_all()
        script = load_script(str(MIGRATIONS / f"{name}.py"), name.replace("-", "_"))
        for _time in range(2):
            script.migrate(self.env.cr, "19.0.1.2.0")
        self.env.invalidate_all()

    def _forget_consents(self):
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM outplacement_consent")
        self.env.invalidate_all()

    def _get_consents(self, traject):
        return {
            consent.topic: (consent.date_given, consent.channel)
            for consent in traject.consent_ids
        }

    def test_consents(self):
        self._consent("applications", "new_employer")
        told = self._make_report("released", application_count=3, new_employer="Bakery")
        self.traject.consent_ids.filtered(
            lambda consent: consent.topic == "new_employer"
        ).with_user(self.coach)._withdraw("phone")
        latest = self._make_report("agreed", date_to=date(2021, 4, 30))
        empty = self._make_traject(candidate_id=False)
        later = self._make_traject(date_start=date(2026, 9, 1))
        self._forget_consents()
        self._migrate("post-consents")
        day = latest.answer_ids.date
        self.assertEqual(
            self._get_consents(self.traject),
            {
                "participation": (day, "portal"),
                "phases": (day, "portal"),
                "applications": (day, "portal"),
            },
            "what the latest report told, and not what an earlier one did",
        )
        self.assertEqual(self.traject.consent_ids.recorded_by_id.id, 1)
        self.assertFalse((empty | later).consent_ids)
        self.assertEqual(told.new_employer, "Bakery")

    def test_nothing_in_their_name(self):
        """Neither by a draft, nor by what they never answered or objected to."""
        self._consent("applications", "new_employer")
        for state in ("draft", "sent", "objected"):
            with self.case(state=state):
                self._make_report(state, application_count=3)
                self._forget_consents()
                self._migrate("post-consents")
                self.assertFalse(self.traject.consent_ids)

    def test_signed(self):
        model = self.registry["outplacement.statement"]
        statement = (
            self.env["outplacement.statement"]
            .with_user(self.coach)
            .create({"traject_id": self.traject.id, "signature": b"iVBO"})
        )
        with patch.object(model, "_render_document", lambda statement: DOCUMENT):
            statement.action_sign()
        self._forget_consents()
        self._migrate("post-consents")
        self.assertEqual(
            self._get_consents(self.traject),
            dict.fromkeys(
                ("participation", "phases"), (date(2026, 3, 12), "agreement")
            ),
        )
        self.assertEqual(self.traject.consent_ids.statement_id, statement)

    def test_withdrawn_since(self):
        """An upgrade that runs again brings nothing back."""
        self.traject.consent_ids.with_user(self.coach)._withdraw("phone")
        self._migrate("post-consents")
        self.assertFalse(self.traject._get_consented_topics())

    def test_columns(self):
        report = self._make_report("released")
        self.env.flush_all()
        self.env.cr.execute(
            """
            ALTER TABLE outplacement_report DROP COLUMN phases_consent,
                                            DROP COLUMN participation_consent;
            ALTER TABLE outplacement_traject DROP COLUMN report_rhythm,
                                             DROP COLUMN date_next_report;
            """
        )
        self._migrate("pre-reports")
        self.assertTrue(report.phases_consent and report.participation_consent)
        self.assertEqual(self.traject.report_rhythm, "none")
        self.assertFalse(self.traject.date_next_report)
        self.assertTrue(
            column_exists(self.env.cr, "outplacement_traject", "report_due_until")
        )

    def test_mails(self):
        """A text that nobody changed is replaced, what a bureau wrote stays."""
        template = self.env.ref("outplacement.mail_template_report_sent")
        for user, link in (
            (self.env.ref("base.user_root"), True),
            (self.manager, False),
        ):
            with self.case(user=user.login):
                template.with_user(user).sudo().body_html = "<p>Old words</p>"
                self._migrate("post-mails")
                self.assertEqual("/my/traject" in template.body_html, link)
                self.assertEqual("Old words" in template.body_html, not link)
