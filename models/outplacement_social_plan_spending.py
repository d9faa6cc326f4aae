from odoo import api, fields, models
from odoo.exceptions import ValidationError


class OutplacementSocialPlanSpending(models.Model):
    """What else the budget per person may be spent on, such as schooling: a service
    with taxes of its own, exempt from VAT or not."""

    _name = "outplacement.social.plan.spending"
    _inherit = ["outplacement.social.plan.part"]
    _description = "Spending of a Social Plan"
    _plan_field = "spending_ids"
    _order = "plan_id, sequence, id"
    _rec_name = "product_id"
    _check_company_auto = True

    plan_id = fields.Many2one(
        "outplacement.social.plan",
        string="Social Plan",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="plan_id.company_id")
    currency_id = fields.Many2one(related="plan_id.currency_id")
    sequence = fields.Integer(default=10)
    product_id = fields.Many2one(
        "product.product",
        string="Service",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('type', '=', 'service'), ('service_tracking', '!=', 'outplacement')]",
    )
    cap_person = fields.Monetary(
        string="At Most per Person", help="0: as much as the budget leaves."
    )

    _product_uniq = models.Constraint(
        "UNIQUE(plan_id, product_id)", "This service is in the plan already."
    )
    _cap_positive = models.Constraint(
        "CHECK(cap_person >= 0)", "Limits cannot be negative."
    )

    @api.constrains("product_id")
    def _check_product(self):
        """Packages are called off."""
        for spending in self:
            product = spending.product_id
            if product.type != "service" or product.service_tracking == "outplacement":
                raise ValidationError(
                    self.env._(
                        "“%(product)s” is not a service that is sold on its own: "
                        "packages are called off.",
                        product=product.display_name,
                    )
                )
