from datetime import date

from odoo import SUPERUSER_ID, api
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, TransactionCase, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from .common import ACCESS_LOGGERS, COACH, LONG_AGO, ROLES
from .test_access_log import CANARY, AccessLogCommon

NOTE = "outplacement.note"
OFFICE = {"coach", "deputy", "planner", "manager", "account_manager"}
# Who may print what, by the names of the reports.
REPORTS = {
    "outplacement.report_progress": OFFICE | {"candidate", "employer_contact"},
    "outplacement.report_confirmation": OFFICE,
    "outplacement.report_statement": OFFICE,
    "outplacement.report_access_log": {"privacy_officer"},
    "outplacement.report_group": {"account_manager", "planner", "manager"},
    "outplacement.report_results": {
        *("account_manager", "other_account_manager", "manager"),
    },
}
# Fetching an address that is refused is what these tests do.
LOGGERS = (*ACCESS_LOGGERS, "odoo.http", "odoo.sql_db")


@tagged("post_install", "-at_install")
class TestAttacksHttp(AccessLogCommon, HttpCase):
    """As a browser attacks: with a kept session, and with guessed addresses."""

    def _login(self, user):
        return self.authenticate(user.login, user.login)

    def _call(self, model, method, *args, **kwargs):
        """Return the answer to a call of the session that is open now."""
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        with mute_logger(*LOGGERS):
            response = self.url_open(
                f"/web/dataset/call_kw/{model}/{method}",
                json={"id": 0, "jsonrpc": "2.0", "method": "call", "params": params},
            )
        self.env.invalidate_all()
        return response

    def _get(self, url, **data):
        with mute_logger(*LOGGERS):
            return self.url_open(url, data=data or None, allow_redirects=False)

    # ------------------------------------------------------------------
    # Sessions
    # ------------------------------------------------------------------

    def test_a_session_after_the_group_was_taken(self):
        self._open_session()
        self.coach.group_ids -= self.env.ref(COACH)
        self._check_session_closed()

    def test_a_session_after_the_membership_ended(self):
        self._open_session()
        members = self.traject.member_ids.filtered(lambda m: m.user_id == self.coach)
        members.with_user(self.planner).action_end()
        self._check_session_closed()

    def test_a_session_after_somebody_else_became_coach(self):
        self._open_session()
        self._assign(self.traject, self.other_coach, date_from=date.today())
        self._check_session_closed()

    def test_a_session_after_the_user_was_archived(self):
        self._open_session()
        self.coach.active = False
        self._check_session_closed()

    def test_a_session_after_the_password_changed(self):
        self._open_session()
        self.coach.password = "another password"
        self._check_session_closed()

    def _open_session(self):
        self._login(self.coach)
        answer = self._call(NOTE, "web_read", self.note.ids, {"body": {}})
        self.assertIn(CANARY, answer.text)

    def _check_session_closed(self):
        """The same cookie, the next request: what was taken in between is taken."""
        self.env.flush_all()
        ids, domain, spec = self.note.ids, [("id", "=", self.note.id)], {"body": {}}
        for method, *args in (
            ("web_read", ids, spec),
            ("read", ids, ["body"]),
            ("web_search_read", domain, spec),
            ("write", ids, {"body": "<p>late</p>"}),
            ("create", [{"traject_id": self.traject.id, "body": "late"}]),
        ):
            answer = self._call(NOTE, method, *args)
            self.assertNotIn(CANARY, answer.text)
            result = answer.json().get("result")
            self.assertFalse(result and result.get("records", True))

    def test_no_context_of_a_client_opens_a_note(self):
        context = {
            "su": True,
            "sudo": True,
            "uid": SUPERUSER_ID,
            "user": self.coach.id,
            "active_test": False,
            "allowed_company_ids": self.company.ids,
        }
        for role in ("other_coach", "manager", "system", "candidate"):
            self._login(self.users[role])
            for method, *args in (
                ("read", self.note.ids, ["body"]),
                ("web_read", self.note.ids, {"body": {}}),
                ("web_save", self.note.ids, {"shared": True}, {"body": {}}),
                ("with_user", self.note.ids, self.coach.id),
                ("sudo", self.note.ids),
                ("_unseal", self.note.ids, "body_cipher"),
                ("_compute_body", self.note.ids),
            ):
                with self.subTest(role=role, method=method):
                    answer = self._call(NOTE, method, *args, context=context)
                    self.assertIn("error", answer.json())
                    self.assertNotIn(CANARY, answer.text)

    def test_no_private_method_lets_in(self):
        """The methods that give access are not to be called from outside."""
        traject, member = self.traject, self.traject.member_ids[0]
        coach = self.other_coach.id
        for role in ("planner", "manager", "system"):
            self._login(self.users[role])
            for record, method, *args in (
                (traject, "_assign_member", coach, "coach", "2021-01-04"),
                (member, "_record_agreement", "2021-01-04", "phone"),
                (member, "_end_before", "2021-01-04"),
                (self.note, "_seal", "body_cipher", {}),
                (self.note, "_log_read", []),
                (self.Log, "_append_refused", []),
            ):
                with self.subTest(role=role, method=method):
                    answer = self._call(record._name, method, record.ids, *args)
                    self.assertIn("error", answer.json())

    # ------------------------------------------------------------------
    # Guessed addresses
    # ------------------------------------------------------------------

    def _get_printed(self):
        """Return a record of `self.traject` for each report."""
        statement = self.env["outplacement.statement"]
        return {
            "outplacement.report_progress": self._make_report("released"),
            "outplacement.report_confirmation": self.traject,
            "outplacement.report_statement": statement.create(
                {"traject_id": self.traject.id}
            ),
            "outplacement.report_access_log": self.Log.search([], limit=1),
            "outplacement.report_group": self._make_group_report(),
            "outplacement.report_results": self.env["outplacement.result.report"]
            .with_company(self.company)
            .create({}),
        }

    def _make_group_report(self):
        plan = self.env["outplacement.social.plan"].create(
            {
                "title": "Depot",
                "employer_id": self.employer.id,
                "account_manager_id": self.account_manager.id,
                "company_id": self.company.id,
            }
        )
        return self.env["outplacement.group.report"].create({"plan_id": plan.id})

    def _get_text(self, name, record):
        """Return what is read on every paper of that report."""
        return {
            "outplacement.report_group": record.display_name.split()[0],
            "outplacement.report_results": "Results with other candidates",
        }.get(name, self.traject.name)

    def test_every_report_by_a_guessed_id(self):
        reports = self.env["ir.actions.report"].search(
            [("report_name", "=like", "outplacement.%")]
        )
        self.assertEqual(set(reports.mapped("report_name")), set(REPORTS))
        records = self._get_printed()
        self.env.flush_all()
        for role in ROLES:
            self._login(self.users[role])
            for name, readers in REPORTS.items():
                with self.subTest(role=role, report=name):
                    page = self._get(f"/report/html/{name}/{records[name].id}")
                    text = self._get_text(name, records[name])
                    if role in readers:
                        self.assertEqual(page.status_code, 200)
                        self.assertIn(text, page.text)
                    else:
                        self.assertNotEqual(page.status_code, 200)
                        self.assertNotIn(text, page.text)
                        if role != "candidate":
                            self.assertNotIn(self.candidate.name, page.text)

    def test_no_report_of_others_prints_a_note(self):
        """A report's template on ids of another model, and names that are none."""
        self._login(self.system)
        for name in (*REPORTS, "outplacement.note", "web.basic_layout"):
            page = self._get(f"/report/html/{name}/{self.note.id}")
            self.assertNotIn(CANARY, page.text)

    def test_files_by_a_guessed_id(self):
        """Every binary field of ours, and the file behind it, by every route."""
        statement = self.env["outplacement.statement"]
        statement = statement.create({"traject_id": self.traject.id})
        statement.document = "Y2FuYXJ5"  # "canary"
        file = self.env["ir.attachment"].search(
            [("res_model", "=", statement._name), ("res_field", "=", "document")],
            order="id desc",
            limit=1,
        )
        note, paper = f"{NOTE}/{self.note.id}", f"{statement._name}/{statement.id}"
        self.env.flush_all()
        for role in (None, "coach", "planner", "other_coach", "system", "candidate"):
            if role:
                self._login(self.users[role])
            else:
                self.authenticate(None, None)
            for url in (
                f"/web/content/{paper}/document",
                f"/web/content/{file.id}",
                f"/web/content/{file.id}?access_token=guessed&download=1",
                f"/web/content/{note}/body",
                f"/web/content/{note}/body_cipher",
                f"/web/image/{note}/body",
                f"/mail/view?model={NOTE}&res_id={self.note.id}",
                f"/web/content?model={NOTE}&id={self.note.id}&field=body_cipher",
            ):
                with self.subTest(role=role, url=url):
                    page = self._get(url)
                    if role in OFFICE and paper in url:
                        self.assertEqual(page.content, b"canary")
                    elif role not in OFFICE or "/note" in url:
                        self.assertNotIn("canary", page.text)
                        self.assertNotIn("v1.", page.text)

    def test_nothing_is_uploaded_to_anothers_note(self):
        Attachment = self.env["ir.attachment"]
        domain = [("res_model", "=", NOTE), ("res_id", "=", self.note.id)]
        for role in ("other_coach", "planner", "employee", "candidate"):
            session = self._login(self.users[role])
            token = session.get("csrf_token") or ""
            with self.subTest(role=role), mute_logger(*LOGGERS):
                self.url_open(
                    "/web/binary/upload_attachment",
                    data={"model": NOTE, "id": self.note.id, "csrf_token": token},
                    files={"ufile": ("x.txt", b"x", "text/plain")},
                )
                values = {"name": "x", "res_model": NOTE, "res_id": self.note.id}
                answer = self._call("ir.attachment", "create", [values])
                self.assertIn("error", answer.json())
                self.assertFalse(Attachment.search(domain))


@tagged("post_install", "-at_install")
class TestRevokeWhileReading(TransactionCase):
    """With real cursors that commit, so nothing here is undone by the test itself.

    What is guaranteed: once a revocation is committed, whatever begins afterwards is
    refused. A request that began before it sees the database as it was then, until it
    ends.
    """

    def setUp(self):
        super().setUp()
        self.addCleanup(self._clean)
        with self._transaction(SUPERUSER_ID) as env:
            groups = {"coach": COACH, "planner": "outplacement.group_planner"}
            self.ids = {
                role: new_test_user(env, f"test_revoke_{role}", group).id
                for role, group in groups.items()
            }
            planner = env(user=self.ids["planner"])
            traject = planner["outplacement.traject"].create({"date_start": LONG_AGO})
            coach = env["res.users"].browse(self.ids["coach"])
            traject._assign_member(coach, "coach", LONG_AGO)
            note = env(user=coach.id)[NOTE].create({"traject_id": traject.id})
            self.ids.update(traject=traject.id, note=note.id)

    def _transaction(self, uid):
        return _Transaction(self.registry, uid)

    def _clean(self):
        """Take everything away again, as the owner of the database can."""
        users = [self.ids[role] for role in ("coach", "planner") if role in self.ids]
        log = SQL.identifier("outplacement_access_log")
        with self.registry.cursor() as cursor:
            cursor.execute(SQL("ALTER TABLE %s DISABLE TRIGGER USER", log))
            for column in ("user_id", "subject_id"):
                column = SQL.identifier(column)
                query = "DELETE FROM %s WHERE %s = ANY(%s)"
                cursor.execute(SQL(query, log, column, users))
            cursor.execute(SQL("ALTER TABLE %s ENABLE TRIGGER USER", log))
            for name in ("note", "traject"):
                table = SQL.identifier(f"outplacement_{name}")
                cursor.execute(
                    SQL("DELETE FROM %s WHERE id = %s", table, self.ids.get(name))
                )
        with self._transaction(SUPERUSER_ID) as env:
            env["mail.message"].search([("author_id.user_ids", "in", users)]).unlink()
            users = env["res.users"].browse(users)
            partners = users.partner_id
            users.unlink()
            partners.unlink()

    def _read(self, env):
        return env[NOTE].browse(self.ids["note"]).read(["date", "body"])

    def _end_membership(self):
        with self._transaction(self.ids["planner"]) as env:
            traject = env["outplacement.traject"].browse(self.ids["traject"])
            traject.member_ids.action_end()

    def _take_group(self):
        with self._transaction(SUPERUSER_ID) as env:
            coach = env["res.users"].browse(self.ids["coach"])
            coach.group_ids -= env.ref(COACH)

    def test_what_begins_after_the_end_is_refused(self):
        self._check_revoked(self._end_membership)

    def test_what_begins_after_the_group_was_taken_is_refused(self):
        self._check_revoked(self._take_group)

    def _check_revoked(self, revoke):
        with self._transaction(self.ids["coach"]) as before:
            self.assertTrue(self._read(before))
            revoke()
            with self._transaction(self.ids["coach"]) as after:
                with mute_logger(*ACCESS_LOGGERS):
                    self.assertRaises(AccessError, self._read, after)
                    note = after[NOTE].browse(self.ids["note"])
                    self.assertRaises(AccessError, note.write, {"shared": True})
                    values = {"traject_id": self.ids["traject"]}
                    self.assertRaises(AccessError, note.create, values)
                self.assertFalse(note.has_access("read"))
                after.cr.rollback()
        with self._transaction(self.ids["coach"]) as again:
            with mute_logger(*ACCESS_LOGGERS):
                self.assertRaises(AccessError, self._read, again)
            again.cr.rollback()


class _Transaction:
    """An environment with a cursor of its own, committed in the end."""

    def __init__(self, registry, uid):
        self.cursor, self.uid = registry.cursor(), uid

    def __enter__(self):
        cursor = self.cursor.__enter__()
        return api.Environment(cursor, self.uid, {"tracking_disable": True})

    def __exit__(self, *error):
        return self.cursor.__exit__(*error)
