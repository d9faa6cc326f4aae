from odoo import api, fields, models
from odoo.fields import Domain


class OutplacementTraject(models.Model):
    """The banner of a traject into whose file somebody may look by emergency."""

    _inherit = "outplacement.traject"

    break_glass_ids = fields.One2many(
        "outplacement.break.glass",
        "traject_id",
        string="Emergency Accesses",
        groups=fields.NO_ACCESS,  # for the rule of the notes
    )
    break_glass_id = fields.Many2one(
        "outplacement.break.glass",
        string="Emergency Access",
        compute="_compute_break_glass_id",
        help="Shown to coach, deputies and privacy officers, and to who has it.",
    )
    break_glass_until = fields.Datetime(
        string="Emergency Access until", compute="_compute_break_glass_id"
    )

    @api.depends("break_glass_ids.state", "break_glass_ids.approved_until")
    @api.depends_context("uid", "su")
    def _compute_break_glass_id(self):
        """The one that lasts longest, of those that the user may know of."""
        Request = self.env["outplacement.break.glass"]
        running = Request
        if Request.has_access("read"):
            domain = Domain(Request._get_running_domain())
            running = Request.search(
                domain & Domain("traject_id", "in", self._origin.ids),
                order="approved_until desc",
            )
        first = {}
        for request in running:
            first.setdefault(request.traject_id.id, request)
        for traject in self:
            traject.break_glass_id = first.get(traject._origin.id, False)
            traject.break_glass_until = traject.break_glass_id.approved_until

    def action_view_break_glass(self):
        """Open the emergency access that runs, for those who may know of it."""
        self.ensure_one()
        self.check_access("read")
        self.break_glass_id.check_access("read")
        return self.break_glass_id._get_records_action()
