import base64
import hashlib
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger

from ..models.outplacement_report_flow import OutplacementReport
from .common import ACCESS_LOGGERS, DOCUMENT
from .common_frozen import FrozenCommon

REPORT = "outplacement.report"
NAME = "outplacement.outplacement_report_report_progress"
LOGGERS = (*ACCESS_LOGGERS, "odoo.http", "odoo.sql_db", "odoo.addons.rpc")
ROLES = (
    "coach",
    "deputy",
    "planner",
    "manager",
    "account_manager",
    "employer_contact",
    "candidate",
    "system",
)
A_YEAR_LATER = "2027-03-20 10:00:00"


class FrozenHttpCommon(FrozenCommon, HttpCase):
    """Calls over HTTP, by a browser and with a key of the API."""

    def _log_in(self, role):
        login = self.users[role].login
        self.authenticate(login, login)

    def _call(self, model, method, ids, **kwargs):
        """Return whether the browser's call was answered."""
        params = {"model": model, "method": method, "args": [ids], "kwargs": kwargs}
        with mute_logger(*LOGGERS):
            response = self.url_open(
                f"/web/dataset/call_kw/{model}/{method}",
                json={"id": 0, "jsonrpc": "2.0", "method": "call", "params": params},
            )
        self.env.invalidate_all()
        return "error" not in response.json()

    def _call_with_key(self, key, model, method, ids, **kwargs):
        """Return whether the call of a program was answered."""
        with mute_logger(*LOGGERS):
            response = self.url_open(
                f"/json/2/{model}/{method}",
                json={"ids": ids, **kwargs},
                headers={"Authorization": f"Bearer {key}"},
            )
        self.env.invalidate_all()
        return response.ok

    def _make_key(self, user):
        """Return a key of ``user`` for the API."""
        Key = self.env["res.users.apikeys"].with_user(user)
        return Key._generate("rpc", "test", datetime.now() + timedelta(days=1))


@tagged("post_install", "-at_install")
class TestReportFrozenHttp(FrozenHttpCommon):
    """What clients send to change a released report, one after the other."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.report = cls._make_report("released", remark="Words")

    def _get_attacks(self):
        """Return (model, method, ids, named arguments) of calls that are refused."""
        report, file = self.report, self._get_document(self.report)
        other, ours, theirs = {"remark": "Other"}, report.ids, file.ids
        attachment = file._name
        line = {"report_ids": [[1, report.id, other]]}
        return (
            (REPORT, "write", ours, {"vals": other}),
            (REPORT, "write", ours, {"vals": {"state": "draft"}}),
            (REPORT, "write", ours, {"vals": {"document": "JVBERg=="}}),
            (REPORT, "write", ours, {"vals": {"date_released": False}}),
            (REPORT, "web_save", ours, {"vals": other, "specification": {}}),
            (REPORT, "unlink", ours, {}),
            (REPORT, "action_send", ours, {}),
            (REPORT, "action_release", ours, {}),
            (REPORT, "action_back_to_draft", ours, {}),
            (REPORT, "action_refresh_facts", ours, {}),
            (REPORT, "action_answer", ours, {"answer": "objected"}),
            ("outplacement.traject", "write", self.traject.ids, {"vals": line}),
            ("outplacement.report.answer", "unlink", report.answer_ids.ids, {}),
            (
                "outplacement.report.answer",
                "write",
                report.answer_ids.ids,
                {"vals": {"answer": "objected"}},
            ),
            (attachment, "write", theirs, {"vals": {"datas": "JVBERg=="}}),
            (attachment, "write", theirs, {"vals": {"public": True}}),
            (attachment, "write", theirs, {"vals": {"res_id": 0}}),
            (attachment, "unlink", theirs, {}),
        )

    def test_by_the_browser(self):
        self._make_administrator()
        for role in ROLES:
            self._log_in(role)
            for model, method, ids, arguments in self._get_attacks():
                case = {"role": role, "method": method, "arguments": arguments}
                with self.subTest(**case), self.kept(self.report):
                    self.assertFalse(self._call(model, method, ids, **arguments))

    def test_by_a_program(self):
        self._make_administrator()
        for role in ROLES:
            key = self._make_key(self.users[role])
            answered = self._call_with_key(
                key, REPORT, "read", self.report.ids, fields=["remark"]
            )
            self.assertTrue(answered, f"{role}: the key is good")
            for model, method, ids, arguments in self._get_attacks():
                case = {"role": role, "method": method, "arguments": arguments}
                with self.subTest(**case), self.kept(self.report):
                    self.assertFalse(
                        self._call_with_key(key, model, method, ids, **arguments)
                    )

    def test_a_file_that_is_uploaded_to_it(self):
        """Odoo's route for files of any record: no field is reached by it."""
        for role in ("coach", "candidate", "employer_contact"):
            self._log_in(role)
            with self.subTest(role=role), self.kept(self.report):
                data = {"model": REPORT, "id": self.report.id}
                data |= {"res_field": "document", "csrf_token": "none"}
                with mute_logger(*LOGGERS):
                    self.url_open(
                        "/web/binary/upload_attachment",
                        data=data,
                        files={"ufile": ("document", DOCUMENT + b"!", "text/plain")},
                    )

    def test_replayed_requests(self):
        """The same request a second time, and after the release."""
        report = self._make_report("draft", remark="Words")
        steps = (
            ("coach", "action_send", {}, "sent"),
            ("candidate", "action_answer", {"answer": "agreed"}, "agreed"),
            ("coach", "action_release", {}, "released"),
        )
        for role, method, arguments, state in steps:
            self._log_in(role)
            self.assertTrue(self._call(REPORT, method, report.ids, **arguments))
            self.assertEqual(report.state, state)
            with self.subTest(method=method), self.kept(report):
                self.assertFalse(self._call(REPORT, method, report.ids, **arguments))
        for role, method, arguments, _state in steps:
            self._log_in(role)
            with self.subTest(method=method, released=True), self.kept(report):
                self.assertFalse(self._call(REPORT, method, report.ids, **arguments))


@tagged("post_install", "-at_install")
class TestReportYearLater(FrozenHttpCommon):
    """What was downloaded is what is downloaded a year later."""

    def test_the_same_bytes(self):
        with freeze_time("2026-03-12 10:00:00"):
            report = self._release_in_earnest()
            first = {
                role: self._download(report, role)
                for role in ("coach", "employer_contact", "candidate")
            }
        [document] = set(first.values())
        self.assertTrue(document.startswith(b"%PDF"))
        self.assertEqual(hashlib.sha256(document).hexdigest(), report.document_sha256)
        with freeze_time(A_YEAR_LATER):
            self._let_life_go_on()
            for role in first:
                with self.subTest(role=role):
                    self.assertEqual(self._download(report, role), document)
            self._check_printed(report, document)

    def _release_in_earnest(self):
        """Return a report that was released with a PDF of its own."""
        self.env["ir.config_parameter"].set_param("report.url", self.base_url())
        step = self.env["outplacement.report.step"].create({"name": "Step"})
        report = self._make_report("agreed", next_step_ids=step.ids)
        self.step = step
        real = patch.object(
            self.registry[REPORT],
            "_render_document",
            OutplacementReport._render_document,
        )
        mine = report.with_user(self.coach).with_context(force_report_rendering=True)
        with real:
            mine.action_release()
        self.env.flush_all()
        return report

    def _let_life_go_on(self):
        """Change whatever the report was made of."""
        self.step.name = "Other step"
        self.company.write({"name": "Another bureau", "logo": False})
        self.traject_type.name = "Another package"
        self.traject.sudo().months = 30
        self.employer.write({"name": "Another employer", "lang": "en_US"})
        self.candidate.partner_id.name = "Another name"
        layout = self.env.ref("web.external_layout_bold")
        self.company.external_report_layout_id = layout
        self.env.flush_all()
        self.env.invalidate_all()

    def _download(self, report, role):
        """Return what ``role`` downloads."""
        self._log_in(role)
        url = f"/web/content/{REPORT}/{report.id}/document?download=true"
        response = self.url_open(url)
        self.assertEqual(response.status_code, 200)
        return response.content

    def _check_printed(self, report, document):
        """And what is printed is the same as well."""
        for role in ("coach", "employer_contact"):
            Action = self.env["ir.actions.report"].with_user(self.users[role])
            Action = Action.with_context(force_report_rendering=True)
            with self.subTest(role=role):
                printed, _type = Action._render_qweb_pdf(NAME, report.ids)
                self.assertEqual(printed, document)
        self.assertEqual(base64.b64decode(report.document), document)
