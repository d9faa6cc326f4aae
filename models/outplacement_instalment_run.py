from typing import Any, NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain


class InvoiceKey(NamedTuple):
    """What is the same for all instalments of an invoice: records, and a text.

    Without an order, it is for all orders of the employer of which the rest is the
    same; see also ``sale.order._get_invoice_grouping_keys``.
    """

    partner: Any
    currency: Any
    order: Any = None
    reference: str = ""
    payment_term: Any = None
    fiscal_position: Any = None


class OutplacementInstalment(models.Model):
    """What invoice runs need to know of instalments."""

    _inherit = "outplacement.instalment"

    plan_id = fields.Many2one(
        related="sale_line_id.outplacement_plan_id",
        string="Invoice Plan",
        store=True,
        index="btree_not_null",
    )
    run_group_id = fields.Many2one(
        "outplacement.invoice.run.group",
        string="Invoice Run Group",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="account.group_account_invoice",
        help="The latest invoice run that had it in hand.",
    )
    set_aside_reason = fields.Char(
        compute="_compute_set_aside_reason",
        store=True,
        copy=False,
        help="Why an invoice run could not bill it. The next run tries again.",
    )

    @api.depends("state")
    def _compute_set_aside_reason(self):
        """What is billed, or not due any more, is no longer set aside."""
        for instalment in self:
            instalment.set_aside_reason = (
                instalment.state == "due" and instalment.set_aside_reason
            )

    @api.model
    def _get_in_hand_domain(self):
        """Return the domain of what a run has in hand: it waits, and the run is not
        over."""
        waiting = [("state", "=", "waiting"), ("run_id.state", "=", "running")]
        return Domain("run_group_id", "any", waiting)

    # ------------------------------------------------------------------
    # Together on an invoice
    # ------------------------------------------------------------------

    def _group_for_invoices(self):
        """Return instalments by what the values of their invoice are to be.

        :returns: dict of recordsets by key, see ``_get_invoice_group_key``
        """
        positions = self.order_id._get_outplacement_fiscal_positions()
        return self.grouped(
            lambda instalment: instalment._get_invoice_group_key(
                positions.get(instalment.order_id)
            )
        )

    def _get_invoice_group_key(self, position):
        """Return what the invoice that bills the instalment is to have.

        :param position: fiscal position of the invoice if it is for all orders of the
            employer, None otherwise
        :rtype: InvoiceKey
        """
        self.ensure_one()
        partner, currency, order = self.partner_id, self.currency_id, self.order_id
        if position is None:
            return InvoiceKey(partner, currency, order)
        return InvoiceKey(
            partner,
            currency,
            reference=self.purchase_order_ref or "",
            payment_term=order.payment_term_id,
            fiscal_position=position,
        )

    def _get_invoice_totals(self):
        """Return what the one invoice that bills these comes to, as ``(without VAT,
        with VAT)``. Its VAT is that of its total (R3), and not the sum of theirs."""
        Tax, company = self.env["account.tax"], self.company_id
        lines = [instalment._prepare_base_line() for instalment in self]
        Tax._add_tax_details_in_base_lines(lines, company)
        Tax._round_base_lines_tax_details(lines, company)
        totals = Tax._get_tax_totals_summary(lines, self.currency_id, company)
        return totals["base_amount_currency"], totals["total_amount_currency"]

    def _prepare_base_line(self):
        """Return the invoice line that bills the instalment as Odoo's taxes take it."""
        self.ensure_one()
        return self.sale_line_id._prepare_base_line_for_taxes_computation(
            price_unit=self._get_billable_amount(),
            quantity=1.0,
            discount=0.0,
            extra_tax_data=False,
        )

    # ------------------------------------------------------------------
    # What keeps them from being billed
    # ------------------------------------------------------------------

    def _get_run_problems(self, date, mode):
        """Say beforehand what would go wrong, without making anything.

        Looks at all of them at once: the number of queries does not grow with them.

        :param date date: of the invoices
        :param str mode: what the run does, see ``outplacement.invoice.run``
        :returns: dict of the reason by instalment, for those that have a problem
        """
        problems = {}
        for company, instalments in self.grouped("company_id").items():
            general = company._get_outplacement_run_problem(date, mode)
            instalments = instalments.with_company(company)
            for instalment in instalments:
                reason = general or instalment._get_run_problem(mode)
                if reason:
                    problems[instalment] = reason
        return problems

    def _get_run_problem(self, mode):
        """Return why the instalment cannot be billed, False if nothing is known."""
        self.ensure_one()
        reason = self._get_making_problem()
        return reason or (mode != "draft" and self._get_posting_problem())

    def _get_making_problem(self):
        """Return why no invoice can be made, not even a draft."""
        partner, order = self.partner_id, self.order_id
        if order.state != "sale":
            return self.env._("Order %(order)s is not confirmed.", order=order.name)
        if not partner.active:
            return self.env._(
                "The invoice address %(partner)s is archived.",
                partner=partner.display_name,
            )
        if not partner.property_account_receivable_id:
            return self.env._(
                "%(partner)s has no receivable account.", partner=partner.display_name
            )
        return False

    def _get_posting_problem(self):
        """Return why the invoice of the instalment cannot be posted as it would be."""
        line = self.sale_line_id
        if self.purchase_order_missing:
            return self.env._(
                "%(customer)s requires a purchase order reference, and there is none.",
                customer=self.partner_id.commercial_partner_id.name,
            )
        if not line.tax_ids:
            return self.env._(
                "“%(package)s” has no tax on order %(order)s.",
                package=line.product_id.display_name,
                order=self.order_id.name,
            )
        if not self.currency_id.active:
            return self.env._(
                "The currency %(currency)s is not active.",
                currency=self.currency_id.name,
            )
        return False

    def _get_run_notices(self, mode):
        """Say what finance will have to look at though the run bills it.

        :param str mode: what the run does, see ``outplacement.invoice.run``
        :returns: dict of the text by instalment
        """
        notices = {}
        for company, instalments in self.grouped("company_id").items():
            for instalment in instalments.with_company(company):
                if text := instalment._get_run_notice(mode):
                    notices[instalment] = text
        return notices

    def _get_run_notice(self, mode):
        """Return what is not as it should be after the run; False if all is well."""
        self.ensure_one()
        if mode == "draft":
            return self._get_posting_problem()
        partner = self.partner_id
        method = partner.commercial_partner_id.invoice_sending_method or "email"
        if mode == "send" and method == "email" and not partner.email:
            return self.env._(
                "%(partner)s has no e-mail address: the invoice is not sent.",
                partner=partner.display_name,
            )
        return False

    def _set_aside(self, reasons):
        """Let a run pass by instalments; finance sees why.

        :param dict reasons: the reason by instalment
        """
        by_reason = {}
        for instalment, reason in reasons.items():
            by_reason.setdefault(reason, []).append(instalment.id)
        for reason, ids in by_reason.items():
            # sudo: outplacement.instalment - no field that a user may write
            self.browse(ids).sudo().set_aside_reason = reason
