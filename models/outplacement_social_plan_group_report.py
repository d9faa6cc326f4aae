from odoo import models


class OutplacementSocialPlan(models.Model):
    """The group reports of a social plan."""

    _inherit = "outplacement.social.plan"

    def action_view_group_reports(self):
        """Open what was told, or is to be told, of the people as a group."""
        action = self._get_list_action("outplacement.outplacement_group_report_action")
        action["context"] = {"default_plan_id": self.id}
        return action
