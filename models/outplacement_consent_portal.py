from psycopg2.errors import UniqueViolation

from odoo import api, models
from odoo.tools import mute_logger

from ..tools.portal_words import write_day

CONSENT_VALUES = frozenset(
    {"topic", "title", "meaning", "given", "channel", "withdrawn"}
)


class OutplacementConsent(models.Model):
    """What a candidate agrees to have told, for themselves to see and to change."""

    _inherit = "outplacement.consent"

    @api.model
    def _get_portal_candidate_consents(self, traject_id):
        """Return what a candidate may agree to, and what of it stands.

        :returns: a dictionary of CONSENT_VALUES a topic; none of a traject that is not
            the user's, or that nobody is told of
        """
        traject = self.env["outplacement.traject"]._search_as_candidate(traject_id)
        if not traject.employer_id:
            return []
        consents = traject.consent_ids.grouped("topic")
        labels = dict(self._fields["topic"]._description_selection(self.env))
        return [
            {
                "topic": topic,
                "title": labels[topic],
                "meaning": meaning,
                **consents.get(topic, traject.consent_ids.browse())._prepare_standing(),
            }
            for topic, meaning in self._get_portal_candidate_meanings().items()
        ]

    @api.model
    def _get_portal_candidate_meanings(self):
        """Return what agreeing to each topic means, by topic."""
        return {
            "name": self.env._(
                "In the list of trajects your employer's contacts see your name. "
                "Otherwise they see the reference only."
            ),
            "participation": self.env._(
                "A report says how many sessions were planned, held, cancelled in time "
                "or missed. Never what was said."
            ),
            "phases": self.env._(
                "A report says which phases you have been in, and when."
            ),
            "applications": self.env._(
                "A report says how many times you applied and how many interviews you "
                "had. Never where."
            ),
            "new_employer": self.env._(
                "When you have found work, a report says the name of your new employer."
            ),
        }

    def _prepare_standing(self):
        """Return when and how these consents, of one topic, were given or withdrawn."""
        channels = dict(self._fields["channel"]._description_selection(self.env))
        standing = self.filtered(lambda consent: not consent.date_withdrawn)
        withdrawn = max((self - standing).mapped("date_withdrawn"), default=False)
        return {
            "given": write_day(self.env, standing.date_given),
            "channel": channels.get(standing.channel, ""),
            "withdrawn": write_day(self.env, withdrawn),
        }

    @api.model
    def _change_in_portal(self, traject_id, topic, agrees):
        """Let the user, as candidate, agree to a topic or withdraw that.

        Asked twice, it is done once.

        :returns: "given" or "withdrawn", as it is from now on; None for a traject or
            topic that is not the user's to decide on
        """
        traject = self.env["outplacement.traject"]._search_as_candidate(traject_id)
        if (
            not traject.employer_id
            or topic not in self._get_portal_candidate_meanings()
        ):
            return None
        if agrees:
            self._give_once(traject, topic)
            return "given"
        standing = traject._get_standing_consents()
        mine = standing.filtered(lambda consent: consent.topic == topic)
        if mine:
            mine.with_env(self.env)._withdraw_by_candidate()
        return "withdrawn"

    @api.model
    def _give_once(self, traject, topic):
        """Record a consent, also when another tab does so at the same moment."""
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self._give_by_candidate(traject, topic)
        except UniqueViolation:
            traject.invalidate_recordset(["consent_ids"])
