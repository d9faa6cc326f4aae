from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import LONG_AGO
from .common_attacks import CONTEXTS, DAY, NOW, AttackCommon

REQUEST = "outplacement.break.glass"
REASON = "The coach is in hospital and a judge asks"


@tagged("post_install", "-at_install")
class TestAttacksOnAccess(AttackCommon):
    """Letting oneself in, or staying in."""

    def test_no_context_makes_more_of_an_assignment(self):
        """No agreement, no earlier start and no reader comes from the context."""
        context = {
            "default_agreed_on": LONG_AGO,
            "default_agreed_channel": "phone",
            "default_agreed_recorded_by_id": self.planner.id,
            "default_assigned_at": "2001-01-01 00:00:00",
            "default_volume_reader_ids": [Command.set(self.traject.member_ids.ids)],
            "default_access_from": "2001-01-01 00:00:00",
        }
        with freeze_time(NOW):
            mine = self.traject.with_user(self.planner).with_context(**context)
            member = mine._assign_member(self.other_coach, "coach", DAY).sudo()
            self.assertFalse(member.agreed_on)
            self.assertFalse(member.agreed_recorded_by_id)
            self.assertEqual(fields.Datetime.to_string(member.assigned_at), NOW)
            readers = member.volume_reader_ids.user_id
            self.assertEqual(readers, self.other_coach + self.deputy)
            self.assertFalse(self._can_read(self.other_coach))

    def _make_planning_deputy(self):
        """Return a planner who stands in for the new coach, and that coach's member."""
        member = self._assign(self.traject, self.other_coach, date_from=DAY)
        user = self._make_user("coach", "test_planning_deputy")
        user.group_ids += self.env.ref("outplacement.group_planner")
        self._assign(self.traject, user, "deputy", DAY, date(2026, 4, 1))
        self.assertFalse(self._can_read(user))
        return user, member

    def test_a_deputy_opens_no_file_by_way_of_the_coach(self):
        """Deputies read what the coach reads: planners who stand in could record an
        agreement, or bring the former coach back, and would read the earlier file."""
        with freeze_time(NOW):
            user, member = self._make_planning_deputy()
            mine = member.with_user(user)
            self.assertRefused(mine._record_agreement, DAY, "phone", error=UserError)
            self.assertRefused(mine.action_record_agreement, error=UserError)
            back = (self.coach, "coach", DAY)
            traject = self.traject.with_user(user)
            self.assertRefused(traject._assign_member, *back, error=UserError)
            self.assertFalse(self._can_read(user))
            # to let somebody else stand in opens nothing for oneself
            traject._assign_member(self.coach, "deputy", DAY, date(2026, 4, 1))
            self.assertFalse(self._can_read(user))
        with freeze_time("2026-04-02 10:00:00"):  # no longer standing in
            mine._record_agreement(DAY, "phone")
            self.assertFalse(self._can_read(user))
            self.assertTrue(self._can_read(self.other_coach))

    def test_an_officer_does_not_climb(self):
        """The privacy officer gives no group, to nobody, and plans nothing."""
        officer = self.privacy_officer
        env = self.env(user=officer)
        for group in ("group_coach", "group_planner", "group_manager"):
            group = self.env.ref(f"outplacement.{group}")
            for method, *args in (
                (officer.with_env(env).write, {"group_ids": [Command.link(group.id)]}),
                (group.with_env(env).write, {"user_ids": [Command.link(officer.id)]}),
                (
                    group.with_env(env).write,
                    {"implied_by_ids": [Command.link(officer.group_ids[:1].id)]},
                ),
                (self.traject.with_env(env)._assign_member, officer, "coach", DAY),
            ):
                with self.case(group=group.name, method=method.__name__, args=args):
                    self.assertRefused(method, *args)

    def test_a_deputy_is_out_at_midnight_wherever_they_are(self):
        """A client in another time zone, with what it likes in the context."""
        with freeze_time("2026-03-02 10:00:00"):
            self._assign(
                self.traject, self.other_coach, "deputy", date(2026, 3, 2), DAY
            )
        self.other_coach.tz = "Pacific/Honolulu"
        mine = self.note.with_user(self.other_coach)
        for moment, access in (
            ("2026-03-12 22:59:59", True),
            ("2026-03-12 23:00:00", False),
        ):
            for zone in ("Pacific/Honolulu", "Pacific/Kiritimati", "Nowhere/At all"):
                with freeze_time(moment), self.case(moment=moment, zone=zone):
                    self.env.flush_all()
                    self.env.invalidate_all()
                    there = mine.with_context(tz=zone)
                    found = there.search_count([("id", "=", mine.id)])
                    self.assertEqual(found, int(access))
                    if not access:
                        self.assertRefused(there.read, ["body"])
                        self.assertRefused(there.write, {"shared": True})
                        values = {"traject_id": self.traject.id, "body": "late"}
                        self.assertRefused(there.create, values)

    # ------------------------------------------------------------------
    # Emergency access
    # ------------------------------------------------------------------

    def _request(self, user, context=None):
        context = context or {}
        Request = self.env[REQUEST].with_user(user).with_context(**context)
        values = {"traject_reference": self.traject.name, "reason": REASON}
        return Request.create(values)

    def test_no_context_decides(self):
        contexts = (
            *CONTEXTS,
            {"uid": self.privacy_officer.id},
            {
                "default_state": "approved",
                "default_approver_id": self.privacy_officer.id,
                "default_approved_from": "2021-01-01 00:00:00",
                "default_approved_until": "2099-01-01 00:00:00",
            },
        )
        for context in contexts:
            for user in (self.manager, self.privacy_officer):
                with self.case(context=context, user=user.login):
                    request = self._request(user, context)
                    self.assertEqual(request.state, "requested")
                    self.assertFalse(request.approved_until)
                    mine = request.with_context(**context)
                    self.assertRefused(mine.action_approve)
                    self.assertRefused(mine._decide, "refused", "approved")
                    self.assertFalse(self._can_read(user))

    def test_an_access_is_not_prolonged(self):
        with freeze_time(NOW):
            request = self._request(self.manager)
            officer = request.with_user(self.privacy_officer)
            officer.action_approve()
            until = request.approved_until
            for method, *args in (
                (officer.action_approve,),
                (officer.action_refuse,),
                (self._request, self.manager),
            ):
                with self.case(method=method.__name__):
                    self.assertRefused(method, *args, error=UserError)
            for record in (officer, request):
                self.assertRefused(record.write, {"hours": 24})
                self.assertRefused(record.copy)
            self.assertEqual(request.approved_until, until)
        with freeze_time(until):
            self.assertFalse(self._can_read(self.manager))
        with freeze_time(until - timedelta(seconds=1)):
            self.assertTrue(self._can_read(self.manager))

    def test_no_context_keeps_the_telling_back(self):
        """Coach, deputy and candidate get their mail whatever the client sends along,
        and nobody else."""
        people = (self.coach + self.deputy + self.candidate).partner_id
        for context in (
            {"default_state": "cancel"},
            {"default_state": "sent", "default_auto_delete": True},
            {"default_scheduled_date": "2099-01-01 00:00:00"},
            {"default_email_to": "somebody.else@example.com"},
            {"default_recipient_ids": self.manager.partner_id.ids},
            {"tracking_disable": True, "mail_notrack": True},
            {"default_notification_status": "canceled"},
        ):
            with self.case(context=context):
                last = self.env["mail.mail"].search([], limit=1, order="id desc").id
                request = self._request(self.manager, context)
                mine = request.with_user(self.privacy_officer)
                mine.with_context(**context).action_approve()
                mails = self.env["mail.mail"].search([("id", ">", last)])
                self.assertLessEqual(people, mails.recipient_ids)
                self.assertEqual(set(mails.mapped("state")), {"outgoing"})
                self.assertFalse(any(mails.mapped("scheduled_date")))
                self.assertFalse(any(mails.mapped("email_to")))

    def test_nobody_says_that_a_session_is_theirs(self):
        """The rules ask a field: no value, default or import of it counts."""
        session = self._make_session(self.other_traject)
        values = {"traject_id": self.other_traject.id, "start": NOW, "is_mine": True}
        theirs = session.with_user(self.coach).sudo(False)
        mine = self._make_session().with_user(self.coach).sudo(False)
        Session = theirs.browse().with_context(default_is_mine=True)
        for method, *args in (
            (theirs.write, {"is_mine": True}),
            (mine.write, {"is_mine": False}),
            (theirs.write, {"traject_id": self.traject.id, "is_mine": True}),
            (theirs.web_save, {"is_mine": True}, {"start": {}}),
            (theirs.onchange, values, ["is_mine"], {"is_mine": {}, "start": {}}),
            (Session.create, values),
            (Session.create, {**values, "is_mine": False}),
            (Session.create, {"traject_id": values["traject_id"], "start": NOW}),
        ):
            with self.case(method=method.__name__, args=args):
                self.assertRefused(method, *args)
                self._check_not_theirs(theirs)
        header = ["traject_id/.id", "start", "is_mine"]
        row = [str(self.other_traject.id), NOW, "1"]
        self.assertFalse(self._try(Session.load, header, [row])["ids"])
        self._check_not_theirs(theirs)
        self.assertEqual(self.other_traject.session_ids, session)

    def _check_not_theirs(self, record):
        """Make sure that the user neither finds nor reads the record."""
        self.assertFalse(record.has_access("read"))
        self.assertFalse(record.search([("id", "=", record.id)]))
        self.assertRefused(record.read, ["id", "start"])

    def test_who_lost_the_group_does_not_read_on_as_a_coach(self):
        """Any group with a right on notes would do, were the access not ended."""
        for name, by in (("manager", "user"), ("privacy_officer", "group")):
            group = self.env.ref(f"outplacement.group_{name}")
            with self.case(group=group.name, by=by):
                self.other_coach.group_ids += group
                request = self._request(self.other_coach)
                request.with_user(self.privacy_officer).action_approve()
                self.assertTrue(self._can_read(self.other_coach))
                if by == "user":
                    self.other_coach.group_ids -= group
                else:
                    group.user_ids -= self.other_coach
                self.assertFalse(self._can_read(self.other_coach))
                self.assertEqual(request.sudo().state, "ended")
                self.assertEqual(len(self._get_rows("break_glass_ended")), 1)

    def test_other_changes_of_groups_end_no_access(self):
        request = self._request(self.manager)
        request.with_user(self.privacy_officer).action_approve()
        self.coach.group_ids -= self.env.ref("outplacement.group_coach")
        self.manager.group_ids += self.env.ref("outplacement.group_planner")
        self.manager.group_ids -= self.env.ref("outplacement.group_planner")
        self.assertEqual(request.sudo().state, "approved")
        self.assertTrue(self._can_read(self.manager))
