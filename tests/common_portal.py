import re
from unittest.mock import patch

from lxml import html

from odoo.tests import HttpCase

from .common import OutplacementCommon

MISSING = 2_000_000_000
STATEMENT = b"%PDF-1.7 statement"
MODULE = "odoo.addons.outplacement."


class CandidatePortalCommon(OutplacementCommon, HttpCase):
    """Both trajects with something of each kind that a candidate may meet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(
            patch.object(
                cls.registry["outplacement.statement"],
                "_render_document",
                lambda statement: STATEMENT,
            )
        )
        cls._activate()
        cls._activate(cls.other_traject)
        cls.meeting = cls._make_session(
            start="2099-03-02 09:00:00",
            location="Room of the candidate",
            videocall_url="https://video.example.com/own",
        )
        cls.note = cls._make_note(shared=True, body="<p>What was agreed</p>")
        cls.secret_note = cls._make_note(body="<p>What nobody hears</p>")
        cls.document = cls._make_document(shared=True, name="Letter.pdf")
        cls.sent = cls._make_report("sent")
        cls.released = cls._make_report("released")
        cls.draft = cls._make_report("draft")
        cls.other_meeting = cls._make_session(
            cls.other_traject, start="2099-03-02 09:00:00", location="Elsewhere"
        )
        cls.other_note = cls._make_note(cls.other_traject, shared=True)
        cls.other_sent = cls._make_report("sent", cls.other_traject)
        cls.other_released = cls._make_report("released", cls.other_traject)
        cls.statement = cls._sign_statement(cls.traject)
        cls.other_statement = cls._sign_statement(cls.other_traject)
        cls.env.flush_all()
        cls.env.invalidate_all()

    @classmethod
    def _sign_statement(cls, traject):
        """Return what the candidate of ``traject`` signed on paper."""
        Statement = cls.env["outplacement.statement"].with_user(traject.coach_id)
        statement = Statement.create(
            {
                "traject_id": traject.id,
                "party": "candidate",
                "channel": "paper",
                "date_signed": "2021-02-01",
            }
        )
        statement.action_sign()
        return statement.with_env(cls.env)

    # ------------------------------------------------------------------

    def _login(self, role):
        if role == "public":
            self.authenticate(None, None)
        else:
            login = self.users[role].login
            self.authenticate(login, login)

    def _get(self, url, **kwargs):
        """Return the response, in English, where the browser ends up."""
        self.opener.cookies["frontend_lang"] = "en_US"
        return self.url_open(url, **kwargs)

    def _get_token(self):
        """Return the token of the session of who is logged in, as forms hold it."""
        page = self._get("/my/security").text
        return re.search(r'csrf_token: "([^"]+)"', page).group(1)

    def _post(self, url, token=None, files=None, **data):
        """Send a form as the page would; the answer is not followed."""
        self.opener.cookies["frontend_lang"] = "en_US"
        data["csrf_token"] = self._get_token() if token is None else token
        return self.url_open(url, data=data, files=files, allow_redirects=False)

    @staticmethod
    def _read_text(element):
        """Return the text of an element, spaces made one."""
        if isinstance(element, str | bytes):
            # the script in the head holds the token of the session
            element = html.fromstring(element).find(".//div[@id='wrapwrap']")
        return " ".join(element.text_content().split())

    def _get_text(self, url, **kwargs):
        response = self._get(url, **kwargs)
        self.assertEqual(response.status_code, 200, url)
        return self._read_text(response.content)
