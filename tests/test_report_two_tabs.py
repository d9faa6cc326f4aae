from datetime import date
from unittest.mock import patch

from psycopg2.errors import LockNotAvailable, SerializationFailure

from odoo import SUPERUSER_ID
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from .common import ACCOUNT_MANAGER, COACH, DOCUMENT, LONG_AGO
from .test_attacks_http import _Transaction

REPORT = "outplacement.report"
GROUPS = {
    "coach": COACH,
    "planner": "outplacement.group_planner",
    "account_manager": ACCOUNT_MANAGER,
    "candidate": "base.group_portal",
}


@tagged("post_install", "-at_install")
class TestReportTwoTabs(TransactionCase):
    """Two requests at the same time, with real cursors that commit: so nothing here is
    undone by the test itself.

    Both write the row of the report, so that PostgreSQL lets the later one fail; Odoo
    tries that request again, which then sees what the other did.
    """

    def setUp(self):
        super().setUp()
        self.startPatcher(
            patch.object(
                self.registry[REPORT], "_render_document", lambda report: DOCUMENT
            )
        )
        self.addCleanup(self._clean)
        self.ids = {}
        with self._transaction(SUPERUSER_ID) as env:
            for role, group in GROUPS.items():
                self.ids[role] = new_test_user(env, f"test_tabs_{role}", group).id
            users = {role: env["res.users"].browse(self.ids[role]) for role in GROUPS}
            planner = env(user=self.ids["planner"])
            traject = planner["outplacement.traject"].create(
                {
                    "date_start": LONG_AGO,
                    "candidate_id": users["candidate"].partner_id.id,
                }
            )
            traject._assign_member(users["coach"], "coach", LONG_AGO)
            self.ids["traject"] = traject.id
            period = {"date_from": date(2021, 1, 4), "date_to": date(2021, 3, 31)}
            report = env(user=self.ids["coach"])[REPORT].create(
                {"traject_id": traject.id, "remark": "Words", **period}
            )
            self.ids["report"] = report.id
            report.action_send()
            report.with_user(users["candidate"]).action_answer("agreed")

    def _transaction(self, uid):
        return _Transaction(self.registry, uid)

    def _tab(self, role="coach"):
        return self._transaction(self.ids[role])

    def _clean(self):
        """Take everything away again, as the owner of the database can."""
        report, traject = self.ids.get("report"), self.ids.get("traject")
        people = [self.ids[role] for role in GROUPS if role in self.ids]
        log = SQL.identifier("outplacement_access_log")
        with self.registry.cursor() as cursor:
            cursor.execute(SQL("ALTER TABLE %s DISABLE TRIGGER USER", log))
            for column in ("user_id", "subject_id"):
                column = SQL.identifier(column)
                query = "DELETE FROM %s WHERE %s = ANY(%s)"
                cursor.execute(SQL(query, log, column, people))
            cursor.execute(SQL("ALTER TABLE %s ENABLE TRIGGER USER", log))
            for query, row in (
                ("outplacement_report_answer WHERE report_id = %s", report),
                (f"ir_attachment WHERE res_model = '{REPORT}' AND res_id = %s", report),
                ("outplacement_report WHERE id = %s", report),
                ("outplacement_traject WHERE id = %s", traject),
            ):
                cursor.execute(SQL(f"DELETE FROM {query}", row))
        with self._transaction(SUPERUSER_ID) as env:
            users = env["res.users"].browse(people)
            partners = users.partner_id
            written = ("author_id", "in", partners.ids)
            env["mail.message"].search([written]).unlink()
            users.unlink()
            partners.unlink()

    # ------------------------------------------------------------------
    # Tabs
    # ------------------------------------------------------------------

    def _get(self, env):
        return env[REPORT].browse(self.ids["report"])

    def _do(self, action, *args, role="coach"):
        """Do it in a tab of its own, from beginning to end."""
        with self._tab(role) as env:
            getattr(self._get(env), action)(*args)

    def _read(self):
        """Return the row as it is stored now, and the document."""
        with self._transaction(SUPERUSER_ID) as env:
            report = self._get(env)
            [row] = env.execute_query(
                SQL("SELECT * FROM outplacement_report WHERE id = %s", report.id)
            )
            return report.state, row, report.document

    def _do_late(self, first, second):
        """Do ``second`` in a tab that was opened before ``first`` was done in another.

        It fails, and so does trying it again: nothing of what was stored changes.
        """
        with self._tab() as late:
            self.assertTrue(self._get(late).state)  # what this tab knows of
            first()
            before = self._read()
            with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
                second(self._get(late))
                late.flush_all()
            late.cr.rollback()
            self.assertRaises(UserError, second, self._get(late))
            late.cr.rollback()
        self.assertEqual(self._read(), before)
        return before[0]

    def test_back_to_draft_after_the_release(self):
        state = self._do_late(
            lambda: self._do("action_release"),
            lambda report: report.action_back_to_draft(),
        )
        self.assertEqual(state, "released")

    def test_release_after_back_to_draft(self):
        state = self._do_late(
            lambda: self._do("action_back_to_draft"),
            lambda report: report.action_release(),
        )
        self.assertEqual(state, "draft")

    def test_released_twice(self):
        state = self._do_late(
            lambda: self._do("action_release"),
            lambda report: report.action_release(),
        )
        self.assertEqual(state, "released")

    def test_withdrawn_and_corrected_at_once(self):
        self._do("action_release")
        state = self._do_late(
            lambda: self._do("action_withdraw"),
            lambda report: report.action_withdraw(),
        )
        self.assertEqual(state, "withdrawn")

    def test_back_to_draft_while_it_is_released(self):
        """The second waits for the first, and is refused when that is done."""
        with self._tab() as releasing:
            self._get(releasing).action_release()
            releasing.flush_all()
            with self._tab() as late:
                late.cr.execute("SET LOCAL lock_timeout = '100ms'")
                with mute_logger("odoo.sql_db"), self.assertRaises(LockNotAvailable):
                    self._get(late).action_back_to_draft()
                    late.flush_all()
                late.cr.rollback()
        with self._tab() as again:
            self.assertRaises(UserError, self._get(again).action_back_to_draft)
            again.cr.rollback()
        self.assertEqual(self._read()[0], "released")
