"""Tests of finding the Debian mirror in apt's sources."""

import tempfile
import unittest
from pathlib import Path

from devkit import debian

DEB822 = """\
Types: deb
# URIs: http://commented.example/debian
URIs: http://mirror.example/debian/
Suites: bookworm bookworm-updates
Components: main

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security

Enabled: no
Types: deb
URIs: http://disabled.example/debian

Types: deb-src
URIs: http://source.example/debian
"""
ONE_LINE = """\
# deb http://commented.example/debian bookworm main
deb-src http://source.example/debian bookworm main
deb [arch=amd64 signed-by=/x.gpg] https://other.example/debian bookworm main
deb https://packages.example/apt stable main
"""


class TestMirrors(unittest.TestCase):
    def mirrors(self, **files):
        with tempfile.TemporaryDirectory() as folder:
            parts = Path(folder) / "sources.list.d"
            parts.mkdir()
            for name, text in files.items():
                (parts / name.replace("_", ".")).write_text(text)
            return debian.mirrors(Path(folder))

    def test_stanzas(self):
        self.assertEqual(
            self.mirrors(debian_sources=DEB822), ["http://mirror.example/debian"]
        )

    def test_one_line_format(self):
        self.assertEqual(
            self.mirrors(debian_list=ONE_LINE), ["https://other.example/debian"]
        )

    def test_each_address_once(self):
        self.assertEqual(
            self.mirrors(a_list=ONE_LINE, b_list=ONE_LINE, c_txt=DEB822),
            ["https://other.example/debian"],
        )

    def test_no_sources(self):
        self.assertEqual(self.mirrors(), [])
