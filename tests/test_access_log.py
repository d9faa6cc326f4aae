import json
import logging
from contextlib import suppress
from datetime import date, datetime, timedelta
from unittest.mock import patch

from psycopg2.errors import InsufficientPrivilege

from odoo import SUPERUSER_ID, api
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, TransactionCase, freeze_time, tagged
from odoo.tools import SQL, mute_logger

from .common import ACCESS_LOGGERS, ROLES, OutplacementCommon

LOG = "outplacement.access.log"
LINES = "odoo.addons.outplacement.access"
KEYS = {
    "database",
    "moment",
    "kind",
    "user",
    "subject",
    "company",
    "traject",
    "model",
    "record",
    "detail",
}
CANARY = "canary in the log"


class AccessLogCommon(OutplacementCommon):
    """Helpers to look at what was written down."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.note = cls._make_note(body=f"<p>{CANARY}</p>")
        cls.Log = cls.env[LOG]
        cls.start = max(cls.Log.search([]).ids, default=0)

    def _get_rows(self, *kinds, **values):
        """Return the rows of these kinds since the test began, oldest first."""
        domain = [("id", ">", self.start)]
        if kinds:
            domain.append(("kind", "in", kinds))
        domain += [(name, "=", value) for name, value in values.items()]
        return self.Log.search(domain, order="id")

    def _open(self, user, note=None):
        """Read the text as ``user``, as if in a request of its own."""
        self.env.flush_all()
        self.env.invalidate_all()
        return (note or self.note).with_user(user).read(["body"])


@tagged("post_install", "-at_install")
class TestAccessLog(AccessLogCommon):
    """What is written down, and that it stays."""

    # ------------------------------------------------------------------
    # Append-only
    # ------------------------------------------------------------------

    def test_nobody_changes_or_deletes_a_row(self):
        """Superuser code and administrators included."""
        row = self._get_rows()[:1] or self.Log.search([], limit=1)
        self.assertTrue(row)
        everybody = {**self.users, "administrator": self.env.ref("base.user_admin")}
        rows = [(name, row.with_user(user)) for name, user in everybody.items()]
        for name, mine in [*rows, ("superuser", row.sudo())]:
            for method, *args in (
                (mine.write, {"detail": "other"}),
                (mine.unlink,),
                (mine.create, {"kind": "read", "user_id": self.coach.id}),
                (mine.copy,),
                (mine.with_context(import_file=True).write, {"kind": "read"}),
            ):
                with self.case(user=name, method=method.__name__):
                    self.assertRefused(method, *args)
            with self.case(user=name, method="load"):
                self.assertFalse(mine.load(["kind"], [["read"]])["ids"])

    def test_the_database_refuses_too(self):
        table = SQL.identifier("outplacement_access_log")
        for query in (
            SQL("UPDATE %s SET detail = 'other'", table),
            SQL("UPDATE %s SET detail = 'other' WHERE id = -1", table),
            SQL("DELETE FROM %s", table),
            SQL("TRUNCATE %s", table),
            SQL("TRUNCATE %s CASCADE", table),
        ):
            with (
                self.case(query=query.code),
                mute_logger("odoo.sql_db"),
                self.assertRaises(InsufficientPrivilege),
            ):
                self.env.cr.execute(query)

    def test_no_deletion_elsewhere_changes_the_log(self):
        """Neither of a user, nor of a traject: no key sets a column to nothing."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT conname FROM pg_constraint
                 WHERE contype = 'f' AND confdeltype NOT IN ('r', 'a')
                   AND conrelid = 'outplacement_access_log'::regclass
                """
            )
        )
        self.assertFalse(rows)
        self.assertFalse({"create_uid", "write_uid"} & set(self.Log._fields))

    # ------------------------------------------------------------------
    # Who reads the log
    # ------------------------------------------------------------------

    def test_privacy_officers_read_the_log_and_nobody_else(self):
        for role in ROLES:
            mine = self.Log.with_user(self.users[role])
            with self.case(role=role):
                if role == "privacy_officer":
                    found = mine.search([("res_id", "=", self.note.id)])
                    self.assertTrue(found.read(["kind", "user_id", "detail"]))
                else:
                    self.assertRefused(mine.search, [])
                    self.assertRefused(mine.browse(self.start).read, ["kind"])

    def test_officers_see_their_companies_only(self):
        other = self.env["res.company"].create({"name": "Sister Bureau"})
        officer = self.privacy_officer
        officer.write({"company_ids": [Command.set(other.ids)], "company_id": other})
        mine = self.Log.with_user(officer).with_company(other)
        self.assertFalse(mine.search([("traject_res_id", "=", self.traject.id)]))

    def test_reading_the_log_opens_no_file(self):
        row = self._get_rows()[:1] or self.Log.search([("res_id", "=", self.note.id)])
        self.assertRefused(self.note.with_user(self.privacy_officer).read, ["body"])
        fields = row._fields.values()
        self.assertFalse(
            [
                f.name
                for f in fields
                if (f.comodel_name or "").startswith("outplacement")
            ]
        )

    # ------------------------------------------------------------------
    # Opening
    # ------------------------------------------------------------------

    def test_own_reading_is_written_once_an_hour(self):
        for moment, count in (
            ("2026-03-12 08:00:00", 1),
            ("2026-03-12 08:59:59", 1),
            ("2026-03-12 09:00:00", 2),
            ("2026-03-12 09:30:00", 2),
        ):
            with freeze_time(moment), self.subTest(moment=moment):
                self.assertIn(CANARY, self._open(self.coach)[0]["body"])
                rows = self._get_rows("read", user_id=self.coach.id)
                self.assertEqual(len(rows), count)
        self.assertEqual(rows.mapped("res_id"), [self.note.id] * 2)
        self.assertEqual(set(rows.mapped("traject_reference")), {self.traject.name})
        self.assertEqual(rows.company_id, self.traject.company_id)

    def test_each_reader_and_each_note_counts(self):
        other = self._make_note()
        start = max(self.Log.search([]).ids)
        for user, note in (
            (self.coach, self.note),
            (self.coach, other),
            (self.deputy, self.note),
            (self.coach, self.note),
        ):
            self._open(user, note)
        rows = self.Log.search([("id", ">", start), ("kind", "=", "read")], order="id")
        self.assertEqual(
            [(row.user_id, row.res_id) for row in rows],
            [
                (self.coach, self.note.id),
                (self.coach, other.id),
                (self.deputy, self.note.id),
            ],
        )

    def test_the_candidate_reads_what_is_shared_and_it_is_written(self):
        self.note.with_user(self.coach).shared = True
        self._open(self.candidate)
        self.assertEqual(len(self._get_rows("read", user_id=self.candidate.id)), 1)
        [row] = self._get_rows("shared")
        self.assertEqual(row.user_id, self.coach)

    def test_what_opens_no_text_is_not_written(self):
        self.env.flush_all()
        self.env.invalidate_all()
        mine = self.note.with_user(self.coach)
        mine.read(["date", "author_id"])
        mine.search([])
        self.assertFalse(mine.sudo().body)
        self.assertFalse(self.note.with_user(self.manager).body)
        self.assertFalse(self._get_rows())

    def test_a_list_is_written_in_one_go(self):
        notes = self.env["outplacement.note"].with_user(self.coach)
        for _i in range(10):
            notes += self._make_note().with_user(self.coach)
        moments = iter(("2090-01-01", "2090-01-02", "2090-01-03"))

        def count(records):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            with freeze_time(next(moments)):
                records.read(["body"])
            return self.env.cr.sql_log_count - before

        count(notes)  # what stays cached: groups, rules
        self.assertEqual(count(notes[:1]), count(notes))
        self.assertGreater(len(self._get_rows("read")), 20)

    # ------------------------------------------------------------------
    # Changing, letting in
    # ------------------------------------------------------------------

    def test_changes_are_written_without_content(self):
        mine = self.note.with_user(self.coach)
        with self.assertLogs(LINES, logging.INFO) as logged:
            mine.write({"body": "<p>canary new</p>", "date": date(2021, 5, 1)})
            mine.shared = True
            mine.shared = False
            created = mine.create({"traject_id": self.traject.id, "body": "canary"})
            created_id = created.id
            created.unlink()
            mine.action_sign()
        rows = self._get_rows()
        self.assertEqual(
            rows.mapped("kind"),
            ["changed", "shared", "unshared", "created", "deleted", "signed"],
        )
        self.assertEqual(rows.user_id, self.coach)
        self.assertEqual(rows[0].detail, "body, date")
        self.assertEqual(rows[4].res_id, created_id)
        self._check_no_content(rows, logged.output)

    def _check_no_content(self, rows, lines):
        texts = [str(row) for row in rows.read()]
        secrets = ["canary", self.candidate.partner_id.name, self.candidate.login]
        for text in (*texts, *lines):
            for secret in secrets:
                self.assertNotIn(secret, text)

    def test_lines_have_the_same_keys(self):
        with self.assertLogs(LINES, logging.INFO) as logged:
            self._open(self.coach)
            self._assign(self.traject, self.other_coach, "deputy", date(2026, 3, 12))
            self.employee.group_ids += self.env.ref("outplacement.group_planner")
            with self.assertRaises(AccessError), mute_logger(*ACCESS_LOGGERS):
                self.note.with_user(self.employee).read(["body"])
        kinds = []
        for record in logged.records:
            self.assertNotIn("\n", record.getMessage())
            line = json.loads(record.getMessage())
            self.assertEqual(set(line), KEYS)
            self.assertEqual(line["database"], self.env.cr.dbname)
            kinds.append(line["kind"])
        self.assertEqual(kinds, ["read", "granted", "group_given", "refused"])

    def test_letting_in_and_out_is_written(self):
        with freeze_time("2026-03-12 10:00:00"):
            self._assign(self.traject, self.other_coach, date_from=date(2026, 3, 12))
        ended, granted = self._get_rows("ended"), self._get_rows("granted")
        self.assertEqual(ended.subject_id, self.coach)
        self.assertEqual(granted.subject_id, self.other_coach)
        self.assertEqual((ended + granted).user_id, self.planner)
        member = self.traject.member_ids.filtered(
            lambda m: m.user_id == self.other_coach
        )
        with freeze_time("2026-03-13 10:00:00"):
            member.with_user(self.planner).action_end()
        self.assertEqual(self._get_rows("ended")[-1].subject_id, self.other_coach)
        self.assertEqual(self._get_rows("ended")[-1].detail, "2026-03-13 10:00:00")

    def test_superuser_code_that_lets_somebody_in_is_written(self):
        self.env["outplacement.traject.member"].create(
            {
                "traject_id": self.traject.id,
                "user_id": self.other_coach.id,
                "date_from": date(2021, 1, 4),
            }
        )
        self.assertEqual(self._get_rows("granted").subject_id, self.other_coach)

    # ------------------------------------------------------------------
    # Being refused
    # ------------------------------------------------------------------

    def _refuse(self, user, method="read", *args):
        with (
            self.assertLogs(LINES, logging.INFO) as logged,
            mute_logger(*ACCESS_LOGGERS),
            self.assertRaises(AccessError),
        ):
            getattr(self.note.with_user(user), method)(*args)
        return [json.loads(record.getMessage()) for record in logged.records]

    def test_refusals_leave_a_line_at_once(self):
        for role in ("other_coach", "planner", "manager", "system", "candidate"):
            with self.case(role=role):
                [line] = self._refuse(self.users[role], "read", ["body"])
                self.assertEqual(line["kind"], "refused")
                self.assertEqual(line["user"], self.users[role].id)
                self.assertEqual(line["record"], self.note.id)
                self.assertEqual(line["traject"], self.traject.name)
                self.assertEqual(line["detail"], "read")
        with self.case(operation="write"):
            [line] = self._refuse(self.deputy, "write", {"shared": True})
            self.assertEqual(line["detail"], "write")

    def test_leaving_out_is_no_refusal(self):
        with self.assertNoLogs(LINES, logging.INFO):
            mine = self.note.with_user(self.other_coach)
            self.assertFalse(mine.search([("id", "=", mine.id)]))
            self.assertFalse(mine.has_access("read"))
            self.assertFalse(mine._filtered_access("read"))
            self.assertFalse(mine.body)

    def _get_refused_row(self, user, number=0):
        values = self.Log._prepare_row("refused", self.note, "read")
        return {**values, "user_id": user.id, "res_id": self.note.id + number}

    def test_refusals_are_limited(self):
        officer_messages = self._count_messages(self.privacy_officer)
        with freeze_time("2026-03-12 10:00:00"):
            for _i in range(3):
                self.Log._append_refused([self._get_refused_row(self.coach)])
            self.assertEqual(len(self._get_rows("refused")), 1)
            self.Log._append_refused([self._get_refused_row(self.deputy)])
            self.assertEqual(len(self._get_rows("refused")), 2)
            many = [self._get_refused_row(self.coach, i) for i in range(1, 250)]
            self.Log._append_refused(many)
            self.Log._append_refused(many)
            mine = self._get_rows("refused", user_id=self.coach.id)
            self.assertEqual(len(mine), 100)
        self.assertEqual(
            self._count_messages(self.privacy_officer), officer_messages + 1
        )
        with freeze_time("2026-03-12 10:01:00"):
            self.Log._append_refused([self._get_refused_row(self.coach)])
        mine = self._get_rows("refused", user_id=self.coach.id)
        self.assertEqual(len(mine), 101)

    def _count_messages(self, user):
        domain = [("notified_partner_ids", "in", user.partner_id.ids)]
        return self.env["mail.message"].search_count(domain)

    def test_a_user_who_is_not_there_does_not_break(self):
        row = {**self._get_refused_row(self.coach), "user_id": 2**31 - 1}
        self.Log._append_refused([row])
        self.assertFalse(self._get_rows("refused"))

    def test_a_refusal_that_cannot_be_kept_breaks_nothing(self):
        def fail():
            raise RuntimeError("no database")

        rows = [self._get_refused_row(self.coach)]
        with (
            self.assertLogs("odoo.addons.outplacement.models", "ERROR"),
            patch.object(self.registry, "cursor", fail),
        ):
            self.Log._keep_refused(self.registry, rows)

    # ------------------------------------------------------------------
    # On request by the candidate
    # ------------------------------------------------------------------

    def test_the_candidate_gets_the_log_of_one_traject(self):
        self._open(self.coach)
        others = self._make_note(self.other_traject)
        mine = self.Log.with_user(self.privacy_officer)
        row = mine.search([("res_id", "=", self.note.id)], limit=1)
        action = row.action_print_for_candidate()
        self.assertEqual(action["report_name"], "outplacement.report_access_log")
        self.assertFalse(self._get_rows("exported"), "nothing is printed yet")
        html, _type = (
            self.env["ir.actions.report"]
            .with_user(self.privacy_officer)
            ._render_qweb_html("outplacement.report_access_log", row.ids)
        )
        text = html.decode()
        # once, and whether by the button or by the address of the report
        [exported] = self._get_rows("exported")
        self.assertEqual(exported.user_id, self.privacy_officer)
        self.assertEqual(exported.traject_reference, self.traject.name)
        self.assertEqual(exported.traject_res_id, self.traject.id)
        self.assertEqual(exported.company_id, self.company)
        self.assertIn(self.traject.name, text)
        self.assertIn(self.coach.name, text)
        self.assertNotIn(self.other_traject.name, text)
        self.assertNotIn("canary", text)
        theirs = mine.search([("res_id", "=", others.id)], limit=1)
        self.assertRefused((row + theirs).action_print_for_candidate, error=UserError)
        self.assertRefused(mine.action_print_for_candidate, error=UserError)

    def test_every_traject_that_is_printed_is_written(self):
        others = self._make_note(self.other_traject)
        mine = self.Log.with_user(self.privacy_officer)
        rows = mine.search([("res_id", "in", (self.note + others).ids)])
        self.env["ir.actions.report"].with_user(self.privacy_officer)._render_qweb_html(
            "outplacement.report_access_log", rows.ids
        )
        exported = self._get_rows("exported")
        self.assertEqual(len(exported), 2)
        self.assertEqual(
            set(exported.mapped("traject_reference")),
            {self.traject.name, self.other_traject.name},
        )

    def test_the_rows_of_groups_have_an_index(self):
        """The guards read them all, in order, each night."""
        self.env.cr.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename = %s", [self.Log._table]
        )
        definitions = [row[0] for row in self.env.cr.fetchall()]
        self.assertTrue(
            any("(moment, id) WHERE" in text for text in definitions), definitions
        )

    def test_only_officers_print_it(self):
        row = self.Log.search([("res_id", "=", self.note.id)], limit=1)
        for role in set(ROLES) - {"privacy_officer"}:
            with self.case(role=role):
                mine = row.with_user(self.users[role])
                self.assertRefused(mine.action_print_for_candidate)
                Report = self.env["ir.actions.report"].with_user(mine.env.user)
                render = Report._render_qweb_html
                self.assertRefused(render, "outplacement.report_access_log", row.ids)


@tagged("post_install", "-at_install")
class TestAccessLogHttp(AccessLogCommon, HttpCase):
    """The log as requests write it: on read-only cursors, and when rolled back."""

    def _call(self, role, method, *args):
        login = self.users[role].login
        self.authenticate(login, login)
        model = "outplacement.note"
        params = {"model": model, "method": method, "args": args, "kwargs": {}}
        with mute_logger(*ACCESS_LOGGERS, "odoo.http"):
            response = self.url_open(
                f"/web/dataset/call_kw/{model}/{method}",
                json={"id": 0, "jsonrpc": "2.0", "method": "call", "params": params},
            )
        self.env.invalidate_all()
        return response.json()

    def test_reading_over_http_is_written(self):
        """By every method that gives the text, without a detour over a cursor that
        cannot write: a retry would leave a warning."""
        ids = self.note.ids
        domain = [("id", "=", self.note.id)]
        for day, (method, *args) in enumerate(
            (
                ("web_read", ids, {"body": {}}),
                ("read", ids, ["body"]),
                ("web_search_read", domain, {"body": {}}),
                ("search_read", domain, ["body"]),
            ),
            1,
        ):
            before = len(self._get_rows("read"))
            with freeze_time(datetime(2090, 1, day)), self.subTest(method=method):
                with self.assertNoLogs("odoo.http", "WARNING"):
                    self.assertIn(CANARY, str(self._call_open(method, *args)))
                self.assertEqual(len(self._get_rows("read")), before + 1)

    def _call_open(self, method, *args):
        """As _call, but with the warnings of odoo.http."""
        login = self.coach.login
        self.authenticate(login, login)
        model = "outplacement.note"
        params = {"model": model, "method": method, "args": args, "kwargs": {}}
        response = self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            json={"id": 0, "jsonrpc": "2.0", "method": "call", "params": params},
        )
        self.env.invalidate_all()
        return response.json()

    def test_other_read_only_calls_are_tried_again(self):
        """Odoo itself changes to a cursor that writes, where it gave the other."""
        specification = {"auto_unfold": True, "unfold_read_specification": {"body": {}}}
        model, method = "outplacement.note", "web_read_group"
        self.authenticate(self.coach.login, self.coach.login)
        domain = [("id", "=", self.note.id)]
        params = {
            "model": model,
            "method": method,
            "args": [domain, ["author_id"]],
            "kwargs": specification,
        }
        with mute_logger("odoo.http", "odoo.sql_db"):
            response = self.url_open(
                f"/web/dataset/call_kw/{model}/{method}",
                json={"id": 0, "jsonrpc": "2.0", "method": "call", "params": params},
            )
        self.env.invalidate_all()
        self.assertIn(CANARY, response.text)
        self.assertEqual(len(self._get_rows("read", user_id=self.coach.id)), 1)

    def test_a_refusal_outlives_its_transaction(self):
        for role in ("other_coach", "employee", "manager", "candidate"):
            for method, *args in (
                ("web_read", self.note.ids, {"body": {}}),
                ("action_sign", self.note.ids),
                ("unlink", self.note.ids),
            ):
                with self.subTest(role=role, method=method):
                    user = self.users[role]
                    before = len(self._get_rows("refused", user_id=user.id))
                    self.assertIn("error", self._call(role, method, *args))
                    rows = self._get_rows("refused", user_id=user.id)
                    self.assertEqual(len(rows), before + 1)
                    self.assertEqual(rows[-1].res_id, self.note.id)
                    self.assertEqual(rows[-1].traject_res_id, self.traject.id)

    def test_asking_again_within_a_minute_adds_nothing(self):
        with freeze_time("2090-01-01 10:00:00"):
            for _i in range(3):
                self._call("other_coach", "read", self.note.ids, ["body"])
        self.assertEqual(len(self._get_rows("refused")), 1)

    def test_nobody_writes_the_log_over_http(self):
        row = self._get_rows()[:1] or self.Log.search([], limit=1)
        for role in ("privacy_officer", "system", "coach"):
            login = self.users[role].login
            self.authenticate(login, login)
            for method, *args in (
                ("write", row.ids, {"detail": "x"}),
                ("unlink", row.ids),
                ("create", [{"kind": "read"}]),
                ("_append", [[]]),
                ("_log", "read", []),
                ("init",),
            ):
                with self.subTest(role=role, method=method):
                    params = {"model": LOG, "method": method, "args": args}
                    with mute_logger(*ACCESS_LOGGERS, "odoo.http"):
                        response = self.url_open(
                            f"/web/dataset/call_kw/{LOG}/{method}",
                            json={
                                "id": 0,
                                "jsonrpc": "2.0",
                                "method": "call",
                                "params": {**params, "kwargs": {}},
                            },
                        )
                    self.assertIn("error", response.json())


@tagged("post_install", "-at_install")
class TestAccessLogOwnTransaction(TransactionCase):
    """With real cursors, committed and rolled back: nothing of this class is undone by
    the test itself."""

    def _count(self, user):
        with self.registry.cursor() as cursor:
            Log = api.Environment(cursor, SUPERUSER_ID, {})[LOG]
            domain = [
                ("user_id", "=", user.id),
                ("kind", "=", "refused"),
                ("moment", ">", datetime.now() - timedelta(minutes=2)),
            ]
            return Log.search_count(domain)

    def _clean(self):
        """Take the rows away again, as the owner of the database can."""
        with self.registry.cursor() as cursor:
            for verb in ("DISABLE", "ENABLE"):
                cursor.execute(
                    f"ALTER TABLE outplacement_access_log {verb} TRIGGER USER"
                )
                if verb == "DISABLE":
                    cursor.execute(
                        "DELETE FROM outplacement_access_log WHERE kind = 'refused'"
                    )

    def _be_refused(self, user):
        """Ask for a note in a transaction that is rolled back by the refusal."""
        with (
            self.assertRaises(AccessError),
            mute_logger(*ACCESS_LOGGERS),
            self.registry.cursor() as cursor,
        ):
            env = api.Environment(cursor, user.id, {})
            env["outplacement.note"].browse(1).read(["body"])

    def test_the_row_is_there_after_the_rollback(self):
        admin = self.env.ref("base.user_admin")
        self.addCleanup(self._clean)
        self.assertEqual(self._count(admin), 0)
        self._be_refused(admin)
        self.assertEqual(self._count(admin), 1)
        self._be_refused(admin)
        self.assertEqual(self._count(admin), 1, "once a minute")

    def test_the_row_is_there_when_the_refusal_was_caught(self):
        admin = self.env.ref("base.user_admin")
        self.addCleanup(self._clean)
        with self.registry.cursor() as cursor, mute_logger(*ACCESS_LOGGERS):
            env = api.Environment(cursor, admin.id, {})
            with suppress(AccessError):  # as code does that goes on without
                env["outplacement.note"].browse(1).read(["body"])
        self.assertEqual(self._count(admin), 1)
