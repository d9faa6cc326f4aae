from odoo import api, fields, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    _inherit = "account.move"

    outplacement_purchase_order_missing = fields.Char(
        string="Trajects without Purchase Order Reference",
        compute="_compute_outplacement_purchase_order_missing",
        compute_sudo=True,
        help="The customer requires a purchase order reference, the invoice has none, "
        "and neither have these trajects.",
    )

    @api.depends(
        "ref",
        "move_type",
        "invoice_line_ids.outplacement_instalment_id.purchase_order_missing",
    )
    def _compute_outplacement_purchase_order_missing(self):
        for move in self:
            instalments = move.invoice_line_ids.outplacement_instalment_id
            if move.ref or move.move_type != "out_invoice":
                instalments = instalments.browse()
            missing = instalments.filtered("purchase_order_missing")
            references = dict.fromkeys(missing.mapped("traject_reference"))
            move.outplacement_purchase_order_missing = ", ".join(references) or False

    @api.depends("outplacement_purchase_order_missing")
    def _compute_alerts(self):
        # EXTENDS account
        return super()._compute_alerts()

    def _get_alerts(self):
        # EXTENDS account
        alerts = super()._get_alerts()
        if self.state == "draft" and self.outplacement_purchase_order_missing:
            alerts["outplacement_purchase_order_missing"] = {
                "level": "warning",
                "message": self._get_outplacement_purchase_order_text(),
            }
        return alerts

    def _post(self, soft=True):
        # EXTENDS account
        self._set_outplacement_ref()
        self._check_outplacement_purchase_order()
        return super()._post(soft=soft)

    def _set_outplacement_ref(self):
        """Fill in purchase order references that became known since the draft."""
        invoices = self.filtered(lambda m: m.move_type == "out_invoice" and not m.ref)
        for move in invoices:
            # sudo: outplacement.instalment - also where a colleague without access
            # to instalments posts (an automatic invoice after an online payment)
            instalments = move.sudo().invoice_line_ids.outplacement_instalment_id
            if ref := instalments._get_purchase_order_refs():
                move.ref = ref

    def _check_outplacement_purchase_order(self):
        """Refuse to post without the reference that the customer requires (R11).

        :raises UserError: naming the trajects that have none
        """
        for move in self.filtered("outplacement_purchase_order_missing"):
            raise UserError(move._get_outplacement_purchase_order_text())

    def _get_outplacement_purchase_order_text(self):
        """Return what keeps the invoice from being posted, and the way out."""
        return self.env._(
            "%(customer)s requires a purchase order reference, and there is none for "
            "%(trajects)s. Enter it on the traject or the sales order, or as the "
            "customer reference of this invoice.",
            customer=self.commercial_partner_id.name,
            trajects=self.outplacement_purchase_order_missing,
        )

    def _take_over_outplacement_instalments(self):
        """Bill the instalments by these invoices instead of by the ones that they
        replace (reversed and made anew)."""
        for line in self.line_ids.filtered("outplacement_credited_line_id"):
            origin = line.outplacement_credited_line_id
            instalment = origin.outplacement_instalment_id
            origin._release_outplacement_instalment()
            line.write(
                {
                    "outplacement_instalment_id": instalment.id,
                    "outplacement_credited_line_id": False,
                }
            )
