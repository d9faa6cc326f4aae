from odoo import models
from odoo.exceptions import UserError


class SaleOrderLine(models.Model):
    """How what is sold for a traject that exists is added to it, and taken back."""

    _inherit = "sale.order.line"

    def _create_outplacement_trajects(self):
        """Make the instalments of what is sold for trajects that exist; start the
        trajects of the other lines.

        :returns: the new trajects
        """
        existing = self._filter_outplacement_for_traject()
        # the page on which a customer signs confirms as superuser
        existing._check_outplacement_seller()
        existing._sell_for_outplacement_trajects()
        return super(SaleOrderLine, self - existing)._create_outplacement_trajects()

    def _sell_for_outplacement_trajects(self):
        """Add what these lines sell to their trajects. Calling it again adds nothing.

        :raises UserError: it cannot be sold
        """
        # sudo: sale.order.line - the bureau's staff was checked, and a customer may
        # confirm what they offered
        lines = self.sudo().filtered(
            lambda line: line.product_uom_qty and not line._is_outplacement_live()
        )
        for line in lines:
            if error := line._get_outplacement_for_error():
                raise UserError(error)
        lines._forget_outplacement_lapsed()
        for line in lines:
            placed = line.outplacement_for_traject_id.date_placement
            line.outplacement_date_placed = placed
        lines._place_outplacement_extensions()
        trajects = lines.outplacement_for_traject_id
        self.env["outplacement.instalment"]._generate_for_trajects(trajects)
        lines._log_outplacement_sale()

    def _place_outplacement_extensions(self):
        """Let extensions begin where what was sold until now ends, in their order."""
        extensions = self.filtered(
            lambda line: line.outplacement_line_kind == "extension"
        )
        extensions.outplacement_months_before = 0
        for line in extensions.sorted("id"):
            traject = line.outplacement_for_traject_id
            line.outplacement_months_before = traject._get_months_sold()

    def _is_outplacement_live(self):
        """Whether the line was sold and not taken back."""
        self.ensure_one()
        return bool(
            self._get_outplacement_instalments("planned", "due", "invoiced", "credited")
        )

    def _forget_outplacement_lapsed(self):
        """Make room for the instalments of lines that are sold again.

        :raises UserError: some were invoiced
        """
        former = self.outplacement_instalment_ids
        if invoiced := former.filtered("invoice_line_ids"):
            raise UserError(
                self.env._(
                    "Instalment %(instalment)s was on an invoice: sell it again on a "
                    "new line.",
                    instalment=invoiced[0].display_name,
                )
            )
        former.unlink()

    def _log_outplacement_sale(self):
        """Tell the bureau's staff of the trajects by which order it is sold, and not
        what it costs."""
        labels = dict(
            self._fields["outplacement_line_kind"]._description_selection(self.env)
        )
        for line in self:
            line.outplacement_for_traject_id.message_post(
                body=self.env._(
                    "%(kind)s: order %(order)s.",
                    kind=labels[line.outplacement_line_kind],
                    order=line.order_id.name,
                )
            )

    def _check_outplacement_withdrawal(self, states=("draft", "posted")):
        """Hold what would be taken back of what was sold for trajects.

        :param states: states of the invoices that stand in the way
        :raises UserError: something is on an invoice, or was built upon
        """
        for line in self._filter_outplacement_for_traject():
            if error := line._get_outplacement_withdrawal_error(states):
                raise UserError(error)

    def _get_outplacement_withdrawal_error(self, states):
        """Return why what was sold for a traject cannot be taken back, False if it
        can."""
        self.ensure_one()
        traject = self._get_outplacement_for_trajects()
        if self.outplacement_line_kind == "package" and traject.state != "cancelled":
            return self._is_outplacement_live() and self.env._(
                "“%(package)s” is the package of traject %(traject)s: change its "
                "package once more instead of taking it back.",
                package=self.product_id.display_name,
                traject=traject.name,
            )
        invoiced = self._get_outplacement_instalments("invoiced").filtered(
            lambda instalment: instalment.invoice_id.state in states
        )
        if invoiced:
            return self.env._(
                "“%(package)s” cannot be taken back: instalment %(instalment)s is on "
                "invoice %(invoice)s. Credit or delete that first.",
                package=self.product_id.display_name,
                invoice=invoiced[0].invoice_id.display_name,
                instalment=invoiced[0].display_name,
            )
        return self._get_outplacement_later_error()

    def _get_outplacement_later_error(self):
        """Return which later extension would hang in the air, False if none."""
        self.ensure_one()
        if (
            self.outplacement_line_kind != "extension"
            or not self._is_outplacement_live()
        ):
            return False
        # sudo: sale.order.line - also an extension that a colleague sold
        later = (
            self.sudo()
            .outplacement_for_traject_id._get_extension_lines()
            .filtered(
                lambda line: (
                    line.outplacement_months_before > self.outplacement_months_before
                )
            )
        )
        return bool(later) and self.env._(
            "Traject %(traject)s was extended again by order %(order)s: take that "
            "extension back first.",
            traject=later[0].outplacement_for_traject_id.name,
            order=later[0].order_id.name,
        )
