from odoo import api, models
from odoo.fields import Domain

from ..tools.caseload_boolean import CaseloadBoolean


class OutplacementSession(models.Model):
    """Whose a session is: of who guides its traject, at this moment."""

    _inherit = "outplacement.session"

    is_mine = CaseloadBoolean(
        string="My Session",
        known="outplacement_guided_ids",
        path="traject_id",
        compute="_compute_is_mine",
        search="_search_is_mine",
        help="Whether you are coach or deputy of its traject, at this moment.",
    )

    # memberships see to the rest, as does the clock
    @api.depends("traject_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        Users = self.env["res.users"]
        guided = set(Users._get_outplacement_access("outplacement_guided_ids"))
        mine = self.filtered(lambda one: one.traject_id._origin.id in guided)
        mine.is_mine = True
        (self - mine).is_mine = False

    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        # Odoo looks at what is left of a condition only, and this may leave nothing
        self._check_field_access(self._fields["is_mine"], "read")
        Users = self.env["res.users"]
        ids = Users._get_outplacement_access("outplacement_guided_ids")
        return Domain("traject_id", "in", ids)
