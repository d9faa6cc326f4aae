from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.portal_words import write_day

# What the list of a candidate's trajects holds, and the page of one.
LIST_VALUES = frozenset(
    {
        "id",
        "reference",
        "kind",
        "state",
        "state_text",
        "is_open",
        "start",
        "end",
        "zone",
    }
)
PAGE_VALUES = LIST_VALUES | {
    "has_employer",
    "may_upload",
    "phases",
    "guides",
    "coming_sessions",
    "past_sessions",
    "reports",
}
PHASE_VALUES = frozenset({"name", "state", "text"})
GUIDE_VALUES = frozenset({"name", "role", "email", "phone"})
ENDED_STATES = ("closed", "cancelled")


class OutplacementTraject(models.Model):
    """What the candidate of a traject reads of it in the portal.

    Candidates have no rights on trajects. These methods look for those of the user, as
    superuser, and give plain values to the pages; nothing for anybody else.
    """

    _inherit = "outplacement.traject"

    @api.model
    def _search_as_candidate(self, traject_id=None):
        """Return the trajects of which the user is the candidate, the current one
        first, those that the bureau archived included: what an employer keeps reading,
        so does the candidate. None for who is no portal user.

        :param int traject_id: only this one
        :returns: superuser records, for the methods of the portal only
        """
        user = self.env.user
        # sudo: outplacement.traject - candidates read no trajects; which ones are
        # theirs is said by this domain
        Traject = self.sudo().with_context(active_test=False)
        if not user._is_portal():
            return Traject
        domain = Domain("candidate_id", "=", user.partner_id.id)
        domain &= Domain("company_id", "in", self.env.companies.ids)
        if traject_id is not None:
            domain &= Domain("id", "=", traject_id)
        # archived ones too: the employer keeps them, so consents can be withdrawn
        found = Traject.with_context(active_test=False).search(domain)
        return found.with_env(Traject.env).sorted(lambda t: t.state in ENDED_STATES)

    @api.model
    def _get_portal_candidate_list(self):
        """Return the trajects of the user as candidate, the current one first.

        :returns: list of dictionaries of LIST_VALUES
        """
        return [t._prepare_portal_candidate_line() for t in self._search_as_candidate()]

    @api.model
    def _get_portal_candidate_line(self, traject_id):
        """Return which traject of the user this is, None if it is not theirs.

        :returns: dictionary of LIST_VALUES
        """
        traject = self._search_as_candidate(traject_id)
        return traject._prepare_portal_candidate_line() if traject else None

    @api.model
    def _get_portal_candidate_page(self, traject_id):
        """Return what the page of a traject of the user shows, None if it is not
        theirs.

        :returns: dictionary of PAGE_VALUES
        """
        traject = self._search_as_candidate(traject_id)
        if not traject:
            return None
        line = traject._prepare_portal_candidate_line()
        coming, past = traject._get_portal_candidate_sessions(line["zone"])
        return {
            **line,
            "has_employer": bool(traject.employer_id),
            "may_upload": traject._takes_uploads(),
            "phases": traject._get_portal_candidate_phases(),
            "guides": traject._get_portal_candidate_guides(),
            "coming_sessions": coming,
            "past_sessions": past,
            "reports": traject._get_portal_candidate_reports(),
        }

    def _prepare_portal_candidate_line(self):
        """Return LIST_VALUES of this traject. Of its days only those of the term."""
        self.ensure_one()
        return {
            "id": self.id,
            "reference": self.name,
            "kind": self.type_id.name,
            "state": self.state,
            "state_text": self._get_portal_candidate_state_text(),
            "is_open": self.state not in ENDED_STATES,
            "start": write_day(self.env, self.date_start),
            "end": write_day(self.env, self.date_end),
            "zone": self._get_portal_candidate_zone(self),
        }

    def _get_portal_candidate_state_text(self):
        """Return the state in words for the candidate."""
        texts = {
            "intake": self.env._("It has not started yet"),
            "active": self.env._("It is running"),
            "paused": self.env._("It is paused for now"),
            "aftercare": self.env._("Aftercare: you can still call on us"),
            "closed": self.env._("It is finished"),
            "cancelled": self.env._("It was cancelled"),
        }
        return texts.get(self.state, "")

    @api.model
    def _get_portal_candidate_zone(self, traject):
        """Return the name of the time zone in which the user reads times: their own,
        else that of the company."""
        return self.env.user.tz or traject.company_id._get_outplacement_zone().zone

    # ------------------------------------------------------------------
    # Phases, and who guides
    # ------------------------------------------------------------------

    def _get_portal_candidate_phases(self):
        """Return the way of the traject, a dictionary of PHASE_VALUES a phase."""
        return [
            {
                "name": line.phase_id.name,
                "state": line.state,
                "text": line._get_portal_candidate_text(),
            }
            for line in self.traject_phase_ids.sorted("sequence")
        ]

    def _get_portal_candidate_guides(self):
        """Return who guides at this moment, the coach first, with what the bureau
        publishes of them on their contact."""
        texts = {
            "coach": self.env._("Your coach"),
            "deputy": self.env._("Stands in for your coach"),
        }
        members = self.member_ids._filter_current()
        return [
            {
                "name": member.user_id.name,
                "role": texts[member.role],
                "email": member.user_id.partner_id.email or "",
                "phone": member.user_id.partner_id.phone or "",
            }
            for member in members.sorted(lambda m: (m.role != "coach", m.id))
        ]

    # ------------------------------------------------------------------
    # Sessions and reports
    # ------------------------------------------------------------------

    def _get_portal_candidate_sessions(self, zone):
        """Return what the candidate reads of the sessions: when, where and what kind.

        :param str zone: the name of the time zone to tell times in
        :returns: those to come, soonest first, and those before, latest first: lists
            of dictionaries of SESSION_VALUES
        """
        self.ensure_one()
        sessions = self.env["outplacement.session"].search(
            [("traject_id", "=", self.id), ("candidate_id", "=", self.candidate_id.id)],
            order="start desc, id desc",
        )
        now = fields.Datetime.now()
        coming = sessions.filtered(lambda s: s.stop > now and s.state != "held")
        past = sessions - coming
        return (
            [
                session._prepare_portal_candidate_values(zone)
                for session in reversed(coming)
            ],
            [session._prepare_portal_candidate_values(zone) for session in past],
        )

    def _get_portal_candidate_reports(self):
        """Return the reports that the candidate was sent, latest first: dictionaries
        of LINE_VALUES."""
        self.ensure_one()
        Report = self.env["outplacement.report"]
        reports = Report.search(
            Report._get_candidate_domain(self) & Domain("traject_id", "=", self.id)
        )
        return [report._prepare_portal_candidate_line() for report in reports]
