from odoo import api, fields, models, tools


class ResUsers(models.Model):
    """Who gets or loses a group of this add-on is written down and told."""

    _inherit = "res.users"

    outplacement_has_emergency = fields.Boolean(
        compute="_compute_outplacement_has_emergency",
        groups=fields.NO_ACCESS,
        help="Emergency access was approved for this user and has not been ended. For "
        "the rules of the confidential file, whose domains are cached: who grants it "
        "clears that cache.",
    )
    # not stored: Odoo drops it from the cache as soon as the groups change, where a
    # stored value stays until it is computed again
    outplacement_is_external = fields.Boolean(
        compute="_compute_outplacement_is_external",
        compute_sudo=True,
        groups=fields.NO_ACCESS,
    )

    def _compute_outplacement_has_emergency(self):
        grouped = self.env["outplacement.break.glass"]._read_group(
            [("requester_id", "in", self.ids), ("state", "=", "approved")],
            ["requester_id"],
        )
        users = {user.id for (user,) in grouped}
        for user in self:
            user.outplacement_has_emergency = user.id in users

    @api.depends("share")
    def _compute_outplacement_is_external(self):
        for user in self:
            user.outplacement_is_external = user.share

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        self.env["outplacement.access.log"]._log_new_users(users)
        return users

    def write(self, vals):
        if "group_ids" not in vals:
            return super().write(vals)
        with self.env["outplacement.access.log"]._watch_groups(self):
            return super().write(vals)

    @api.model
    @tools.ormcache("self.env.uid", "groups")
    def _has_outplacement_groups(self, groups):
        """Return whether the present user has one of ``groups``, in one look instead of
        one or two a group: forgotten with what Odoo keeps of the user's groups.

        :param str groups: as for has_groups, but none that goes by the debug mode
        """
        return self.env.user.has_groups(groups)
