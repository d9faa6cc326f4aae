from odoo import models
from odoo.exceptions import UserError


class OutplacementTraject(models.Model):
    """What the course of a traject means for its instalments."""

    _inherit = "outplacement.traject"

    def write(self, vals):
        if "active" in vals and not vals["active"]:
            self._check_archive()
        months = {}
        if not vals.keys().isdisjoint({"months", "product_id", "type_id"}):
            months = {traject: traject.months for traject in self}
        result = super().write(vals)
        changed = self.filtered(lambda t: t in months and t.months != months[t])
        changed._spread_instalments()
        return result

    def _check_archive(self):
        """:raises UserError: a traject is not over, so it may still be billed"""
        if running := self.filtered(lambda t: t.state not in ("closed", "cancelled")):
            raise UserError(
                self.env._(
                    "Traject %(traject)s cannot be archived: close or cancel it first.",
                    traject=running[0].name,
                )
            )

    def _spread_instalments(self):
        """Spread the price over a changed term, where nothing is invoiced yet."""
        # sudo: outplacement.instalment - they follow the term, whoever plans it
        open_trajects = self.sudo().filtered(
            lambda traject: (
                traject.state != "cancelled"
                and traject.instalment_ids
                and not traject.instalment_ids.invoice_line_ids
            )
        )
        self.env["outplacement.instalment"]._regenerate_for_trajects(open_trajects)

    def _on_cancelled(self):
        """Nobody pays for what is not invoiced of a cancelled traject."""
        result = super()._on_cancelled()
        # sudo: outplacement.instalment - they follow the traject, whoever cancels it
        self.sudo().instalment_ids._lapse()
        return result

    def _get_instalment_previews(self, date_start):
        """Return the values of the instalments as they would be with another start.

        :param date date_start: first day of the term
        """
        self.ensure_one()
        date_end = self._get_date_end(date_start)
        previews = []
        for instalment in self.instalment_ids:
            date = instalment.date_agreed or instalment._get_planned_date(date_start)
            start, end = instalment._get_period(date_start, date_end)
            previews.append(
                {
                    "currency_id": instalment.currency_id.id,
                    "number": instalment.number,
                    "date": date,
                    "period_start": start,
                    "period_end": end,
                    "amount": instalment.amount,
                }
            )
        return sorted(previews, key=lambda values: values["number"])
