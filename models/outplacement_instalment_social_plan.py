from odoo import models

from ..tools.money import to_decimal


class OutplacementInstalment(models.Model):
    """Instalments of a social plan that are owed again take of its budgets again."""

    _inherit = "outplacement.instalment"

    def _get_standing(self):
        """Return what is owed although it lapsed, as a decimal in the basis of the
        price."""
        self.ensure_one()
        counted = to_decimal(self.amount) - self._get_lapsed()[0]
        return max(self._get_owed() - counted, to_decimal(0))

    def action_revive(self):
        result = super().action_revive()
        self._check_kept_by_plans()
        return result

    def _settle(self, settlements):
        """Hold what is owed again against the budgets, such as after a job that was
        lost: others may have been called off with it."""
        result = super()._settle(settlements)
        again = [i.id for i, s in settlements.items() if s.revive or s.lapsed == 0]
        self.browse(again)._check_kept_by_plans()
        return result

    def _check_kept_by_plans(self):
        """:raises UserError: naming the budget of a plan that is passed"""
        # sudo: outplacement.social.plan - what is left of it, whoever has it billed
        for plan, trajects in self.sudo().traject_id.grouped("social_plan_id").items():
            if plan:
                plan._lock()
                plan._check_kept(trajects.entitlement_id)
