import base64
import hashlib
from datetime import date

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from ..models.outplacement_report_portal_employer import EMPLOYER_REPORT_KEYS
from ..models.outplacement_traject_portal_employer import (
    EMPLOYER_KEYS,
    LAST_REPORT_KEYS,
)
from .common import DOCUMENT, ROLES
from .common_portal_employer import URL, EmployerPortalCommon

# By hand: what an employer is told. One more is a decision of the house.
TOLD = {
    *("id", "reference", "candidate", "package", "date_start", "date_end"),
    *("status", "last_report", "date_next_report", "is_report_due"),
}
TOLD_OF_LAST_REPORT = {"id", "date_from", "date_to", "date_released"}
TOLD_OF_REPORT = TOLD_OF_LAST_REPORT | {"state", "superseded_by"}
TOLD_OF_FRAME = TOLD_OF_REPORT | {"reference", "sha256", "traject_id"}
PLAIN = (str, int, bool, date, type(None))
SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cache-Control": "no-store, private",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@tagged("post_install", "-at_install")
class TestPortalEmployer(EmployerPortalCommon):
    """Who reads which page of the employer's portal, and what stands on it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.report = cls._make_report("released", remark="canary-remark")
        cls.pages = [
            f"{URL}/{cls.traject.id}",
            f"{URL}/{cls.traject.id}/uitleg",
            f"{URL}/rapport/{cls.report.id}",
            f"{URL}/rapport/{cls.report.id}/document",
        ]

    # ------------------------------------------------------------------
    # Who
    # ------------------------------------------------------------------

    def test_nobody_else_reads_a_traject(self):
        """The one contact does; to all others it is as if it did not exist, to the
        colleague of the same employer and the traject's coach and candidate too."""
        for role in [*ROLES, "outsider"]:
            self._login(role)
            for page in self.pages:
                with self.subTest(role=role, page=page):
                    if role == "employer_contact":
                        self.assertEqual(self._get(page).status_code, 200)
                    else:
                        self.assertMissing(page)

    def test_the_list_is_of_ones_own(self):
        for role in [*ROLES, "outsider"]:
            self._login(role)
            for page in (URL, f"{URL}/lijst.csv"):
                response = self._get(page)
                with self.subTest(role=role, page=page):
                    portal = role in self.portal_roles or role == "outsider"
                    self.assertEqual(response.status_code, 200 if portal else 404)
                    told = self.traject.name in response.text
                    self.assertEqual(told, role == "employer_contact")
                    others = self.other_traject.name in response.text
                    self.assertEqual(others, role == "other_employer_contact")

    def test_the_public_is_asked_to_log_in(self):
        self._login(None)
        for page in [URL, f"{URL}/page/2", f"{URL}/lijst.csv", *self.pages]:
            response = self._get(page)
            with self.subTest(page=page):
                self.assertEqual(response.status_code, 303)
                self.assertIn("/web/login", response.headers["Location"])

    def test_nothing_is_written_by_these_pages(self):
        self._login("employer_contact")
        for page in [URL, f"{URL}/lijst.csv", *self.pages]:
            with self.subTest(page=page):
                self.assertEqual(self._get(page, data={"x": "1"}).status_code, 405)

    def test_a_removed_contact_reads_no_more(self):
        self._login("employer_contact")
        self.assertEqual(self._get(self.pages[0]).status_code, 200)
        self.traject.employer_contact_ids = [
            Command.set(self.other_employer_contact.partner_id.ids)
        ]
        for page in self.pages:
            self.assertNotEqual(self._get(page).status_code, 200)
        self._login("employer_contact")
        for page in self.pages:
            self.assertMissing(page)
        response = self._get(URL)
        self.assertNotIn(self.traject.name, response.text)
        self.assertIn("You are not the contact of any traject.", response.text)
        self._login("other_employer_contact")
        self.assertEqual(self._get(self.pages[0]).status_code, 200)

    def test_another_company_of_the_bureau(self):
        """What the user's companies do not hold is not there, as everywhere in Odoo."""
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.env.cr.execute(
            "UPDATE outplacement_traject SET company_id = %s WHERE id = %s",
            [company.id, self.traject.id],
        )
        self._login("employer_contact")
        for page in self.pages:
            self.assertMissing(page)
        self.assertNotIn(self.traject.name, self._get(URL).text)

    def test_the_routes_read_only(self):
        """All of them are served by a replica where there is one."""
        routes = [
            rule
            for rule in self.env["ir.http"].routing_map().iter_rules()
            if rule.rule.startswith(URL)
        ]
        self.assertEqual(len(routes), 7)
        for rule in routes:
            with self.subTest(rule=rule.rule):
                self.assertIs(rule.endpoint.routing["readonly"], True)
                self.assertEqual(rule.endpoint.routing["auth"], "user")
                self.assertEqual(rule.methods - {"HEAD", "OPTIONS"}, {"GET"})

    # ------------------------------------------------------------------
    # What
    # ------------------------------------------------------------------

    def test_the_keys_are_these(self):
        self.assertEqual(EMPLOYER_KEYS, TOLD)
        self.assertEqual(LAST_REPORT_KEYS, TOLD_OF_LAST_REPORT)
        self.assertEqual(EMPLOYER_REPORT_KEYS, TOLD_OF_REPORT)
        Traject = self.env["outplacement.traject"].with_user(self.employer_contact)
        [listed] = Traject._get_portal_employer_page()
        self.assertEqual(set(listed), TOLD)
        self.assertEqual(set(listed["last_report"]), TOLD_OF_LAST_REPORT)
        shown = Traject._get_portal_employer_traject(self.traject.id)
        self.assertEqual(set(shown), TOLD | {"reports"})
        [report] = shown["reports"]
        self.assertEqual(set(report), TOLD_OF_REPORT)
        Report = self.env["outplacement.report"].with_user(self.employer_contact)
        found = Report._find_portal_employer_report(self.report.id)
        self.assertFalse(found.env.su)
        frame = found._get_portal_employer_frame()
        self.assertEqual(set(frame), TOLD_OF_FRAME)
        values = [listed, listed["last_report"], shown, report, frame]
        for value in [value for told in values for value in told.values()]:
            self.assertIsInstance(value, (*PLAIN, dict, list))

    def test_neither_pause_nor_outcome_shows(self):
        """Whatever the state, the page has one of three words, and nothing of how it
        ended."""
        self._login("employer_contact")
        words = {
            "intake": "In preparation",
            **dict.fromkeys(("active", "paused", "aftercare"), "Running"),
            **dict.fromkeys(("closed", "cancelled"), "Ended"),
        }
        pages = {}
        for state, word in words.items():
            self.env.cr.execute(
                "UPDATE outplacement_traject SET state = %s, outcome = 'stopped',"
                " trigger = 'conflict' WHERE id = %s",
                [state, self.traject.id],
            )
            for page in (URL, self.pages[0]):
                text = self._text(self._get(page))
                pages.setdefault((page, word), set()).add(text)
                with self.subTest(state=state, page=page):
                    self.assertRegex(text, rf">\s*{word}\s*<")
        for texts in pages.values():
            self.assertEqual(len(texts), 1)

    def test_the_name_needs_consent(self):
        self._login("employer_contact")
        name = self.candidate.name
        pages = (URL, f"{URL}?search={name}", f"{URL}/lijst.csv", self.pages[0])

        def told():
            # what was searched for stands in its own box
            asked = f'value="{name}"', f"search={name}"
            texts = [self._get(page).text for page in pages]
            for part in asked:
                texts = [text.replace(part, "") for text in texts]
            return [name in text for text in texts]

        self.assertEqual(told(), [False] * 4)
        consent = self._consent("name")
        self.assertEqual(told(), [True] * 4)
        consent._withdraw("phone")
        self.assertEqual(told(), [False] * 4)

    def test_reports_by_state(self):
        """Released and superseded are read, the latter as such; nothing else is."""
        self._login("employer_contact")
        for state in ("draft", "sent", "agreed", "objected", "withdrawn"):
            report = self._make_report(state, remark="canary-unseen")
            with self.subTest(state=state):
                self.assertMissing(f"{URL}/rapport/{report.id}")
                self.assertMissing(f"{URL}/rapport/{report.id}/document")
                text = self._get(self.pages[0]).text
                self.assertNotIn(f"rapport/{report.id}", text)
        correction = self._supersede(self.report)
        text = self._get(self.pages[0]).text
        self.assertIn(f"rapport/{self.report.id}", text)
        self.assertIn("by this report", text)
        text = self._get(f"{URL}/rapport/{self.report.id}").text
        self.assertIn("This report was replaced.", text)
        self.assertIn(f"rapport/{correction.id}", text)
        self.assertEqual(self._get(self.pages[3]).status_code, 200)
        correction.with_user(self.coach).action_withdraw()
        text = self._get(f"{URL}/rapport/{self.report.id}").text
        self.assertNotIn(f"rapport/{correction.id}", text)
        self.assertIn("The report that replaced it was withdrawn.", text)
        self.assertMissing(f"{URL}/rapport/{correction.id}")

    def test_the_latest_report_follows(self):
        self.assertEqual(self.traject.last_report_id, self.report)
        with freeze_time("2021-06-01 10:00:00"):
            later = self._make_report("released", date_to=date(2021, 5, 31))
        # by the day of release, whatever period it tells of
        self.assertEqual(self.traject.last_report_id, self.report)
        self.report.with_user(self.coach).action_withdraw()
        self.assertEqual(self.traject.last_report_id, later)
        self.assertEqual(self.traject.date_last_report, later.date_released)
        later.with_user(self.coach).action_withdraw()
        self.assertFalse(self.traject.last_report_id)
        self.assertFalse(self.traject.date_last_report)

    def test_the_report_page_says_what_the_report_says(self):
        self._login("employer_contact")
        text = self._get(self.pages[2]).text
        self.assertIn("canary-remark", text)
        self.assertIn(self.report.document_sha256, text)
        self.assertIn(hashlib.sha256(DOCUMENT).hexdigest(), text)

    def test_the_statement_is_the_one_that_is_signed(self):
        self._login("employer_contact")
        text = self._get(self.pages[1]).text
        for _title, lines in self.traject._get_statement():
            for line in lines:
                self.assertIn(line.replace("'", "&#39;"), text)

    # ------------------------------------------------------------------
    # The document
    # ------------------------------------------------------------------

    def test_the_document_is_the_stored_one(self):
        """The same bytes each time, a year later and superseded too."""
        self._login("employer_contact")

        def download():
            response = self._get(self.pages[3])
            self.assertEqual(response.status_code, 200)
            self.assertEqual(response.headers["Content-Type"], "application/pdf")
            disposition = response.headers["Content-Disposition"]
            self.assertTrue(disposition.startswith("attachment; "), disposition)
            for name, value in SAFE.items():
                self.assertEqual(response.headers.get(name), value, name)
            return response.content

        first = download()
        self.assertEqual(first, DOCUMENT)
        self.assertEqual(hashlib.sha256(first).hexdigest(), self.report.document_sha256)
        self._supersede(self.report)
        self.employer.name = "Renamed"
        self.assertEqual(download(), first)

    def test_another_document_is_not_sent(self):
        """Somebody with the server's disk put another file in its place."""
        self._login("employer_contact")
        file = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "outplacement.report"),
                ("res_field", "=", "document"),
                ("res_id", "=", self.report.id),
            ]
        )
        self.assertEqual(base64.b64decode(file.datas), DOCUMENT)
        forged = self.env["ir.attachment"].create({"name": "x", "raw": b"%PDF forged"})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE ir_attachment SET store_fname = %s WHERE id = %s",
            (forged.store_fname, file.id),
        )
        file.invalidate_recordset(flush=False)
        response = self._get(self.pages[3])
        self.assertEqual(response.status_code, 503)
        self.assertNotIn("forged", response.text)
        for name, value in SAFE.items():
            self.assertEqual(response.headers.get(name), value, name)

    def test_pages_are_not_kept_nor_framed(self):
        self._login("employer_contact")
        for page in [URL, f"{URL}/lijst.csv", *self.pages]:
            headers = self._get(page).headers
            with self.subTest(page=page):
                self.assertEqual(headers["Cache-Control"], "no-store, private")
                self.assertIn("frame-ancestors", headers["Content-Security-Policy"])
                self.assertIn(
                    headers["Referrer-Policy"], ("no-referrer", "same-origin")
                )
