from datetime import date

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import ROLES, OutplacementCommon

NOTE = "outplacement.note"
FILE = (NOTE, "outplacement.document")
CANARY = "canary in a note"
# Models of ours that portal users may read; each holds a white-list of fields.
PORTAL_MODELS = {
    "outplacement.session",
    "outplacement.note",
    "outplacement.document",
    "outplacement.report",
    "outplacement.report.answer",
    "outplacement.consent",
}
FORBIDDEN_PARENTS = {
    "mail.thread",
    "mail.activity.mixin",
    "portal.mixin",
    "html.field.history.mixin",
    "image.mixin",
    "rating.mixin",
    "sequence.mixin",
}


@tagged("post_install", "-at_install")
class TestConfidentiality(OutplacementCommon):
    """The notes: who has no way to them, by construction and by trial."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.note = cls._make_note(body=f"<p>{CANARY}</p>")

    def _get_note(self, role):
        return self.note.with_user(self.users[role])

    # ------------------------------------------------------------------
    # Construction
    # ------------------------------------------------------------------

    def test_rules_of_the_file_are_global(self):
        """Rules of a group are or-ed: those of another module would widen them."""
        for model in FILE:
            with self.subTest(model=model):
                self._check_rules(model)

    def _check_rules(self, model):
        rules = self.env["ir.rule"].search([("model_id.model", "=", model)])
        self.assertFalse(rules.groups)
        self.assertTrue(all(rules.mapped("global")))
        for operation in ("read", "write", "create", "unlink"):
            limits = [
                rule
                for rule in rules
                if rule[f"perm_{operation}"]
                and "volume_id.is_open" in rule.domain_force
            ]
            self.assertTrue(limits, f"nothing limits who may {operation}")

    def test_permissive_rule_of_another_module_does_not_widen(self):
        """Another module lets everybody in, with rights and rules for the group."""
        for model in FILE:
            self._open_wide(model)
        document = self._make_document()
        for role in set(ROLES) - {"coach", "deputy"}:
            for record in (self.note, document):
                with self.case(role=role, model=record._name):
                    self._check_closed(record.with_user(self.users[role]))
        self.assertIn(CANARY, self._get_note("coach").body)

    def _open_wide(self, model):
        model = self.env["ir.model"]._get(model)
        for group in ("base.group_user", "base.group_portal", "base.group_system"):
            group = self.env.ref(group)
            rights = dict.fromkeys(
                ("perm_read", "perm_write", "perm_create", "perm_unlink"), True
            )
            common = {"name": "Wide open", "model_id": model.id, **rights}
            self.env["ir.model.access"].create({**common, "group_id": group.id})
            self.env["ir.rule"].create(
                {
                    **common,
                    "domain_force": "[(1, '=', 1)]",
                    "groups": [Command.set(group.ids)],
                }
            )

    def _check_closed(self, mine):
        text = "body" if mine._name == NOTE else "name"
        self.assertFalse(mine.search([("id", "=", mine.id)]))
        self.assertRefused(mine.read, [text])
        self.assertRefused(mine.write, {"date": date(2021, 1, 1)})
        self.assertRefused(mine.unlink)
        self.assertRefused(mine.create, {"traject_id": self.traject.id, text: "x"})

    def test_no_thread_on_the_file(self):
        """Followers, messages, activities and links by token read without rules."""
        for name in FILE:
            with self.subTest(model=name):
                self._check_no_thread(self.env[name])

    def _check_no_thread(self, model):
        parents = {cls._name for cls in type(model).mro() if hasattr(cls, "_name")}
        self.assertFalse(parents & FORBIDDEN_PARENTS)
        self.assertEqual(model._table, model._name.replace(".", "_"))
        self.assertFalse(model._inherits)
        for name in ("message_ids", "activity_ids", "access_token", "access_url"):
            self.assertNotIn(name, model._fields)
        # bytes would be attachments, in the filestore
        fields = model._fields.values()
        self.assertFalse([f for f in fields if f.type == "binary" and f.attachment])

    def test_no_field_elsewhere_leads_to_the_file(self):
        """Related and stored computed fields run as superuser, and publish."""
        for model_name, Model in self.registry.items():
            for field in Model._fields.values():
                if model_name in FILE or Model._abstract:
                    continue
                with self.subTest(field=str(field)):
                    self.assertNotIn(field.comodel_name, FILE)
                    for path in self.registry.field_depends[field]:
                        passed = self._get_models_on(Model, path)
                        self.assertFalse(set(FILE) & set(passed))

    def _get_models_on(self, Model, path):
        """Return the names of the models that ``path`` passes through."""
        names = []
        for part in path.split("."):
            field = Model._fields[part]
            if not field.comodel_name:
                break
            names.append(field.comodel_name)
            Model = self.registry[field.comodel_name]
        return names

    def test_the_text_is_in_no_readable_column(self):
        fields = self.env[NOTE]._fields
        self.assertFalse(fields["body"].store)
        self.assertFalse(fields["body"].exportable)
        self.assertFalse(fields["body"].copy)
        self.assertFalse(fields["body_cipher"].copy)
        self.assertEqual(fields["body_cipher"].groups, ".")
        described = self.env[NOTE].with_user(self.coach).fields_get()
        self.assertNotIn("body_cipher", described)

    def test_portal_reads_models_with_a_white_list_only(self):
        access = self.env["ir.model.access"].search(
            [("model_id.model", "=like", "outplacement.%")]
        )
        outside = self.env.ref("base.group_portal") | self.env.ref("base.group_public")
        # an ACL line without a group would be for everybody
        opened = access.filtered(lambda a: not a.group_id or a.group_id & outside)
        self.assertEqual(set(opened.mapped("model_id.model")), PORTAL_MODELS)
        self.assertFalse(any(opened.mapped("perm_write")))
        self.assertFalse(any(opened.mapped("perm_create")))
        self.assertFalse(any(opened.mapped("perm_unlink")))

    def test_no_group_leads_to_the_coaches(self):
        """No rank has notes: nobody becomes coach by another group, nor anything
        of the bureau by a group of Odoo."""
        groups = {
            name: self.env.ref(f"outplacement.group_{name}")
            for name in ("coach", "planner", "account_manager", "manager")
        }
        for name, group in groups.items():
            with self.subTest(group=name):
                self.assertFalse(group.implied_by_ids)
                self.assertFalse(
                    group.all_implied_ids
                    & self.env["res.groups"].union(*groups.values()) - group
                )

    # ------------------------------------------------------------------
    # Trial
    # ------------------------------------------------------------------

    def test_superuser_code_gets_no_text(self):
        self.assertIn(CANARY, self._get_note("coach").body)
        self.assertFalse(self._get_note("coach").sudo().body)
        self.assertFalse(self.note.sudo().read(["body"])[0]["body"])
        # nor after somebody with access filled the cache of this transaction
        self.assertIn(CANARY, self._get_note("deputy").body)
        self.assertFalse(self.note.sudo().body)
        self.assertFalse(self._get_note("manager").body)
        self.assertIn(CANARY, self._get_note("coach").body)

    def test_cached_text_is_nobody_elses(self):
        """The cache is shared within a transaction, the text is not."""
        for role in set(ROLES) - {"coach", "deputy"}:
            self.assertIn(CANARY, self._get_note("coach").body)
            with self.case(role=role):
                self.assertFalse(self._get_note(role).body)

    def test_stored_text_is_out_of_reach(self):
        """Not even the author gets at the column, by whatever call."""
        mine, stored = self._get_note("coach"), "body_cipher"
        domain = [(stored, "ilike", "canary")]
        for method, *args in (
            (mine.read, [stored]),
            (mine.web_read, {stored: {}}),
            (mine.search, domain),
            (mine.search, [("amends_id.body_cipher", "ilike", "canary")]),
            (mine.filtered_domain, domain),
            (mine.formatted_read_group, [], [stored]),
            (mine.formatted_read_group, [], [], [f"{stored}:array_agg"]),
            (mine.web_read_group, [], [stored]),
            (mine.mapped, stored),
            (mine.write, {stored: "x"}),
            (mine.create, {"traject_id": self.traject.id, stored: "x"}),
            (mine.with_context(default_body_cipher="x").create, {}),
        ):
            with self.case(method=method.__name__, args=args):
                self.assertRefused(method, *args)
        with self.case(method="search, order"):
            self.assertRefused(mine.search, [], order=stored)
        self._check_export_and_import(mine, stored)

    def _check_export_and_import(self, mine, stored):
        self.coach.group_ids += self.env.ref("base.group_allow_export")
        with self.case(method="export_data"):
            self.assertRefused(mine.export_data, [stored])
        with self.case(method="load"):
            result = mine.load(["traject_id/.id", stored], [[self.traject.id, "x"]])
            self.assertFalse(result["ids"])
        with self.case(method="copy"):
            self.assertFalse(mine.copy().body)

    def test_the_text_is_neither_searched_nor_grouped(self):
        mine = self._get_note("coach")
        for method, *args in (
            (mine.search, [("body", "ilike", "canary")]),
            (mine.formatted_read_group, [], ["body"]),
        ):
            with self.case(method=method.__name__), self.assertRaises(ValueError):
                method(*args)
        with self.case(method="search, order"), self.assertRaises(ValueError):
            mine.search([], order="body")

    def test_names_are_neutral(self):
        """Odoo reads names as superuser, through every link and in every error."""
        private = [CANARY, self.candidate.name, self.candidate.partner_id.name]
        records = [
            self.note,
            self._make_session(location="canary place"),
            self._make_report("objected", remark="canary remark"),
            self.traject,
            self.traject.traject_phase_ids,
            self.env["calendar.event"].search([("user_id", "=", self.coach.id)]),
        ]
        for record in records:
            for word in (*private, "canary"):
                names = " ".join(record.sudo().mapped("display_name"))
                self.assertNotIn(word, names)
        with self.case(language="Dutch"):
            self.note.date = date(2026, 3, 12)
            self.assertRegex(self.note.display_name, r"^Note .*2026")

    def test_errors_hold_no_text(self):
        """A refusal does not tell, with all the details of debug mode neither."""
        for role in set(ROLES) - {"coach", "deputy"}:
            mine = self._get_note(role)
            user = self.users[role]
            user.group_ids += self.env.ref("base.group_no_one")
            with self.case(role=role), self.assertRaises(AccessError) as caught:
                mine.read(["body"])
            self.assertNotIn("canary", str(caught.exception))

    def test_rank_and_other_roles_do_not_help(self):
        """Every role of the bureau at once, in one person who does not guide."""
        everything = self._make_user("other_coach", "test_everything")
        everything.group_ids += self.env["res.groups"].union(
            *(self.users[role].group_ids for role in ROLES if not role.endswith("ate"))
        ) - self.env.ref("base.group_portal")
        mine = self.note.with_user(everything)
        self.assertFalse(mine.search([("id", "=", mine.id)]))
        self.assertRefused(mine.read, ["body"])
        self.assertRefused(mine.create, {"traject_id": self.traject.id, "body": "x"})

    def test_deleting_a_session_tells_nothing(self):
        """It goes as well with a note about it as without, and the note stays."""
        for noted in (False, True):
            session = self._make_session()
            if noted:
                self._get_note("coach").session_id = session
            with self.case(noted=noted):
                session.with_user(self.planner).unlink()
                self.env.flush_all()
                self.env.invalidate_all()
                self.assertIn(CANARY, self._get_note("coach").body)

    def test_a_form_tells_nothing_of_anothers_traject(self):
        """An unsaved record that names a traject computes nothing from it."""
        coach = self.other_coach
        self._activate()
        self.traject.sudo().outcome = "stopped"
        for model in (
            "outplacement.session",
            "outplacement.note",
            "outplacement.document",
            "outplacement.report",
            "outplacement.traject.phase",
            "outplacement.traject.activate",
            "outplacement.traject.close",
            "outplacement.traject.job.lost",
            "outplacement.traject.what.if",
        ):
            Model = self.env[model].with_user(coach)
            names = [n for n, f in Model._fields.items() if f.type != "one2many"]
            for name in names:
                values = {"traject_id": self.traject.id}
                with self.case(model=model, field=name):
                    try:
                        shown = Model.onchange(values, ["traject_id"], {name: {}})
                    except AccessError:
                        continue
                    value = shown.get("value", {}).get(name)
                    self._check_nothing_of(Model._fields[name].comodel_name, value)

    def _check_nothing_of(self, comodel, value):
        traject = self.traject
        secrets = {
            ("res.partner", str(traject.candidate_id.id)),
            ("res.partner", str(traject.employer_id.id)),
            ("res.users", str(traject.coach_id.id)),
            (None, "stopped"),
        }
        days = [traject.date_start, traject.date_end]
        days += traject.traject_phase_ids.mapped("planned_end")
        secrets |= {(None, str(day)) for day in days}
        self.assertNotIn((comodel, str(value)), secrets)

    def test_browsers_keep_nothing(self):
        """Odoo's client stores what its lists and forms read, unless told not to."""
        actions = self.env["ir.actions.act_window"].search(
            [("res_model", "in", ("outplacement.note", "outplacement.document"))]
        )
        self.assertGreaterEqual(len(actions), 3)
        self.assertFalse(any(actions.mapped("cache")))
