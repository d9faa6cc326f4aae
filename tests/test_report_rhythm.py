from ast import literal_eval
from datetime import date, datetime
from itertools import islice
from unittest.mock import patch

from lxml import etree
from psycopg2.errors import SerializationFailure

from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from ..tools.rhythm import get_days, get_period_end
from ..tools.schedule import Pause
from .common import OutplacementCommon

RHYTHM = "odoo.addons.outplacement.models.outplacement_traject_report"
START = date(2026, 1, 31)
END = date(2027, 1, 30)


@tagged("post_install", "-at_install")
class TestRhythm(OutplacementCommon):
    """When reports are due, worked out by hand."""

    def _get_days(self, rhythm, *pauses, start=START, end=END):
        return list(islice(get_days(rhythm, start, end, pauses), 20))

    def test_months_are_counted_from_the_start(self):
        """A start on the 31st does not drift to the 28th."""
        days = self._get_days("monthly")
        self.assertEqual(
            days[:4],
            [
                date(2026, 2, 28),
                date(2026, 3, 31),
                date(2026, 4, 30),
                date(2026, 5, 31),
            ],
        )
        self.assertEqual(len(days), 12)
        self.assertEqual(days[-1], date(2027, 1, 31), "the term is told of to the end")

    def test_quarters(self):
        self.assertEqual(
            self._get_days("quarterly"),
            [
                date(2026, 4, 30),
                date(2026, 7, 31),
                date(2026, 10, 31),
                date(2027, 1, 31),
            ],
        )

    def test_what_is_left_of_the_term(self):
        """Ten months by quarters: three, and the one month that is left."""
        days = self._get_days(
            "quarterly", start=date(2026, 1, 5), end=date(2026, 11, 4)
        )
        self.assertEqual(days[-2:], [date(2026, 10, 5), date(2026, 11, 5)])

    def test_other_rhythms(self):
        self.assertEqual(self._get_days("final"), [END])
        for rhythm in ("none", "phase_end", False):
            self.assertEqual(self._get_days(rhythm), [])
        for rhythm in ("monthly", "final"):
            self.assertEqual(self._get_days(rhythm, start=False, end=False), [])

    def test_no_day_in_a_pause(self):
        """Its first day and its last are days of the pause."""
        pauses = [
            Pause(date(2026, 2, 28), date(2026, 3, 30)),
            Pause(date(2026, 4, 1), date(2026, 4, 30)),
        ]
        days = self._get_days("monthly", *pauses)
        self.assertEqual(days[:2], [date(2026, 3, 31), date(2026, 5, 31)])
        self.assertEqual(
            self._get_days("monthly", Pause(date(2026, 3, 1))),
            [date(2026, 2, 28), date(2027, 1, 31)],
        )

    def test_last_day_told(self):
        day = date(2026, 3, 1)
        self.assertEqual(get_period_end("monthly", day), date(2026, 2, 28))
        self.assertEqual(get_period_end("final", day), day)


@tagged("post_install", "-at_install")
class TestReportRhythm(OutplacementCommon):
    """Drafts are there when they are due, and their coaches are told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.root = cls.env.ref("base.user_root")
        cls.trajects = cls.traject + cls.other_traject
        cls.trajects.write({"date_start": date(2026, 1, 15), "months": 6})
        with freeze_time("2026-01-15 08:00:00"):
            for traject in cls.trajects:
                cls._activate(traject)

    def _run(self, moment):
        """Run the daily job at ``moment``, and return the drafts it made."""
        before = self.trajects.report_ids
        with freeze_time(moment), self.enter_registry_test_mode():
            self.env.ref("outplacement.ir_cron_draft_reports").method_direct_trigger()
        self.env.invalidate_all()
        return self.trajects.report_ids - before

    def _set_rhythm(self, rhythm, traject=None):
        traject = traject or self.traject
        traject.with_user(self.planner).report_rhythm = rhythm
        self.env.flush_all()

    def _get_activities(self, traject=None):
        kind = self.env.ref("outplacement.mail_activity_type_report")
        activities = (traject or self.traject).activity_ids
        return activities.filtered(lambda activity: activity.activity_type_id == kind)

    # ------------------------------------------------------------------
    # Where the rhythm comes from
    # ------------------------------------------------------------------

    def test_package_then_company(self):
        package = self.env["product.product"].create(
            {
                "name": "Package",
                "type": "service",
                "service_tracking": "outplacement",
                "outplacement_type_id": self.traject_type.id,
                "outplacement_report_rhythm": "quarterly",
            }
        )
        self.assertEqual(self.traject.report_rhythm, "none")
        self.company.outplacement_report_rhythm = "final"
        self.assertEqual(self._make_traject().report_rhythm, "final")
        sold = self._make_traject(product_id=package.id)
        self.assertEqual(sold.report_rhythm, "quarterly")
        sold.report_rhythm = "monthly"
        package.outplacement_report_rhythm = "phase_end"
        self.assertEqual(sold.report_rhythm, "monthly", "agreed for this one")
        sold.product_id = self.env["product.product"]
        self.assertEqual(sold.report_rhythm, "monthly")
        self.assertEqual(self.traject.report_rhythm, "none", "it was there before")

    def test_who_sets_it(self):
        for role in ("coach", "deputy", "planner", "manager"):
            with (
                self.case(role=role),
                Form(self.traject.with_user(self.users[role])) as form,
            ):
                form.report_rhythm = "monthly"
        for role in ("other_coach", "account_manager", "candidate", "employer_contact"):
            mine = self.traject.with_user(self.users[role])
            with self.case(role=role):
                self.assertRefused(mine.write, {"report_rhythm": "monthly"})
        for name in ("date_next_report", "report_due_until"):
            mine = self.traject.with_user(self.manager)
            with self.case(field=name):
                self.assertRefused(mine.write, {name: date(2026, 1, 1)})

    # ------------------------------------------------------------------
    # When
    # ------------------------------------------------------------------

    def test_next_report_follows_what_it_depends_on(self):
        self._set_rhythm("monthly")
        self.assertEqual(self.traject.date_next_report, date(2026, 2, 15))
        self._set_rhythm("final")
        self.assertEqual(self.traject.date_next_report, date(2026, 7, 14))
        self.traject.months = 7
        self.assertEqual(self.traject.date_next_report, date(2026, 8, 14))
        self._set_rhythm("phase_end")
        self.assertFalse(self.traject.date_next_report)
        self._set_rhythm("monthly", self._make_traject())
        self.assertFalse(self._make_traject().date_next_report, "not active yet")

    def test_nothing_is_due_while_paused(self):
        """What would have been due in the pause is told in the report after it."""
        self._set_rhythm("monthly")
        planned = self.traject.with_user(self.planner)
        with freeze_time("2026-02-10 08:00:00"):
            planned._pause(date(2026, 2, 10))
        self.assertFalse(self.traject.date_next_report)
        self.assertFalse(self._run("2026-02-20 02:00:00"))
        with freeze_time("2026-02-25 08:00:00"):
            planned._resume(date(2026, 2, 25))
        self.assertEqual(self.traject.date_next_report, date(2026, 3, 15))
        self.assertFalse(self._run("2026-03-01 02:00:00"))
        draft = self._run("2026-03-15 02:00:00")
        self.assertEqual(draft.date_from, date(2026, 1, 15))

    # ------------------------------------------------------------------
    # The job
    # ------------------------------------------------------------------

    def test_a_draft_when_it_is_due(self):
        self._set_rhythm("monthly")
        self._make_session(start=datetime(2026, 2, 14, 9)).sudo().state = "held"
        self._make_session(start=datetime(2026, 2, 15, 9)).sudo().state = "held"
        self.assertFalse(self._run("2026-02-14 02:00:00"))
        draft = self._run("2026-02-15 02:00:00")
        self.assertEqual(draft.traject_id, self.traject)
        self.assertEqual(draft.state, "draft")
        self.assertEqual(draft.date_from, date(2026, 1, 15))
        self.assertEqual(draft.date_to, date(2026, 2, 14))
        self.assertEqual(draft.reference, self.traject.name)
        self.assertEqual(draft.sessions_held, 1)
        self.assertEqual(self.traject.date_next_report, date(2026, 3, 15))
        mine = draft.with_user(self.coach)
        with freeze_time("2026-02-16 08:00:00"):
            mine.remark = "As agreed"
            mine.action_send()
        self.assertEqual(draft.state, "sent")
        following = self._run("2026-03-15 02:00:00")
        self.assertEqual(following.date_from, date(2026, 2, 15))
        self.assertEqual(following.date_to, date(2026, 3, 14))

    def test_day_of_the_company(self):
        """In Amsterdam the day begins an hour earlier."""
        self._set_rhythm("monthly")
        self.assertFalse(self._run("2026-02-14 22:30:00"))
        self.assertTrue(self._run("2026-02-14 23:30:00"))

    def test_once(self):
        self._set_rhythm("monthly")
        draft = self._run("2026-02-15 02:00:00")
        self.assertFalse(self._run("2026-02-15 03:00:00"))
        self.assertFalse(self._run("2026-02-16 02:00:00"))
        draft.with_user(self.coach).unlink()
        self.assertFalse(self._run("2026-02-17 02:00:00"), "the coach does not want it")
        self.assertEqual(self._run("2026-03-15 02:00:00").date_from, date(2026, 1, 15))

    def test_what_is_told_already(self):
        """By hand, the coach was earlier; another one is not asked for."""
        self._set_rhythm("monthly")
        self._make_report(date_from=date(2026, 1, 15), date_to=date(2026, 2, 20))
        self.assertFalse(self._run("2026-02-15 02:00:00"))
        self.assertFalse(self._get_activities())
        self.assertEqual(self.traject.date_next_report, date(2026, 3, 15))
        self.assertEqual(self._run("2026-03-15 02:00:00").date_from, date(2026, 2, 21))

    def test_what_was_withdrawn_is_told_again(self):
        self._set_rhythm("monthly")
        period = {"date_from": date(2026, 1, 15), "date_to": date(2026, 2, 10)}
        with freeze_time("2026-02-11 08:00:00"):
            self._make_report("withdrawn", **period)
        self.assertEqual(self._run("2026-02-15 02:00:00").date_from, date(2026, 1, 15))

    def test_each_at_its_own_company(self):
        """Whatever companies the user of the job has."""
        self._set_rhythm("monthly")
        companies, model = [], self.registry["outplacement.traject"]
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        job = self.traject.with_context(allowed_company_ids=elsewhere.ids)
        with patch.object(
            model, "_draft_due_report", lambda t: companies.append(t.env.companies)
        ):
            job._try_to_draft_report()
        self.assertEqual(companies, [self.company])

    def test_one_draft_for_all_that_is_overdue(self):
        """A rhythm agreed late does not bring a pile of drafts."""
        self._set_rhythm("monthly")
        draft = self._run("2026-04-20 02:00:00")
        self.assertEqual(len(draft), 1)
        self.assertEqual(draft.date_to, date(2026, 4, 14))
        self.assertEqual(self.traject.date_next_report, date(2026, 5, 15))

    def test_the_last_one_ends_with_the_term(self):
        self._set_rhythm("monthly")
        self._run("2026-06-15 02:00:00")
        draft = self._run("2026-07-15 02:00:00")
        self.assertEqual(draft.date_to, self.traject.date_end)
        self.assertFalse(self.traject.date_next_report)
        self.traject.months = 7
        self.assertEqual(self.traject.date_next_report, date(2026, 8, 15))

    def test_none_for_who_has_no_rhythm(self):
        self.assertFalse(self._run("2026-12-15 02:00:00"))

    # ------------------------------------------------------------------
    # The coach is told
    # ------------------------------------------------------------------

    def test_activity(self):
        """It says nothing that whoever reads the traject may not read."""
        self._set_rhythm("monthly")
        self._run("2026-02-15 02:00:00")
        activity = self._get_activities()
        self.assertEqual(activity.user_id, self.coach)
        self.assertEqual(activity.date_deadline, date(2026, 2, 15))
        words = "Finish the progress report and send it to the candidate"
        self.assertEqual(activity.summary, words)
        self.assertFalse(activity.note)
        self._run("2026-03-15 02:00:00")
        self.assertEqual(len(self._get_activities()), 1)
        with freeze_time("2026-03-16 08:00:00"):
            latest, first = self.traject.report_ids.with_user(self.deputy)
            latest.action_send()
            self.assertEqual(len(self._get_activities()), 1, "one is left to send")
            first.action_send()
        self.assertFalse(self._get_activities())

    def test_activity_in_the_language_of_the_coach(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        kind = self.env.ref("outplacement.mail_activity_type_report")
        kind.with_context(lang="nl_NL").summary = "Maak af"
        self.coach.lang = "nl_NL"
        self._set_rhythm("monthly")
        self._run("2026-02-15 02:00:00")
        self.assertEqual(self._get_activities().summary, "Maak af")

    def test_released(self):
        self._set_rhythm("monthly")
        draft = self._run("2026-02-15 02:00:00").with_user(self.coach)
        with freeze_time("2026-02-16 08:00:00"):
            draft.action_send()
            draft.with_user(self.candidate).action_answer("agreed")
            self.assertTrue(self._get_activities())
            draft.action_release()
        self.assertFalse(self._get_activities())

    def test_activity_without_a_coach(self):
        self._set_rhythm("monthly")
        self.traject.member_ids.write({"date_to": date(2026, 1, 31)})
        self.company.outplacement_planner_id = self.planner
        with freeze_time("2026-02-15 01:00:00"):
            self.env["outplacement.traject"]._cron_refresh_coaches()
            self.env.flush_all()
        self._run("2026-02-15 02:00:00")
        self.assertEqual(self._get_activities().user_id, self.planner)

    def test_cancelled(self):
        self._set_rhythm("monthly")
        self._run("2026-02-15 02:00:00")
        self.traject.with_user(self.planner)._set_state("cancelled")
        self.assertFalse(self._get_activities())
        self.assertFalse(self.traject.date_next_report)

    # ------------------------------------------------------------------
    # One that fails
    # ------------------------------------------------------------------

    def _fail(self, error):
        """Have drafting fail for the traject that comes first."""
        model = self.registry["outplacement.report"]
        real, bad = model._prepare_facts, self.traject.id

        def prepare(report):
            if report.traject_id.id == bad:
                raise error
            return real(report)

        return patch.object(model, "_prepare_facts", prepare)

    def test_one_set_aside_does_not_stop_the_others(self):
        for traject in self.trajects:
            self._set_rhythm("monthly", traject)
        with self._fail(UserError("Odd")), self.assertLogs(RHYTHM, "ERROR") as logs:
            draft = self._run("2026-02-15 02:00:00")
            self.assertEqual(draft.traject_id, self.other_traject)
            self.assertIn(self.traject.name, logs.output[0])
            activity = self._get_activities()
            self.assertIn("could not be drafted", activity.summary)
            self._run("2026-02-16 02:00:00")
            self.assertEqual(self._get_activities(), activity, "told once")
        draft = self._run("2026-02-17 02:00:00")
        self.assertEqual(draft.traject_id, self.traject)
        self.assertEqual(draft.date_to, date(2026, 2, 14))
        self.assertIn("Finish", self._get_activities().summary)

    def test_somebody_else_at_it(self):
        """Another transaction was at the same traject: the next day again."""
        self._set_rhythm("monthly")
        with (
            self._fail(SerializationFailure()),
            freeze_time("2026-02-15 02:00:00"),
            patch.object(self.env.cr, "rollback") as rollback,
        ):
            self.traject._try_to_draft_report()
        rollback.assert_called_once()
        self.assertFalse(self._get_activities())

    def test_out_of_time(self):
        """The job comes back for the trajects that it did not get to."""
        for traject in self.trajects:
            self._set_rhythm("monthly", traject)
        cron, drafted = self.registry["ir.cron"], []
        with (
            patch.object(cron, "_commit_progress", lambda *args, **kwargs: 0),
            freeze_time("2026-02-15 02:00:00"),
        ):
            for _time in range(3):
                self.env["outplacement.traject"].with_user(
                    self.root
                )._cron_draft_reports()
                drafted.append(len(self.trajects.report_ids))
        self.assertEqual(drafted, [1, 2, 2])

    # ------------------------------------------------------------------
    # At the end of a phase, and of the traject
    # ------------------------------------------------------------------

    def _end_phase(self, user, day):
        line = self.traject.traject_phase_ids.filtered(lambda p: p.state == "active")
        with freeze_time(day):
            line.with_user(user).action_done()
        self.env.flush_all()

    def test_end_of_a_phase(self):
        for role in ("coach", "planner", "manager"):
            self._set_rhythm("phase_end")
            with self.case(role=role):
                self._end_phase(self.users[role], "2026-03-02 09:00:00")
                draft = self.traject.report_ids
                self.assertEqual(draft.date_to, date(2026, 3, 2))
                self.assertIn("Processing", draft.phases_text)
                self.assertEqual(self._get_activities().user_id, self.coach)

    def test_end_of_a_phase_otherwise(self):
        for rhythm in ("none", "monthly", "final"):
            with self.case(rhythm=rhythm):
                self._set_rhythm(rhythm)
                self._end_phase(self.coach, "2026-03-02 09:00:00")
                self.assertFalse(self.traject.report_ids)
        with self.case(state="paused"):
            self._set_rhythm("phase_end")
            with freeze_time("2026-03-01 09:00:00"):
                self.traject.with_user(self.coach)._pause(date(2026, 3, 1))
            self._end_phase(self.coach, "2026-03-02 09:00:00")
            self.assertFalse(self.traject.report_ids)

    def test_several_phases_on_a_day_make_one_draft(self):
        self._set_rhythm("phase_end")
        with freeze_time("2026-02-02 09:00:00"):
            self.traject.traject_phase_ids[1].with_user(self.coach).action_open()
        self._end_phase(self.coach, "2026-03-02 09:00:00")
        with freeze_time("2026-03-02 10:00:00"):
            self.traject.with_user(self.planner)._set_state("closed")
        self.assertEqual(len(self.traject.report_ids), 1)

    def _close(self, moment, role="planner"):
        """Close the traject at ``moment``, and return the drafts that this made."""
        before = self.traject.report_ids
        with freeze_time(moment):
            self.traject.with_user(self.users[role])._set_state("closed")
        self.env.flush_all()
        return self.traject.report_ids - before

    def test_closed_before_its_term(self):
        """Whatever the rhythm, and whoever closes: the last days are told of too."""
        for rhythm, role, first in (
            ("monthly", "coach", date(2026, 4, 15)),
            ("quarterly", "manager", date(2026, 4, 15)),
            ("final", "planner", date(2026, 1, 15)),
        ):
            with self.case(rhythm=rhythm):
                self._set_rhythm(rhythm)
                self._run("2026-04-15 02:00:00")
                draft = self._close("2026-05-04 09:00:00", role)
                self.assertEqual(draft.date_from, first)
                self.assertEqual(draft.date_to, date(2026, 5, 4))
                self.assertFalse(self.traject.date_next_report)
        with self.case(rhythm="none"):
            self._set_rhythm("none")
            self.assertFalse(self._close("2026-05-04 09:00:00"))

    def test_closed_after_its_last_report(self):
        for rhythm, day in (("monthly", 15), ("quarterly", 15), ("final", 14)):
            with self.case(rhythm=rhythm):
                self._set_rhythm(rhythm)
                draft = self._run(f"2026-07-{day} 02:00:00")
                self.assertEqual(draft.date_to, date(2026, 7, 14))
                self.assertFalse(self._close("2026-07-20 09:00:00"))

    def test_closed_on_its_last_day(self):
        """Before the job could draft what is due on the day after."""
        self._set_rhythm("monthly")
        self._run("2026-06-15 02:00:00")
        draft = self._close("2026-07-14 15:00:00")
        self.assertEqual(draft.date_from, date(2026, 6, 15))
        self.assertEqual(draft.date_to, date(2026, 7, 14))

    # ------------------------------------------------------------------
    # The screens
    # ------------------------------------------------------------------

    def _get_filters(self, role):
        """Return the domains of the reports' filters that ``role`` has, by name."""
        view = self.env.ref("outplacement.outplacement_traject_view_search")
        mine = self.env["outplacement.traject"].with_user(self.users[role])
        arch = etree.fromstring(mine.get_view(view.id, "search")["arch"])
        filters = arch.xpath("//filter[@name='report_due' or @name='report_open']")
        return {node.get("name"): literal_eval(node.get("domain")) for node in filters}

    def test_who_has_the_filters(self):
        for role in ("coach", "planner", "manager"):
            with self.subTest(role=role):
                self.assertEqual(
                    set(self._get_filters(role)), {"report_due", "report_open"}
                )
        self.assertFalse(self._get_filters("account_manager"))

    def test_filters(self):
        self._set_rhythm("monthly")
        filters = self._get_filters("planner")
        mine = self.env["outplacement.traject"].with_user(self.planner)

        def find(name):
            return mine.search(filters[name]) & self.trajects

        with freeze_time("2026-02-14 08:00:00"):
            self.assertFalse(find("report_due"))
        with freeze_time("2026-02-15 08:00:00"):
            self.assertEqual(find("report_due"), self.traject)
        self._make_report("released", self.other_traject)
        self.assertFalse(find("report_open"))
        self._make_report("sent", self.other_traject, date_to=date(2021, 4, 30))
        self.assertEqual(find("report_open"), self.other_traject)


@tagged("post_install", "-at_install")
class TestReportRhythmQueries(OutplacementCommon):
    """What is due is found without looking at each traject."""

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_many_next_days(self):
        trajects = self.traject
        for _n in range(9):
            trajects += self._make_traject(candidate_id=False)
        trajects.date_start = date(2026, 1, 15)
        self.env.flush_all()
        self.env.invalidate_all()
        field = trajects._fields["date_next_report"]
        counts = []
        for some in (trajects[:2], trajects):
            self.env.add_to_compute(field, some)
            before = self.env.cr.sql_log_count
            some.mapped("date_next_report")
            counts.append(self.env.cr.sql_log_count - before)
            self.env.flush_all()
            self.env.invalidate_all()
        self.assertEqual(*counts)
