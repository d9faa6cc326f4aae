from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

# Where an invoice or entry came from: written by what makes it, never by hand.
ORIGIN_FIELDS = frozenset({"outplacement_run_id", "outplacement_revenue_month"})
CREDITED = "invoice_line_ids.outplacement_credited_line_id"
# By which paths an invoice finds the instalments that it bills.
BILLED_PATHS = (
    "invoice_line_ids.outplacement_instalment_id",
    f"{CREDITED}.outplacement_instalment_id",
    f"{CREDITED}.outplacement_released_instalment_id",
)
# What says how much is left of the lines that a credit note credits.
LEFT_PATHS = tuple(
    f"{lines}.{name}"
    for lines in (CREDITED, f"{CREDITED}.outplacement_credit_line_ids")
    for name in ("parent_state", "price_unit", "quantity", "discount")
)


class AccountMove(models.Model):
    _inherit = "account.move"

    outplacement_purchase_order_ref = fields.Char(
        string="Purchase Order References of Trajects",
        readonly=True,
        copy=False,
        help="What was filled in as customer reference from the trajects. It follows "
        "them until posting, unless somebody enters another reference.",
    )
    outplacement_purchase_order_missing = fields.Char(
        string="Trajects without Purchase Order Reference",
        compute="_compute_outplacement_purchase_order_missing",
        compute_sudo=True,
        help="The customer requires a purchase order reference, the invoice has none, "
        "and neither have these trajects.",
    )
    outplacement_run_id = fields.Many2one(
        "outplacement.invoice.run",
        string="Invoice Run",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="account.group_account_invoice",
    )
    outplacement_revenue_month = fields.Date(
        string="Unearned Revenue at",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The end of the month for which this entry was made.",
    )

    @api.depends(
        "ref",
        "move_type",
        "outplacement_purchase_order_ref",
        "commercial_partner_id.outplacement_po_required",
        "invoice_line_ids.sale_line_ids.order_id.name",
        *(f"{path}.purchase_order_ref" for path in BILLED_PATHS),
        *(f"{path}.traject_reference" for path in BILLED_PATHS),
    )
    def _compute_outplacement_purchase_order_missing(self):
        for move in self:
            missing = False
            if (
                move.move_type == "out_invoice"
                and move.commercial_partner_id.outplacement_po_required
                and not move._has_outplacement_typed_ref()
            ):
                missing = move._get_outplacement_missing()
            move.outplacement_purchase_order_missing = missing

    def _has_outplacement_typed_ref(self):
        """Whether the customer reference says something that neither we filled in
        from the trajects, nor Odoo from the number of the order."""
        self.ensure_one()
        automatic = set(self.invoice_line_ids.sale_line_ids.order_id.mapped("name"))
        automatic.update((self.outplacement_purchase_order_ref or "").split(", "))
        parts = (self.ref or "").split(", ")
        return any(part and part not in automatic for part in parts)

    def _get_outplacement_instalments(self):
        """Return the instalments that this invoice bills, or bills again what a credit
        note took back of them."""
        self.ensure_one()
        lines = self.invoice_line_ids
        credited = lines.outplacement_credited_line_id
        again = credited.outplacement_instalment_id
        again |= credited.outplacement_released_instalment_id
        return lines.outplacement_instalment_id | again

    def _get_outplacement_missing(self):
        """Return the trajects that lack a reference, in one text; False if none."""
        instalments = self._get_outplacement_instalments()
        if not instalments:
            return self.env._("This invoice")
        missing = instalments.filtered(lambda i: not i.purchase_order_ref)
        references = dict.fromkeys(missing.mapped("traject_reference"))
        return ", ".join(references) or False

    @api.model
    def _has_field_access(self, field, operation):
        if operation == "write" and field.name in ORIGIN_FIELDS:
            return self.env.su
        return super()._has_field_access(field, operation)

    # ------------------------------------------------------------------
    # Alerts
    # ------------------------------------------------------------------

    @api.depends(
        "outplacement_purchase_order_missing",
        "invoice_line_ids.price_unit",
        "invoice_line_ids.quantity",
        "invoice_line_ids.discount",
        "invoice_line_ids.outplacement_instalment_id.amount",
        "invoice_line_ids.outplacement_instalment_id.amount_lapsed",
        "invoice_line_ids.outplacement_instalment_id.is_lapsed",
        "invoice_line_ids.outplacement_after_credit",
        *LEFT_PATHS,
    )
    def _compute_alerts(self):
        # EXTENDS account
        return super()._compute_alerts()

    def _get_alerts(self):
        # EXTENDS account
        alerts = super()._get_alerts()
        if self.state == "draft":
            alerts |= self._get_outplacement_warnings()
            alerts |= self._get_outplacement_credit_alerts()
        return alerts

    def _get_outplacement_warnings(self):
        """Return what finance should know before posting, as alerts by key."""
        messages = self._get_outplacement_line_warnings()
        if self.outplacement_purchase_order_missing:
            messages["outplacement_purchase_order_missing"] = (
                self._get_outplacement_purchase_order_text()
            )
        return {
            key: {"level": "warning", "message": message}
            for key, message in messages.items()
        }

    def _get_outplacement_line_warnings(self):
        """Return what finance should know about the lines, as texts by key."""
        # sudo: outplacement.instalment - for whoever may read the invoice
        lines = self.sudo().invoice_line_ids.filtered("outplacement_instalment_id")
        messages = {}
        lapsed = lines.outplacement_instalment_id.filtered("is_lapsed")
        if lapsed:
            messages["outplacement_lapsed"] = self.env._(
                "%(instalments)s lapsed: think before you bill it.",
                instalments=", ".join(lapsed.mapped("display_name")),
            )
        changed = lines.filtered(lambda line: line._is_outplacement_amount_changed())
        if changed:
            names = changed.outplacement_instalment_id.mapped("display_name")
            messages["outplacement_changed"] = self.env._(
                "Another amount than agreed is billed for %(instalments)s. The "
                "difference is not billed later.",
                instalments=", ".join(names),
            )
        return messages

    # ------------------------------------------------------------------
    # Posting and resetting
    # ------------------------------------------------------------------

    def _post(self, soft=True):
        # EXTENDS account
        self._check_outplacement_excess()
        invoices = self.filtered(lambda move: move.move_type == "out_invoice")
        lines = invoices.line_ids
        # the reversal of a credit note revives what that one credited
        lines |= lines.outplacement_credited_line_id
        lines._reclaim_outplacement_instalments()
        invoices._set_outplacement_ref()
        self._check_outplacement_purchase_order()
        moves = self._with_outplacement_step()
        posted = super(AccountMove, moves)._post(soft=soft).with_env(self.env)
        posted._follow_outplacement_posting()
        return posted

    def button_draft(self):
        # EXTENDS account
        posted = self.filtered(lambda move: move.state == "posted")
        credit_notes = posted.filtered(lambda move: move.move_type == "out_refund")
        credited = credit_notes.line_ids.outplacement_credited_line_id
        credited._reclaim_outplacement_instalments()
        result = super(AccountMove, self._with_outplacement_step()).button_draft()
        posted._follow_outplacement_reset()
        return result

    def _get_outplacement_buyer_reference(self):
        """Return the purchase order references of an invoice of instalments, or what
        somebody entered instead; False for other documents."""
        self.ensure_one()
        # sudo: outplacement.instalment - for whoever sends the invoice
        billed = self.sudo()._get_outplacement_instalments()
        return self.move_type == "out_invoice" and bool(billed) and self.ref

    def _set_outplacement_ref(self):
        """Fill in the purchase order references of the trajects as they are now."""
        for move in self:
            # sudo: outplacement.instalment - also where a colleague without access
            # to instalments posts (an automatic invoice after an online payment)
            instalments = move.sudo()._get_outplacement_instalments()
            references = instalments._get_purchase_order_refs()
            if references and not move.sudo()._has_outplacement_typed_ref():
                move.ref = move.outplacement_purchase_order_ref = references

    def _check_outplacement_purchase_order(self):
        """Refuse to post without the reference that the customer requires (R11).

        :raises UserError: naming every invoice's trajects that have none
        """
        moves = self.filtered("outplacement_purchase_order_missing")
        if moves:
            texts = [move._get_outplacement_purchase_order_text() for move in moves]
            raise UserError("\n".join(texts))

    def _get_outplacement_purchase_order_text(self):
        """Return what keeps the invoice from being posted, and the way out."""
        # sudo: outplacement.instalment - for whoever may read the invoice
        if not self.sudo()._get_outplacement_instalments():
            return self.env._(
                "%(customer)s requires a purchase order reference, and this invoice "
                "has none. Enter it as the customer reference.",
                customer=self.commercial_partner_id.name,
            )
        return self.env._(
            "%(customer)s requires a purchase order reference, and there is none for "
            "%(trajects)s. Enter it on the traject or the sales order, or as the "
            "customer reference of this invoice.",
            customer=self.commercial_partner_id.name,
            trajects=self.outplacement_purchase_order_missing,
        )

    def _take_over_outplacement_instalments(self, replaced):
        """Bill the instalments by these invoices instead of by the ones that they
        replace (reversed and made anew).

        :param account.move replaced: the reversed invoices
        """
        # sudo: account.move.line - links that methods write, for whoever reverses
        lines = self.sudo().line_ids.filtered(
            lambda line: line.outplacement_credited_line_id.move_id in replaced
        )
        for line in lines:
            origin = line.outplacement_credited_line_id
            instalment = origin.outplacement_instalment_id
            carried = origin._carry_outplacement_lapses()
            origin._release_outplacement_instalment()
            line.write(
                {
                    "outplacement_instalment_id": instalment.id,
                    "outplacement_credited_line_id": False,
                    "outplacement_replaced_line_id": origin.id,
                }
            )
            for lapsing in carried:
                lapsing._update_draft_line()

    # ------------------------------------------------------------------
    # Made by an invoice run
    # ------------------------------------------------------------------

    def _creation_subtype(self):
        # EXTENDS account: nobody can subscribe to that subtype, and without it the
        # messages of all invoices of a chunk are made at once
        if self.env["outplacement.invoice.run"]._get_current():
            return self.env["mail.message.subtype"]
        return super()._creation_subtype()

    def _creation_message(self):
        # EXTENDS mail: with what Odoo tells of the origin in a message of its own
        message = super()._creation_message()
        if not self.env["outplacement.invoice.run"]._get_current():
            return message
        orders = self.line_ids.sale_line_ids.order_id
        links = Markup(", ").join(order._get_html_link() for order in orders)
        return Markup("<p>%s</p><p>%s</p>") % (
            message,
            self.env._("Made by an invoice run from %(orders)s.", orders=links),
        )

    def message_post_with_source(self, source_ref, **kwargs):
        # EXTENDS mail: see _creation_message
        told = source_ref == "mail.message_origin_link"
        if told and self.env["outplacement.invoice.run"]._get_current():
            return self.env["mail.message"]
        return super().message_post_with_source(source_ref, **kwargs)
