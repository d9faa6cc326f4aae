import base64
from datetime import date
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..tools import spreadsheet
from .common import DOCUMENT
from .common_portal import CandidatePortalCommon

LIST = "/my/trajecten"


@tagged("post_install", "-at_install")
class TestAttackPortals(CandidatePortalCommon):
    """Attacks on the portals by those who have a login, and by insiders."""

    def _get_told(self):
        """Return what the employer's contact is told of the traject."""
        self.env.flush_all()
        self.env.invalidate_all()
        Traject = self.env["outplacement.traject"].with_user(self.employer_contact)
        return Traject._get_portal_employer_traject(self.traject.id)

    def _upload(self):
        """Return the answer to a document that the candidate sends."""
        return self._post(
            f"/my/traject/{self.traject.id}/file/upload",
            files={"file": ("cv.pdf", DOCUMENT, "application/pdf")},
            ticket="a" * 32,
        )

    def _get_uploads(self):
        self.env.invalidate_all()
        return self.env["outplacement.document"].search(
            [("author_id", "=", self.candidate.id)]
        )

    def test_a_pause_shows_by_nothing(self):
        """No report is due during a pause: the employer is told of the next one as if
        there were no pause, but for the end of term."""
        with freeze_time("2021-02-01 10:00:00"):
            self.traject.report_rhythm = "monthly"
            self.traject.date_end = date(2021, 12, 31)
            before = self._get_told()
            self.assertTrue(before["date_next_report"])
            for until in (False, date(2021, 4, 30)):
                with self.case(until=until), self.undone():
                    self.traject.with_user(self.planner)._pause(date(2021, 2, 1), until)
                    self.assertEqual(self.traject.state, "paused")
                    told = self._get_told()
                    told["date_end"] = before["date_end"]
                    self.assertEqual(told, before)

    def test_two_contents_are_no_way_in(self):
        """Beside the right bytes, others or none in the other field of the file."""
        attachment = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "outplacement.report"),
                ("res_id", "=", self.released.id),
                ("res_field", "=", "document"),
            ]
        )
        right, wrong = attachment.raw, b"%PDF-1.7 forged"
        for vals in (
            {"raw": right, "datas": base64.b64encode(wrong)},
            {"raw": right, "datas": False},
            {"raw": wrong, "datas": base64.b64encode(right)},
        ):
            with self.case(vals=vals), self.undone():
                self.assertRefused(attachment.write, vals, error=UserError)
        attachment.write({"raw": right, "datas": base64.b64encode(right)})
        self.assertEqual(attachment.raw, right)

    def test_what_fails_keeps_nothing(self):
        """An error that is told on the page comes after something was written."""
        self._login("candidate")

        fault = "No such luck"

        def fail(*_args, **_kwargs):
            raise UserError(fault)

        model = self.registry["outplacement.traject"]
        with patch.object(model, "_schedule_report_activity", fail):
            response = self._post(
                f"/my/traject/report/{self.sent.id}/answer",
                answer="agreed",
                seen=self.sent._get_fingerprint(),
            )
        self.assertIn(fault, response.text)
        self.env.invalidate_all()
        self.assertEqual(self.sent.state, "sent")
        self.assertFalse(self.sent.answer_ids)
        with patch.object(model, "_schedule_candidate_activity", fail):
            response = self._upload()
        self.assertIn(fault, response.text)
        self.assertFalse(self._get_uploads())

    def test_upload_to_a_coach_who_left(self):
        self.coach.active = False
        self.env.flush_all()
        self._login("candidate")
        response = self._upload()
        self.assertIn("You have no coach at the moment", response.text)
        self.assertNotIn("Messages of a traject", response.text)
        self.assertFalse(self._get_uploads())

    def test_withdrawing_when_archived(self):
        """The employer keeps what is archived, so the candidate keeps their say."""
        self._consent("name")
        self.env.cr.execute(
            "UPDATE outplacement_traject SET active = FALSE WHERE id = %s",
            [self.traject.id],
        )
        self.assertEqual(self._get_told()["candidate"], self.candidate.name)
        Consent = self.env["outplacement.consent"].with_user(self.candidate)
        done = Consent._change_in_portal(self.traject.id, "name", False)
        self.assertEqual(done, "withdrawn")
        self.assertFalse(self._get_told()["candidate"])
        others = Consent.with_user(self.other_candidate)
        self.assertIsNone(others._change_in_portal(self.traject.id, "name", True))

    def test_any_day_is_answered(self):
        self._login("employer_contact")
        for zone in ("Europe/Amsterdam", "America/New_York"):
            self.employer_contact.tz = zone
            for day in ("0001-01-01", "9999-12-31"):
                for path in (LIST, f"{LIST}/lijst.csv"):
                    with self.case(zone=zone, day=day, path=path):
                        response = self._get(f"{path}?since={day}")
                        self.assertEqual(response.status_code, 200)

    def test_a_formula_in_disguise(self):
        """Candidates choose their names: behind what is not seen, in wide letters,
        and after a comma, where others begin a new cell."""
        for cell, written in (
            ("\n=1+1", '"\'\n=1+1"'),
            (" =1+1", "' =1+1"),
            ("\u200b=1+1", "'\u200b=1+1"),
            ("\uff1d1+1", "'\uff1d1+1"),
            ("Jan,=1+1", "Jan,'=1+1"),
            ("Jan, @SUM(1)", "Jan,' @SUM(1)"),
            ("-1,5", "-1,5"),
            ("Vries-Smit, Jan", "Vries-Smit, Jan"),
        ):
            with self.subTest(cell=cell):
                text = spreadsheet.to_text(["Name"], [[cell]])
                self.assertEqual(text, f"Name\r\n{written}\r\n")

    def test_a_huge_form_of_a_consent(self):
        self._login("candidate")
        page = f"/my/traject/{self.traject.id}/consents"
        response = self._post(f"{page}/name", agrees="yes", more="y" * (9 * 2**20))
        self.assertEqual(response.status_code, 303)
        self.assertTrue(response.headers["Location"].endswith(f"{page}?refused=size"))
        response = self._get(f"{page}?refused=size")
        self.assertEqual(response.status_code, 200)
        self.assertIn('role="alert"', response.text)
        standing = self.traject._get_standing_consents()
        self.assertNotIn("name", standing.mapped("topic"))

    def test_other_reports_of_the_model_are_printed(self):
        """What somebody else prints of progress reports is neither the stored PDF nor
        empty."""
        arch = """
            <t t-name="outplacement.test_own"><t t-call="web.html_container">
                <div t-foreach="docs" t-as="doc" class="article">Own page</div>
            </t></t>"""
        key = "outplacement.test_own"
        view = self.env["ir.ui.view"].create(
            {"type": "qweb", "name": "own", "key": key, "arch": arch}
        )
        self.env["ir.model.data"].create(
            {"module": "outplacement", "name": "test_own", "model": view._name}
            | {"res_id": view.id}
        )
        own = self.env["ir.actions.report"].create(
            {"name": "Own", "model": self.sent._name, "report_name": key}
        )
        pages = []

        def run(_report, bodies, *_args, **_kwargs):
            pages.extend(bodies)
            return b"%PDF-1.7 own"

        own = own.with_context(force_report_rendering=True)
        with patch.object(self.registry[own._name], "_run_wkhtmltopdf", run):
            for report in self.released + self.sent:
                with self.subTest(state=report.state):
                    pages.clear()
                    streams = own._render_qweb_pdf_prepare_streams(own, {}, report.ids)
                    printed = streams[report.id]["stream"].getvalue()
                    self.assertEqual(printed, b"%PDF-1.7 own")
                    self.assertIn("Own page", str(pages))

    @mute_logger("odoo.http")
    def test_reports_by_all_routes(self):
        """Odoo's routes for reports and files, alone or beside one that is theirs."""
        closed = {
            "employer_contact": self.draft + self.sent + self.other_released,
            "other_employer_contact": self.draft + self.sent + self.released,
            "candidate": self.draft + self.other_sent + self.other_released,
            "account_manager": self.draft + self.sent + self.other_released,
        }
        html = "/report/html/outplacement.report_progress"
        for role, reports in closed.items():
            self._login(role)
            for number in reports.ids:
                for url in (
                    f"{html}/{number}",
                    f"{html}/{self.released.id},{number}",
                    f"{html}?docids={number}",
                    f'{html}?options={{"docids": [{number}]}}',
                    f"/web/content/outplacement.report/{number}/document",
                    f"{LIST}/rapport/{number}",
                    f"{LIST}/rapport/{number}/document",
                    f"/my/traject/report/{number}",
                    f"/my/traject/report/{number}/document",
                    f"/my/traject/report/{number}/preview",
                ):
                    with self.subTest(role=role, url=url):
                        response = self._get(url, allow_redirects=False)
                        self.assertIn(response.status_code, (403, 404))
                        self.assertFalse(response.content.startswith(b"%PDF"))
