from odoo import api, models
from odoo.exceptions import AccessError, UserError

# What was agreed: fixed from the signature on, but for amendments.
TERMS = (
    "employer_id",
    "date_from",
    "date_to",
    "cap_heads",
    "cap_amount",
    "cap_person",
    "cap_tax_included",
    "money_allowed",
    "choice_deadline",
    "invoice_plan_id",
    "is_fee_waived",
    "date_signed",
    "agreement_file",
    "agreement_name",
    "package_ids",
    "spending_ids",
)
# What an amendment may change of that.
AMENDABLE = (
    "date_to",
    "cap_heads",
    "cap_amount",
    "cap_person",
    "money_allowed",
    "choice_deadline",
    "invoice_plan_id",
    "is_fee_waived",
)
# Written by methods only, whoever asks.
METHOD_FIELDS = frozenset(
    {
        "state",
        "pricelist_id",
        "entitlement_ids",
        "entitlement_number",
        "call_off_ids",
        "call_off_number",
        "turn_number",
        "amendment_ids",
    }
)
# In the context while an amendment is applied: nobody can put it there from outside.
AMENDMENT = object()


class OutplacementSocialPlan(models.Model):
    """What stays of a social plan as it was signed, but for amendments."""

    _inherit = "outplacement.social.plan"

    def write(self, vals):
        self._check_write(vals)
        return super().write(vals)

    def _check_write(self, vals):
        """:raises AccessError: it is not for the user to say
        :raises UserError: it was signed, or is fixed from the beginning"""
        self._check_fixed(vals)
        self._check_may_hand_over(vals)
        if terms := set(TERMS) & set(vals):
            self._check_terms_open(terms)

    @api.model
    def _has_field_access(self, field, operation):
        """Close what only methods write."""
        if operation == "write" and not self.env.su and field.name in METHOD_FIELDS:
            return False
        return super()._has_field_access(field, operation)

    def _check_fixed(self, vals):
        """:raises UserError: another reference or company would have the plan"""
        for name in ("name", "company_id"):
            if name in vals and self.filtered(
                lambda plan, name=name: (
                    plan._fields[name].convert_to_write(plan[name], plan) != vals[name]
                )
            ):
                raise UserError(
                    self.env._("The reference and the company of a plan are fixed.")
                )

    def _check_may_hand_over(self, vals):
        """:raises AccessError: a deputy would say whose the plan is"""
        if {"account_manager_id", "deputy_id"}.isdisjoint(vals) or self.env.su:
            return
        user = self.env.user
        foreign = self.filtered(lambda plan: plan.account_manager_id != user)
        if foreign and not user.has_group("outplacement.group_manager"):
            raise AccessError(
                self.env._(
                    "Only the account manager of social plan %(plan)s or a manager "
                    "names the account manager and the deputy.",
                    plan=foreign[0].name,
                )
            )

    def _check_terms_open(self, names):
        """Keep what was signed as it was signed.

        :param names: of fields that would change
        :raises UserError: a plan is signed, and no amendment changes it
        """
        if self.env.context.get("outplacement_amendment") is AMENDMENT:
            return
        if signed := self.filtered(lambda plan: plan.state != "draft"):
            labels = [self._fields[n]._description_string(self.env) for n in names]
            raise UserError(
                self.env._(
                    "Social plan %(plan)s is signed: %(fields)s can only be changed "
                    "by an amendment.",
                    plan=signed[0].name,
                    fields=", ".join(sorted(labels)),
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        if signed := self.filtered(lambda plan: plan.state != "draft"):
            raise UserError(
                self.env._(
                    "Social plan %(plan)s is signed and stays: close or archive it.",
                    plan=signed[0].name,
                )
            )
        if used := self.filtered("entitlement_ids"):
            raise UserError(
                self.env._(
                    "Social plan %(plan)s has entitlements: delete those first.",
                    plan=used[0].name,
                )
            )
