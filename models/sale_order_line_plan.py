from odoo import models
from odoo.exceptions import UserError
from odoo.tools import groupby

from ..tools.money import portion, to_decimal


class SaleOrderLine(models.Model):
    """How the price of a package is spread by its invoice plan."""

    _inherit = "sale.order.line"

    def _get_outplacement_months(self):
        """Return the length of the term of the package that is sold."""
        self.ensure_one()
        return self.product_id.product_tmpl_id._get_outplacement_months()

    def _get_outplacement_sessions(self):
        """Return the number of sessions that the package includes."""
        self.ensure_one()
        product = self.product_id
        return (
            product.outplacement_session_count
            or product.outplacement_type_id.session_count
        )

    def _is_outplacement_tax_included(self):
        """Whether the price of the line includes VAT."""
        self.ensure_one()
        return any(self.tax_ids.mapped("price_include"))

    def _get_outplacement_in_basis(self, amount, included):
        """Return an amount in the basis of the price of this line as a decimal, with or
        without VAT."""
        if self._is_outplacement_tax_included() == included:
            return to_decimal(amount)
        totals = self.tax_ids.compute_all(amount, currency=self.currency_id)
        return to_decimal(totals["total_included" if included else "total_excluded"])

    def _get_outplacement_span(self, traject):
        """Return which part of the term the line pays for, as the numbers of months
        after the start at which it begins and ends."""
        self.ensure_one()
        # sudo: outplacement.traject - finance may not read trajects; the length of the
        # term is part of the deal
        return 0, traject.sudo().months

    def _get_outplacement_parts(self, traject):
        """Return the parts of the price that ``traject`` brings, one an instalment.

        :return: list of :class:`~..tools.schedule.Part`, with months after the start
            of the traject
        """
        begin, end = self._get_outplacement_span(traject)
        parts = self.outplacement_plan_id._get_parts(
            self._get_outplacement_price(traject),
            end - begin,
            self.currency_id,
            traject.planned_session_count,
        )
        return [part._replace(months=begin + part.months) for part in parts]

    def _get_outplacement_price_error(self):
        """Return why the price cannot be spread by its plan, False if it can."""
        self.ensure_one()
        # sudo: outplacement.invoice.plan - a seller without access to plans sells too
        line = self.sudo()
        if not line._is_outplacement_package():
            return False
        unit = to_decimal(line.currency_id.rounding)
        # the cheapest traject of the line, where they differ by what is rounded
        price = line._get_outplacement_unit_price() // unit * unit
        return line.outplacement_plan_id._get_price_error(
            price,
            line.product_id,
            line.currency_id,
            line._get_outplacement_months(),
            line._get_outplacement_sessions(),
        )

    def _check_outplacement_price(self):
        """:raises UserError: a price is lower than the amounts of its invoice plan"""
        for line in self:
            if error := line._get_outplacement_price_error():
                raise UserError(error)

    def _get_outplacement_error(self):
        """Return why a package cannot be sold like this, False if it can."""
        return (
            self._get_outplacement_quantity_error()
            or self._get_outplacement_price_error()
        )

    def _get_outplacement_preview(self):
        """Return number × amount of the instalments of one traject, as a text."""
        self.ensure_one()
        currency = self.currency_id or self.env.company.currency_id
        parts = self.outplacement_plan_id._get_parts(
            portion(self._get_outplacement_unit_price(), 1, currency),
            self._get_outplacement_months(),
            currency,
            self._get_outplacement_sessions(),
        )
        groups = [
            (len(group), trigger, currency.format(float(amount)))
            for (trigger, amount), group in groupby(
                parts, lambda part: (part.trigger, part.amount)
            )
        ]
        return " + ".join(
            self._get_outplacement_preview_part(*group) for group in groups
        )

    def _get_outplacement_preview_part(self, count, trigger, amount):
        """Return a text about some equal instalments: those from the start on are the
        usual ones, and need no word."""
        if trigger == "confirmation":
            return self.env._(
                "%(count)s × %(amount)s at confirmation", count=count, amount=amount
            )
        if trigger == "session":
            return self.env._(
                "%(count)s × %(amount)s per session", count=count, amount=amount
            )
        if trigger == "placement":
            return self.env._(
                "%(count)s × %(amount)s at placement", count=count, amount=amount
            )
        if trigger == "closing":
            return self.env._(
                "%(count)s × %(amount)s at closing", count=count, amount=amount
            )
        return f"{count} × {amount}"
