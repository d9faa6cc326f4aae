from datetime import date
from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from ..models.outplacement_traject_member_version import TRIGGERS
from .common import OutplacementCommon

MEMBERS = "outplacement_traject_member"


@tagged("post_install", "-at_install")
class TestAccessVersion(OutplacementCommon):
    """What a user guides is kept by the server, and never for another user, nor for
    memberships that are others by now, or were undone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.member = cls.traject.member_ids.filtered(lambda m: m.user_id == cls.coach)
        cls.env.flush_all()
        cls.env.invalidate_all()

    def _find(self, user=None):
        """Return what ``user`` finds in a request of their own."""
        self.env.invalidate_all()
        return self._find_at_once(user)

    def _find_at_once(self, user=None):
        Traject = self.env["outplacement.traject"].with_user(user or self.coach)
        return Traject.search([]).with_env(self.env)

    def _get_version(self, user=None):
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT outplacement_access_version FROM res_users WHERE id = %s",
            [(user or self.coach).id],
        )
        return self.env.cr.fetchone()[0]

    def _asking(self):
        """Watch how often memberships are asked for."""
        Users = self.registry["res.users"]
        return patch.object(
            Users,
            "_find_outplacement_standing",
            autospec=True,
            side_effect=Users._find_outplacement_standing,
        )

    def _insert(self, user):
        """Have ``user`` guide the traject, past the ORM."""
        self.env.cr.execute(
            """
            INSERT INTO outplacement_traject_member
                   (traject_id, user_id, role, match, date_from, assigned_at,
                    access_from, access_until)
            SELECT traject_id, %s, 'coach', 'yes', date_from, assigned_at,
                   access_from, 'infinity'
              FROM outplacement_traject_member WHERE id = %s
            """,
            [user.id, self.member.id],
        )

    def test_kept_from_one_request_to_the_next(self):
        self.assertEqual(self._find(), self.traject)
        with self._asking() as asked:
            self.assertEqual(self._find(), self.traject)
            asked.assert_not_called()
            self.registry.clear_cache()
            self.assertEqual(self._find(), self.traject)
            asked.assert_called_once()

    def test_a_list_takes_no_query_more_than_a_superuser(self):
        Traject = self.env["outplacement.traject"].with_user(self.coach)
        queries = []
        for model in (Traject, Traject, Traject.sudo()):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(model.env.user.company_id, self.company)
            self.assertIn(self.traject, model.search_fetch([], ["name"]))
            queries.append(self.env.cr.sql_log_count - before)
        self.assertEqual(queries[1], queries[2])

    def test_each_change_gives_another_version(self):
        execute = self.env.cr.execute
        traject, member = self.traject.id, self.member
        for name, change, found in (
            ("ended", lambda: member.with_user(self.planner).action_end(), False),
            ("written", lambda: member.write({"date_to": member.date_from}), False),
            ("moved", lambda: member.write({"user_id": self.other_coach.id}), False),
            ("unlinked", member.unlink, False),
            (
                "SQL",
                lambda: execute(
                    f"UPDATE {MEMBERS} SET access_until = access_from WHERE id = %s",
                    [member.id],
                ),
                False,
            ),
            (
                "SQL, deleted",
                lambda: execute(
                    f"DELETE FROM {MEMBERS} WHERE traject_id = %s", [traject]
                ),
                False,
            ),
            ("match", lambda: member.write({"match": "yes"}), True),
        ):
            with self.case(name=name):
                self.assertEqual(self._find(), self.traject)
                before = self._get_version()
                change()
                self.assertEqual(bool(self._find()), found)
                self.assertNotEqual(self._get_version(), before)
                self.assertTrue(self._get_version())

    def test_it_is_told_to_whom_it_goes(self):
        versions = []
        for change in (
            lambda: self.member.write({"user_id": self.other_coach.id}),
            lambda: self.env.cr.execute(
                f"UPDATE {MEMBERS} SET user_id = %s WHERE id = %s",
                [self.coach.id, self.member.id],
            ),
        ):
            before = self._get_version(), self._get_version(self.other_coach)
            others = self._get_version(self.deputy)
            change()
            after = self._get_version(), self._get_version(self.other_coach)
            self.assertFalse(set(before) & set(after))
            self.assertEqual(self._get_version(self.deputy), others)
            versions += after
        self.assertEqual(len(set(versions)), 4)

    def test_the_table_has_a_trigger_for_every_event(self):
        self.env.cr.execute(
            """
            SELECT tgname, tgtype, tgenabled FROM pg_trigger
             WHERE tgrelid = %s::regclass AND NOT tgisinternal
            """,
            [MEMBERS],
        )
        # 4, 8, 16, 32: after an INSERT, DELETE, UPDATE, TRUNCATE, for each statement
        self.assertCountEqual(
            self.env.cr.fetchall(),
            [
                ("outplacement_access_version_insert", 4, "A"),
                ("outplacement_access_version_delete", 8, "A"),
                ("outplacement_access_version_update", 16, "A"),
                ("outplacement_access_version_truncate", 32, "A"),
            ],
        )

    def test_emptying_the_table_ends_all(self):
        self._find()
        with self.undone():
            # as TRUNCATE does, which would wait for whoever reads
            self.env.cr.execute(
                """
                CREATE TEMPORARY TABLE members (user_id int4);
                CREATE TRIGGER emptied AFTER TRUNCATE ON members
                FOR EACH STATEMENT EXECUTE FUNCTION outplacement_access_version();
                TRUNCATE members
                """
            )
            self.assertFalse(self._get_version())

    def test_a_change_that_is_still_to_be_written(self):
        self.assertEqual(self._find(), self.traject)
        self.member.write({"date_to": self.member.date_from})
        # read between the change and its writing, with whatever else is read of a user
        self.assertTrue(self.coach.sudo().outplacement_access_version)
        self.assertFalse(self._find_at_once())

    def test_a_change_past_the_orm_that_it_is_told_of(self):
        own = self._find(self.other_coach)
        self._insert(self.other_coach)
        self.member.modified(["user_id"])
        self.assertEqual(self._find_at_once(self.other_coach), own + self.traject)

    def test_an_undone_change_leaves_nothing(self):
        for name, give in (
            ("ORM", lambda: self._assign(self.traject, self.other_coach)),
            ("SQL", lambda: self._insert(self.other_coach)),
        ):
            with self.subTest(name):
                own = self._find(self.other_coach)
                self.assertNotIn(self.traject, own)
                with self.undone():
                    give()
                    self.assertIn(self.traject, self._find(self.other_coach))
                self.assertEqual(self._find(self.other_coach), own)

    def test_nothing_is_kept_for_a_version_that_is_gone(self):
        """Somebody writes past the ORM, which goes on with the version it read."""
        own = self._find(self.other_coach)
        self.registry.clear_cache()
        with self.undone():
            version = self.other_coach.sudo().outplacement_access_version
            self._insert(self.other_coach)
            self.env["res.users"].invalidate_model(["outplacement_known_until"])
            known = self.other_coach.sudo().outplacement_access_version
            self.assertEqual(known, version, "not read again")
            self.assertIn(self.traject, self._find_at_once(self.other_coach))
        self.assertEqual(self._find(self.other_coach), own)

    def test_users_without_a_version(self):
        """They are asked about every time: nothing tells when that changes."""
        self.env.cr.execute("UPDATE res_users SET outplacement_access_version = NULL")
        with self._asking() as asked:
            for _request in range(2):
                self.assertEqual(self._find(), self.traject)
        self.assertEqual(asked.call_count, 2)

    def test_nobody_has_the_version_of_another(self):
        self._find(), self._find(self.other_coach)
        self.env.cr.execute(
            "UPDATE res_users SET outplacement_access_version = %s WHERE id = %s",
            [self._get_version(), self.other_coach.id],
        )
        self.assertNotIn(self.traject, self._find(self.other_coach))

    def test_a_clock_that_went_back(self):
        """What had ended by the time of asking is asked for again."""
        self.member.write({"date_to": date(2026, 6, 30)})
        for now, found in (
            ("2026-07-01 10:00:00", False),
            ("2026-06-30 10:00:00", True),
            ("2026-07-01 10:00:00", False),
        ):
            with freeze_time(now):
                self.assertEqual(bool(self._find()), found, now)

    def test_a_beginning_that_is_kept(self):
        self.member.write({"date_from": date(2026, 6, 30)})
        for now, found in (
            ("2026-06-29 10:00:00", False),
            ("2026-06-30 10:00:00", True),
        ):
            with freeze_time(now):
                self.assertEqual(bool(self._find()), found, now)

    def test_a_user_who_is_not_saved(self):
        user = self.env["res.users"].new({"name": "Somebody"})
        self.assertFalse(user.outplacement_guided)
        user = self.env["res.users"].new(origin=self.coach)
        self.assertEqual(user.outplacement_guided, self.traject.ids)

    def test_the_version_is_closed(self):
        for user in (self.coach, self.manager, self.env.ref("base.user_admin")):
            mine = self.coach.with_user(user)
            self.assertNotIn("outplacement_access_version", mine.fields_get())
            self.assertRefused(mine.read, ["outplacement_access_version"])
            self.assertRefused(mine.write, {"outplacement_access_version": "1"})
            self.assertRefused(
                mine.search, [("outplacement_access_version", "!=", False)]
            )

    def test_what_is_known_is_nobody_s_to_change(self):
        Users = self.env["res.users"].with_user(self.coach)
        self.assertEqual(
            Users._get_outplacement_access("outplacement_guided"), self.traject._ids
        )

    def test_an_upgrade_gives_a_version(self):
        self.env.cr.execute("UPDATE res_users SET outplacement_access_version = NULL")
        self.env["outplacement.traject.member"]._make_version_triggers()
        self.assertTrue(self._get_version())
        self.assertFalse(self._get_version(self.planner))

    def test_an_upgrade_tells_who_lost_all_unseen(self):
        """They may have, while there were no triggers."""
        self.assertEqual(self._find(), self.traject)
        with self.undone():
            self.env.cr.execute(f"ALTER TABLE {MEMBERS} DISABLE TRIGGER USER")
            self.env.cr.execute(
                f"DELETE FROM {MEMBERS} WHERE user_id = %s", [self.coach.id]
            )
            self.assertEqual(self._find(), self.traject, "nothing told of it")
            self.env["outplacement.traject.member"]._make_version_triggers()
            self.assertFalse(self._find())

    def test_the_daily_look_misses_each_trigger(self):
        Log = self.env["outplacement.access.log"]
        self.assertEqual(Log._get_breaches(), [])
        for name in TRIGGERS.values():
            for change in (
                f"ALTER TABLE {MEMBERS} DISABLE TRIGGER {name}",
                f"ALTER TABLE {MEMBERS} ENABLE REPLICA TRIGGER {name}",
                f"ALTER TABLE {MEMBERS} ENABLE TRIGGER {name}",
                f"DROP TRIGGER {name} ON {MEMBERS}",
            ):
                with self.case(change=change):
                    self.env.cr.execute(change)
                    self.assertEqual(len(Log._get_breaches()), 1)
