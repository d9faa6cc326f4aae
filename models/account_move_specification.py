from odoo import api, fields, models

from ..tools import spreadsheet


class AccountMove(models.Model):
    """The specification that goes along with an invoice for several trajects."""

    _inherit = "account.move"

    outplacement_specification_id = fields.Many2one(
        "ir.attachment",
        string="Specification of Trajects",
        compute="_compute_outplacement_specification_id",
    )
    outplacement_specification_file = fields.Binary(
        string="Specification File", attachment=True, copy=False
    )

    @api.depends("outplacement_specification_file")
    def _compute_outplacement_specification_id(self):
        self._compute_linked_attachment_id(
            "outplacement_specification_id", "outplacement_specification_file"
        )

    def _get_fields_to_detach(self):
        # EXTENDS account: made anew when the invoice is sent again
        return [*super()._get_fields_to_detach(), "outplacement_specification_file"]

    def _filter_outplacement_collective(self):
        """Return the invoices that bill several trajects."""
        return self.filtered(lambda move: move._is_outplacement_collective())

    def _is_outplacement_collective(self):
        self.ensure_one()
        # sudo: outplacement.instalment - for whoever sends the invoice
        instalments = self.sudo().invoice_line_ids.outplacement_instalment_id
        trajects = set(instalments.mapped("traject_reference"))
        return self.move_type == "out_invoice" and len(trajects) > 1

    def _get_outplacement_specification_name(self):
        self.ensure_one()
        number = (self.name or "").replace("/", "-")
        return self.env._("%(invoice)s specification.csv", invoice=number)

    def _prepare_outplacement_specification(self):
        """Return the values of the attachment, in the language of the customer."""
        self.ensure_one()
        move = self.with_context(lang=self.partner_id.lang or self.env.lang)
        return {
            "name": move._get_outplacement_specification_name(),
            "raw": move._get_outplacement_specification().encode(spreadsheet.ENCODING),
            "mimetype": "text/csv",
            "res_model": self._name,
            "res_id": self.id,
            "res_field": "outplacement_specification_file",
        }

    def _get_outplacement_specification(self):
        """Return a line a traject and instalment, with its period and amount, as CSV
        for the spreadsheet programs of the customer's language. The VAT is that of the
        whole invoice (R3): parts of it, rounded, would not add up to it."""
        self.ensure_one()
        # sudo: outplacement.instalment - for whoever sends the invoice
        lines = self.sudo().invoice_line_ids
        rows = (
            line._get_outplacement_specification_row()
            for line in lines.filtered("outplacement_instalment_id")
        )
        head = self._get_outplacement_specification_head()
        return spreadsheet.to_text(head, rows)

    def _get_outplacement_specification_head(self):
        return [
            self.env._("Traject"),
            self.env._("Candidate"),
            self.env._("Instalment"),
            self.env._("Period from"),
            self.env._("Period until"),
            self.env._("Purchase order reference"),
            self.env._("Amount without VAT"),
            self.env._("Currency"),
        ]
