from odoo import models


class OutplacementSocialPlan(models.Model):
    """What of a social plan is owed although it lapsed: finance gave up the credit note
    of somebody who withdrew, or bills again what was credited."""

    _inherit = "outplacement.social.plan"

    def _get_other_amounts(self):
        amounts = super()._get_other_amounts()
        # sudo: outplacement.instalment - see _get_usages
        lapsed = self.env["outplacement.instalment"].sudo()
        lapsed = lapsed.search(
            [
                ("traject_id.social_plan_id", "in", self.ids),
                ("sale_line_id.outplacement_line_kind", "!=", "payer"),
                ("amount_lapsed", "!=", 0),
                ("invoice_line_ids", "!=", False),
            ]
        )
        for instalment in lapsed:
            if standing := instalment._get_standing():
                traject, line = instalment.traject_id, instalment.sale_line_id
                plan = traject.social_plan_id
                own = amounts.setdefault(plan.id, {})
                key = traject.entitlement_id.id
                own[key] = own.get(key, 0) + line._get_outplacement_in_basis(
                    float(standing), plan.cap_tax_included
                )
        return amounts
