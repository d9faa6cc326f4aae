from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command


class OutplacementSocialPlanPackage(models.Model):
    """A package at the price that a social plan agrees.

    Once the plan is signed the price is a rule of the plan's own pricelist, by which
    the orders of call-offs are priced.
    """

    _name = "outplacement.social.plan.package"
    _inherit = ["outplacement.social.plan.part"]
    _description = "Package of a Social Plan"
    _plan_field = "package_ids"
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
        string="Package",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('service_tracking', '=', 'outplacement')]",
    )
    price = fields.Monetary(
        string="Agreed Price",
        compute="_compute_price",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        help="Of one traject, with or without VAT as the prices of the package are.",
    )

    _product_uniq = models.Constraint(
        "UNIQUE(plan_id, product_id)", "This package is in the plan already."
    )
    _price_positive = models.Constraint(
        "CHECK(price >= 0)", "A price cannot be negative."
    )

    @api.depends("product_id")
    def _compute_price(self):
        for package in self:
            package.price = package.product_id.lst_price

    @api.constrains("product_id")
    def _check_product(self):
        """What is called off starts trajects."""
        for package in self:
            if package.product_id.service_tracking != "outplacement":
                raise ValidationError(
                    self.env._(
                        "“%(product)s” is no outplacement package: nothing would be "
                        "called off with it.",
                        product=package.product_id.display_name,
                    )
                )

    # ------------------------------------------------------------------
    # Prices
    # ------------------------------------------------------------------

    def _update_pricelist(self):
        """Have the plans' own pricelists say what was agreed."""
        # sudo: product.pricelist - account managers may not make any; this one follows
        # the plan that is theirs
        for plan, packages in self.sudo().grouped("plan_id").items():
            if not plan.pricelist_id:
                plan.pricelist_id = plan.pricelist_id.create(plan._prepare_pricelist())
            plan.pricelist_id.item_ids = [
                Command.clear(),
                *(Command.create(p._prepare_pricelist_item()) for p in packages),
            ]

    def _prepare_pricelist_item(self):
        """Return the values of the rule that has the agreed price."""
        self.ensure_one()
        return {
            "applied_on": "0_product_variant",
            "product_tmpl_id": self.product_id.product_tmpl_id.id,
            "product_id": self.product_id.id,
            "compute_price": "fixed",
            "fixed_price": self.price,
        }

    def _get_cap_price(self, entity):
        """Return what one traject takes of the budgets of its plan: with or without
        VAT, as these are meant.

        :param entity: ``outplacement.social.plan.entity`` that pays
        """
        self.ensure_one()
        plan, product = self.plan_id, self.product_id
        # as orders do: a price with VAT is one without where there is none
        price = product._get_tax_included_unit_price_from_price(
            self.price,
            product.taxes_id._filter_taxes_by_company(plan.company_id),
            product_taxes_after_fp=plan._get_taxes(product, entity),
        )
        return plan._get_in_cap_basis(product, price, entity)
