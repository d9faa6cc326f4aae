import base64
import io
from datetime import date
from unittest.mock import patch

import lxml.html

from odoo.tests import HttpCase, tagged
from odoo.tools.pdf import PdfFileReader, PdfFileWriter

from .common import OutplacementCommon

NAME = "outplacement.report_progress"


def _make_pdf(width):
    """Return a PDF of one page, which is known by its width."""
    writer = PdfFileWriter()
    writer.addBlankPage(width=width, height=100)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


@tagged("post_install", "-at_install")
class TestReportPaper(OutplacementCommon):
    """Progress reports on paper: one or many, released or not."""

    def _release(self, width):
        """Return a released report whose document is a page of that width."""
        document = _make_pdf(width)
        released = patch.object(
            self.registry["outplacement.report"],
            "_render_document",
            lambda report: document,
        )
        with released:
            return self._make_report("released")

    def _print(self, reports, user=None):
        """Return what ``user``, the coach if not said otherwise, gets on paper."""
        Action = self.env["ir.actions.report"].with_user(user or self.coach)
        Action = Action.with_context(force_report_rendering=True, bin_size=True)
        content, kind = Action._render_qweb_pdf(NAME, reports.ids)
        self.assertEqual(kind, "pdf")
        return content

    def _printed(self, runs):
        """A patch by which wkhtmltopdf is not run: its arguments go to ``runs``."""

        def run(_model, bodies, **kwargs):
            runs.append((bodies, kwargs))
            return _make_pdf(999)

        return patch.object(self.registry["ir.actions.report"], "_run_wkhtmltopdf", run)

    def _widths(self, content):
        """Return the width of each page."""
        reader = PdfFileReader(io.BytesIO(content))
        return [int(page.mediabox.width) for page in reader.pages]

    # ------------------------------------------------------------------
    # What is released
    # ------------------------------------------------------------------

    def test_what_is_released_comes_as_it_is_stored(self):
        report = self._release(101)
        runs = []
        for state in ("released", "superseded"):
            if state == "superseded":
                self._supersede(report)
            for role in ("coach", "manager", "employer_contact", "candidate"):
                with self.case(state=state, role=role), self._printed(runs):
                    content = self._print(report, self.users[role])
                    self.assertEqual(content, base64.b64decode(report.document))
        self.assertFalse(runs, "nothing is printed anew")

    def test_several_are_put_together(self):
        reports = self._release(101) + self._release(102) + self._release(103)
        runs = []
        with self._printed(runs):
            widths = self._widths(self._print(reports[1] + reports[2] + reports[0]))
        self.assertEqual(widths, [102, 103, 101], "in the order asked for")
        self.assertFalse(runs)

    def test_released_first_then_what_is_not(self):
        draft = self._make_report()
        released = self._release(101)
        runs = []
        with self._printed(runs):
            widths = self._widths(self._print(draft + released))
        self.assertEqual(widths, [101, 999])
        self.assertEqual(len(runs), 1)

    def test_strangers_get_none_of_them(self):
        mine, hidden = self._release(101), self._release(102)
        draft = self._make_report()
        runs = []
        for role, reports in {
            "employee": mine,
            "other_coach": mine + hidden,
            "other_employer_contact": mine,
            "employer_contact": mine + draft,
        }.items():
            with self.case(role=role), self._printed(runs):
                self.assertRefused(self._print, reports, self.users[role])
        self.assertFalse(runs)

    # ------------------------------------------------------------------
    # What is not
    # ------------------------------------------------------------------

    def _get_sheets(self, reports):
        """Return the sheets of what wkhtmltopdf is given, and the other arguments."""
        runs = []
        with self._printed(runs):
            self._print(reports)
        [([body], arguments)] = runs
        return lxml.html.fromstring(body).xpath("//*[@name='sheet']"), arguments

    def test_many_are_one_document(self):
        """Debian's wkhtmltopdf takes no more, and no header beside it."""
        reports = self._make_report(remark="First") + self._make_report(remark="Last")
        sheets, arguments = self._get_sheets(reports)
        self.assertEqual(len(sheets), 2)
        self.assertFalse(arguments["header"] or arguments["footer"])
        for sheet, words in zip(sheets, ("First", "Last"), strict=True):
            text = sheet.text_content()
            with self.case(words=words):
                self.assertIn(words, text)
                for part in ("header", "article", "footer"):
                    self.assertEqual(len(sheet.find_class(part)), 1, part)
        breaks = ["page-break-before" in sheet.get("style", "") for sheet in sheets]
        self.assertEqual(breaks, [False, True])

    def test_other_reports_are_printed_as_odoo_does(self):
        Action = self.env["ir.actions.report"].with_user(self.coach)
        Action = Action.with_context(force_report_rendering=True)
        runs = []
        with self._printed(runs):
            Action._render_qweb_pdf(
                "outplacement.report_confirmation", self.traject.ids
            )
        [(_bodies, arguments)] = runs
        self.assertTrue(arguments["header"] and arguments["footer"])

    def test_each_starts_on_a_page_of_its_own(self):
        """Printed in earnest; letters are letters, for search and screen readers."""
        self.env["ir.config_parameter"].set_param("report.url", HttpCase.base_url())
        self.company.name = "Bureau of the Test"
        lines = "\n".join(f"Line {number}" for number in range(90))
        reports = self._make_report(remark=lines)
        reports += self._make_report(date_to=date(2021, 2, 28), remark="Short")
        with self.allow_pdf_render():
            content = self._print(reports)
        pages = [
            " ".join(page.extract_text().split())
            for page in PdfFileReader(io.BytesIO(content)).pages
        ]
        for words in ("Bureau of the Test", "Progress report"):
            with self.case(words=words):
                found = [number for number, text in enumerate(pages) if words in text]
                self.assertEqual(found, [0, len(pages) - 1])
        self.assertGreater(len(pages), 2)
        self.assertIn("Line 1", pages[0])
        self.assertIn("Short", pages[-1])
        self.assertNotIn("Line", pages[-1])
