from odoo import api, models


class ReportOutplacementAccessLog(models.AbstractModel):
    """Fills the printed access log: whole trajects, with the rights of who prints."""

    _name = "report.outplacement.report_access_log"
    _description = "Access Log of a Traject, Printed"

    @api.model
    def _get_report_values(self, docids, data=None):
        rows = self.env["outplacement.access.log"].browse(docids)
        rows.check_access("read")
        # here, whichever way was taken to print
        rows._log_printed()
        trajects = rows._get_printed_rows().grouped("traject_reference")
        return {
            "doc_ids": docids,
            "doc_model": "outplacement.access.log",
            "docs": rows,
            "trajects": trajects,
        }
