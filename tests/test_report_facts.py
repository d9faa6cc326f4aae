from datetime import date, datetime

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .common import OutplacementCommon

# By hand: what comes from the traject, with a value that a coach might prefer.
FORGED = {
    "reference": "TR/0000/0001",
    "package": "A dearer package",
    "term_end": date(2030, 1, 1),
    "sessions_planned": 99,
    "sessions_held": 99,
    "sessions_cancelled": 99,
    "sessions_no_show": 99,
    "sessions_left": 99,
    "phases_text": "All of them",
    "placed": True,
    "date_placement": date(2021, 2, 1),
    "participation_consent": False,
    "phases_consent": False,
    "applications_consent": True,
    "new_employer_consent": True,
}
# What a coach says besides.
ENTERED = {
    "date_from": date(2021, 1, 5),
    "date_to": date(2021, 3, 30),
    "application_count": 3,
    "interview_count": 1,
    "schooling_text": "A course",
    "new_employer": "Bakery",
    "remark": "Better words",
}
FIRST_QUARTER = {"date_from": date(2026, 1, 1), "date_to": date(2026, 3, 31)}


@tagged("post_install", "-at_install")
class TestReportFacts(OutplacementCommon):
    """Facts come from the traject, for the period, and are right when they are sent."""

    def _make(self, state="draft", **values):
        """Return a report as its coach."""
        return self._make_report(state, **values).with_user(self.coach)

    def _hold(self, *days):
        """Hold a session of the coach on each of ``days``, at nine."""
        for day in days:
            start = datetime(day.year, day.month, day.day, 9)
            self._make_session(start=start).sudo().state = "held"

    def _walk(self, code, state, start=False, end=False):
        """Bring a phase of the traject to ``state``, with its dates."""
        line = self.traject.traject_phase_ids.filtered(
            lambda line: line.phase_id.code == code
        )
        line.sudo().write({"state": state, "date_start": start, "date_end": end})

    # ------------------------------------------------------------------
    # What they say
    # ------------------------------------------------------------------

    def test_facts(self):
        self.traject.write({"date_start": date(2026, 1, 5), "planned_session_count": 9})
        with freeze_time("2026-01-05"):
            self._activate()
        for day, action in (
            (date(2025, 12, 30), "action_hold"),
            (date(2026, 1, 10), "action_hold"),
            (date(2026, 3, 31), "action_hold"),
            (date(2026, 2, 1), "action_no_show"),
            (date(2026, 2, 2), "action_cancel"),
            (date(2026, 4, 1), "action_hold"),
        ):
            start = datetime(day.year, day.month, day.day, 9)
            session = self._make_session(start=start).with_user(self.coach)
            with freeze_time("2026-04-02"):
                getattr(session, action)()
        report = self._make(date_from=date(2026, 1, 5), date_to=date(2026, 3, 31))
        self.assertRecordValues(
            report,
            [
                {
                    "reference": self.traject.name,
                    "name": f"{self.traject.name} 2026-03",
                    "package": self.traject.type_id.name,
                    "term_end": date(2027, 1, 4),
                    "sessions_planned": 0,
                    "sessions_held": 2,
                    "sessions_cancelled": 1,
                    "sessions_no_show": 1,
                    "sessions_left": 4,
                    "placed": False,
                    "date_placement": False,
                }
            ],
        )
        self.assertIn("Processing", report.phases_text)
        self.assertIn("2026", report.phases_text)
        self.assertNotIn("Job search", report.phases_text)

    def test_days_are_the_companys(self):
        """A session just after midnight in Amsterdam is one of the new day."""
        self._make_session(start=datetime(2026, 3, 1, 23, 30))
        for day, planned in ((date(2026, 3, 1), 0), (date(2026, 3, 2), 1)):
            report = self._make(date_from=day, date_to=day)
            with self.subTest(day=day):
                self.assertEqual(report.sessions_planned, planned)

    def test_a_draft_begins_where_the_last_report_ended(self):
        self._make("released", date_to=date(2026, 1, 31))
        guided = self.traject.with_user(self.coach)
        with freeze_time("2026-03-12 08:00:00"):
            draft = self.env["outplacement.report"].browse(
                guided.action_new_report()["res_id"]
            )
        self.assertEqual(draft.date_from, date(2026, 2, 1))
        self.assertEqual(draft.date_to, date(2026, 3, 12))
        self.assertEqual(draft.reference, self.traject.name)

    def test_placement_is_a_fact(self):
        """Of the period, or of before; what comes later is for a later report."""
        self._activate()
        self.traject.sudo().date_placement = date(2021, 3, 31)
        report = self._make()
        self.assertEqual(report.date_to, date(2021, 3, 31))
        self.assertTrue(report.placed)
        self.assertEqual(report.date_placement, date(2021, 3, 31))
        self.traject.sudo().date_placement = date(2021, 4, 1)
        report.action_refresh_facts()
        self.assertFalse(report.placed or report.date_placement)

    def test_phases_are_told_as_they_were(self):
        """At the end of the period, whatever came later."""
        self.employer.lang = "en_US"
        self._walk("processing", "done", date(2026, 1, 5), date(2026, 3, 31))
        self._walk("self_assessment", "done", date(2026, 2, 1), date(2026, 4, 1))
        self._walk("application_training", "active", date(2026, 3, 31))
        self._walk("job_search", "active", date(2026, 4, 1))
        report = self._make(**FIRST_QUARTER)
        self.assertEqual(
            report.phases_text.splitlines(),
            [
                "Processing: 01/05/2026 – 03/31/2026",
                "Self-assessment: since 02/01/2026",
                "Application training: since 03/31/2026",
            ],
        )
        report.date_to = date(2026, 4, 1)
        self.assertIn("02/01/2026 – 04/01/2026", report.phases_text)
        self.assertIn("Job search: since 04/01/2026", report.phases_text)

    def test_phases_that_were_not_reached(self):
        """A skipped phase and one still planned, even where they have a date."""
        self._walk("processing", "skipped", date(2026, 1, 5))
        self._walk("self_assessment", "planned", date(2026, 1, 5))
        self._walk("application_training", "active")
        self.assertFalse(self._make(**FIRST_QUARTER).phases_text)
        self._walk("processing", "active", date(2026, 1, 5))
        self.assertIn("Processing", self._make(**FIRST_QUARTER).phases_text)

    # ------------------------------------------------------------------
    # Where they come from
    # ------------------------------------------------------------------

    def test_the_coach_enters_no_facts(self):
        """Each fact by each way, as coach and as deputy."""
        draft = self._make()
        before = draft.read(list(FORGED))[0]
        for role in ("coach", "deputy"):
            for name, value in FORGED.items():
                with self.case(role=role, field=name):
                    self._check_closed(draft.with_user(self.users[role]), name, value)
        self.env.invalidate_all()
        self.assertEqual(draft.read(list(FORGED))[0], before)

    def _check_closed(self, draft, name, value):
        traject = draft.traject_id
        values = {"traject_id": traject.id, **FIRST_QUARTER}
        self.assertRefused(draft.write, {name: value})
        self.assertRefused(draft.write, {name: value, "remark": "Words"})
        self.assertRefused(draft.web_save, {name: value}, {name: {}})
        self.assertRefused(draft.copy, {name: value})
        self.assertRefused(draft.create, {**values, name: value})
        there = draft.with_context(**{f"default_{name}": value})
        self.assertRefused(there.create, values)
        for command in (
            Command.update(draft.id, {name: value}),
            Command.create({**FIRST_QUARTER, name: value}),
        ):
            self.assertRefused(traject.write, {"report_ids": [command]})
        for key in ([".id"], ["traject_id/.id", "date_from", "date_to"]):
            row = [str(draft.id)]
            if key != [".id"]:
                row = [str(traject.id), "2021-01-04", "2021-03-31"]
            loaded = draft.browse().load([*key, name], [[*row, str(value)]])
            self.assertFalse(loaded["ids"])

    def test_the_coach_enters_the_rest(self):
        self._consent("applications", "new_employer")
        draft = self._make()
        step = self.env["outplacement.report.step"].create({"name": "Step"})
        draft.write({**ENTERED, "next_step_ids": [Command.set(step.ids)]})
        self.assertRecordValues(draft, [ENTERED])
        self.assertEqual(draft.next_steps_text, "Step")

    def test_the_form_closes_the_facts(self):
        form = Form(self._make())
        for name, value in FORGED.items():
            with self.subTest(field=name), self.assertRaises(AssertionError):
                setattr(form, name, value)
        form.remark = "Words"
        form.save()

    def test_whatever_makes_a_report_gives_it_its_facts(self):
        self._hold(date(2026, 2, 1), date(2026, 5, 1))
        values = {"traject_id": self.traject.id, **FIRST_QUARTER}
        Report = self.env["outplacement.report"].with_user(self.coach)
        guided = self.traject.with_user(self.coach)
        Report.create([values, {**values, "date_to": date(2026, 5, 1)}])
        guided.write({"report_ids": [Command.create(FIRST_QUARTER)]})
        reports = guided.report_ids.sorted("id")
        self.assertEqual(reports.mapped("sessions_held"), [1, 2, 1])
        self.assertEqual(set(reports.mapped("reference")), {self.traject.name})

    def test_a_copy_has_facts_of_its_own(self):
        report = self._make("released", **FIRST_QUARTER, remark="Words")
        self._hold(date(2026, 2, 1))
        correction = report.browse(report.action_supersede()["res_id"])
        for copied in (correction, report.copy()):
            with self.subTest(copied=copied):
                self.assertEqual(copied.sessions_held, 1)
                self.assertEqual(copied.reference, self.traject.name)
                self.assertEqual(copied.remark, "Words")
        self.assertEqual(report.sessions_held, 0)

    # ------------------------------------------------------------------
    # When they are right
    # ------------------------------------------------------------------

    def test_facts_follow_the_period(self):
        self._hold(date(2026, 2, 1), date(2026, 5, 1))
        draft = self._make(**FIRST_QUARTER)
        self.assertEqual(draft.sessions_held, 1)
        draft.date_to = date(2026, 5, 1)
        self.assertEqual(draft.sessions_held, 2)
        draft.date_from = date(2026, 4, 1)
        self.assertEqual(draft.sessions_held, 1)
        form = Form(draft)
        form.date_from = date(2026, 2, 1)
        form.save()
        self.assertEqual(draft.sessions_held, 2)

    def test_what_is_sent_is_right_and_was_read(self):
        """Facts that changed are neither sent nor quietly put right."""
        for name, change in (
            ("Sessions Held", lambda: self._hold(date(2026, 2, 2))),
            (
                "Phases Reached",
                lambda: self._walk("processing", "active", date(2026, 1, 5)),
            ),
            ("End of Term", lambda: self.traject.write({"months": 24})),
            ("Placed on", lambda: self._place(date(2026, 3, 1))),
        ):
            with self.case(changed=name):
                draft = self._make(**FIRST_QUARTER)
                before = draft.read(list(FORGED))[0]
                change()
                self.assertEqual(draft.read(list(FORGED))[0], before)
                with self.assertRaises(UserError) as caught:
                    draft.action_send()
                self.assertIn(name, str(caught.exception))
                self.assertEqual(draft.state, "draft")
                self.assertEqual(draft.read(list(FORGED))[0], before)
                draft.action_refresh_facts()
                draft.action_send()
                self.assertEqual(draft.state, "sent")

    def _place(self, day):
        self.traject.sudo().date_placement = day

    def test_what_happened_outside_the_period_does_not_matter(self):
        draft = self._make(**FIRST_QUARTER)
        self._make_session(start=datetime(2026, 5, 1, 9))
        self._walk("job_search", "active", date(2026, 4, 1))
        draft.action_send()
        self.assertEqual(draft.state, "sent")

    def test_a_sent_report_is_not_refreshed(self):
        """Neither by hand nor by release: the candidate answers what was sent."""
        report = self._make("agreed", **FIRST_QUARTER)
        self._hold(date(2026, 2, 1))
        self.assertRefused(report.action_refresh_facts, error=UserError)
        report.action_release()
        self.assertEqual(report.sessions_held, 0)
