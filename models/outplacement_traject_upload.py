from odoo import SUPERUSER_ID, models

ACTIVITY = "outplacement.mail_activity_type_candidate"


class OutplacementTraject(models.Model):
    """What a candidate sends to their coach."""

    _inherit = "outplacement.traject"

    def _takes_uploads(self):
        """Whether there is a coach, who has not left, to read what the candidate
        sends."""
        self.ensure_one()
        reads = self.coach_id.active and self.coach_id._is_internal()
        return bool(reads) and self.state not in ("closed", "cancelled")

    def _schedule_candidate_activity(self):
        """Ask the coach to look: one activity a traject, that says neither at what nor
        how much, since others read it too."""
        self.ensure_one()
        # sudo: outplacement.traject - candidates write no activities, and are not to
        # be named as the author of one
        traject = self.with_user(SUPERUSER_ID)
        coach = traject.coach_id
        if traject.activity_search([ACTIVITY], user_id=coach.id):
            return
        traject.with_context(lang=coach.lang).activity_schedule(
            ACTIVITY, date_deadline=self._get_today(), user_id=coach.id
        )
