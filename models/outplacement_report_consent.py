from odoo import api, fields, models
from odoo.exceptions import UserError

# field of the report: topic of the consent that it tells of
CONSENTS = {
    "participation_consent": "participation",
    "phases_consent": "phases",
    "applications_consent": "applications",
    "new_employer_consent": "new_employer",
}
# What is not told without a consent: field of it, and what is there then.
UNTOLD_FACTS = {
    "participation_consent": {
        "sessions_planned": 0,
        "sessions_held": 0,
        "sessions_cancelled": 0,
        "sessions_no_show": 0,
        "sessions_left": 0,
    },
    "phases_consent": {"phases_text": False},
}
UNTOLD_ENTRIES = {
    "applications_consent": {"application_count": 0, "interview_count": 0},
    "new_employer_consent": {"new_employer": False},
}


class OutplacementReport(models.Model):
    """What a report tells follows what the candidate agrees to: on the day it is
    drafted, and again when it is sent and released."""

    _inherit = "outplacement.report"

    # not as superuser: an unsaved report tells nothing of a traject that is hidden
    participation_consent = fields.Boolean(
        string="Candidate Agrees to Report Attendance",
        compute="_compute_consents",
        store=True,
        precompute=True,
        compute_sudo=False,
    )
    phases_consent = fields.Boolean(
        string="Candidate Agrees to Report Phases",
        compute="_compute_consents",
        store=True,
        precompute=True,
        compute_sudo=False,
    )
    applications_consent = fields.Boolean(
        compute="_compute_consents",
        store=True,
        precompute=True,
        compute_sudo=False,
    )
    new_employer_consent = fields.Boolean(
        compute="_compute_consents",
        store=True,
        precompute=True,
        compute_sudo=False,
    )

    @api.depends("traject_id")
    def _compute_consents(self):
        """What stands when a report is made. From then on they are facts."""
        for report in self:
            report.update(report._prepare_consents())

    def _prepare_consents(self):
        """Return which consents stand now, by field."""
        self.ensure_one()
        topics = self.traject_id and self.traject_id._get_consented_topics()
        return {
            name: bool(topics and topic in topics) for name, topic in CONSENTS.items()
        }

    def _get_untold(self, facts, values_by_consent):
        """Return the fields that lack the consent that ``facts`` tell of, with what is
        in them then."""
        untold = {}
        for consent, values in values_by_consent.items():
            if not facts[consent]:
                untold |= values
        return untold

    def _prepare_facts(self):
        """Leave out what the candidate does not agree to."""
        facts = {**super()._prepare_facts(), **self._prepare_consents()}
        return {**facts, **self._get_untold(facts, UNTOLD_FACTS)}

    def _prepare_refreshed(self):
        """What a coach entered on a topic that was withdrawn goes."""
        facts = super()._prepare_refreshed()
        return {**facts, **self._get_untold(facts, UNTOLD_ENTRIES)}

    def copy_data(self, default=None):
        """A correction does not repeat what the candidate no longer agrees to."""
        vals_list = super().copy_data(default)
        for report, vals in zip(self, vals_list, strict=True):
            vals.update(report._get_untold(report._prepare_consents(), UNTOLD_ENTRIES))
        return vals_list

    def action_release(self):
        """A consent that was withdrawn since the report was sent is withdrawn."""
        self._check_coach()
        for report in self.filtered(lambda report: report.state == "agreed"):
            report._check_consents_stand()
        return super().action_release()

    def _check_consents_stand(self):
        """Nobody withdraws until the release is done, or it starts anew.

        :raises UserError: the report tells of a topic that was withdrawn
        :raises LockError: somebody is withdrawing one at this moment
        """
        self.traject_id._get_standing_consents().lock_for_update(allow_referencing=True)
        standing = self._prepare_consents()
        if any(self[name] and not standing[name] for name in CONSENTS):
            raise UserError(
                self.env._(
                    "The candidate no longer agrees to everything that %(report)s "
                    "tells: take it back to draft and refresh the facts.",
                    report=self.name,
                )
            )
