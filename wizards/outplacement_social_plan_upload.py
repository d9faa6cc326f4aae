from odoo import api, models

from ..tools.table_file import TableFile


class OutplacementSocialPlanUpload(models.AbstractModel):
    """A page of a social plan that takes a ``file`` of people, for who may write the
    plan (``plan_id``)."""

    _name = "outplacement.social.plan.upload"
    _description = "File of People under a Social Plan"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            TableFile(self.env).check_upload(vals.get("file"))
        pages = super().create(vals_list)
        pages.plan_id.check_access("write")
        return pages

    def write(self, vals):
        TableFile(self.env).check_upload(vals.get("file"))
        result = super().write(vals)
        self.plan_id.check_access("write")
        return result
