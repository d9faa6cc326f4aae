import base64

from odoo import api, models
from odoo.fields import Domain

from ..tools.portal_words import write_day

STATEMENT_VALUES = frozenset({"sections", "signed"})
SIGNED_VALUES = frozenset({"id", "day"})


class OutplacementStatement(models.Model):
    """Who is told what, for the candidate to read, and what they signed of it."""

    _inherit = "outplacement.statement"

    @api.model
    def _search_signed_as_candidate(self, trajects, domain=Domain.TRUE):
        """Return what the user signed as the candidate of ``trajects`` and that meets
        ``domain``, as superuser: candidates have no rights on statements."""
        return trajects.env[self._name].search(
            Domain(domain)
            & Domain("traject_id", "in", trajects.ids)
            & Domain("party", "=", "candidate")
            & Domain("state", "=", "signed")
            & Domain("partner_id", "=", self.env.user.partner_id.id)
        )

    @api.model
    def _get_portal_candidate_statement(self, traject_id):
        """Return who is told what of a traject of the user, by the settings as they
        are now, and what they signed; None for a traject that is not theirs.

        :returns: dictionary of STATEMENT_VALUES: sections as (title, list of
            sentences), signed ones as dictionaries of SIGNED_VALUES
        """
        traject = self.env["outplacement.traject"]._search_as_candidate(traject_id)
        if not traject:
            return None
        return {
            "sections": traject._get_statement(),
            "signed": [
                {
                    "id": statement.id,
                    "day": write_day(self.env, statement.date_signed),
                }
                for statement in self._search_signed_as_candidate(traject)
            ],
        }

    @api.model
    def _get_portal_candidate_document(self, statement_id):
        """Return name and bytes of the PDF that the user signed, None if there is
        none."""
        trajects = self.env["outplacement.traject"]._search_as_candidate()
        signed = self._search_signed_as_candidate(
            trajects, [("id", "=", statement_id), ("document_sha256", "!=", False)]
        )
        if not signed:
            return None
        document = signed.with_context(bin_size=False).document
        return signed.document_name, base64.b64decode(document)
