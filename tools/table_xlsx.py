"""Reading and writing XLSX: values only, nothing that computes or reaches out."""

import io
import re
import zipfile
from contextlib import closing

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from . import spreadsheet
from .table_cells import clean_cell, write_cell
from .table_csv import NoTable

WORKBOOK = "xl/workbook.xml"
MACROS = "vbaProject.bin"
MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=[\"']([A-Z0-9:$]{2,30})[\"']")
# A document that declares entities can grow without end when it is read.
DECLARED = re.compile(rb"<\0?!\0?(?:D\0?O\0?C\0?T\0?Y|E\0?N\0?T\0?I)", re.IGNORECASE)
LAST_ROW = 1_048_576
ZEROS = re.compile(r"0{2,20}")  # a format that shows 123 as 00123
PIECE, OVERLAP = 1 << 20, 256
WIDTHS = (12, 60)


def read_xlsx(content, columns, unpacked):
    """Yield each row of the first sheet as (number, cells).

    :param int columns: how many cells of a row are read
    :param int unpacked: bytes that the file may take when it is unpacked
    :raises NoTable: "unpacked", "damaged", "no_xlsx", "macros" or "merged" (where)
    """
    _check_archive(content, unpacked)
    try:
        book = openpyxl.load_workbook(
            io.BytesIO(content), read_only=True, keep_links=False
        )
        with closing(book):
            yield from _read_book(book, columns)
    except NoTable:
        raise
    except Exception as error:
        # openpyxl raises whatever it stumbles over in a damaged file
        raise NoTable("damaged") from error


def write_xlsx(head, rows, notes=()):
    """Return a workbook with ``rows`` below their ``head``, every cell a text.

    :param notes: rows of a second sheet, first its title
    """
    book = openpyxl.Workbook(write_only=True)
    title, *lines = notes or [None]
    _write_sheet(book.create_sheet(), [head, *rows])
    if title:
        _write_sheet(book.create_sheet(title[0]), lines)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


# ----------------------------------------------------------------------
# Reading
# ----------------------------------------------------------------------


def _check_archive(content, unpacked):
    """:raises NoTable: it is no workbook, or not one to be opened"""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            # no part gives more than it says of itself
            if sum(part.file_size for part in archive.infolist()) > unpacked:
                raise NoTable("unpacked")
            names = archive.namelist()
            if WORKBOOK not in names:
                raise NoTable("no_xlsx")
            if any(name.endswith(MACROS) for name in names):
                raise NoTable("macros")
            for name in names:
                with archive.open(name) as part:
                    if _find(DECLARED, part) and name.endswith((".xml", ".rels")):
                        raise NoTable("damaged")
    # what zipfile raises of archives that are damaged, encrypted or too new
    except (zipfile.BadZipFile, EOFError, OSError, RuntimeError, ValueError) as error:
        raise NoTable("damaged") from error


def _find(pattern, part):
    """Return what matches first in a part of an archive, None if nothing does."""
    before = b""
    while piece := part.read(PIECE):
        if match := pattern.search(before + piece):
            return match
        before = piece[-OVERLAP:]
    return None


def _read_book(book, columns):
    """Yield the rows of the first sheet of ``book``."""
    if not book.worksheets:
        raise NoTable("no_xlsx")
    sheet = book.worksheets[0]
    with sheet._get_source() as source:
        if merged := _find(MERGED, source):
            raise NoTable("merged", merged[1].decode())
    # what a file says of its own size can be wrong
    sheet.reset_dimensions()
    rows = sheet.iter_rows(max_row=LAST_ROW, max_col=columns)
    for number, cells in enumerate(rows, start=1):
        yield number, [_read_cell(cell) for cell in cells]


def _read_cell(cell):
    """Return what is shown of a cell as text; a formula as it was typed."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return clean_cell(f"={getattr(value, 'text', value) or ''}".replace("==", "="))
    text = write_cell(value)
    if cell.data_type == "n" and text.isdigit():
        shown = cell.number_format
        return text.zfill(len(shown)) if ZEROS.fullmatch(shown) else text
    return text


# ----------------------------------------------------------------------
# Writing
# ----------------------------------------------------------------------


def _write_sheet(sheet, rows):
    """Fill a sheet; the first row is its head."""
    sheet.freeze_panes = "A2"
    for position, cell in enumerate(rows[0], start=1):
        texts = [str(row[position - 1]) for row in rows[1:101] if len(row) >= position]
        width = max(map(len, [cell, *texts])) + 2
        column = sheet.column_dimensions[get_column_letter(position)]
        column.width = min(max(width, WIDTHS[0]), WIDTHS[1])
    bold = Font(bold=True)
    for number, row in enumerate(rows):
        cells = [_make_cell(sheet, text) for text in row]
        if not number:
            for cell in cells:
                cell.font = bold
        sheet.append(cells)


def _make_cell(sheet, text):
    """Return a cell that is text: also where it looks like a formula, and also after
    somebody edited it."""
    text = clean_cell(text)
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    cell.number_format = "@"
    if spreadsheet.defuse(text) != text:
        cell.quotePrefix = True
    return cell
