import base64
import hashlib

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# What a contact of the employer is told of a released report beside its content.
EMPLOYER_REPORT_KEYS = frozenset(
    {"id", "date_from", "date_to", "date_released", "state", "superseded_by"}
)
SHOWN = ("released", "superseded")


class OutplacementReport(models.Model):
    """Released reports as the employer's contacts find them in the portal."""

    _inherit = "outplacement.report"

    def _prepare_portal_last_report(self):
        """Return the plain values of one report for a list; False of none."""
        if not self:
            return False
        return {
            "id": self.id,
            "date_from": self.date_from,
            "date_to": self.date_to,
            "date_released": self.date_released,
        }

    def _get_portal_employer_list(self):
        """Return the plain values of those that the employer may read, the latest
        period first. For reports of a traject that was found to be the user's."""
        shown = self.filtered(lambda report: report.state in SHOWN)
        return [
            {
                **report._prepare_portal_last_report(),
                "state": report.state,
                "superseded_by": report._get_portal_successor().id,
            }
            for report in shown.sorted(lambda r: (r.date_to, r.id), reverse=True)
        ]

    def _get_portal_successor(self):
        """Return the report that corrects this one, if the employer may read it."""
        return self.superseded_by_id.filtered(lambda report: report.state in SHOWN)

    @api.model
    def _find_portal_employer_report(self, report_id):
        """Return the report in the user's own environment if it was released to them
        as a contact of the employer, else none, as for one that does not exist."""
        source = self.env["outplacement.traject"]._get_portal_employer_source()
        domain = (
            Domain("id", "=", report_id)
            & Domain("state", "in", SHOWN)
            & Domain("traject_id", "any", source._get_portal_employer_domain())
        )
        return source.env[self._name].search(domain).with_env(self.env)

    def _get_portal_employer_frame(self):
        """Return the plain values of what is told beside the content of a report that
        was found by :meth:`_find_portal_employer_report`."""
        # sudo: outplacement.report - portal users read no link to the traject; of it
        # they are told its id, which is the address of a page of theirs
        report = self.sudo()
        [values] = report._get_portal_employer_list()
        return {
            **values,
            "reference": report.reference,
            "sha256": report.document_sha256,
            "traject_id": report.traject_id.id,
        }

    def _get_portal_document(self):
        """Return the bytes of the PDF, the same ones every time.

        :raises UserError: they are not what was stored when the report was released
        """
        self.ensure_one()
        content = base64.b64decode(self.with_context(bin_size=False).document or b"")
        if hashlib.sha256(content).hexdigest() != self.document_sha256:
            raise UserError(
                self.env._(
                    "The file of this report is not the one that was released. Ask the "
                    "bureau for it."
                )
            )
        return content
