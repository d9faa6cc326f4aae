from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_datetime

LOG_VALUES = frozenset({"moment", "who", "what"})


class OutplacementAccessLog(models.Model):
    """Who has read the file, for the candidate whose file it is."""

    _inherit = "outplacement.access.log"

    @api.model
    def _get_portal_candidate_domain(self, traject):
        """Return the rows that the candidate of ``traject`` sees: the same as on paper,
        but those of the bureau's staff and of the candidate only."""
        domain = Domain("traject_res_id", "=", traject.id)
        theirs = Domain("user_id.share", "=", False)
        return domain & (theirs | Domain("user_id", "=", self.env.uid))

    @api.model
    def _count_portal_rows(self, traject_id):
        """Return how many rows there are of the file of a traject of the user."""
        traject = self.env["outplacement.traject"]._search_as_candidate(traject_id)
        if not traject:
            return 0
        return traject.env[self._name].search_count(
            self._get_portal_candidate_domain(traject)
        )

    @api.model
    def _get_portal_candidate_rows(self, traject_id, offset=0, limit=80):
        """Return who did what with the file of a traject of the user, latest first.

        :returns: list of dictionaries of LOG_VALUES; never what is in the file
        """
        traject = self.env["outplacement.traject"]._search_as_candidate(traject_id)
        if not traject:
            return []
        rows = traject.env[self._name].search(
            self._get_portal_candidate_domain(traject), offset=offset, limit=limit
        )
        zone = traject._get_portal_candidate_zone(traject)
        return [
            {
                "moment": format_datetime(
                    self.env, row.moment, tz=zone, dt_format="short"
                ),
                "who": self._get_portal_candidate_name(row.user_id),
                "what": row._get_portal_candidate_text(self),
            }
            for row in rows
        ]

    def _get_portal_candidate_text(self, reader):
        """Return what was done: the kind, with what or with whom.

        :param reader: this model in the environment of who reads
        """
        self.ensure_one()
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        things = self._get_portal_candidate_things()
        about = [
            things.get(self.res_model),
            reader._get_portal_candidate_name(self.subject_id),
        ]
        about = ", ".join(text for text in about if text)
        return f"{kinds[self.kind]}: {about}" if about else kinds[self.kind]

    @api.model
    def _get_portal_candidate_name(self, user):
        """Return who ``user`` is to the candidate; nobody else from outside is named."""
        if user == self.env.user:
            return self.env._("You")
        return "" if user.share else user.name or ""

    @api.model
    def _get_portal_candidate_things(self):
        """Return what was opened or changed in words, by the name of the model."""
        return {
            "outplacement.note": self.env._("a note"),
            "outplacement.document": self.env._("a document"),
        }
