from datetime import date, datetime

import vobject
from lxml import etree
from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tests.common import RecordCapturer
from odoo.tools.safe_eval import safe_eval

from .common import OutplacementCommon

MORNING = datetime(2026, 3, 12, 9)
NOON = datetime(2026, 3, 12, 12)


@tagged("post_install", "-at_install")
@freeze_time("2026-03-12 08:00:00")
class TestSession(OutplacementCommon):
    """Sessions: planned, recorded and counted; seen in a calendar, told by mail."""

    def _plan(self, **values):
        """Return a session planned by the coach, as the coach."""
        session = self._make_session(**{"start": MORNING, **values})
        return session.with_user(self.coach)

    # ------------------------------------------------------------------
    # Planning and recording
    # ------------------------------------------------------------------

    def test_what_a_new_session_takes_from_its_traject(self):
        session = self._plan()
        self.assertEqual(session.stop, datetime(2026, 3, 12, 10, 30))
        self.assertEqual(session.duration, 1.5)
        self.assertEqual(session.coach_id, self.coach)
        self.assertEqual(session.candidate_id, self.candidate.partner_id)
        self.assertEqual(session.phase_id, self.traject.phase_id)
        self.assertEqual(session.state, "planned")
        planned = self._make_session(user=self.planner, start=NOON)
        self.assertEqual(planned.coach_id, self.coach)

    def test_moving_keeps_the_length(self):
        session = self._plan(stop=NOON)
        session.start = NOON
        self.assertEqual(session.stop, datetime(2026, 3, 12, 15))
        session.duration = 1
        self.assertEqual(session.stop, datetime(2026, 3, 12, 13))

    def test_kinds_that_count(self):
        for kind, counts in (
            ("intake", False),
            ("match", False),
            ("coaching", True),
            ("interview_practice", True),
            ("three_way", False),
            ("workshop", True),
            ("aftercare", False),
        ):
            with self.case(kind=kind):
                session = self._plan(kind=kind)
                self.assertEqual(session.counts, counts)
                session.counts = not counts
                self.assertEqual(session.counts, not counts)

    def test_states(self):
        session = self._plan()
        with self.case(moment="before it began"):
            self.assertRefused(session.action_hold, error=UserError)
            self.assertRefused(session.action_no_show, error=UserError)
        session.action_cancel()
        self.assertEqual(session.state, "cancelled")
        session.action_reset()
        self.assertEqual(session.state, "planned")
        with freeze_time("2026-03-12 09:00:00"):
            session.action_hold()
            self.assertEqual(session.state, "held")
            session.action_no_show()
            self.assertEqual(session.state, "no_show")

    def test_buttons_wait_until_it_has_begun(self):
        """What the methods refuse is not offered, in the list nor in the form."""
        session = self._plan()
        Session = self.env["outplacement.session"].with_user(self.coach)
        for moment, begun in (
            ("2026-03-12 08:59:59", False),
            ("2026-03-12 09:00:00", True),
        ):
            with freeze_time(moment):
                self.env.invalidate_all()
                self.assertEqual(session.has_begun, begun)
            for kind in ("list", "form"):
                view = etree.fromstring(Session.get_view(view_type=kind)["arch"])
                for name in ("action_hold", "action_no_show"):
                    [button] = view.xpath(f"//button[@name='{name}']")
                    values = {"id": 1, "state": "planned", "has_begun": begun}
                    with self.subTest(moment=moment, view=kind, button=name):
                        hidden = safe_eval(button.get("invisible"), values)
                        self.assertEqual(bool(hidden), not begun)

    def test_who_records(self):
        session = self._plan(start=datetime(2026, 3, 11, 9))
        for role in ("coach", "deputy", "planner"):
            with self.case(role=role):
                session.with_user(self.users[role]).action_hold()
        for role in ("manager", "other_coach", "account_manager", "candidate"):
            with self.case(role=role):
                mine = session.with_user(self.users[role])
                self.assertRefused(mine.action_cancel)
                self.assertRefused(mine.write, {"state": "held"})

    def test_recorded_sessions_stay(self):
        session = self._plan(start=datetime(2026, 3, 11, 9))
        for action in ("action_hold", "action_no_show"):
            with self.case(action=action):
                getattr(session, action)()
                self.assertRefused(session.unlink, error=UserError)
        for action in ("action_cancel", "action_reset"):
            with self.case(action=action):
                getattr(session, action)()
                session.unlink()

    def test_recorded_sessions_are_not_moved(self):
        """What was held was held then; setting it back first says that it was not."""
        for action in ("action_hold", "action_no_show", "action_cancel"):
            with self.case(action=action):
                session = self._plan(start=datetime(2026, 3, 11, 9))
                getattr(session, action)()
                for values in ({"start": NOON}, {"stop": NOON}, {"duration": 3}):
                    self.assertRefused(session.write, values, error=UserError)
                session.location = "Elsewhere"
                session.action_reset()
                session.start = NOON

    def test_counts(self):
        """Against the package count held ones and no-shows, of the counting kinds."""
        self.traject.planned_session_count = 4
        past = datetime(2026, 3, 2, 9)
        for action, kind, amount in (
            (False, "coaching", 1),
            ("action_hold", "coaching", 2),
            ("action_hold", "three_way", 1),
            ("action_no_show", "workshop", 1),
            ("action_cancel", "coaching", 2),
        ):
            for _i in range(amount):
                session = self._plan(start=past, kind=kind)
                if action:
                    getattr(session, action)()
        for user in (self.coach, self.planner, self.account_manager, self.manager):
            traject = self.traject.with_user(user)
            with self.subTest(user=user.name):
                self.assertEqual(traject.session_planned_count, 1)
                self.assertEqual(traject.session_held_count, 3)
                self.assertEqual(traject.session_no_show_count, 1)
                self.assertEqual(traject.session_cancelled_count, 2)
                self.assertEqual(traject.session_left_count, 1)
        self.assertEqual(self.other_traject.session_held_count, 0)
        self.traject.planned_session_count = 2
        self.assertEqual(self.traject.session_left_count, 0, "never below none")

    def test_last_and_next_session(self):
        self._plan(start=datetime(2026, 3, 2, 9)).action_hold()
        self._plan(start=datetime(2026, 3, 9, 9)).action_no_show()
        session = self._plan(start=NOON)
        self._plan(start=datetime(2026, 3, 20, 9))
        self.assertEqual(self.traject.date_last_session, date(2026, 3, 2))
        self.assertEqual(self.traject.date_next_session, NOON)
        session.action_cancel()
        self.assertEqual(self.traject.date_next_session, datetime(2026, 3, 20, 9))

    def test_a_session_stays_with_its_traject(self):
        session = self._plan()
        moved = {"traject_id": self.other_traject.id}
        self.assertRefused(session.write, moved, error=UserError)
        mine = session.with_user(self.planner)
        self.assertRefused(mine.write, moved, error=UserError)
        elsewhere = {**moved, "start": NOON}
        self.assertRefused(session.create, elsewhere)

    def test_refused_values(self):
        for values, error in (
            ({"stop": MORNING}, IntegrityError),
            ({"videocall_url": "javascript:alert(1)"}, ValidationError),
        ):
            with self.case(values=values):
                self.assertRefused(self._plan, error=error, **values)
        self._plan(videocall_url="https://meet.example.com/room")

    # ------------------------------------------------------------------
    # Calendar
    # ------------------------------------------------------------------

    def test_event_holds_nothing_but_the_time(self):
        session = self._plan(
            location="Room 7", videocall_url="https://meet.example.com"
        )
        event = session.event_ids
        self.assertEqual(event.name, "Session")
        self.assertEqual(event.privacy, "private")
        self.assertEqual(event.user_id, self.coach)
        self.assertEqual(event.partner_ids, self.coach.partner_id)
        self.assertEqual((event.start, event.stop), (session.start, session.stop))
        for name in ("description", "location", "videocall_location", "res_id"):
            self.assertFalse(event.sudo()[name], name)
        self.assertFalse(event.sudo().activity_ids)
        self.assertFalse(event.sudo().message_ids.filtered("partner_ids"))

    def test_event_to_colleagues_and_to_its_coach(self):
        event = self._plan().event_ids
        self.assertIn(self.traject.name, event.with_user(self.coach).display_name)
        for role in ("employee", "planner", "other_coach", "manager", "system"):
            self.env.invalidate_all()
            with self.case(role=role):
                seen = event.with_user(self.users[role])
                self.assertEqual(seen.name, "Busy")
                self.assertNotIn(self.traject.name, seen.display_name)
                self.assertFalse(seen.partner_ids)
        with self.case(role="candidate"):
            self.assertRefused(event.with_user(self.candidate).read, ["start"])

    def test_event_follows_the_session(self):
        session = self._plan()
        event = session.event_ids
        session.start = NOON
        self.assertEqual(event.start, NOON)
        self.assertEqual(event.stop, session.stop)
        session.with_user(self.planner).coach_id = self.deputy
        self.assertEqual(event.sudo().user_id, self.deputy)
        self.assertEqual(event.sudo().partner_ids, self.deputy.partner_id)
        self.assertEqual(session.sudo().event_ids, event)

    def test_session_follows_the_event(self):
        session = self._plan()
        event = session.event_ids.with_user(self.coach)
        event.write({"start": NOON, "stop": datetime(2026, 3, 12, 13)})
        self.assertEqual(session.start, NOON)
        self.assertEqual(session.stop, datetime(2026, 3, 12, 13))
        for role in ("employee", "other_coach", "manager"):
            with self.case(role=role):
                moved = {"start": MORNING, "stop": NOON}
                self.assertRefused(event.with_user(self.users[role]).write, moved)
        self.assertEqual(session.start, NOON)

    def test_event_of_a_session_that_does_not_take_place(self):
        session = self._plan(start=datetime(2026, 3, 11, 9))
        for action, kept in (
            ("action_cancel", False),
            ("action_reset", True),
            ("action_hold", True),
            ("action_no_show", False),
        ):
            getattr(session, action)()
            with self.subTest(action=action):
                self.assertEqual(len(session.event_ids), int(kept))
                events = self.env["calendar.event"].search(
                    [("outplacement_session_id", "=", session.id)]
                )
                self.assertEqual(len(events), int(kept))

    def test_event_goes_with_the_session(self):
        session = self._plan()
        event = session.event_ids
        session.unlink()
        self.env.invalidate_all()
        self.assertFalse(event.exists())

    def test_nobody_ties_events_to_sessions(self):
        """An event of one's own would tell when another's session is moved."""
        session = self._plan()
        own = {"name": "Mine", "start": NOON, "stop": datetime(2026, 3, 12, 13)}
        for role in ("other_coach", "coach", "planner", "employee"):
            Event = self.env["calendar.event"].with_user(self.users[role])
            tie = {"outplacement_session_id": session.id}
            with self.case(role=role):
                event = Event.create(own)
                self.assertRefused(event.write, tie)
                self.assertRefused(Event.create, {**own, **tie})
                there = Event.with_context(default_outplacement_session_id=session.id)
                self.assertRefused(there.create, own)
                self.assertRefused(event.copy, tie)

    def test_defaults_of_the_session_do_not_reach_the_event(self):
        Session = self.env["outplacement.session"].with_user(self.coach)
        session = Session.with_context(
            default_traject_id=self.traject.id,
            default_start=MORNING,
            default_location="Room 7",
            default_description="canary",
            default_name="canary",
        ).create({})
        self.assertEqual(session.event_ids.name, "Session")
        self.assertFalse(session.event_ids.description)
        self.assertFalse(session.event_ids.location)

    # ------------------------------------------------------------------
    # Invitation
    # ------------------------------------------------------------------

    def _invite(self, session):
        """Return the mail that inviting sends."""
        with RecordCapturer(self.env["mail.mail"].sudo()) as capture:
            session.action_send_invitation()
        return capture.records

    def test_invitation(self):
        session = self._plan(location="Herengracht 1")
        mail = self._invite(session)
        self.assertEqual(mail.recipient_ids, self.candidate.partner_id)
        self.assertFalse(mail.email_to or mail.email_cc)
        self.assertIn(self.coach.email, mail.reply_to)
        self.assertNotIn("catchall", mail.reply_to)
        self.assertEqual(session.date_invited, datetime(2026, 3, 12, 8))
        body = str(mail.body_html)
        self.assertIn("10:00", body, "in the candidate's time zone")
        self.assertIn("Herengracht 1", body)
        for word in (self.traject.name, self.employer.name, "Coaching", "outplacement"):
            self.assertNotIn(word, body + mail.subject)
        attachment = mail.attachment_ids
        self.assertEqual(attachment.mimetype, "text/calendar")
        event = vobject.readOne(attachment.raw.decode()).vevent
        self.assertEqual(event.dtstart.value.isoformat(), "2026-03-12T09:00:00+00:00")
        self.assertEqual(event.dtend.value.isoformat(), "2026-03-12T10:30:00+00:00")
        self.assertEqual(event.location.value, "Herengracht 1")
        self.assertEqual(
            event.summary.value, f"Appointment with {self.coach.partner_id.name}"
        )
        self.assertFalse(hasattr(event, "description"))

    def test_invitation_shows_in_no_chatter(self):
        """Colleagues who read the traject do not read the mails to its candidate."""
        mail = self._invite(self._plan())
        self.assertNotIn(mail.mail_message_id, self.traject.message_ids)
        for role in ("employee", "account_manager", "other_coach"):
            with self.case(role=role):
                message = mail.mail_message_id.with_user(self.users[role])
                self.assertRefused(message.read, ["body"])
                files = mail.attachment_ids.with_user(self.users[role])
                self.assertRefused(files.read, ["raw"])

    def test_invitation_by_who_may_plan(self):
        session = self._plan()
        for role in ("deputy", "planner"):
            with self.case(role=role):
                mine = session.with_user(self.users[role])
                self.assertTrue(self._invite(mine))
        for role in ("manager", "other_coach", "account_manager", "employee"):
            with self.case(role=role):
                mine = session.with_user(self.users[role])
                self.assertRefused(mine.action_send_invitation)

    def test_no_invitation_without_an_address(self):
        session = self._plan()
        self.candidate.partner_id.email = False
        self.assertRefused(session.action_send_invitation, error=UserError)
        self.assertFalse(session.date_invited)

    # ------------------------------------------------------------------
    # Doors
    # ------------------------------------------------------------------

    def test_write_note_and_open_traject(self):
        session = self._plan()
        action = session.action_write_note()
        Note = self.env[action["res_model"]].with_user(self.coach)
        note = Note.with_context(**action["context"]).create({"body": "Said"})
        self.assertEqual(note.session_id, session)
        self.assertEqual(note.traject_id, self.traject)
        self.assertEqual(session.action_open_traject()["res_id"], self.traject.id)
