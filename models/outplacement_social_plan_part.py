from odoo import api, models
from odoo.exceptions import UserError


class OutplacementSocialPlanPart(models.AbstractModel):
    """A line of a social plan that its signature fixes, with the plan as ``plan_id``.

    Whoever inherits names the field of the plan that holds its lines.
    """

    _name = "outplacement.social.plan.part"
    _description = "Line of a Social Plan"
    _plan_field = None

    @api.model_create_multi
    def create(self, vals_list):
        # before and after: with defaults of the context as well
        plans = self.env["outplacement.social.plan"].browse(
            {vals.get("plan_id") for vals in vals_list} - {None, False}
        )
        plans._check_terms_open([self._plan_field])
        parts = super().create(vals_list)
        parts._check_plans_open()
        return parts

    def write(self, vals):
        self._check_same_plan(vals)
        self._check_plans_open()
        result = super().write(vals)
        self._check_plans_open()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        self._check_plans_open()

    def _check_same_plan(self, vals):
        """:raises UserError: it would go to another plan, which may be nobody's of the
        user"""
        if "plan_id" in vals and self.filtered(
            lambda r: r.plan_id.id != vals["plan_id"]
        ):
            raise UserError(
                self.env._("What a social plan has is not moved to another one.")
            )

    def _check_plans_open(self):
        """:raises UserError: a plan is signed, and no amendment changes it"""
        self.plan_id._check_terms_open([self._plan_field])
