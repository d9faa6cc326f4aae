import base64
from datetime import date, datetime
from unittest.mock import patch

from psycopg2 import IntegrityError
from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .common import DOCUMENT, LONG_AGO, OutplacementCommon

TOPICS = ("name", "participation", "phases", "applications", "new_employer")
SIGNATURE = base64.b64encode(b"\x89PNG")


@freeze_time("2026-03-12 10:00:00")
@tagged("post_install", "-at_install")
class TestConsent(OutplacementCommon):
    """What the candidate agrees to: recorded, withdrawn, never rewritten."""

    def _get_standing(self):
        self.env.invalidate_all()
        return self.traject._get_consented_topics()

    def _withdraw(self, topic, user=None, **values):
        """Withdraw the consent to ``topic`` as the dialog does."""
        consent = self.traject._get_standing_consents().filtered(
            lambda consent: consent.topic == topic
        )
        mine = consent.with_user(user or self.coach)
        form = Form.from_action(mine.env, mine.action_withdraw())
        for name, value in values.items():
            setattr(form, name, value)
        form.save().action_confirm()
        return consent

    # ------------------------------------------------------------------
    # Given
    # ------------------------------------------------------------------

    def test_recorded_by_coach_and_deputy(self):
        for role, topic in (("coach", "name"), ("deputy", "applications")):
            mine = self.traject.with_user(self.users[role])
            form = Form.from_action(mine.env, mine.action_record_consent())
            form.topic = topic
            form.channel = "phone"
            form.date_given = date(2026, 3, 11)
            consent = form.save()
            self.assertEqual(consent.recorded_by_id, self.users[role])
            self.assertEqual(consent.date_given, date(2026, 3, 11))
            self.assertIn(topic, self._get_standing())
        for role in ("planner", "manager", "other_coach", "account_manager"):
            with self.case(role=role):
                mine = self.traject.with_user(self.users[role])
                self.assertRefused(mine.action_record_consent)
                self.assertRefused(self._consent, "name", user=self.users[role])

    def test_refused(self):
        for odd, error in (
            ({"date_given": date(2026, 3, 13)}, UserError),
            ({"channel": "portal"}, UserError),
            ({"channel": "agreement"}, UserError),
            ({"recorded_by_id": self.planner.id}, AccessError),
            ({"date_withdrawn": date(2026, 3, 12)}, AccessError),
            ({"statement_id": False}, AccessError),
        ):
            with self.case(odd=odd):
                self.assertRefused(self._consent, "name", error=error, **odd)

    def test_one_stands_at_a_time(self):
        self._consent("name")
        with self.case(time="while it stands"):
            self.assertRefused(self._consent, "name", error=UniqueViolation)
        self._withdraw("name")
        self.assertNotIn("name", self._get_standing())
        with self.case(time="of before the withdrawal"):
            self.assertRefused(self._consent, "name", error=UserError)
        self._consent("name", date_given=date(2026, 3, 12))
        self.assertIn("name", self._get_standing())
        given = self.traject.consent_ids.filtered(lambda c: c.topic == "name")
        self.assertEqual(len(given), 2, "the history stays")

    def test_others_learn_nothing_by_trying(self):
        """Refused before the database could say that a topic was agreed to."""
        Consent = self.env["outplacement.consent"].with_user(self.other_coach)
        values = {"topic": "phases"}
        defaults = Consent.with_context(default_traject_id=self.traject.id)
        with self.case(traject="in the values"):
            named = {**values, "traject_id": self.traject.id}
            self.assertRefused(Consent.create, named)
        with self.case(traject="in the context"):
            self.assertRefused(defaults.create, values)

    def test_name(self):
        """What it is, and never whose: numbers are read by whoever has them."""
        consent = self.traject.consent_ids.filtered(lambda c: c.topic == "phases")
        for user in (self.coach, self.candidate):
            self.assertEqual(
                consent.with_user(user).display_name, "Phases reached", user.login
            )

    # ------------------------------------------------------------------
    # Withdrawn, and kept
    # ------------------------------------------------------------------

    def test_withdrawn(self):
        consent = self._withdraw("phases", self.deputy, channel="email")
        self.assertRecordValues(
            consent,
            [
                {
                    "date_given": LONG_AGO,
                    "date_withdrawn": date(2026, 3, 12),
                    "withdrawn_channel": "email",
                    "withdrawn_by_id": self.deputy.id,
                }
            ],
        )
        self.assertEqual(self._get_standing(), {"participation"})

    def test_withdrawal_refused(self):
        consent = self.traject.consent_ids[0]
        for role in ("planner", "manager", "other_coach", "account_manager"):
            with self.case(role=role):
                mine = consent.with_user(self.users[role])
                self.assertRefused(mine.action_withdraw)
                self.assertRefused(mine._withdraw, "phone")
        mine = consent.with_user(self.coach)
        with self.case(day="tomorrow"):
            tomorrow = date(2026, 3, 13)
            self.assertRefused(mine._withdraw, "phone", tomorrow, error=UserError)
        with self.case(day="before it was given"):
            before = date(2021, 1, 3)
            self.assertRefused(mine._withdraw, "phone", before, error=IntegrityError)
        mine._withdraw("phone")
        with self.case(time="again"):
            self.assertRefused(mine._withdraw, "phone", error=UserError)

    def test_never_rewritten(self):
        """By nobody: superuser code, the traject, import."""
        standing, withdrawn = self.traject.consent_ids
        withdrawn.with_user(self.coach)._withdraw("phone")
        for consent in (standing, withdrawn):
            for vals in (
                {"topic": "name"},
                {"date_given": date(2026, 1, 1)},
                {"channel": "letter"},
                {"traject_id": self.other_traject.id},
                {"recorded_by_id": self.planner.id},
                {"statement_id": False},
            ):
                for mine in (consent.with_user(self.coach), consent.sudo()):
                    with self.case(vals=vals, superuser=mine.env.su):
                        self.assertRefused(mine.write, vals, error=UserError)
            with self.case(operation="unlink"):
                self.assertRefused(consent.with_user(self.coach).unlink)
                self.assertRefused(consent.sudo().unlink, error=UserError)
        with self.case(operation="withdrawal undone"):
            undone = {"date_withdrawn": False, "withdrawn_channel": False}
            self.assertRefused(withdrawn.sudo().write, undone, error=UserError)
        with self.case(operation="withdrawal written"):
            today = {"date_withdrawn": date(2026, 3, 12)}
            self.assertRefused(standing.with_user(self.coach).write, today)
        with self.case(operation="deleting the traject"):
            self.assertRefused(self.traject.sudo().unlink, error=IntegrityError)

    # ------------------------------------------------------------------
    # The candidate's own hand
    # ------------------------------------------------------------------

    def test_by_the_candidate(self):
        mine = self.env["outplacement.consent"].with_user(self.candidate)
        consent = mine._give_by_candidate(self.traject, "new_employer")
        self.assertEqual(consent.sudo().channel, "portal")
        self.assertEqual(consent.sudo().recorded_by_id, self.candidate)
        again = mine._give_by_candidate(self.traject, "new_employer")
        self.assertEqual(again, consent, "a replayed request")
        self.assertEqual(set(mine.search([]).mapped("topic")), {*self._get_standing()})
        consent._withdraw_by_candidate()
        self.assertNotIn("new_employer", self._get_standing())
        self.assertRefused(consent._withdraw_by_candidate, error=UserError)

    def test_not_by_others(self):
        given = self.traject.consent_ids[0]
        for role in set(self.users) - {"candidate"}:
            mine = given.with_user(self.users[role])
            with self.case(role=role):
                self.assertRefused(mine._give_by_candidate, self.traject, "name")
                self.assertRefused(mine._withdraw_by_candidate)

    def test_the_employer_sees_no_consents(self):
        """Neither which there are, nor when or how they were given or taken back."""
        mine = self.env["outplacement.consent"].with_user(self.employer_contact)
        self.assertFalse(mine.search([]))
        report = self._make_report("released").with_user(self.employer_contact)
        told = {name for name in report.fields_get() if "consent" in name}
        self.assertEqual(
            told,
            {
                "participation_consent",
                "phases_consent",
                "applications_consent",
                "new_employer_consent",
            },
        )

    def test_the_coach_is_told(self):
        """While a report is on its way; without saying which topic."""
        mine = self.traject.consent_ids[0].with_user(self.candidate)
        with self.case(reports="none"):
            mine._withdraw_by_candidate()
            self.assertFalse(self.traject.activity_ids)
        with self.case(reports="released"):
            self._make_report("released")
            mine._withdraw_by_candidate()
            self.assertFalse(self.traject.activity_ids)
        self._make_report("agreed")
        mine._withdraw_by_candidate()
        activity = self.traject.activity_ids
        self.assertEqual(activity.user_id, self.coach)
        words = "Check the progress report before it goes on"
        self.assertEqual(activity.summary, words)

    # ------------------------------------------------------------------
    # By signing
    # ------------------------------------------------------------------

    def _sign(self, traject, user=None, party="candidate", **values):
        statement = (
            self.env["outplacement.statement"]
            .with_user(user or self.planner)
            .create(
                {
                    "traject_id": traject.id,
                    "party": party,
                    "signature": SIGNATURE,
                    **values,
                }
            )
        )
        model = self.registry[statement._name]
        with patch.object(model, "_render_document", lambda statement: DOCUMENT):
            statement.action_sign()
        self.env.invalidate_all()
        return statement

    def test_signing(self):
        """Whoever has it signed: what the statement names is agreed to."""
        for role in ("coach", "planner", "manager"):
            with self.case(role=role):
                traject = self._make_traject()
                self._assign(traject, self.coach)
                self.assertFalse(traject._get_consented_topics())
                statement = self._sign(traject, self.users[role])
                topics = traject._get_consented_topics()
                self.assertEqual(topics, {"participation", "phases"})
                consents = traject.consent_ids
                self.assertEqual(set(consents.mapped("channel")), {"agreement"})
                self.assertEqual(consents.statement_id, statement)
                self.assertEqual(consents.recorded_by_id, self.users[role])
                self.assertEqual(
                    set(consents.mapped("date_given")), {date(2026, 3, 12)}
                )
                self._sign(traject, self.users[role])
                self.assertEqual(traject.consent_ids, consents, "signed again")

    def test_signing_after_a_withdrawal(self):
        self._withdraw("phases")
        self._sign(self.traject)
        self.assertEqual(self._get_standing(), {"participation", "phases"})

    def test_signed_before_a_withdrawal(self):
        """A paper that is recorded late does not undo what was said since."""
        self._withdraw("phases")
        self._sign(self.traject, channel="paper", date_signed=date(2026, 3, 11))
        self.assertEqual(self._get_standing(), {"participation"})

    def test_signing_that_names_no_topics(self):
        with self.case(party="employer"):
            traject = self._make_traject()
            self._sign(traject, party="employer")
            self.assertFalse(traject.consent_ids)
        with self.case(employer="none"):
            traject = self._make_traject(employer_id=False, employer_contact_ids=False)
            self._sign(traject)
            self.assertFalse(traject.consent_ids)

    def test_the_statement_says_so(self):
        lines = " ".join(dict(self.traject._get_statement())["How a report is made"])
        self.assertIn("attendance at sessions and of the phases reached", lines)
        self.assertIn("withdrawn, for the reports to come", lines)


@freeze_time("2026-03-12 10:00:00")
@tagged("post_install", "-at_install")
class TestReportConsent(OutplacementCommon):
    """What a report tells follows the consents that stand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._activate()
        cls._make_session(start=datetime(2021, 3, 1, 9)).sudo().state = "held"
        phase = cls.traject.traject_phase_ids[0].sudo()
        phase.date_start = LONG_AGO
        cls._consent("applications", "new_employer")

    def _make(self, state="draft", **values):
        values = {"application_count": 3, "new_employer": "Bakery", **values}
        return self._make_report(state, **values).with_user(self.coach)

    def _withdraw(self, *topics):
        consents = self.traject._get_standing_consents()
        consents.filtered(lambda c: c.topic in topics).with_user(self.coach)._withdraw(
            "phone"
        )
        self.env.flush_all()
        self.env.invalidate_all()

    def test_all_of_it(self):
        report = self._make()
        self.assertEqual(report.sessions_held, 1)
        self.assertTrue(report.sessions_left)
        self.assertIn("Processing", report.phases_text)
        self.assertEqual(report.application_count, 3)
        self.assertEqual(report.new_employer, "Bakery")

    def test_none_of_it(self):
        self._withdraw("participation", "phases", "applications", "new_employer")
        report = self._make(application_count=0, new_employer=False)
        for name in ("participation", "phases", "applications", "new_employer"):
            self.assertFalse(report[f"{name}_consent"])
        self.assertFalse(report.sessions_held or report.sessions_left)
        self.assertFalse(report.phases_text)
        html, _type = (
            self.env["ir.actions.report"]
            .with_user(self.coach)
            ._render_qweb_html(
                "outplacement.outplacement_report_report_progress", report.ids
            )
        )
        for words in (b"Sessions in this period", b"Phases reached", b"Applications"):
            self.assertNotIn(words, html)
        self.assertIn(b"Placement", html)

    def test_withdrawn_before_it_is_sent(self):
        """The coach refreshes, as with facts; what was entered on it goes."""
        for topic, label in (
            ("participation", "Attendance"),
            ("phases", "Phases"),
            ("applications", "Application Numbers"),
            ("new_employer", "New Employer"),
        ):
            with self.case(topic=topic):
                report = self._make()
                self._withdraw(topic)
                with self.assertRaises(UserError) as caught:
                    report.action_send()
                self.assertIn(label, str(caught.exception))
                report.action_refresh_facts()
                report.action_send()
                self.assertFalse(report[f"{topic}_consent"])
                told = {
                    "participation": report.sessions_held,
                    "phases": report.phases_text,
                    "applications": report.application_count,
                    "new_employer": report.new_employer,
                }
                self.assertEqual(
                    {name for name, value in told.items() if not value}, {topic}
                )

    def test_given_before_it_is_sent(self):
        self._withdraw("applications")
        report = self._make(application_count=0)
        self._consent("applications", date_given=date(2026, 3, 12))
        self.env.invalidate_all()
        self.assertRefused(report.action_send, error=UserError)
        report.action_refresh_facts()
        report.application_count = 3
        report.action_send()
        self.assertEqual(report.application_count, 3)

    def test_withdrawn_on_its_way(self):
        """Sent or agreed: it is not released any more."""
        report = self._make("agreed")
        self._withdraw("new_employer")
        self.assertRefused(report.action_release, error=UserError)
        self.assertEqual(report.state, "agreed")
        report.action_back_to_draft()
        report.action_refresh_facts()
        report.action_send()
        report.with_user(self.candidate).action_answer("agreed")
        report.action_release()
        self.assertEqual(report.state, "released")
        self.assertFalse(report.new_employer)

    def test_released_stays(self):
        report = self._make("released")
        before = report.read()[0]
        self._withdraw("participation", "phases", "applications", "new_employer")
        self.assertEqual(report.read()[0], before)
        mine = report.with_user(self.employer_contact)
        self.assertEqual(mine.new_employer, "Bakery")

    def test_a_correction_does_not_repeat_it(self):
        report = self._make("released")
        self._withdraw("applications", "new_employer", "participation")
        correction = report.browse(report.action_supersede()["res_id"])
        self.assertFalse(correction.new_employer)
        self.assertFalse(correction.application_count)
        self.assertFalse(correction.sessions_held)
        self.assertIn("Processing", correction.phases_text)

    def test_drafted_by_the_job(self):
        """As superuser, with what the candidate agrees to and no more."""
        self._withdraw("phases")
        report = (
            self.env["outplacement.report"]
            .sudo()
            .create(
                {
                    "traject_id": self.traject.id,
                    "date_from": LONG_AGO,
                    "date_to": date(2021, 3, 31),
                }
            )
        )
        self.assertEqual(report.sessions_held, 1)
        self.assertFalse(report.phases_text)

    def test_unsaved_reports_tell_nothing_of_others(self):
        hidden = self.env["outplacement.report"].with_user(self.other_coach)
        report = hidden.new({"traject_id": self.traject.id})
        self.env.invalidate_all()
        self.assertFalse(report.participation_consent or report.phases_consent)
        mine = hidden.with_user(self.coach).new({"traject_id": self.traject.id})
        self.assertTrue(mine.participation_consent and mine.phases_consent)
