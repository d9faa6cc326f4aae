import base64
import itertools
import json
import logging
from datetime import date, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.models import MAGIC_COLUMNS
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL, mute_logger

from .common import ACCESS_LOGGERS, LONG_AGO, ROLES
from .test_access_log import CANARY, LINES, AccessLogCommon

NOTE = "outplacement.note"
MEMBER = "outplacement.traject.member"
REQUEST = "outplacement.break.glass"
# Who enters such a model from elsewhere enters the confidential file, or hides it.
GUARDED = {
    NOTE,
    MEMBER,
    REQUEST,
    "outplacement.access.log",
    "outplacement.alert",
    "outplacement.key",
}
REASON = "The coach is in hospital and a judge asks"
DAY = date(2026, 3, 12)
NOW = "2026-03-12 10:00:00"
# What a client can send along with any call.
CONTEXTS = (
    {
        "active_test": False,
        "su": True,
        "sudo": True,
        "uid": 1,
        "install_mode": True,
        "module": "outplacement",
        "force_delete": True,
        "outplacement_su": True,
        "outplacement_no_log": True,
        "tracking_disable": True,
        "mail_notrack": True,
        "mail_create_nolog": True,
    },
    {
        "lang": "nl_NL",
        "tz": "Pacific/Honolulu",
        "bin_size": True,
        "bin_size_body": True,
        "prefetch_fields": False,
        "import_file": True,
        "default_shared": True,
        "default_state": "approved",
    },
)


class AttackCommon(AccessLogCommon):
    """Helpers to see that an attack changed nothing."""

    # rows of the wall, and who is behind which volume
    TABLES = (
        "outplacement_note",
        "outplacement_traject_member",
        "outplacement_traject_volume_reader_rel",
        "outplacement_break_glass",
        "outplacement_key",
        "outplacement_alert",
    )

    def _get_wall(self):
        """Return all rows of the tables of the wall, in any order."""
        self.env.flush_all()
        return {
            table: sorted(
                map(
                    str,
                    self.env.execute_query(
                        SQL("SELECT t.* FROM %s t", SQL.identifier(table))
                    ),
                )
            )
            for table in self.TABLES
        }

    def _try(self, method, *args, **kwargs):
        """Return what the call answers, or the error that refuses it."""
        with mute_logger(*ACCESS_LOGGERS, "odoo.sql_db"):
            try:
                with self.env.cr.savepoint():
                    answer = method(*args, **kwargs)
                    self.env.flush_all()
            except Exception as error:
                answer = error
        return answer

    def _can_read(self, user, note=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return (note or self.note).with_user(user).has_access("read")


@tagged("post_install", "-at_install")
class TestAttacksOnNotes(AttackCommon):
    """Ways around the wall: by context, by link, by form, by guessed id."""

    def test_no_context_opens_a_note(self):
        note_id = self.note.id
        sister = self.env["res.company"].create({"name": "Sister Bureau"})
        contexts = (*CONTEXTS, {"allowed_company_ids": [self.company.id]})
        for role, context in itertools.product(
            ("other_coach", "manager", "system", "candidate"), contexts
        ):
            Note = self.env[NOTE].with_user(self.users[role]).with_context(**context)
            for method, *args in (
                ("read", ["body", "date"]),
                ("web_read", {"body": {}, "traject_id": {"fields": {"name": {}}}}),
                ("write", {"body": "<p>forged</p>"}),
                ("write", {"shared": True}),
                ("copy",),
                ("unlink",),
                ("action_sign",),
                ("action_amend",),
                ("action_end_break_glass",),
            ):
                with self.case(role=role, context=context, method=method):
                    mine = Note.browse(note_id)
                    self.assertRefused(getattr(mine, method), *args)
            with self.case(role=role, context=context, method="search"):
                found = self._try(Note.search, [("id", "=", note_id)])
                self.assertFalse(not isinstance(found, AccessError) and found)
        with self.case(company="somebody else's"):
            mine = self.note.with_user(self.coach)
            there = mine.with_context(allowed_company_ids=sister.ids)
            self.assertRefused(there.read, ["body"])

    def test_no_context_writes_what_methods_write(self):
        """Defaults in the context are held against the field, whatever its name."""
        others = self.other_traject.member_ids[0]
        values = {
            "author_id": self.deputy.id,
            "volume_id": others.id,
            "candidate_id": self.other_candidate.partner_id.id,
            "signed_on": "2021-01-01 00:00:00",
            "amends_id": self.note.id,
            "body_cipher": "x",
        }
        Note = self.env[NOTE].with_user(self.coach)
        of_traject = {"traject_id": self.traject.id}
        for name, value in values.items():
            with self.case(field=name):
                there = Note.with_context(**{f"default_{name}": value})
                for method, *args in (
                    (Note.create, {**of_traject, name: value}),
                    (there.create, of_traject),
                    (self.note.with_user(self.coach).write, {name: value}),
                    (self.note.with_user(self.coach).copy, {name: value}),
                    (Note.web_save, {**of_traject, name: value}, {"id": {}}),
                ):
                    self.assertRefused(method, *args)
            with self.case(field=name, by="import"):
                column = f"{name}/.id" if name.endswith("_id") else name
                row = [self.traject.id, value]
                result = self._try(Note.load, ["traject_id/.id", column], [row])
                self.assertFalse(not isinstance(result, Exception) and result["ids"])

    def test_no_note_in_anothers_file(self):
        Note = self.env[NOTE].with_user(self.other_coach)
        theirs = self._make_note(self.other_traject).with_user(self.other_coach)
        foreign = {"traject_id": self.traject.id}
        before = self._get_wall()
        for method, *args in (
            (Note.create, {**foreign, "body": "x"}),
            (Note.with_context(default_traject_id=self.traject.id).create, {}),
            (theirs.copy, foreign),
            (Note.web_save, foreign, {"id": {}}),
        ):
            with self.case(method=method.__name__):
                self.assertRefused(method, *args)
        with self.case(method="move"):
            self.assertRefused(theirs.write, foreign, error=UserError)
        with self.case(method="load"):
            self.assertFalse(Note.load(["traject_id/.id"], [[self.traject.id]])["ids"])
        self.assertEqual(self._get_wall(), before)

    def test_no_link_reaches_the_wall(self):
        """Every x2many field of every model that leads to a guarded one, with every
        command, by every role: not a row changes."""
        fields_found = [
            (name, field)
            for name, Model in self.env.items()
            if not Model._abstract
            for field in Model._fields.values()
            if field.comodel_name in GUARDED and field.type.endswith("2many")
        ]
        self.assertIn(("outplacement.traject", "member_ids"), self._names(fields_found))
        roles = ("coach", "planner", "manager", "privacy_officer", "system")
        before = self._get_wall()
        for name, field in fields_found:
            target = self.env[field.comodel_name].search([], limit=1).id or 1
            record = self.env[name].search([], limit=1)
            commands = (
                Command.create({"traject_id": self.traject.id, "user_id": 2}),
                Command.update(target, {"role": "coach", "shared": True}),
                Command.delete(target),
                Command.unlink(target),
                Command.link(target),
                Command.clear(),
                Command.set([target]),
            )
            with self.case(field=str(field)):
                for role, command in itertools.product(roles, commands):
                    mine = record.with_user(self.users[role])
                    self._try(mine.write, {field.name: [command]})
                    self._try(mine.web_save, {field.name: [command]}, {"id": {}})
                    self._try(mine.create, {field.name: [command]})
                self.assertEqual(self._get_wall(), before)

    def _names(self, found):
        return [(name, field.name) for name, field in found]

    def test_no_form_tells_of_a_foreign_record(self):
        """Unsaved, with any link to a record that is hidden: nobody is named."""
        statement = self.env["outplacement.statement"]
        report = self._make_report("objected", remark="canary remark")
        targets = {
            "outplacement.traject": self.traject,
            NOTE: self.note,
            MEMBER: self.traject.member_ids[0],
            "outplacement.report": report,
            "outplacement.report.answer": report.answer_ids,
            "outplacement.session": self._make_session(location="canary place"),
            "outplacement.statement": statement.create({"traject_id": self.traject.id}),
            "outplacement.traject.phase": self.traject.traject_phase_ids[0],
        }
        tried = 0
        for role in ("employee", "other_coach"):
            for name, Model in self.env.items():
                if name.startswith("outplacement.") and not Model._abstract:
                    mine = Model.with_user(self.users[role])
                    for field in Model._fields.values():
                        if field.type == "many2one" and field.comodel_name in targets:
                            tried += 1
                            self._check_form(mine, field, targets[field.comodel_name])
        self.assertGreater(tried, 30)

    def _check_form(self, model, link, record):
        """Have each field of a new record computed from the link."""
        names = [
            name
            for name, field in model._fields.items()
            if name not in (link.name, *MAGIC_COLUMNS) and field.type[-5:] != "2many"
        ]
        values = {link.name: record.id}
        for name in names:
            field = model._fields[name]
            shown = {"fields": {"display_name": {}}} if field.comodel_name else {}
            self.env.invalidate_all()  # every call of a client begins so
            try:
                with mute_logger(*ACCESS_LOGGERS):
                    answer = model.onchange(values, [link.name], {name: shown})
            except AccessError:
                continue
            value = answer["value"].get(name)
            with self.subTest(user=model.env.user.login, link=str(link), field=name):
                self.assertNotIn("canary", str(value))
                if field.comodel_name in ("res.partner", "res.users") and value:
                    own = (model.env.uid, model.env.user.partner_id.id)
                    self.assertIn(value["id"], own)

    def test_records_stay_with_their_traject(self):
        """Else a coach puts papers into another's file."""
        statement = self.env["outplacement.statement"]
        for record in (
            self.note,
            self._make_session(),
            self._make_report(),
            statement.create({"traject_id": self.traject.id}),
            self.traject.traject_phase_ids[-1],
        ):
            phase = self.other_traject.traject_phase_ids.filtered(
                lambda line, r=record: "phase_id" in r and line.phase_id == r.phase_id
            )
            phase.unlink()
            mine = record.with_user(self.coach)
            values = {"traject_id": self.other_traject.id}
            for method, *args in ((mine.write, values), (mine.web_save, values, {})):
                with self.case(model=record._name, method=method.__name__):
                    self.assertRefused(method, *args, error=UserError)
            with self.case(model=record._name, method="the same again"):
                self._try(mine.write, {"traject_id": self.traject.id})
                self.assertEqual(record.traject_id, self.traject)

    def test_a_successor_finds_nothing_by_volume(self):
        """Neither by searching, ordering, grouping nor naming, on any field."""
        with freeze_time(NOW):
            self._assign(self.traject, self.other_coach, date_from=DAY)
            new = self._make_note(user=self.other_coach)
            mine = self.env[NOTE].with_user(self.other_coach)
            domains = (
                [],
                [("volume_id", "=", self.note.volume_id.id)],
                [("volume_id.user_id", "=", self.coach.id)],
                [("author_id", "=", self.coach.id)],
                [("traject_id.member_ids.user_id", "=", self.coach.id)],
                [("id", "=", self.note.id)],
                ["!", ("id", "=", new.id)],
                [("amends_id.author_id", "=", self.coach.id)],
            )
            for domain, name in itertools.product(
                domains, ("volume_id", "author_id", "date", "session_id", "shared")
            ):
                with self.case(domain=domain, field=name):
                    found = mine.search(domain, order=f"{name} desc")
                    self.assertLessEqual(found, new.with_env(found.env))
                    groupby = f"{name}:day" if name == "date" else name
                    groups = mine.formatted_read_group(domain, [groupby], ["__count"])
                    count = sum(group["__count"] for group in groups)
                    self.assertEqual(count, len(found))
                    named = {pair[0] for pair in mine.name_search("", domain)}
                    self.assertLessEqual(named, set(new.ids))

    def test_administration_is_no_grant(self):
        """Settings and users administrator at once: no note by read, write or export,
        while nobody let them in."""
        admin = self._make_user("system", "test_admin_without_grant")
        admin.group_ids += self.env.ref("base.group_erp_manager")
        admin.group_ids += self.env.ref("base.group_allow_export")
        mine = self.note.with_user(admin)
        values = {"traject_id": self.traject.id, "body": "x"}
        for method, *args in (
            (mine.read, ["body"]),
            (mine.read, ["date"]),
            (mine.web_read, {"body": {}}),
            (mine.search, []),
            (mine.search_count, []),
            (mine.search_read, [], ["body"]),
            (mine.formatted_read_group, [], ["author_id"], ["__count"]),
            (mine.export_data, ["body"]),
            (mine.export_data, ["id", "date"]),
            (mine.write, {"shared": True}),
            (mine.create, values),
            (mine.copy,),
            (mine.unlink,),
        ):
            with self.case(method=method.__name__, args=args):
                self.assertRefused(method, *args)
        self.assertFalse(mine.body)
        self.assertFalse(mine.sudo().body)

    def test_nothing_runs_on_notes_for_others(self):
        """Server actions, templates, filters and messages that name a note."""
        model = self.env["ir.model"]._get(NOTE)
        code = f"raise UserError(env['{NOTE}'].browse({self.note.id}).body)"
        action = {"name": "x", "model_id": model.id, "state": "code", "code": code}
        on_note = {"res_model_id": model.id, "res_id": self.note.id}
        message = {"model": NOTE, "res_id": self.note.id, "body": "x"}
        attachment = {"name": "x", "res_model": NOTE, "res_id": self.note.id}
        for role in set(ROLES) - {"coach", "deputy", "system"}:
            env = self.env(user=self.users[role])
            for name, values in (
                ("ir.actions.server", action),
                ("mail.activity", on_note),
                ("mail.message", message),
                ("ir.attachment", {**attachment, "raw": b"x"}),
            ):
                with self.case(role=role, model=name):
                    self.assertRefused(env[name].create, values)
        admin = self.env(user=self.system)
        with self.case(role="system", model="ir.actions.server"):
            action = admin["ir.actions.server"].create(action)
            error = self._try(action.with_context(active_id=self.note.id).run)
            self.assertNotIn(CANARY, str(error))
        with self.case(role="system", model="mail.template"):
            body = "<t t-out='object.body'/> <t t-out='object.sudo().body'/>"
            values = {"name": "x", "model_id": model.id, "body_html": body}
            template = self.env["mail.template"].create(values)
            for user in (self.system, self.env.user):
                mine = template.with_user(user)
                rendered = self._try(mine._render_field, "body_html", self.note.ids)
                self.assertNotIn(CANARY, str(rendered))


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


@tagged("post_install", "-at_install")
class TestAttacksOnPapers(AttackCommon):
    """The log, the alerts, the documents and the addresses around the file."""

    def test_no_context_keeps_a_reading_out_of_the_log(self):
        for user in (self.coach, self.deputy):
            for context in (*CONTEXTS, {"outplacement_no_log": True}):
                with self.case(user=user.login, context=context):
                    self.env.flush_all()
                    self.env.invalidate_all()
                    mine = self.note.with_user(user).with_context(**context)
                    self.assertIn(CANARY, mine.read(["body"])[0]["body"])
                    self.assertEqual(len(self._get_rows("read", user_id=user.id)), 1)

    def test_a_text_in_the_cache_is_a_reading_of_its_own(self):
        """Two people in one transaction: both are written down."""
        for user in (self.coach, self.deputy, self.coach):
            self.assertIn(CANARY, self.note.with_user(user).body)
        rows = self._get_rows("read")
        self.assertEqual(rows.user_id, self.coach + self.deputy)
        self.assertEqual(len(rows), 2)

    def test_a_line_of_the_log_is_one_line(self):
        """Whatever is in a name: no second line, no key of its own."""
        row = self.Log._prepare_row("read", self.note)
        forged = 'x"\n{"kind": "granted"}\r\n\u2028%s %(user)s'
        row.update(traject_reference=forged, detail=forged)
        with self.assertLogs(LINES, logging.INFO) as logged:
            self.Log._emit([row])
        [line] = logged.output
        self.assertEqual(len(line.splitlines()), 1)
        parsed = json.loads(line.split(":", 2)[2])
        self.assertEqual(parsed["traject"], forged)
        self.assertEqual(parsed["kind"], "read")

    def test_refusals_without_end_do_not_flood_the_officers(self):
        """One alert an hour for each person who goes on asking."""
        partner = self.privacy_officer.partner_id
        domain = [("notified_partner_ids", "in", partner.ids)]
        before = self.env["mail.message"].search_count(domain)
        for number in range(25):
            for user in (self.coach, self.deputy):
                moment = f"2026-03-12 10:{number // 12:02}:{number % 12 * 5:02}"
                self._refuse_many(user, moment, range(10 * number, 10 * number + 10))
        self.assertEqual(len(self._get_rows("alert")), 2)
        self.assertEqual(self.env["mail.message"].search_count(domain), before + 2)
        self._refuse_many(self.coach, "2026-03-12 11:30:00", range(500, 700))
        self.assertEqual(len(self._get_rows("alert")), 3)

    def _refuse_many(self, user, moment, numbers):
        with freeze_time(moment):
            row = self.Log._prepare_row("refused", self.note, "read")
            row["user_id"] = user.id
            rows = [{**row, "res_id": number + 1} for number in numbers]
            self.Log._append_refused(rows)

    def _make_papers(self):
        """Return a signed statement and a released report."""
        values = {"traject_id": self.traject.id, "signature": base64.b64encode(b"ink")}
        statement = self.env["outplacement.statement"].create(values)
        self.patch(type(statement), "_render_document", lambda statement: b"%PDF-1.7")
        statement.with_user(self.coach).action_sign()
        return statement, self._make_report("released")

    def test_no_attachment_changes_a_paper(self):
        """What is frozen in the record is not changed in the file behind its field."""
        for paper in self._make_papers():
            domain = [("res_model", "=", paper._name), ("res_id", "=", paper.id)]
            files = self.env["ir.attachment"].search(
                [*domain, ("res_field", "!=", False)]
            )
            self.assertTrue(files)
            new = {"res_model": paper._name, "res_id": paper.id, "raw": b"forged"}
            for role in set(ROLES) - {"system"}:
                for file in files.with_user(self.users[role]):
                    values = {**new, "name": "x", "res_field": file.sudo().res_field}
                    for method, *args in (
                        (file.write, {"raw": b"forged"}),
                        (file.write, {"datas": base64.b64encode(b"forged")}),
                        (file.write, {"res_id": 0}),
                        (file.write, {"res_field": False}),
                        (file.write, {"public": True}),
                        (file.unlink,),
                        (file.create, values),
                    ):
                        with self.case(role=role, method=method.__name__, args=args):
                            self.assertRefused(method, *args)

    def test_files_are_read_as_their_fields_are(self):
        statement, report = self._make_papers()
        readers = {"coach", "deputy", "planner", "manager", "account_manager"}
        for paper in (statement, report):
            file = self.env["ir.attachment"].search(
                [
                    ("res_model", "=", paper._name),
                    ("res_id", "=", paper.id),
                    ("res_field", "=", "document"),
                ]
            )
            for role in ROLES:
                with self.case(role=role, paper=paper._name):
                    mine = file.with_user(self.users[role])
                    if role in readers:
                        self.assertTrue(mine.read(["raw"])[0]["raw"])
                    else:
                        self.assertRefused(mine.read, ["raw"])

    def test_files_of_notes_follow_the_note(self):
        """Neither hung on a note by strangers, nor taken from it by a new link."""
        values = {"name": "x", "raw": CANARY.encode(), "res_model": NOTE}
        values["res_id"] = self.note.id
        Attachment = self.env["ir.attachment"]
        # nothing is hung on notes any more, but something may be from before
        guard = "_check_not_confidential"
        with patch.object(self.registry["ir.attachment"], guard, lambda *_args: None):
            file = Attachment.with_user(self.coach).create(values)
        link = {"res_model": "res.partner", "res_id": self.employer.id}
        for role in set(ROLES) - {"coach", "deputy"}:
            mine = file.with_user(self.users[role])
            for method, *args in (
                (mine.read, ["raw"]),
                (mine.write, link),
                (mine.write, {"public": True}),
                (mine.copy, link),
                (mine.unlink,),
                (mine.create, values),
                (mine.generate_access_token,),
            ):
                with self.case(role=role, method=method.__name__):
                    self.assertRefused(method, *args)
            for condition in (
                ("res_model", "=", NOTE),
                ("index_content", "ilike", "canary"),
            ):
                with self.case(role=role, method="search", condition=condition):
                    found = self._try(mine.search, [condition])
                    self.assertFalse(not isinstance(found, AccessError) and found)

    def test_a_portal_colleague_does_not_take_an_address_over(self):
        """Odoo's page of addresses writes as superuser, contacts of the same company
        included; a new password would go to the new address."""
        contact = self.employer_contact.partner_id
        for user, partner in (
            (self.other_employer_contact, contact),
            (self.other_employer_contact, self.candidate.partner_id),
            (self.other_candidate, contact),
        ):
            with self.case(user=user.login, partner=partner.name):
                mine = partner.with_user(user).sudo()
                self.assertRefused(mine.write, {"email": "somebody.else@example.com"})
                mine.write({"email": partner.email, "phone": "06"})
        with self.case(user="oneself"):
            contact.with_user(self.employer_contact).sudo().email = "new@example.com"
            self.assertEqual(self.employer_contact.email, "new@example.com")

    def test_settings_tell_nothing_and_turn_nothing(self):
        """Neither the place of the key nor its buttons, by a form of the settings."""
        Settings = self.env["res.config.settings"]
        names = [name for name in Settings._fields if name.startswith("outplacement_")]
        self.assertIn("outplacement_key_location", names)
        settings = Settings.create({})
        before = self._get_wall()
        for role in ("coach", "manager", "privacy_officer", "employee", "candidate"):
            mine = settings.with_user(self.users[role])
            for name in names:
                with self.case(role=role, field=name):
                    self.assertRefused(mine.read, [name])
                    answer = self._try(mine.browse().onchange, {}, [], {name: {}})
                    if not isinstance(answer, Exception):
                        self.assertFalse(answer["value"].get(name))
            for method in (
                "action_outplacement_rotate",
                "action_outplacement_confirm_backup",
            ):
                if role == "privacy_officer":
                    continue
                with self.case(role=role, method=method):
                    self._try(getattr(mine, method))
                    self._try(getattr(mine.browse(), method))
                    self.assertEqual(self._get_wall(), before)
