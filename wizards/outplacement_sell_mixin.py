from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools.misc import clean_context

from ..tools.money import to_decimal


class OutplacementSellMixin(models.AbstractModel):
    """A package that is sold for a traject that exists: shows its instalments first,
    then adds it to the order of the traject, or to one of its own.

    A wizard gives ``_line_kind``, and may override the hooks below.
    """

    _name = "outplacement.sell.mixin"
    _inherit = "outplacement.change.mixin"
    _description = "Sale for a Traject"

    # value of the order line's ``outplacement_line_kind``
    _line_kind = None

    product_id = fields.Many2one(
        "product.product",
        string="Package",
        required=True,
        ondelete="cascade",
        compute="_compute_product_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        domain="[('service_tracking', '=', 'outplacement'), ('sale_ok', '=', True)]",
    )
    # not the currency of the changes: those follow from the price, which would be
    # rounded to what is not known yet
    price_currency_id = fields.Many2one(
        "res.currency", compute="_compute_price_currency_id"
    )
    price = fields.Monetary(
        currency_field="price_currency_id",
        compute="_compute_price",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        help="Without VAT for businesses, VAT included for private persons.",
    )
    plan_id = fields.Many2one(
        "outplacement.invoice.plan",
        string="Invoice Plan",
        compute="_compute_plan_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        ondelete="cascade",
        help="How the price is spread over instalments. Empty: all at the start.",
    )
    on_new_order = fields.Boolean(
        string="On an Order of its Own",
        compute="_compute_on_new_order",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        help="Else it is added to the order that the traject came from.",
    )
    client_order_ref = fields.Char(
        string="Purchase Order Reference",
        help="The reference that the customer wants to read on the invoices of the new "
        "order.",
    )

    # ------------------------------------------------------------------
    # Hooks
    # ------------------------------------------------------------------

    @api.model
    def _get_change_triggers(self):
        return [
            *super()._get_change_triggers(),
            *("product_id", "price", "plan_id", "on_new_order"),
        ]

    def _check_may_see(self):
        """:raises AccessError: the user does not sell for the trajects"""
        result = super()._check_may_see()
        self.traject_id._check_may_sell()
        return result

    def _get_span(self):
        """Return which part of the term is sold, as the numbers of months after the
        start at which it begins and ends."""
        # an abstract model sells nothing: each wizard knows its part of the term
        raise NotImplementedError

    def _prepare_order_values(self):
        """Return the values of a new order: those of the order of the traject, for the
        same customer."""
        self.ensure_one()
        former = self._get_order()
        values = {
            "company_id": self.traject_id.company_id.id,
            "user_id": self.env.uid,
            "partner_id": (former.partner_id or self.traject_id.principal_id).id,
        }
        kept = ("partner_invoice_id", "pricelist_id", "payment_term_id")
        kept += ("fiscal_position_id", "opportunity_id")
        return values | {name: former[name].id for name in kept if former}

    def _prepare_line_values(self):
        """Return the values of the order line, but for the traject."""
        self.ensure_one()
        begin, end = self._get_span()
        return {
            "product_id": self.product_id.id,
            "price_unit": self.price,
            # the price is what is shown, after whatever a price list takes off
            "discount": 0,
            "outplacement_line_kind": self._line_kind,
            "outplacement_plan_id": self.plan_id.id,
            "outplacement_months": end - begin,
            "outplacement_months_before": begin,
            "outplacement_date_placed": self.traject_id.date_placement,
        }

    def _get_default_price(self):
        """Return the price of the package as an order line would have it: by the price
        list and the fiscal position of the order."""
        offer = self._get_offer_line(self._get_sale_order())
        return float(offer._get_outplacement_unit_price())

    def _get_offer_line(self, order):
        """Return the package on a line of ``order`` that is not saved, at the price
        that Odoo gives it."""
        values = {"order_id": order.id, "product_id": self.product_id.id}
        return order.order_line.new(values)

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("traject_id")
    def _compute_product_id(self):
        for wizard in self:
            wizard.product_id = wizard.traject_id.product_id

    @api.depends("product_id", "traject_id")
    def _compute_plan_id(self):
        for wizard in self:
            company = wizard.traject_id.company_id or self.env.company
            wizard.plan_id = (
                wizard.product_id.outplacement_plan_id or company.outplacement_plan_id
            )

    @api.depends("product_id", "traject_id")
    def _compute_price(self):
        for wizard in self:
            known = wizard.traject_id and wizard.product_id
            wizard.price = known and wizard._get_default_price()

    @api.depends(lambda self: [n for n in self._get_change_triggers() if n != "price"])
    def _compute_price_currency_id(self):
        for wizard in self.filtered("traject_id"):
            order = wizard._get_sale_order()
            wizard.price_currency_id = wizard._get_sale_currency(order)
        self.filtered(lambda one: not one.traject_id).price_currency_id = False

    @api.depends("traject_id")
    def _compute_on_new_order(self):
        """An order that is locked, or no longer confirmed, gets no more lines."""
        for wizard in self:
            order = wizard._get_order()
            wizard.on_new_order = order.state != "sale" or order.locked

    # ------------------------------------------------------------------
    # The order
    # ------------------------------------------------------------------

    def _get_order(self):
        """Return the order that the traject came from, for who may sell for it."""
        self.traject_id._check_may_sell()
        # sudo: sale.order - the account manager of a traject sells more of it, whoever
        # sold it at first; a manager has no rights on orders
        return self.traject_id.sudo().order_id

    def _get_sale_order(self):
        """Return the order to which it is added, or a draft of the new one."""
        self.ensure_one()
        order = self._get_order()
        if not self.on_new_order and order:
            return order
        values = self._prepare_order_values()
        today = self.traject_id.company_id._get_outplacement_today()
        return order.new(
            {**values, "state": "sale", "outplacement_date_confirmed": today}
        )

    def _get_change_currency(self, changes):
        if not self.traject_id:
            return super()._get_change_currency(changes)
        return self._get_sale_currency(self._get_sale_order())

    def _get_sale_currency(self, order):
        return order.currency_id or self.env.company.currency_id

    # ------------------------------------------------------------------
    # Showing
    # ------------------------------------------------------------------

    def _get_changes(self):
        """What was sold before stays as it is."""
        self.ensure_one()
        self.traject_id._check_may_sell()
        kept = self.traject_id._get_changes()
        return kept + self._get_new_changes()

    def _get_new_changes(self):
        """Return the instalments that will be there, as ``_get_changes`` does."""
        self.ensure_one()
        order = self._get_sale_order()
        if not self.product_id or self.price < 0 or self._get_plan_refusal(order):
            return []
        # sudo: outplacement.traject - the facts of the deal, for who may sell
        traject = self.traject_id.sudo()
        today = traject.company_id._get_outplacement_today()
        sale_facts = order._get_outplacement_sale_facts(today)
        facts = traject._get_billing_facts(**sale_facts)
        currency = self._get_sale_currency(order)
        values = self._prepare_line_values() | {"currency_id": currency.id}
        line = order.order_line.new(values)
        parts = line._get_outplacement_parts(traject)
        return [
            self._prepare_new_change(part, f"{number}/{len(parts)}", line, facts)
            for number, part in enumerate(parts, start=1)
        ]

    def _prepare_new_change(self, part, number, line, facts):
        """Return the change that adds one instalment.

        :param part: :class:`~..tools.schedule.Part`
        :param line: the order line as it will be, with its currency
        :param facts: :class:`~..tools.schedule.Facts`
        """
        values = {
            "trigger": part.trigger,
            "rank": part.rank,
            "months_after_start": part.months,
            "sale_line_id": line,
        }
        instalment = line.outplacement_instalment_ids.new(values)
        return {
            "instalment_id": False,
            "sale_line_id": False,
            "name": f"{self.traject_id.name} {number}",
            "action": "new",
            "date_before": False,
            "date_after": instalment._get_date(facts) or False,
            "amount_before": 0.0,
            "amount_after": float(part.amount),
            "credit": 0.0,
            "currency_id": line.currency_id.id,
        }

    def _get_refusal(self):
        """Return the sentence why it cannot be sold so, False if it can, or as long as
        nothing is chosen."""
        self.ensure_one()
        if not self._get_order() and not self._prepare_order_values()["partner_id"]:
            return self.env._(
                "Traject %(traject)s has no order and no principal: enter who pays for "
                "it first.",
                traject=self.traject_id.name,
            )
        if refusal := self._get_price_refusal():
            return refusal
        return self._get_plan_refusal(self._get_sale_order())

    def _get_price_refusal(self):
        """Return the sentence why the price cannot be: less than nothing."""
        return self.price < 0 and self.env._("The price cannot be less than nothing.")

    def _get_plan_refusal(self, order):
        """Return the sentence why the price cannot be spread by the invoice plan, False
        if it can, or as long as there is none.

        :param order: see :meth:`_get_sale_order`
        """
        begin, end = self._get_span()
        if not self.product_id or self.price <= 0 or end <= begin:
            return False
        offer = self._get_offer_line(order)
        # the plan as superuser, like the order
        plan = offer.env[self.plan_id._name].browse(self.plan_id.id)
        return plan._get_price_error(
            to_decimal(self.price),
            self.product_id,
            self._get_sale_currency(order),
            end - begin,
            offer._get_outplacement_sessions(),
        )

    # ------------------------------------------------------------------
    # Doing
    # ------------------------------------------------------------------

    def _apply(self, changes):
        self._sell()

    def _sell(self):
        """Add the line to its order, or make and confirm a new one.

        :returns: the order line, as superuser
        """
        values = {
            **self._prepare_line_values(),
            "outplacement_for_traject_id": self.traject_id.id,
        }
        # the defaults of the context are meant for the wizard and stay behind
        order = self._get_order()
        orders = order.with_env(order.env(context=clean_context(self.env.context)))
        if not self.on_new_order:
            return orders.order_line.create({"order_id": orders.id, **values})
        order = orders.create(
            {
                **self._prepare_order_values(),
                "client_order_ref": self.client_order_ref,
                "order_line": [Command.create(values)],
            }
        )
        order.action_confirm()
        return order.order_line
