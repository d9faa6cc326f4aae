"""Tables that people fill in a spreadsheet program: CSV and XLSX, read and written.

What is read comes as plain text by row, with the number that the row has in the file;
what a cell means is for who reads it. Nothing is computed: a formula stays the text
that was typed, see :func:`is_computed`. What is written no spreadsheet runs.
"""

from typing import NamedTuple

from odoo.exceptions import UserError

from . import spreadsheet
from .table_cells import is_computed, is_garbled
from .table_csv import NoTable, read_csv
from .table_xlsx import read_xlsx, write_xlsx
from .wording import fold

__all__ = [
    "MEGABYTE",
    "Column",
    "Row",
    "Table",
    "TableFile",
    "TableFileError",
    "is_computed",
    "is_garbled",
    "write_csv",
    "write_xlsx",
]
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
MEGABYTE = 1 << 20


class TableFileError(UserError):
    """The file is no table that can be read; the message says what to do about it."""


class Row(NamedTuple):
    """A row of a table.

    :param int number: which row of the file, as a spreadsheet shows it
    :param list cells: texts, one a heading
    :param bool surplus: whether there is more in the row than the headings say
    """

    number: int
    cells: list
    surplus: bool


class Table(NamedTuple):
    """What a file has in it: its headings, and the rows below that are not empty."""

    header: list
    rows: list


class Column(NamedTuple):
    """A column that is looked for.

    :param str key: what the reader calls it
    :param tuple headings: how it may be headed; case, spaces, accents and signs are
        of no matter. The first one is what people are told.
    :param bool required: whether a table without it is refused
    """

    key: str
    headings: tuple
    required: bool = False


class TableFile:
    """Reads files that were uploaded.

    :param env: says in which language a file is refused
    """

    MAX_BYTES = 10 * MEGABYTE
    # of a workbook, unpacked
    MAX_UNPACKED = 60 * MEGABYTE
    MAX_COLUMNS = 60
    MAX_ROWS = 10_000

    def __init__(self, env):
        self.env = env

    # ------------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------------

    def check_upload(self, encoded):
        """Hold a file that is to be kept until it is read, in base64; none is fine.

        :raises TableFileError: it is too large to be kept for a moment
        """
        if encoded and len(encoded) * 3 // 4 > self.MAX_BYTES + MEGABYTE:
            raise self._refuse("large", self.MAX_BYTES // MEGABYTE)

    def read_table(self, content):
        """Return the :class:`Table` in a file. Its first row that is not empty has the
        headings.

        :param bytes content: of a CSV or XLSX file, whatever it is called
        :raises TableFileError: there is none
        """
        self._check_content(content)
        try:
            filled = [
                (number, cells) for number, cells in self._read(content) if any(cells)
            ]
        except NoTable as reason:
            raise self._refuse(*reason.args) from reason
        if not filled:
            raise self._refuse("empty")
        (_number, header), *rows = filled
        header = self._read_header(header)
        if not rows:
            raise self._refuse("no_rows")
        return Table(header, [self._make_row(header, *row) for row in rows])

    def _check_content(self, content):
        """:raises TableFileError: it is none of the two kinds, by its first bytes, or
        too large"""
        if not content:
            raise self._refuse("empty")
        if len(content) > self.MAX_BYTES:
            raise self._refuse("large", self.MAX_BYTES // MEGABYTE)
        if content.startswith(OLE):
            encrypted = "EncryptedPackage".encode("utf-16-le") in content
            raise self._refuse("encrypted" if encrypted else "old")

    def _read(self, content):
        """Yield the rows that are not empty as (number, cells), as many as may be."""
        if content.startswith(ZIP):
            rows = read_xlsx(content, self.MAX_COLUMNS + 1, self.MAX_UNPACKED)
        else:
            rows = read_csv(content)
        count = 0
        for number, cells in rows:
            if not any(cells):
                continue
            count += 1
            if count > self.MAX_ROWS + 1:
                raise NoTable("rows", self.MAX_ROWS)
            if any(cells[self.MAX_COLUMNS :]):
                raise NoTable("columns", self.MAX_COLUMNS)
            yield number, cells

    def _read_header(self, cells):
        """Return the headings, without what is empty at the end."""
        while not cells[-1]:
            cells = cells[:-1]
        return cells

    def _make_row(self, header, number, cells):
        width = len(header)
        padded = cells[:width] + [""] * (width - len(cells))
        return Row(number, padded, any(cells[width:]))

    # ------------------------------------------------------------------
    # Columns
    # ------------------------------------------------------------------

    def match(self, table, columns):
        """Say which of ``columns`` is where in ``table``.

        :param columns: list of :class:`Column`
        :returns: dict of positions by key, and the list of headings that nobody knows
        :raises TableFileError: a required column is missing, or there twice
        """
        keys = {
            self._normalize(heading): column.key
            for column in columns
            for heading in column.headings
        }
        positions, unknown = {}, []
        for position, heading in enumerate(table.header):
            key = keys.get(self._normalize(heading))
            if key is None:
                unknown.append(heading)
            elif key in positions:
                raise self._refuse("twice", table.header[positions[key]], heading)
            else:
                positions[key] = position
        self._check_required(columns, positions)
        return positions, [heading for heading in unknown if heading]

    def _check_required(self, columns, positions):
        """:raises TableFileError: naming the columns that are missing"""
        if missing := [
            column.headings[0]
            for column in columns
            if column.required and column.key not in positions
        ]:
            raise self._refuse("missing", ", ".join(missing))

    def _normalize(self, heading):
        return "".join(c for c in fold(heading) if c.isalnum())

    # ------------------------------------------------------------------
    # Refusing
    # ------------------------------------------------------------------

    def _refuse(self, reason, *details):
        """Return the error that tells people why a file is not read.

        :param str reason: see the keys below
        """
        return TableFileError(self._get_reasons(details)[reason])

    def _get_reasons(self, details):
        """Return what is told, by reason."""
        first, second = (*details, "", "")[:2]
        return {
            **self._get_table_reasons(first, second),
            "large": self.env._(
                "The file is larger than %(size)s MB: split it.", size=first
            ),
            "old": self.env._(
                "This is no CSV or XLSX file, but an old Excel file or another "
                "document of Office: save it as XLSX or CSV."
            ),
            "encrypted": self.env._(
                "The file is locked with a password: save it without one and upload "
                "it again."
            ),
            "damaged": self.env._(
                "The XLSX file is damaged: open it in your spreadsheet program and "
                "save it again."
            ),
            "unpacked": self.env._(
                "The XLSX file is too large when it is unpacked: save the one sheet "
                "that matters as CSV."
            ),
            "no_xlsx": self.env._(
                "This is no CSV or XLSX file: open it in your spreadsheet program and "
                "save it as XLSX or CSV."
            ),
            "macros": self.env._(
                "The file has macros: save it as XLSX, without macros."
            ),
            "text": self.env._(
                "This is no CSV or XLSX file, or its characters cannot be read: save "
                "it as XLSX, or as CSV in UTF-8."
            ),
        }

    def _get_table_reasons(self, first, second):
        """Return what is told of a table that can be opened, by reason."""
        return {
            "empty": self.env._("The file is empty."),
            "no_rows": self.env._(
                "The file has a row of headings and nothing below it."
            ),
            "merged": self.env._(
                "Cells %(cells)s are merged: split them, so that every row has its own "
                "values below one row of headings.",
                cells=first,
            ),
            "quotes": self.env._(
                "Row %(row)s has a quotation mark that is not closed, or one in the "
                "middle of a cell.",
                row=first,
            ),
            "rows": self.env._(
                "The file has more than %(count)s rows: split it into several.",
                count=first,
            ),
            "columns": self.env._(
                "The file has more than %(count)s columns: keep those of the template.",
                count=first,
            ),
            "twice": self.env._(
                "Columns “%(first)s” and “%(second)s” mean the same: keep one of them.",
                first=first,
                second=second,
            ),
            "missing": self.env._(
                "The file has no column for: %(columns)s. The first row has the "
                "headings, as in the template.",
                columns=first,
            ),
        }


def write_csv(head, rows):
    """Return ``rows`` below their ``head`` as the bytes of a CSV file."""
    return spreadsheet.to_text(head, rows).encode(spreadsheet.ENCODING)
