from typing import NamedTuple

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..tools.money import round_amount, to_decimal


class Fee(NamedTuple):
    """What a cancellation costs.

    :param line: sale.order.line of the package
    :param amount: decimal, in the basis of its price
    """

    line: models.BaseModel
    percent: object
    amount: object


class OutplacementTraject(models.Model):
    """Cancelling a traject that did not take place: nothing of its price is owed, and
    perhaps a fee (R10)."""

    _inherit = "outplacement.traject"

    # ------------------------------------------------------------------
    # The fee
    # ------------------------------------------------------------------

    def _get_cancellation_percent(self, date, outcome):
        """Return which part of the price a cancellation costs, in %, and why. Who can
        still withdraw pays nothing of it: :meth:`_get_withdrawal_text`.

        :param date: day of the cancellation
        :param str outcome: of the traject
        :return: ``(decimal, text)``; the text is False where there is no table
        """
        self.ensure_one()
        company = self.company_id
        if outcome == "no_match":
            percent = to_decimal(company.outplacement_no_match_percent)
            return percent, self.env._("There was no match.")
        days = (self.date_start - date).days if self.date_start else None
        row = self.env["outplacement.cancellation.fee"]._get_fee(company, days)
        return to_decimal(row.percent), bool(row) and row.display_name

    def _get_withdrawal_text(self, date):
        """Return until when which of the payers withdraw without cost, False where none
        can on ``date``."""
        self.ensure_one()
        lines = self.instalment_ids.sale_line_id.filtered(
            lambda line: line._is_outplacement_withdrawable(date)
        )
        ends = [line._get_outplacement_withdrawal_end() for line in lines]
        return bool(ends) and self.env._(
            "A private person can withdraw until %(date)s, and pays nothing then.",
            date=format_date(self.env, max(ends)),
        )

    def _get_cancellation_fees(self, date, outcome):
        """Return the fees of a cancellation, one for each sale, as :class:`Fee`; none
        from a private payer who can still withdraw, whoever else pays."""
        self.ensure_one()
        percent, _reason = self._get_cancellation_percent(date, outcome)
        fees = []
        for line, instalments in self.instalment_ids.grouped("sale_line_id").items():
            if line._is_outplacement_withdrawable(date):
                continue
            price = sum(instalment._get_agreed() for instalment in instalments)
            amount = round_amount(to_decimal(price) * percent / 100, line.currency_id)
            if amount:
                fees.append(Fee(line, percent, amount))
        return fees

    def _check_cancellation_date(self, date):
        """:raises UserError: ``date`` is before the day on which something was sold for
        the traject: so early that it would cost less, or nothing"""
        self.ensure_one()
        # sudo: sale.order.line - when it was sold, for whoever runs the traject
        lines = self.sudo().instalment_ids.sale_line_id
        days = [line._get_outplacement_sale_facts()["date_confirmed"] for line in lines]
        sold = max(filter(None, days), default=date)
        if date < sold:
            raise UserError(
                self.env._(
                    "Traject %(traject)s cannot be cancelled before %(date)s, the day "
                    "of its last sale.",
                    traject=self.name,
                    date=format_date(self.env, sold),
                )
            )

    def _get_backdating_refusal(self, date):
        """Return the sentence why this user does not cancel the traject on a day that
        is over, False where it is done: the day decides what it costs, so that is for
        who plans or sells it."""
        self.ensure_one()
        if date >= self._get_today() or self.env.su:
            return False
        plans = self.env.user.has_group("outplacement.group_planner")
        if plans or self._is_sold_by_user():
            return False
        return self.env._(
            "A coach cancels traject %(traject)s as of today, as the day decides what "
            "it costs: ask a planner to cancel it as of an earlier day.",
            traject=self.name,
        )

    def _check_cancellation_fee(self, fees):
        """:raises UserError: there is a fee, and no product to invoice it by"""
        if fees and not self.company_id.outplacement_fee_product_id:
            raise UserError(
                self.env._(
                    "Cancelling traject %(traject)s costs %(percent)s%% of its price, "
                    "and no product is set to invoice that by: ask an administrator "
                    "to choose one in the settings of Outplacement.",
                    traject=self.name,
                    percent=f"{fees[0].percent.normalize():f}",
                )
            )

    def _check_costless_cancellation(self):
        """Hold a cancellation that would not charge the fee.

        :raises UserError: cancelling one of these today costs something
        """
        for traject in self:
            if fees := traject._get_cancellation_fees(traject._get_today(), "stopped"):
                raise UserError(
                    self.env._(
                        "Order %(order)s cannot be cancelled: cancelling traject "
                        "%(traject)s costs %(percent)s%% of its price. Cancel the "
                        "traject first.",
                        order=traject.order_id.name,
                        traject=traject.name,
                        percent=f"{fees[0].percent.normalize():f}",
                    )
                )

    # ------------------------------------------------------------------
    # Showing
    # ------------------------------------------------------------------

    def _get_cancellation_changes(self, date, outcome):
        """Return what a cancellation changes, see :meth:`_get_changes`.

        :raises AccessError: the user may read neither traject nor instalments
        """
        self.ensure_one()
        self._check_may_see_changes()
        # sudo: outplacement.traject - see _get_changes
        traject = self.sudo()
        facts = traject._get_billing_facts()
        changes = [
            instalment._prepare_change(facts, settlement)
            for instalment, settlement in traject._get_cancellation().items()
        ]
        fees = traject._get_cancellation_fees(date, outcome)
        return changes + [traject._prepare_fee_change(fee, date) for fee in fees]

    def _get_cancellation(self):
        """Return what becomes of the money of each instalment: nothing is owed."""
        self.ensure_one()
        return {
            instalment: instalment._prepare_settlement(
                to_decimal(instalment.amount), "cancelled"
            )
            for instalment in self.instalment_ids._sort_by_sale()
            if not instalment.is_lapsed
        }

    def _prepare_fee_change(self, fee, date):
        return {
            "instalment_id": False,
            "sale_line_id": fee.line.id,
            "name": self._get_fee_name(fee),
            "action": "fee",
            "date_before": False,
            "date_after": date,
            "amount_before": 0.0,
            "amount_after": float(fee.amount),
            "credit": 0.0,
            "currency_id": fee.line.currency_id.id,
        }

    def _get_fee_name(self, fee):
        """Return what the fee is called, on the order and the invoice too."""
        return self.env._(
            "Cancellation of %(traject)s: %(percent)s%%",
            traject=self.name,
            percent=f"{fee.percent.normalize():f}",
        )

    # ------------------------------------------------------------------
    # Doing
    # ------------------------------------------------------------------

    def _cancel_with_fee(self, date, outcome):
        """Cancel the traject: what is not invoiced lapses, what is gets a credit note,
        and the fee comes on the order.

        :param date: day of the cancellation
        :raises AccessError: the user neither guides nor plans it
        :raises UserError: it cannot be cancelled, or the fee cannot be invoiced
        """
        self.ensure_one()
        self._check_may_run()
        # sudo: outplacement.traject - instalments, credit notes and the line of the
        # fee follow from the cancellation, whoever runs the traject
        traject = self.sudo()
        fees = traject._get_cancellation_fees(date, outcome)
        traject._check_cancellation_fee(fees)
        settlements = traject._get_cancellation()
        # before the state: what is on an invoice lapses by its credit note
        traject.instalment_ids._settle(settlements)
        traject._create_cancellation_lines(fees)
        self._set_state("cancelled", outcome=outcome, date_closed=date)

    def _create_cancellation_lines(self, fees):
        """Put the fees on the orders, to be invoiced as any product: finance is asked
        to, as no instalment falls due."""
        lines = self.env["sale.order.line"].create(
            [self._prepare_cancellation_line(fee) for fee in fees]
        )
        self._check_cancellation_lines(lines, fees)
        if user := self.company_id._get_outplacement_finance_user():
            lines.order_id.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Invoice the cancellation fee"),
                user_id=user.id,
            )

    def _check_cancellation_lines(self, lines, fees):
        """Hold the lines of the fees against what was shown.

        :raises UserError: they differ, so nothing is done at all
        """
        for line, fee in zip(lines, fees, strict=True):
            included = fee.line._is_outplacement_tax_included()
            amount = line.price_total if included else line.price_subtotal
            if line.currency_id.compare_amounts(amount, float(fee.amount)):
                raise UserError(
                    self.env._(
                        "What came out differs from what was shown for traject "
                        "%(traject)s, so nothing was done. Please report this.",
                        traject=self.name,
                    )
                )

    def _get_fee_price(self, fee):
        """Return the price of the fee in the basis of its own taxes: what a customer
        pays whose prices include VAT is the fee with VAT, otherwise without it."""
        amount = float(fee.amount)
        order = fee.line.order_id
        product = self.company_id.outplacement_fee_product_id
        taxes = order.fiscal_position_id.map_tax(
            product.taxes_id._filter_taxes_by_company(order.company_id)
        )
        included = fee.line._is_outplacement_tax_included()
        if not taxes or included == any(taxes.mapped("price_include")):
            return amount
        # not rounded: the line adds VAT to it again, or takes it out
        totals = taxes.with_context(
            force_price_include=included, round_base=False
        ).compute_all(amount, currency=fee.line.currency_id)
        return totals["total_excluded" if included else "total_included"]

    def _prepare_cancellation_line(self, fee):
        order = fee.line.order_id
        product = self.company_id.outplacement_fee_product_id
        lang = order.partner_id.lang or self.env.lang
        return {
            "order_id": order.id,
            "product_id": product.id,
            "name": self.with_context(lang=lang)._get_fee_name(fee),
            "product_uom_qty": 1,
            "price_unit": self._get_fee_price(fee),
            # what was shown is what is paid, whatever a price list takes off
            "discount": 0,
        }
