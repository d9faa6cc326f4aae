import itertools

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.models import MAGIC_COLUMNS
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import ACCESS_LOGGERS, ROLES
from .common_attacks import CONTEXTS, DAY, NOTE, NOW, AttackCommon
from .test_access_log import CANARY

MEMBER = "outplacement.traject.member"
# Who enters such a model from elsewhere enters the confidential file, or hides it.
GUARDED = {
    NOTE,
    MEMBER,
    "outplacement.break.glass",
    "outplacement.access.log",
    "outplacement.alert",
    "outplacement.key",
}


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
            with mute_logger("odoo.addons.mail.models.mail_template"):
                templates = self.env["mail.template"]
                self.assertRefused(templates.create, values, error=UserError)
            for user in (self.system, self.coach, self.env.user):
                render = self.env["mail.render.mixin"].with_user(user)._render_template
                rendered = self._try(render, body, NOTE, self.note.ids, engine="qweb")
                self.assertNotIn(CANARY, str(rendered))
