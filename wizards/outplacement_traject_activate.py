from odoo import api, fields, models
from odoo.exceptions import UserError


class OutplacementTrajectActivate(models.TransientModel):
    """Shows what activating a traject brings: term and instalments; then does it."""

    _name = "outplacement.traject.activate"
    _inherit = "outplacement.traject.wizard.mixin"
    _description = "Activate Traject"

    # no superuser computes: who may not read the traject learns nothing of it here
    currency_id = fields.Many2one("res.currency", compute="_compute_line_ids")
    date_start = fields.Date(
        string="Start",
        required=True,
        compute="_compute_date_start",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )
    months = fields.Integer(compute="_compute_months")
    date_end = fields.Date(string="End of Term", compute="_compute_date_end")
    missing_text = fields.Char(compute="_compute_missing_text")
    line_ids = fields.One2many(
        "outplacement.traject.activate.line",
        "wizard_id",
        string="Instalments",
        compute="_compute_line_ids",
    )
    amount_total = fields.Monetary(compute="_compute_line_ids")

    @api.depends("traject_id")
    def _compute_date_start(self):
        for wizard in self:
            traject = wizard.traject_id
            company = traject.company_id or self.env.company
            wizard.date_start = traject.date_start or company._get_outplacement_today()

    @api.depends("traject_id.months")
    def _compute_months(self):
        for wizard in self:
            wizard.months = wizard.traject_id.months

    @api.depends("date_start", "months")
    def _compute_date_end(self):
        for wizard in self:
            traject = wizard.traject_id
            wizard.date_end = traject and traject._get_date_end(wizard.date_start)

    @api.depends("traject_id")
    def _compute_missing_text(self):
        """Say beforehand what activation would refuse."""
        for wizard in self:
            traject = wizard.traject_id
            wizard.missing_text = traject and traject._get_missing_text({"date_start"})

    @api.depends("date_start", "traject_id")
    def _compute_line_ids(self):
        """Preview the instalments as they would be dated from the chosen start."""
        Line = self.env["outplacement.traject.activate.line"]
        for wizard in self:
            traject, previews = wizard.traject_id, []
            if traject:
                previews = traject._get_instalment_previews(wizard.date_start)
            currencies = traject.instalment_ids.currency_id
            wizard.currency_id = currencies[:1] or traject.company_id.currency_id
            wizard.line_ids = Line.concat(*(Line.new(values) for values in previews))
            wizard.amount_total = sum(values["amount"] for values in previews)

    def action_activate(self):
        """Set the start date and start the traject.

        :raises UserError: naming what the traject lacks
        """
        self.ensure_one()
        self.traject_id._check_may_run()
        if self.traject_id.state != "intake":
            raise UserError(self.env._("This traject has started already."))
        # sudo: outplacement.traject - a coach may start the traject on the chosen day
        # though planners own its dates; the right to run it was checked above
        self.traject_id.sudo().date_start = self.date_start
        self.traject_id._set_state("active")
        return {"type": "ir.actions.act_window_close"}


class OutplacementTrajectActivateLine(models.TransientModel):
    """One instalment in the preview; never stored."""

    _name = "outplacement.traject.activate.line"
    _description = "Instalment Preview"
    _order = "number"

    wizard_id = fields.Many2one(
        "outplacement.traject.activate", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one("res.currency")
    number = fields.Integer()
    trigger = fields.Selection(
        selection=lambda self: (
            self.env["outplacement.invoice.plan.line"]
            ._fields["trigger"]
            ._description_selection(self.env)
        ),
        string="When",
    )
    date = fields.Date()
    period_start = fields.Date()
    period_end = fields.Date()
    amount = fields.Monetary()
