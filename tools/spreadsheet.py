"""CSV as the spreadsheet programs of Dutch customers open it, by a double click.

Semicolons between the cells, since the comma is the decimal sign, and a mark before the
first that says that the text is UTF-8.
"""

import csv
import io
import re

ENCODING = "utf-8-sig"
# What a spreadsheet would take for a formula: a sign at the start, after what is not
# seen, or after a comma, where the spreadsheet of another country begins a new cell.
SIGN = "[\\s\\u200b\\ufeff]*[=+@\\-\uff1d\uff0b\uff20\uff0d]"
FORMULA = re.compile(rf"\A(?=[\t\r\n]|{SIGN})|(?<=,)(?={SIGN})")


def defuse(cell):
    """Return a cell that no spreadsheet takes for a formula."""
    is_number = cell.replace(",", "").replace(".", "").lstrip("-").isdigit()
    return cell if is_number else FORMULA.sub("'", cell)


def to_text(head, rows):
    """Return ``rows`` of texts below their ``head`` as CSV, none of them a formula.

    :param rows: any iterable: taken one after another
    """
    output = io.StringIO()
    writer = csv.writer(output, delimiter=";", lineterminator="\r\n")
    writer.writerow(head)
    for row in rows:
        writer.writerow([defuse(cell) for cell in row])
    return output.getvalue()
