from datetime import date, datetime

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged
from odoo.tests.common import RecordCapturer

from .common import OutplacementCommon

# Every stored field of a report, by hand. One more is a decision of the house: the
# employer may read it, so the candidate has to be asked and this list changed.
FACTS = {
    "reference",
    "package",
    "date_from",
    "date_to",
    "term_end",
    "sessions_planned",
    "sessions_held",
    "sessions_cancelled",
    "sessions_no_show",
    "sessions_left",
    "phases_text",
    "participation_consent",
    "phases_consent",
    "applications_consent",
    "application_count",
    "interview_count",
    "next_steps_text",
    "schooling_text",
    "placed",
    "date_placement",
    "new_employer_consent",
    "new_employer",
    "remark",
}
FRAME = {
    "id",
    "name",
    "traject_id",
    "company_id",
    "candidate_id",
    "state",
    "next_step_ids",
    "date_sent",
    "answer_deadline",
    "answer_ids",
    "date_announced",
    "date_reminded",
    "date_missed",
    "date_released",
    "released_by_id",
    "document",
    "document_sha256",
    "supersedes_id",
    "superseded_by_id",
    "create_uid",
    "create_date",
    "write_uid",
    "write_date",
}
STATES = ("draft", "sent", "agreed", "objected", "released", "superseded", "withdrawn")
# action of the coach: the states that it starts from, and where it leads
COURSE = {
    "action_send": (("draft",), "sent"),
    "action_release": (("agreed",), "released"),
    "action_back_to_draft": (("sent", "agreed", "objected"), "draft"),
    "action_withdraw": (("released",), "withdrawn"),
}


@tagged("post_install", "-at_install")
class TestReport(OutplacementCommon):
    """The employer's window: white-list, course and answers."""

    def _make(self, state="draft", **values):
        """Return a report as its coach."""
        return self._make_report(state, **values).with_user(self.coach)

    # ------------------------------------------------------------------
    # The white-list
    # ------------------------------------------------------------------

    def test_the_white_list_is_complete(self):
        fields = self.env["outplacement.report"]._fields
        stored = {name for name, field in fields.items() if field.store}
        self.assertEqual(stored, FACTS | FRAME)
        self.assertFalse({"message_ids", "activity_ids", "access_token"} & set(fields))

    def test_refused_values(self):
        """What needs the candidate's consent, and what makes no sense."""
        for values in (
            {"application_count": 3},
            {"interview_count": 1},
            {"new_employer": "Bakery"},
            {"date_from": date(2021, 4, 1), "date_to": date(2021, 3, 1)},
        ):
            with self.case(values=values):
                report = self._make()
                self.assertRefused(report.write, values, error=IntegrityError)
        self._consent("applications", "new_employer")
        report = self._make(application_count=3)
        report.write({"interview_count": 1, "new_employer": "Bakery"})
        with self.case(values="negative"):
            negative = {"application_count": -1}
            self.assertRefused(report.write, negative, error=IntegrityError)

    def test_next_steps_are_copied_in_words(self):
        steps = self.env["outplacement.report.step"].create(
            [{"name": "Step one", "sequence": 1}, {"name": "Step two", "sequence": 2}]
        )
        for state in ("sent", "agreed", "released"):
            report = self._make(state, next_step_ids=[Command.set(steps.ids)])
            with self.case(state=state):
                self.assertEqual(report.next_steps_text, "Step one\nStep two")
                steps[0].name = "Renamed"
                steps[1].unlink()
                self.env.flush_all()
                self.env.invalidate_all()
                self.assertEqual(report.next_steps_text, "Step one\nStep two")
        with self.case(state="draft"):
            free = {"next_steps_text": "What the coach thinks"}
            self.assertRefused(self._make().write, free)

    # ------------------------------------------------------------------
    # Course
    # ------------------------------------------------------------------

    def test_course(self):
        """Every action in every state."""
        for state in STATES:
            for action, (before, after) in COURSE.items():
                with self.case(state=state, action=action):
                    report = self._make(state)
                    if state in before:
                        getattr(report, action)()
                        self.assertEqual(report.state, after)
                    else:
                        self.assertRefused(getattr(report, action), error=UserError)
                        self.assertEqual(report.state, state)

    def test_only_its_coach_handles_a_report(self):
        for action, (before, _after) in COURSE.items():
            report = self._make(before[0])
            for role in ("planner", "manager", "account_manager", "other_coach"):
                with self.case(role=role, action=action):
                    mine = report.with_user(self.users[role])
                    self.assertRefused(getattr(mine, action))
            with self.case(role="deputy", action=action):
                getattr(report.with_user(self.deputy), action)()

    def test_round_trip_with_an_objection(self):
        report = self._make(remark="First words")
        with freeze_time("2026-03-12 08:00:00"):
            report.action_send()
        self.assertEqual(report.date_sent, date(2026, 3, 12))
        self.assertEqual(report.answer_deadline, date(2026, 3, 19))
        mine = report.with_user(self.candidate)
        with freeze_time("2026-03-14 08:00:00"):
            mine.action_answer("objected", "Not so")
            self.assertRefused(mine.action_answer, "agreed", error=UserError)
            report.action_back_to_draft()
        self.assertFalse(report.answer_deadline)
        self.assertRefused(mine.read, ["remark"])
        report.remark = "Better words"
        with freeze_time("2026-03-15 08:00:00"):
            report.action_send()
            mine.action_answer("agreed")
            report.action_release()
        self.assertEqual(report.state, "released")
        self.assertEqual(report.date_released, datetime(2026, 3, 15, 8))
        self.assertEqual(report.released_by_id, self.coach)
        answers = report.answer_ids.sorted("date")
        self.assertEqual(answers.mapped("answer"), ["objected", "agreed"])
        self.assertEqual(answers[0].remark, "Not so")
        self.assertEqual(answers.recorded_by_id, self.candidate)
        self.assertEqual(set(answers.mapped("channel")), {"portal"})

    def test_days_to_answer_are_the_companys(self):
        self.company.outplacement_answer_days = 14
        with freeze_time("2026-03-12 08:00:00"):
            report = self._make("sent")
        self.assertEqual(report.answer_deadline, date(2026, 3, 26))

    def test_the_candidate_is_told(self):
        with RecordCapturer(self.env["mail.mail"].sudo()) as capture:
            self._make("sent", remark="canary in the remark")
        mail = capture.records
        self.assertEqual(mail.recipient_ids, self.candidate.partner_id)
        self.assertIn(self.coach.email, mail.reply_to)
        text = f"{mail.subject} {mail.body_html}"
        for word in ("canary", self.traject.name, self.employer.name):
            self.assertNotIn(word, text)
        self.assertFalse(mail.attachment_ids)
        self.assertNotIn(mail.mail_message_id, self.traject.message_ids)
        self.assertIn('/my/traject"', text)
        self.assertNotIn("goes through it with you", text)

    def test_who_has_no_login_is_sent_nowhere(self):
        person = self.env["res.partner"].create({"name": "X", "email": "x@example.com"})
        traject = self._make_traject(candidate_id=person.id)
        self._assign(traject, self.coach)
        with RecordCapturer(self.env["mail.mail"].sudo()) as capture:
            self._make("sent", traject=traject)
        self.assertNotIn("/my/traject", capture.records.body_html)
        self.assertIn("goes through it with you", capture.records.body_html)

    def test_no_report_without_a_candidate(self):
        traject = self._make_traject(candidate_id=False)
        self._assign(traject, self.coach)
        report = self._make(traject=traject)
        self.assertRefused(report.action_send, error=UserError)

    # ------------------------------------------------------------------
    # The candidate's answer
    # ------------------------------------------------------------------

    def test_only_the_candidate_answers(self):
        report = self._make("sent")
        for role in set(self.users) - {"candidate"}:
            with self.case(role=role):
                mine = report.with_user(self.users[role])
                self.assertRefused(mine.action_answer, "agreed")
        self.assertEqual(report.state, "sent")
        context = {
            "default_recorded_by_id": self.coach.id,
            "default_date": "2021-01-01",
            "default_channel": "letter",
        }
        mine = report.with_user(self.candidate).with_context(**context)
        mine.action_answer("agreed")
        answer = report.answer_ids
        self.assertEqual(answer.recorded_by_id, self.candidate)
        self.assertEqual(answer.channel, "portal")
        self.assertEqual(answer.date, report.date_sent)

    def test_the_coach_records_an_answer(self):
        with freeze_time("2026-03-12 08:00:00"):
            report = self._make("sent")
        with freeze_time("2026-03-14 08:00:00"):
            form = Form.from_action(report.env, report.action_record_answer())
            form.answer = "objected"
            form.channel = "phone"
            form.date = date(2026, 3, 13)
            form.save()
        self.assertEqual(report.state, "objected")
        self.assertEqual(report.answer_ids.recorded_by_id, self.coach)
        for role in ("planner", "manager", "other_coach"):
            with self.case(role=role):
                mine = report.with_user(self.users[role])
                self.assertRefused(mine.action_record_answer)

    @freeze_time("2026-03-14 08:00:00")
    def test_refused_answers(self):
        sent = self._make("sent")
        values = {"report_id": sent.id, "answer": "agreed", "channel": "phone"}
        Answer = self.env["outplacement.report.answer"].with_user(self.coach)
        for odd in (
            {"date": date(2026, 3, 13)},
            {"date": date(2026, 3, 15)},
            {"report_id": self._make().id},
            {"report_id": self._make("agreed").id},
            {"report_id": self._make("released").id},
            {"channel": "portal"},
        ):
            with self.case(odd=odd):
                self.assertRefused(Answer.create, {**values, **odd}, error=UserError)
        with self.case(odd="in another's name"):
            forged = {**values, "recorded_by_id": self.candidate.id}
            self.assertRefused(Answer.create, forged)
        answer = Answer.create(values)
        with self.case(odd="changed afterwards"):
            self.assertRefused(answer.write, {"answer": "objected"})
            self.assertRefused(answer.unlink)

    def test_printing_checks_each_report_and_traject(self):
        """One's own does not open the door to others that are asked for along."""
        mine, others = self._make("released"), self._make("released")
        hidden = self._make_report("released", self.other_traject)
        for role, allowed in {
            "coach": mine + others,
            "candidate": mine + others,
            "employer_contact": mine,
        }.items():
            for records, template in (
                (allowed, "outplacement.report_progress"),
                (self.traject, "outplacement.report_confirmation"),
            ):
                stranger = hidden if records == allowed else self.other_traject
                Report = self.env["ir.actions.report"].with_user(self.users[role])
                with self.case(role=role, template=template):
                    self.env.invalidate_all()
                    mixed = [*records.ids, *stranger.ids]
                    self.assertRefused(Report._render_qweb_html, template, mixed)
                if records == allowed or role == "coach":
                    with self.case(role=role, template=template, allowed=True):
                        Report._render_qweb_html(template, records.ids)
