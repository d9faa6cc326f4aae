from odoo import models


class SaleOrder(models.Model):
    """What an invoice run, named by the context, wants of the invoices."""

    _inherit = "sale.order"

    def _prepare_outplacement_run_values(self, references):
        """Return what an invoice that a run makes has besides.

        :param references: of what the order bills by it, which Odoo joins when it puts
            several orders on one invoice
        """
        run = self.env["outplacement.invoice.run"]._get_current()
        if not run:
            return {}
        return {
            "outplacement_run_id": run.id,
            "invoice_date": run.date,
            "outplacement_purchase_order_ref": references,
        }

    def _get_invoice_grouping_keys(self):
        """A run makes an invoice per employer, currency and purchase order reference,
        to whatever places the orders go; not where that changes what is owed."""
        if not self.env["outplacement.invoice.run"]._get_current():
            return super()._get_invoice_grouping_keys()
        return [
            "company_id",
            "partner_id",
            "currency_id",
            "fiscal_position_id",
            "invoice_payment_term_id",
            "outplacement_purchase_order_ref",
        ]

    def _is_outplacement_billed_together(self):
        """Whether a run puts it on one invoice with other orders of the employer."""
        employer = self.partner_invoice_id.commercial_partner_id
        return employer.outplacement_invoice_grouping == "employer"

    def _get_outplacement_fiscal_positions(self):
        """Return the fiscal position that ``_prepare_invoice`` gives to the invoice, by
        order, for those that are billed together with others."""
        together = self.filtered(lambda order: order._is_outplacement_billed_together())
        alike = together.grouped(
            lambda order: (
                order.fiscal_position_id,
                order.company_id,
                order.partner_invoice_id,
            )
        )
        positions = {}
        for (own, company, partner), orders in alike.items():
            found = own or own.with_company(company)._get_fiscal_position(partner)
            positions |= dict.fromkeys(orders, found)
        return positions
