from datetime import date, datetime

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import ACCESS_LOGGERS, DOCUMENT, ROLES, OutplacementCommon

CREW = {"coach", "deputy"}
OFFICE = CREW | {"planner", "manager"}
# kind of record: its field that nobody else may change, and who may read it
CANARIES = {
    "traject": ("personnel_number", OFFICE | {"account_manager"}),
    "session": ("location", OFFICE | {"candidate"}),
    "note": ("body", CREW),
    "note_shared": ("body", CREW | {"candidate"}),
    "document": ("name", CREW),
    "document_shared": ("name", CREW | {"candidate"}),
    "report_draft": ("remark", OFFICE),
    "report_objected": ("remark", OFFICE | {"candidate"}),
    "report_released": (
        "remark",
        OFFICE | {"candidate", "account_manager", "employer_contact"},
    ),
    "answer": ("remark", OFFICE | {"candidate"}),
}


@tagged("post_install", "-at_install")
class TestAccessHttp(OutplacementCommon, HttpCase):
    """What may be changed over HTTP, and by whom; what is read, test_canary asks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_instalment()
        objected = cls._make_report("objected", remark="canary-report_objected")
        cls.records = {
            "traject": cls.traject,
            "session": cls._make_session(location="canary-session"),
            "note": cls._make_note(body="<p>canary-note</p>"),
            "note_shared": cls._make_note(
                body="<p>canary-note_shared</p>", shared=True
            ),
            "document": cls._make_document(name="canary-document.pdf"),
            "document_shared": cls._make_document(
                name="canary-document_shared.pdf", shared=True
            ),
            "report_draft": cls._make_report(remark="canary-report_draft"),
            "report_objected": objected,
            "report_released": cls._make_report(
                "released", remark="canary-report_released"
            ),
            "answer": objected.answer_ids,
        }
        cls.traject.personnel_number = "canary-traject"
        # nobody writes an answer again, hence the superuser here
        cls.records["answer"].remark = "canary-answer"
        cls.env.flush_all()

    def _login(self, role):
        login = self.users[role].login
        self.authenticate(login, login, session_extra={"debug": "1"})

    def _call(self, model, method, *args, **kwargs):
        """Return (whether it was answered, the text of the response)."""
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        with mute_logger(*ACCESS_LOGGERS, "odoo.http", "odoo.sql_db"):
            response = self.url_open(
                f"/web/dataset/call_kw/{model}/{method}",
                json={"id": 0, "jsonrpc": "2.0", "method": "call", "params": params},
            )
        return "error" not in response.json(), response.text

    def test_what_is_sealed_is_searched_by_nobody(self):
        for role in ROLES:
            self._login(role)
            for model, name in (
                ("outplacement.note", "body"),
                ("outplacement.note", "body_cipher"),
                ("outplacement.document", "name"),
                ("outplacement.document", "name_cipher"),
                ("outplacement.document", "content"),
                ("outplacement.document", "content_cipher"),
            ):
                domain = [(name, "ilike", "canary")]
                with self.subTest(role=role, model=model, field=name):
                    answered, _text = self._call(model, "search_count", domain)
                    self.assertFalse(answered)

    def test_no_change_by_who_may_not_read(self):
        """Writing, copying and deleting are refused, and nothing has changed."""
        day = {"date_from": str(date(2021, 1, 1)), "date_to": str(date(2021, 2, 1))}
        creations = {
            "outplacement.session": {"start": str(datetime(2090, 1, 2, 9))},
            "outplacement.note": {"body": "mine"},
            "outplacement.document": {"name": "mine.txt", "content": "bWluZQ=="},
            "outplacement.report": day,
            "outplacement.traject.member": {
                "user_id": self.other_coach.id,
                "date_from": str(date(2021, 1, 1)),
            },
        }
        before = {kind: r.sudo().read()[0] for kind, r in self.records.items()}
        for role in ROLES:
            self._login(role)
            for kind, (name, hearers) in CANARIES.items():
                record = self.records[kind]
                if role in hearers:
                    continue
                for call in (
                    ("write", record.ids, {name: "taken"}),
                    ("web_save", record.ids, {name: "taken"}, {name: {}}),
                    ("copy", record.ids),
                    ("unlink", record.ids),
                ):
                    self._check_denied(role, record._name, *call)
            for model, values in creations.items():
                if role not in OFFICE or model == "outplacement.traject.member":
                    values = {"traject_id": self.traject.id, **values}
                    self._check_denied(role, model, "create", [values])
        self.env.invalidate_all()
        after = {kind: r.sudo().read()[0] for kind, r in self.records.items()}
        self.assertEqual(before, after)

    def _check_denied(self, role, model, method, *args):
        with self.subTest(role=role, model=model, method=method):
            answered, text = self._call(model, method, *args)
            self.assertFalse(answered, text)
            self.assertIn("odoo.exceptions.AccessError", text)

    def test_failing_writes_tell_nothing(self):
        """PostgreSQL names the whole row, Odoo does not pass it on."""
        self._login("coach")
        note = self.records["note"]
        answered, text = self._call(note._name, "write", note.ids, {"date": False})
        self.assertFalse(answered)
        self.assertNotIn("canary-note", text)

    def test_who_may_also_can(self):
        """The doors that are open are open over HTTP too."""
        for role, kind, values in (
            ("coach", "note", {"body": "<p>New</p>"}),
            ("coach", "session", {"location": "Room 1"}),
            ("planner", "session", {"location": "Room 2"}),
            ("account_manager", "traject", {"personnel_number": "8"}),
            ("coach", "report_draft", {"remark": "Better"}),
        ):
            self._login(role)
            record = self.records[kind]
            with self.subTest(role=role, kind=kind):
                answered, text = self._call(record._name, "write", record.ids, values)
                self.assertTrue(answered, text)
        self._login("candidate")
        sent = self._make_report("sent")
        answered, text = self._call(sent._name, "action_answer", sent.ids, "agreed")
        self.assertTrue(answered, text)
        self.assertEqual(sent.state, "agreed")

    @mute_logger("odoo.http")
    def test_documents_follow_the_record(self):
        """The PDF of a report and the pages that print it, by guessed addresses."""
        report = self.records["report_released"]
        draft = self.records["report_draft"]
        name = "outplacement.outplacement_report_report_progress"
        template = self.env.ref(name).report_name
        for role in ROLES:
            self._login(role)
            for record, hearers in (
                (report, CANARIES["report_released"][1]),
                (draft, CANARIES["report_draft"][1]),
            ):
                kind = "report_draft" if record == draft else "report_released"
                urls = [
                    f"/report/html/{template}/{record.id}",
                    f"/web/content/outplacement.report/{record.id}/document",
                ]
                for url in urls:
                    with self.subTest(role=role, url=url):
                        response = self.url_open(url, allow_redirects=False)
                        if role not in hearers:
                            self.assertNotIn("canary-report", response.text)
                            self.assertNotIn("%PDF", response.text)
                        elif "html" in url:
                            self.assertIn(f"canary-{kind}", response.text)
                        elif record == report:
                            self.assertEqual(response.content, DOCUMENT)
