from unittest.mock import patch

from odoo.fields import Command
from odoo.models import BaseModel
from odoo.tests import tagged

from .common import ROLES, OutplacementCommon

# By hand, and not from the models: a change there has to be made here too.
TRAJECT_BY_METHOD = {
    "state",
    "outcome",
    "sale_line_id",
    "extra_sale_line_ids",
    "extension_months",
    "date_end",
    "date_placement",
    "date_closed",
    "date_last_session",
    "consent_ids",
    "date_next_report",
    "date_last_report",
    "last_report_id",
    "report_due_until",
    "coach_id",
    "member_ids",
    "instalment_ids",
    "session_instalment_ids",
    "pause_ids",
    "order_id",
    "opportunity_id",
    "entitlement_id",
    "social_plan_id",
    "conflict_ids",
    "break_glass_ids",
}
THREAD = {"activity_ids", "message_follower_ids", "message_ids"}
TRAJECT_BY_COACH = {
    *THREAD,
    "date_dismissal",
    "phase_id",
    "traject_phase_ids",
    "session_ids",
    "report_ids",
    "report_rhythm",
}
TRAJECT_BY_ACCOUNT_MANAGER = {
    *THREAD,
    "principal_id",
    "employer_contact_ids",
    "purchase_order_ref",
    "personnel_number",
    "trigger",
    "date_dismissal",
}
CLOSED_TO_COACH = {
    "session": {"state", "date_invited", "is_billed", "is_mine"},
    "note": {"author_id", "volume_id", "signed_on", "amends_id", "body_cipher"},
    "document": {
        "author_id",
        "candidate_id",
        "volume_id",
        "version",
        "size",
        "mimetype",
        "name_cipher",
        "content_cipher",
    },
    "report": {
        "state",
        "date_sent",
        "answer_deadline",
        "date_released",
        "released_by_id",
        "document",
        "document_name",
        "document_sha256",
        "supersedes_id",
        "superseded_by_id",
        "date_announced",
        "date_reminded",
        "date_missed",
        # what comes from the traject
        "reference",
        "package",
        "term_end",
        "sessions_planned",
        "sessions_held",
        "sessions_cancelled",
        "sessions_no_show",
        "sessions_left",
        "phases_text",
        "placed",
        "date_placement",
        "participation_consent",
        "phases_consent",
        "applications_consent",
        "new_employer_consent",
    },
    "consent": {
        "recorded_by_id",
        "statement_id",
        "date_withdrawn",
        "withdrawn_channel",
        "withdrawn_by_id",
    },
    "answer": {"recorded_by_id"},
}
QUICKLY_CHECKED = {
    "activity_state": "base.group_user",
    "date_last_session": "outplacement.group_coach,outplacement.group_planner,"
    "outplacement.group_manager",
}
READ_BY_PORTAL = {
    "session": {
        "id",
        "display_name",
        "kind",
        "start",
        "stop",
        "duration",
        "location",
        "videocall_url",
        "coach_id",
        "state",
    },
    "note": {"id", "display_name", "date", "author_id", "body"},
    "document": {
        "id",
        "display_name",
        "date",
        "kind",
        "name",
        "author_id",
        "version",
        "size",
        "mimetype",
        "unopenable",
    },
    "report": {
        "id",
        "display_name",
        "name",
        "state",
        "reference",
        "package",
        "date_from",
        "date_to",
        "term_end",
        "sessions_planned",
        "sessions_held",
        "sessions_cancelled",
        "sessions_no_show",
        "sessions_left",
        "phases_text",
        "participation_consent",
        "phases_consent",
        "applications_consent",
        "application_count",
        "interview_count",
        "next_steps_text",
        "schooling_text",
        "placed",
        "date_placement",
        "new_employer_consent",
        "new_employer",
        "remark",
        "date_sent",
        "answer_deadline",
        "date_released",
        "document",
        "document_name",
        "document_sha256",
        "superseded_by_id",
    },
    "consent": {
        "id",
        "display_name",
        "topic",
        "date_given",
        "channel",
        "date_withdrawn",
        "withdrawn_channel",
    },
    "answer": {
        "id",
        "display_name",
        "report_id",
        "answer",
        "date",
        "channel",
        "remark",
    },
}


def deny(_self, _field, _operation):
    """An add-on that closes every field."""
    return False


@tagged("post_install", "-at_install")
class TestAccessFields(OutplacementCommon):
    """The cells of the access matrix that are about fields, as the user."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        report = cls._make_report("released")
        cls.records = {
            "session": cls._make_session(),
            "note": cls._make_note(shared=True),
            "document": cls._make_document(shared=True),
            "report": report,
            "answer": report.answer_ids,
            "consent": cls.traject.consent_ids[0],
        }

    def _get_stored_fields(self, record):
        """Return the fields that a client could try to write."""
        return [
            name
            for name, field in record._fields.items()
            if name
            not in ("id", "create_uid", "create_date", "write_uid", "write_date")
            and (field.store or field.inverse)
        ]

    def _check_writable(self, record, role, expected):
        """Try to write each field as it is; only ``expected`` are let through."""
        user = self.users[role]
        for name in self._get_stored_fields(record):
            value = record._fields[name].convert_to_write(record[name], record)
            if record._fields[name].type in ("one2many", "many2many"):
                value = [Command.link(line.id) for line in record[name]]
            with self.case(role=role, field=name):
                mine = record.with_user(user)
                if name in expected:
                    mine.write({name: value})
                else:
                    self.assertRefused(mine.write, {name: value})

    def test_account_manager_writes_commercial_fields(self):
        self._check_writable(
            self.traject, "account_manager", TRAJECT_BY_ACCOUNT_MANAGER
        )

    def test_coach_writes_the_course(self):
        self._activate()
        self._check_writable(self.traject, "coach", TRAJECT_BY_COACH)

    def test_planner_and_manager_write_all_but_what_methods_write(self):
        closed = TRAJECT_BY_METHOD | {"name"}
        for role in ("planner", "manager"):
            names = set(self._get_stored_fields(self.traject)) - closed
            for name in (*names, *TRAJECT_BY_METHOD, "name"):
                field = self.traject._fields[name]
                may = self.traject.with_user(self.users[role])._has_field_access(
                    field, "write"
                )
                with self.subTest(role=role, field=name):
                    self.assertEqual(may, name not in TRAJECT_BY_METHOD)
        self._activate()
        for name in (*TRAJECT_BY_METHOD, "name", "company_id"):
            value = self.traject._fields[name].convert_to_write(
                self.traject[name], self.traject
            )
            for role in ("planner", "manager", "coach", "account_manager"):
                mine = self.traject.with_user(self.users[role])
                with self.case(role=role, field=name):
                    self.assertRefused(mine.write, {name: value})

    def test_roles_do_not_add_up_across_trajects(self):
        """Coach of one traject and account manager of another: each field only where
        the role is."""
        both = self._make_user("coach", "test_both")
        both.group_ids += self.env.ref("outplacement.group_account_manager")
        self._assign(self.traject, both)
        self.other_traject.account_manager_id = both
        guided, sold = (self.traject + self.other_traject).with_user(both)
        guided.write({"phase_id": guided.phase_id.id})
        sold.write({"personnel_number": "7"})
        self.assertRefused(guided.write, {"personnel_number": "7"})
        self.assertRefused(sold.write, {"phase_id": sold.phase_id.id})
        self.assertRefused((guided + sold).write, {"personnel_number": "7"})

    def test_coach_does_not_write_what_methods_write(self):
        draft = self._make_report(date_to=self.traject.date_start)
        records = {**self.records, "report": draft}
        for kind, closed in CLOSED_TO_COACH.items():
            record = records[kind].with_user(self.coach)
            for name in closed:
                with self.case(kind=kind, field=name):
                    values = {"traject_id": self.traject.id, name: False}
                    self.assertRefused(record.write, {name: False})
                    self.assertRefused(record.create, values)

    # ------------------------------------------------------------------
    # What portal users read
    # ------------------------------------------------------------------

    def _check_readable(self, kind, role):
        record = self.records[kind].with_user(self.users[role])
        domain = [("id", "=", record.id)]
        for name in record._fields:
            value = record.sudo()[name]
            guess = (name, "in", getattr(value, "ids", [value]))
            if not value:
                guess = (name, "!=", False)
            with self.case(kind=kind, role=role, field=name):
                if name in READ_BY_PORTAL[kind]:
                    self.assertIn(name, record.read([name])[0])
                    continue
                self.assertRefused(record.read, [name])
                self.assertRefused(record.web_read, {name: {}})
                self.assertRefused(record.mapped, name)
                self.assertRefused(record.search, [*domain, guess])
                self.assertRefused(record.filtered_domain, [guess])
                self.assertRefused(record.search, domain, order=name)
                self.assertRefused(record.formatted_read_group, domain, [name])
        with self.case(kind=kind, role=role, field="no field named"):
            self.assertLessEqual(set(record.read()[0]), READ_BY_PORTAL[kind])
            self.assertLessEqual(set(record.fields_get()), READ_BY_PORTAL[kind])

    def test_candidate_reads_the_white_list(self):
        for kind in READ_BY_PORTAL:
            self._check_readable(kind, "candidate")

    def test_employer_contact_reads_the_white_list(self):
        self._check_readable("report", "employer_contact")

    def test_dotted_paths_are_closed_to_portal_users(self):
        """No condition on a hidden field, so that nothing can be guessed."""
        for kind, path in (
            ("session", "traject_id.candidate_id.name"),
            ("session", "candidate_id.email"),
            ("session", "traject_id.session_ids.location"),
            ("note", "traject_id.member_ids.user_id"),
            ("note", "session_id.start"),
            ("document", "traject_id.member_ids.user_id"),
            ("document", "replaced_by_ids.date"),
            ("report", "traject_id.state"),
            ("report", "answer_ids.remark"),
            ("report", "superseded_by_id.traject_id.state"),
            ("answer", "report_id.candidate_id.name"),
            ("answer", "recorded_by_id.login"),
            ("consent", "traject_id.state"),
            ("consent", "recorded_by_id.login"),
        ):
            model = self.records[kind].with_user(self.candidate).browse()
            with self.case(kind=kind, path=path):
                self.assertRefused(model.search, [(path, "!=", False)])

    def test_no_condition_on_what_is_in_the_cache(self):
        record = self.records["session"].with_user(self.candidate).sudo(False)
        self.assertTrue(record.sudo().traject_id)
        self.assertRefused(record.filtered_domain, [("is_mine", "=", True)])

    def test_fields_of_groups(self):
        """Known by another way than by asking for each group, and alike for all."""
        Traject = self.env["outplacement.traject"]
        public = self.env.ref("base.public_user")
        for name, groups in QUICKLY_CHECKED.items():
            field = Traject._fields[name]
            may = {
                user: Traject.with_user(user)
                .sudo(False)
                ._has_field_access(field, "read")
                for user in [*self.users.values(), public]
            }
            with self.case(field=name):
                self.assertEqual(field.groups, groups)
                self.assertEqual(may, {user: user.has_groups(groups) for user in may})
                self.assertFalse(may[public])
                self.assertTrue(may[self.users["coach"]])
                self.assertEqual(
                    may[self.users["account_manager"]], name == "activity_state"
                )

    def test_fields_of_groups_close_with_the_group(self):
        coach = self.users["coach"]
        Coach = self.env["outplacement.traject"].with_user(coach).sudo(False)
        # the first is what they have: known from then on
        for groups, expected in (
            (coach.group_ids, [True, True]),
            (self.env.ref("base.group_user"), [True, False]),
            (self.env.ref("base.group_portal"), [False, False]),
        ):
            coach.group_ids = groups
            with self.case(groups=groups.mapped("name")):
                fields = [Coach._fields[name] for name in QUICKLY_CHECKED]
                found = [Coach._has_field_access(field, "read") for field in fields]
                self.assertEqual(found, expected)

    def test_who_is_external_is_known_anew(self):
        """Known anew once the groups change, whichever way."""
        coach, session = self.users["coach"], self.records["session"]
        mine = session.with_user(coach).sudo(False)
        company = mine._fields["company_id"]
        internal, portal = (
            self.env.ref(f"base.group_{name}") for name in ("user", "portal")
        )
        outside = self.env["res.groups"].create({"name": "Outside"})
        outside.implied_ids = portal
        for groups, external in (
            (coach.group_ids, False),
            (portal, True),
            (internal, False),
            (outside, True),
        ):
            coach.group_ids = groups
            with self.case(groups=groups.mapped("name")):
                self.assertEqual(mine._is_external_user(), external)
                self.assertEqual(mine._has_field_access(company, "read"), not external)
        outside.write({"implied_ids": [Command.set(internal.ids)]})
        self.assertFalse(mine._is_external_user())
        for external in (True, False):
            coach.share = external
            self.assertEqual(mine._is_external_user(), external)
        public = self.env.ref("base.public_user")
        self.assertTrue(session.with_user(public).sudo(False)._is_external_user())

    def _get_quick_fields(self):
        """Return (model of the coach, field) where Odoo's answer is given for it."""
        coach = self.users["coach"]
        Traject = self.traject.browse().with_user(coach).sudo(False)
        Session = self.records["session"].browse().with_user(coach).sudo(False)
        return [
            *[(Model, Model._fields["company_id"]) for Model in (Traject, Session)],
            *[(Traject, Traject._fields[name]) for name in QUICKLY_CHECKED],
        ]

    def test_lists_ask_once(self):
        """What Odoo asks for each value of a list is known without asking on."""
        quick = self._get_quick_fields()
        self.assertFalse(quick[0][0]._is_external_user())
        for _twice in range(2):
            with (
                patch.object(BaseModel, "_has_field_access") as odoo,
                patch.object(self.registry["res.users"], "has_groups") as has_groups,
            ):
                has_groups.return_value = True
                for Model, field in quick:
                    self.assertTrue(Model._has_field_access(field, "read"))
        odoo.assert_not_called()
        has_groups.assert_not_called()

    def test_an_add_on_with_a_say_is_asked(self):
        """Odoo's answer is given for it only where nobody else has one."""
        for Model, field in self._get_quick_fields():
            self.addCleanup(Model._post_model_setup__)
            for who in ("base", Model._name):
                with self.case(model=Model._name, field=field.name, who=who):
                    self.assertTrue(Model._has_field_access(field, "read"))
                    with patch.object(
                        self.registry[who], "_has_field_access", deny, create=True
                    ):
                        Model._post_model_setup__()
                        self.assertFalse(Model._is_field_access_ours)
                        self.assertFalse(Model._has_field_access(field, "read"))
                    Model._post_model_setup__()
                    self.assertTrue(Model._has_field_access(field, "read"))
        with patch.object(BaseModel, "_has_field_access", deny):
            Model._post_model_setup__()
            self.assertFalse(Model._is_field_access_ours)

    def test_account_manager_gets_session_counts_only(self):
        self.assertTrue(self.records["session"])
        sold = self.traject.with_user(self.account_manager)
        self.assertEqual(sold.session_planned_count, 1)
        self.assertRefused(sold.mapped, "session_ids.start")
        self.assertRefused(sold.search, [("session_ids.kind", "=", "coaching")])

    def test_no_field_opens_for_a_rank(self):
        """What is sealed is closed to every user, whatever the groups."""
        for kind, name in (
            ("note", "body_cipher"),
            ("document", "name_cipher"),
            ("document", "content_cipher"),
        ):
            for role in ROLES:
                with self.case(kind=kind, role=role, field=name):
                    mine = self.records[kind].with_user(self.users[role])
                    self.assertRefused(mine.read, [name])
