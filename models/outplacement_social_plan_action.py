from odoo import models


class OutplacementSocialPlan(models.Model):
    """The buttons of a social plan that open something."""

    _inherit = "outplacement.social.plan"

    def action_call_off(self):
        """Show what calling off everybody who chose outplacement would do."""
        self.ensure_one()
        self.check_access("write")
        domain = [
            ("plan_id", "=", self.id),
            ("state", "=", "entitled"),
            ("choice", "=", "outplacement"),
        ]
        return self._get_call_off_action(
            self.env["outplacement.entitlement"].search(domain)
        )

    def _get_call_off_action(self, entitlements):
        """Return the action that shows what calling these people off would do."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Call Off"),
            "res_model": "outplacement.call.off.start",
            "views": [(False, "form")],
            "target": "new",
            # the window is not stored before it is confirmed: a preview cannot be read
            # of what is stored
            "context": {
                "default_plan_id": self.id,
                "default_entitlement_ids": entitlements.ids,
            },
        }

    def action_import_people(self):
        """Bring the people of a file under the plan, after a check."""
        self._check_intake()
        intake = self.env["outplacement.entitlement.intake"].create(
            {"plan_id": self.id}
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import People"),
            "res_model": intake._name,
            "res_id": intake.id,
            "views": [(False, "form")],
            "target": "current",
        }

    def action_amend(self):
        """Change what was signed, after a preview."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Amend"),
            "res_model": "outplacement.social.plan.amend",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_plan_id": self.id},
        }

    def action_reconcile(self):
        """Hold the people under the plan against a list of the employer."""
        self.ensure_one()
        self.check_access("write")
        wizard = self.env["outplacement.social.plan.reconcile"].create(
            {"plan_id": self.id}
        )
        return wizard._get_action()

    def action_view_entitlements(self):
        """Open the people under the plan."""
        action = self._get_list_action("outplacement.outplacement_entitlement_action")
        action["context"] = {"default_plan_id": self.id}
        return action

    def action_view_call_offs(self):
        """Open what was called off."""
        return self._get_list_action("outplacement.outplacement_call_off_action")

    def action_view_trajects(self):
        """Open the trajects of the plan."""
        action = self._get_list_action("outplacement.outplacement_traject_action")
        action["domain"] = [("social_plan_id", "=", self.id)]
        return action

    def action_view_instalments(self):
        """Open the instalments of the plan."""
        action = self._get_list_action("outplacement.outplacement_instalment_action")
        action["domain"] = [("order_id.outplacement_social_plan_id", "=", self.id)]
        return action

    def _get_list_action(self, xmlid):
        """Return the action with that id, of what belongs to this plan."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        action["domain"] = [("plan_id", "=", self.id)]
        action["context"] = {"create": False}
        return action

    def _get_call_offs_action(self, call_offs):
        """Return the action that opens these call-offs."""
        action = self._get_list_action("outplacement.outplacement_call_off_action")
        if len(call_offs) == 1:
            return {**action, "views": [(False, "form")], "res_id": call_offs.id}
        return {**action, "domain": [("id", "in", call_offs.ids)]}
