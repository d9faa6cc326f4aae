import base64
import json
import logging
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .common import ROLES
from .common_attacks import CONTEXTS, NOTE, AttackCommon
from .test_access_log import CANARY, LINES


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
