from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from .test_access_log import AccessLogCommon

GUARD = "odoo.addons.outplacement.models.outplacement_access_log_guard"


@tagged("post_install", "-at_install")
class TestGuards(AccessLogCommon):
    """Who gets a group is written and told; every day the walls are looked at."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.group = cls.env.ref("outplacement.group_coach")
        cls.foreign = cls.env["res.groups"].create({"name": "Foreign"})
        cls.start = max(cls.Log.search([]).ids)

    def _get_messages(self):
        domain = [("notified_partner_ids", "in", self.privacy_officer.partner_id.ids)]
        return self.env["mail.message"].search(domain, order="id")

    def _get_changes(self):
        rows = self._get_rows("group_given", "group_taken")
        return [
            (row.kind, row.subject_id, self.env["res.groups"].browse(row.res_id))
            for row in rows
        ]

    # ------------------------------------------------------------------
    # Groups of users
    # ------------------------------------------------------------------

    def test_giving_a_group_is_written_and_told_by_whatever_way(self):
        user, group, foreign = self.employee, self.group, self.foreign
        ways = {
            "user": lambda: user.write({"group_ids": [Command.link(group.id)]}),
            "group": lambda: group.write({"user_ids": [Command.link(user.id)]}),
            "all users": lambda: group.write({"all_user_ids": [Command.link(user.id)]}),
            "implied": lambda: (
                user.write({"group_ids": [Command.link(foreign.id)]}),
                foreign.write({"implied_ids": [Command.link(group.id)]}),
            ),
            "implied by": lambda: (
                user.write({"group_ids": [Command.link(foreign.id)]}),
                group.write({"implied_by_ids": [Command.link(foreign.id)]}),
            ),
            "new group": lambda: self.env["res.groups"].create(
                {
                    "name": "New",
                    "user_ids": [Command.link(user.id)],
                    "implied_ids": [Command.link(group.id)],
                }
            ),
        }
        for way, give in ways.items():
            with self.case(way=way):
                before = self._get_messages()
                give()
                self.assertEqual(self._get_changes(), [("group_given", user, group)])
                self.assertEqual(self._get_rows().user_id, self.env.user)
                [message] = self._get_messages() - before
                self.assertIn(user.name, message.body)
                self.assertIn("Coach", message.body)

    def test_taking_a_group_is_written_and_told(self):
        before = self._get_messages()
        self.coach.group_ids -= self.group
        self.assertEqual(self._get_changes(), [("group_taken", self.coach, self.group)])
        self.assertEqual(len(self._get_messages() - before), 1)

    def test_a_new_user_with_a_group_is_written(self):
        user = new_test_user(
            self.env, "test_new", "outplacement.group_planner,outplacement.group_coach"
        )
        planner = self.env.ref("outplacement.group_planner")
        self.assertEqual(
            {(kind, who, group) for kind, who, group in self._get_changes()},
            {("group_given", user, self.group), ("group_given", user, planner)},
        )

    def test_who_gave_it_is_named(self):
        admin = self.env.ref("base.user_admin")
        self.employee.with_user(admin).write(
            {"group_ids": [Command.link(self.group.id)]}
        )
        self.assertEqual(self._get_rows().user_id, admin)

    def test_other_changes_leave_nothing(self):
        before = self._get_messages()
        self.employee.write({"group_ids": [Command.link(self.foreign.id)]})
        self.coach.write({"name": "Another Name"})
        self.coach.write({"group_ids": [Command.link(self.group.id)]})
        self.foreign.write({"name": "Other", "user_ids": [Command.clear()]})
        new_test_user(self.env, "test_portal_user", "base.group_portal")
        self.foreign.unlink()
        self.assertFalse(self._get_rows())
        self.assertEqual(self._get_messages(), before)

    # ------------------------------------------------------------------
    # The daily look
    # ------------------------------------------------------------------

    def _look(self):
        with mute_logger(GUARD):
            self.Log._cron_check_guards()

    def test_all_stands_as_it_was_built(self):
        self.assertEqual(self.Log._get_breaches(), [])
        shipped = self.Log._get_shipped_rules()
        self.assertGreaterEqual(len(shipped), 6)
        for xmlid in ("read", "write", "company"):
            self.assertIn(f"outplacement_note_rule_{xmlid}", shipped)

    def test_a_group_that_came_by_sql_is_found(self):
        self._look()
        self.start = max(self.Log.search([]).ids)
        query = SQL(
            "INSERT INTO res_groups_users_rel (uid, gid) VALUES (%s, %s)",
            self.employee.id,
            self.group.id,
        )
        self.env.cr.execute(query)
        self.env.invalidate_all()
        before = self._get_messages()
        self._look()
        self.assertEqual(
            self._get_changes(), [("group_given", self.employee, self.group)]
        )
        self.assertEqual(self._get_rows().detail, "daily check")
        self.assertEqual(len(self._get_messages() - before), 1)
        self._look()
        self.assertEqual(len(self._get_rows()), 1, "once")

    def test_breaches_are_told(self):
        rule = self.env.ref("outplacement.outplacement_note_rule_read")
        coaches = self.env.ref("outplacement.group_coach")
        for breach, change in {
            "implied": lambda: self.foreign.write(
                {"implied_ids": [Command.link(coaches.id)]}
            ),
            "archived": lambda: rule.write({"active": False}),
            "domain": lambda: rule.write({"domain_force": "[(1, '=', 1)]"}),
            "group": lambda: rule.write({"groups": [Command.link(self.foreign.id)]}),
            "operation": lambda: rule.write({"perm_write": True}),
            "deleted": rule.unlink,
            "model": lambda: rule.write(
                {"model_id": self.env["ir.model"]._get("res.partner").id}
            ),
            "trigger": lambda: self.env.cr.execute(
                "ALTER TABLE outplacement_access_log DISABLE TRIGGER USER"
            ),
        }.items():
            with self.case(breach=breach), freeze_time("2026-03-12 00:45:00"):
                if breach == "model":
                    rule.domain_force = "[]"
                change()
                self.assertEqual(len(self.Log._get_breaches()), 1)
                before = self._get_messages()
                with self.assertLogs(GUARD, "WARNING"):
                    self.Log._cron_check_guards()
                self.assertGreaterEqual(len(self._get_messages() - before), 1)

    def test_the_cron_calls_it(self):
        cron = self.env.ref("outplacement.ir_cron_guards")
        self.assertEqual(cron.code, "model._cron_check_guards()")
        self.assertTrue(cron.active)
