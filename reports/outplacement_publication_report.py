from odoo import api, models


class ReportOutplacementReportGroup(models.AbstractModel):
    """Group reports on paper, for who may read every one that is asked for."""

    _name = "report.outplacement.report_group"
    _description = "Group Report on Paper"
    _printed_model = "outplacement.group.report"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return what the template prints: ``docids``, or those that ``data`` names.

        :raises AccessError: one that the user may not read
        """
        docids = docids or (data or {}).get("docids")
        docs = self.env[self._printed_model].browse(docids)
        docs.check_access("read")
        return {
            "doc_ids": docs.ids,
            "doc_model": docs._name,
            "docs": docs,
            # on paper too: the layout's header and footer stand in the page
            "report_type": "html",
        }


class ReportOutplacementReportResults(models.AbstractModel):
    """Results with other candidates on paper."""

    _name = "report.outplacement.report_results"
    _inherit = "report.outplacement.report_group"
    _description = "Results with Other Candidates on Paper"
    _printed_model = "outplacement.result.report"
