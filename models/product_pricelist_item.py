from odoo import api, models
from odoo.exceptions import UserError


class ProductPricelistItem(models.Model):
    """Agreed prices of a social plan are changed by its amendments only."""

    _inherit = "product.pricelist.item"

    @api.model_create_multi
    def create(self, vals_list):
        items = super().create(vals_list)
        items._check_outplacement_agreed()
        return items

    def write(self, vals):
        self._check_outplacement_agreed()
        result = super().write(vals)
        self._check_outplacement_agreed()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_outplacement_agreed(self):
        self._check_outplacement_agreed()

    def _check_outplacement_agreed(self):
        """:raises UserError: a plan has these prices, and they change by hand"""
        if self.env.su:
            return
        # sudo: outplacement.social.plan - whether one has them, whoever changes prices
        Plan = self.env["outplacement.social.plan"].sudo()
        domain = [("pricelist_id", "in", self.pricelist_id.ids)]
        if plan := Plan.with_context(active_test=False).search(domain, limit=1):
            raise UserError(
                self.env._(
                    "Pricelist “%(pricelist)s” has the prices that were agreed in "
                    "social plan %(plan)s: an amendment changes them.",
                    pricelist=plan.pricelist_id.name,
                    plan=plan.name,
                )
            )
