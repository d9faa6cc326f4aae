from odoo import models

from ..tools.portal_words import write_day


class OutplacementTrajectPhase(models.Model):
    """A step of the way, in words for the candidate."""

    _inherit = "outplacement.traject.phase"

    def _get_portal_candidate_text(self):
        """Return in what state the phase is, with its days."""
        self.ensure_one()
        start, end = (
            write_day(self.env, day) for day in (self.date_start, self.date_end)
        )
        if self.state == "active" and start:
            return self.env._("You are here, since %(start)s", start=start)
        if self.state == "done" and start and end:
            return self.env._("Done: %(start)s until %(end)s", start=start, end=end)
        texts = {
            "planned": self.env._("Still to come"),
            "active": self.env._("You are here"),
            "done": self.env._("Done"),
            "skipped": self.env._("Left out"),
        }
        return texts[self.state]
