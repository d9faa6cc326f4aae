import io
import time
import zipfile
from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from ..tools import table_xlsx
from ..tools.table_file import TableFileError
from .common_billing import TODAY
from .common_intake import IntakeCommon, make_people, make_xlsx

SHEET = "xl/worksheets/sheet1.xml"


def change_parts(content, change):
    """Return a workbook with other parts.

    :param change: gives name and bytes of a part, for those that it had
    """
    output = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as archive,
        zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as other,
    ):
        for name in archive.namelist():
            other.writestr(*change(name, archive.read(name)))
    return output.getvalue()


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestIntakeAttacks(IntakeCommon):
    """Files that were made to do harm."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls._make_social_plan()

    def test_a_last_row_far_below(self):
        """A file of some kilobytes has nobody read a million rows."""

        def change(name, part):
            part = part.replace(b'r="3"', b'r="1048576"')
            return name, part.replace(b'"A3"', b'"A1048576"')

        content = change_parts(make_xlsx(*make_people(2)), change)
        with patch.object(
            table_xlsx, "_read_cell", side_effect=table_xlsx._read_cell
        ) as read:
            intake = self._check(content)
        self.assertEqual(intake.row_count, 2)
        self.assertLess(read.call_count, 1000)

    def test_a_row_without_end(self):
        """Refused before the row is built in memory."""

        def change(name, part):
            cells = b"<row>" + b"<c><v>1</v></c>" * 60_000 + b"</row></sheetData>"
            return name, part.replace(b"</sheetData>", cells)

        content = change_parts(make_xlsx(*make_people(2)), change)
        with (
            patch.object(table_xlsx, "_read_cell") as read,
            self.assertRaisesRegex(TableFileError, "more than 60 columns"),
        ):
            self._check(content)
        read.assert_not_called()

    def test_merged_cells_without_end(self):
        """What looks for merged cells takes no time of its own."""

        def change(name, part):
            end = b"</sheetData>"
            return name, part.replace(end, end + b"<mergeCell " * 40_000)

        content = change_parts(make_xlsx(*make_people(2)), change)
        start = time.process_time()
        with self.assertRaisesRegex(TableFileError, "damaged"):
            self._check(content)
        self.assertLess(time.process_time() - start, 5)

    def test_styles_without_end(self):
        def change(name, part):
            end = b"</cellXfs>"
            return name, part.replace(end, b"<xf/>" * 1_000_000 + end)

        content = change_parts(make_xlsx(*make_people(2)), change)
        with self.assertRaisesRegex(TableFileError, "too large when it is unpacked"):
            self._check(content)

    def test_a_sheet_by_another_name(self):
        """A file says itself which part of it is a sheet."""

        def change(name, part):
            if name == SHEET:
                part = b'<!DOCTYPE x [<!ENTITY a "a">]>' + part
            part = part.replace(b"sheet1.xml", b"sheet1.bin")
            return name.replace("sheet1.xml", "sheet1.bin"), part

        content = change_parts(make_xlsx(*make_people(2)), change)
        with self.assertRaisesRegex(TableFileError, "damaged"):
            self._check(content)
