from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class OutplacementConfidentialMixin(models.AbstractModel):
    """The banner of emergency access, and what is read by it."""

    _inherit = "outplacement.confidential.mixin"

    break_glass_id = fields.Many2one(
        "outplacement.break.glass",
        string="Emergency Access",
        compute="_compute_break_glass_id",
    )
    break_glass_until = fields.Datetime(
        string="Emergency Access until", compute="_compute_break_glass_id"
    )

    @api.depends("traject_id")
    @api.depends_context("uid", "su")
    def _compute_break_glass_id(self):
        Request = self.env["outplacement.break.glass"]
        running = Request
        if Request.has_access("read"):
            domain = Domain(Request._get_running_domain())
            domain &= Domain("traject_id", "in", self.traject_id.ids)
            running = Request.search(domain)
            # one's own first: that is the one by which one reads
            running = running.sorted(lambda r: r.requester_id != self.env.user)
        for record in self:
            record.break_glass_id = running.filtered(
                lambda request, traject=record.traject_id: request.traject_id == traject
            )[:1]
            record.break_glass_until = record.break_glass_id.approved_until

    def action_end_break_glass(self):
        """End the emergency access by which the user reads this, and leave it.

        :raises AccessError: it is not read by emergency access, or somebody else's
        """
        self.ensure_one()
        self.check_access("read")
        request = self.break_glass_id
        if request.requester_id != self.env.user:
            raise AccessError(self.env._("You have no emergency access to this file."))
        request.action_end()
        return {**request._get_records_action(), "target": "main"}

    def _filter_emergency(self):
        """Return those that the present user reads by emergency access only."""
        # sudo: the confidential model itself, outplacement.break.glass - by which way
        # the user came to read; only the way is looked at
        records = self.sudo()
        Request = records.env["outplacement.break.glass"]
        running = Request.search(
            Domain(Request._get_running_domain())
            & Domain("requester_id", "=", self.env.uid)
            & Domain("traject_id", "in", records.traject_id.ids)
        )
        if not running:
            return self.browse()
        return records.filtered(
            lambda record: (
                record.traject_id in running.traject_id
                and not record._is_open_to_user()
            )
        ).sudo(False)

    def _is_open_to_user(self):
        """Whether the present user reads this as coach, deputy or candidate."""
        readers = self.volume_id.volume_reader_ids._filter_current()
        is_candidate = self.candidate_id == self.env.user.partner_id
        return self.env.user in readers.user_id or (self.shared and is_candidate)
