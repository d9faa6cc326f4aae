import os
import tempfile
from pathlib import Path
from unittest.mock import patch

from odoo.tests import BaseCase, tagged
from odoo.tools import config

from ..tools import cipher, keyring
from ..tools.keyring import KeyringError


@tagged("post_install", "-at_install")
class TestKeyring(BaseCase):
    """The files of keys: where they are, who may read them, what is wrong with them."""

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.data_dir = Path(folder.name)
        self.folder = self.data_dir / keyring.FOLDER
        environment = patch.dict(os.environ)
        environment.start()
        self.addCleanup(environment.stop)
        os.environ.pop(keyring.VARIABLE, None)
        options = {"data_dir": folder.name, keyring.OPTION: None}
        patcher = patch.dict(config.options.maps[0], options)
        patcher.start()
        self.addCleanup(patcher.stop)

    def _save(self):
        key = cipher.make_key()
        return key, keyring.save(key)

    def assertReason(self, reason, function, *args, **kwargs):
        with self.assertRaises(KeyringError) as caught:
            function(*args, **kwargs)
        self.assertEqual(caught.exception.reason, reason)
        return caught.exception

    # ------------------------------------------------------------------

    def test_a_key_is_saved_for_its_owner_alone(self):
        key, key_id = self._save()
        path = self.folder / f"{key_id}.key"
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        self.assertEqual(self.folder.stat().st_mode & 0o777, 0o700)
        self.assertEqual(os.listdir(self.folder), [path.name])
        self.assertEqual(keyring.load(key_id, to_seal=True), key)
        self.assertIsNone(keyring.check(key_id))

    def test_the_folder_is_the_named_one(self):
        """odoo.conf goes before the environment, both before the data directory."""
        self.assertEqual(keyring.get_folder(), self.folder)
        for name in ("environment", "conf"):
            (self.data_dir / name).mkdir()
        os.environ[keyring.VARIABLE] = str(self.data_dir / "environment")
        _key, key_id = self._save()
        self.assertTrue((self.data_dir / "environment" / f"{key_id}.key").exists())
        config[keyring.OPTION] = str(self.data_dir / "conf")
        _key, other_id = self._save()
        self.assertTrue((self.data_dir / "conf" / f"{other_id}.key").exists())
        self.assertReason("missing", keyring.load, key_id)
        self.assertFalse(self.folder.exists())

    def test_a_named_folder_is_never_made(self):
        missing = self.data_dir / "mounted"
        config[keyring.OPTION] = str(missing)
        error = self.assertReason("folder", self._save)
        self.assertIn(str(missing), str(error))
        self.assertReason("folder", keyring.load, "0" * 16)
        self.assertFalse(missing.exists() or self.folder.exists())

    def test_a_folder_that_is_a_file(self):
        self.folder.write_text("")
        self.assertReason("folder", self._save)
        self.assertReason("folder", keyring.load, "0" * 16)

    def test_missing_key(self):
        self.folder.mkdir()
        error = self.assertReason("missing", keyring.load, "0" * 16)
        self.assertEqual(error.key_id, "0" * 16)
        _key, key_id = self._save()
        keyring.load(key_id)
        keyring.get_path(key_id).unlink()
        self.assertReason("missing", keyring.load, key_id)

    def test_what_others_can_read_seals_nothing(self):
        key, key_id = self._save()
        path = keyring.get_path(key_id)
        for mode in (0o640, 0o604, 0o660, 0o606, 0o610):
            path.chmod(mode)
            with self.subTest(mode=oct(mode)):
                self.assertReason("exposed", keyring.load, key_id, to_seal=True)
                self.assertEqual(keyring.check(key_id), "exposed")
                self.assertEqual(keyring.load(key_id), key)
        path.chmod(0o400)
        self.assertEqual(keyring.load(key_id, to_seal=True), key)

    def test_a_folder_that_others_can_write(self):
        key, key_id = self._save()
        for mode in (0o770, 0o707):
            self.folder.chmod(mode)
            with self.subTest(mode=oct(mode)):
                self.assertReason("exposed", keyring.load, key_id, to_seal=True)
                self.assertReason("exposed", self._save)
                self.assertEqual(keyring.load(key_id), key)
        self.folder.chmod(0o1777)
        self.assertEqual(keyring.load(key_id, to_seal=True), key)

    def test_another_key_under_this_name(self):
        key, key_id = self._save()
        _other, other_id = self._save()
        path = keyring.get_path(key_id)
        right = path.read_bytes()
        keyring.load(key_id)
        path.write_bytes(keyring.get_path(other_id).read_bytes())
        error = self.assertReason("damaged", keyring.load, key_id)
        self.assertEqual(error.key_id, key_id)
        path.write_bytes(right)
        self.assertEqual(keyring.load(key_id), key)

    def test_no_key_in_the_file(self):
        _key, key_id = self._save()
        path = keyring.get_path(key_id)
        right = path.read_text()
        secret = right.splitlines()[-1]
        for text in ("", "# comment", "%%%", secret[:20], f"{secret}\n{secret}", "é"):
            path.write_text(text)
            with self.subTest(text=text):
                error = self.assertReason("damaged", keyring.load, key_id)
                self.assertNotIn(secret[:20], str(error))
        path.write_text(f"{secret}\r\n\r\n")
        self.assertEqual(cipher.get_key_id(keyring.load(key_id)), key_id)

    def test_keys_of_another_process_are_found(self):
        """What is remembered here does not hide what is new there."""
        _key, key_id = self._save()
        keyring.load(key_id)
        key = cipher.make_key()
        other_id = cipher.get_key_id(key)
        text = keyring.get_path(key_id).read_text().splitlines()
        self.assertReason("missing", keyring.load, other_id)
        text[-1] = keyring.base64.b64encode(key).decode()
        keyring.get_path(other_id).write_text("\n".join(text))
        self.assertEqual(keyring.load(other_id), key)

    def test_nothing_half_written_is_left(self):
        with (
            patch.object(Path, "rename", side_effect=OSError("disk full")),
            self.assertRaises(KeyringError),
        ):
            self._save()
        self.assertEqual(os.listdir(self.folder), [])

    def test_errors_hold_no_secret(self):
        key, key_id = self._save()
        secret = keyring.get_path(key_id).read_text().splitlines()[-1]
        keyring.get_path(key_id).chmod(0o644)
        error = self.assertReason("exposed", keyring.load, key_id, to_seal=True)
        self.assertNotIn(secret, repr(error))
        self.assertNotIn(key.hex(), repr(error))
