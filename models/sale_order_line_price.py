from odoo import models

from ..tools.money import portion, round_amount, to_decimal


class SaleOrderLine(models.Model):
    """What the trajects of a package cost: together, to the cent, what the line says
    that so many of them cost (R2)."""

    _inherit = "sale.order.line"

    def _get_outplacement_unit_price(self):
        """Return the price of one traject after discount, exact, in its own basis."""
        self.ensure_one()
        return to_decimal(self.price_unit) * (1 - to_decimal(self.discount) / 100)

    def _get_outplacement_total_price(self, count):
        """Return the rounded price of ``count`` trajects together."""
        price = self._get_outplacement_unit_price() * count
        return round_amount(price, self.currency_id)

    def _get_outplacement_price(self, traject):
        """Return the rounded price of a traject of the line that has no instalments
        yet, or gets other ones.

        The first of those makes up for the cents by which the others differ from what
        so many cost: some of the trajects that they were rounded with may be cancelled
        by now.
        """
        self.ensure_one()
        others = self._get_outplacement_running().filtered(
            lambda instalment: instalment.traject_id != traject
        )
        priced = len(others.traject_id)
        new = self._get_outplacement_trajects() - others.traject_id
        rank = new.ids.index(traject.id)
        unit = self._get_outplacement_unit_price()
        price = portion(unit, priced + rank + 1, self.currency_id)
        if rank:
            return price
        cents = self._get_outplacement_total_price(priced) - others._get_amount_sum()
        return price + cents

    def _even_out_outplacement_price(self):
        """Have a traject of each line make up for the cents by which they differ from
        what is left of the line, now that fewer are ordered: one of which nothing is
        fixed yet."""
        for line in self:
            running = line._get_outplacement_running()
            count = len(running.traject_id)
            price = line._get_outplacement_total_price(count)
            if count != line.product_uom_qty or running._get_amount_sum() == price:
                continue
            free = running._filter_spread_anew().grouped("traject_id")
            if free:
                free[max(free, key=lambda traject: traject.id)]._regenerate()
