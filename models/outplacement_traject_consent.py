from odoo import fields, models
from odoo.exceptions import AccessError

from .outplacement_traject_access import COURSE_GROUPS


class OutplacementTraject(models.Model):
    """What the candidate of a traject agreed to."""

    _inherit = "outplacement.traject"

    consent_ids = fields.One2many(
        "outplacement.consent",
        "traject_id",
        string="Candidate's Consents",
        groups=COURSE_GROUPS,
    )

    def _get_standing_consents(self):
        """Return the consents that have not been withdrawn."""
        return self.consent_ids.filtered(lambda consent: not consent.date_withdrawn)

    def _get_consented_topics(self):
        """Return the topics that the candidate agrees to have told, as a set."""
        self.ensure_one()
        return set(self._get_standing_consents().mapped("topic"))

    def _get_withdrawal_days(self):
        """Return the latest day on which each topic was withdrawn, by topic."""
        self.ensure_one()
        withdrawn = self.consent_ids.filtered("date_withdrawn")
        return {
            consent.topic: consent.date_withdrawn
            for consent in withdrawn.sorted("date_withdrawn")
        }

    def _tell_of_consents(self):
        """Tell the coaches of trajects with a report that is not released yet that the
        candidate changed a consent."""
        # sudo: outplacement.report - the candidate, who causes it, reads no drafts
        open_states = ("draft", "sent", "agreed", "objected")
        for traject in self.sudo():
            if any(report.state in open_states for report in traject.report_ids):
                traject._schedule_report_activity("consent")

    def action_record_consent(self):
        """Open a dialog that records what the candidate agrees to.

        :raises AccessError: the user does not guide the traject
        """
        self.ensure_one()
        self.check_access("read")
        if not self.is_member:
            raise AccessError(
                self.env._("Only the coach of the traject records consents.")
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Candidate's Consent"),
            "res_model": "outplacement.consent",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_traject_id": self.id},
        }
