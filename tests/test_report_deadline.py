import base64
from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tests.common import RecordCapturer

from .common import DOCUMENT, OutplacementCommon

DEADLINE = "odoo.addons.outplacement.models.outplacement_report_deadline"
SIGNATURE = base64.b64encode(b"\x89PNG")


@tagged("post_install", "-at_install")
class TestReportDeadline(OutplacementCommon):
    """A reminder, and what follows when no answer comes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.outplacement_answer_days = 7
        cls.company.outplacement_reminder_days = 2

    def _send(self, traject=None, **values):
        """Return a report sent on 2 March: to be answered by the 9th."""
        with freeze_time("2026-03-02 08:00:00"):
            return self._make_report("sent", traject, **values)

    def _run(self, day, hour=7):
        """Run the daily job on ``day`` of March, and return the mails it made."""
        moment = f"2026-03-{day:02} {hour:02}:30:00"
        job = self.env.ref("outplacement.ir_cron_follow_up_reports")
        with (
            RecordCapturer(self.env["mail.mail"].sudo()) as capture,
            freeze_time(moment),
            self.enter_registry_test_mode(),
        ):
            job.method_direct_trigger()
        self.env.invalidate_all()
        return capture.records

    def _sign(self, day, traject=None, party="candidate"):
        """Have a statement signed on ``day`` of February, by the settings of then."""
        traject = traject or self.traject
        model = self.registry["outplacement.statement"]
        with (
            freeze_time(f"2026-02-{day:02} 10:00:00"),
            patch.object(model, "_render_document", lambda statement: DOCUMENT),
        ):
            statement = self.env["outplacement.statement"].with_user(traject.coach_id)
            statement = statement.create(
                {"traject_id": traject.id, "party": party, "signature": SIGNATURE}
            )
            statement.action_sign()
        return statement

    def _get_summary(self):
        return self.traject.activity_ids.mapped("summary")

    # ------------------------------------------------------------------
    # Reminder
    # ------------------------------------------------------------------

    def test_reminded_once(self):
        report = self._send(remark="canary in the remark")
        self.assertFalse(self._run(6))
        mail = self._run(7)
        self.assertEqual(mail.recipient_ids, self.candidate.partner_id)
        self.assertIn(self.coach.email, mail.reply_to)
        text = f"{mail.subject} {mail.body_html}"
        self.assertIn("03/09/2026", text)
        self.assertIn('/my/traject"', text)
        for word in ("canary", self.traject.name, self.employer.name):
            self.assertNotIn(word, text)
        self.assertFalse(mail.attachment_ids)
        self.assertEqual(report.date_reminded, date(2026, 3, 7))
        self.assertFalse(self._run(7, 8) or self._run(8) or self._run(9))
        self.assertEqual(report.state, "sent")

    def test_not_reminded(self):
        for why, values in (
            ("setting", {"outplacement_reminder_days": 0}),
            ("no address", {}),
            ("answered", {}),
        ):
            with self.case(why=why):
                self.company.write(values)
                report = self._send()
                if why == "no address":
                    self.candidate.partner_id.email = False
                if why == "answered":
                    with freeze_time("2026-03-03 08:00:00"):
                        report.with_user(self.candidate).action_answer("objected")
                self.assertFalse(self._run(8))
                self.assertFalse(report.date_reminded)

    def test_not_on_the_day_it_was_sent(self):
        self.company.outplacement_answer_days = 1
        self._send()
        self.assertFalse(self._run(2, 10))
        self.assertTrue(self._run(3))

    def test_reminded_again_when_sent_again(self):
        report = self._send()
        self.assertTrue(self._run(8))
        with freeze_time("2026-03-10 08:00:00"):
            mine = report.with_user(self.coach)
            mine.action_back_to_draft()
            self.assertFalse(report.date_reminded)
            mine.action_send()
        self.assertTrue(self._run(16))

    # ------------------------------------------------------------------
    # No answer
    # ------------------------------------------------------------------

    def test_no_answer(self):
        """The coach is told, once; nothing is agreed."""
        report = self._send()
        self.assertFalse(self._run(9) and report.date_missed, "the last day counts")
        self._run(10)
        self.assertEqual(report.state, "sent")
        self.assertFalse(report.answer_ids)
        self.assertEqual(report.date_missed, date(2026, 3, 10))
        activity = self.traject.activity_ids
        self.assertEqual(activity.user_id, self.coach)
        self.assertEqual(
            activity.summary, "The time to answer to the progress report is over"
        )
        activity.with_user(self.coach).action_feedback()
        self._run(11)
        self.assertFalse(self.traject.activity_ids)
        with freeze_time("2026-03-12 08:00:00"):
            report.with_user(self.candidate).action_answer("agreed")
        self.assertEqual(report.state, "agreed", "late, and still an answer")

    def test_day_of_the_company(self):
        """In Amsterdam the time is over an hour before."""
        report = self._send()
        self._run(9, 22)
        self.assertFalse(report.date_missed)
        self._run(9, 23)
        self.assertTrue(report.date_missed)

    # ------------------------------------------------------------------
    # Silence
    # ------------------------------------------------------------------

    def _silence(self):
        """Let a report that was sent go unanswered, and return it."""
        report = self._send()
        self._run(10)
        return report

    def test_silence_that_was_signed(self):
        self.company.outplacement_silence_agrees = True
        statement = self._sign(10)
        self.assertTrue(statement.silence_agreed)
        report = self._silence()
        self.assertEqual(report.state, "agreed", "and not released by itself")
        self.assertRecordValues(
            report.answer_ids,
            [
                {
                    "answer": "agreed",
                    "channel": "silence",
                    "date": date(2026, 3, 10),
                    "recorded_by_id": self.env.ref("base.user_root").id,
                }
            ],
        )
        self.assertEqual(self._get_summary(), ["The progress report can be released"])
        report.with_user(self.coach).action_release()
        self.assertEqual(report.state, "released")

    def _set_silence(self, agrees):
        self.company.outplacement_silence_agrees = agrees

    def test_silence_that_was_not_signed(self):
        """Each of what it takes is missing once."""
        on, off = (self._set_silence, True), (self._set_silence, False)
        sign, again = (self._sign, 10), (self._sign, 11)
        by_employer = (lambda day: self._sign(day, party="employer"), 10)
        elsewhere = (lambda day: self._sign(day, self.other_traject), 10)
        no_address = (self.candidate.partner_id.write, {"email": False})
        for situation, steps in {
            "off since": (on, sign, off),
            "signed before the setting": (sign, on),
            "signed another since": (on, sign, off, again, on),
            "by the employer": (on, by_employer),
            "in another traject": (on, elsewhere),
            "nothing signed": (on,),
            "no address": (on, sign, no_address),
            "no setting": (sign,),
        }.items():
            with self.case(situation=situation):
                for method, value in steps:
                    method(value)
                report = self._silence()
                self.assertEqual(report.state, "sent")
                self.assertFalse(report.answer_ids)
                self.assertTrue(report.date_missed)

    def test_signed_after_it_was_sent(self):
        """What was sent under other words is answered under those."""
        self.company.outplacement_silence_agrees = True
        with freeze_time("2026-02-05 08:00:00"):
            report = self._make_report("sent")
        self._sign(10)
        self._run(10)
        self.assertEqual(report.state, "sent")

    def test_fewer_days_than_signed(self):
        """Who signed for ten days has not agreed after seven; more are welcome."""
        self.company.outplacement_silence_agrees = True
        for days, state in ((10, "sent"), (7, "agreed"), (6, "agreed")):
            with self.case(days=days):
                self.company.outplacement_answer_days = days
                self.assertEqual(self._sign(10).answer_days, days)
                self.company.outplacement_answer_days = 7
                report = self._silence()
                self.assertEqual(report.state, state)
                self.assertTrue(report.date_missed)

    def test_nobody_else_records_silence(self):
        report = self._send()
        Answer = self.env["outplacement.report.answer"].with_user(self.coach)
        values = {"report_id": report.id, "answer": "agreed", "channel": "silence"}
        self.assertRefused(Answer.create, values, error=UserError)
        for name in ("date_reminded", "date_missed"):
            with self.case(field=name):
                mine = report.with_user(self.coach)
                self.assertRefused(mine.write, {name: date(2026, 3, 1)})

    # ------------------------------------------------------------------
    # What the statement says of it
    # ------------------------------------------------------------------

    def test_statement(self):
        words = "whoever does not answer in that time agrees"
        for setting in (False, True):
            self.company.outplacement_silence_agrees = setting
            lines = dict(self.traject._get_statement())["How a report is made"]
            with self.subTest(setting=setting):
                self.assertEqual(words in " ".join(lines), setting)
                self.assertIn("has 7 days to answer", " ".join(lines))

    def test_signed_is_frozen(self):
        self.company.outplacement_silence_agrees = True
        statement = self._sign(10)
        self.company.outplacement_silence_agrees = False
        self.assertTrue(statement.silence_agreed)
        statement.invalidate_recordset(["is_outdated"])
        self.assertTrue(statement.is_outdated)
        for mine in (statement.with_user(self.coach), statement.sudo()):
            with self.case(superuser=mine.env.su):
                frozen = {"silence_agreed": False}
                self.assertRefused(mine.write, frozen, error=UserError)
        draft = self.env["outplacement.statement"].with_user(self.coach)
        with self.case(way="create"), self.assertRaises(AccessError):
            draft.create({"traject_id": self.traject.id, "silence_agreed": True})

    # ------------------------------------------------------------------
    # The job
    # ------------------------------------------------------------------

    def test_one_that_fails_does_not_stop_the_others(self):
        bad, good = self._send(), self._send(self.other_traject)
        model = self.registry["outplacement.report"]
        real = model._miss_answer

        def miss(report):
            if report.id == bad.id:
                raise ValueError("Odd")
            return real(report)

        with (
            patch.object(model, "_miss_answer", miss),
            self.assertLogs(DEADLINE, "ERROR"),
        ):
            self._run(10)
        self.assertTrue(good.date_missed)
        self.assertFalse(bad.date_missed)
        self._run(11)
        self.assertTrue(bad.date_missed)

    def test_each_at_its_own_company(self):
        """Whatever companies the user of the job has."""
        report = self._send()
        companies, model = [], self.registry["outplacement.report"]
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        with patch.object(
            model, "_miss_answer", lambda r: companies.append(r.env.companies)
        ):
            job = report.with_context(allowed_company_ids=elsewhere.ids)
            job._try_to_follow_up()
        self.assertEqual(companies, [self.company])

    def test_out_of_time(self):
        reports = self._send() + self._send(self.other_traject)
        cron = self.registry["ir.cron"]
        Report = self.env["outplacement.report"].with_user(
            self.env.ref("base.user_root")
        )
        with (
            patch.object(cron, "_commit_progress", lambda *args, **kwargs: 0),
            freeze_time("2026-03-10 07:00:00"),
        ):
            missed = []
            for _time in range(3):
                Report._cron_follow_up()
                missed.append(len(reports.filtered("date_missed")))
        self.assertEqual(missed, [1, 2, 2])

    def test_answers_in_the_portal_are_told(self):
        """The coach learns that there is one, and not which."""
        report = self._send()
        with freeze_time("2026-03-03 08:00:00"):
            report.with_user(self.candidate).action_answer("objected", "Not so")
        activity = self.traject.activity_ids
        self.assertEqual(activity.user_id, self.coach)
        self.assertEqual(
            activity.summary, "Check the progress report before it goes on"
        )
        self.assertFalse(activity.note)
        messages = self.env["mail.message"].search(
            [("model", "=", "outplacement.traject"), ("res_id", "=", self.traject.id)]
        )
        self.assertTrue(messages, "the coach is notified")
        self.assertNotIn(self.candidate.partner_id, messages.author_id)
