from odoo import api, fields, models


class OutplacementCancellationFee(models.Model):
    """What a cancellation costs, the nearer the start the more."""

    _name = "outplacement.cancellation.fee"
    _description = "Cancellation Fee"
    _order = "company_id, days_before desc"
    _rec_name = "days_before"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    days_before = fields.Integer(
        string="Days before the Start",
        required=True,
        default=0,
        help="For cancellations at least so many days before the start, as far as no "
        "row with more days holds. 0 includes the start itself and later.",
    )
    percent = fields.Float(string="Fee (% of the price)", digits=(16, 4))

    _days_before_uniq = models.Constraint(
        "UNIQUE(company_id, days_before)",
        "There is a fee for this number of days already.",
    )
    _days_before_positive = models.Constraint(
        "CHECK(days_before >= 0)", "The number of days cannot be negative."
    )
    _percent_within = models.Constraint(
        "CHECK(percent BETWEEN 0 AND 100)", "A fee is between 0% and 100%."
    )

    @api.depends("days_before", "percent")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for fee in self:
            fee.display_name = self.env._(
                "%(days)s days or more before the start: %(percent)s%%",
                days=fee.days_before,
                percent=f"{fee.percent:g}",
            )

    @api.model
    def _get_fee(self, company, days):
        """Return the row that holds ``days`` before the start; none: it costs nothing.

        :param days: None where there is no start date yet, the longest before
        """
        # sudo: outplacement.cancellation.fee - whoever cancels applies the table
        rows = company.sudo().outplacement_cancellation_fee_ids
        rows = rows.sorted("days_before", reverse=True)
        if days is None:
            return rows[:1]
        return rows.filtered(lambda row: row.days_before <= max(days, 0))[:1]
