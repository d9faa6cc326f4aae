"""Reading and writing XLSX: values only, nothing that computes or reaches out."""

import io
import re
import zipfile
from contextlib import closing
from xml.parsers import expat

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from . import spreadsheet
from .table_cells import clean_cell, write_cell
from .table_csv import NoTable

WORKBOOK = "xl/workbook.xml"
MACROS = "vbaProject.bin"
# Read whole, and small in a file that people fill in.
WHOLE = frozenset({WORKBOOK, "xl/styles.xml"})
WHOLE_BYTES = 4 << 20
# What a row of all columns that there can be is made of.
ROW_PARTS = 50_000
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
            parts = archive.infolist()
            whole = [part.file_size for part in parts if part.filename in WHOLE]
            if sum(part.file_size for part in parts) > unpacked or (
                sum(whole) > WHOLE_BYTES
            ):
                raise NoTable("unpacked")
            names = archive.namelist()
            if WORKBOOK not in names:
                raise NoTable("no_xlsx")
            if any(name.endswith(MACROS) for name in names):
                raise NoTable("macros")
            for name in names:
                with archive.open(name) as part:
                    # whatever it is called: the file says itself which part is a sheet
                    if _find(DECLARED, part):
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
    """Yield the rows of the first sheet of ``book`` that are not empty."""
    if not book.worksheets:
        raise NoTable("no_xlsx")
    sheet = book.worksheets[0]
    with sheet._get_source() as source:
        _check_sheet(source, columns)
    # what a file says of its own size can be wrong
    sheet.reset_dimensions()
    rows = sheet.iter_rows(max_row=LAST_ROW, max_col=columns)
    missing = None
    for number, cells in enumerate(rows, start=1):
        # for rows that the file leaves out openpyxl gives the same one, a million times
        # where a small file says that its last row is the last there can be
        if cells is missing:
            continue
        texts = [_read_cell(cell) for cell in cells]
        if any(texts):
            yield number, texts
        else:
            missing = cells


def _check_sheet(source, columns):
    """Pass over a sheet: openpyxl builds a row whole before it says how wide it is, and
    says nothing of merged cells.

    :raises NoTable: "merged" (where), "columns" or "damaged"
    """
    parts = None  # outside a row

    def start(name, attributes):
        nonlocal parts
        name = name.rpartition(":")[2]
        if name == "mergeCell":
            raise NoTable("merged", attributes.get("ref", "")[:30])
        if name == "row":
            if parts is not None:  # a row in a row is built with it
                raise NoTable("damaged")
            parts = 0
        elif parts is not None:
            parts += 1
            if parts > ROW_PARTS:
                raise NoTable("columns", columns - 1)

    def end(name):
        nonlocal parts
        if name.rpartition(":")[2] == "row":
            parts = None

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.ParseFile(source)


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
