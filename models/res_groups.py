from odoo import api, models

# What makes somebody hold a group, written on the group; all_user_ids writes user_ids.
HOLDING_FIELDS = {"user_ids", "implied_ids", "implied_by_ids"}


class ResGroups(models.Model):
    """Who gets or loses a group of this add-on is written down and told."""

    _inherit = "res.groups"

    @api.model_create_multi
    def create(self, vals_list):
        if not any(HOLDING_FIELDS & set(vals) for vals in vals_list):
            return super().create(vals_list)
        with self.env["outplacement.access.log"]._watch_groups():
            return super().create(vals_list)

    def write(self, vals):
        if not HOLDING_FIELDS & set(vals):
            return super().write(vals)
        with self.env["outplacement.access.log"]._watch_groups():
            return super().write(vals)

    def unlink(self):
        with self.env["outplacement.access.log"]._watch_groups():
            return super().unlink()
