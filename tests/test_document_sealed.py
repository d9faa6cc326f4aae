import json
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import SQL, mute_logger

from ..tools import cipher
from .common import ROLES
from .common_document import CANARY, CONTENT, CREW, NAME, DocumentCommon, encode

ALERTS = "odoo.addons.outplacement.models.outplacement_alert"


@tagged("post_install", "-at_install")
class TestDocumentSealed(DocumentCommon):
    """Where the bytes are, who gets at them, and when they are opened."""

    # ------------------------------------------------------------------
    # Nothing is plain
    # ------------------------------------------------------------------

    def test_nothing_is_plain_in_the_database(self):
        row = self._get_row()
        self.assertIsInstance(row["content_cipher"], memoryview)
        for name, value in row.items():
            text = (
                bytes(value) if isinstance(value, memoryview) else str(value).encode()
            )
            with self.subTest(column=name):
                for word in (CANARY.encode(), CONTENT, encode(CONTENT).encode()):
                    self.assertNotIn(word, text)
        self.assertTrue(bytes(row["content_cipher"]).startswith(b"v1."))

    def test_nothing_is_an_attachment(self):
        Attachment = self.env["ir.attachment"].sudo().with_context(active_test=False)
        before = Attachment.search_count([("id", "!=", False)])
        with patch.object(type(Attachment), "_file_write") as write:
            self._create()
            self.document.name = "Other.pdf"
            self.env.flush_all()
        write.assert_not_called()
        self.assertEqual(Attachment.search_count([("id", "!=", False)]), before)
        self.assertFalse(self.document._fields["content_cipher"].attachment)

    def test_no_field_gives_the_bytes(self):
        """Whoever asks, and however: not after an upload in the same transaction."""
        fresh = self._create(content=encode(CONTENT))
        for document in (fresh, self.document, self.document.sudo(), fresh.sudo()):
            for context in ({}, {"bin_size": True}, {"bin_size_content": True}):
                with self.subTest(context=context):
                    mine = document.with_context(**context)
                    self.assertFalse(mine.content)
                    [values] = mine.web_read({"content": {}})
                    self.assertFalse(values["content"])

    def test_superuser_code_gets_nothing(self):
        self.assertEqual(self.document.name, NAME)
        self.assertFalse(self.document.sudo().name)
        self.assertFalse(self.document.sudo().read(["name"])[0]["name"])
        self.assertRefused(self.document.sudo()._open_file)
        self.assertFalse(self.document.sudo()._find_readable(self.document.id))

    def test_what_was_opened_is_nobody_elses(self):
        """The cache is shared within a transaction, the name is not."""
        for role in set(ROLES) - set(CREW):
            self.assertEqual(self.document.name, NAME)
            with self.case(role=role):
                self.assertFalse(self._get_document(role).name)
                self.assertRefused(self._get_document(role)._open_file)

    def test_sealed_columns_are_out_of_reach(self):
        mine = self.document
        for stored in ("name_cipher", "content_cipher"):
            domain = [(stored, "!=", False)]
            for method, *args in (
                (mine.read, [stored]),
                (mine.web_read, {stored: {}}),
                (mine.search, domain),
                (mine.search, [(f"replaces_id.{stored}", "!=", False)]),
                (mine.filtered_domain, domain),
                (mine.formatted_read_group, [], [stored]),
                (mine.formatted_read_group, [], [], [f"{stored}:array_agg"]),
                (mine.mapped, stored),
                (mine.write, {stored: "x"}),
                (mine.create, {"traject_id": self.traject.id, stored: "x"}),
            ):
                with self.case(column=stored, method=method.__name__, args=args):
                    self.assertRefused(method, *args)
            with self.case(column=stored, method="search, order"):
                self.assertRefused(mine.search, [], order=stored)
            self.assertNotIn(stored, mine.fields_get())

    def test_neither_searched_grouped_nor_exported(self):
        mine = self.document
        for name, error in (("name", ValueError), ("content", NotImplementedError)):
            for method, args, raised in (
                (mine.search, [[(name, "ilike", "canary")]], error),
                (mine.search, [[(name, "=", CANARY)]], ValueError),
                (mine.formatted_read_group, [[], [name]], ValueError),
            ):
                with (
                    self.case(field=name, method=method.__name__, args=args),
                    self.assertRaises(raised),
                ):
                    method(*args)
            with self.case(field=name, method="order"), self.assertRaises(ValueError):
                mine.search([], order=name)
            self.assertFalse(mine._fields[name].exportable)
        self.coach.group_ids += self.env.ref("base.group_allow_export")
        rows = mine.export_data(["content"])["datas"]
        self.assertNotIn(CANARY, str(rows))
        self.assertRefused(mine.export_data, ["content_cipher"])

    def test_copies_have_no_bytes(self):
        [values] = self.document.copy_data()
        self.assertFalse(
            {"content", "content_cipher", "name", "name_cipher"} & values.keys()
        )

    # ------------------------------------------------------------------
    # What is opened when
    # ------------------------------------------------------------------

    def _get_opened(self):
        """Return a patch, and the list of the fields opened under it."""
        opened, unseal = [], cipher.Opener.unseal

        def note(opener, place, token):
            opened.append(place[2])
            return unseal(opener, place, token)

        return patch.object(cipher.Opener, "unseal", note), opened

    def test_screens_open_names_only(self):
        """And a list without names nothing at all."""
        self._create()
        self.env.flush_all()
        fields = self.document.fields_get(attributes=())
        spec = {name: {} for name in fields if "cipher" not in name}
        for read, expected in (
            (lambda: Form(self.document), {"name_cipher"}),
            (
                lambda: self.document.with_context(bin_size=True).web_read(spec),
                {"name_cipher"},
            ),
            (lambda: self.document.web_search_read([], {"date": {}}), set()),
            (lambda: self.document.web_search_read([], {"name": {}}), {"name_cipher"}),
        ):
            self.env.invalidate_all()
            patcher, opened = self._get_opened()
            with patcher:
                read()
            self.assertEqual(set(opened), expected)

    def test_a_download_opens_one_file(self):
        documents = self.document + self._create()
        self.env.flush_all()
        self.env.invalidate_all()
        patcher, opened = self._get_opened()
        with patcher, self.assertQueryCount(20):
            next(iter(documents))._open_file()
        self.assertEqual(opened, ["content_cipher"])
        sealed = documents[1]._get_sealed_records()
        self.assertFalse(
            sealed._fields["content_cipher"]._get_cache(sealed.env).get(sealed.id)
        )

    def test_every_opening_is_logged_and_nothing_else(self):
        logged = []
        Document = type(self.document)
        with patch.object(
            Document, "_log_download", lambda document: logged.append(document.id)
        ):
            Form(self.document)
            self.assertRefused(self._get_document("manager")._open_file)
            self.assertFalse(logged)
            self.document._open_file()
        self.assertEqual(logged, self.document.ids)

    def _read_name(self, documents=None):
        """Read names in a request of their own; return how many queries it took."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        (documents or self.document).read(["name"])
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_reading_a_name_is_written_once_an_hour(self):
        Log = self.env["outplacement.access.log"]
        domain = [("res_model", "=", self.document._name), ("kind", "=", "read")]
        start = max(Log.search([]).ids)
        domain.append(("id", ">", start))
        with freeze_time("2031-03-12 10:00:00"):
            self.document.read(["date"])
            self.assertFalse(Log.search(domain))
            self._read_name()
        with freeze_time("2031-03-12 10:59:00"):
            self._read_name()
            [row] = Log.search(domain)
        with freeze_time("2031-03-12 11:01:00"):
            self._read_name()
        self.assertEqual(len(Log.search(domain)), 2)
        self.assertEqual(row.user_id, self.coach)
        self.assertEqual(row.res_id, self.document.id)

    @mute_logger(ALERTS)
    def test_a_name_that_does_not_open_was_not_read(self):
        Log = self.env["outplacement.access.log"]
        start = max(Log.search([]).ids)
        self._store(name_cipher="x")
        self._read_name()
        domain = [("id", ">", start), ("kind", "=", "read")]
        self.assertFalse(Log.search(domain))

    def test_names_of_many_take_no_more_queries(self):
        few = self._create() + self._create()
        many = self.document.union(*(self._create() for _n in range(6)))
        self._read_name()
        self.assertEqual(self._read_name(few), self._read_name(many))

    # ------------------------------------------------------------------
    # Damage and keys
    # ------------------------------------------------------------------

    def _store(self, **values):
        """Change the row of the document, as whoever has the database could."""
        for name, value in values.items():
            self.env.cr.execute(
                SQL(
                    "UPDATE outplacement_document SET %s = %s WHERE id = %s",
                    SQL.identifier(name),
                    value,
                    self.document.id,
                )
            )
        self.env.invalidate_all()

    def test_a_damaged_file_does_not_open(self):
        Alert = self.registry["outplacement.alert"]
        token = bytes(self._get_row()["content_cipher"])
        other = bytes(self._get_row(self._create())["content_cipher"])
        for damaged in (token[:-1], token[:-1] + bytes([token[-1] ^ 1]), other, b"x"):
            with self.case(damaged=damaged), patch.object(Alert, "_report") as report:
                self._store(content_cipher=damaged)
                with self.assertRaises(UserError) as caught:
                    self.document._open_file()
                self.assertNotIsInstance(caught.exception, AccessError)
                self.assertNotIn(CANARY, str(caught.exception))
                [[finding]] = report.call_args.args
                self.assertEqual(finding["res_id"], self.document.id)
                self.assertNotIn(CANARY, str(finding))
                # the rest of the document can still be read
                self.assertEqual(self.document.name, NAME)

    @mute_logger(ALERTS)
    def test_a_damaged_name_costs_no_file(self):
        self._store(name_cipher=self._get_row(self._create())["name_cipher"])
        self.assertTrue(self.document.unopenable)
        self.assertNotIn(CANARY, self.document.name)
        self.assertEqual(self.document._open_file(), CONTENT)
        self.assertRegex(self.document._get_download_name(), r"^Document .*\.pdf$")
        self.assertRefused(self.document.write, {"name": "x.pdf"}, error=UserError)

    def test_rotation_covers_documents(self):
        before = self._get_row()
        key = self.env["outplacement.key"].search([("state", "=", "current")])
        key._rotate()
        with patch.object(type(self.env["ir.cron"]), "_commit_progress") as commit:
            commit.return_value = 60
            self.env["outplacement.key"]._cron_rotate()
        self.env.invalidate_all()
        after = self._get_row()
        current = self.env["outplacement.key"].search([("state", "=", "current")])
        self.assertNotEqual(current, key)
        for name in ("name_cipher", "content_cipher"):
            token = after[name]
            token = bytes(token) if isinstance(token, memoryview) else token
            self.assertNotEqual(before[name], after[name])
            self.assertEqual(cipher.read_key_id(token), current.key_id)
        self.assertEqual(key.state, "retired")
        self.assertEqual(self.document._open_file(), CONTENT)
        self.assertEqual(self.document.name, NAME)
        self.assertEqual(before["write_date"], after["write_date"])

    def test_names_are_not_in_messages_of_the_log(self):
        """Odoo logs what users are told."""
        with self.assertRaises(UserError) as caught:
            self.document.write({"content": encode(CONTENT)})
        self.assertNotIn(CANARY, str(caught.exception))
        self.assertNotIn(CANARY, json.dumps(self.document.action_download()))
