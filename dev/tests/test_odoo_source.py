"""Tests of recognising an Odoo source tree."""

import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from devkit import odoo_source
from devkit.errors import Failure
from devkit.paths import Paths


class TestGivenSource(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)

    def release(self, version_info):
        (self.folder / "odoo/addons/base").mkdir(parents=True)
        text = f"version_info = {version_info}\n"
        (self.folder / "odoo/release.py").write_text(text)

    def provide(self, folder):
        paths = Paths(self.folder / "cache", self.folder / "state")
        with mock.patch.dict(os.environ, ODOO_SRC=str(folder)):
            return odoo_source.provide(paths)

    def test_a_checkout(self):
        self.release((19, 0, 0, "final", 0, ""))
        (self.folder / "addons/crm").mkdir(parents=True)
        source = self.provide(self.folder)
        self.assertEqual(source.python_path, (self.folder,))
        self.assertEqual(source.addon("crm"), self.folder / "addons/crm")
        self.assertEqual(source.addon("base"), self.folder / "odoo/addons/base")

    def test_the_package_itself(self):
        self.release((19, 0, 0, "final", 0, ""))
        source = self.provide(self.folder / "odoo")
        self.assertEqual(source.python_path, (self.folder,))

    def test_another_series(self):
        for version in ((18, 0, 0, "final", 0, ""), ("saas~18", 4, 0, "final", 0, "")):
            with self.subTest(version=version), tempfile.TemporaryDirectory() as name:
                self.folder = Path(name)
                self.release(version)
                with self.assertRaisesRegex(Failure, r"is Odoo .*18\.\d, but .* 19\.0"):
                    self.provide(self.folder)

    def test_no_odoo(self):
        with self.assertRaisesRegex(Failure, "holds no Odoo"):
            self.provide(self.folder)
