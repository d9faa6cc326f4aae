import io
import zipfile
from datetime import date

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from ..tools import spreadsheet
from ..tools.table_file import MEGABYTE, TableFileError
from .common_billing import TODAY
from .common_intake import HEAD, IntakeCommon, make_csv, make_people, make_xlsx

PERSON = make_people(1)[0]
SHEET = "xl/worksheets/sheet1.xml"
BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


def make_archive(content=None, **changes):
    """Return a workbook, or an archive without one, some of whose parts are changed.

    :param changes: bytes by name of the part, None to leave it out, with ``__`` for a
        slash and ``_DOT_`` for a point
    """
    output = io.BytesIO()
    parts = {}
    if content:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
    for name, part in changes.items():
        parts[name.replace("__", "/").replace("_DOT_", ".")] = part
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return output.getvalue()


def declare_entities(content):
    """Return a workbook whose sheet declares what grows when it is read."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read(SHEET)
    return make_archive(content, xl__worksheets__sheet1_DOT_xml=BOMB + sheet)


def merge(sheet):
    sheet.merge_cells("A2:A3")


# Files that are refused as a whole, and what is told of each.
NO_TABLES = {
    "empty": (lambda: b"", "Choose a CSV or XLSX file first"),
    "blank": (lambda: b" ", "is empty"),
    "blank lines": (lambda: b"\r\n\r\n\n", "is empty"),
    "separators only": (lambda: b";;;\r\n;;;\r\n", "is empty"),
    "empty workbook": (lambda: make_xlsx(head=()), "is empty"),
    "headings only": (lambda: make_csv(), "nothing below it"),
    "workbook of headings": (lambda: make_xlsx(), "nothing below it"),
    "no headings": (lambda: make_csv(PERSON, head=PERSON), "no column for: Name"),
    "two columns missing": (
        lambda: make_csv(("x", "y"), head=("Name", "Phone")),
        "no column for: Private E-mail Address, Personnel Number",
    ),
    "a title above": (
        lambda: make_csv(HEAD, PERSON, head=("List of the depot",)),
        "no column for: Name",
    ),
    "heading twice": (
        lambda: make_csv((*PERSON, "x"), head=(*HEAD, "Naam")),
        "“Name” and “Naam” mean the same",
    ),
    "100 columns": (
        lambda: make_csv((*PERSON, *"x" * 97), head=(*HEAD, *map(str, range(97)))),
        "more than 60 columns",
    ),
    "100 columns, workbook": (
        lambda: make_xlsx((*PERSON, *"x" * 97), head=(*HEAD, *map(str, range(97)))),
        "more than 60 columns",
    ),
    "10,001 rows": (
        lambda: make_csv(*[PERSON] * 10_001),
        "more than 10000 rows",
    ),
    "50 MB": (lambda: b"x" * (50 * MEGABYTE), "larger than 10 MB"),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 20, "is no CSV or XLSX file"),
    "PDF": (lambda: b"%PDF-1.7\n1 0 obj", "is no CSV or XLSX file"),
    "web page as .xls": (lambda: b"<html><table><tr><td>", "is no CSV or XLSX file"),
    "old workbook": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512,
        "an old Excel file",
    ),
    "password": (
        lambda: b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"),
        "locked with a password",
    ),
    "half a workbook": (lambda: make_xlsx(PERSON)[:2000], "is damaged"),
    "damaged sheet": (
        lambda: make_archive(make_xlsx(PERSON), xl__worksheets__sheet1_DOT_xml=b"<wo"),
        "is damaged",
    ),
    "another archive": (
        lambda: make_archive(word__document_DOT_xml=b"<x/>"),
        "is no CSV or XLSX file",
    ),
    "macros": (
        lambda: make_archive(make_xlsx(PERSON), xl__vbaProject_DOT_bin=b"x"),
        "has macros",
    ),
    "bomb": (
        lambda: make_archive(make_xlsx(PERSON), xl__x_DOT_xml=bytes(61 * MEGABYTE)),
        "too large when it is unpacked",
    ),
    "entities": (lambda: declare_entities(make_xlsx(PERSON)), "is damaged"),
    "merged cells": (
        lambda: make_xlsx(PERSON, ("", *PERSON[1:]), change=merge),
        "Cells A2:A3 are merged",
    ),
    "quote not closed": (
        lambda: make_csv(PERSON, ('"Jan', "x", "2")),
        "Row 3 has a quotation mark",
    ),
    "NUL": (lambda: make_csv(PERSON).replace(b"00001", b"1\0"), "cannot be read"),
    "half a UTF-16": (lambda: make_csv(PERSON, encoding="utf-16")[:-1], "be read"),
    "UTF-32": (lambda: make_csv(PERSON, encoding="utf-32"), "cannot be read"),
    "no Windows-1252": (lambda: make_csv(PERSON) + b"\xe9\x81", "cannot be read"),
}
# Rows that are to be mended: the values of a good one that are replaced, and the one
# thing that is told.
ROWS = {
    "no name": ({"Name": ""}, "Name: Fill in the name"),
    "spaces": ({"Name": " \u00a0\u200b "}, "Name: Fill in the name"),
    "columns mixed up": ({"Name": "a@home.example"}, "Name: This is no name"),
    "no address": ({"Private E-mail": ""}, "Fill in the private e-mail"),
    "no at sign": ({"Private E-mail": "jan.home.example"}, "not one valid e-mail"),
    "no domain": ({"Private E-mail": "jan@home"}, "not one valid e-mail"),
    "two points": ({"Private E-mail": "jan@home..nl"}, "not one valid e-mail"),
    "two addresses": ({"Private E-mail": "a@b.nl, c@d.nl"}, "not one valid e-mail"),
    "with a name": ({"Private E-mail": "Jan <jan@home.nl>"}, "not one valid e-mail"),
    "no number": ({"Personnel Number": ""}, "Fill in the personnel number"),
    "formula": ({"Name": '=HYPERLINK("http://evil.example")'}, "A formula or an error"),
    "harmless formula": ({"Name": "'=1+1"}, "A formula or an error"),
    "error": ({"Personnel Number": "#N/A"}, "A formula or an error"),
    "garbled": ({"Name": "JosÃ© van Dam"}, "Letters were lost"),
    "lost letters": ({"Name": "Jos\ufffd"}, "Letters were lost"),
    "novel": ({"Name": "x" * 5000}, "too long"),
    "unknown entity": ({"Entity": "Depot Oost"}, "“Depot Oost” is no entity .* Known:"),
    "unknown package": ({"Package": "Gold"}, "“Gold” is no package of SP"),
    "another plan": ({"Social Plan": "SP/2020/0001"}, "another plan than SP"),
    "ambiguous day": ({"Dismissal Date": "03/04/2026"}, "no day, or as several"),
    "short year": ({"Dismissal Date": "01-05-26"}, "no day, or as several"),
    "number of a day": ({"Dismissal Date": "46142"}, "no day, or as several"),
    "no such day": ({"Dismissal Date": "31-02-2026"}, "no day, or as several"),
    "month first": ({"Dismissal Date": "12-31-2026"}, "no day, or as several"),
    "before the plan": ({"Dismissal Date": "31-12-2025"}, "begins on 01-01-2026"),
    "wrong century": ({"Dismissal Date": "2126-06-30"}, "years after the plan"),
    "deadline outside": ({"Deadline": "2027-01-01"}, "until 31-12-2026"),
    "no amount": ({"Budget": "three"}, "This is no amount"),
    "three decimals": ({"Budget": "3195.1234"}, "This is no amount"),
    "above the cap": ({"Budget": "3.500,01"}, "a person .*3,500.00.* at most"),
    "no choice": ({"Choice": "perhaps"}, "write one of Undecided, Outplacement"),
    "no money": ({"Choice": "geld"}, "no money to choose"),
    "in the future": ({"Choice": "ja", "Chosen on": "2026-01-06"}, "in the future"),
    "undecided that day": ({"Chosen on": "2026-01-02"}, "Fill in what was chosen"),
    "of a user": ({"Private E-mail": "Coach@Bureau.example"}, "with a login"),
    "of the employer": ({"Private E-mail": "hr@works.example"}, "of the employer"),
    "of a reader": ({"Private E-mail": "reader@works.example"}, "of the employer"),
}


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestIntakeFiles(IntakeCommon):
    """Broken files: one clear sentence each, and nothing written."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partner = {"is_company": False}
        cls.coach.partner_id.email = "coach@bureau.example"
        reader, _colleague = cls.env["res.partner"].create(
            [
                {**partner, "name": "Reader", "email": "reader@works.example"},
                {
                    **partner,
                    "name": "HR",
                    "email": "hr@works.example",
                    "parent_id": cls.employer.id,
                },
            ]
        )
        cls.plan = cls._make_social_plan(cap_person=3500.0)
        cls.plan.entity_ids.employer_contact_ids = [Command.set(reader.ids)]

    def test_no_tables(self):
        written = self._count_written()
        for name, (make, text) in NO_TABLES.items():
            with self.subTest(file=name):
                error = UserError if name == "empty" else TableFileError
                with self.assertRefused(text, error):
                    self._upload(make()).action_check()
                self.assertEqual(self._count_written(), written)
        self.assertGreaterEqual(len(NO_TABLES), 30)
        self.assertFalse(
            self.env["ir.attachment"].search([("res_model", "=like", "%intake%")])
        )

    def test_rows(self):
        """Each is told one thing, in CSV and in XLSX."""
        heads = dict.fromkeys(key for change, _text in ROWS.values() for key in change)
        head = (*HEAD, *(key for key in heads if key not in HEAD))
        rows = []
        for person, (change, _text) in zip(
            make_people(len(ROWS)), ROWS.values(), strict=True
        ):
            values = {**dict(zip(HEAD, person, strict=True)), **change}
            rows.append([values.get(key, "") for key in head])
        good = [*make_people(1, 999)[0], *[""] * (len(head) - 3)]
        written = self._count_written()
        for content in (
            spreadsheet.to_text(head, [*rows, good]).encode(),
            make_xlsx(*rows, good, head=head),
        ):
            intake = self._check(content)
            self.assertEqual((intake.good_count, intake.bad_count), (1, len(ROWS)))
            found = intake.problem_ids.grouped("row")
            for number, (name, (_change, text)) in enumerate(ROWS.items(), start=2):
                with self.subTest(row=name):
                    [problem] = found[number]
                    self.assertRegex(f"{problem.column}: {problem.text}", text)
        self.assertEqual(self._count_written(), written)

    def test_rows_beside_each_other(self):
        first, second, third = make_people(3)
        cases = {
            "number": (first, (*second[:2], first[2])),
            "address": (first, (second[0], first[1].upper(), second[2])),
        }
        for name, rows in cases.items():
            with self.subTest(same=name):
                intake = self._check(make_csv(*rows, third))
                [problem] = self._get_problems(intake)
                self.assertRegex(problem, "^3 .*Row 2 has the same")
        surplus = self._check(make_csv(first, (*second, "Utrecht")))
        self.assertRegex(self._get_problems(surplus)[0], "^3 : There is more in this")

    def test_formulas_of_workbooks_are_not_computed(self):
        def change(sheet):
            sheet["A2"] = "=1+1"
            sheet["B2"] = '=CONCAT("a","@home.example")'

        intake = self._check(make_xlsx(PERSON, change=change))
        self.assertEqual(intake.problem_ids.mapped("value")[0], "=1+1")
        self.assertEqual(len(intake.problem_ids), 2)

    # ------------------------------------------------------------------
    # Files that are good
    # ------------------------------------------------------------------

    def test_encodings_and_delimiters(self):
        person = ("Zoë Šimůnek", *PERSON[1:])
        wide = ("Zoë Jørgensen", *PERSON[1:])
        files = {
            **{
                encoding: make_csv(person, encoding=encoding)
                for encoding in ("utf-8", "utf-8-sig", "utf-16")
            },
            **{
                encoding: b"".join([mark, make_csv(person, encoding=encoding)])
                for mark, encoding in (
                    (b"", "utf-16-le"),
                    (b"", "utf-16-be"),
                    (b"\xff\xfe", "utf-16-le"),
                )
            },
            "cp1252": make_csv(wide, encoding="cp1252"),
            **{d: make_csv(person, delimiter=d) for d in ",\t|"},
            "sep=": b"sep=,\r\n" + make_csv(person, delimiter=","),
            "workbook": make_xlsx(person),
            "spaces": make_csv(("", "", ""), person, head=(" NAME* ", *HEAD[1:])),
        }
        for name, content in files.items():
            with self.subTest(file=name):
                intake = self._check(content)
                self.assertFalse(self._get_problems(intake))
                self.assertEqual(intake.good_count, 1)
                [[_number, cells, _surplus]] = intake._get_staged()["rows"]
                self.assertEqual(cells[0], (wide if name == "cp1252" else person)[0])

    def test_cells_of_workbooks(self):
        """Days are days, numbers keep the zeros that are shown."""

        def change(sheet):
            sheet["C2"], sheet["C2"].number_format = 42, "00000"

        head = (*HEAD, "Dismissal Date", "Budget")
        row = (*PERSON, date(2026, 4, 3), 3195.0)
        intake = self._check(make_xlsx(row, head=head, change=change))
        intake.action_import_all()
        person = self._get_people()
        self.assertEqual(person.personnel_number, "00042")
        self.assertEqual(person.date_dismissal, date(2026, 4, 3))
        self.assertEqual(person.budget, 3195.0)
