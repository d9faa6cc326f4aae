from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    """Who looks after what invoicing leaves to a person."""

    _inherit = "res.company"

    outplacement_finance_user_id = fields.Many2one(
        "res.users",
        string="Finance Contact",
        domain=lambda self: self._get_outplacement_finance_domain(),
        help="Gets an activity for what invoicing leaves to a person, such as a credit "
        "note to check and post, or instalments that an invoice run set aside.",
    )

    @api.model
    def _get_outplacement_finance_domain(self):
        """Return the domain of the users who may check and post invoices."""
        group = self.env.ref("account.group_account_invoice")
        return [
            ("all_group_ids", "in", group.ids),
            ("company_ids", "in", self.ids or self.env.company.ids),
        ]

    @api.constrains("outplacement_finance_user_id")
    def _check_outplacement_finance_user(self):
        for company in self:
            user = company.outplacement_finance_user_id
            if user and not user.has_group("account.group_account_invoice"):
                raise ValidationError(
                    self.env._("%(name)s has no right to invoices.", name=user.name)
                )
            company._check_outplacement_colleague(user)

    def _check_outplacement_colleague(self, user):
        """:raises ValidationError: ``user`` does not work for this company"""
        if user and self not in user.company_ids:
            raise ValidationError(
                self.env._(
                    "%(name)s has no access to %(company)s.",
                    name=user.name,
                    company=self.name,
                )
            )

    def _get_outplacement_finance_user(self):
        """Return who looks after the invoices: the one that is set, otherwise the
        first of the accountants; maybe nobody."""
        self.ensure_one()
        if self.outplacement_finance_user_id:
            return self.outplacement_finance_user_id
        group = self.env.ref("account.group_account_manager")
        domain = [
            ("all_group_ids", "in", group.ids),
            ("company_ids", "in", self.ids),
            ("share", "=", False),
        ]
        return self.env["res.users"].search(domain, order="id", limit=1)
