from odoo import api, fields, models

from .sale_order_line import ORDER_GROUPS


class OutplacementCallOff(models.Model):
    """People of one entity who were called off together, on one sales order.

    Made by ``outplacement.social.plan._call_off`` only, and never changed.
    """

    _name = "outplacement.call.off"
    _description = "Call-off"
    _order = "plan_id desc, number desc, id desc"
    _check_company_auto = True

    name = fields.Char(string="Reference", required=True, readonly=True)
    number = fields.Integer(required=True, readonly=True)
    plan_id = fields.Many2one(
        "outplacement.social.plan",
        string="Social Plan",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="plan_id.currency_id")
    entity_id = fields.Many2one(
        "outplacement.social.plan.entity",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    date = fields.Date(required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="By", required=True, readonly=True)
    override_reason = fields.Text(
        string="Reason for the Exception",
        readonly=True,
        help="Why a manager went past a limit of the plan.",
    )
    count = fields.Integer(string="People", required=True, readonly=True)
    amount = fields.Monetary(
        string="Price",
        readonly=True,
        help="At the call-off, with or without VAT as the budgets of the plan are.",
    )
    order_ids = fields.One2many(
        "sale.order", "outplacement_call_off_id", groups=ORDER_GROUPS
    )
    order_id = fields.Many2one(
        "sale.order",
        string="Sales Order",
        compute="_compute_order_id",
        compute_sudo=True,
    )
    entitlement_ids = fields.One2many(
        "outplacement.entitlement", "call_off_id", string="Entitlements"
    )

    _number_uniq = models.Constraint(
        "UNIQUE(plan_id, number)", "Another call-off has this number already."
    )

    @api.depends("order_ids")
    def _compute_order_id(self):
        for call_off in self:
            call_off.order_id = call_off.order_ids[:1]

    def action_view_order(self):
        """Open the sales order."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("sale.action_orders")
        return {**action, "views": [(False, "form")], "res_id": self.order_id.id}
