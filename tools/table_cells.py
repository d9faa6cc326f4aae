"""What a cell of a table is once it is read: a plain text."""

import re
import unicodedata
from datetime import date, datetime, time

# A formula, or what a spreadsheet shows where one failed; also behind the sign by which
# a formula was made harmless before.
COMPUTED = re.compile(r"'?\s*=|#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|N/B|VERW!)")
# Letters outside ASCII that were saved as UTF-8 and opened as Windows-1252.
GARBLED = re.compile("[\u00c2-\u00c5\u00e2][\u0080-\u00bf\u0152-\u2122]|\ufffd")


def write_cell(value):
    """Return the value of a cell as text: days as YYYY-MM-DD, whole numbers without
    decimals."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        is_day = value.time() == time.min
        return str(value.date()) if is_day else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return clean_cell(str(value))


def clean_cell(text):
    """Return ``text`` on one line, of characters that are seen."""
    if not (text.isascii() and text.isprintable()):
        text = "".join(
            " " if character.isspace() else character
            for character in unicodedata.normalize("NFC", text)
            if character.isspace() or unicodedata.category(character)[0] != "C"
        )
    return " ".join(text.split())


def is_computed(text):
    """Whether a cell has a formula, or the error of one: nothing here computes."""
    return bool(COMPUTED.match(text))


def is_garbled(text):
    """Whether letters of a cell were lost or mangled by saving it in an encoding and
    opening it in another."""
    return not text.isascii() and bool(GARBLED.search(text))
