from odoo import fields, models
from odoo.exceptions import UserError

from .sale_order_line import TRAJECT_GROUPS


class OutplacementTraject(models.Model):
    """A traject that was called off under a social plan."""

    _inherit = "outplacement.traject"

    entitlement_id = fields.Many2one(
        "outplacement.entitlement",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups=TRAJECT_GROUPS,
    )
    social_plan_id = fields.Many2one(
        related="entitlement_id.plan_id",
        string="Social Plan",
        store=True,
        index="btree_not_null",
        groups=TRAJECT_GROUPS,
    )

    def _on_cancelled(self):
        """Whoever cancels it: the slot is free again."""
        result = super()._on_cancelled()
        # sudo: outplacement.entitlement - it follows its traject, whoever cancels that
        entitlements = self.sudo().entitlement_id
        entitlements.filtered(
            lambda e: e.state == "called_off" and e.traject_id in self
        )._on_traject_cancelled()
        return result

    def _check_candidate_change(self, candidate_id):
        """Nobody takes the place of who was called off."""
        # sudo: outplacement.entitlement - whether there is one, for whoever plans
        for traject in self.sudo() if not self.env.su else self.browse():
            entitlement = traject.entitlement_id
            if entitlement and traject.candidate_id.id != candidate_id:
                raise UserError(
                    self.env._(
                        "Traject %(traject)s was called off for %(entitlement)s: "
                        "release the slot, and call somebody else off.",
                        traject=traject.name,
                        entitlement=entitlement.name,
                    )
                )
        return super()._check_candidate_change(candidate_id)

    def _get_cancellation_percent(self, date, outcome):
        """A plan may have agreed that withdrawing costs nothing."""
        # sudo: outplacement.social.plan - what was agreed, for whoever cancels
        plan = self.sudo().social_plan_id
        if plan.is_fee_waived:
            text = self.env._("Social plan %(plan)s waives the fee.", plan=plan.name)
            return 0, text
        return super()._get_cancellation_percent(date, outcome)

    def _assign_member(self, user, role, date_from, date_to=False):
        # EXTENDS: the pool of the plan
        if role == "coach":
            self._check_pool(user)
        return super()._assign_member(user, role, date_from, date_to)

    def _check_pool(self, user):
        """:raises UserError: the plan of a traject names its coaches, and not this
        one"""
        # sudo: outplacement.social.plan - whom it names, for whoever plans
        for plan in self.sudo().social_plan_id:
            if plan.coach_ids and user not in plan.coach_ids:
                raise UserError(
                    self.env._(
                        "%(coach)s is not in the pool of coaches of social plan "
                        "%(plan)s.",
                        coach=user.name,
                        plan=plan.name,
                    )
                )
