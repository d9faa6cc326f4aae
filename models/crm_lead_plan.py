from odoo import fields, models

PLAN_GROUPS = "outplacement.group_account_manager,outplacement.group_manager"


class CrmLead(models.Model):
    """The social plans that come of an opportunity."""

    _inherit = "crm.lead"

    outplacement_social_plan_count = fields.Integer(
        string="Social Plans",
        compute="_compute_outplacement_social_plan_count",
        groups=PLAN_GROUPS,
    )

    def _compute_outplacement_social_plan_count(self):
        grouped = self.env["outplacement.social.plan"]._read_group(
            [("opportunity_id", "in", self.ids)], ["opportunity_id"], ["__count"]
        )
        counts = {lead.id: count for lead, count in grouped}
        for lead in self:
            lead.outplacement_social_plan_count = counts.get(lead._origin.id, 0)

    def action_new_outplacement_social_plan(self):
        """Open a new social plan for the customer of this opportunity."""
        self.ensure_one()
        self.check_access("read")
        self.env["outplacement.social.plan"].check_access("create")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Social Plan"),
            "res_model": "outplacement.social.plan",
            "views": [(False, "form")],
            "context": self._prepare_outplacement_social_plan_context(),
        }

    def _prepare_outplacement_social_plan_context(self):
        """Return the context that gives a new plan what is known of it here."""
        self.ensure_one()
        employer = self.partner_id.commercial_partner_id
        seller = self.user_id
        context = {
            "default_opportunity_id": self.id,
            "default_title": self.name,
            "default_company_id": (self.company_id or self.env.company).id,
        }
        if employer.is_company:
            context["default_employer_id"] = employer.id
        # a plan is of an account manager, as which not every salesperson works
        if seller.has_group("outplacement.group_account_manager"):
            context["default_account_manager_id"] = seller.id
        return context

    def action_view_outplacement_social_plans(self):
        """Open the social plans that came of this opportunity."""
        self.ensure_one()
        self.check_access("read")
        Plan = self.env["outplacement.social.plan"]
        plans = Plan.search([("opportunity_id", "=", self.id)])
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "outplacement.outplacement_social_plan_action"
        )
        action["context"] = self._prepare_outplacement_social_plan_context()
        if len(plans) == 1:
            return {**action, "views": [(False, "form")], "res_id": plans.id}
        return {**action, "domain": [("id", "in", plans.ids)]}

    def _update_revenues_from_so(self, order):
        # EXTENDS sale_crm: what is expected of a plan is not what was called off first
        # sudo: outplacement.social.plan - whether there is one, for whoever confirms
        if order.sudo().outplacement_social_plan_id:
            return None
        return super()._update_revenues_from_so(order)

    def _merge_dependences(self, opportunities):
        # EXTENDS crm: the plans stay with what is left of the opportunities
        # sudo: outplacement.social.plan - they follow, whoever merges
        plans = self.env["outplacement.social.plan"].sudo()
        plans = plans.with_context(active_test=False).search(
            [("opportunity_id", "in", opportunities.ids)]
        )
        plans.opportunity_id = self
        return super()._merge_dependences(opportunities)
