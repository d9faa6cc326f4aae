from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ..models.outplacement_invoice_run_work import AT_ONCE


class OutplacementInvoiceRunStart(models.TransientModel):
    """Shows what an invoice run would bill, and what is in its way; then starts it."""

    _name = "outplacement.invoice.run.start"
    _inherit = ["outplacement.invoice.run.mixin"]
    _description = "Start Invoice Run"

    line_ids = fields.One2many(
        "outplacement.invoice.run.start.line",
        "wizard_id",
        string="Per Employer",
        compute="_compute_preview",
    )
    problem_ids = fields.One2many(
        "outplacement.invoice.run.start.problem",
        "wizard_id",
        string="Problems",
        compute="_compute_preview",
    )
    instalment_count = fields.Integer(string="Instalments", compute="_compute_preview")
    invoice_count = fields.Integer(string="Invoices", compute="_compute_preview")
    problem_count = fields.Integer(
        string="Instalments with a Problem", compute="_compute_preview"
    )
    running_count = fields.Integer(
        string="In Hand of Another Run", compute="_compute_preview"
    )
    is_large = fields.Boolean(
        string="Done in the Background", compute="_compute_preview"
    )

    @api.depends(
        "company_id",
        "date",
        "mode",
        "employer_ids",
        "account_manager_ids",
        "plan_ids",
        "order_ids",
    )
    def _compute_preview(self):
        """Look at what the run would take in hand; in sets, whatever their size."""
        self._check_run_company(self.company_id)
        Instalment = self.env["outplacement.instalment"]
        for wizard in self:
            due = Instalment
            if wizard.date and wizard.company_id:
                due = wizard._get_candidates()
            problems = due._get_run_problems(wizard.date, wizard.mode)
            fit = due - Instalment.concat(*problems)
            groups = fit._group_for_invoices()
            wizard.line_ids = wizard._new_lines(groups)
            wizard.problem_ids = wizard._new_problems(problems, fit)
            wizard.instalment_count = len(fit)
            wizard.invoice_count = len(groups)
            wizard.problem_count = len(problems)
            wizard.running_count = wizard._count_running()
            wizard.is_large = len(due) > AT_ONCE

    def _count_running(self):
        """Return how many of the instalments are in hand of a run already."""
        if not self.date:
            return 0
        Instalment = self.env["outplacement.instalment"]
        due = self._get_filter_domain() & Domain("state", "=", "due")
        return Instalment.search_count(due & Instalment._get_in_hand_domain())

    def _new_lines(self, groups):
        """Return a line an employer and currency, the largest amount first."""
        Line = self.env["outplacement.invoice.run.start.line"]
        invoices = {}
        for key, members in groups.items():
            kind = (key.partner.commercial_partner_id, key.currency)
            invoices.setdefault(kind, []).append(members)
        lines = []
        for (employer, currency), several in invoices.items():
            totals = [instalments._get_invoice_totals() for instalments in several]
            untaxed, total = map(sum, zip(*totals, strict=True))
            lines.append(
                {
                    "partner_id": employer.id,
                    "currency_id": currency.id,
                    "invoice_count": len(several),
                    "instalment_count": sum(map(len, several)),
                    "amount_untaxed": untaxed,
                    "amount_total": total,
                }
            )
        lines.sort(key=lambda values: -values["amount_untaxed"])
        return Line.concat(*map(Line.new, lines))

    def _new_problems(self, problems, fit):
        """Return a line an instalment that would be set aside, or not be sent."""
        Problem = self.env["outplacement.invoice.run.start.problem"]
        values = [
            {"instalment_id": instalment.id, "reason": reason, "kind": "set_aside"}
            for instalment, reason in problems.items()
        ]
        notices = fit._get_run_notices(self.mode)
        values += [
            {"instalment_id": instalment.id, "reason": reason, "kind": "notice"}
            for instalment, reason in notices.items()
        ]
        return Problem.concat(*map(Problem.new, values))

    def action_start(self):
        """Start the run. Little is done at once, much in the background.

        :returns: action that opens the run
        :raises AccessError: the user is not from finance
        :raises UserError: there is nothing to bill
        """
        self.ensure_one()
        Run = self.env["outplacement.invoice.run"]
        run = Run._start(self._prepare_run())
        if not run:
            raise UserError(
                self.env._("Nothing of what you chose is due: there is no invoice.")
            )
        if run.instalment_count > AT_ONCE:
            run._wake_workers()
        else:
            run._process()
        return run._get_records_action()

    def _prepare_run(self):
        """Return the values of the run that does what was shown."""
        self.ensure_one()
        return {
            "company_id": self.company_id.id,
            "date": self.date,
            "mode": self.mode,
            "employer_ids": [Command.set(self.employer_ids.ids)],
            "account_manager_ids": [Command.set(self.account_manager_ids.ids)],
            "plan_ids": [Command.set(self.plan_ids.ids)],
            "order_ids": [Command.set(self.order_ids.ids)],
        }


class OutplacementInvoiceRunStartLine(models.TransientModel):
    """What an employer would be billed; never stored."""

    _name = "outplacement.invoice.run.start.line"
    _description = "Invoice Run Preview"

    wizard_id = fields.Many2one(
        "outplacement.invoice.run.start", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one("res.partner", string="Employer")
    currency_id = fields.Many2one("res.currency")
    invoice_count = fields.Integer(string="Invoices")
    instalment_count = fields.Integer(string="Instalments")
    amount_untaxed = fields.Monetary(string="Amount without VAT")
    amount_total = fields.Monetary(string="Amount with VAT")


class OutplacementInvoiceRunStartProblem(models.TransientModel):
    """An instalment that needs to be looked at first; never stored."""

    _name = "outplacement.invoice.run.start.problem"
    _description = "Invoice Run Problem"

    wizard_id = fields.Many2one(
        "outplacement.invoice.run.start", required=True, index=True, ondelete="cascade"
    )
    instalment_id = fields.Many2one("outplacement.instalment")
    partner_id = fields.Many2one(related="instalment_id.partner_id")
    order_id = fields.Many2one(related="instalment_id.order_id")
    kind = fields.Selection(
        [("set_aside", "Set aside"), ("notice", "Billed all the same")]
    )
    reason = fields.Char()
