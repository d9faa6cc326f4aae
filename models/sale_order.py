from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .sale_order_line import INSTALMENT_GROUPS, TRAJECT_GROUPS

# Whose the order is, and from when on a private person is invoiced.
CUSTOMER_FIELDS = frozenset(
    {"partner_id", "partner_invoice_id", "outplacement_early_start"}
)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    outplacement_traject_ids = fields.One2many(
        "outplacement.traject",
        "order_id",
        string="Trajects",
        context={"active_test": False},
        groups=TRAJECT_GROUPS,
    )
    outplacement_traject_count = fields.Integer(
        string="Number of Trajects",
        compute="_compute_outplacement_traject_count",
        groups=TRAJECT_GROUPS,
    )
    outplacement_instalment_count = fields.Integer(
        string="Number of Instalments",
        compute="_compute_outplacement_instalment_count",
        groups=INSTALMENT_GROUPS,
    )
    outplacement_has_package = fields.Boolean(
        compute="_compute_outplacement_has_package"
    )

    def _compute_outplacement_traject_count(self):
        """Those that the order started, and those that exist and that it is for."""
        domain = [("order_id", "in", self.ids)]
        Traject = self.env["outplacement.traject"].with_context(active_test=False)
        started = dict(Traject._read_group(domain, ["order_id"], ["id:recordset"]))
        Instalment = self.env["outplacement.instalment"]
        billed = dict(
            Instalment._read_group(domain, ["order_id"], ["traject_id:recordset"])
        )
        for order in self:
            trajects = started.get(order._origin, Traject)
            trajects |= billed.get(order._origin, Traject)
            order.outplacement_traject_count = len(trajects)

    def _compute_outplacement_instalment_count(self):
        grouped = self.env["outplacement.instalment"]._read_group(
            [("order_id", "in", self.ids)], ["order_id"], ["__count"]
        )
        counts = {order.id: count for order, count in grouped}
        for order in self:
            order.outplacement_instalment_count = counts.get(order._origin.id, 0)

    @api.depends("order_line.product_id")
    def _compute_outplacement_has_package(self):
        for order in self:
            order.outplacement_has_package = any(
                line._is_outplacement_package() for line in order.order_line
            )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders._check_outplacement_created()
        return orders

    def write(self, vals):
        self._check_outplacement_fixed(vals)
        if not CUSTOMER_FIELDS.isdisjoint(vals):
            self.order_line._check_outplacement_seller()
        if vals.get("state", "sale") != "sale":
            self._check_outplacement_may_cancel()
        # no package may be on them, before or afterwards
        stepping = self._get_outplacement_stepping(vals)
        stepping._refuse_outplacement_state()
        former = {}
        if "client_order_ref" in vals:
            former = {order: order.client_order_ref for order in self}
        result = super().write(vals)
        stepping._refuse_outplacement_state()
        for order, reference in former.items():
            order._update_outplacement_purchase_order_refs(reference)
        return result

    def _update_outplacement_purchase_order_refs(self, former):
        """Have the trajects follow the order, save those with a reference of their own.

        :param former: the reference of the order until now
        """
        self.ensure_one()
        # sudo: outplacement.traject - the reference is the order's, whoever enters it
        followers = self.sudo().outplacement_traject_ids.filtered(
            lambda traject: traject.purchase_order_ref in (False, "", former)
        )
        followers.purchase_order_ref = self.client_order_ref

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_view_outplacement_trajects(self):
        """Open the trajects that this order started, or that it is for."""
        self.ensure_one()
        action = self._get_outplacement_action(
            "outplacement.outplacement_traject_action"
        )
        own, billed = (
            ("order_id", "=", self.id),
            ("instalment_ids.order_id", "=", self.id),
        )
        action["domain"] = ["|", own, billed]
        return action

    def action_view_outplacement_instalments(self):
        """Open the instalments of this order."""
        self.ensure_one()
        return self._get_outplacement_action(
            "outplacement.outplacement_instalment_action"
        )

    def _get_outplacement_action(self, xmlid):
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        action["domain"] = [("order_id", "=", self.id)]
        action["context"] = {"create": False, "active_test": False}
        return action

    # ------------------------------------------------------------------
    # Confirmation and cancellation
    # ------------------------------------------------------------------

    def _confirmation_error_message(self):
        # EXTENDS sale
        if error := super()._confirmation_error_message():
            return error
        packages = self.order_line.filtered(
            lambda x: x._is_outplacement_package() or x._is_outplacement_for_traject()
        )
        errors = [line._get_outplacement_error() for line in packages]
        errors.append(self._get_outplacement_discount_error())
        errors.append(self._get_outplacement_down_payment_error())
        return next(filter(None, errors), False)

    def _get_outplacement_discount_error(self):
        """Return why the discount of the order cannot be billed, False if it can:
        instalments bill the price of their own line."""
        self.ensure_one()
        discounts = self.order_line.filtered(
            lambda line: line._is_global_discount() or line._is_discount_line()
        )
        if not discounts or not self.outplacement_has_package:
            return False
        return self.env._(
            "Order %(order)s has a discount on the whole order, and instalments do not "
            "deduct it: give the discount on the lines of the packages.",
            order=self.name,
        )

    def _get_outplacement_down_payment_error(self):
        """Return why packages cannot be sold on an order with a down payment, False if
        they can: no instalment deducts it."""
        self.ensure_one()
        paid = any(
            line.is_downpayment and line.qty_invoiced for line in self.order_line
        )
        if not paid or not self.outplacement_has_package:
            return False
        return self.env._(
            "Order %(order)s has a down payment, and instalments do not deduct it: "
            "sell the package on another order, or credit the down payment.",
            order=self.name,
        )

    def action_confirm(self):
        # EXTENDS sale
        return super(SaleOrder, self._with_outplacement_step()).action_confirm()

    def action_draft(self):
        # EXTENDS sale
        return super(SaleOrder, self._with_outplacement_step()).action_draft()

    def _action_confirm(self):
        # EXTENDS sale
        # before the instalments, which follow from the day
        self._set_outplacement_date_confirmed()
        result = super()._action_confirm()
        self.order_line._create_outplacement_trajects()
        return result

    def _action_cancel(self):
        # EXTENDS sale
        trajects = self.order_line._get_outplacement_trajects()
        self._check_outplacement_cancel(trajects)
        # Odoo cancels the drafts
        self.order_line._check_outplacement_withdrawal(states=("posted",))
        self._check_outplacement_invoiced(trajects)
        trajects._check_costless_cancellation()
        result = super(SaleOrder, self._with_outplacement_step())._action_cancel()
        self.order_line._get_outplacement_instalments()._lapse()
        # sudo: outplacement.traject - what was sold does not take place, whoever
        # cancels the sale
        for company, theirs in trajects.sudo().grouped("company_id").items():
            today = company._get_outplacement_today()
            theirs._set_state("cancelled", outcome="stopped", date_closed=today)
        return result

    def _check_outplacement_cancel(self, trajects):
        """:raises UserError: one of ``trajects`` has started"""
        if started := trajects.filtered(lambda traject: traject.state != "intake"):
            labels = dict(started._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "Order %(order)s cannot be cancelled: its traject %(traject)s is "
                    "%(state)s. A planner can cancel a traject of which no session "
                    "was held; otherwise credit what should not be paid.",
                    order=started[0].order_id.name,
                    traject=started[0].name,
                    state=labels[started[0].state].lower(),
                )
            )

    def _check_outplacement_invoiced(self, trajects):
        """Hold a cancellation that would leave an invoice: of these orders, or of
        another one for ``trajects``, which end with them.

        :raises UserError: something is on a posted invoice and not credited
        """
        instalments = self.order_line._get_outplacement_instalments()
        # sudo: outplacement.traject - also what others pay of it, whoever cancels
        instalments |= trajects.sudo().instalment_ids
        # Odoo cancels the drafts of these orders, and no others
        left = instalments.filtered(
            lambda i: (
                i.state == "invoiced"
                and (i.order_id not in self or i._get_posted_line())
            )
        )
        for instalment in left[:1]:
            order = instalment.order_id & self or instalment.traject_id.order_id
            raise UserError(
                self.env._(
                    "Order %(order)s cannot be cancelled: instalment %(instalment)s is "
                    "on invoice %(invoice)s. Cancel traject %(traject)s first, and "
                    "have finance post the credit note.",
                    order=order.name,
                    instalment=instalment.display_name,
                    invoice=instalment.invoice_id.display_name,
                    traject=instalment.traject_reference,
                )
            )

    # ------------------------------------------------------------------
    # Invoicing
    # ------------------------------------------------------------------

    def _create_invoices(self, grouped=False, final=False, date=None):
        # EXTENDS sale
        self.env["outplacement.instalment"]._update_due([("order_id", "in", self.ids)])
        options = {"grouped": grouped, "final": final, "date": date}
        instalments = final and self._get_outplacement_apart()
        if not instalments:
            return super()._create_invoices(**options)
        apart = instalments.order_id.with_env(self.env).with_context(
            outplacement_instalment_ids=instalments.ids
        )
        invoices = super(SaleOrder, apart)._create_invoices(**options)
        others = super()._create_invoices(**options)
        return others | invoices.with_env(others.env)

    def _get_outplacement_apart(self):
        """Return the instalments to bill on invoices of their own, since something is
        taken back of these orders: of what is less than nothing together Odoo makes a
        credit note, and that bills no instalment."""
        lines = self.order_line
        named = self.env.context.get("outplacement_instalment_ids") is not None
        if named or all(line.qty_to_invoice * line.price_unit >= 0 for line in lines):
            return self.env["outplacement.instalment"]
        return lines._get_outplacement_to_invoice()

    def _get_invoiceable_lines(self, final=False):
        """Leave out what has no instalment among those that the context names."""
        lines = super()._get_invoiceable_lines(final)
        if self.env.context.get("outplacement_instalment_ids") is None:
            return lines
        wanted = lines.filtered(lambda line: line._get_outplacement_to_invoice())
        sections = wanted.parent_id
        return lines & (wanted | sections | sections.parent_id)

    def _prepare_invoice(self):
        """Make the purchase order references the customer reference (R11); Odoo's own
        one stays where none is known."""
        values = super()._prepare_invoice()
        instalments = self.order_line._get_outplacement_to_invoice()
        if references := instalments._get_purchase_order_refs():
            values["ref"] = references
        return values | self._prepare_outplacement_run_values(references)

    def _create_account_invoices(self, invoice_vals_list, final):
        """Remember which references are ours, so that they are kept up to date, and
        do not take the order's number for one that the customer requires (R11)."""
        # sudo: outplacement.instalment - a seller without access invoices as well
        Instalment = self.env["outplacement.instalment"].sudo()
        for invoice_vals in invoice_vals_list:
            lines = [line_vals for *_, line_vals in invoice_vals["invoice_line_ids"]]
            ids = [line.get("outplacement_instalment_id") for line in lines]
            references = Instalment.browse(filter(None, ids))._get_purchase_order_refs()
            invoice_vals["outplacement_purchase_order_ref"] = references
            partner = self.env["res.partner"].browse(invoice_vals["partner_id"])
            if partner.commercial_partner_id.outplacement_po_required:
                parts = (invoice_vals["ref"] or "").split(", ")
                names = self.mapped("name")
                kept = [part for part in parts if part not in names]
                invoice_vals["ref"] = ", ".join(kept)
        return super()._create_account_invoices(invoice_vals_list, final)

    def _force_lines_to_invoice_policy_order(self):
        """A payment in advance does not make instalments fall due."""
        result = super()._force_lines_to_invoice_policy_order()
        self.order_line._filter_outplacement_planned()._compute_qty_to_invoice()
        return result

    def _generate_downpayment_invoices(self):
        """A payment of a part of the price is no instalment: on an order with packages
        it stays open on the customer's account, to be matched with the invoices."""
        # EXTENDS sale
        planned = self.filtered("outplacement_has_package")
        for order in planned:
            order.message_post(
                body=self.env._(
                    "No invoice was made of the payment: the invoice plan says what is "
                    "invoiced when. Match the payment with the invoices."
                )
            )
        return super(SaleOrder, self - planned)._generate_downpayment_invoices()

    def _nothing_to_invoice_error_message(self):
        """Say when the next instalment falls due, if that is what is waited for."""
        instalments = self.order_line._get_outplacement_instalments("planned")
        if not instalments:
            return super()._nothing_to_invoice_error_message()
        dates = instalments.filtered("date").mapped("date")
        if not dates:
            return self.env._(
                "No instalment is due: the dates of the instalments are known once the "
                "traject has a start date."
            )
        return self.env._(
            "No instalment is due: the next one is dated %(date)s, and its traject "
            "must have started.",
            date=format_date(self.env, min(dates)),
        )
