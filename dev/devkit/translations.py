"""The .pot file and the Dutch translation; runs with the packages of Odoo.

    python translations.py FRESH_POT I18N_FOLDER [--check]

FRESH_POT is what Odoo exported just now. Without --check, the files in the folder are
brought up to date with it: new terms get an empty translation, terms that are gone
disappear. Says what is wrong, line by line, and exits with 1 if anything is.
"""

import sys
from pathlib import Path

import polib

TEMPLATE = "outplacement.pot"
DUTCH = "nl.po"
# They change with every export, whether a term changed or not.
DATES = ("POT-Creation-Date", "PO-Revision-Date")
WIDTH = 78


def normalised(pot: polib.POFile) -> polib.POFile:
    """The same template without its dates."""
    for name in DATES:
        pot.metadata.pop(name, None)
    return pot


def merged(pot: polib.POFile, old: polib.POFile) -> polib.POFile:
    """The translations of `old` to the terms of `pot`, in their order."""
    new = polib.POFile(wrapwidth=WIDTH)
    new.header = pot.header
    new.metadata = {**pot.metadata, **old.metadata, "Language": "nl"}
    for name in DATES:
        new.metadata.pop(name, None)
    for term in pot:
        known = old.find(term.msgid, include_obsolete_entries=False)
        entry = polib.POEntry(
            msgid=term.msgid,
            msgstr=known.msgstr if known else "",
            comment=term.comment,
            occurrences=term.occurrences,
            flags=known.flags if known else [],
        )
        new.append(entry)
    return new


def shortcomings(po: polib.POFile) -> list[str]:
    """What a translator still has to do."""
    todo = [f"not translated: {entry.msgid!r}" for entry in po if not entry.msgstr]
    todo += [f"fuzzy: {entry.msgid!r}" for entry in po if entry.fuzzy]
    return todo


def outdated(path: Path, new: polib.POFile) -> list[str]:
    """A line if the file at `path` does not say what it would if exported now."""
    if path.exists() and path.read_text() == f"{new}":
        return []
    return [f"{path.name} is out of date: run `make i18n`"]


def load(path: Path) -> polib.POFile:
    """The file at `path`, or an empty one if it isn't there."""
    if path.exists():
        return polib.pofile(str(path), wrapwidth=WIDTH)
    return polib.POFile(wrapwidth=WIDTH)


def main(fresh: Path, folder: Path, *, check: bool) -> list[str]:
    """Bring the folder up to date or check it; return what is wrong."""
    pot = normalised(load(fresh))
    po = merged(pot, load(folder / DUTCH))
    files = {folder / TEMPLATE: pot, folder / DUTCH: po}
    if check:
        wrong = [line for path, new in files.items() for line in outdated(path, new)]
        return wrong + shortcomings(po)
    folder.mkdir(exist_ok=True)
    for path, new in files.items():
        path.write_text(f"{new}")
    return shortcomings(po)


if __name__ == "__main__":
    lines = main(Path(sys.argv[1]), Path(sys.argv[2]), check="--check" in sys.argv)
    print("\n".join(lines))
    sys.exit(1 if lines else 0)
