from odoo import api, models
from odoo.fields import Domain

from ..tools.caseload_boolean import CaseloadBoolean


class OutplacementSession(models.Model):
    """Whose a session is: of who guides its traject, at this moment."""

    _inherit = "outplacement.session"

    is_mine = CaseloadBoolean(
        string="Of My Traject",
        caseload_field="outplacement_guided",
        caseload_path="traject_id",
        compute="_compute_is_mine",
        search="_search_is_mine",
        help="Whether you are coach or deputy of the traject of this session, at this "
        "moment.",
    )

    @api.depends("traject_id.is_member")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        for session in self:
            session.is_mine = session.traject_id.is_member

    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        # candidates may not even ask, though this may leave no field for Odoo to check
        self._check_field_access(self._fields["is_mine"], "read")
        Users = self.env["res.users"]
        ids = Users._get_outplacement_access("outplacement_guided")
        return Domain("traject_id", "in", ids)
