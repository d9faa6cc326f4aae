from odoo import api, fields, models


class OutplacementEntitlementSpend(models.TransientModel):
    """Shows what spending something on a person takes of the budgets, and does it."""

    _name = "outplacement.entitlement.spend"
    _description = "Spend from Budget"

    entitlement_id = fields.Many2one(
        "outplacement.entitlement", required=True, ondelete="cascade"
    )
    plan_id = fields.Many2one(related="entitlement_id.plan_id")
    currency_id = fields.Many2one(related="entitlement_id.currency_id")
    spending_id = fields.Many2one(
        "outplacement.social.plan.spending",
        string="What For",
        required=True,
        domain="[('plan_id', '=', plan_id)]",
    )
    price = fields.Monetary(
        string="Amount",
        help="With or without VAT, as prices of the service are.",
    )
    refusal_text = fields.Text(compute="_compute_refusal_text")

    @api.depends("entitlement_id", "spending_id", "price")
    def _compute_refusal_text(self):
        """Say beforehand what stands in the way."""
        for wizard in self:
            # sudo: outplacement.entitlement - all that was taken counts
            entitlement = wizard._get_entitlement().sudo()
            obstacles = wizard.spending_id and entitlement._get_spending_obstacles(
                wizard.spending_id.sudo(), wizard.price
            )
            texts = [obstacle.text for obstacle in obstacles or []]
            wizard.refusal_text = "\n".join(texts) or False

    def _get_entitlement(self):
        """Return the entitlement.

        :raises AccessError: it is not the user's
        """
        self.entitlement_id.check_access("write")
        return self.entitlement_id

    def action_confirm(self):
        """Spend it.

        :raises AccessError: the entitlement is not the user's
        :raises UserError: a limit is passed
        """
        self.ensure_one()
        self._get_entitlement()._spend(self.spending_id, self.price)
        return {"type": "ir.actions.act_window_close"}
