from odoo import api, models


class ReportOutplacementReportProgress(models.AbstractModel):
    """The progress report on paper, for who may read every one that is asked for."""

    _name = "report.outplacement.report_progress"
    _description = "Progress Report on Paper"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return what the template prints: ``docids``, or those that ``data`` names.

        Odoo's routes for reports take any ids. Records that are read one after
        another share a cache, so that one that the user may read would open the door
        to the others: hence all are checked beforehand.

        :raises AccessError: a report that the user may not read
        """
        docids = docids or (data or {}).get("docids")
        docs = self.env["outplacement.report"].browse(docids)
        docs.check_access("read")
        return {
            "doc_ids": docs.ids,
            "doc_model": docs._name,
            "docs": docs,
            # on paper too: the layout's header and footer stand in the page
            "report_type": "html",
        }
