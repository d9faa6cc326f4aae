from lxml import etree

from odoo import api, models

# The parts of a UBL document.
BASIC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
AGGREGATE = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"


class AccountMoveSend(models.AbstractModel):
    """Sends the specification of trajects along with a collective invoice, and says in
    the e-invoice by which reference the customer knows what it bills."""

    _inherit = "account.move.send"

    @api.model
    def _hook_invoice_document_after_pdf_report_render(self, invoice, invoice_data):
        """Have an e-invoice (UBL) carry the purchase order reference as buyer reference
        (BT-10) too, where the customer has no reference of their own.

        Odoo writes the reference of the invoice as order reference (BT-13), and as
        buyer reference nothing but the one of the customer's contact. It has no field
        of an invoice for it that could be filled in, and the maker of the document is
        of an add-on that this one does not require: so the document is completed once
        it is made, wherever that add-on is in the order of loading.
        """
        # EXTENDS account
        result = super()._hook_invoice_document_after_pdf_report_render(
            invoice, invoice_data
        )
        values = invoice_data.get("ubl_cii_xml_attachment_values")
        if values and (reference := invoice._get_outplacement_buyer_reference()):
            values["raw"] = _add_buyer_reference(values["raw"], reference)
        return result

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


def _add_buyer_reference(raw, reference):
    """Return a UBL document with a buyer reference, if it has none; others as they are.

    :param bytes raw: XML
    """
    tree = etree.fromstring(raw)
    first = tree.find(f"{AGGREGATE}*")
    if first is None or tree.findtext(f"{BASIC}BuyerReference"):
        return raw
    node = etree.Element(f"{BASIC}BuyerReference")
    node.text = reference
    # the last of the basic parts
    first.addprevious(node)
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8")
