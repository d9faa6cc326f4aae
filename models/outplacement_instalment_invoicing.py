from itertools import pairwise

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..tools.money import to_decimal

# Names under which other add-ons keep the service period of an invoice line.
PERIOD_FIELDS = (
    ("deferred_start_date", "deferred_end_date"),
    ("start_date", "end_date"),
)


class OutplacementInstalment(models.Model):
    """How instalments come about, and how they come on invoices."""

    _inherit = "outplacement.instalment"

    # ------------------------------------------------------------------
    # Generation
    # ------------------------------------------------------------------

    @api.model
    def _generate_for_trajects(self, trajects, agreed=None):
        """Create the instalments of sold trajects that have none yet (R2).

        :param dict agreed: agreed dates by (traject id, number, total number)
        """
        values = []
        for traject in trajects.filtered("sale_line_id"):
            if not traject.instalment_ids:
                values += self._prepare_instalments(traject)
        for vals in values if agreed else ():
            key = (vals["traject_id"], vals["number"], vals["total_number"])
            vals["date_agreed"] = agreed.get(key)
        # sudo: outplacement.instalment - nobody creates them by hand; they follow
        # from the deal, whoever confirms it
        return self.sudo().create(values)

    @api.model
    def _regenerate_for_trajects(self, trajects):
        """Replace the instalments of trajects; none of them may be invoiced. Agreed
        dates stay as long as there are as many instalments."""
        # sudo: outplacement.instalment - see _generate_for_trajects
        instalments = trajects.sudo().instalment_ids
        # the lines that billed them must not come to life again
        released = instalments.released_line_ids
        released.outplacement_is_respread = True
        agreed = {
            (i.traject_id.id, i.number, i.total_number): i.date_agreed
            for i in instalments.filtered("date_agreed")
        }
        instalments.unlink()
        return self._generate_for_trajects(trajects, agreed)

    @api.model
    def _prepare_instalments(self, traject):
        """Return the values of the instalments of one traject."""
        line = traject.sale_line_id
        instalments = line.outplacement_plan_id._get_instalments(
            line._get_outplacement_price(traject), traject.months, line.currency_id
        )
        return [
            {
                "traject_id": traject.id,
                "sale_line_id": line.id,
                "number": number,
                "total_number": len(instalments),
                "months_after_start": months_after_start,
                "amount": float(amount),
            }
            for number, (months_after_start, amount) in enumerate(instalments, start=1)
        ]

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_create_invoices(self):
        """Invoice the selected instalments: a draft per sales order.

        :returns: action that opens the invoices
        :raises UserError: one of them is not due
        """
        self.check_access("write")
        self.env["account.move"].check_access("create")
        self._update_due([("id", "in", self.ids)])
        self._check_due()
        orders = self.order_id.with_context(outplacement_instalment_ids=self.ids)
        invoices = orders._create_invoices(grouped=True)
        return orders.action_view_invoice(invoices=invoices)

    def action_release(self):
        """Let credited instalments be invoiced again (R9: only on purpose).

        :raises AccessError: the user is not from finance
        :raises UserError: one of them is not credited
        """
        if not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(self.env._("Only finance releases an instalment."))
        self.check_access("write")
        if other := self.filtered(lambda instalment: instalment.state != "credited"):
            raise UserError(
                self.env._(
                    "Instalment %(instalment)s is not credited: there is nothing to "
                    "release.",
                    instalment=other[0].display_name,
                )
            )
        for instalment in self:
            instalment.invoice_id.message_post(
                body=self.env._(
                    "Instalment %(instalment)s, billed by this invoice, was released: "
                    "it can be invoiced again.",
                    instalment=instalment.display_name,
                )
            )
        self.invoice_line_ids._release_outplacement_instalment()
        return True

    def action_revive(self):
        """Bill lapsed instalments after all, on purpose.

        :raises AccessError: the user is neither from finance nor a manager
        :raises UserError: one of them has not lapsed
        """
        if not self.env.user.has_groups(
            "account.group_account_invoice,outplacement.group_manager"
        ):
            raise AccessError(
                self.env._("Only finance or a manager revives an instalment.")
            )
        self.check_access("write")
        for instalment in self:
            if instalment.state != "lapsed":
                raise UserError(
                    self.env._(
                        "Instalment %(instalment)s has not lapsed: there is nothing "
                        "to revive.",
                        instalment=instalment.display_name,
                    )
                )
            instalment._log_on_order(
                self.env._(
                    "Instalment %(instalment)s will be billed after all.",
                    instalment=instalment.display_name,
                )
            )
        # sudo: outplacement.instalment - no field that a user may write; the roles
        # were checked above
        self.sudo().is_lapsed = False
        return True

    def action_view_invoice(self):
        """Open the invoice that bills this instalment."""
        self.ensure_one()
        return self.order_id.action_view_invoice(invoices=self.invoice_id)

    # ------------------------------------------------------------------
    # Invoicing
    # ------------------------------------------------------------------

    def _check_due(self):
        """:raises UserError: naming the first instalment that cannot be invoiced"""
        labels = dict(self._fields["state"]._description_selection(self.env))
        for instalment in self.filtered(lambda instalment: instalment.state != "due"):
            if instalment.state == "planned" and instalment.date:
                raise UserError(
                    self.env._(
                        "Instalment %(instalment)s is dated %(date)s and is not "
                        "invoiced before that day.",
                        instalment=instalment.display_name,
                        date=format_date(self.env, instalment.date),
                    )
                )
            raise UserError(
                self.env._(
                    "Instalment %(instalment)s cannot be invoiced: it is "
                    "“%(state)s”, not “%(due)s”.",
                    instalment=instalment.display_name,
                    state=labels[instalment.state],
                    due=labels["due"],
                )
            )

    def _prepare_invoice_line_values(self):
        """Return what makes an order line's invoice line the line of this instalment.

        In the language of the environment, which invoicing sets to the customer's.
        """
        self.ensure_one()
        values = {
            "name": self._get_invoice_line_name(),
            "quantity": 1.0,
            "discount": 0.0,
            "price_unit": self.amount,
            "extra_tax_data": False,
            "outplacement_instalment_id": self.id,
            "outplacement_period_start": self.period_start,
            "outplacement_period_end": self.period_end,
        }
        known = self.env["account.move.line"]._fields
        for start, end in PERIOD_FIELDS:
            if start in known and end in known:
                earned_from, earned_until = self._get_earning_period()
                values |= {start: earned_from, end: earned_until}
        return values

    def _get_earning_period(self):
        """Return first and last day of the days over which the amount is earned (R13).

        The service period, where every instalment pays for its own months. Where the
        plan bills faster or slower than the months go by, the whole term.
        """
        self.ensure_one()
        siblings = self.sale_line_id.outplacement_instalment_ids.filtered(
            lambda instalment: instalment.traject_id == self.traject_id
        ).sorted("months_after_start")
        if siblings._is_paid_by_month():
            return self.period_start, self.period_end
        return siblings[0].period_start, siblings[-1].period_end

    def _is_paid_by_month(self):
        """Whether these instalments, all of a traject in order of date, bill the same
        amount for every month, but for what rounding leaves to the last (R2)."""
        # sudo: outplacement.traject - finance may not read trajects; the length of the
        # term is part of the deal
        term = self.traject_id.sudo().months
        amounts = [to_decimal(amount) for amount in self.mapped("amount")]
        # the first service period begins with the term, whenever it is billed
        begins = [0, *self[1:].mapped("months_after_start"), term]
        spans = [later - earlier for earlier, later in pairwise(begins)]
        unit = to_decimal(self.currency_id.rounding)
        return min(spans) > 0 and all(
            abs(amount - sum(amounts) * span / term) < unit
            for amount, span in zip(amounts[:-1], spans, strict=False)
        )

    def _get_invoice_line_name(self):
        """Package, traject reference, instalment and period, and no more of the
        candidate than the customer asks for (R12)."""
        self.ensure_one()
        package = self.sale_line_id.product_id.with_context(display_default_code=False)
        parts = [
            package.display_name,
            self.env._(
                "%(traject)s, instalment %(number)s of %(total)s",
                traject=self.traject_reference,
                number=self.number,
                total=self.total_number,
            ),
            self.env._(
                "Service period: %(start)s – %(end)s",
                start=format_date(self.env, self.period_start),
                end=format_date(self.env, self.period_end),
            ),
            self._get_invoice_identity(),
        ]
        return "\n".join(filter(None, parts))

    def _get_invoice_identity(self):
        """Return the personnel number or name where the customer wants to read it."""
        self.ensure_one()
        wanted = self.partner_id.commercial_partner_id.outplacement_invoice_identity
        # sudo: outplacement.traject - finance may not read trajects; one fact of it
        # goes on the invoice because the customer's setting says so
        traject = self.sudo().traject_id
        if wanted == "name":
            return traject.candidate_id.name
        if wanted == "personnel_number" and traject.personnel_number:
            return self.env._(
                "Personnel number: %(number)s", number=traject.personnel_number
            )
        return False

    def _get_purchase_order_refs(self):
        """Return the distinct purchase order references for the invoice of these
        instalments, as far as they are known (R11)."""
        references = self.filtered("purchase_order_ref").mapped("purchase_order_ref")
        return ", ".join(dict.fromkeys(references))
