"""Tests of the check of the translation."""

import tempfile
import unittest
from pathlib import Path

import polib
from devkit import translations


def po_file(terms, **metadata):
    po = polib.POFile()
    po.metadata = {"POT-Creation-Date": "today", **metadata}
    for msgid, msgstr in terms.items():
        po.append(polib.POEntry(msgid=msgid, msgstr=msgstr))
    return po


class TestTranslations(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        self.fresh = self.folder / "fresh.pot"
        self.export("Note", "Traject")

    def export(self, *terms):
        self.fresh.write_text(str(po_file(dict.fromkeys(terms, ""))))

    def translate(self, **terms):
        po = translations.load(self.folder / "nl.po")
        for entry in po:
            entry.msgstr = terms.get(entry.msgid, entry.msgstr)
        (self.folder / "nl.po").write_text(f"{po}")

    def run_main(self, *, check):
        return translations.main(self.fresh, self.folder, check=check)

    def test_export_lists_what_is_not_translated(self):
        self.assertEqual(
            self.run_main(check=False),
            ["not translated: 'Note'", "not translated: 'Traject'"],
        )
        self.assertNotIn("today", (self.folder / "outplacement.pot").read_text())

    def test_complete(self):
        self.run_main(check=False)
        self.translate(Note="Notitie", Traject="Traject")
        self.assertEqual(self.run_main(check=True), [])
        before = (self.folder / "nl.po").read_text()
        self.assertEqual(self.run_main(check=False), [])
        self.assertEqual((self.folder / "nl.po").read_text(), before)

    def test_a_new_term_is_found_without_touching_a_file(self):
        self.run_main(check=False)
        self.translate(Note="Notitie", Traject="Traject")
        self.export("Note", "Session", "Traject")
        self.assertEqual(
            self.run_main(check=True),
            [
                "outplacement.pot is out of date: run `make i18n`",
                "nl.po is out of date: run `make i18n`",
                "not translated: 'Session'",
            ],
        )
        self.assertNotIn("Session", (self.folder / "nl.po").read_text())

    def test_a_term_that_is_gone_disappears(self):
        self.run_main(check=False)
        self.translate(Note="Notitie", Traject="Traject")
        self.export("Note")
        self.assertEqual(len(self.run_main(check=True)), 2)
        self.assertEqual(self.run_main(check=False), [])
        self.assertNotIn("Traject", (self.folder / "nl.po").read_text())

    def test_fuzzy_is_not_good_enough(self):
        self.run_main(check=False)
        self.translate(Note="Notitie", Traject="Traject")
        po = translations.load(self.folder / "nl.po")
        po[0].flags = ["fuzzy"]
        (self.folder / "nl.po").write_text(f"{po}")
        self.assertEqual(self.run_main(check=True), ["fuzzy: 'Note'"])
