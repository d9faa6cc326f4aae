from odoo import api, fields, models
from odoo.fields import Domain


class OutplacementTraject(models.Model):
    """Who was not seen yet: for lists of those who know how many sessions there were,
    and not when."""

    _inherit = "outplacement.traject"

    is_unseen = fields.Boolean(
        string="No Session Held",
        compute="_compute_is_unseen",
        search="_search_is_unseen",
    )

    @api.depends("session_held_count")
    def _compute_is_unseen(self):
        for traject in self:
            traject.is_unseen = not traject.session_held_count

    def _search_is_unseen(self, operator, value):
        if operator != "in":
            return NotImplemented
        # sudo: outplacement.traject - no more than session_held_count tells of each
        # traject that the user reads: the rules of the search around it hold
        seen = (
            self.sudo()
            .with_context(active_test=False)
            ._search([("date_last_session", "!=", False)])
        )
        domain = Domain.FALSE
        if True in value:
            domain |= Domain("id", "not in", seen)
        if False in value:
            domain |= Domain("id", "in", seen)
        return domain
