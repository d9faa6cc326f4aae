from odoo import api, fields, models
from odoo.exceptions import UserError


class OutplacementTrajectPayer(models.TransientModel):
    """Has somebody else pay a part of a traject: on an order of their own, so that
    neither customer sees what the other pays."""

    _name = "outplacement.traject.payer"
    _inherit = "outplacement.sell.mixin"
    _description = "Second Payer of a Traject"

    _line_kind = "payer"

    partner_id = fields.Many2one(
        "res.partner",
        string="Second Payer",
        required=True,
        ondelete="cascade",
        help="The customer of the new order.",
    )

    @api.model
    def _get_change_triggers(self):
        return [*super()._get_change_triggers(), "partner_id"]

    @api.depends("traject_id")
    def _compute_on_new_order(self):
        """Always: the order of the first payer is not for the second one's eyes."""
        self.on_new_order = True

    @api.depends("partner_id")
    def _compute_price(self):
        """What they agreed upon: no price list knows."""
        for wizard in self:
            wizard.price = wizard.price

    def _get_span(self):
        return 0, self.traject_id.months

    def _prepare_line_values(self):
        # what is the second payer's follows the term
        return super()._prepare_line_values() | {
            "outplacement_months": 0,
            "outplacement_months_before": 0,
        }

    def _prepare_order_values(self):
        return {
            "company_id": self.traject_id.company_id.id,
            "user_id": self.env.uid,
            "partner_id": self.partner_id.id,
        }

    def _get_new_changes(self):
        return super()._get_new_changes() if self.partner_id else []

    def _get_refusal(self):
        if not self.on_new_order:
            return self.env._("The second payer gets an order of their own.")
        if not self.partner_id:
            return False
        former = self._get_order().partner_id or self.traject_id.principal_id
        payer = self.partner_id.commercial_partner_id
        if payer == former.commercial_partner_id:
            return self.env._(
                "%(customer)s pays for traject %(traject)s already: choose somebody "
                "else as the second payer.",
                customer=payer.name,
                traject=self.traject_id.name,
            )
        return super()._get_refusal()

    def _check_confirm(self):
        """:raises UserError: the second payer pays nothing"""
        result = super()._check_confirm()
        if not self.price:
            raise UserError(self._get_price_text())
        return result

    def _get_price_refusal(self):
        # nothing at all is what an empty form says, and refused when confirmed
        return self.price < 0 and self._get_price_text()

    def _get_price_text(self):
        return self.env._("Enter what the second payer pays.")
