from odoo import models
from odoo.exceptions import UserError

# What instalments are spread by.
TERMS_FIELDS = frozenset({"months", "planned_session_count", "product_id", "type_id"})


class OutplacementTraject(models.Model):
    """What the course of a traject means for its instalments."""

    _inherit = "outplacement.traject"

    def _get_former_spread(self, vals):
        """Return what the price is spread over, by traject; none where ``vals`` leave
        that alone."""
        if vals.keys().isdisjoint(TERMS_FIELDS):
            return {}
        return {traject: traject._get_spread_terms() for traject in self}

    def _spread_changed(self, former):
        """Spread the price of those anew that have other terms now.

        :param dict former: see :meth:`_get_former_spread`
        """
        self.filtered(
            lambda t: t in former and t._get_spread_terms() != former[t]
        )._spread_instalments()

    def _get_spread_terms(self):
        """Return what the price is spread over: months, and sessions where the plan
        bills those."""
        self.ensure_one()
        # sudo: outplacement.instalment - whether there is one a session, whoever plans
        triggers = self.sudo().instalment_ids.mapped("trigger")
        return self.months, "session" in triggers and self.planned_session_count

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
        running = self.sudo().filtered(lambda traject: traject.state != "cancelled")
        running.instalment_ids._filter_spread_anew()._regenerate()

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
        facts = self._get_billing_facts(date_start=date_start)
        previews = []
        for instalment in self.instalment_ids:
            terms = instalment._get_terms(facts)
            previews.append(
                {
                    "currency_id": instalment.currency_id.id,
                    "number": instalment.number,
                    "trigger": instalment.trigger,
                    "amount": instalment.amount,
                    **terms._asdict(),
                }
            )
        return sorted(previews, key=lambda values: values["number"])
