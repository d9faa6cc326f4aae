import re
from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date

FINANCE = "account.group_account_invoice"


class OutplacementInvoiceRun(models.Model):
    """One go at billing what is due, from its start to the last of its invoices.

    Starting a run divides the due instalments into groups, one an invoice; from then
    on it is work for whoever comes by: the user who started it when it is little,
    scheduled jobs when it is much (see ``_process``). What is done is done: a run that
    was killed goes on where it was.
    """

    _name = "outplacement.invoice.run"
    _inherit = ["outplacement.invoice.run.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Invoice Run"
    _order = "id desc"
    _rec_name = "date"
    _mail_post_access = "read"  # nobody writes a run; finance talks about it

    company_id = fields.Many2one(readonly=True, index=True)
    date = fields.Date(readonly=True)
    mode = fields.Selection(readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Started by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        help="The invoices are made in the name of this user.",
    )
    state = fields.Selection(
        [("running", "Running"), ("done", "Done"), ("stopped", "Stopped")],
        required=True,
        readonly=True,
        default="running",
        index=True,
    )
    date_done = fields.Datetime(string="Finished on", readonly=True)
    group_ids = fields.One2many(
        "outplacement.invoice.run.group", "run_id", string="Invoices to Make"
    )
    invoice_ids = fields.One2many("account.move", "outplacement_run_id")
    # --- how far
    instalment_count = fields.Integer(string="Instalments", compute="_compute_progress")
    done_count = fields.Integer(string="Instalments Done", compute="_compute_progress")
    progress = fields.Float(compute="_compute_progress", help="In per cent.")
    set_aside_count = fields.Integer(
        string="Set Aside",
        compute="_compute_set_aside_count",
        help="Instalments of this run that could not be billed, and are not yet.",
    )
    invoice_count = fields.Integer(
        string="Number of Invoices", compute="_compute_invoices"
    )
    amount_untaxed = fields.Monetary(
        string="Total without VAT",
        compute="_compute_invoices",
        currency_field="company_currency_id",
    )
    amount_total = fields.Monetary(
        string="Total with VAT",
        compute="_compute_invoices",
        currency_field="company_currency_id",
    )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for run in self:
            run.display_name = self.env._(
                "Invoice run %(number)s of %(date)s",
                number=run._origin.id,
                date=format_date(self.env, run.date),
            )

    @api.model
    def _search_display_name(self, operator, value):
        """Find a run by the number in its name too, which comes before the date."""
        domain = super()._search_display_name(operator, value)
        if operator not in ("like", "ilike"):
            return domain
        number = re.search(r"\d+", value or "")
        return domain | Domain("id", "=", int(number[0])) if number else domain

    @api.depends("group_ids.state", "group_ids.instalment_count", "state")
    def _compute_progress(self):
        grouped = self.env["outplacement.invoice.run.group"]._read_group(
            [("run_id", "in", self.ids)],
            ["run_id", "state"],
            ["instalment_count:sum"],
        )
        counts = {(run.id, state): count for run, state, count in grouped}
        for run in self:
            done = counts.get((run._origin.id, "done"), 0)
            total = done + counts.get((run._origin.id, "waiting"), 0)
            run.done_count, run.instalment_count = done, total
            run.progress = 100 * done / total if total else 100.0

    @api.depends("group_ids.instalment_ids.set_aside_reason")
    def _compute_set_aside_count(self):
        grouped = self.env["outplacement.instalment"]._read_group(
            self._get_set_aside_domain(), ["run_group_id"], ["__count"]
        )
        counts = Counter()
        for group, count in grouped:
            counts[group.run_id.id] += count
        for run in self:
            run.set_aside_count = counts[run._origin.id]

    @api.depends("invoice_ids.amount_total_signed", "invoice_ids.state")
    def _compute_invoices(self):
        grouped = self.env["account.move"]._read_group(
            [("outplacement_run_id", "in", self.ids), ("state", "!=", "cancel")],
            ["outplacement_run_id"],
            ["__count", "amount_untaxed_signed:sum", "amount_total_signed:sum"],
        )
        values = {run.id: sums for run, *sums in grouped}
        for run in self:
            count, untaxed, total = values.get(run._origin.id, (0, 0.0, 0.0))
            run.invoice_count = count
            run.amount_untaxed, run.amount_total = untaxed, total

    def _get_set_aside_domain(self):
        return [
            ("run_group_id.run_id", "in", self.ids),
            ("set_aside_reason", "!=", False),
        ]

    # ------------------------------------------------------------------
    # Starting and stopping
    # ------------------------------------------------------------------

    @api.model
    def _start(self, values):
        """Start a run over what is due: divide it into groups, and no more.

        :param dict values: of the run
        :returns: the new run; none if there is nothing to bill
        :raises AccessError: the user is not from finance of that company
        :raises UserError: its date is still to come
        """
        self._check_finance()
        company = self.env["res.company"].browse(values.get("company_id"))
        self._check_run_company(company)
        # sudo: outplacement.invoice.run - runs follow their own rules and nobody
        # writes them by hand; only finance starts one, in companies of its own
        run = self.sudo().create(values)
        today = run.company_id._get_outplacement_today()
        if run.date > today:
            raise UserError(
                self.env._(
                    "Nothing is invoiced before its day: choose %(date)s or earlier.",
                    date=format_date(self.env, today),
                )
            )
        self.env["outplacement.instalment"]._update_due(run._get_filter_domain())
        candidates = run._get_candidates()
        if not candidates:
            run.unlink()
            return self.browse()
        run._create_groups(candidates)
        return run.with_env(self.env)

    @api.model
    def _get_current(self):
        """Return the run that is making invoices, none if none is. The context has it
        as a record, which nobody can put there from outside."""
        run = self.env.context.get("outplacement_run")
        return run if isinstance(run, models.BaseModel) else self.browse()

    def _check_finance(self):
        """:raises AccessError: the user may not invoice"""
        if not self.env.su and not self.env.user.has_group(FINANCE):
            raise AccessError(self.env._("Only finance runs invoicing."))

    def _create_groups(self, instalments):
        """Take instalments in hand. Whoever does so with one of them at the same time
        is refused by the database, and tries again without it."""
        self.ensure_one()
        grouped = instalments._group_for_invoices()
        groups = self.env["outplacement.invoice.run.group"].create(
            [self._prepare_group(key, members) for key, members in grouped.items()]
        )
        for group, members in zip(groups, grouped.values(), strict=True):
            members.run_group_id = group

    def _prepare_group(self, key, instalments):
        """Return the values of the group of one invoice.

        :param InvoiceKey key: see ``outplacement.instalment._get_invoice_group_key``
        """
        references = key.reference or instalments._get_purchase_order_refs()
        untaxed, total = instalments._get_invoice_totals()
        return {
            "run_id": self.id,
            "partner_id": key.partner.id,
            "order_id": key.order and key.order.id,
            "currency_id": key.currency.id,
            "purchase_order_ref": references,
            "instalment_count": len(instalments),
            "amount_untaxed": untaxed,
            "amount_total": total,
        }

    def action_stop(self):
        """Leave what is not billed yet for another run. What somebody is at work on
        right now is finished.

        :raises AccessError: the user is not from finance
        """
        self._check_finance()
        self.check_access("read")
        # sudo: outplacement.invoice.run - see _start
        for run in self.sudo().filtered(lambda run: run.state == "running"):
            waiting = run.group_ids.filtered(lambda group: group.state == "waiting")
            waiting.try_lock_for_update().unlink()
            run.state = "stopped"
            run.date_done = fields.Datetime.now()
        return True

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_refresh(self):
        """Show how far the run is: clicking a button loads the form anew.

        :raises AccessError: the user may not read the run
        """
        self.check_access("read")
        return True

    def action_view_invoices(self):
        """Open the invoices that the run made.

        :raises AccessError: the user may not read the run
        """
        self.ensure_one()
        self.check_access("read")
        xmlid = "account.action_move_out_invoice_type"
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        action["domain"] = [("outplacement_run_id", "=", self.id)]
        action["context"] = {"create": False, "default_move_type": "out_invoice"}
        return action

    def action_view_set_aside(self):
        """Open the instalments that the run could not bill, with the reason.

        :raises AccessError: the user may not read the run
        """
        self.ensure_one()
        self.check_access("read")
        xmlid = "outplacement.outplacement_instalment_action"
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        action["name"] = self.env._("Set Aside")
        action["domain"] = self._get_set_aside_domain()
        action["context"] = {"create": False, "outplacement_set_aside": True}
        return action
