from odoo import api, models


class ReportStatement(models.AbstractModel):
    """A statement that is to be signed, on paper."""

    _name = "report.outplacement.report_statement"
    _description = "Confidentiality Statement on Paper"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Check access to each statement before any is rendered, and that none was
        signed: its words of then are in its document."""
        docs = self.env["outplacement.statement"].browse(docids)
        docs.check_access("read")
        docs._check_to_be_signed()
        return {"doc_ids": docids, "doc_model": docs._name, "docs": docs, "data": data}
