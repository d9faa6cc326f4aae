from odoo import api, models


class ReportOutplacementReportConfirmation(models.AbstractModel):
    """The engagement confirmation, for who may read every traject asked for."""

    _name = "report.outplacement.report_confirmation"
    _description = "Engagement Confirmation on Paper"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return what the template prints; as for progress reports, all trajects are
        checked before the first is printed.

        :raises AccessError: a traject that the user may not read
        """
        docs = self.env["outplacement.traject"].browse(docids)
        docs.check_access("read")
        return {"doc_ids": docs.ids, "doc_model": docs._name, "docs": docs}
