from odoo import api, models


class OutplacementPause(models.Model):
    """A pause moves the days over which what was invoiced before is earned: nothing is
    served meanwhile, and the term ends later (R6, R13)."""

    _inherit = "outplacement.pause"

    @api.model_create_multi
    def create(self, vals_list):
        default = self.default_get(["traject_id"]).get("traject_id")
        ids = [vals.get("traject_id", default) for vals in vals_list]
        trajects = self.env["outplacement.traject"].browse(filter(None, ids))
        former = trajects.instalment_ids._get_billed_periods()
        pauses = super().create(vals_list)
        pauses.traject_id.instalment_ids._move_earning(former)
        return pauses

    def write(self, vals):
        instalments = self.traject_id.instalment_ids
        former = instalments._get_billed_periods()
        result = super().write(vals)
        instalments._move_earning(former)
        return result

    def unlink(self):
        instalments = self.traject_id.instalment_ids
        former = instalments._get_billed_periods()
        result = super().unlink()
        instalments._move_earning(former)
        return result
