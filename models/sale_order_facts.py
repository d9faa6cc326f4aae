from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date

# How long a consumer can withdraw from a contract after the day on which it was made
# (art. 6:230o of the Dutch Civil Code).
WITHDRAWAL_DAYS = 14
# Written by methods only, whoever asks.
METHOD_FIELDS = frozenset(
    {
        "outplacement_date_confirmed",
        "outplacement_social_plan_id",
        "outplacement_call_off_id",
    }
)


class SaleOrder(models.Model):
    """The facts of a sale that dates of instalments follow from: when it was confirmed,
    and until when a private payer can withdraw."""

    _inherit = "sale.order"

    outplacement_date_confirmed = fields.Date(
        string="Day of Confirmation",
        readonly=True,
        copy=False,
        help="The day at the company on which the order was confirmed, the last time.",
    )
    outplacement_is_private = fields.Boolean(
        string="Private Payer",
        compute="_compute_outplacement_is_private",
        help="The customer is a person, who can withdraw within 14 days.",
    )
    outplacement_early_start = fields.Boolean(
        string="Early Start Asked For",
        tracking=True,
        copy=False,
        help="A private person asked to start within the 14 days in which they can "
        "withdraw. Without that nothing is invoiced within these days.",
    )
    outplacement_withdrawal_text = fields.Char(
        string="Withdrawal",
        compute="_compute_outplacement_withdrawal_text",
        compute_sudo=True,
    )

    @api.depends("partner_id.commercial_partner_id.is_company")
    def _compute_outplacement_is_private(self):
        for order in self:
            order.outplacement_is_private = bool(order.partner_id) and not (
                order.partner_id.commercial_partner_id.is_company
            )

    @api.depends(
        "state",
        "outplacement_date_confirmed",
        "outplacement_early_start",
        "outplacement_is_private",
        "order_line.outplacement_instalment_ids.state",
        "order_line.outplacement_instalment_ids.date",
        "order_line.outplacement_date_sold",
    )
    def _compute_outplacement_withdrawal_text(self):
        """Say why instalments wait, as long as they do."""
        for order in self:
            days = [line._get_outplacement_waiting_day() for line in order.order_line]
            day = max(filter(None, days), default=False)
            order.outplacement_withdrawal_text = bool(day) and self.env._(
                "A private person can withdraw up to and including %(last)s. Nothing "
                "is invoiced before %(day)s, unless the customer asked to start early.",
                last=format_date(self.env, day - timedelta(days=1)),
                day=format_date(self.env, day),
            )

    @api.model
    def _get_outplacement_fact_fields(self):
        """Return the fields that :meth:`_get_outplacement_sale_facts` reads, for
        dependencies."""
        return [
            *("state", "outplacement_date_confirmed", "outplacement_early_start"),
            "partner_id.commercial_partner_id.is_company",
        ]

    def _get_outplacement_sale_facts(self, date_sold=False):
        """Return those of :class:`~..tools.schedule.Facts` that are of the sale.

        :param date_sold: of what was sold after the order was confirmed: the day
        """
        # sudo: sale.order - when it was confirmed, for whoever guides the traject
        order = self.sudo()
        return {
            "date_confirmed": order._get_outplacement_date_sold(date_sold),
            "not_before": order._get_outplacement_not_before(date_sold),
        }

    def _get_outplacement_date_sold(self, date_sold=False):
        """Return the day at the company on which it was sold, False if the order is not
        confirmed."""
        return self.state == "sale" and (date_sold or self.outplacement_date_confirmed)

    def _get_outplacement_not_before(self, date_sold=False):
        """Return the day before which nothing of it is due, False if any day will do:
        the first one on which a private payer cannot withdraw any more."""
        last = self._get_outplacement_withdrawal_end(date_sold)
        if not last or self.outplacement_early_start:
            return False
        return last + timedelta(days=1)

    def _get_outplacement_withdrawal_end(self, date_sold=False):
        """Return the last day on which a private payer can withdraw, else False: a
        working day (art. 3 of Regulation 1182/71)."""
        day = self._get_outplacement_date_sold(date_sold)
        if not day or not self.outplacement_is_private:
            return False
        last = day + timedelta(days=WITHDRAWAL_DAYS)
        return self.company_id._get_outplacement_working_day(last)

    # ------------------------------------------------------------------
    # Confirming
    # ------------------------------------------------------------------

    @api.model
    def _has_field_access(self, field, operation):
        """The day of confirmation is no day to choose: the order date is. By which plan
        it was sold follows from that."""
        if operation == "write" and field.name in METHOD_FIELDS:
            return self.env.su
        return super()._has_field_access(field, operation)

    def _set_outplacement_date_confirmed(self):
        """Record that these are confirmed today."""
        for company, orders in self.grouped("company_id").items():
            # sudo: sale.order - nobody's to write, whoever confirms the order
            confirmed = orders.sudo()
            confirmed.outplacement_date_confirmed = company._get_outplacement_today()
            confirmed.order_line.outplacement_date_sold = False
