import itertools
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import SQL, mute_logger

from ..models.outplacement_alert import KINDS
from ..tools import cipher, keyring
from .common import OutplacementCommon

CANARY = "canary of a note"
ALERTS = "odoo.addons.outplacement.models.outplacement_alert"
NEUTRAL = "cannot be opened on this server"


@tagged("post_install", "-at_install")
class TestSealed(OutplacementCommon):
    """What is in the database, and what is shown when it does not open."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # nobody else, whatever the database knows
        group = cls.env.ref("outplacement.group_privacy_officer")
        (group.user_ids - cls.privacy_officer).group_ids -= group
        cls.note = cls._make_note(body=f"<p>{CANARY}</p>").with_user(cls.coach)
        cls.other = cls._make_note(body="<p>Another</p>").with_user(cls.coach)
        cls.env.flush_all()
        cls.key = cls.env["outplacement.key"].search([("state", "=", "current")])
        cls.key_path = cls.key_folder / f"{cls.key.key_id}.key"

    def setUp(self):
        super().setUp()
        self._keep_keys()

    def _get_token(self, note=None):
        note = note or self.note
        self.env.flush_all()
        query = SQL("SELECT body_cipher FROM outplacement_note WHERE id = %s", note.id)
        return self.env.execute_query(query)[0][0]

    def _set_token(self, token, note=None):
        note = note or self.note
        self.env.flush_all()
        query = SQL(
            "UPDATE outplacement_note SET body_cipher = %s WHERE id = %s RETURNING id",
            token,
            note.id,
        )
        self.env.execute_query(query)
        self.env.invalidate_all()

    def _get_damages(self):
        """Yield (what, kind of alert, function that does the damage)."""
        token, path = self._get_token(), self.key_path
        cut, flipped = token[:-8], token[:-9] + ("A" if token[-9] != "A" else "B")
        flipped += token[-8:]
        other_key = cipher.make_key()
        other_path = keyring.get_path(keyring.save(other_key))
        place = ("outplacement.note", self.note.id, "body_cipher")
        forged = cipher.to_text(cipher.seal(other_key, place, b"forged"))
        damaged, missing = "text_damaged", "key_missing"
        yield "cut", damaged, lambda: self._set_token(cut)
        yield "flipped", damaged, lambda: self._set_token(flipped)
        yield "plain", damaged, lambda: self._set_token("<p>plain</p>")
        swapped = self._get_token(self.other)
        yield "swapped", damaged, lambda: self._set_token(swapped)
        other_path.rename(other_path.with_suffix(".away"))
        yield "key of nobody", missing, lambda: self._set_token(forged)
        yield "key away", missing, path.unlink
        secret = other_path.with_suffix(".away").read_bytes()
        yield "wrong key", "key_damaged", lambda: path.write_bytes(secret)
        yield "no key", "key_damaged", lambda: path.write_bytes(b"")

    def _each_damage(self):
        """Yield each damage, done; undone afterwards."""
        key = self.key_path.read_bytes()
        for what, kind, do in self._get_damages():
            with self.case(what=what), mute_logger(ALERTS):
                do()
                self.env.invalidate_all()
                yield what, kind
            self.key_path.write_bytes(key)
            self.key_path.chmod(0o600)

    # ------------------------------------------------------------------
    # At rest
    # ------------------------------------------------------------------

    def test_the_table_holds_ciphertext_only(self):
        token = self._get_token()
        self.assertTrue(token.startswith(f"v1.{self.key.key_id}."))
        self.env.cr.execute("SELECT t::text FROM outplacement_note t")
        rows = " ".join(row for [row] in self.env.cr.fetchall())
        self.assertIn(token, rows)
        self.assertNotIn("canary", rows)
        self.assertNotIn(CANARY.encode().hex(), rows)
        self.assertIn(CANARY, self.note.body)

    def test_no_table_holds_the_text(self):
        """Neither history nor mail nor attachment: nowhere in the database."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT table_name FROM information_schema.tables
             WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
            """
        )
        for [table] in self.env.cr.fetchall():
            query = "SELECT count(*) FROM %s t WHERE t::text LIKE %s"
            self.env.cr.execute(SQL(query, SQL.identifier(table), f"%{CANARY}%"))
            self.assertFalse(self.env.cr.fetchone()[0], table)

    def test_no_table_holds_the_key(self):
        secret = self.key_path.read_text().splitlines()[-1]
        key = keyring.load(self.key.key_id)
        self.env.cr.execute("SELECT t::text FROM outplacement_key t")
        rows = " ".join(row for [row] in self.env.cr.fetchall())
        self.assertIn(self.key.key_id, rows)
        for form in (secret, key.hex(), repr(key)):
            self.assertNotIn(form, rows)

    def test_every_sealed_column_is_closed(self):
        columns = self.env["outplacement.key"]._get_sealed_columns()
        self.assertIn(
            ("outplacement.note", "body_cipher"), [(m._name, f) for m, f in columns]
        )
        for model, name in columns:
            field = model._fields[name]
            with self.subTest(field=str(field)):
                self.assertEqual(field.groups, ".")
                self.assertFalse(field.copy or field.prefetch or field.compute)
                self.assertIn(field.column_type[0], ("text", "bytea"))

    def test_texts_are_kept_in_their_rows(self):
        """Of new databases and of those that had them elsewhere; files are not."""
        columns = {
            (model._name, fname): "m" if model._fields[fname].type == "text" else "x"
            for model, fname in self.env["outplacement.key"]._get_sealed_columns()
        }
        self.assertEqual(set(columns.values()), {"m", "x"})
        self.assertEqual(self._get_storage(columns), columns)
        self.env.cr.execute(
            "ALTER TABLE outplacement_note ALTER body_cipher SET STORAGE EXTENDED"
        )
        self.assertNotEqual(self._get_storage(columns), columns)
        self.env["outplacement.note"].init()
        self.assertEqual(self._get_storage(columns), columns)

    def _get_storage(self, columns):
        """Return the letter of PostgreSQL for where each column is kept."""
        query = """
            SELECT attstorage FROM pg_attribute
             WHERE attrelid = %s::regclass AND attname = %s
        """
        return {
            (name, fname): self.env.execute_query(
                SQL(query, self.env[name]._table, fname)
            )[0][0]
            for name, fname in columns
        }

    def test_the_same_text_twice_is_not_seen(self):
        twin = self._make_note(body=f"<p>{CANARY}</p>")
        self.assertNotEqual(self._get_token(twin)[20:], self._get_token()[20:])

    def test_sets_take_no_query_per_record(self):
        notes = self.env["outplacement.note"].with_user(self.coach)
        for n in range(20):
            notes += self._make_note(body=f"<p>{n}</p>").with_user(self.coach)
        counts = []
        for some in (notes, notes[:2], notes):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.read(["body"])
            counts.append(self.env.cr.sql_log_count - before)
            before = self.env.cr.sql_log_count
            some.write({"body": "<p>Same</p>"})
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        # the first round fills Odoo's caches
        self.assertEqual(counts[2:4], counts[4:6])
        self.env.invalidate_all()
        self.assertEqual(set(notes.mapped("body")), {"<p>Same</p>"})

    # ------------------------------------------------------------------
    # What does not open
    # ------------------------------------------------------------------

    def test_a_neutral_text_is_shown(self):
        for what, _kind in self._each_damage():
            self.assertIn(NEUTRAL, self.note.body)
            self.assertTrue(self.note.unopenable)
            if "key" not in what or what == "key of nobody":
                self.assertIn("Another", self.other.body)
                self.assertFalse(self.other.unopenable)
            self.assertFalse(self.note.sudo().body)
        self.assertIn(CANARY, self.note.body)
        self.assertFalse(self.note.unopenable)

    def test_screens_open(self):
        for _what, _kind in self._each_damage():
            found = self.note.web_search_read(
                [("traject_id", "=", self.traject.id)], {"body": {}, "date": {}}
            )
            self.assertIn(self.note.id, [row["id"] for row in found["records"]])
            form = Form(self.note)
            self.assertIn(NEUTRAL, form.body)
            form.shared = True
            form.save()
            self.assertTrue(self.note.shared)
            self.env.invalidate_all()
            self.assertIn(NEUTRAL, self.note.with_user(self.candidate).body)

    def test_the_text_cannot_be_written_in_the_form(self):
        with mute_logger(ALERTS):
            self._set_token("damaged")
            with self.assertRaisesRegex(AssertionError, "readonly"):
                Form(self.note).body = "<p>New</p>"

    def test_nothing_is_overwritten(self):
        for _what, _kind in self._each_damage():
            before = self._get_token()
            for mine in (self.note, self.note.sudo(), self.note + self.other):
                for text in ("<p>New</p>", False):
                    self.assertRefused(mine.write, {"body": text}, error=UserError)
            self.env.invalidate_all()
            self.assertEqual(self._get_token(), before)
            self.note.date = "2021-02-03"
            self.assertEqual(self._get_token(), before)

    def test_who_may_not_read_learns_nothing(self):
        with mute_logger(ALERTS):
            self._set_token("damaged")
            for role in ("manager", "privacy_officer", "system", "other_coach"):
                with self.case(role=role):
                    mine = self.note.with_user(self.users[role])
                    self.assertRefused(mine.read, ["body"])
                    self.assertRefused(mine.read, ["unopenable"])
                    self.assertRefused(mine.write, {"body": "New"})
                    self.assertFalse(mine.unopenable)

    # ------------------------------------------------------------------
    # Alerts
    # ------------------------------------------------------------------

    def _get_alerts(self):
        kinds = [*KINDS.values(), "text_damaged"]
        return self.env["outplacement.alert"].search([("kind", "in", kinds)])

    def test_the_privacy_officer_is_told(self):
        for what, kind in self._each_damage():
            before = self._get_alerts()
            messages = self.env["mail.message"].search([])
            self.note.read(["body"])
            alert = self._get_alerts() - before
            self.assertEqual(alert.kind, kind, what)
            if kind == "text_damaged":
                place = (alert.res_model, alert.res_id, alert.key_id)
                self.assertEqual(place, ("outplacement.note", self.note.id, False))
            else:
                self.assertFalse(alert.res_model or alert.res_id)
                self.assertEqual(len(alert.key_id), 16)
            told = self.env["mail.message"].search([]) - messages
            self.assertEqual(told.partner_ids, self.privacy_officer.partner_id)
            for word in (CANARY, self.traject.name, self.candidate.name):
                self.assertNotIn(word, f"{told.subject} {told.body}")

    def test_once_a_day(self):
        with mute_logger(ALERTS), freeze_time("2026-03-12 08:00:00"):
            self._set_token("damaged")
            self._set_token("damaged", self.other)
            for _i in range(3):
                self.env.invalidate_all()
                (self.note + self.other).read(["body"])
        self.assertEqual(len(self._get_alerts()), 2)
        with mute_logger(ALERTS), freeze_time("2026-03-13 08:00:00"):
            self.env.invalidate_all()
            self.note.read(["body"])
        self.assertEqual(len(self._get_alerts()), 3)

    def test_one_alert_for_a_key_however_many_texts(self):
        self.key_path.unlink()
        with mute_logger(ALERTS):
            (self.note + self.other).read(["body"])
        alert = self._get_alerts()
        self.assertEqual(alert.key_id, self.key.key_id)

    def test_the_log_says_where_and_not_what(self):
        self._set_token(self._get_token(self.other))
        with self.assertLogs(ALERTS, "WARNING") as logs:
            self.note.read(["body"])
        self.assertIn(f"outplacement.note({self.note.id}).body_cipher", logs.output[0])
        self.assertNotIn("v1.", "".join(logs.output))

    def test_without_an_officer_the_administrators_are_told(self):
        Alert = self.env["outplacement.alert"]
        self.assertEqual(Alert._get_recipients(), self.privacy_officer)
        group = self.env.ref("outplacement.group_privacy_officer")
        group.user_ids.group_ids -= group
        self.assertIn(self.system, Alert._get_recipients())

    def test_texts_are_shown_even_when_nobody_can_be_told(self):
        self._set_token("damaged")
        Alert = self.registry["outplacement.alert"]
        broken = patch.object(Alert, "_notify", side_effect=ValueError("no mail"))
        with broken, self.assertLogs(ALERTS, "ERROR"):
            self.assertIn(NEUTRAL, self.note.body)

    def test_alerts_are_for_officers(self):
        with mute_logger(ALERTS):
            self._set_token("damaged")
            self.note.read(["body"])
        alert = self._get_alerts()
        for role, user in self.users.items():
            mine = alert.with_user(user)
            with self.case(role=role):
                if role in ("privacy_officer", "system"):
                    self.assertTrue(mine.description)
                    mine.action_done()
                    self.assertEqual(alert.done_by_id, user)
                else:
                    self.assertRefused(mine.read, ["kind"])
                    self.assertRefused(mine.action_done)
                for method, *args in (
                    (mine.write, {"kind": "key_missing"}),
                    (mine.create, {"kind": "key_missing", "date": "2021-01-01"}),
                    (mine.unlink,),
                ):
                    self.assertRefused(method, *args)

    def test_dealing_with_an_alert_twice_keeps_the_first(self):
        with mute_logger(ALERTS):
            self._set_token("damaged")
            self.note.read(["body"])
        alert = self._get_alerts()
        for day, user in itertools.product("12", (self.privacy_officer, self.system)):
            with freeze_time(f"2026-03-1{day} 08:00:00"):
                alert.with_user(user).action_done()
        self.assertEqual(alert.done_by_id, self.privacy_officer)
        self.assertEqual(str(alert.done_on), "2026-03-11 08:00:00")
        alert = alert.with_user(self.privacy_officer)
        self.assertEqual(alert.display_name, "A text was damaged")
