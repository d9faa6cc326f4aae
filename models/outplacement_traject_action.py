from odoo import models


class OutplacementTraject(models.Model):
    """The buttons of a traject that open or print something."""

    _inherit = "outplacement.traject"

    def _get_related_action(self, xmlid, **context):
        """Return the action ``xmlid`` limited to this traject."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        action["domain"] = [("traject_id", "=", self.id)]
        action["context"] = {"default_traject_id": self.id, **context}
        return action

    def action_view_sessions(self):
        """Open the sessions of this traject."""
        return self._get_related_action(
            "outplacement.outplacement_session_action",
            default_coach_id=self.coach_id.id,
        )

    def action_view_reports(self):
        """Open the progress reports of this traject."""
        return self._get_related_action("outplacement.outplacement_report_action")

    def action_view_notes(self):
        """Open the confidential notes of this traject, for those who may."""
        return self._get_related_action("outplacement.outplacement_note_action")

    def action_view_documents(self):
        """Open the confidential documents of this traject, for those who may."""
        return self._get_related_action("outplacement.outplacement_document_action")

    def action_view_instalments(self):
        """Open the instalments of this traject."""
        return self._get_related_action("outplacement.outplacement_instalment_action")

    def action_view_order(self):
        """Open the sales order that this traject came from."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sale.action_orders")
        action.update(views=[(False, "form")], res_id=self.order_id.id)
        return action

    def action_new_session(self):
        """Open an empty session of this traject in a dialog."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Session"),
            "res_model": "outplacement.session",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_traject_id": self.id,
                "default_coach_id": self.coach_id.id,
            },
        }

    def action_new_report(self):
        """Draft a progress report with the facts since the previous one."""
        self.ensure_one()
        report = self.env["outplacement.report"]._create_draft(self)
        action = self._get_related_action("outplacement.outplacement_report_action")
        action.update(views=[(False, "form")], res_id=report.id)
        return action

    def action_print_confirmation(self):
        """Print what was agreed with the candidate and the employer."""
        self.check_access("read")
        return self.env.ref(
            "outplacement.outplacement_traject_report_confirmation"
        ).report_action(self)
