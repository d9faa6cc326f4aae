"""Spreadsheets (XLSX) of what is printed: texts and numbers, never a formula."""

import io

import xlsxwriter

from .spreadsheet import defuse

WIDTHS = (60, 14)
# What a sheet may not be called with, and how long its name may be.
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", "-"))
LONGEST_NAME = 31


def write_workbook(title, lines, sections):
    """Return a workbook of one sheet as bytes.

    :param str title: heading, and name of the sheet
    :param lines: sentences below the heading
    :param sections: dicts of ``title``, ``head`` and ``rows``, lists of texts and
        numbers, and ``note``
    """
    output = io.BytesIO()
    book = xlsxwriter.Workbook(output, {"in_memory": True})
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet(title.translate(FORBIDDEN)[:LONGEST_NAME].strip("'"))
    sheet.set_column(0, 0, WIDTHS[0])
    sheet.set_column(1, 9, WIDTHS[1])
    for number, (cells, kind) in enumerate(_get_rows(title, lines, sections)):
        for column, cell in enumerate(cells):
            _write(sheet, number, column, cell, bold if kind else None)
    book.close()
    return output.getvalue()


def _get_rows(title, lines, sections):
    """Yield (cells, whether they are a heading) of each row."""
    yield [title], True
    yield from (([line], False) for line in lines)
    for section in sections:
        yield [], False
        yield [section["title"]], True
        if any(section["head"]):
            yield section["head"], True
        yield from ((row, False) for row in section["rows"])
        if section["note"]:
            yield [section["note"]], False


def _write(sheet, row, column, cell, style):
    if isinstance(cell, int | float):
        sheet.write_number(row, column, cell, style)
    else:
        # a text whatever it looks like, also when it is copied elsewhere
        sheet.write_string(row, column, defuse(cell or ""), style)
