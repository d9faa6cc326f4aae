from odoo import api, models
from odoo.fields import Domain

from ..tools.portal_words import write_day

NOTE_LINE_VALUES = frozenset({"id", "day", "author"})
NOTE_VALUES = NOTE_LINE_VALUES | {"traject_id", "body"}


class OutplacementNote(models.Model):
    """The notes that are shared with a candidate, in the portal."""

    _inherit = "outplacement.note"

    @api.model
    def _search_shared(self, trajects, domain=Domain.TRUE):
        """Return the notes of ``trajects`` that are shared with the user and meet
        ``domain``, as superuser: without a word of what is in them."""
        return trajects.env[self._name].search(
            Domain(domain)
            & Domain("traject_id", "in", trajects.ids)
            & Domain("candidate_id", "=", self.env.user.partner_id.id)
            & Domain("shared", "=", True)
        )

    @api.model
    def _get_portal_candidate_list(self, traject_id):
        """Return the notes of a traject that are shared with the user, none opened:
        dictionaries of NOTE_LINE_VALUES."""
        traject = self.env["outplacement.traject"]._search_as_candidate(traject_id)
        return [
            note._prepare_portal_candidate_line()
            for note in self._search_shared(traject)
        ]

    def _prepare_portal_candidate_line(self):
        return {
            "id": self.id,
            "day": write_day(self.env, self.date),
            "author": self.author_id.name,
        }

    @api.model
    def _open_in_portal(self, note_id):
        """Open a note that is shared with the user, who opens it by their own rights:
        that is written down. None for any other.

        :returns: dictionary of NOTE_VALUES
        """
        trajects = self.env["outplacement.traject"]._search_as_candidate()
        shared = self._search_shared(trajects, [("id", "=", note_id)])
        if not shared:
            return None
        mine = self.browse(shared.id)
        return {
            **shared._prepare_portal_candidate_line(),
            "traject_id": shared.traject_id.id,
            "body": mine.body,
        }
