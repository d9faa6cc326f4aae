from odoo import fields, models

from .sale_order_line import TRAJECT_GROUPS


class CrmLead(models.Model):
    _inherit = "crm.lead"

    outplacement_traject_count = fields.Integer(
        string="Trajects",
        compute="_compute_outplacement_traject_count",
        groups=TRAJECT_GROUPS,
    )

    def _compute_outplacement_traject_count(self):
        Traject = self.env["outplacement.traject"].with_context(active_test=False)
        grouped = Traject._read_group(
            [("opportunity_id", "in", self.ids)], ["opportunity_id"], ["__count"]
        )
        counts = {lead.id: count for lead, count in grouped}
        for lead in self:
            lead.outplacement_traject_count = counts.get(lead._origin.id, 0)

    def action_view_outplacement_trajects(self):
        """Open the trajects sold from this opportunity."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "outplacement.outplacement_traject_action"
        )
        action["domain"] = [("opportunity_id", "=", self.id)]
        action["context"] = {"create": False, "active_test": False}
        return action
