import base64
import hashlib
from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from ..models.outplacement_report_flow import OutplacementReport
from .common import OutplacementCommon
from .common_portal_tours import SIZES, PortalTourCommon
from .common_tours import install_dutch

REPORT = "outplacement.report"


# The clock runs on from here: the browser and the server wait for each other.
@freeze_time("2026-03-12 09:00:00", tick=True)
@tagged("post_install", "-at_install")
class TestPortalTours(PortalTourCommon, OutplacementCommon):
    """Pages of the portal in a browser, in Dutch, on a telephone and on a desktop."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        install_dutch(cls.env)
        people = cls.candidate | cls.employer_contact | cls.coach
        people.write({"lang": "nl_NL", "tz": "Europe/Amsterdam"})
        cls.employer.lang = "nl_NL"
        cls.candidate.partner_id.name = "Karin Kandidaat"
        cls._activate()

    def test_home(self):
        """The page that both kinds of users come in by."""
        for role in ("candidate", "employer_contact"):
            for width in SIZES:
                with self.subTest(role=role, width=width):
                    self._tour_portal("portal_home", self.users[role], width)

    # ------------------------------------------------------------------
    # A report, from the candidate to the employer
    # ------------------------------------------------------------------

    def test_a_report_on_a_telephone(self):
        self._bring_to_the_employer(390)

    def test_a_report_on_a_desktop(self):
        self._bring_to_the_employer(1366)

    def _bring_to_the_employer(self, width):
        """The candidate objects, the coach mends, the candidate agrees, the coach
        releases, the employer reads and downloads."""
        report = self._make_report("sent", remark="Zoekt werk in de zorg")
        self._tour_portal("portal_object", self.candidate, width)
        self.assertEqual(report.state, "objected")
        [answer] = report.answer_ids
        self.assertEqual(answer.remark, "Laat de zorg weg, ik zoek breder")
        self._tour_portal("report_mend", self.coach, 1366, "/odoo")
        self.assertEqual(report.state, "sent")
        self._tour_portal("portal_agree", self.candidate, width)
        self.assertEqual(report.state, "agreed")
        with self._printing_in_earnest():
            self._tour_portal("report_release", self.coach, 1366, "/odoo")
        self.assertEqual(report.state, "released")
        self._tour_portal("portal_employer", self.employer_contact, width)
        self._check_download(report)

    def _printing_in_earnest(self):
        """A patch by which releasing makes a PDF, as it does outside tests."""
        self.env["ir.config_parameter"].set_param("report.url", self.base_url())

        def render(report):
            earnest = report.with_context(force_report_rendering=True)
            return OutplacementReport._render_document(earnest)

        return patch.object(self.registry[REPORT], "_render_document", render)

    def _check_download(self, report):
        """What the employer's contact downloads is what was released."""
        login = self.employer_contact.login
        self.authenticate(login, login)
        response = self.url_open(f"/my/trajecten/rapport/{report.id}/document")
        self.assertEqual(response.status_code, 200)
        self.assertTrue(response.content.startswith(b"%PDF"))
        fingerprint = hashlib.sha256(response.content).hexdigest()
        self.assertEqual(fingerprint, report.document_sha256)
        self.assertEqual(base64.b64decode(report.document), response.content)

    def test_other_pages_of_a_candidate_on_a_telephone(self):
        self._see_other_pages(390)

    def test_other_pages_of_a_candidate_on_a_desktop(self):
        self._see_other_pages(1366)

    def _see_other_pages(self, width):
        """The file, the consents, who has read the file, and who is told what."""
        self._make_note(shared=True)
        self._make_document(shared=True)
        consent = self._consent("applications")
        self._tour_portal("portal_pages", self.candidate, width, "/my/traject")
        self.assertTrue(consent.date_withdrawn)

    def test_an_employer(self):
        for width in SIZES:
            with self.subTest(width=width):
                self._make_report("released", remark="Zoekt breder")
                self._tour_portal("portal_employer", self.employer_contact, width)
