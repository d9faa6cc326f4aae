from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..tools.money import to_decimal


class OutplacementInstalment(models.Model):
    """How instalments come about, and how they come on invoices."""

    _inherit = "outplacement.instalment"

    # ------------------------------------------------------------------
    # Generation
    # ------------------------------------------------------------------

    @api.model
    def _generate_for_trajects(self, trajects, agreed=None):
        """Create the instalments of what was sold of the trajects, where an order line
        has none of them yet (R2).

        :param dict agreed: agreed dates by (traject id, order line id, number, total
            number)
        """
        values = []
        for traject in trajects:
            billed = traject.instalment_ids.sale_line_id
            for line in traject._get_billed_lines() - billed:
                values += self._prepare_instalments(traject, line)
        for vals in values if agreed else ():
            names = ("traject_id", "sale_line_id", "number", "total_number")
            vals["date_agreed"] = agreed.get(tuple(vals[name] for name in names))
        # sudo: outplacement.instalment - nobody creates them by hand; they follow
        # from the deal, whoever confirms it
        return self.sudo().create(values)

    def _is_spread_fixed(self):
        """Whether a change of the term leaves it, and all by the same line, alone: it
        is on an invoice, something of it lapsed, or another package took over."""
        self.ensure_one()
        return bool(
            self.invoice_line_ids
            or self.lapse_reason
            or self.sale_line_id.outplacement_months_until
        )

    def _filter_spread_anew(self):
        """Return these without those of a traject and order line of which one is
        fixed."""
        fixed = {(i.traject_id, i.sale_line_id) for i in self if i._is_spread_fixed()}
        return self.filtered(lambda i: (i.traject_id, i.sale_line_id) not in fixed)

    def _get_amount_sum(self):
        """Return the price that these are the parts of, as a decimal."""
        return sum(map(to_decimal, self.mapped("amount")), to_decimal(0))

    def _regenerate(self):
        """Replace these instalments, all of a traject by an order line; none of them
        may be invoiced. Agreed dates stay as long as there are as many."""
        # sudo: outplacement.instalment - see _generate_for_trajects
        instalments = self.sudo()
        trajects = instalments.traject_id
        # the lines that billed them must not come to life again
        released = instalments.released_line_ids
        released.outplacement_is_respread = True
        agreed = {
            (
                i.traject_id.id,
                i.sale_line_id.id,
                i.number,
                i.total_number,
            ): i.date_agreed
            for i in instalments.filtered("date_agreed")
        }
        instalments.unlink()
        return self._generate_for_trajects(trajects, agreed)

    @api.model
    def _prepare_instalments(self, traject, line=None):
        """Return the values of the instalments of one traject.

        :param line: sale line that they bill, if not the one that the traject is from
        """
        line = line or traject.sale_line_id
        parts = line._get_outplacement_parts(traject)
        return [
            {
                "traject_id": traject.id,
                "sale_line_id": line.id,
                "number": number,
                "total_number": len(parts),
                "trigger": part.trigger,
                "rank": part.rank,
                "months_after_start": part.months,
                "amount": float(part.amount),
            }
            for number, part in enumerate(parts, start=1)
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
            raise AccessError(
                self.env._("Only finance has an instalment invoiced again.")
            )
        self.check_access("write")
        if other := self.filtered(lambda instalment: instalment.state != "credited"):
            raise UserError(
                self.env._(
                    "Instalment %(instalment)s is not credited: there is nothing to "
                    "have invoiced again.",
                    instalment=other[0].display_name,
                )
            )
        for instalment in self:
            instalment.invoice_id.message_post(
                body=self.env._(
                    "Instalment %(instalment)s, billed by this invoice, is to be "
                    "invoiced again.",
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
        self._check_lapsed()
        for instalment in self:
            instalment._log_on_order(
                self.env._(
                    "Instalment %(instalment)s will be billed after all.",
                    instalment=instalment.display_name,
                )
            )
            # sudo: outplacement.instalment - no field that a user may write; the
            # roles were checked above
            instalment.sudo()._set_lapsed(0, False)
        return True

    def _check_lapsed(self):
        """:raises UserError: naming the first instalment of which nothing lapsed"""
        for instalment in self:
            if instalment.state != "lapsed" and not instalment._is_partly_lapsed():
                raise UserError(
                    self.env._(
                        "Instalment %(instalment)s has not lapsed: there is nothing "
                        "to revive.",
                        instalment=instalment.display_name,
                    )
                )

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
            if instalment._is_waiting():
                raise UserError(
                    self.env._(
                        "Instalment %(instalment)s waits: its traject is paused, and "
                        "its day is known once it goes on.",
                        instalment=instalment.display_name,
                    )
                )
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
            "price_unit": self._get_billable_amount(),
            "extra_tax_data": False,
            "outplacement_instalment_id": self.id,
            "outplacement_period_start": self.period_start,
            "outplacement_period_end": self.period_end,
            "outplacement_traject_id": self.traject_id.id,
        }
        period = self._get_earning_period()
        for names in self.env["account.move.line"]._get_outplacement_period_fields():
            values |= dict(zip(names, period, strict=True))
        return values

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
            self._get_invoice_period_text(),
            self._get_invoice_identity(),
        ]
        return "\n".join(filter(None, parts))

    def _get_invoice_period_text(self):
        """Return what the instalment pays for: days of the term, or what happened on a
        day or, of a session, in a month (R12). False where nothing is known yet."""
        self.ensure_one()
        if not self.period_start:
            return False
        if self.trigger == "session":
            month = format_date(self.env, self.period_start, date_format="LLLL yyyy")
            return self.env._("Session in %(month)s", month=month)
        day = format_date(self.env, self.period_start)
        if self.trigger == "placement":
            return self.env._("Success fee: placed on %(date)s", date=day)
        if self.trigger == "closing":
            return self.env._("Traject closed on %(date)s", date=day)
        return self.env._(
            "Service period: %(start)s – %(end)s",
            start=day,
            end=format_date(self.env, self.period_end),
        )

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
