from odoo.tests import tagged

from ..models import (
    outplacement_access_log_portal as log_portal,
)
from ..models import (
    outplacement_consent_portal as consent_portal,
)
from ..models import (
    outplacement_document_portal as document_portal,
)
from ..models import (
    outplacement_note_portal as note_portal,
)
from ..models import (
    outplacement_report_portal as report_portal,
)
from ..models import (
    outplacement_session_portal as session_portal,
)
from ..models import (
    outplacement_statement_portal as statement_portal,
)
from ..models import (
    outplacement_traject_portal_candidate as traject_portal,
)
from .common_portal import CandidatePortalCommon

# By hand: what a candidate is given. A value more is looked at twice.
LINE = {"id", "reference", "kind", "state", "state_text", "is_open", "start", "end"}
LINE |= {"zone"}
PAGE = LINE | {
    "has_employer",
    "may_upload",
    "phases",
    "guides",
    "coming_sessions",
    "past_sessions",
    "reports",
}
REPORT_LINE = {"id", "period", "state", "state_text", "is_open", "is_final", "deadline"}
REPORT = REPORT_LINE | {
    "traject_id",
    "silence_agrees",
    "is_late",
    "answers",
    "has_document",
    "seen",
}
SESSION = {
    "id",
    "kind",
    "state",
    "state_text",
    "day",
    "time",
    "coach",
    "place",
    "video",
    "has_invitation",
}
PLAIN = (str, int, bool, type(None))
MANY = 30


@tagged("post_install", "-at_install")
class TestPortalCandidateValues(CandidatePortalCommon):
    """What the methods give to the pages: the white-lists, as plain values."""

    def _mine(self, model):
        return self.env[model].with_user(self.candidate)

    def _check(self, values, names, listed):
        """Assert the white-list, in the code and here, and that values are plain."""
        self.assertEqual(names, set(listed))
        self.assertTrue(values)
        for row in values if isinstance(values, list) else [values]:
            self.assertEqual(set(row), names)
            for name, value in row.items():
                if not isinstance(value, list):
                    self.assertIsInstance(value, PLAIN, name)

    def test_white_lists(self):
        self._make_session(start="2021-05-03 09:00:00")
        self.sent.with_user(self.candidate).action_answer("agreed", "Fine")
        Traject = self._mine("outplacement.traject")
        self._check(
            Traject._get_portal_candidate_list(), LINE, traject_portal.LIST_VALUES
        )
        page = Traject._get_portal_candidate_page(self.traject.id)
        self._check(page, PAGE, traject_portal.PAGE_VALUES)
        for name, names, listed in (
            ("phases", {"name", "state", "text"}, traject_portal.PHASE_VALUES),
            ("guides", {"name", "role", "email", "phone"}, traject_portal.GUIDE_VALUES),
            ("coming_sessions", SESSION, session_portal.SESSION_VALUES),
            ("past_sessions", SESSION, session_portal.SESSION_VALUES),
            ("reports", REPORT_LINE, report_portal.LINE_VALUES),
        ):
            self._check(page[name], names, listed)
        report = self._mine("outplacement.report")._get_portal_candidate_page(
            self.sent.id
        )
        self._check(report, REPORT, report_portal.REPORT_VALUES)
        self._check(
            report["answers"],
            {"answer_text", "day", "channel", "remark"},
            report_portal.ANSWER_VALUES,
        )

    def test_white_lists_of_the_file(self):
        traject_id = self.traject.id
        Note = self._mine("outplacement.note")
        lines = Note._get_portal_candidate_list(traject_id)
        self._check(lines, {"id", "day", "author"}, note_portal.NOTE_LINE_VALUES)
        self.assertEqual([line["id"] for line in lines], self.note.ids)
        note = Note._open_in_portal(self.note.id)
        names = {"id", "day", "author", "traject_id", "body"}
        self._check(note, names, note_portal.NOTE_VALUES)
        Document = self._mine("outplacement.document")
        names = {"id", "name", "kind", "day", "size", "author"}
        documents = Document._open_portal_list(traject_id)
        self._check(documents, names, document_portal.DOCUMENT_VALUES)
        upload = Document._get_portal_candidate_upload(traject_id)
        names = {"kinds", "accept", "types", "megabytes", "coach"}
        self._check(upload, names, document_portal.UPLOAD_VALUES)
        rows = self._mine("outplacement.access.log")._get_portal_candidate_rows(
            traject_id
        )
        self._check(rows, {"moment", "who", "what"}, log_portal.LOG_VALUES)
        consents = self._mine("outplacement.consent")._get_portal_candidate_consents(
            traject_id
        )
        names = {"topic", "title", "meaning", "given", "channel", "withdrawn"}
        self._check(consents, names, consent_portal.CONSENT_VALUES)
        statement = self._mine(
            "outplacement.statement"
        )._get_portal_candidate_statement(traject_id)
        self._check(
            statement, {"sections", "signed"}, statement_portal.STATEMENT_VALUES
        )
        self._check(statement["signed"], {"id", "day"}, statement_portal.SIGNED_VALUES)

    def test_every_topic_is_explained(self):
        Consent = self.env["outplacement.consent"]
        self.assertEqual(
            list(Consent._get_portal_candidate_meanings()),
            Consent._fields["topic"].get_values(self.env),
        )

    def test_only_their_own(self):
        """Whoever calls, and with whatever rights: nothing of another's."""
        for role, user in self.users.items():
            own = (
                self.traject
                if role == "candidate"
                else self.env["outplacement.traject"]
            )
            if role == "other_candidate":
                own = self.other_traject
            found = self.env["outplacement.traject"].with_user(user)
            with self.subTest(role=role):
                self.assertEqual(found._search_as_candidate(), own)
                self.assertEqual(found.sudo()._search_as_candidate(), own)
        both = self.env["outplacement.traject"].with_user(self.candidate)
        self.assertFalse(both._search_as_candidate(self.other_traject.id))

    def test_a_colleague_reads_no_portal(self):
        """Who works here and is guided here has no pages: they log in to the office."""
        self._make_traject(candidate_id=self.employee.partner_id.id)
        found = self.env["outplacement.traject"].with_user(self.employee)
        self.assertFalse(found._search_as_candidate())

    def _count_queries(self, method, *args):
        """Return how many queries a call makes that knows nothing beforehand."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.env.user.has_group("base.group_user")
        method(*args)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_as_many_queries_for_more(self):
        """The pages ask the database as often for thirty of each as for three."""
        traject_id = self.traject.id
        Note = self._mine("outplacement.note")
        calls = (
            (self._mine("outplacement.traject")._get_portal_candidate_page, traject_id),
            (Note._get_portal_candidate_list, traject_id),
            (self._mine("outplacement.document")._open_portal_list, traject_id),
            (
                self._mine("outplacement.access.log")._get_portal_candidate_rows,
                traject_id,
            ),
            (
                self._mine("outplacement.report")._get_portal_candidate_page,
                self.sent.id,
            ),
        )
        self._make_some(3)
        for _warm in range(2):
            few = [self._count_queries(*call) for call in calls]
        self._make_some(MANY)
        for _warm in range(2):
            many = [self._count_queries(*call) for call in calls]
        for call, before, after in zip(calls, few, many, strict=True):
            with self.subTest(call=call[0].__name__):
                self.assertLessEqual(after, before)
        page = calls[0][0](traject_id)
        self.assertGreaterEqual(len(page["past_sessions"]), MANY)
        self.assertGreaterEqual(len(page["reports"]), MANY)

    def _make_some(self, number):
        for index in range(number):
            self._make_session(start=f"2021-05-{index % 28 + 1:02} 09:00:00")
            self._make_note(shared=True)
            self._make_document(shared=True)
            self._make_report("sent")
