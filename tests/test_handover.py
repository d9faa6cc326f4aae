from datetime import date

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .common import LONG_AGO, ROLES
from .test_access_log import AccessLogCommon

NOTE = "outplacement.note"
DAY = date(2026, 3, 12)
BEFORE = "2026-03-11 10:00:00"
NOW = "2026-03-12 10:00:00"
AFTER = "2026-03-13 10:00:00"


@tagged("post_install", "-at_install")
class TestHandover(AccessLogCommon):
    """The successor gets the file with the candidate's agreement, or starts clean."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.third_coach = cls._make_user("other_coach", "test_third_coach")
        cls.by_deputy = cls._make_note(user=cls.deputy, body="<p>Of the deputy</p>")
        cls.old = cls.note + cls.by_deputy

    def _succeed(self, user=None, date_from=DAY):
        return self._assign(self.traject, user or self.other_coach, date_from=date_from)

    def _write(self, user):
        return self._make_note(user=user, body="<p>Afterwards</p>")

    def _get_found(self, user):
        """Return the notes of the traject that ``user`` finds; whatever way of asking
        gives the same answer."""
        self.env.flush_all()
        self.env.invalidate_all()
        mine = self.env[NOTE].with_user(user)
        everything = mine.sudo().search([("traject_id", "=", self.traject.id)])
        domain = [("id", "in", everything.ids)]
        found = mine.search(domain)
        self.assertEqual(mine.search_count(domain), len(found))
        self.assertEqual(
            {pair[0] for pair in mine.name_search("", domain)}, {*found.ids}
        )
        [group] = mine.formatted_read_group(domain, [], ["__count"])
        self.assertEqual(group["__count"], len(found))
        grouped = mine._read_group(domain, ["author_id"], ["__count"])
        self.assertEqual(sum(count for _author, count in grouped), len(found))
        for note in everything.with_user(user):
            self.assertEqual(note.has_access("read"), note in found)
            if note not in found:
                self.assertRefused(note.read, ["body"])
                self.assertRefused(note.read, ["date"])
                self.assertRefused(note.web_read, {"amends_id": {}})
                self.assertRefused(note.write, {"shared": True})
                self.assertRefused(note.action_amend)
        return found.with_env(self.env)

    # ------------------------------------------------------------------
    # A clean start
    # ------------------------------------------------------------------

    def test_without_agreement_a_coach_starts_clean(self):
        with freeze_time(NOW):
            member = self._succeed()
            self.assertFalse(self._get_found(self.other_coach))
            new = self._write(self.other_coach)
            self.assertEqual(self._get_found(self.other_coach), new)
        with freeze_time("2030-01-01"):
            self.assertEqual(self._get_found(self.other_coach), new)
        self.assertEqual(member.file_state, "own")

    def test_the_one_who_leaves_loses_all_at_once(self):
        with freeze_time(NOW):
            self.assertEqual(self._get_found(self.coach), self.old)
            self._succeed()
            self.assertFalse(self._get_found(self.coach))
            self._write(self.other_coach)
            self.assertFalse(self._get_found(self.coach))

    def test_a_coach_to_come_begins_a_volume_then(self):
        with freeze_time(BEFORE):
            self._succeed()
            meanwhile = self._write(self.coach)
            self.assertEqual(self._get_found(self.coach), self.old + meanwhile)
            self.assertFalse(self._get_found(self.other_coach))
        with freeze_time(AFTER):
            self.assertFalse(self._get_found(self.other_coach))
            new = self._write(self.other_coach)
            self.assertEqual(self._get_found(self.other_coach), new)

    def test_a_date_in_the_past_opens_nothing(self):
        """Neither for a coach nor for a deputy of the new one."""
        with freeze_time(NOW):
            self._succeed()
            new = self._write(self.other_coach)
        with freeze_time(AFTER):
            with self.case(role="coach"):
                self._succeed(self.third_coach, LONG_AGO)
                self.assertFalse(self._get_found(self.third_coach))
            with self.case(role="deputy"):
                until = date(2026, 3, 20)
                self._assign(self.traject, self.third_coach, "deputy", LONG_AGO, until)
                self.assertEqual(self._get_found(self.third_coach), new)

    def test_a_first_coach_who_follows_a_deputy_reads_all(self):
        """Nobody was coach before: there is nothing to hand over."""
        traject = self._make_traject()
        with freeze_time(BEFORE):
            self._assign(traject, self.deputy, "deputy", LONG_AGO, date(2099, 1, 1))
            first = self._make_note(traject, self.deputy)
        with freeze_time(NOW):
            self._assign(traject, self.coach, date_from=DAY)
            self.assertEqual(self._read(first, self.coach), first.body)
            second = self._make_note(traject, self.coach)
            self.assertTrue(second.with_user(self.deputy).has_access("read"))

    def _read(self, note, user):
        self.env.flush_all()
        self.env.invalidate_all()
        return note.with_user(user).has_access("read") and note.body

    def test_who_never_began_leaves_no_volume(self):
        """Assigned for next week, ended before: the old coach goes on as before."""
        with freeze_time(BEFORE):
            mistaken = self._succeed(date_from=date(2026, 3, 20))
            mistaken.with_user(self.planner).action_end()
            self._assign(self.traject, self.coach, date_from=DAY)
        with freeze_time("2026-03-21 10:00:00"):
            self.assertEqual(self._get_found(self.coach), self.old)
            new = self._write(self.coach)
            self.assertEqual(self._get_found(self.deputy), self.old + new)
            self.assertFalse(self._get_found(self.other_coach))

    def test_no_match_and_another_coach(self):
        """The notes of an intake without a match are not the next one's."""
        with freeze_time(BEFORE):
            member = self.traject.member_ids.filtered(lambda m: m.role == "coach")
            member.with_user(self.planner).action_match_no()
        with freeze_time(NOW):
            self._succeed()
            self.assertFalse(self._get_found(self.other_coach))

    # ------------------------------------------------------------------
    # With agreement
    # ------------------------------------------------------------------

    def test_agreement_opens_the_earlier_file(self):
        with freeze_time(NOW):
            member = self._succeed().with_user(self.planner)
            new = self._write(self.other_coach)
            member._record_agreement(DAY, "phone")
            self.assertEqual(self._get_found(self.other_coach), self.old + new)
            self.assertEqual(member.file_state, "agreed")
            self.assertEqual(member.agreed_recorded_by_id, self.planner)
            [row] = self._get_rows("handed_over")
            self.assertEqual(row.subject_id, self.other_coach)
            self.assertEqual(row.user_id, self.planner)
            self.assertEqual(row.detail, "2026-03-12, phone")
            # reading is not writing: the notes stay their authors'
            mine = self.note.with_user(self.other_coach)
            self.assertRefused(mine.write, {"shared": True})
            member.action_withdraw_agreement()
            self.assertEqual(self._get_found(self.other_coach), new)
            self.assertEqual(len(self._get_rows("handover_withdrawn")), 1)

    def test_agreement_is_for_one_coach(self):
        with freeze_time(BEFORE):
            member = self._succeed(date_from=date(2026, 3, 11)).with_user(self.planner)
            member._record_agreement(date(2026, 3, 1), "email")
            second = self._write(self.other_coach)
            self.assertEqual(self._get_found(self.other_coach), self.old + second)
        with freeze_time(NOW):
            self._succeed(self.third_coach)
            self.assertFalse(self._get_found(self.third_coach))

    def test_agreement_lets_nobody_in_who_has_left(self):
        with freeze_time(BEFORE):
            member = self._succeed(date_from=date(2026, 3, 11))
        with freeze_time(NOW):
            self._succeed(self.third_coach)
            member.with_user(self.planner)._record_agreement(DAY, "phone")
            self.assertFalse(self._get_found(self.other_coach))
            self.assertFalse(self._get_found(self.third_coach))

    def test_agreement_is_about_what_was_before(self):
        """Not about what another coach writes afterwards."""
        with freeze_time(BEFORE):
            member = self._succeed(date_from=date(2026, 3, 11)).with_user(self.planner)
            member._record_agreement(date(2026, 3, 1), "email")
        with freeze_time(NOW):
            self._succeed(self.third_coach)
            theirs = self._write(self.third_coach)
        with freeze_time(AFTER):
            self._succeed(date_from=date(2026, 3, 13))
            found = self._get_found(self.other_coach)
            self.assertEqual(found, self.old)
            self.assertNotIn(theirs, found)

    def test_agreement_comes_with_the_assignment(self):
        for agreed in (False, True):
            with self.case(agreed=agreed), freeze_time(NOW):
                Wizard = self.env["outplacement.traject.assign"].with_user(self.planner)
                wizard = Wizard.create(
                    {
                        "traject_ids": [Command.set(self.traject.ids)],
                        "user_id": self.other_coach.id,
                        "agreed": agreed,
                        "agreed_channel": "letter",
                    }
                )
                self.assertTrue(wizard.follows_another)
                wizard.action_assign()
                found = self._get_found(self.other_coach)
                self.assertEqual(found, self.old if agreed else self.old.browse())

    def _get_wizard(self, trajects, user):
        Wizard = self.env["outplacement.traject.assign"].with_user(self.planner)
        return Wizard.create(
            {
                "traject_ids": [Command.set(trajects.ids)],
                "user_id": user.id,
                "agreed": True,
                "agreed_channel": "letter",
            }
        )

    def test_an_agreement_is_about_one_traject(self):
        """One tick does not speak for several candidates."""
        both = self.traject + self.other_traject
        with freeze_time(NOW):
            wizard = self._get_wizard(both, self.third_coach)
            self.assertFalse(wizard.follows_another)
            wizard.action_assign()
            self.assertFalse(self._get_found(self.third_coach))
        members = both.member_ids.filtered(lambda m: m.user_id == self.third_coach)
        self.assertEqual(len(members), 2)
        self.assertFalse(any(members.mapped("agreed_on")))
        self.assertFalse(self._get_rows("handed_over"))

    def test_no_agreement_without_another_coach(self):
        with freeze_time(NOW):
            traject = self._make_traject()
            wizard = self._get_wizard(traject, self.third_coach)
            self.assertFalse(wizard.follows_another)
            wizard.action_assign()
            first = traject.member_ids.with_user(self.planner)
            args = (DAY, "phone")
            self.assertRefused(first._record_agreement, *args, error=UserError)
            self.assertRefused(first.action_record_agreement, error=UserError)
            # the same coach again has it all already
            self._assign(traject, self.third_coach, date_from=DAY)
            again = traject.member_ids.with_user(self.planner)
            self.assertRefused(again._record_agreement, *args, error=UserError)
            self.assertFalse(self._get_rows("handed_over"))
            follower = self._succeed().with_user(self.planner)
            (follower + first)._record_agreement(*args)
        self.assertTrue(follower.agreed_on)
        self.assertFalse(first.agreed_on)
        self.assertEqual(self._get_rows("handed_over").subject_id, self.other_coach)

    def test_the_screen_asks_for_day_and_channel(self):
        with freeze_time(NOW):
            member = self._succeed().with_user(self.planner)
            action = member.action_record_agreement()
            Wizard = self.env[action["res_model"]].with_context(**action["context"])
            form = Form(Wizard.with_user(self.planner))
            form.agreed_channel = "conversation"
            form.save().action_confirm()
            self.assertEqual(member.agreed_on, DAY)
            self.assertEqual(self._get_found(self.other_coach), self.old)

    def test_no_agreement_that_is_none(self):
        with freeze_time(NOW):
            member = self._succeed().with_user(self.planner)
            for day, channel in (
                (False, "phone"),
                (DAY, False),
                (date(2026, 3, 13), "phone"),
            ):
                with self.case(day=day, channel=channel):
                    args = (day, channel)
                    self.assertRefused(member._record_agreement, *args, error=UserError)
            deputy = self.traject.member_ids.filtered(lambda m: m.role == "deputy")
            deputy = deputy.with_user(self.planner)
            self.assertRefused(deputy._record_agreement, DAY, "phone", error=UserError)
        self.assertFalse(self._get_found(self.other_coach))

    def test_planners_and_managers_record_it(self):
        with freeze_time(NOW):
            member = self._succeed()
            for role in ROLES:
                mine = member.with_user(self.users[role])
                wizard = self.env["outplacement.traject.handover"].with_user(
                    mine.env.user
                )
                values = {"member_id": member.id, "agreed_channel": "phone"}
                for method, *args in (
                    (mine._record_agreement, DAY, "phone"),
                    (mine.action_record_agreement,),
                    (mine.action_withdraw_agreement,),
                    (lambda w=wizard, v=values: w.create(v).action_confirm(),),
                ):
                    with self.case(role=role):
                        if role in ("planner", "manager"):
                            method(*args)
                        else:
                            self.assertRefused(method, *args)

    def test_nobody_opens_a_file_to_themselves(self):
        with freeze_time(NOW):
            member = self._succeed()
            self.other_coach.group_ids += self.env.ref("outplacement.group_planner")
            mine = member.with_user(self.other_coach)
            self.assertRefused(mine._record_agreement, DAY, "phone", error=UserError)
            for name, value in (
                ("agreed_on", DAY),
                ("volume_reader_ids", [Command.link(member.id)]),
                ("assigned_at", "2021-01-01 00:00:00"),
            ):
                with self.case(field=name):
                    self.assertRefused(mine.write, {name: value})
            note = self._write(self.other_coach).with_user(self.other_coach)
            old = self.note.volume_id.id
            for call in (
                lambda: note.write({"volume_id": old}),
                lambda: note.create({"traject_id": self.traject.id, "volume_id": old}),
                lambda: note.with_context(default_volume_id=old).create(
                    {"traject_id": self.traject.id}
                ),
            ):
                self.assertRefused(call)
            self.assertFalse(self._get_found(self.other_coach) & self.old)

    def test_the_candidate_is_told(self):
        with freeze_time(NOW):
            member = self._succeed().with_user(self.planner)
            member._record_agreement(DAY, "phone")
        partner = self.candidate.partner_id
        mail = self.env["mail.mail"].search([("recipient_ids", "in", partner.ids)])
        self.assertIn(self.other_coach.name, mail.body_html)
        self.assertNotIn("canary", mail.body_html)

    # ------------------------------------------------------------------
    # Deputies
    # ------------------------------------------------------------------

    def test_a_deputy_reads_what_the_coach_reads(self):
        with freeze_time(NOW):
            member = self._succeed().with_user(self.planner)
            new = self._write(self.other_coach)
        with freeze_time(AFTER):
            self._assign(
                self.traject, self.third_coach, "deputy", DAY, date(2026, 3, 20)
            )
            self.assertEqual(self._get_found(self.third_coach), new)
            member._record_agreement(DAY, "phone")
            self.assertEqual(self._get_found(self.third_coach), self.old + new)
            member.action_withdraw_agreement()
            self.assertEqual(self._get_found(self.third_coach), new)
        with freeze_time("2026-03-20 22:59:59"):
            self.assertEqual(self._get_found(self.third_coach), new)
        with freeze_time("2026-03-20 23:00:00"):
            self.assertFalse(self._get_found(self.third_coach))

    def test_a_deputy_who_stands_in_stays(self):
        with freeze_time(NOW):
            self._succeed()
            new = self._write(self.other_coach)
            self.assertEqual(self._get_found(self.deputy), self.old + new)

    def test_a_deputy_to_come_stands_in_for_the_new_coach(self):
        """Assigned while the old coach was there, and begins after."""
        with freeze_time(BEFORE):
            self._assign(
                self.traject,
                self.third_coach,
                "deputy",
                date(2026, 3, 13),
                date(2026, 3, 20),
            )
        with freeze_time(NOW):
            self._succeed()
            new = self._write(self.other_coach)
        with freeze_time(AFTER):
            self.assertEqual(self._get_found(self.third_coach), new)

    def test_a_deputy_stands_in_while_there_is_no_coach(self):
        with freeze_time(BEFORE):
            member = self.traject.member_ids.filtered(lambda m: m.role == "coach")
            member.with_user(self.planner).action_end()
            self.assertFalse(self._get_found(self.coach))
        with freeze_time(NOW):
            self._assign(
                self.traject, self.third_coach, "deputy", DAY, date(2026, 3, 20)
            )
            self.assertEqual(self._get_found(self.third_coach), self.old)
            between = self._write(self.third_coach)
        with freeze_time(AFTER):
            self._succeed(date_from=date(2026, 3, 13))
            self.assertFalse(self._get_found(self.other_coach))
            self.assertEqual(self._get_found(self.third_coach), self.old + between)

    # ------------------------------------------------------------------
    # Coming back
    # ------------------------------------------------------------------

    def test_a_coach_who_returns_finds_their_own_volume(self):
        """And not what another coach wrote meanwhile."""
        with freeze_time(BEFORE):
            self._succeed(date_from=date(2026, 3, 11))
            theirs = self._write(self.other_coach)
        with freeze_time(NOW):
            self._succeed(self.coach)
            self.assertEqual(self._get_found(self.coach), self.old)
            again = self._write(self.coach)
            self.assertEqual(self._get_found(self.coach), self.old + again)
            self.assertFalse(self._get_found(self.other_coach))
            member = self.traject.member_ids.filtered(
                lambda m: m.user_id == self.coach and m.is_current
            )
            member.with_user(self.planner)._record_agreement(DAY, "phone")
            everything = self.old + theirs + again
            self.assertEqual(self._get_found(self.coach), everything)

    def test_a_coach_who_returns_as_deputy_does_not_touch_the_old_file(self):
        """Not even what they wrote themselves."""
        with freeze_time(BEFORE):
            self._succeed(date_from=date(2026, 3, 11))
        with freeze_time(NOW):
            self._assign(self.traject, self.coach, "deputy", DAY, date(2026, 3, 20))
            self.assertFalse(self._get_found(self.coach))
            mine = self.note.with_user(self.coach)
            self.assertRefused(mine.unlink)
            self.assertRefused(mine.write, {"body": "Other"})

    # ------------------------------------------------------------------
    # Elsewhere
    # ------------------------------------------------------------------

    def test_sessions_without_a_note_are_the_new_ones(self):
        old = self._make_session()
        old.sudo().state = "held"
        self.note.with_user(self.coach).session_id = old
        with freeze_time(NOW):
            self._succeed()
            new = self._make_session(
                user=self.other_coach, coach_id=self.other_coach.id
            )
            new.sudo().state = "held"
            Note = self.env[NOTE].with_user(self.other_coach)
            domain = Note.action_sessions_without_note()["domain"]
            Session = self.env["outplacement.session"].with_user(self.other_coach)
            self.assertEqual(Session.search(domain), new)

    def test_what_is_shared_stays_with_the_candidate(self):
        self.note.with_user(self.coach).shared = True
        with freeze_time(NOW):
            self._succeed()
            self.env.invalidate_all()
            self.assertTrue(self.note.with_user(self.candidate).body)

    def test_an_amendment_goes_into_the_present_volume(self):
        self.note.with_user(self.coach).action_sign()
        with freeze_time(NOW):
            self._succeed().with_user(self.planner)._record_agreement(DAY, "phone")
            mine = self.note.with_user(self.other_coach)
            self.env.invalidate_all()
            amendment = mine.browse(mine.action_amend()["res_id"])
            self.assertEqual(amendment.sudo().volume_id.user_id, self.other_coach)

    def test_membership_tells_nothing_of_the_file(self):
        """The same with notes as without."""
        fields = ["volume_reader_ids", "file_state", "agreed_on", "display_name"]
        empty = self._make_traject()
        with freeze_time("2021-01-04 08:00:00"):
            self._assign(empty, self.coach)
            self._assign(empty, self.deputy, "deputy", date_to=date(2099, 12, 31))
        for traject in (self.traject, empty):
            with freeze_time(NOW):
                self._assign(traject, self.other_coach, date_from=DAY)
        shown = [
            [
                {**row, "id": 0, "volume_reader_ids": len(row["volume_reader_ids"])}
                for row in traject.member_ids.sorted("display_name")
                .with_user(self.planner)
                .read(fields)
            ]
            for traject in (self.traject, empty)
        ]
        self.assertEqual(*shown)
