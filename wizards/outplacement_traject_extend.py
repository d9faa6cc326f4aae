from odoo import api, fields, models


class OutplacementTrajectExtend(models.TransientModel):
    """Sells months after the term of a traject: the end of the term moves, and they
    have instalments of their own."""

    _name = "outplacement.traject.extend"
    _inherit = "outplacement.sell.mixin"
    _description = "Extend Traject"

    _line_kind = "extension"

    months = fields.Integer(
        compute="_compute_months",
        compute_sudo=False,
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        help="The number of months by which the term becomes longer.",
    )
    date_end_after = fields.Date(string="End of Term Then")

    @api.model
    def _get_change_triggers(self):
        return [*super()._get_change_triggers(), "months"]

    @api.depends("product_id")
    def _compute_months(self):
        for wizard in self:
            product = wizard.product_id.product_tmpl_id
            wizard.months = product._get_outplacement_months()

    def _get_facts(self):
        return {"months": self.traject_id._get_term_months() + self.months}

    def _get_span(self):
        begin = self.traject_id._get_months_sold()
        return begin, begin + self.months

    def _get_new_changes(self):
        return super()._get_new_changes() if self.months > 0 else []

    def _get_refusal(self):
        if self.product_id and self.months < 1:
            return self.env._("An extension is at least one month.")
        return super()._get_refusal()
