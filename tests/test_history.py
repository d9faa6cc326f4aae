from datetime import date, datetime

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import OutplacementCommon


@tagged("post_install", "-at_install")
class TestHistory(OutplacementCommon):
    """What happened stays as it was: answers, memberships, sessions, candidates."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._activate()

    # ------------------------------------------------------------------
    # Reports and answers
    # ------------------------------------------------------------------

    def test_a_report_that_was_seen_is_not_deleted(self):
        report = self._make_report("objected").with_user(self.coach)
        report.action_back_to_draft()
        self.assertRefused(report.unlink, error=UserError)
        self.assertEqual(report.answer_ids.answer, "objected")
        self._make_report().with_user(self.coach).unlink()

    def test_only_the_candidate_answers_in_the_portal(self):
        report = self._make_report("sent")
        values = {"report_id": report.id, "answer": "agreed", "channel": "portal"}
        Answer = self.env["outplacement.report.answer"].with_user(self.coach)
        self.assertRefused(Answer.create, values, error=UserError)
        Answer.create({**values, "channel": "email"})
        self.assertEqual(report.state, "agreed")

    def test_one_correction_at_a_time(self):
        report = self._make_report("released").with_user(self.coach)
        first = report.action_supersede()["res_id"]
        self.assertEqual(report.action_supersede()["res_id"], first)

    def test_a_withdrawn_period_is_reported_again(self):
        report = self._make_report("released").with_user(self.coach)
        report.action_withdraw()
        draft = self.env["outplacement.report"].with_user(self.coach)
        draft = draft._create_draft(self.traject.with_user(self.coach))
        self.assertEqual(draft.date_from, self.traject.date_start)

    @freeze_time("2026-03-31 23:30:00")
    def test_days_are_those_of_the_company(self):
        """22:15 UTC on the last of March is the first of April in Amsterdam."""
        session = self._make_session(start=datetime(2026, 3, 31, 22, 15))
        session.with_user(self.coach).action_hold()
        self.assertEqual(self.traject.date_last_session, date(2026, 4, 1))
        report = self._make_report(date_from="2026-03-01", date_to="2026-03-31")
        report.with_user(self.coach).action_refresh_facts()
        self.assertEqual(report.sessions_held, 0)
        report.with_user(self.coach).write({"date_to": "2026-04-01"})
        report.with_user(self.coach).action_refresh_facts()
        self.assertEqual(report.sessions_held, 1)

    # ------------------------------------------------------------------
    # Members
    # ------------------------------------------------------------------

    def test_ending_twice_does_not_rewrite_the_past(self):
        with freeze_time("2026-02-01 08:00:00"):
            member = self._assign(
                self.traject, self.other_coach, "deputy", date_to=date(2026, 3, 1)
            )
            member.with_user(self.planner).action_end()
            until = member.access_until
        with freeze_time("2026-11-01 08:00:00"):
            member.with_user(self.planner).action_end()
        self.assertEqual(until, datetime(2026, 2, 1, 8))
        self.assertEqual(member.access_until, until)
        self.assertEqual(member.date_to, date(2026, 2, 1))

    def test_nobody_enters_the_file_of_a_traject_that_is_over(self):
        self.traject._set_state("closed", outcome="stopped")
        traject = self.traject.with_user(self.planner)
        args = (self.other_coach, "coach", date(2026, 1, 1))
        self.assertRefused(traject._assign_member, *args, error=UserError)

    # ------------------------------------------------------------------
    # Sessions and trajects
    # ------------------------------------------------------------------

    @freeze_time("2026-03-12 08:00:00")
    def test_a_recorded_session_does_not_move(self):
        session = self._make_session(start=datetime(2026, 3, 11, 9))
        session = session.with_user(self.coach)
        session.action_hold()
        later = {"start": datetime(2026, 3, 10, 9), "stop": datetime(2026, 3, 10, 10)}
        self.assertRefused(session.write, later, error=UserError)
        event = session.event_ids
        self.assertRefused(event.write, later, error=UserError)
        session.action_reset()
        event.write(later)
        self.assertEqual(session.start, later["start"])

    @freeze_time("2026-03-12 08:00:00")
    def test_a_session_leaves_no_trace_on_the_traject(self):
        """The screen that a session is planned from must not tie an activity, which
        more people read, to the coach's event."""
        where = {
            "active_model": "outplacement.traject",
            "active_id": self.traject.id,
            "active_ids": self.traject.ids,
            "default_traject_id": self.traject.id,
            "default_res_model": "outplacement.traject",
            "default_res_id": self.traject.id,
        }
        before = self.traject.activity_ids
        Session = self.env["outplacement.session"].with_user(self.coach)
        session = Session.with_context(**where).create({"start": "2026-03-20 09:00:00"})
        self.assertEqual(session.traject_id, self.traject)
        event = session.sudo().event_ids
        self.assertTrue(event)
        self.assertFalse(event.res_model or event.res_id or event.activity_ids)
        self.assertEqual(self.traject.activity_ids, before)

    def test_a_traject_that_began_keeps_its_candidate(self):
        other = self.env["res.partner"].create({"name": "Somebody Else"})
        traject = self.traject.with_user(self.planner)
        self.assertRefused(traject.write, {"candidate_id": other.id}, error=UserError)

    def test_nobody_names_themselves_as_candidate(self):
        traject = self._make_traject(candidate_id=False).with_user(self.planner)
        values = {"candidate_id": self.planner.partner_id.id}
        self.assertRefused(traject.write, values, error=UserError)
        self.assertRefused(traject.create, values, error=UserError)
        traject.candidate_id = self.other_candidate.partner_id

    def test_order_line_and_company_are_not_for_writing(self):
        traject = self.traject.with_user(self.planner)
        for values in (
            {"sale_line_id": False},
            {"company_id": self.company.id},
            {"name": "TR/1"},
        ):
            self.assertRefused(traject.write, values, error=AccessError)

    # ------------------------------------------------------------------
    # Settings
    # ------------------------------------------------------------------

    def test_the_planner_of_new_trajects_can_plan(self):
        with self.assertRaises(ValidationError):
            self.company.outplacement_planner_id = self.employee
        self.company.outplacement_planner_id = self.planner

    def test_no_invoice_plan_of_another_company(self):
        other = self.env["res.company"].create({"name": "Another Bureau"})
        plan = self.env["outplacement.invoice.plan"].create(
            {
                "name": "Theirs",
                "company_id": other.id,
                "line_ids": [(0, 0, {"share": 100})],
            }
        )
        with self.assertRaises(ValidationError):
            self.company.outplacement_plan_id = plan
