from odoo import api, models


class AccountMoveSend(models.AbstractModel):
    """Sends the specification of trajects along with a collective invoice."""

    _inherit = "account.move.send"

    @api.model
    def _link_invoice_documents(self, invoices_data):
        # EXTENDS account
        result = super()._link_invoice_documents(invoices_data)
        invoices = self.env["account.move"].concat(*invoices_data)
        collective = invoices._filter_outplacement_collective().filtered(
            lambda move: not move.outplacement_specification_id
        )
        # sudo: ir.attachment - a document of the invoice, like its PDF
        self.env["ir.attachment"].sudo().create(
            [move._prepare_outplacement_specification() for move in collective]
        )
        collective.invalidate_recordset(
            ["outplacement_specification_id", "outplacement_specification_file"]
        )
        return result

    @api.model
    def _get_invoice_extra_attachments(self, move):
        # EXTENDS account
        attachments = super()._get_invoice_extra_attachments(move)
        return attachments + move.outplacement_specification_id

    @api.model
    def _get_placeholder_mail_attachments_data(self, move, *args, **kwargs):
        # EXTENDS account: who sends by hand sees beforehand what goes along
        placeholders = super()._get_placeholder_mail_attachments_data(
            move, *args, **kwargs
        )
        collective = move._filter_outplacement_collective()
        if collective and not move.outplacement_specification_id:
            name = move.with_context(
                lang=move.partner_id.lang or self.env.lang
            )._get_outplacement_specification_name()
            placeholders.append(
                {
                    "id": f"placeholder_{name}",
                    "name": name,
                    "mimetype": "text/csv",
                    "placeholder": True,
                }
            )
        return placeholders
