import threading
import time
from pathlib import Path
from unittest.mock import patch

from psycopg2.errors import SerializationFailure, UniqueViolation

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, retrying
from odoo.tests import BaseCase, freeze_time, get_db_name, tagged
from odoo.tools import config, mute_logger

from ..tools import keyring
from .common import OutplacementCommon, provide_key_folder

ALERTS = "odoo.addons.outplacement.models.outplacement_alert"


@tagged("post_install", "-at_install")
class TestKey(OutplacementCommon):
    """Keys: made on first use, shown, backed up, and given to nobody."""

    def setUp(self):
        super().setUp()
        self.Key = self.env["outplacement.key"]
        self._keep_keys()

    def _get_current(self):
        return self.Key.search([("state", "=", "current")])

    def _get_files(self):
        return sorted(path.stem for path in self.key_folder.glob("*"))

    # ------------------------------------------------------------------
    # First use
    # ------------------------------------------------------------------

    def test_made_on_first_use(self):
        self.assertFalse(self._get_current())
        self._make_note(body=False)
        self.assertFalse(self._get_files(), "nothing was sealed yet")
        with freeze_time("2026-03-12 08:00:00"):
            self._make_note()
        key = self._get_current()
        self.assertEqual(self._get_files(), [key.key_id])
        self.assertEqual(str(key.made_on), "2026-03-12 08:00:00")
        self.assertEqual(key.create_uid, self.coach)
        self.assertFalse(key.backed_up_on)
        self.assertEqual(key.file_state, "ok")
        self.assertEqual(Path(key.location).parent, self.key_folder)
        self._make_note()
        self.assertEqual(self._get_current(), key)
        self.assertEqual(self._get_files(), [key.key_id])

    def test_an_undone_first_use_leaves_nothing_behind_that_counts(self):
        with self.undone():
            self._make_note()
        self.assertFalse(self._get_current())
        note = self._make_note()
        self.assertIn("What was said", note.with_user(self.coach).body)
        self.assertIn(self._get_current().key_id, self._get_files())

    def test_no_key_is_made_in_place_of_one_that_is_missing(self):
        """Neither elsewhere nor under another name: that is a person's decision."""
        self._make_note()
        keyring.get_path(self._get_current().key_id).unlink()
        values = {"traject_id": self.traject.id, "body": "New"}
        Note = self.env["outplacement.note"].with_user(self.coach)
        with mute_logger(ALERTS):
            self.assertRefused(Note.create, values, error=UserError)
        self.assertEqual(self._get_files(), [])
        self.assertEqual(self._get_current().file_state, "missing")

    def test_refusals(self):
        """The reason is told to the officer; the coach learns what to make of it."""
        self._make_note()
        path = keyring.get_path(self._get_current().key_id)
        right = path.read_bytes()
        Note = self.env["outplacement.note"].with_user(self.coach)
        values = {"traject_id": self.traject.id, "body": "New"}
        missing = patch.dict(
            config.options.maps[0], {keyring.OPTION: str(self.key_folder / "x")}
        )
        for kind, do in (
            ("key_exposed", lambda: path.chmod(0o644)),
            ("key_damaged", lambda: path.write_bytes(b"")),
            ("key_missing", path.unlink),
            ("key_missing", missing.start),
        ):
            do()
            alerts = []
            with patch.object(
                self.registry["outplacement.alert"],
                "_report",
                lambda alert, findings, alerts=alerts: alerts.extend(findings),
            ):
                with self.case(kind=kind), self.assertRaises(UserError) as caught:
                    Note.create(values)
                self.assertIn("cannot be saved on this server", str(caught.exception))
                self.assertNotIn(str(self.key_folder), str(caught.exception))
                self.assertEqual([alert["kind"] for alert in alerts], [kind])
            if do != missing.start:
                path.write_bytes(right)
                path.chmod(0o600)
        missing.stop()
        Note.create(values)

    def test_a_note_without_text_needs_no_key(self):
        self._make_note()
        keyring.get_path(self._get_current().key_id).unlink()
        note = self._make_note(body=False).with_user(self.coach)
        self.assertFalse(note.body)

    # ------------------------------------------------------------------
    # What is shown, and to whom
    # ------------------------------------------------------------------

    def test_who_sees_keys(self):
        self._make_note()
        key = self._get_current()
        for role, user in self.users.items():
            mine = key.with_user(user)
            with self.case(role=role):
                if role in ("privacy_officer", "system"):
                    self.assertEqual(mine.search([]), mine)
                    self.assertEqual(mine.text_count, 1)
                else:
                    self.assertRefused(mine.read, ["key_id"])
                    self.assertRefused(mine.action_confirm_backup)
                    self.assertRefused(mine.action_rotate)
                for method, *args in (
                    (mine.write, {"state": "retired"}),
                    (mine.write, {"backed_up_on": "2021-01-01"}),
                    (mine.create, {"key_id": "x", "state": "old"}),
                    (mine.unlink,),
                ):
                    self.assertRefused(method, *args)

    def test_nothing_gives_the_secret(self):
        self._make_note()
        key = self._get_current().with_user(self.system)
        secret = keyring.load(key.key_id)
        text = keyring.get_path(key.key_id).read_text().splitlines()[-1]
        values = repr(key.read()) + repr(key.action_confirm_backup())
        values += repr(self.env["res.config.settings"].create({}).read())
        for form in (text, secret.hex(), repr(secret)):
            self.assertNotIn(form, values)

    def test_backup_is_confirmed_by_a_person(self):
        self._make_note()
        key = self._get_current()
        with freeze_time("2026-03-12 08:00:00"):
            key.with_user(self.privacy_officer).action_confirm_backup()
        with freeze_time("2026-03-13 08:00:00"):
            key.with_user(self.system).action_confirm_backup()
        self.assertEqual(key.backed_up_by_id, self.privacy_officer)
        self.assertEqual(str(key.backed_up_on), "2026-03-12 08:00:00")

    def test_settings(self):
        Settings = self.env["res.config.settings"].with_user(self.system)
        self.assertFalse(Settings.create({}).outplacement_key_id)
        self._make_note()
        settings = Settings.create({})
        key = self._get_current()
        self.assertEqual(settings.outplacement_key_id, key)
        self.assertEqual(settings.outplacement_key_made_on, key.made_on)
        self.assertEqual(settings.outplacement_key_location, key.location)
        self.assertFalse(settings.outplacement_key_backed_up_on)
        settings.action_outplacement_confirm_backup()
        self.assertEqual(settings.outplacement_key_backed_up_by_id, self.system)
        settings.action_outplacement_rotate()
        settings = Settings.create({})
        self.assertNotEqual(settings.outplacement_key_id, key)
        self.assertEqual(settings.outplacement_key_pending_count, 1)
        self.assertEqual(settings.outplacement_key_progress, 0)
        self.env["outplacement.note"]._reseal("body_cipher", 0, 10)
        self.env.invalidate_all()
        settings = Settings.create({})
        self.assertFalse(settings.outplacement_key_pending_count)
        self.assertEqual(settings.outplacement_key_progress, 100)
        for role in ("privacy_officer", "manager", "coach"):
            self.assertRefused(settings.with_user(self.users[role]).read, [])

    def test_one_current_key(self):
        self._make_note()
        key = self._get_current()
        with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation):
            key.copy({"key_id": "0" * 16, "state": "current"})
        self._make_note()
        self.assertEqual(self._get_current(), key)


@tagged("post_install", "-at_install")
class TestKeyOfTwoWorkers(BaseCase):
    """First use by two workers at once. Transactions of their own, really committed:
    the keys that were there step aside, and those that came go again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        provide_key_folder(cls)

    def setUp(self):
        super().setUp()
        self.addCleanup(self._clear_folder)
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            cr.execute(
                "UPDATE outplacement_key SET state = 'retired'"
                " WHERE state = 'current' RETURNING id"
            )
            self.aside = [row[0] for row in cr.fetchall()]
            cr.execute("SELECT coalesce(max(id), 0) FROM outplacement_key")
            [self.last_id] = cr.fetchone()
        self.addCleanup(self._put_back)

    def _put_back(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM outplacement_key WHERE id > %s", [self.last_id])
            cr.execute(
                "UPDATE outplacement_key SET state = 'current' WHERE id = ANY(%s)",
                [self.aside],
            )

    def _get_files(self):
        return list(self.key_folder.glob("*"))

    def _clear_folder(self):
        for path in self._get_files():
            path.unlink()

    def _open(self):
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        return api.Environment(cr, SUPERUSER_ID, {})["outplacement.key"]

    def _wait_for_a_lock(self, thread):
        """Wait until somebody in this database waits for somebody else."""
        with self.registry.cursor() as cr:
            for _i in range(200):
                cr.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
                    " AND wait_event_type = 'Lock'",
                    [cr.dbname],
                )
                if cr.fetchone()[0] or not thread.is_alive():
                    return
                cr.rollback()
                time.sleep(0.05)
        self.fail("nobody waits")

    def _start_second(self, found):
        """Start a worker who seals while another is at it.

        What Odoo would try again, is not here: its lock on the registry belongs to
        the thread of the tests.
        """
        second = self._open()
        second.env.cr.execute("SELECT 1")  # its view of the data begins here

        def run():
            try:
                with mute_logger("odoo.sql_db"):
                    found.append(second._get_sealing_key())
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as error:
                found.append(error)
                second.env.cr.rollback()

        thread = threading.Thread(target=run)
        thread.start()
        self.addCleanup(thread.join, 10)
        return second, thread

    def test_the_second_takes_the_key_of_the_first(self):
        first, found = self._open(), []
        key = first._get_sealing_key()
        second, thread = self._start_second(found)
        self._wait_for_a_lock(thread)
        first.env.cr.commit()
        thread.join(10)
        self.assertIsInstance(found[0], SerializationFailure)
        self.assertEqual(second._get_sealing_key(), key)
        self.assertEqual(len(self._get_files()), 1)
        with self.registry.cursor() as cr:
            cr.execute("SELECT count(*) FROM outplacement_key WHERE state = 'current'")
            self.assertEqual(cr.fetchone(), (1,))

    def test_the_second_makes_its_own_when_the_first_gives_up(self):
        first, found = self._open(), []
        key = first._get_sealing_key()
        second, thread = self._start_second(found)
        self._wait_for_a_lock(thread)
        first.env.cr.rollback()
        thread.join(10)
        self.assertEqual(len(found), 1)
        self.assertNotEqual(found, [key])
        second.env.cr.commit()
        self.assertEqual(self._open()._get_sealing_key(), found[0])

    def test_no_text_is_sealed_with_a_key_that_was_just_replaced(self):
        """Who was sealing is waited for; who begins takes the new key."""
        first = self._open()
        first._get_sealing_key()
        first.env.cr.commit()
        late, found = self._open(), []
        late.search([])
        rotating = self._open()
        rotating.search([("state", "=", "current")])._rotate()
        rotating.env.cr.commit()

        def work():
            found.append(late._get_sealing_key())
            return found[-1]

        with mute_logger("odoo.sql_db"), patch("odoo.service.model.time.sleep"):
            key = retrying(work, late.env)
        self.assertEqual(key, rotating._get_sealing_key())
        self.assertEqual(found, [key])
