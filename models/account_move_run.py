from markupsafe import Markup

from odoo import fields, models


class AccountMove(models.Model):
    """The invoice run that made an invoice."""

    _inherit = "account.move"

    outplacement_run_id = fields.Many2one(
        "outplacement.invoice.run",
        string="Invoice Run",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="account.group_account_invoice",
    )

    def _creation_subtype(self):
        # EXTENDS account: nobody can subscribe to that subtype, and without it the
        # messages of all invoices of a chunk are made at once
        if self.env["outplacement.invoice.run"]._get_current():
            return self.env["mail.message.subtype"]
        return super()._creation_subtype()

    def _creation_message(self):
        # EXTENDS mail: with what Odoo tells of the origin in a message of its own
        message = super()._creation_message()
        if not self.env["outplacement.invoice.run"]._get_current():
            return message
        orders = self.line_ids.sale_line_ids.order_id
        links = Markup(", ").join(order._get_html_link() for order in orders)
        return Markup("<p>%s</p><p>%s</p>") % (
            message,
            self.env._("Made by an invoice run from %(orders)s.", orders=links),
        )

    def message_post_with_source(self, source_ref, **kwargs):
        # EXTENDS mail: see _creation_message
        told = source_ref == "mail.message_origin_link"
        if told and self.env["outplacement.invoice.run"]._get_current():
            return self.env["mail.message"]
        return super().message_post_with_source(source_ref, **kwargs)
