from odoo import api, models
from odoo.tools import float_round


class SaleOrderLine(models.Model):
    """How a package is invoiced: by its instalments.

    Odoo keeps what is invoiced of a line, and what is to be invoiced, in quantities.
    Here those are the part of the ordered quantity that is invoiced, or due now.
    """

    _inherit = "sale.order.line"

    # ------------------------------------------------------------------
    # Quantities and amounts
    # ------------------------------------------------------------------

    @api.depends(
        "product_uom_qty",
        "outplacement_instalment_ids.amount",
        "outplacement_instalment_ids.amount_lapsed",
        "outplacement_instalment_ids.state",
    )
    def _compute_qty_invoiced(self):
        # see _prepare_qty_invoiced
        return super()._compute_qty_invoiced()

    @api.depends(
        "product_uom_qty",
        "outplacement_instalment_ids.amount",
        "outplacement_instalment_ids.amount_lapsed",
        "outplacement_instalment_ids.state",
        "outplacement_instalment_ids.invoice_id.state",
    )
    def _compute_qty_invoiced_posted(self):
        planned = self._filter_outplacement_planned()
        for line in planned:
            line.qty_invoiced_posted = line._get_outplacement_quantity(
                line._get_outplacement_posted()
            )
        return super(SaleOrderLine, self - planned)._compute_qty_invoiced_posted()

    @api.depends(
        "outplacement_instalment_ids.amount",
        "outplacement_instalment_ids.amount_lapsed",
        "outplacement_instalment_ids.state",
    )
    def _compute_qty_to_invoice(self):
        """What is due now: a package is to be invoiced only when an instalment is."""
        planned = self._filter_outplacement_planned()
        for line in planned:
            line.qty_to_invoice = line._get_outplacement_due_quantity()
        return super(SaleOrderLine, self - planned)._compute_qty_to_invoice()

    @api.depends(
        "outplacement_instalment_ids.amount_untaxed",
        "outplacement_instalment_ids.state",
        "outplacement_instalment_ids.invoice_id.state",
    )
    def _compute_untaxed_amount_to_invoice(self):
        planned = self._filter_outplacement_planned()
        for line in planned:
            line.untaxed_amount_to_invoice = sum(
                line._get_outplacement_open().mapped("amount_untaxed")
            )
        others = self - planned
        return super(SaleOrderLine, others)._compute_untaxed_amount_to_invoice()

    @api.depends(
        "outplacement_instalment_ids.amount_total",
        "outplacement_instalment_ids.state",
        "outplacement_instalment_ids.invoice_id.state",
    )
    def _compute_amount_to_invoice(self):
        planned = self._filter_outplacement_planned()
        for line in planned:
            line.amount_to_invoice = sum(
                line._get_outplacement_open().mapped("amount_total")
            )
        return super(SaleOrderLine, self - planned)._compute_amount_to_invoice()

    def _prepare_qty_invoiced(self):
        planned = self._filter_outplacement_planned()
        quantities = super(SaleOrderLine, self - planned)._prepare_qty_invoiced()
        for line in planned:
            # limited by date when Odoo looks back in time
            invoice_lines = line._get_invoice_lines()
            instalments = line._get_outplacement_instalments("invoiced")
            quantities[line] = line._get_outplacement_quantity(
                instalments.filtered(
                    lambda i, lines=invoice_lines: i.invoice_line_ids <= lines
                )
            )
        return quantities

    def _get_outplacement_quantity(self, part):
        """Return ``part`` of the instalments as a part of the ordered quantity.

        By amount, and never nothing for something, nor all while a part is left: a
        rounded quantity would tell a wrong invoice status.
        """
        self.ensure_one()
        whole = self._get_outplacement_instalments(
            "planned", "due", "invoiced", "credited"
        )
        if not part or part == whole:
            return self.product_uom_qty if part else 0.0
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        unit = 10**-digits
        fraction = len(part) / len(whole)
        if total := whole._get_billable_total():
            fraction = part._get_billable_total() / total
        quantity = float_round(self.product_uom_qty * fraction, precision_digits=digits)
        return min(max(quantity, unit), self.product_uom_qty - unit)

    def _get_outplacement_due_quantity(self):
        """Return the part of the ordered quantity that is due now."""
        self.ensure_one()
        due = self._get_outplacement_instalments("due")
        if not due or self.state != "sale":
            return 0.0
        invoiced = self._get_outplacement_instalments("invoiced")
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        quantity = self._get_outplacement_quantity(invoiced | due)
        quantity -= self._get_outplacement_quantity(invoiced)
        return max(quantity, 10**-digits)

    # ------------------------------------------------------------------
    # Instalments
    # ------------------------------------------------------------------

    def _filter_outplacement_planned(self):
        """Return the lines that are invoiced by instalments."""
        return self.filtered(lambda line: line._get_outplacement_instalments())

    def _get_outplacement_instalments(self, *states):
        """Return the instalments of the lines, optionally those in ``states``."""
        # sudo: outplacement.instalment - quantities and amounts of an order line are
        # for whoever may read the line
        instalments = self.sudo().outplacement_instalment_ids
        if states:
            instalments = instalments.filtered(lambda i: i.state in states)
        return instalments

    def _get_outplacement_posted(self):
        """Return the instalments that posted invoices bill."""
        invoiced = self._get_outplacement_instalments("invoiced")
        return invoiced.filtered(lambda i: i.invoice_id.state == "posted")

    def _get_outplacement_open(self):
        """Return the instalments that are on no posted invoice and will be. Credited
        ones are not among them, as nobody means to invoice those again."""
        if self.state != "sale":
            return self.env["outplacement.instalment"]
        running = self._get_outplacement_instalments("planned", "due", "invoiced")
        return running - self._get_outplacement_posted()

    def _get_outplacement_to_invoice(self):
        """Return the due instalments, limited to those that the context names."""
        due = self._get_outplacement_instalments("due")
        selected = self.env.context.get("outplacement_instalment_ids")
        if selected is not None:
            due = due.filtered(lambda instalment: instalment.id in selected)
        return due.sorted(lambda i: (i.traject_reference, i.number))

    # ------------------------------------------------------------------
    # Invoice lines
    # ------------------------------------------------------------------

    def _prepare_invoice_lines_vals_list(self, **optional_values):
        """Return an invoice line for each instalment that is due."""
        if not self._filter_outplacement_planned():
            return super()._prepare_invoice_lines_vals_list(**optional_values)
        return [
            self._prepare_invoice_line(
                **optional_values, **instalment._prepare_invoice_line_values()
            )
            for instalment in self._get_outplacement_to_invoice()
        ]
