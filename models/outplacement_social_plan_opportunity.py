from odoo import api, fields, models


class OutplacementSocialPlan(models.Model):
    """The opportunity that a social plan was won by. What is called off is sold to it,
    so that it shows the orders and the trajects that came of it."""

    _inherit = "outplacement.social.plan"

    opportunity_id = fields.Many2one(
        "crm.lead",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        copy=False,
        domain="[('type', '=', 'opportunity')]",
        groups="sales_team.group_sale_salesman",
    )

    @api.model
    def _check_create(self, vals_list):
        name = "opportunity_id"
        default = self.default_get([name]).get(name)
        self._check_opportunities({vals.get(name, default) for vals in vals_list})
        return super()._check_create(vals_list)

    def _check_write(self, vals):
        self._check_opportunities({vals.get("opportunity_id")})
        return super()._check_write(vals)

    @api.model
    def _check_opportunities(self, ids):
        """Not a constraint: Odoo checks those as superuser.

        :raises AccessError: a link would tell of what the user may not read
        """
        # managers read no opportunities, not even none of them
        if leads := self.env["crm.lead"].browse(ids - {None, False}):
            leads.check_access("read")

    def _prepare_entity_order(self, entity):
        # EXTENDS: the orders of the plan are of its opportunity
        values = super()._prepare_entity_order(entity)
        return {**values, "opportunity_id": self.opportunity_id.id}

    def action_view_opportunity(self):
        """Open the opportunity that the plan was won by."""
        self.ensure_one()
        self.check_access("read")
        self.opportunity_id.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": self.opportunity_id.id,
            "views": [(False, "form")],
        }
