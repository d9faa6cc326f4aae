from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from ..tools.caseload_boolean import CaseloadBoolean
from .common import OutplacementCommon

MODELS = ("outplacement.traject", "outplacement.session", "outplacement.note")


@tagged("post_install", "-at_install")
class TestCaseload(OutplacementCommon):
    """What is open to a user is found once a transaction, and never lasts too long.

    Nothing is invalidated by hand in here: that is what is tested.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.session = cls._make_session()
        cls.note = cls._make_note()
        cls.env.flush_all()
        cls.env.invalidate_all()

    def _count(self, user):
        """Return how many trajects, sessions and notes ``user`` finds."""
        return [self.env[model].with_user(user).search_count([]) for model in MODELS]

    def test_the_clock_ends_it(self):
        with freeze_time("2099-12-31 22:59:59"):
            self.assertEqual(self._count(self.deputy), [1, 1, 1])
        with freeze_time("2099-12-31 23:00:00"):
            self.assertEqual(self._count(self.deputy), [0, 0, 0])

    def test_the_clock_begins_it(self):
        with freeze_time("2021-01-03 22:59:59"):
            self.assertEqual(self._count(self.coach), [0, 0, 0])
        with freeze_time("2021-01-03 23:00:00"):
            self.assertEqual(self._count(self.coach), [1, 1, 1])

    def test_an_end_counts_at_once(self):
        self.assertEqual(self._count(self.coach), [1, 1, 1])
        self.traject.member_ids.with_user(self.planner).action_end()
        self.assertEqual(self._count(self.coach), [0, 0, 0])

    def test_an_assignment_counts_at_once(self):
        self.assertEqual(self._count(self.other_coach), [1, 0, 0])
        self._assign(self.traject, self.other_coach)
        self.assertEqual(self._count(self.other_coach), [2, 1, 0])

    def test_found_once(self):
        self._count(self.coach)
        with self.assertQueryCount(len(MODELS)):
            self._count(self.coach)

    def _find_mine(self, user, operator="=", value=True):
        """Return the trajects that are the user's by the filter, those that are not,
        and how often the query names the caseload."""
        Traject = self.env["outplacement.traject"].with_user(user)
        mine, others = [("is_member", operator, value)], [("is_member", "=", False)]
        named = str(Traject._search(mine).select()).count(
            '"outplacement_traject"."id" IN'
        )
        return Traject.search(mine), Traject.search(others), named

    def test_a_filter_repeats_no_rule(self):
        """Twice the same ids in one query have PostgreSQL read the whole table."""
        for asked in (("=", True), ("in", [True]), ("!=", False)):
            with self.subTest(asked):
                mine, others, named = self._find_mine(self.coach, *asked)
                self.assertEqual((mine, len(others), named), (self.traject, 0, 1))

    def test_a_filter_beside_wider_rules(self):
        """Rights to more than the caseload do not make it larger."""
        other = self._make_traject()
        for name, widen in (
            ("account manager", self._make_account_manager_of),
            ("another module", self._open_wide),
            ("planner", self._make_planner),
        ):
            with self.subTest(name):
                widen(other)
                mine, others, _named = self._find_mine(self.coach)
                self.assertEqual(mine, self.traject)
                self.assertIn(other, others)
        everybody = self.env["outplacement.traject"].with_user(self.coach).sudo()
        self.assertEqual(everybody.search([("is_member", "=", True)]), self.traject)

    def test_my_sessions(self):
        """The sessions of whoever guides the traject, whoever holds them."""
        theirs = self._make_session(
            self._make_traject(), user=self.planner, coach_id=self.coach.id
        )
        session = self.session
        self.planner.group_ids += self.env.ref("outplacement.group_coach")
        for user, mine in (
            (self.coach, session),
            (self.deputy, session),
            (self.planner, session.browse()),
        ):
            with self.case(user=user.login):
                Session = session.browse().with_user(user)
                for asked in (("=", True), ("in", [True]), ("!=", False)):
                    self.assertEqual(Session.search([("is_mine", *asked)]), mine)
                others = Session.search([("is_mine", "=", False)])
                self.assertEqual(others, session.browse() if mine else session + theirs)
                known = (session + theirs).with_user(user).sudo()
                self.assertEqual(known.filtered("is_mine"), mine)

    def test_a_session_on_screen_is_of_its_traject(self):
        """Also one that is not saved, or is being changed."""
        other = self._make_traject()
        saved = self.session.with_user(self.coach).sudo()
        Session = saved.browse()
        for traject, mine in ((self.traject, True), (other, False)):
            values = {"traject_id": traject.id}
            with self.case(mine=mine):
                self.assertEqual(Session.new(values).is_mine, mine)
                self.assertEqual(Session.new(values, origin=saved).is_mine, mine)
                self.assertTrue(saved.is_mine)

    def _get_answers(self):
        """Return (record, field that says whose it is), all of the coach."""
        volume = self.traject.member_ids.filtered(lambda m: m.user_id == self.coach)
        return (
            (self.traject, "is_member"),
            (self.session, "is_mine"),
            (volume, "is_open"),
        )

    def _check_answers(self, user, expected):
        """Hold what is read, and what records are filtered by, against ``expected``."""
        # no subtests: what is undone after one leaves nothing in the cache
        for record, name in self._get_answers():
            asked = record.with_user(user).sudo()
            self.assertEqual(asked[name], expected, name)
            form = asked.new(origin=asked)
            domain = [(name, "=", True)]
            self.assertEqual(bool(asked.filtered_domain(domain)), expected, name)
            self.assertEqual(bool(form.filtered_domain(domain)), expected, name)

    def test_answers_end_with_a_membership(self):
        for expected in (True, False):
            self._check_answers(self.coach, expected)
            self._check_answers(self.other_coach, False)
            self.traject.member_ids.with_user(self.planner).action_end()

    def test_an_add_on_leaves_less_in_one_place(self):
        """What it takes from a caseload is neither found, nor read by its id."""
        records = (self.traject, self.session, self.note)
        Users = self.registry["res.users"]
        for expected in (True, False):
            self.env.invalidate_all()
            for record in records:
                mine = record.with_user(self.coach)
                self.assertEqual(mine.has_access("read"), expected, mine)
                found = mine.search([("id", "=", mine.id)])
                self.assertEqual(bool(found), expected, mine)
            self.startPatcher(
                patch.object(Users, "_get_outplacement_access", lambda *_args: ())
            )

    def test_a_condition_is_decided_when_it_is_made(self):
        mine = self.session.with_user(self.coach).sudo()
        is_mine = mine._fields["is_mine"].filter_function(mine, "is_mine", "in", {True})
        mine.invalidate_recordset(["traject_id"])
        self.assertTrue(is_mine(mine))

    def test_a_field_made_of_one_asks_the_other(self):
        field = CaseloadBoolean(related="traject_id.is_member")
        field.name = "is_mine"
        field.related = "traject_id.is_member"
        self.assertTrue(field.filter_function(self.session, "is_mine", "in", {True}))

    def test_no_answer_in_the_cache_counts_for_a_rule(self):
        answers = self._get_answers()
        everything = (self.traject, self.session, self.note)
        for user, expected in ((self.other_coach, False), (self.coach, True)):
            self._count(user)
            for record, name in answers:
                asked = record.with_user(user).sudo()
                record._fields[name]._update_cache(asked, not expected)
                self.assertEqual(asked[name], not expected)
            for record in everything:
                with self.case(user=user.login, model=record._name):
                    access = record.with_user(user).has_access("read")
                    self.assertEqual(access, expected)

    def test_what_rules_leave_does_not_outlive_them(self):
        other = self._make_traject()
        for name, widen in (
            ("another module", self._open_wide),
            ("planner", self._make_planner),
        ):
            with self.subTest(name), self.undone():
                self.registry.clear_all_caches()
                self.assertEqual(self._find_mine(self.coach)[0], self.traject)
                widen(other)
                mine, others, _named = self._find_mine(self.coach)
                self.assertEqual(mine, self.traject)
                self.assertIn(other, others)
        self.registry.clear_all_caches()

    def test_what_rules_leave_is_found_once(self):
        Traject = self.env["outplacement.traject"].with_user(self.coach)
        self.assertTrue(Traject._is_own_only())
        with patch.object(self.registry["ir.rule"], "_compute_domain") as asked:
            self.assertTrue(Traject._is_own_only())
        asked.assert_not_called()
        self.assertFalse(Traject.with_user(self.planner)._is_own_only())
        self.assertTrue(Traject._is_own_only())

    def _make_account_manager_of(self, traject):
        self.coach.group_ids += self.env.ref("outplacement.group_account_manager")
        traject.account_manager_id = self.coach

    def _make_planner(self, _traject):
        self.coach.group_ids += self.env.ref("outplacement.group_planner")

    def _open_wide(self, _traject):
        self.env["ir.rule"].create(
            {
                "name": "Wide open",
                "model_id": self.env["ir.model"]._get_id("outplacement.traject"),
                "groups": [Command.link(self.env.ref("outplacement.group_coach").id)],
                "domain_force": "[(1, '=', 1)]",
            }
        )

    def test_a_filter_without_rules(self):
        """Where no rule is asked, the filter says it alone."""
        self._make_traject()
        Traject = self.env["outplacement.traject"].with_user(self.coach)
        query = Traject._search([("is_member", "=", True)], bypass_access=True)
        self.assertEqual(list(query), self.traject.ids)

    def test_found_anew(self):
        """What was answered by a caseload that is known no more is forgotten with it:
        the time zone of another company changed, say, while a last day passed."""
        records = (self.session, self.note)
        calendar = self.env["resource.calendar"].create({"name": "B", "tz": "UTC"})
        company = self.env["res.company"].create({"name": "Company B"})
        company.resource_calendar_id = calendar
        self.deputy.sudo().company_ids = [Command.link(company.id)]
        self.env.flush_all()
        for name, drop in (
            ("tz", lambda: calendar.write({"tz": "Europe/Paris"})),
            ("model", self.env["res.users"].invalidate_model),
            ("user", self.deputy.invalidate_recordset),
        ):
            self.env.invalidate_all()
            with self.subTest(name):
                with freeze_time("2099-12-31 22:30:00"):
                    for record in records:
                        self.assertTrue(
                            record.with_user(self.deputy).has_access("read")
                        )
                    self._check_answers(self.deputy, True)
                with freeze_time("2099-12-31 23:30:00"):
                    drop()
                    for record in records:
                        self.assertFalse(
                            record.with_user(self.deputy).has_access("read")
                        )
                    self._check_answers(self.deputy, False)
