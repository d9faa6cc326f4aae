import base64
from uuid import uuid4

from lxml import html

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import outplacement_document_portal as document_portal
from ..models.outplacement_report_portal import REMARK_LENGTH
from .common import DOCUMENT
from .common_portal import MISSING, CandidatePortalCommon

ACTIVITY = "outplacement.mail_activity_type_candidate"
HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "{{ 7 * 7 }} <t t-out='1'/> %s ${x}",
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd",
    "🙂🏳️‍🌈 één",
    "\u202eשלום\u202c ‏العربية",
    "'; DROP TABLE res_users; --",
)
UNREADABLE = (
    ("a\x00b\x07c\x1bd", "abcd"),
    ("one\r\ntwo\rthree", "one\ntwo\nthree"),
    ("half \ud83d a character", "half  a character"),
)


@tagged("post_install", "-at_install")
class TestPortalCandidateForms(CandidatePortalCommon):
    """What a candidate sends, and what others send in their place."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.answer_url = f"/my/traject/report/{cls.sent.id}/answer"
        cls.consents_url = f"/my/traject/{cls.traject.id}/consents"
        cls.upload_url = f"/my/traject/{cls.traject.id}/file/upload"

    def setUp(self):
        super().setUp()
        self._login("candidate")

    def _get_answers(self):
        return self.env["outplacement.report.answer"].search(
            [("report_id", "=", self.sent.id)]
        )

    def _get_documents(self):
        self.env.invalidate_all()
        return self.env["outplacement.document"].search(
            [("author_id", "=", self.candidate.id)]
        )

    def _answer(self, answer="agreed", **form):
        seen = form.pop("seen", None) or self.sent._get_fingerprint()
        return self._post(self.answer_url, answer=answer, seen=seen, **form)

    def _upload(self, content=DOCUMENT, name="Diploma.pdf", ticket=None, **form):
        """Send a file; ``ticket`` is that of a page opened just now."""
        return self._post(
            self.upload_url,
            files={"file": (name, content, "application/pdf")},
            ticket=ticket or uuid4().hex,
            **{"kind": "other", **form},
        )

    def _check_redirect(self, response, end):
        self.assertEqual(response.status_code, 303)
        self.assertTrue(response.headers["Location"].endswith(end))

    # ------------------------------------------------------------------
    # Who may send
    # ------------------------------------------------------------------

    def _get_forms(self, report, traject):
        return (
            (f"/my/traject/report/{report}/answer", {"answer": "agreed"}),
            (f"/my/traject/{traject}/consents/name", {"agrees": "yes"}),
            (f"/my/traject/{traject}/file/upload", {"ticket": uuid4().hex}),
        )

    @mute_logger("odoo.http")
    def test_without_a_token_nothing_is_taken(self):
        for url, data in self._get_forms(self.sent.id, self.traject.id):
            for token in ("", "guess"):
                with self.subTest(url=url, token=token):
                    response = self._post(url, token=token, **data)
                    self.assertEqual(response.status_code, 400)
        self.assertFalse(self._get_answers())
        self.assertFalse(self._get_documents())
        self.assertNotIn("name", self.traject._get_consented_topics())

    @mute_logger("odoo.http")
    def test_nothing_is_sent_by_a_link(self):
        for url, data in self._get_forms(self.sent.id, self.traject.id):
            response = self._get(url, params=data)
            self.assertIn(response.status_code, (404, 405))
        self.assertFalse(self._get_answers())

    def test_nobody_sends_for_another(self):
        for role in ("other_candidate", "employer_contact", "coach", "manager"):
            self._login(role)
            for url, data in self._get_forms(self.sent.id, self.traject.id):
                with self.subTest(role=role, url=url):
                    files = {"file": ("x.pdf", DOCUMENT)} if "upload" in url else None
                    response = self._post(url, files=files, **data)
                    self.assertEqual(response.status_code, 404)
        self.assertFalse(self._get_answers())
        self.assertFalse(
            self.env["outplacement.document"].search([("upload_ticket", "!=", False)])
        )

    def test_what_is_not_there(self):
        forms = self._get_forms(MISSING, MISSING)
        forms += ((f"{self.consents_url}/health", {"agrees": "yes"}),)
        forms += ((f"{self.consents_url}/name", {"agrees": "perhaps"}),)
        for url, data in forms:
            with self.subTest(url=url):
                self.assertEqual(self._post(url, **data).status_code, 404)

    def test_visitors_log_in_first(self):
        token = self._get_token()
        self._login("public")
        for url, data in self._get_forms(self.sent.id, self.traject.id):
            response = self._post(url, token=token, **data)
            self._check_redirect(response, response.headers["Location"])
            self.assertIn("/web/login", response.headers["Location"])
        self.assertFalse(self._get_answers())

    # ------------------------------------------------------------------
    # Answers
    # ------------------------------------------------------------------

    def test_agree(self):
        self._check_redirect(self._answer(), "?done=answered")
        self.env.invalidate_all()
        self.assertEqual(self.sent.state, "agreed")
        self.assertRecordValues(
            self._get_answers(),
            [{"answer": "agreed", "channel": "portal", "remark": False}],
        )
        text = self._get_text(f"/my/traject/report/{self.sent.id}?done=answered")
        self.assertIn("Thank you: your answer was received", text)
        self.assertIn("Agreed,", text)
        self.assertNotIn("I object", text)

    def test_object_with_a_reason(self):
        response = self._answer("objected")
        self.assertEqual(response.status_code, 200)
        self.assertIn("Write what should be different", response.text)
        self.assertFalse(self._get_answers())
        self._check_redirect(
            self._answer("objected", remark=" Not so\r\nplease "), "?done=answered"
        )
        self.env.invalidate_all()
        self.assertEqual(self.sent.state, "objected")
        self.assertEqual(self._get_answers().remark, "Not so\nplease")

    def test_neither_yes_nor_no(self):
        for answer in ("", "silence", "released", "x" * 1000):
            response = self._answer(answer, remark="typed")
            self.assertIn("Choose whether you agree or object", response.text)
            self.assertIn(">typed</textarea>", response.text)
        self.assertFalse(self._get_answers())

    def _read_seen(self):
        """Return what goes back with an answer from the page of the report."""
        page = html.fromstring(self._get(f"/my/traject/report/{self.sent.id}").text)
        return page.xpath("//input[@name='seen']/@value")[0]

    def test_answers_are_to_what_was_read(self):
        """A page that was open while the coach mended the report."""
        seen = self._read_seen()
        mine = self.sent.with_user(self.coach)
        mine.action_back_to_draft()
        mine.remark = "Other words"
        mine.action_send()
        self.env.flush_all()
        for old in (seen, "guess"):
            response = self._answer(seen=old, remark="typed")
            self.assertIn("Your coach has changed this report", response.text)
            self.assertIn("Other words", response.text)
            self.assertIn(">typed</textarea>", response.text)
        self.assertFalse(self._get_answers())
        self._check_redirect(self._answer(seen=self._read_seen()), "?done=answered")

    def test_sent_twice_it_counts_once(self):
        """A replay, and another tab that says the opposite."""
        token = self._get_token()
        self._check_redirect(self._answer(token=token), "?done=answered")
        for form in ({}, {"answer": "objected", "remark": "No"}):
            response = self._answer(token=token, **form)
            self._check_redirect(response, "?done=closed")
        self.assertEqual(len(self._get_answers()), 1)
        text = self._get_text(f"/my/traject/report/{self.sent.id}?done=closed")
        self.assertIn("does not wait for an answer any more", text)

    def test_a_report_that_was_taken_back(self):
        self.sent.with_user(self.coach).action_back_to_draft()
        self.env.flush_all()
        self._check_redirect(self._answer(), "/my/traject?done=closed")
        self.assertFalse(self._get_answers())

    def test_hostile_remarks(self):
        """Kept as plain text, and shown as such."""
        for remark in HOSTILE:
            with self.subTest(remark=remark):
                self.sent.with_user(self.coach).action_back_to_draft()
                self.sent.with_user(self.coach).action_send()
                self.env.flush_all()
                self._check_redirect(self._answer(remark=remark), "?done=answered")
                self.env.invalidate_all()
                self.assertEqual(self._get_answers()[0].remark, remark)
                page = self._get(f"/my/traject/report/{self.sent.id}").text
                self.assertNotIn("<script>alert", page)
                self.assertNotIn("<img src=x", page)
                self.assertIn(" ".join(remark.split()), self._read_text(page))

    def test_what_no_reader_sees_is_left_out(self):
        Report = self.env["outplacement.report"]
        for remark, kept in UNREADABLE:
            self.assertEqual(Report._clean_remark(remark), kept)
        self._check_redirect(self._answer(remark="a\x00b"), "?done=answered")
        self.assertEqual(self._get_answers().remark, "ab")

    def test_a_remark_that_is_too_long(self):
        """One sentence, and what was typed is still there; nothing is stored."""
        for remark in ("é" * (REMARK_LENGTH + 1), "<b>x</b>" * 131_072):
            response = self._answer(remark=remark)
            self.assertEqual(response.status_code, 200)
            self.assertIn(f"and {REMARK_LENGTH} fit", response.text)
            self.assertIn(
                remark.replace("<", "&lt;").replace(">", "&gt;"), response.text
            )
        self.assertFalse(self._get_answers())
        self._check_redirect(self._answer(remark="é" * REMARK_LENGTH), "?done=answered")

    def test_by_another_door_it_is_bounded_too(self):
        mine = self.sent.with_user(self.candidate)
        with self.assertRaises(UserError):
            mine.action_answer("agreed", "x" * (REMARK_LENGTH + 1))

    def test_a_form_without_end_is_left_unread(self):
        response = self._answer(remark="x" * 9_000_000)
        self._check_redirect(response, "?refused=size")
        text = self._get_text(f"/my/traject/report/{self.sent.id}?refused=size")
        self.assertIn("What you sent is too large", text)
        self.assertFalse(self._get_answers())

    # ------------------------------------------------------------------
    # Consents
    # ------------------------------------------------------------------

    def test_consents(self):
        text = self._get_text(self.consents_url)
        self.assertIn("You agree, since", text)
        for _time in range(2):
            response = self._post(f"{self.consents_url}/name", agrees="yes")
            self._check_redirect(response, "?done=given")
        consents = self.env["outplacement.consent"].search(
            [("traject_id", "=", self.traject.id), ("topic", "=", "name")]
        )
        self.assertRecordValues(consents, [{"channel": "portal"}])
        self.assertEqual(consents.recorded_by_id, self.candidate)
        for _time in range(2):
            response = self._post(f"{self.consents_url}/name", agrees="no")
            self._check_redirect(response, "?done=withdrawn")
        self.env.invalidate_all()
        self.assertEqual(consents.withdrawn_channel, "portal")
        self.assertNotIn("name", self.traject._get_consented_topics())
        self.assertIn("You withdrew it on", self._get_text(self.consents_url))

    def test_withdrawing_is_asked_twice(self):
        """The first page only says what it means."""
        text = self._get_text(self.consents_url)
        self.assertNotIn("Yes, withdraw it", text)
        text = self._get_text(f"{self.consents_url}?topic=phases")
        self.assertIn("the reports to come do not tell of this", text)
        self.assertIn("phases", self.traject._get_consented_topics())

    def test_who_has_no_employer_is_asked_nothing(self):
        self.traject.employer_contact_ids = False
        self.traject.employer_id = False
        self.env.flush_all()
        self.assertEqual(self._get(self.consents_url).status_code, 404)
        response = self._post(f"{self.consents_url}/name", agrees="yes")
        self.assertEqual(response.status_code, 404)
        self.assertNotIn("What may be told", self._get_text("/my/traject"))

    # ------------------------------------------------------------------
    # Documents
    # ------------------------------------------------------------------

    def test_a_document_for_the_coach(self):
        self._check_redirect(self._upload(kind="cv"), "?done=received")
        document = self._get_documents()
        self.assertRecordValues(
            document, [{"kind": "cv", "shared": True, "size": len(DOCUMENT)}]
        )
        self.assertEqual(document.volume_id.user_id, self.coach)
        for role, user in self.users.items():
            reads = role in ("coach", "deputy", "candidate")
            found = document.with_user(user)._find_readable(document.id)
            with self.subTest(role=role):
                self.assertEqual(bool(found), reads)
        self.assertEqual(document.with_user(self.coach)._open_file(), DOCUMENT)
        self.assertEqual(document.with_user(self.coach).name, "Diploma.pdf")
        self.assertIn(
            "Diploma.pdf", self._get_text(f"/my/traject/{self.traject.id}/file")
        )
        response = self._get(f"/outplacement/document/{document.id}")
        self.assertEqual(response.content, DOCUMENT)
        rows = self.env["outplacement.access.log"].search(
            [("res_model", "=", document._name), ("res_id", "=", document.id)]
        )
        self.assertIn(("created", self.candidate), [(r.kind, r.user_id) for r in rows])

    def test_the_coach_is_asked_to_look(self):
        """Once, and without a word of what there is."""
        for _time in range(2):
            self._upload()
        activity = self.traject.activity_ids.filtered(
            lambda a: a.activity_type_id == self.env.ref(ACTIVITY)
        )
        self.assertEqual(activity.user_id, self.coach)
        self.assertEqual(len(activity), 1)
        self.assertNotIn("Diploma", f"{activity.summary} {activity.note}")
        self.assertNotEqual(activity.create_uid, self.candidate)

    def test_sent_twice_it_is_kept_once(self):
        ticket = uuid4().hex
        self._check_redirect(self._upload(ticket=ticket), "?done=received")
        self._check_redirect(self._upload(ticket=ticket), "?done=known")
        self.assertEqual(len(self._get_documents()), 1)

    def test_what_is_no_document(self):
        """One clear sentence, and nothing is kept."""
        cases = (
            ("page.html", b"<html></html>", "A document is one of"),
            ("virus.exe", b"MZ\x90\x00", "A document is one of"),
            ("drawing.svg", b"<svg/>", "A document is one of"),
            ("liar.pdf", b"<html></html>", "A document is one of"),
            ("none", DOCUMENT, "A document is one of"),
            ("empty.pdf", b"", "Choose a file that is not empty"),
            ("\u202efdp.exe", DOCUMENT, "A document is one of"),
        )
        for name, content, sentence in cases:
            with self.subTest(name=name):
                response = self._upload(content, name)
                self.assertEqual(response.status_code, 200)
                self.assertIn(sentence, response.text)
        self.assertFalse(self._get_documents())
        response = self._post(self.upload_url, ticket=uuid4().hex, file="text")
        self.assertIn("Choose a file that is not empty", response.text)
        self.assertIn("Open the page again", self._upload(ticket="guess").text)
        self.assertFalse(self._get_documents())

    def test_too_large(self):
        """By what it says of itself, before it is read, and by what there is of it."""
        self.company.outplacement_document_megabytes = 1
        self.env.flush_all()
        response = self._upload(DOCUMENT + b"x" * 2_000_000)
        self._check_redirect(response, f"/{self.traject.id}/file?refused=size")
        response = self._upload(DOCUMENT + b"x" * (1024 * 1024 + 1))
        self.assertEqual(response.status_code, 200)
        self.assertIn("This file is too large", response.text)
        self.assertFalse(self._get_documents())

    def test_a_flood_is_stopped(self):
        self.patch(document_portal, "UPLOADS_A_DAY", 2)
        for _time in range(3):
            response = self._upload()
        self.assertIn("You sent a lot", response.text)
        self.assertEqual(len(self._get_documents()), 2)
        self.patch(document_portal, "UPLOADS_A_DAY", 20)
        self.patch(document_portal, "UPLOAD_MEGABYTES_A_DAY", 0)
        self.assertIn("You sent a lot", self._upload().text)
        self.assertEqual(len(self._get_documents()), 2)

    def test_nobody_would_read_it(self):
        members = self.traject.member_ids.filtered(lambda m: m.role == "coach")
        members.with_user(self.planner).action_end()
        self.env.flush_all()
        response = self._upload()
        self.assertIn("You have no coach at the moment", response.text)
        self.assertFalse(self._get_documents())

    def test_no_candidate_writes_by_another_door(self):
        Document = self.env["outplacement.document"].with_user(self.candidate)
        values = {
            "traject_id": self.traject.id,
            "name": "x.pdf",
            "content": base64.b64encode(DOCUMENT),
        }
        self.assertRefused(Document.create, values)
        self._upload()
        document = self._get_documents().with_user(self.candidate)
        self.assertRefused(document.write, {"shared": False})
        self.assertRefused(document.unlink)
