from contextlib import suppress
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL, mute_logger

from ..models import outplacement_key_rotation
from ..tools import keyring
from .common import OutplacementCommon

ALERTS = "odoo.addons.outplacement.models.outplacement_alert"


class Killed(BaseException):
    """What ends a job in the middle, so that nothing of it can clean up."""


@tagged("post_install", "-at_install")
class TestKeyRotation(OutplacementCommon):
    """Replacing the key: in batches, to be taken up again, without a loss."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.notes = cls.env["outplacement.note"].with_user(cls.coach)
        with freeze_time("2026-03-12 08:00:00"):
            for n in range(7):
                note = cls._make_note(body=f"<p>Text {n}</p>")
                cls.notes += note.with_user(cls.coach)
            cls._make_note(body=False)
        cls.env.flush_all()
        # else all happens at one moment, that of the transaction
        cls.env.cr.execute("UPDATE outplacement_note SET write_date = '2021-01-04'")
        cls.env.invalidate_all()
        cls.Key = cls.env["outplacement.key"]
        cls.old = cls.Key.search([("state", "=", "current")])
        cls.startClassPatcher(patch.object(outplacement_key_rotation, "BATCH", 3))

    def setUp(self):
        super().setUp()
        self._keep_keys()
        self.progress = []
        patcher = patch.object(
            self.registry["ir.cron"], "_commit_progress", self._record_progress
        )
        patcher.start()
        self.addCleanup(patcher.stop)
        self.enough = None

    def _record_progress(self, processed=0, *, remaining=None, deactivate=False):
        """Stand in for the commit of each batch; end the job after `enough`."""
        self.env.flush_all()
        self.env.invalidate_all()
        self.progress.append((processed, remaining))
        if self.enough is not None and len(self.progress) > self.enough:
            raise Killed
        return float("inf")

    def _rotate(self):
        """Replace the key as the privacy officer; return the new one."""
        current = self.Key.search([("state", "=", "current")])
        current.with_user(self.privacy_officer).action_rotate()
        return self.Key.search([("state", "=", "current")])

    def _kill_after(self, batches):
        """Run the job, and end it after so many batches."""
        self.enough = batches
        # not assertRaises, which would undo what was committed
        with suppress(Killed):
            self.Key._cron_rotate()
            self.fail("the job was not killed")
        self.enough = None
        self.env.invalidate_all()

    def _get_rows(self):
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                "SELECT id, body_cipher, write_uid, write_date FROM outplacement_note"
                " WHERE body_cipher IS NOT NULL ORDER BY id"
            )
        )

    def _get_key_ids(self):
        return [token[3:19] for _id, token, *_rest in self._get_rows()]

    def _set_token(self, note, token):
        self.env.execute_query(
            SQL(
                "UPDATE outplacement_note SET body_cipher = %s"
                " WHERE id = %s RETURNING id",
                token,
                note.id,
            )
        )
        self.env.invalidate_all()

    def _check_texts(self, notes=None):
        self.env.invalidate_all()
        for note in notes or self.notes:
            index = self.notes.ids.index(note.id)
            self.assertEqual(note.body, f"<p>Text {index}</p>")

    # ------------------------------------------------------------------

    def test_the_button(self):
        trigger = self.env["ir.cron.trigger"].search([])
        with freeze_time("2026-03-13 08:00:00"):
            new = self._rotate()
        self.assertNotEqual(new, self.old)
        self.assertEqual(self.old.state, "old")
        self.assertEqual(str(new.made_on), "2026-03-13 08:00:00")
        self.assertFalse(new.backed_up_on)
        self.assertEqual((new.text_count, self.old.text_count), (0, 7))
        self.assertEqual((new.pending_count, new.progress), (7, 0))
        cron = self.env.ref("outplacement.ir_cron_rotate_keys")
        trigger = self.env["ir.cron.trigger"].search([]) - trigger
        self.assertEqual(trigger.cron_id, cron)
        # what is written from now on needs the new key, what was opens
        self._check_texts()
        self.notes[0].body = "<p>Text 0</p>"
        self.env.invalidate_all()
        self.assertEqual((new.text_count, self.old.text_count), (1, 6))

    def test_the_key_in_use_alone_is_replaced(self):
        self._rotate()
        old = self.old.with_user(self.privacy_officer)
        self.assertRefused(old.action_rotate, error=UserError)
        self.assertEqual(len(self.Key.search([])), 2)
        self.assertEqual(len(list(self.key_folder.glob("*"))), 2)

    def test_all_texts_are_sealed_anew(self):
        before = self._get_rows()
        new = self._rotate()
        with freeze_time("2026-03-14 08:00:00"):
            self.Key._cron_rotate()
        after = self._get_rows()
        self.assertEqual(set(self._get_key_ids()), {new.key_id})
        for old_row, new_row in zip(before, after, strict=True):
            self.assertNotEqual(old_row[1], new_row[1])
            self.assertEqual(old_row[2:], new_row[2:], "nobody wrote these notes")
        self._check_texts()
        self.assertEqual(
            self.progress, [(0, 7), (3, None), (3, None), (1, None), (0, 0)]
        )
        self.assertEqual(self.old.state, "retired")
        self.assertEqual(str(self.old.retired_on), "2026-03-14 08:00:00")
        self.assertEqual((new.pending_count, new.progress), (0, 100))
        # for the backups of before
        self.assertTrue(keyring.get_path(self.old.key_id).exists())

    def test_the_old_key_is_needed_no_more(self):
        self._rotate()
        self.Key._cron_rotate()
        keyring.get_path(self.old.key_id).unlink()
        self._check_texts()

    def test_nothing_to_do(self):
        before = self._get_rows()
        self.Key._cron_rotate()
        self.assertEqual(self._get_rows(), before)
        self.assertEqual(self.old.state, "current")

    def test_no_key_at_all(self):
        self.notes.sudo().unlink()
        self.old.unlink()
        self.Key._cron_rotate()
        self.assertFalse(self.Key.search([("state", "=", "current")]))

    def test_a_killed_job_is_taken_up_again(self):
        new = self._rotate()
        self._kill_after(2)
        self.assertEqual(self._get_key_ids().count(new.key_id), 6)
        self.assertEqual(self.old.state, "old")
        self._check_texts()
        done = [row for row in self._get_rows() if new.key_id in row[1]]
        self.progress = []
        self.Key._cron_rotate()
        self.assertEqual(self.progress[0], (0, 1))
        self.assertEqual(set(self._get_key_ids()), {new.key_id})
        self.assertEqual(self.old.state, "retired")
        # what was done is not done again
        self.assertLessEqual(set(done), set(self._get_rows()))
        self._check_texts()

    def test_a_second_rotation_during_the_first(self):
        second = self._rotate()
        self._kill_after(1)
        third = self._rotate()
        self._check_texts()
        self.Key._cron_rotate()
        self.assertEqual(set(self._get_key_ids()), {third.key_id})
        self.assertEqual(set((self.old + second).mapped("state")), {"retired"})
        self._check_texts()

    def test_what_does_not_open_is_left_and_counted(self):
        damaged, rest = self.notes[2], self.notes - self.notes[2]
        self._set_token(damaged, f"v1.{self.old.key_id}.AAAA")
        [before] = [row for row in self._get_rows() if row[0] == damaged.id]
        new = self._rotate()
        with mute_logger(ALERTS):
            self.Key._cron_rotate()
        self.assertIn(before, self._get_rows())
        self.assertEqual(new.unopenable_count, 1)
        self.assertEqual(self.old.state, "old", "something needs it")
        self.assertEqual(new.pending_count, 1)
        self.assertEqual(self.progress[-1], (0, 0), "no reason to try again at once")
        alert = self.env["outplacement.alert"].search([("kind", "=", "text_damaged")])
        self.assertEqual((alert.kind, alert.res_id), ("text_damaged", damaged.id))
        self._check_texts(rest)

    def test_a_lost_key_is_replaced_and_found_again(self):
        """A person decides to go on without it; when it turns up, all is well."""
        path = keyring.get_path(self.old.key_id)
        path.rename(path.with_suffix(".away"))
        with mute_logger(ALERTS):
            new = self._rotate()
            self.Key._cron_rotate()
        self.assertEqual(new.unopenable_count, 7)
        self.assertEqual(self.old.state, "old")
        note = self._make_note().with_user(self.coach)
        self.assertIn("What was said", note.body)
        path.with_suffix(".away").rename(path)
        self.Key._cron_rotate()
        self.assertEqual(new.unopenable_count, 0)
        self.assertEqual(self.old.state, "retired")
        self._check_texts()

    def test_a_text_that_needs_a_replaced_key_again(self):
        """As after restoring one table from a backup."""
        [token] = [row[1] for row in self._get_rows() if row[0] == self.notes[0].id]
        new = self._rotate()
        self.Key._cron_rotate()
        self._set_token(self.notes[0], token)
        self._check_texts()
        self.assertEqual(new.pending_count, 1)
        self.Key._cron_rotate()
        self.assertEqual(self.old.state, "retired")
        self.assertEqual(set(self._get_key_ids()), {new.key_id})
        self._check_texts()

    def test_somebody_writes_at_the_same_moment(self):
        """The batch is begun anew, with what they wrote."""
        new = self._rotate()
        Note = self.registry["outplacement.note"]
        reseal, calls = Note._reseal, []

        def collide(model, fname, last_id, limit):
            calls.append(last_id)
            if len(calls) == 2:
                raise SerializationFailure
            return reseal(model, fname, last_id, limit)

        with (
            patch.object(Note, "_reseal", collide),
            patch.object(self.env.cr, "rollback", self.env.invalidate_all),
        ):
            self.Key._cron_rotate()
        self.assertEqual(calls[1], calls[2])
        self.assertEqual(set(self._get_key_ids()), {new.key_id})
        self._check_texts()

    def test_the_new_key_cannot_be_made(self):
        self.key_folder.chmod(0o770)
        try:
            with mute_logger(ALERTS):
                mine = self.old.with_user(self.privacy_officer)
                self.assertRefused(mine.action_rotate, error=UserError)
        finally:
            self.key_folder.chmod(0o700)
        self.assertEqual(self.old.state, "current")
        self._check_texts()
