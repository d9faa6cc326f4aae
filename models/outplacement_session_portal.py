import pytz

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_time

from ..tools.portal_words import LONG_DAY, write_day

SESSION_VALUES = frozenset(
    {
        "id",
        "kind",
        "state",
        "state_text",
        "day",
        "time",
        "coach",
        "place",
        "video",
        "has_invitation",
    }
)


class OutplacementSession(models.Model):
    """A session as its candidate reads it in the portal."""

    _inherit = "outplacement.session"

    def _prepare_portal_candidate_values(self, zone):
        """Return SESSION_VALUES of this session, its times in ``zone``."""
        self.ensure_one()
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        start = pytz.utc.localize(self.start).astimezone(pytz.timezone(zone))
        begin, end = (
            format_time(self.env, moment, tz=zone, time_format="short")
            for moment in (self.start, self.stop)
        )
        return {
            "id": self.id,
            "kind": kinds[self.kind],
            "state": self.state,
            "state_text": self._get_portal_candidate_state_text(),
            "day": write_day(self.env, start.date(), LONG_DAY),
            "time": f"{begin} – {end}",
            "coach": self.coach_id.name,
            "place": self.location or "",
            "video": self.videocall_url or "",
            "has_invitation": self._has_portal_invitation(),
        }

    def _get_portal_candidate_state_text(self):
        """Return the state in words for the candidate."""
        is_over = self.stop <= fields.Datetime.now()
        texts = {
            "planned": self.env._("Not recorded yet")
            if is_over
            else self.env._("Planned"),
            "held": self.env._("Took place"),
            "cancelled": self.env._("Cancelled"),
            "no_show": self.env._("You were not there"),
        }
        return texts[self.state]

    def _has_portal_invitation(self):
        """Whether there is something to put in a calendar."""
        return self.state == "planned" and self.stop > fields.Datetime.now()

    @api.model
    def _get_portal_candidate_invitation(self, session_id):
        """Return the calendar file (.ics) of a session to come of the user, as bytes;
        None if there is none."""
        trajects = self.env["outplacement.traject"]._search_as_candidate()
        session = trajects.env[self._name].search(
            Domain("id", "=", session_id)
            & Domain("traject_id", "in", trajects.ids)
            & Domain("candidate_id", "=", self.env.user.partner_id.id)
        )
        if not session or not session._has_portal_invitation():
            return None
        return session._get_ics()
