from datetime import date

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import LONG_AGO, ROLES, OutplacementCommon

MEMBER = "outplacement.traject.member"
GROUPS = "outplacement.group_%s"


@tagged("post_install", "-at_install")
class TestMembership(OutplacementCommon):
    """Membership is the boundary: given by planners, by method, until its last day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.note = cls._make_note()
        cls.member = cls.traject.member_ids.filtered(lambda m: m.role == "coach")
        cls.command = Command.create(
            {
                "user_id": cls.other_coach.id,
                "role": "deputy",
                "date_from": LONG_AGO,
            }
        )

    def _get_access(self, user):
        """Whether ``user`` enters the file now: the same for reading and finding."""
        self.env.flush_all()
        self.env.invalidate_all()
        note = self.note.with_user(user)
        access = note.has_access("read")
        self.assertEqual(bool(note.search([("id", "=", note.id)])), access)
        traject = self.traject.with_user(user)
        self.assertEqual(traject.has_access("write"), access)
        if access:
            self.assertTrue(note.body)
            self.assertTrue(traject.is_member)
        return access

    def _guides(self, user):
        """Whether ``user`` guides the traject now, with or without its earlier file."""
        self.env.flush_all()
        self.env.invalidate_all()
        return self.traject.with_user(user).has_access("write")

    # ------------------------------------------------------------------
    # By method only
    # ------------------------------------------------------------------

    def test_nobody_writes_members(self):
        """Not directly, through no other record, by no import and no default."""
        values = {"traject_id": self.traject.id, **self.command[2]}
        context = {f"default_{key}": value for key, value in values.items()}
        for role in (*ROLES, "superadmin"):
            user = self.users.get(role) or self.env.ref("base.user_admin")
            Member, member = (
                self.env[MEMBER].with_user(user),
                self.member.with_user(user),
            )
            for method, *args in (
                (Member.create, values),
                (Member.with_context(**context).create, {}),
                (Member.name_create, "x"),
                (member.copy, {"user_id": self.other_coach.id}),
                (member.write, {"user_id": self.other_coach.id}),
                (member.write, {"date_to": False}),
                (member.write, {"access_until": "9999-12-31 00:00:00"}),
                (member.unlink,),
            ):
                with self.case(role=role, method=method.__name__, args=args):
                    self.assertRefused(method, *args)
            with self.case(role=role, method="load"):
                names = ["traject_id/.id", "user_id/.id", "role", "date_from"]
                row = [self.traject.id, self.other_coach.id, "coach", "2021-01-04"]
                self.assertFalse(Member.load(names, [row])["ids"])

    def test_no_member_through_a_traject(self):
        for role in ("coach", "planner", "manager", "account_manager"):
            traject = self.traject.with_user(self.users[role])
            self.member.invalidate_recordset()
            new = {"type_id": self.traject_type.id}
            for method, *args in (
                (traject.write, {"member_ids": [self.command]}),
                (traject.write, {"member_ids": [Command.clear()]}),
                (traject.write, {"member_ids": [Command.delete(self.member.id)]}),
                (
                    traject.write,
                    {"member_ids": [Command.update(self.member.id, {"role": "coach"})]},
                ),
                (traject.write, {"member_ids": [Command.link(self.member.id)]}),
                (traject.web_save, {"member_ids": [self.command]}, {"id": {}}),
                (traject.create, {**new, "member_ids": [self.command]}),
                (traject.with_context(default_member_ids=[self.command]).create, new),
                (traject.write, {"coach_id": self.other_coach.id}),
                (traject.create, {**new, "coach_id": self.other_coach.id}),
            ):
                with self.case(role=role, method=method.__name__, args=args):
                    self.assertRefused(method, *args)
            with self.case(role=role, method="load"):
                names = [
                    "type_id/.id",
                    "member_ids/user_id/.id",
                    "member_ids/date_from",
                ]
                row = [self.traject_type.id, self.other_coach.id, "2021-01-04"]
                self.assertFalse(traject.load(names, [row])["ids"])

    def test_personal_defaults_give_nothing(self):
        """A default that a user keeps for themselves fills no closed field."""
        for role, model, name, value in (
            ("planner", "outplacement.traject", "state", "active"),
            ("coach", "outplacement.report", "state", "released"),
            ("coach", "outplacement.session", "state", "held"),
            ("coach", "outplacement.note", "body_cipher", "x"),
        ):
            user = self.users[role]
            with self.case(model=model, field=name):
                Default = self.env["ir.default"].with_user(user)
                Default.set(model, name, value, user_id=True)
                values = {
                    "outplacement.traject": {"type_id": self.traject_type.id},
                    "outplacement.report": {
                        "date_from": LONG_AGO,
                        "date_to": LONG_AGO,
                    },
                }.get(model, {})
                if "traject_id" in self.env[model]._fields:
                    values["traject_id"] = self.traject.id
                record = self.env[model].with_user(user).create(values)
                self.assertNotEqual(record.sudo()[name], value)

    def test_a_personal_default_ties_no_event(self):
        """An event that somebody tied to another's session would tell when it is."""
        session = self._make_session()
        for role in ("employee", "other_coach"):
            user = self.users[role]
            with self.case(role=role):
                self.env["ir.default"].with_user(user).set(
                    "calendar.event",
                    "outplacement_session_id",
                    session.id,
                    user_id=True,
                )
                event = (
                    self.env["calendar.event"]
                    .with_user(user)
                    .create(
                        {
                            "name": "Lunch",
                            "start": session.start,
                            "stop": session.stop,
                        }
                    )
                )
                self.assertFalse(event.sudo().outplacement_session_id)

    def test_a_session_or_a_note_lets_nobody_in(self):
        """Being named on a record of the traject is no membership."""
        session = self._make_session(coach_id=self.other_coach.id)
        self.note.with_user(self.coach).session_id = session
        self.assertFalse(self._get_access(self.other_coach))
        self.assertRefused(session.with_user(self.other_coach).read, ["start"])

    def test_only_planners_assign(self):
        for role in set(ROLES) - {"planner", "manager"}:
            with self.case(role=role):
                mine = self.traject.with_user(self.users[role])
                assign = (self.other_coach, "deputy", LONG_AGO)
                self.assertRefused(mine._assign_member, *assign)
                self.assertRefused(self.member.with_user(mine.env.user).action_end)
                no = self.member.with_user(mine.env.user).action_match_no
                self.assertRefused(no)
        for role in ("planner", "manager"):
            with self.case(role=role):
                mine = self.traject.with_user(self.users[role])
                mine._assign_member(self.other_coach, "deputy", LONG_AGO)
                self.assertTrue(self._get_access(self.other_coach))

    def test_nobody_assigns_themselves(self):
        for role in ("planner", "manager"):
            user = self.users[role]
            user.group_ids += self.env.ref(GROUPS % "coach")
            mine = self.traject.with_user(user)
            wizard = self.env["outplacement.traject.assign"].with_user(user)
            values = {
                "traject_ids": [Command.set(self.traject.ids)],
                "user_id": user.id,
            }
            for context in ({}, {"uid": self.coach.id}, {"default_user_id": user.id}):
                with self.case(role=role, context=context):
                    there = mine.with_context(**context)
                    assign = (user, "coach", LONG_AGO)
                    self.assertRefused(there._assign_member, *assign, error=UserError)
                    mine_too = wizard.with_context(**context).create(values)
                    self.assertRefused(mine_too.action_assign, error=UserError)
            self.assertRefused(self.note.with_user(user).read, ["body"])

    def test_only_coaches_are_assigned(self):
        gone = self._make_user("coach", "test_gone")
        gone.active = False
        mine = self.traject.with_user(self.planner)
        for user in (self.manager, self.employee, self.candidate, self.system, gone):
            with self.case(user=user.name):
                assign = (user, "deputy", LONG_AGO)
                self.assertRefused(mine._assign_member, *assign, error=UserError)

    def test_assigning_is_logged(self):
        log = self.traject.message_ids
        self._assign(self.traject, self.other_coach, "deputy", date_to=date(2099, 1, 1))
        text = (self.traject.message_ids - log).body
        self.assertIn(self.planner.name, text)
        self.assertIn(self.other_coach.name, text)
        self.traject.member_ids[0].with_user(self.planner).action_end()
        self.assertGreater(len(self.traject.message_ids - log), 1)

    def test_losing_the_group_ends_access(self):
        self.coach.group_ids -= self.env.ref(GROUPS % "coach")
        self.assertRefused(self.note.with_user(self.coach).read, ["body"])
        self.assertRefused(self.traject.with_user(self.coach).read, ["state"])

    # ------------------------------------------------------------------
    # Until the last day
    # ------------------------------------------------------------------

    def _assign_deputy(self, date_from, date_to):
        self._assign(self.traject, self.other_coach, "deputy", date_from, date_to)

    def test_access_ends_at_midnight_of_the_company(self):
        """In Amsterdam, in winter and in summer time, wherever the user is."""
        self._assign_deputy(date(2026, 3, 2), date(2026, 3, 12))
        self._assign_deputy(date(2026, 6, 1), date(2026, 6, 5))
        for moment, access in (
            ("2026-03-01 22:59:59", False),
            ("2026-03-01 23:00:00", True),
            ("2026-03-12 22:59:59", True),
            ("2026-03-12 23:00:00", False),
            ("2026-05-31 21:59:59", False),
            ("2026-05-31 22:00:00", True),
            ("2026-06-05 21:59:59", True),
            ("2026-06-05 22:00:00", False),
        ):
            with freeze_time(moment), self.subTest(moment=moment):
                self.assertEqual(self._get_access(self.other_coach), access)

    def test_no_time_zone_extends_access(self):
        self._assign_deputy(date(2026, 3, 2), date(2026, 3, 12))
        note = self.note.with_user(self.other_coach)
        for zone in ("Pacific/Honolulu", "Pacific/Kiritimati", "UTC", False):
            self.other_coach.tz = zone
            with freeze_time("2026-03-12 23:30:00"), self.subTest(zone=zone):
                self.assertFalse(self._get_access(self.other_coach))
                there = note.with_context(tz=zone)
                self.assertFalse(there.search([("id", "=", note.id)]))
                self.assertRefused(there.read, ["body"])
                traject = self.traject.with_env(there.env)
                self.assertFalse(traject.has_access("read"))

    def test_no_context_extends_a_membership(self):
        """Defaults in the context of the wizard do not reach the member."""
        context = {
            "default_access_from": "2000-01-01 00:00:00",
            "default_access_until": "9999-12-31 00:00:00",
            "default_ended_at": False,
            "default_traject_id": self.other_traject.id,
            "tz": "Pacific/Honolulu",
        }
        wizard = self.env["outplacement.traject.assign"].with_user(self.planner)
        wizard.with_context(**context).create(
            {
                "traject_ids": [Command.set(self.traject.ids)],
                "role": "deputy",
                "user_id": self.other_coach.id,
                "date_from": date(2026, 3, 2),
                "date_to": date(2026, 3, 12),
            }
        ).action_assign()
        member = self.traject.member_ids.filtered(
            lambda m: m.user_id == self.other_coach
        )
        self.assertEqual(str(member.access_from), "2026-03-01 23:00:00")
        self.assertEqual(str(member.access_until), "2026-03-12 23:00:00")

    @freeze_time("2026-03-12 10:00:00")
    def test_a_new_coach_ends_the_old_ones_access_at_once(self):
        self.assertTrue(self._get_access(self.coach))
        self._assign(self.traject, self.other_coach, date_from=date(2026, 3, 12))
        self.assertFalse(self._get_access(self.coach))
        self.assertTrue(self._guides(self.other_coach))
        self.assertTrue(self._get_access(self.deputy), "a deputy stays")
        self.assertEqual(self.traject.coach_id, self.other_coach)
        self.assertRefused(self.note.with_user(self.coach).read, ["body"])

    def test_a_coach_to_come_ends_the_old_ones_access_then(self):
        with freeze_time("2026-03-12 10:00:00"):
            self._assign(self.traject, self.other_coach, date_from=date(2026, 3, 16))
        for moment, old in (
            ("2026-03-12 10:00:00", True),
            ("2026-03-15 22:59:59", True),
            ("2026-03-15 23:00:00", False),
        ):
            with freeze_time(moment), self.subTest(moment=moment):
                self.assertEqual(self._get_access(self.coach), old)
                self.assertEqual(self._guides(self.other_coach), not old)

    def test_the_coach_in_lists_follows_the_day(self):
        """A stored convenience: the daily job brings it up to date."""
        with freeze_time("2026-03-12 10:00:00"):
            self._assign(self.traject, self.other_coach, date_from=date(2026, 3, 16))
            self.assertEqual(self.traject.coach_id, self.coach)
        with freeze_time("2026-03-16 01:00:00"):
            self.env["outplacement.traject"]._cron_refresh_coaches()
            self.assertEqual(self.traject.coach_id, self.other_coach)

    def test_ending_and_no_match_end_access_now(self):
        for action in ("action_end", "action_match_no"):
            with self.case(action=action), freeze_time("2026-03-12 10:00:00"):
                getattr(self.member.with_user(self.planner), action)()
                self.assertFalse(self._get_access(self.coach))
                self.assertFalse(self.traject.coach_id)

    def test_ending_again_changes_nothing(self):
        with freeze_time("2026-03-12 10:00:00"):
            self.member.with_user(self.planner).action_end()
        with freeze_time("2026-03-20 10:00:00"):
            self.member.with_user(self.planner).action_end()
        self.assertEqual(str(self.member.access_until), "2026-03-12 10:00:00")
        self.assertEqual(self.member.date_to, date(2026, 3, 12))

    def test_a_coach_who_returns_gets_in_again(self):
        with freeze_time("2026-03-12 10:00:00"):
            self.member.with_user(self.planner).action_end()
            self.assertFalse(self._get_access(self.coach))
        with freeze_time("2026-03-12 11:00:00"):
            self._assign(self.traject, self.coach, date_from=date(2026, 3, 12))
            self.assertTrue(self._get_access(self.coach))

    def test_members_of_another_company(self):
        """Who works for another company only does not enter, assigned or not."""
        other = self.env["res.company"].create({"name": "Sister Bureau"})
        self.coach.write({"company_ids": [Command.set(other.ids)], "company_id": other})
        mine = self.note.with_user(self.coach).with_company(other)
        self.assertFalse(mine.search([("id", "=", mine.id)]))
        self.assertRefused(mine.read, ["body"])

    def test_the_wizard_refuses_odd_dates(self):
        wizard = self.env["outplacement.traject.assign"].with_user(self.planner)
        values = {
            "traject_ids": [Command.set(self.traject.ids)],
            "role": "deputy",
            "user_id": self.other_coach.id,
            "date_from": date(2026, 3, 12),
        }
        for date_to in (False, date(2026, 3, 11)):
            with self.case(date_to=date_to):
                refused = wizard.create({**values, "date_to": date_to})
                self.assertRefused(refused.action_assign, error=UserError)
