import base64
import io

import lxml.html

from odoo import models

from odoo.addons.base.models.ir_actions_report import _wkhtml

# Printed as one HTML document, in which every record starts on a new page.
ONE_DOCUMENT = frozenset(
    {
        "outplacement.report_progress",
        "outplacement.report_group",
        "outplacement.report_results",
    }
)
# What Odoo cuts out of a page to make documents of, and the element to keep it as: not
# a section, which its style sheet never breaks over two pages.
PARTS = {"header": "header", "article": "article", "footer": "footer"}
# Millimetres: header and footer stand in the page, no room is left for them outside.
MARGINS = {
    "data-report-margin-top": "11",
    "data-report-margin-bottom": "11",
    "data-report-header-spacing": "0",
}
SYSTEM_FONT = "* { font-family: sans-serif !important; }"


class IrActionsReport(models.Model):
    """Prints what is released to outsiders as it is stored, and drafts of it together.

    Odoo makes a document of each record, with a header and a footer beside it. That
    takes a wkhtmltopdf with a patched Qt, which loads one more page for each of them;
    Debian's takes one document, and leaves out headers and footers. So these reports
    carry them along: they look the same whatever prints them, and a hundred take little
    longer than one.
    """

    _inherit = "ir.actions.report"

    def _prints_one_document(self):
        """Whether all records are printed as one document, headers and all."""
        return self.report_name in ONE_DOCUMENT

    def _prepare_html(self, html, report_model=False):
        """Return one body that holds all records, for reports that are printed so."""
        if not self._prints_one_document():
            return super()._prepare_html(html, report_model=report_model)
        bodies, ids, _header, _footer, arguments = super()._prepare_html(
            self._join_documents(html), report_model=report_model
        )
        return bodies, ids, "", "", {**arguments, **MARGINS}

    def _join_documents(self, html):
        """Return a page with one document in it, made of all that ``html`` holds."""
        parser = lxml.html.HTMLParser(encoding="utf-8")
        root = lxml.html.fromstring(html, parser=parser)
        for node in list(root.iter("div")):
            for part in PARTS.keys() & node.classes:
                node.tag = PARTS[part]
        [main] = root.iter("main")
        document = main.makeelement("div", {"class": "article"})
        document.extend(list(main))
        if not _wkhtml().is_patched_qt:
            # such a Qt draws letters of a font from the web as pictures: slow, large,
            # and nothing that can be searched, copied or read aloud
            style = lxml.html.fragment_fromstring(f"<style>{SYSTEM_FONT}</style>")
            document.insert(0, style)
        main.append(document)
        return lxml.html.tostring(root, encoding="unicode")

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        """Give what was released as it is stored, byte for byte, and after that the
        others, printed together."""
        report = self._get_report(report_ref)
        if not res_ids or not report._prints_one_document():
            return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids)
        # as the user, where the report itself comes as superuser
        streams = self._get_kept_documents(self.env[report.model].browse(res_ids))
        if printed := [res_id for res_id in res_ids if res_id not in streams]:
            # told to the report's model only: Odoo would cut what it prints for ids
            # into pages, to put them together again
            data = {**(data or {}), "docids": printed}
            streams |= super()._render_qweb_pdf_prepare_streams(report_ref, data)
        return streams

    def _get_kept_documents(self, reports):
        """Return the streams of the released among these records, by id.

        :raises AccessError: a record that the user may not read
        """
        reports.check_access("read")
        return {
            report.id: {
                "stream": io.BytesIO(base64.b64decode(report.document)),
                "attachment": None,
            }
            for report in reports.with_context(bin_size=False, bin_size_document=False)
            if report.document
        }
