from datetime import date, timedelta
from unittest.mock import patch

from lxml import etree
from psycopg2.errors import CheckViolation

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import ROLES
from .test_access_log import CANARY, AccessLogCommon

MODEL = "outplacement.break.glass"
REASON = "The coach is in hospital and a judge asks"
NOW = "2026-03-12 10:00:00"


@tagged("post_install", "-at_install")
class TestBreakGlass(AccessLogCommon):
    """Emergency access: asked for, approved by another, told, ended by the clock."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_officer = cls._make_user("privacy_officer", "test_other_officer")
        cls.signed = cls._make_note(user=cls.deputy)
        cls.notes = cls.note + cls.signed
        cls.elsewhere = cls._make_note(cls.other_traject)
        cls.start = max(cls.Log.search([]).ids)

    def _request(self, user=None, **values):
        values = {
            "traject_reference": self.traject.name,
            "reason": REASON,
            "hours": 4,
            **values,
        }
        return self.env[MODEL].with_user(user or self.manager).create(values)

    def _approve(self, request, user=None):
        request.with_user(user or self.privacy_officer).action_approve()
        return request

    def _get_found(self, user):
        """Return the notes that ``user`` finds; reading agrees with finding."""
        self.env.flush_all()
        self.env.invalidate_all()
        mine = self.env["outplacement.note"].with_user(user)
        everything = self.notes + self.elsewhere
        found = mine.search([("id", "in", everything.ids)])
        for note in everything.with_user(user):
            self.assertEqual(note.has_access("read"), note in found)
        return found.with_env(self.env)

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    def test_managers_and_officers_ask(self):
        for role in ROLES:
            with self.case(role=role):
                if role in ("manager", "privacy_officer"):
                    request = self._request(self.users[role])
                    self.assertEqual(request.state, "requested")
                    self.assertEqual(request.requester_id, self.users[role])
                else:
                    self.assertRefused(self._request, self.users[role])

    def test_asking_opens_nothing(self):
        self._request()
        self._request(self.privacy_officer)
        self.assertFalse(self._get_found(self.manager))
        self.assertFalse(self._get_found(self.privacy_officer))

    def test_a_reason_is_a_reason(self):
        for reason in (
            False,
            "",
            " " * 40,
            "Because I want it",
            "   Because I want it   ",
            "a" * 40,
            "ab ab ab ab ab ab ab ab ab",
            "x                                   y",
            "Why         not         though",
        ):
            with self.case(reason=reason):
                self.assertRefused(self._request, reason=reason, error=ValidationError)

    def test_hours_not_days(self):
        for hours in (0, -1, 25, 1000):
            with self.case(hours=hours):
                self.assertRefused(self._request, hours=hours, error=CheckViolation)
        self.assertEqual(self._request(hours=24).hours, 24)

    def test_the_hours_proposed_are_the_companys(self):
        self.company.outplacement_break_glass_hours = 2
        Request = self.env[MODEL].with_user(self.manager)
        self.assertEqual(Request.default_get(["hours"])["hours"], 2)

    def test_a_reference_that_is_none(self):
        for reference in ("TR/0000/0000", "", False, "%", "TR"):
            with self.case(reference=reference):
                self.assertRefused(
                    self._request, traject_reference=reference, error=UserError
                )

    def test_who_is_part_of_it_does_not_ask(self):
        """The candidate who is a colleague, and who guides the traject anyway."""
        colleague = self._make_user("manager", "test_colleague")
        traject = self._make_traject(candidate_id=colleague.partner_id.id)
        with self.case(who="candidate"):
            self.assertRefused(
                self._request,
                colleague,
                traject_reference=traject.name,
                error=UserError,
            )
        self.coach.group_ids += self.env.ref("outplacement.group_manager")
        with self.case(who="coach"):
            self.assertRefused(self._request, self.coach, error=UserError)

    def test_one_request_at_a_time(self):
        with freeze_time(NOW):
            first = self._request()
            self.assertRefused(self._request, error=UserError)
            self._request(self.privacy_officer)  # another person
            self._approve(first)
            self.assertRefused(self._request, error=UserError)
            first.with_user(self.manager).action_end()
            second = self._request()
        self.assertFalse(second.approved_until)
        self.assertFalse(self._get_found(self.manager))

    def test_nobody_writes_a_request(self):
        request = self._request()
        everybody = [*ROLES.items(), ("administrator", None)]
        for role, _groups in everybody:
            user = self.users.get(role) or self.env.ref("base.user_admin")
            mine = request.with_user(user)
            for values in (
                {"state": "approved"},
                {"approved_until": "9999-12-31 00:00:00"},
                {"hours": 24},
                {"reason": "Something else altogether"},
                {"requester_id": user.id},
            ):
                with self.case(role=role, values=values):
                    self.assertRefused(mine.write, values)
            with self.case(role=role, method="unlink"):
                self.assertRefused(mine.unlink)

    def test_nobody_asks_for_more_than_a_request(self):
        approved = {
            "state": "approved",
            "approver_id": self.privacy_officer.id,
            "approved_from": "2021-01-01 00:00:00",
            "approved_until": "2021-01-01 04:00:00",
            "requester_id": self.coach.id,
            "traject_id": self.other_traject.id,
            "requested_at": "2099-01-01 00:00:00",
        }
        for name, value in approved.items():
            with self.case(field=name):
                self.assertRefused(self._request, **{name: value})
        context = {f"default_{name}": value for name, value in approved.items()}
        request = (
            self.env[MODEL]
            .with_user(self.manager)
            .with_context(**context)
            .create(
                {"traject_reference": self.traject.name, "reason": REASON, "hours": 1}
            )
        )
        self.assertEqual(request.state, "requested")
        self.assertEqual(request.requester_id, self.manager)
        self.assertEqual(request.traject_id.id, self.traject.id)
        self.assertFalse(request.approved_until or request.approver_id)

    def test_no_request_through_a_traject(self):
        request = self._request()
        values = {"traject_reference": self.traject.name, "reason": REASON}
        for command in (
            Command.create({**values, "state": "approved"}),
            Command.update(request.id, {"state": "approved"}),
            Command.delete(request.id),
        ):
            for role in ("manager", "planner", "coach"):
                mine = self.traject.with_user(self.users[role])
                with self.case(role=role, command=command):
                    self.assertRefused(mine.write, {"break_glass_ids": [command]})
                    self.assertRefused(mine.read, ["break_glass_ids"])

    # ------------------------------------------------------------------
    # Deciding
    # ------------------------------------------------------------------

    def test_officers_decide_and_nobody_else(self):
        request = self._request()
        for role in set(ROLES) - {"privacy_officer"}:
            for method in ("action_approve", "action_refuse"):
                with self.case(role=role, method=method):
                    mine = request.with_user(self.users[role])
                    self.assertRefused(getattr(mine, method))
        with self.case(user="superuser"):
            self.assertRefused(request.with_user(1).action_approve)
            self.assertRefused(request.with_user(self.manager).sudo().action_approve)
        self._approve(request)
        self.assertEqual(request.approver_id, self.privacy_officer)

    def test_nobody_approves_their_own_request(self):
        request = self._request(self.privacy_officer)
        self.assertRefused(self._approve, request)
        self.assertRefused(self._approve, request.sudo())
        with self.case(database=True):
            values = {"approver_id": self.privacy_officer.id, "state": "approved"}
            self.assertRefused(request.sudo().write, values, error=CheckViolation)
        self._approve(request, self.other_officer)
        self.assertEqual(self._get_found(self.privacy_officer), self.notes)
        self.assertFalse(self._get_found(self.other_officer), "who approves")

    def test_two_officers_do_not_open_each_others_door_unseen(self):
        """A chain of two requests is two requests, each told and written."""
        mine = self._request(self.privacy_officer)
        theirs = self._request(self.other_officer)
        self._approve(mine, self.other_officer)
        self.assertFalse(self._get_found(self.other_officer))
        self._approve(theirs, self.privacy_officer)
        rows = self._get_rows("break_glass_approved")
        self.assertEqual(rows.subject_id, self.privacy_officer + self.other_officer)

    def test_the_candidate_does_not_decide(self):
        officer = self._make_user("privacy_officer", "test_guided_officer")
        traject = self._make_traject(candidate_id=officer.partner_id.id)
        request = self._request(traject_reference=traject.name)
        self.assertRefused(self._approve, request, officer)
        self._approve(request)

    def test_a_decision_is_made_once(self):
        with freeze_time(NOW):
            refused = self._request()
            refused.with_user(self.privacy_officer).action_refuse()
            self.assertRefused(self._approve, refused, error=UserError)
            approved = self._approve(self._request())
            self.assertRefused(self._approve, approved, error=UserError)
        with freeze_time("2026-03-12 13:59:59"):
            self.assertRefused(self._approve, approved, error=UserError)
            self.assertTrue(self._get_found(self.manager))
        with freeze_time("2026-03-12 14:00:00"):
            self.assertRefused(self._approve, approved, error=UserError)
            self.assertFalse(self._get_found(self.manager))

    def test_a_request_does_not_wait_for_ever(self):
        with freeze_time(NOW):
            request = self._request()
        with freeze_time("2026-03-13 10:00:00"):
            self.assertRefused(self._approve, request, error=UserError)
            self.env[MODEL]._cron_tidy()
            self.assertEqual(request.state, "expired")
            self.assertRefused(self._approve, request, error=UserError)
        self.assertEqual(len(self._get_rows("break_glass_expired")), 1)

    def test_who_lost_the_group_gets_no_access(self):
        request = self._request()
        self.manager.group_ids -= self.env.ref("outplacement.group_manager")
        self.assertRefused(self._approve, request, error=UserError)

    def test_losing_the_group_ends_access(self):
        self._approve(self._request())
        self.assertEqual(self._get_found(self.manager), self.notes)
        self.manager.group_ids -= self.env.ref("outplacement.group_manager")
        mine = self.note.with_user(self.manager)
        self.assertRefused(mine.read, ["body"])

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    def test_access_lasts_from_the_approval_to_the_end(self):
        with freeze_time("2026-03-12 08:00:00"):
            request = self._request(hours=2)
        for moment, access in (
            ("2026-03-12 09:59:59", False),
            ("2026-03-12 10:00:00", True),
            ("2026-03-12 11:59:59", True),
            ("2026-03-12 12:00:00", False),
            ("2026-03-13 10:00:00", False),
        ):
            with freeze_time(moment), self.subTest(moment=moment):
                if moment == NOW:
                    self._approve(request)
                found = self._get_found(self.manager)
                self.assertEqual(found, self.notes if access else self.notes.browse())
                mine = self.note.with_user(self.manager)
                self.assertEqual(CANARY in (mine.body or ""), access)
                self.assertEqual(
                    mine.search_count([("id", "in", self.notes.ids)]),
                    2 if access else 0,
                )

    def test_no_file_but_this_one(self):
        self._approve(self._request())
        self.assertEqual(self._get_found(self.manager), self.notes)
        self.assertRefused(self.elsewhere.with_user(self.manager).read, ["body"])

    def test_reading_and_nothing_else(self):
        """Also for a coach, who may write notes of other trajects."""
        both = self._make_user("other_coach", "test_both_roles")
        both.group_ids += self.env.ref("outplacement.group_manager")
        self._assign(self.other_traject, both, "deputy", date_to=date(2099, 1, 1))
        for user in (self.manager, both):
            self._approve(self._request(user))
            mine = self.note.with_user(user)
            self.assertIn(CANARY, mine.body)
            for method, *args in (
                (mine.write, {"body": "Other"}),
                (mine.write, {"shared": True}),
                (mine.unlink,),
                (mine.copy,),
                (mine.action_sign,),
                (mine.create, {"traject_id": self.traject.id, "body": "New"}),
            ):
                with self.case(user=user.name, method=method.__name__):
                    self.assertRefused(method, *args)

    def test_every_reading_is_written(self):
        with freeze_time(NOW):
            self._approve(self._request())
            self.start = max(self.Log.search([]).ids)
            for _i in range(3):
                self.assertIn(CANARY, self._open(self.manager)[0]["body"])
            self._open(self.coach)
        rows = self._get_rows("break_glass_read")
        self.assertEqual(len(rows), 3)
        self.assertEqual(rows.user_id, self.manager)
        self.assertEqual(self._get_rows("read").user_id, self.coach)

    def test_a_coach_who_reads_by_emergency_is_written_each_time(self):
        """The coach of another traject; what is theirs stays their own reading."""
        self.other_coach.group_ids += self.env.ref("outplacement.group_manager")
        self._approve(self._request(self.other_coach))
        for _i in range(2):
            self._open(self.other_coach)
            self._open(self.other_coach, self.elsewhere)
        self.assertEqual(len(self._get_rows("break_glass_read")), 2)
        self.assertEqual(self._get_rows("read").mapped("res_id"), self.elsewhere.ids)

    # ------------------------------------------------------------------
    # Ending
    # ------------------------------------------------------------------

    def test_ending_early(self):
        for role, user in (
            ("requester", self.manager),
            ("officer", self.privacy_officer),
            ("other officer", self.other_officer),
        ):
            with self.case(role=role), freeze_time(NOW):
                request = self._approve(self._request())
                self.assertTrue(self._get_found(self.manager))
                request.with_user(user).action_end()
                self.assertFalse(self._get_found(self.manager))
                self.assertEqual(request.state, "ended")
                self.assertEqual(self._get_rows("break_glass_ended").user_id, user)

    def test_others_do_not_end_it(self):
        request = self._approve(self._request())
        for role in set(ROLES) - {"manager", "privacy_officer"}:
            with self.case(role=role):
                self.assertRefused(request.with_user(self.users[role]).action_end)

    def test_ending_again_changes_nothing(self):
        with freeze_time(NOW):
            request = self._approve(self._request())
        with freeze_time("2026-03-12 11:00:00"):
            request.with_user(self.manager).action_end()
        with freeze_time("2026-03-12 12:00:00"):
            request.with_user(self.manager).action_end()
        self.assertEqual(str(request.approved_until), "2026-03-12 11:00:00")
        self.assertEqual(len(self._get_rows("break_glass_ended")), 1)

    def test_the_cron_only_tidies(self):
        with freeze_time(NOW):
            request = self._approve(self._request())
        with freeze_time("2026-03-12 14:00:00"):
            self.assertFalse(self._get_found(self.manager))
            self.assertEqual(request.state, "approved")
            self.env[MODEL]._cron_tidy()
            self.env[MODEL]._cron_tidy()
        self.assertEqual(request.state, "ended")
        [row] = self._get_rows("break_glass_ended")
        self.assertEqual(row.detail, "2026-03-12 14:00:00")

    def test_the_database_knows_no_longer_access(self):
        request = self._approve(self._request())
        later = request.approved_from + timedelta(hours=25)
        values = {"approved_until": later}
        self.assertRefused(request.sudo().write, values, error=CheckViolation)

    # ------------------------------------------------------------------
    # Telling
    # ------------------------------------------------------------------

    def _get_mails(self, partner):
        return self.env["mail.mail"].search([("recipient_ids", "in", partner.ids)])

    def test_coach_and_candidate_are_told_at_once(self):
        request = self._request()
        for person in (self.coach, self.deputy, self.candidate):
            self.assertFalse(self._get_mails(person.partner_id))
        self._approve(request)
        for person in (self.coach, self.deputy):
            self._check_told(person)
            domain = [("notified_partner_ids", "in", person.partner_id.ids)]
            message = self.env["mail.message"].search(domain, limit=1)
            self.assertIn(self.manager.name, message.body)
            self.assertNotIn(REASON, message.body)
        self._check_told(self.candidate)
        self.assertFalse(self._get_mails(self.other_coach.partner_id))

    def _check_told(self, person):
        mail = self._get_mails(person.partner_id)
        self.assertTrue(mail)
        for one in mail:
            self.assertNotIn(REASON, one.body_html)
            self.assertNotIn(CANARY, one.body_html)
        if person == self.candidate:
            self.assertNotIn(self.manager.name, mail.body_html)

    def test_the_candidate_is_told_if_set_so(self):
        self.company.outplacement_break_glass_tell_candidate = False
        self._approve(self._request())
        self.assertFalse(self._get_mails(self.candidate.partner_id))
        self.assertTrue(self._get_mails(self.coach.partner_id))

    def test_the_reason_is_read_by_few(self):
        request = self._request()
        for approved in (False, True):
            if approved:
                self._approve(request)
            for role in ROLES:
                may = role in ("manager", "privacy_officer")
                may |= approved and role in ("coach", "deputy")
                mine = request.with_user(self.users[role])
                with self.case(role=role, approved=approved):
                    if may:
                        self.assertEqual(mine.read(["reason"])[0]["reason"], REASON)
                    else:
                        self.assertRefused(mine.read, ["reason"])
        another = self._make_user("manager", "test_another_manager")
        self.assertRefused(request.with_user(another).read, ["reason"])

    def test_the_reason_stays_out_of_the_log(self):
        self._approve(self._request()).with_user(self.manager).action_end()
        rows = self._get_rows()
        self.assertEqual(
            rows.mapped("kind"),
            ["break_glass_requested", "break_glass_approved", "break_glass_ended"],
        )
        self.assertNotIn(REASON, str(rows.read()))

    def test_the_banner_while_it_lasts(self):
        with freeze_time(NOW):
            request = self._approve(self._request())
            for role in ROLES:
                traject = self.traject.with_user(self.users[role])
                with self.case(role=role):
                    if role in ("coach", "deputy", "manager"):
                        self.assertEqual(traject.break_glass_id.id, request.id)
                        action = traject.action_view_break_glass()
                        self.assertEqual(action["res_id"], request.id)
                    elif role in ("planner", "account_manager"):
                        self.assertFalse(traject.break_glass_id)
                        self.assertRefused(traject.action_view_break_glass)
            note = self.note.with_user(self.manager)
            self.assertEqual(note.break_glass_until, request.approved_until)
            self.assertFalse(self.elsewhere.with_user(self.other_coach).break_glass_id)
        self.env.invalidate_all()
        with freeze_time("2026-03-12 14:00:00"):
            self.assertFalse(self.traject.with_user(self.coach).break_glass_id)

    def test_opening_and_ending_from_the_screen(self):
        """A privacy officer reads the notes without reading the traject."""
        request = self._approve(self._request(self.other_officer))
        mine = request.with_user(self.other_officer)
        action = mine.action_open_notes()
        notes = self.env["outplacement.note"].with_user(self.other_officer)
        self.assertEqual(notes.search(action["domain"]).ids, self.notes.sorted().ids)
        views = notes.get_views([(view[0], view[1]) for view in action["views"]])
        for view in views["views"].values():
            fields = {name: {} for name in self._get_view_fields(view["arch"])}
            self.assertTrue(notes.browse(self.note.id).web_read(fields))
        self.assertRefused(request.with_user(self.privacy_officer).action_open_notes)
        note = notes.browse(self.note.id)
        self.assertEqual(note.action_end_break_glass()["res_id"], request.id)
        self.assertFalse(self._get_found(self.other_officer))
        self.assertRefused(mine.action_open_notes)

    def _get_view_fields(self, arch):
        tree = etree.fromstring(arch)
        return [node.get("name") for node in tree.iter("field")]

    def test_the_note_knows_only_running_access(self):
        self.assertRefused(self.note.with_user(self.manager).action_end_break_glass)

    def test_ones_own_access_comes_first(self):
        """Who reads by their own does not end somebody else's instead."""
        with freeze_time(NOW):
            own = self._approve(self._request(self.other_officer))
        with freeze_time("2026-03-12 11:00:00"):
            other = self._approve(self._request())
            note = self.note.with_user(self.other_officer)
            self.assertEqual(note.break_glass_id.id, own.id)
            note.action_end_break_glass()
            self.assertEqual((own.state, other.state), ("ended", "approved"))

    def test_a_coach_does_not_end_it_from_the_note(self):
        """They read without it, also as an officer, who ends it on the request."""
        request = self._approve(self._request())
        self.coach.group_ids += self.env.ref("outplacement.group_privacy_officer")
        note = self.note.with_user(self.coach)
        self.assertEqual(note.break_glass_id.id, request.id)
        self.assertRefused(note.action_end_break_glass)
        self.assertEqual(request.state, "approved")

    def test_rules_are_computed_anew_after_the_commit(self):
        """What others computed until then does not know of the access."""
        request = self._request()
        with patch.object(type(self.env.cr.postcommit), "add") as add:
            self._approve(request)
        add.assert_any_call(self.registry.clear_cache)

    def test_the_same_reference_in_two_companies(self):
        sister, third = self.env["res.company"].create(
            [{"name": "Sister Bureau"}, {"name": "Third Bureau"}]
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE outplacement_traject SET name = %s, company_id = %s WHERE id = %s",
            (self.traject.name, sister.id, self.other_traject.id),
        )
        self.env.invalidate_all()
        Request = self.env[MODEL].with_user(self.manager)
        self.manager.company_ids += sister + third
        for companies, expected in (
            (self.company + sister, self.traject),
            (sister + self.company, self.other_traject),
            (third + sister, self.other_traject),
            (third, self.traject.browse()),
            (third + self.company + sister, None),
        ):
            mine = Request.with_context(allowed_company_ids=companies.ids)
            with self.case(companies=companies.mapped("name")):
                if expected is None:
                    args = (self.traject.name,)
                    self.assertRefused(mine._find_traject, *args, error=UserError)
                else:
                    found = mine._find_traject(self.traject.name)
                    self.assertEqual(found.ids, expected.ids)

    def test_whose_access_it_is_is_written_whoever_ends_it(self):
        request = self._request().with_user(self.users["system"])
        Log = type(self.Log)
        prepare = Log._prepare_rows

        def forget(*args):
            rows = prepare(*args)
            self.env.flush_all()
            self.env.invalidate_all()
            return rows

        # what is in the cache is read without rights: here it is not there
        with patch.object(Log, "_prepare_rows", forget):
            request._log_access("break_glass_ended")
        self.assertEqual(self._get_rows("break_glass_ended").subject_id, self.manager)
