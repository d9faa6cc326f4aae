"""Reading CSV as whatever program saved it."""

import codecs
import csv
import io

from .document_types import NO_TEXT
from .table_cells import clean_cell

MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
DELIMITERS = ";,\t|"
# How a program says on a line of its own what lies between the cells.
DECLARATION = "sep="


class NoTable(Exception):
    """The content is no such table. The argument names the reason."""


def read_csv(content):
    """Yield each row as (number, cells); its number counts from 1, as a spreadsheet
    shows it.

    :raises NoTable: "text" (it is no text) or "quotes" (in which row)
    """
    text = decode(content)
    delimiter = _find_delimiter(text)
    if text[: len(DECLARATION)].lower() == DECLARATION:
        # spreadsheets do not show it
        text = text.partition("\n")[2]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            yield number, [clean_cell(cell) for cell in cells]
    except csv.Error as error:
        raise NoTable("quotes", number + 1) from error


def decode(content):
    """Return the text of a file in one of the encodings that spreadsheets write.

    :raises NoTable: it is no text
    """
    try:
        text = content.decode(_find_encoding(content))
    except UnicodeDecodeError as error:
        raise NoTable("text") from error
    is_markup = text[:64].lstrip().lower().startswith(("<", "%pdf", "{\\rtf"))
    if is_markup or NO_TEXT.search(text):
        raise NoTable("text")
    return text


def _find_encoding(content):
    """Return the encoding: by its mark, else UTF-8 if it is any."""
    for mark, encoding in MARKS.items():
        if content.startswith(mark):
            return encoding
    # without a mark, the zeros of UTF-16 are on one side
    start = content[:200]
    zeros = [start[side::2].count(0) for side in (0, 1)]
    if max(zeros) > len(start) // 5 and not min(zeros):
        return "utf-16-be" if zeros[0] else "utf-16-le"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _find_delimiter(text):
    """Return what lies between the cells: what is most of in the first line."""
    line = next((line for line in text[:65536].splitlines() if line.strip()), "")
    if line[: len(DECLARATION)].lower() == DECLARATION and len(line) == 5:
        return line[-1]
    outside = "".join(line.split('"')[::2])
    return max(DELIMITERS, key=outside.count)
