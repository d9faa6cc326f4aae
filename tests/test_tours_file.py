from contextlib import contextmanager
from datetime import date
from unittest.mock import patch

from odoo.tests import freeze_time, new_test_user, tagged

from .common_tours import TourCommon

NOTE = "outplacement.note"
BODY = "<p>Wil met de handen werken.</p>"
REFERENCE = "TR/2026/4711"


# The clock runs on from here: the browser and the server wait for each other.
@freeze_time("2026-02-20 09:00:00", tick=True)
@tagged("post_install", "-at_install")
class TestToursOfTheFile(TourCommon):
    """The confidential file: handed over, opened in an emergency, explained."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = new_test_user(
            cls.env,
            "billing_officer",
            "outplacement.group_privacy_officer",
            company_id=cls.company.id,
        )
        cls.successor = cls.other_coach
        cls.successor.name = "Sanne Opvolger"
        people = cls.officer | cls.successor
        people.write({"lang": "nl_NL", "tz": "Europe/Amsterdam"})

    def setUp(self):
        super().setUp()
        self.traject = self._start_traject()
        self.traject.name = REFERENCE
        self.note = (
            self.env[NOTE]
            .with_user(self.coach)
            .create(
                {
                    "traject_id": self.traject.id,
                    "date": date(2026, 2, 19),
                    "body": BODY,
                }
            )
        )

    # ------------------------------------------------------------------
    # Handover
    # ------------------------------------------------------------------

    def _get_read(self, user):
        """Return the texts that ``user`` reads of the file."""
        notes = self.env[NOTE].with_user(user)
        return notes.search([("traject_id", "=", self.traject.id)]).mapped("body")

    def test_clean_start(self):
        """Without the candidate's agreement the successor starts with a clean file."""
        self._tour("assign_successor", self.planner)
        self.assertEqual(self.traject.coach_id, self.successor)
        self.assertFalse(self._get_read(self.successor))
        self._tour("clean_start", self.successor)
        [text] = self._get_read(self.successor)
        self.assertIn("Begint opnieuw.", text)
        self._tour("left", self.coach)
        self.assertFalse(self._get_read(self.coach))

    def test_agreement_later(self):
        """The candidate agrees afterwards: then the successor reads the whole file."""
        self._tour("assign_successor", self.planner)
        self._tour("record_agreement", self.planner)
        [successor] = self.traject.member_ids.filtered("agreed_on")
        self.assertRecordValues(
            successor,
            [
                {
                    "user_id": self.successor.id,
                    "agreed_on": date(2026, 2, 20),
                    "agreed_channel": "phone",
                    "agreed_recorded_by_id": self.planner.id,
                    "file_state": "agreed",
                }
            ],
        )
        self._tour("take_over", self.successor)
        self.assertEqual(self._get_read(self.successor), [BODY])

    def test_handover(self):
        """The candidate agreed when the successor is assigned."""
        self._tour("hand_over", self.planner)
        self._tour("take_over", self.successor)
        [successor] = self.traject.member_ids.filtered("agreed_on")
        self.assertEqual(successor.agreed_channel, "conversation")
        self.assertEqual(successor.user_id, self.successor)
        self.assertFalse(self._get_read(self.coach))

    # ------------------------------------------------------------------
    # Emergency access
    # ------------------------------------------------------------------

    def test_emergency(self):
        """A manager asks, a privacy officer approves, the manager reads and ends it."""
        self._tour("emergency_request", self.manager)
        request = self.env["outplacement.break.glass"].search(
            [("traject_id", "=", self.traject.id)]
        )
        self.assertRecordValues(
            request,
            [{"requester_id": self.manager.id, "hours": 2, "state": "requested"}],
        )
        self._tour("emergency_approve", self.officer)
        self.assertRecordValues(
            request, [{"approver_id": self.officer.id, "state": "approved"}]
        )
        self.assertFalse(self._get_read(self.officer))
        self._tour("emergency_read", self.manager)
        self.assertRecordValues(request, [{"state": "ended"}])
        self.assertFalse(self._get_read(self.manager))
        reads = self.env["outplacement.access.log"].search(
            [("kind", "=", "break_glass_read"), ("res_id", "=", self.note.id)]
        )
        self.assertEqual(reads.user_id, self.manager)

    # ------------------------------------------------------------------
    # Who is told what
    # ------------------------------------------------------------------

    def test_statement(self):
        """The candidate signs on the screen of the coach."""
        with self._printing():
            self._tour("statement", self.coach)
        statement = self.traject.statement_ids
        self.assertRecordValues(
            statement,
            [
                {
                    "party": "candidate",
                    "partner_id": self.candidate.id,
                    "channel": "screen",
                    "state": "signed",
                    "date_signed": date(2026, 2, 20),
                    "recorded_by_id": self.coach.id,
                    "lang": "nl_NL",
                    "is_outdated": False,
                }
            ],
        )
        self.assertTrue(statement.signature)
        self.assertTrue(statement.document)

    @contextmanager
    def _printing(self):
        """Print statements in earnest, as the server does when no test runs."""
        Statement = self.registry["outplacement.statement"]
        render = Statement._render_document

        def render_pdf(statement):
            return render(statement.with_context(force_report_rendering=True))

        with patch.object(Statement, "_render_document", render_pdf):
            yield
