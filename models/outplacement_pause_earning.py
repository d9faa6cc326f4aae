from odoo import api, models


class OutplacementPause(models.Model):
    """A pause moves the days over which what was invoiced before is earned: nothing is
    served meanwhile, and the term ends later (R6, R13)."""

    _inherit = "outplacement.pause"

    @api.model_create_multi
    def create(self, vals_list):
        default = self.default_get(["traject_id"]).get("traject_id")
        ids = {vals.get("traject_id", default) for vals in vals_list}
        trajects = self.env["outplacement.traject"].browse(filter(None, ids))
        former = trajects._get_paused_days()
        pauses = super().create(vals_list)
        trajects._move_paused_days(former)
        return pauses

    def write(self, vals):
        trajects = self.traject_id
        former = trajects._get_paused_days()
        result = super().write(vals)
        trajects._move_paused_days(former)
        return result

    def unlink(self):
        trajects = self.traject_id
        former = trajects._get_paused_days()
        result = super().unlink()
        trajects._move_paused_days(former)
        return result
