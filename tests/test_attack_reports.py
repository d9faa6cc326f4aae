import base64
from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tests.common import RecordCapturer
from odoo.tools import SQL, mute_logger

from .common import ACCESS_LOGGERS, DOCUMENT, LONG_AGO
from .test_access_log import CANARY, AccessLogCommon

SIGNATURE = base64.b64encode(b"\x89PNG")
RHYTHM = "odoo.addons.outplacement.models.outplacement_traject_report"
RENDERING = "odoo.addons.mail.models.mail_render_mixin"


class AttackReportsCommon(AccessLogCommon):
    """Helpers to sign and to let the days pass."""

    def _sign(self, user=None, **values):
        """Return a statement that the candidate signed, recorded by ``user``."""
        Statement = self.env["outplacement.statement"].with_user(user or self.coach)
        values = {"traject_id": self.traject.id, "signature": SIGNATURE, **values}
        model = self.registry["outplacement.statement"]
        with patch.object(model, "_render_document", lambda statement: DOCUMENT):
            statement = Statement.create(values)
            statement.action_sign()
        return statement.with_env(self.env)

    def _run(self, name):
        """Run a daily job."""
        with self.enter_registry_test_mode():
            self.env.ref(f"outplacement.{name}").method_direct_trigger()
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestAttackConsents(AttackReportsCommon):
    """Consents that the candidate did not give, or took back."""

    def test_another_candidate_inherits_nothing(self):
        """Before the start planners name another one: not once there is something of
        the first, that the second would read or be held to."""
        newcomer = self._make_user("candidate", "newcomer").partner_id
        rename = self.traject.with_user(self.planner).write
        self.assertRefused(rename, {"candidate_id": newcomer.id}, error=UserError)
        fresh = self._make_traject()
        self._assign(fresh, self.coach)
        for what, make in (
            ("report", lambda: self._make_report("sent", fresh)),
            ("statement", lambda: self._sign(traject_id=fresh.id)),
        ):
            with self.case(what=what):
                make()
                rename = fresh.with_user(self.planner).write
                values = {"candidate_id": newcomer.id}
                self.assertRefused(rename, values, error=UserError)
        fresh.with_user(self.planner).candidate_id = newcomer
        self.assertEqual(fresh.candidate_id, newcomer)

    def test_nobody_agrees_without_a_candidate(self):
        empty = self._make_traject(candidate_id=False)
        self._assign(empty, self.coach)
        self.assertRefused(
            self._consent, "phases", traject=empty, user=self.coach, error=UserError
        )

    def test_a_withdrawal_is_not_undone_by_what_is_older(self):
        phases = self.traject.consent_ids.filtered(lambda c: c.topic == "phases")
        with freeze_time("2026-03-12 10:00:00"):
            phases.with_user(self.candidate)._withdraw_by_candidate()
            for day in (LONG_AGO, date(2026, 3, 11)):
                with self.case(what="recorded by the coach", day=day):
                    self.assertRefused(
                        self._consent, "phases", date_given=day, error=UserError
                    )
            with self.case(what="an old paper, brought by who records no consents"):
                self._sign(self.planner, channel="paper", date_signed=LONG_AGO)
                self.assertNotIn("phases", self.traject._get_consented_topics())
            with self.case(what="signed anew"):
                self._sign()
                self.assertIn("phases", self.traject._get_consented_topics())

    def test_candidate_and_coach_on_other_sides_of_the_world(self):
        """The day is the company's: nobody waits until it is the other's."""
        self.coach.tz = "Pacific/Kiritimati"
        self.candidate.tz = "America/Los_Angeles"
        with freeze_time("2026-03-02 12:00:00"):
            report = self._make_report("agreed")
            self.assertEqual(report.date_sent, date(2026, 3, 2))
            Consent = self.env["outplacement.consent"].with_user(self.coach)
            consent = Consent.create({"traject_id": self.traject.id, "topic": "name"})
            consent.with_user(self.candidate)._withdraw_by_candidate()
        self.assertEqual(consent.date_given, consent.date_withdrawn)

    def test_the_window_names_no_consent_of_others(self):
        """Names of records are read as superuser: neither by number nor by name."""
        foreign = self.other_traject.consent_ids[:1]
        mine = self.traject.consent_ids[:1]
        Window = self.env["outplacement.consent.withdraw"].with_user(self.coach)
        self.assertRefused(Window.create, {"consent_id": foreign.id})
        window = Window.create({"consent_id": mine.id})
        self.assertRefused(window.write, {"consent_id": foreign.id})
        for user in (self.coach, self.planner, self.candidate):
            name = mine.with_user(user).display_name
            self.assertNotIn(self.traject.name, name)

    def test_by_every_other_way(self):
        consent = self.traject.consent_ids[:1]
        mine = consent.with_user(self.coach)
        Consent = mine.browse()
        values = {"traject_id": self.traject.id, "topic": "name"}
        for what, method, *args in (
            ("default", Consent.with_context(default_recorded_by_id=1).create, values),
            (
                "default",
                Consent.with_context(default_date_withdrawn="2026-01-01").create,
                values,
            ),
            ("write", mine.write, {"date_withdrawn": False}),
            ("save", mine.web_save, {"withdrawn_channel": "phone"}, {}),
            ("copy", mine.copy, {"topic": "name", "recorded_by_id": 1}),
        ):
            with self.case(what=what):
                self.assertRefused(method, *args)
        for role in ("coach", "planner", "manager"):
            for command in (
                Command.delete(consent.id),
                Command.unlink(consent.id),
                Command.clear(),
                Command.update(consent.id, {"topic": "name"}),
                Command.create({"topic": "name"}),
            ):
                with self.case(role=role, command=command):
                    traject = self.traject.with_user(self.users[role])
                    self.assertRefused(traject.write, {"consent_ids": [command]})
        with mute_logger(*ACCESS_LOGGERS, "odoo.sql_db"):
            result = Consent.load(
                ["traject_id/.id", "topic", "channel"],
                [[str(self.traject.id), "name", "Signed statement"]],
            )
        self.assertFalse(result["ids"])

    def test_released_and_withdrawn_at_the_same_moment(self):
        """One comes after the other: who releases holds what stands until the end."""
        report = self._make_report("agreed").with_user(self.coach)
        self.env.flush_all()
        query = SQL(
            "SELECT bool_and(xmax::text <> '0') FROM outplacement_consent"
            " WHERE traject_id = %s",
            self.traject.id,
        )
        self.assertFalse(self.env.execute_query(query)[0][0])
        report.action_release()
        self.assertTrue(self.env.execute_query(query)[0][0])


@tagged("post_install", "-at_install")
class TestAttackReports(AttackReportsCommon):
    """What reaches others than it is for, or before the candidate said so."""

    # ------------------------------------------------------------------
    # Silence
    # ------------------------------------------------------------------

    def _assertAnswerWanted(self, report):
        """Assert that no answer is none, long after the deadline."""
        with freeze_time("2026-06-01 07:30:00"):
            self._run("ir_cron_follow_up_reports")
        self.assertTrue(report.date_missed)
        self.assertEqual(report.state, "sent")

    def test_silence_binds_nobody_to_what_was_not_signed(self):
        self.company.outplacement_silence_agrees = True
        self.company.outplacement_answer_days = 14
        with self.case(what="in this way it does"), freeze_time("2026-02-02 10:00:00"):
            self._sign()
            report = self._make_report("sent")
            with freeze_time("2026-06-01 07:30:00"):
                self._run("ir_cron_follow_up_reports")
            self.assertEqual(report.state, "agreed")
        with self.case(what="fewer days"), freeze_time("2026-02-02 10:00:00"):
            self._sign()
            self.company.outplacement_answer_days = 1
            self._assertAnswerWanted(self._make_report("sent"))
        with self.case(what="a paper that came later"):
            with freeze_time("2026-02-02 10:00:00"):
                self.company.outplacement_silence_since = date(2026, 1, 1)
                report = self._make_report("sent")
            with freeze_time("2026-02-03 10:00:00"):
                self._sign(channel="paper", date_signed="2026-02-01")
            self._assertAnswerWanted(report)
        with self.case(what="a paper of before"), freeze_time("2026-02-02 10:00:00"):
            self.company.outplacement_silence_since = date(2026, 2, 2)
            self._sign(channel="paper", date_signed="2026-02-01")
            self._assertAnswerWanted(self._make_report("sent"))
        with self.case(what="objected before"), freeze_time("2026-02-02 10:00:00"):
            self._sign()
            report = self._make_report("objected").with_user(self.coach)
            report.action_back_to_draft()
            report.action_send()
            self._assertAnswerWanted(report)
        with self.case(what="never announced"), freeze_time("2026-02-02 10:00:00"):
            self._sign()
            address = self.candidate.email
            self.candidate.partner_id.email = False
            report = self._make_report("sent")
            self.candidate.partner_id.email = address
            self._assertAnswerWanted(report)

    def test_since_when_silence_counts(self):
        with freeze_time("2026-02-02 10:00:00"):
            self.company.outplacement_silence_agrees = True
            self.env.flush_all()
        with freeze_time("2026-02-05 10:00:00"):
            self.company.outplacement_silence_agrees = True
            self.env.flush_all()
        self.assertEqual(self.company.outplacement_silence_since, date(2026, 2, 2))
        self.company.outplacement_silence_agrees = False
        self.assertFalse(self.company.outplacement_silence_since)

    # ------------------------------------------------------------------
    # Jobs and who has left
    # ------------------------------------------------------------------

    def test_a_coach_who_left_stops_nobody(self):
        self.company.outplacement_planner_id = self.planner
        for traject in self.traject + self.other_traject:
            self._activate(traject).report_rhythm = "monthly"
        self.coach.active = False
        with self.case(what="drafts"), freeze_time("2021-03-05 02:00:00"):
            self._run("ir_cron_draft_reports")
            self.assertTrue(self.traject.report_ids and self.other_traject.report_ids)
            self.assertEqual(self.traject.activity_ids.user_id, self.planner)
        with self.case(what="the candidate's say"):
            self.coach.active = True
            report = self._make_report("sent")
            self.coach.active = False
            report.with_user(self.candidate).action_answer("agreed")
            consent = self.traject.consent_ids[:1]
            consent.with_user(self.candidate)._withdraw_by_candidate()

    def test_a_job_goes_on_when_nobody_can_be_told(self):
        for traject in self.traject + self.other_traject:
            self._activate(traject).report_rhythm = "monthly"
        model = self.registry["outplacement.traject"]
        draft, tell = model._draft_due_report, model._schedule_report_activity

        def fail(traject, *args):
            if traject.id == self.traject.id:
                raise ValueError
            return (tell if args else draft)(traject, *args)

        with (
            freeze_time("2021-03-05 02:00:00"),
            patch.object(model, "_draft_due_report", fail),
            patch.object(
                model, "_schedule_report_activity", lambda t, reason="": fail(t, reason)
            ),
            mute_logger(RHYTHM),
        ):
            self._run("ir_cron_draft_reports")
        self.assertFalse(self.traject.report_ids)
        self.assertTrue(self.other_traject.report_ids)

    # ------------------------------------------------------------------
    # Mails, activities, windows
    # ------------------------------------------------------------------

    def test_no_template_opens_a_file(self):
        """Whoever edits mail templates would read with the eyes of who sends."""
        template = self.env.ref("outplacement.mail_template_report_sent")
        notes = "env['outplacement.note'].search([]).mapped('body')"
        for who in ("sudo(False)", "with_user(object.traject_id.coach_id)"):
            for name, text in (
                ("body_html", '<div><t t-out="object.{}.{}"/></div>'),
                ("subject", "{{{{ object.{}.{} }}}}"),
            ):
                with self.case(who=who, field=name), mute_logger(RENDERING):
                    template[name] = text.format(who, notes)
                    self.env.invalidate_all()
                    report = self._make_report().with_user(self.coach)
                    with (
                        RecordCapturer(self.env["mail.mail"].sudo()) as capture,
                        self.assertRaises(UserError) as caught,
                    ):
                        report.action_send()
                    self.assertNotIn(CANARY, str(caught.exception))
                    self.assertNotIn(CANARY, str(capture.records.mapped(name)))
        self.assertIn(CANARY, str(self._open(self.coach)), "outside of mails it opens")

    def test_account_managers_learn_that_there_is_work(self):
        """Neither that the candidate answered nor that a consent changed."""
        told = []
        report = self._make_report("sent").with_user(self.candidate)
        for act in (
            lambda: report.action_answer("objected", CANARY),
            self.traject.consent_ids[:1]
            .with_user(self.candidate)
            ._withdraw_by_candidate,
        ):
            act()
            seen = self.traject.with_user(self.account_manager).activity_ids
            told.append((seen.summary, seen.note or "", seen.create_uid.id))
        self.assertEqual(told[0], told[1])

    def test_nobody_asks_what_is_hidden(self):
        """Employer contacts and account managers, by dotted domains."""
        self._make_report(remark=CANARY)
        self._make_report("superseded")
        Report = self.env["outplacement.report"].with_user(self.employer_contact)
        for path in (
            "traject_id.candidate_id.name",
            "superseded_by_id.traject_id.candidate_id.name",
            "superseded_by_id.candidate_id.name",
            "superseded_by_id.answer_ids.remark",
            "superseded_by_id.traject_id.consent_ids.topic",
        ):
            with self.case(path=path):
                self.assertRefused(Report.search, [(path, "ilike", "a")])
        Traject = self.env["outplacement.traject"].with_user(self.account_manager)
        for word in (CANARY, "something else"):
            self.assertFalse(Traject.search([("report_ids.remark", "=", word)]))
        self.assertFalse(Traject.search([("report_ids.state", "=", "draft")]))
        self.assertRefused(Traject.search, [("consent_ids.topic", "=", "phases")])

    def test_an_unsaved_report_tells_no_reference(self):
        self.env.invalidate_all()
        Report = self.env["outplacement.report"].with_user(self.coach)
        values = {"traject_id": self.other_traject.id, "date_to": "2021-03-31"}
        spec = {"traject_id": {}, "date_to": {}, "name": {}}
        with mute_logger(*ACCESS_LOGGERS):
            try:
                answer = Report.onchange(values, ["traject_id"], spec)
            except AccessError as error:
                answer = error
        self.assertNotIn(self.other_traject.name, str(answer))

    def test_an_answer_to_another_text(self):
        """A page that was open while the coach mended the report."""
        report = self._make_report("sent", remark="As agreed")
        mine, seen = report.with_user(self.candidate), report._get_fingerprint()
        mine._check_seen(mine._get_fingerprint())
        coached = report.with_user(self.coach)
        coached.action_back_to_draft()
        coached.action_send()
        mine._check_seen(seen)
        coached.action_back_to_draft()
        coached.remark = "Something else"
        coached.action_send()
        self.assertRefused(mine._check_seen, seen, error=UserError)

    def test_a_deputy_whose_time_is_over(self):
        report = self._make_report("agreed").with_user(self.deputy)
        consent = self.traject.consent_ids[:1].with_user(self.deputy)
        traject = self.traject.with_user(self.deputy)
        values = {"traject_id": traject.id, "topic": "name"}
        with freeze_time("2099-12-31 23:30:00"):
            self.env.invalidate_all()
            for method, *args in (
                (report.action_release,),
                (report.action_back_to_draft,),
                (report.read, ["state"]),
                (consent.action_withdraw,),
                (consent.read, ["topic"]),
                (consent.create, values),
                (traject.action_record_consent,),
                (traject.write, {"report_rhythm": "monthly"}),
            ):
                self.assertRefused(method, *args)
