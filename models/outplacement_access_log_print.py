from odoo import models
from odoo.exceptions import UserError


class OutplacementAccessLog(models.Model):
    """The log of one traject on paper, for the candidate who asks for it."""

    _inherit = "outplacement.access.log"

    def action_print_for_candidate(self):
        """Print the whole log of the traject that these rows are of.

        :raises UserError: rows of no traject, or of several
        """
        self.check_access("read")
        if not self or len(set(self.mapped("traject_res_id"))) != 1:
            raise UserError(self.env._("Choose rows of one traject."))
        if not self[0].traject_res_id:
            raise UserError(self.env._("These rows are of no traject."))
        return self.env.ref(
            "outplacement.outplacement_access_log_report_candidate"
        ).report_action(self[0])

    def _log_printed(self):
        """Write down that the logs of the trajects of these rows are printed."""
        trajects = self.filtered("traject_res_id").grouped("traject_res_id")
        self._append(
            [
                {
                    **self._prepare_row("exported", self.browse()),
                    "company_id": rows[0].company_id.id,
                    "traject_reference": rows[0].traject_reference,
                    "traject_res_id": traject_id,
                }
                for traject_id, rows in trajects.items()
            ]
        )

    def _get_printed_rows(self):
        """Return all rows of the trajects of these, oldest first."""
        traject_ids = set(self.mapped("traject_res_id")) - {0}
        return self.search(
            [("traject_res_id", "in", list(traject_ids))],
            order="traject_res_id, moment, id",
        )
