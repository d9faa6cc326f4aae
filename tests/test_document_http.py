import json

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import ROLES, OutplacementCommon

CREW = {"coach", "deputy"}
NAME = "Één “cv” 🙂; a=b.pdf"
CONTENT = b"%PDF-1.7 canary-content \x00\xff\r\n" * 50
SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cache-Control": "no-store, private",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Accept-Ranges": "none",
}
MISSING = 2_000_000_000
ALERTS = "odoo.addons.outplacement.models.outplacement_alert"


@tagged("post_install", "-at_install")
class TestDocumentHttp(OutplacementCommon, HttpCase):
    """The address of a document, as the browser of each role meets it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = cls._make_document(content=CONTENT, name=NAME)
        cls.shared = cls._make_document(content=CONTENT, name=NAME, shared=True)
        cls.env.flush_all()
        # the server's own environment reads what the database has
        cls.env.invalidate_all()

    def _login(self, role):
        login = self.users[role].login
        self.authenticate(login, login)

    def _get(self, document_id, **kwargs):
        return self.url_open(
            f"/outplacement/document/{document_id}", allow_redirects=False, **kwargs
        )

    def _check_safe(self, response):
        for name, value in SAFE.items():
            self.assertEqual(response.headers.get(name), value, name)
        self.assertNotIn("ETag", response.headers)

    def _check_missing(self, response):
        self._check_safe(response)
        self.assertEqual(response.status_code, 404)
        self.assertEqual(response.headers["Content-Type"], "text/plain; charset=utf-8")
        self.assertNotIn("Content-Disposition", response.headers)
        self.assertEqual(
            response.text, "There is no such document, or it is not yours to read."
        )

    def _check_sent(self, response):
        self._check_safe(response)
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        self.assertEqual(response.headers["Content-Length"], str(len(CONTENT)))
        disposition = response.headers["Content-Disposition"]
        self.assertTrue(disposition.startswith("attachment; "), disposition)
        self.assertIn(
            "filename*=UTF-8''%C3%89%C3%A9n%20%E2%80%9Ccv%E2%80%9D%20%F0%9F%99%82"
            "%3B%20a%3Db.pdf",
            disposition,
        )

    # ------------------------------------------------------------------

    def test_who_gets_it(self):
        """Every role: the bytes, or the answer that an address without a document
        gives."""
        for role in ROLES:
            self._login(role)
            for document, hearers in (
                (self.document, CREW),
                (self.shared, CREW | {"candidate"}),
            ):
                with self.subTest(role=role, shared=document.shared):
                    response = self._get(document.id)
                    if role in hearers:
                        self._check_sent(response)
                        self.assertEqual(response.content, CONTENT)
                    else:
                        self._check_missing(response)

    def test_no_oracle(self):
        """What is hidden and what is not there get the same answer."""
        for role in ROLES:
            self._login(role)
            hidden = self._make_document(
                self.traject
                if role in ("other_coach", "other_candidate")
                else self.other_traject
            )
            self.env.flush_all()
            answers = []
            for document_id in (hidden.id, MISSING, 10**30, 0):
                if role == "other_coach" and document_id == hidden.id:
                    document_id = self.document.id
                response = self._get(document_id)
                with self.subTest(role=role, id=document_id):
                    self._check_missing(response)
                answers.append((response.content, sorted(response.headers)))
            self.assertTrue(all(answer == answers[0] for answer in answers))

    def test_visitors_log_in_first(self):
        for document_id in (self.document.id, MISSING):
            response = self._get(document_id)
            self.assertEqual(response.status_code, 303)
            self.assertIn("/web/login", response.headers["Location"])
            self.assertNotIn(b"canary", response.content)

    def test_parts_are_not_served(self):
        """A part would be decrypted, and logged, like the whole: the whole is sent."""
        self._login("coach")
        for value in ("bytes=0-9", "bytes=-5", "bytes=9999999-", "lines=1-2"):
            with self.subTest(range=value):
                response = self._get(self.document.id, headers={"Range": value})
                self._check_sent(response)
                self.assertEqual(response.content, CONTENT)
        response = self._get(
            self.document.id,
            headers={"If-Modified-Since": "Sat, 01 Jan 2050 00:00:00 GMT"},
        )
        self.assertEqual(response.content, CONTENT)

    def test_head_tells_and_opens_nothing(self):
        url = self.base_url() + f"/outplacement/document/{self.document.id}"
        self._login("coach")
        response = self.opener.head(url, timeout=30)
        self._check_sent(response)
        self.assertEqual(response.content, b"")
        self._login("manager")
        response = self.opener.head(url, timeout=30)
        self.assertEqual(response.status_code, 404)
        self._check_safe(response)

    def test_other_methods_and_addresses(self):
        self._login("coach")
        url = self.base_url() + f"/outplacement/document/{self.document.id}"
        with mute_logger("odoo.http"):
            for method in ("POST", "PUT", "DELETE"):
                with self.subTest(method=method):
                    response = self.opener.request(method, url, timeout=30)
                    self.assertIn(response.status_code, (400, 404, 405))
                    self.assertNotIn(b"canary", response.content)
            for end in ("x", "-1", f"{self.document.id}/x.pdf", ""):
                with self.subTest(end=end):
                    self.assertEqual(self._get(end).status_code, 404)

    @mute_logger(ALERTS)
    def test_what_does_not_open_says_so(self):
        self.env.cr.execute("UPDATE outplacement_document SET content_cipher = 'x'")
        self.env.invalidate_all()
        self._login("coach")
        response = self._get(self.document.id)
        self._check_safe(response)
        self.assertEqual(response.status_code, 503)
        self.assertEqual(response.headers["Content-Type"], "text/plain; charset=utf-8")
        self.assertIn("cannot be opened on this server", response.text)
        self._login("manager")
        self._check_missing(self._get(self.document.id))

    @mute_logger(ALERTS)
    def test_without_its_key_it_does_not_open(self):
        for file in self.key_folder.iterdir():
            file.rename(file.with_suffix(".away"))
        self._login("coach")
        response = self._get(self.document.id)
        self.assertEqual(response.status_code, 503)
        self.assertIn("cannot be opened on this server", response.text)

    def test_generic_addresses_serve_nothing(self):
        """For those who may read the document neither."""
        names = ("content", "content_cipher", "name", "name_cipher", "raw")
        for role in ("coach", "candidate", "manager", "other_coach", "system"):
            self._login(role)
            for name in names:
                path = f"outplacement.document/{self.shared.id}/{name}"
                for url in (f"/web/content/{path}", f"/web/content/{path}?download=1"):
                    with self.subTest(role=role, url=url), mute_logger("odoo.http"):
                        response = self.url_open(url)
                        self.assertEqual(response.status_code, 404)
                        self.assertNotIn(b"canary", response.content)
                url = f"/web/image/{path}"
                with self.subTest(role=role, url=url), mute_logger("odoo.http"):
                    response = self.url_open(url)
                    self.assertNotIn(b"canary", response.content)
                    self.assertIn(response.headers["Content-Type"], ("image/png",))

    def test_uploads_to_the_confidential_file_are_refused(self):
        """By every address that Odoo takes files at."""
        self._login("coach")
        note = self._make_note()
        self.env.flush_all()
        token = self._get_csrf_token()
        Attachment = self.env["ir.attachment"].sudo()
        before = Attachment.search_count([("id", "!=", False)])
        for record in (note, self.document):
            file = {"ufile": ("canary.txt", b"canary", "text/plain")}
            data = {"model": record._name, "id": record.id, "csrf_token": token}
            with self.subTest(model=record._name, url="upload_attachment"):
                response = self.url_open(
                    "/web/binary/upload_attachment", data=data, files=file
                )
                self.assertIn("error", json.loads(response.text)[0])
            data = {
                "thread_model": record._name,
                "thread_id": record.id,
                "csrf_token": token,
            }
            with (
                self.subTest(model=record._name, url="mail"),
                mute_logger("odoo.http"),
            ):
                response = self.url_open(
                    "/mail/attachment/upload", data=data, files=file
                )
                self.assertNotIn("attachment_id", response.text)
        self.assertEqual(Attachment.search_count([("id", "!=", False)]), before)

    def _get_csrf_token(self):
        page = self.url_open("/odoo").text
        return page.split('csrf_token: "')[1].split('"')[0]

    def test_the_button_leads_there(self):
        """What the form calls for a download leads to the file."""
        self._login("coach")
        response = self.url_open(
            "/web/dataset/call_button/outplacement.document/action_download",
            json={
                "id": 0,
                "jsonrpc": "2.0",
                "params": {
                    "model": "outplacement.document",
                    "method": "action_download",
                    "args": [self.document.ids],
                    "kwargs": {},
                },
            },
        )
        action = response.json()["result"]
        self.assertEqual(action["target"], "download")
        self.assertEqual(self.url_open(action["url"]).content, CONTENT)
