from odoo import api, fields, models


class OutplacementCallOffStart(models.TransientModel):
    """Shows what a call-off would sell and what stands in its way; then does it."""

    _name = "outplacement.call.off.start"
    _description = "Call Off"

    plan_id = fields.Many2one(
        "outplacement.social.plan",
        string="Social Plan",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    currency_id = fields.Many2one(related="plan_id.currency_id")
    entitlement_ids = fields.Many2many(
        "outplacement.entitlement",
        string="People",
        domain="[('plan_id', '=', plan_id), ('state', '=', 'entitled')]",
    )
    override_reason = fields.Text(
        string="Reason for an Exception",
        help="A manager goes past the limits of a plan with a reason, which is kept.",
        groups="outplacement.group_manager",
    )
    line_ids = fields.One2many(
        "outplacement.call.off.start.line",
        "wizard_id",
        string="What is Sold",
        compute="_compute_preview",
    )
    obstacle_ids = fields.One2many(
        "outplacement.call.off.start.obstacle",
        "wizard_id",
        string="What Stands in the Way",
        compute="_compute_preview",
    )
    count = fields.Integer(string="Number of People", compute="_compute_preview")
    amount = fields.Monetary(string="Takes of the Budget", compute="_compute_preview")
    is_refused = fields.Boolean(compute="_compute_preview")
    is_passable = fields.Boolean(compute="_compute_preview")

    @api.depends("plan_id", "entitlement_ids")
    def _compute_preview(self):
        """Look at what the call-off would take; in sets, whatever its size."""
        self._check_may_see()
        for wizard in self:
            # sudo: outplacement.social.plan - all that was taken counts; the plan and
            # the people are the user's
            plan = wizard.plan_id.sudo()
            people = wizard.entitlement_ids._origin.sudo()
            obstacles = plan._get_obstacles(people) if plan and people else []
            prices = plan._get_cap_prices(people)
            wizard.count = len(people)
            wizard.amount = sum(prices.values())
            wizard.line_ids = wizard._new_lines(people, prices)
            wizard.obstacle_ids = wizard._new_obstacles(obstacles)
            wizard.is_refused = bool(obstacles)
            wizard.is_passable = all(obstacle.passable for obstacle in obstacles)

    def _check_may_see(self):
        """:raises AccessError: plan or people are not the user's"""
        self.plan_id.check_access("write")
        self.entitlement_ids._origin.check_access("write")

    def _new_lines(self, people, prices):
        """Return a line an entity and package."""
        Line = self.env["outplacement.call.off.start.line"]
        kinds = people.grouped(lambda e: (e.entity_id, e.package_id))
        values = [
            {
                "entity_id": entity.id,
                "package_id": package.id,
                "count": len(alike),
                "price": prices[alike[0]],
                "amount": sum(prices[e] for e in alike),
                "currency_id": self.currency_id.id,
                "purchase_order_ref": entity.purchase_order_ref,
                "notice": self._get_notice(entity),
            }
            for (entity, package), alike in kinds.items()
        ]
        return Line.concat(*map(Line.new, values))

    def _get_notice(self, entity):
        """Return what invoicing will want of an entity, False if nothing (R11)."""
        employer = entity.partner_id.commercial_partner_id
        missing = employer.outplacement_po_required and not entity.purchase_order_ref
        return missing and self.env._("Wants a purchase order reference on invoices.")

    def _new_obstacles(self, obstacles):
        """Return a line each, first what is about all."""
        Line = self.env["outplacement.call.off.start.obstacle"]
        ranked = sorted(obstacles, key=lambda obstacle: bool(obstacle.entitlement))
        values = [
            {
                "entitlement_id": obstacle.entitlement.id,
                "text": obstacle.text,
                "passable": obstacle.passable,
            }
            for obstacle in ranked
        ]
        return Line.concat(*map(Line.new, values))

    def action_leave_out(self):
        """Take those out of the selection who cannot be called off by themselves."""
        self.ensure_one()
        self._check_may_see()
        others = self.entitlement_ids - self.obstacle_ids.entitlement_id
        return self.plan_id._get_call_off_action(others)

    def action_confirm(self):
        """Call off, all of them or nobody.

        :returns: action that opens the call-offs
        :raises AccessError: they are not the user's
        :raises UserError: something stands in the way
        """
        self.ensure_one()
        self._check_may_see()
        reason = False
        if self.env.user.has_group("outplacement.group_manager"):
            reason = (self.override_reason or "").strip()
        call_offs = self.plan_id._call_off(self.entitlement_ids, reason)
        return self.plan_id._get_call_offs_action(call_offs)


class OutplacementCallOffStartLine(models.TransientModel):
    """What a call-off would sell to an entity; never stored."""

    _name = "outplacement.call.off.start.line"
    _description = "Call-off Preview"

    wizard_id = fields.Many2one(
        "outplacement.call.off.start", required=True, index=True, ondelete="cascade"
    )
    entity_id = fields.Many2one("outplacement.social.plan.entity")
    package_id = fields.Many2one("outplacement.social.plan.package")
    currency_id = fields.Many2one("res.currency")
    count = fields.Integer(string="People")
    price = fields.Monetary(string="Each")
    amount = fields.Monetary(string="Together")
    purchase_order_ref = fields.Char(string="Purchase Order Reference")
    notice = fields.Char()


class OutplacementCallOffStartObstacle(models.TransientModel):
    """What stands in the way of a call-off; never stored."""

    _name = "outplacement.call.off.start.obstacle"
    _description = "Obstacle to a Call-off"

    wizard_id = fields.Many2one(
        "outplacement.call.off.start", required=True, index=True, ondelete="cascade"
    )
    entitlement_id = fields.Many2one("outplacement.entitlement")
    text = fields.Char(string="What Stands in the Way")
    passable = fields.Boolean(string="A Manager Can Go Past It")
