from odoo import api, fields, models
from odoo.tools import SQL

# More months than there are in the years of a date: makes ids of lines and months.
MONTHS = 200_000


class OutplacementRevenueReport(models.Model):
    """Of each invoice line about a traject, what is earned in which month (R13).

    As it stands on a day, that of the context key ``outplacement_as_of`` or else today:
    what was invoiced until then, how much of it was earned and how much was not.
    ``outplacement_with_drafts`` counts invoices that are drafts too. Amounts are in the
    currency of the company, negative on credit notes.

    Part of the deal: knows a traject by its reference, as finance may not read it.
    """

    _name = "outplacement.revenue.report"
    _description = "Earned Revenue"
    _auto = False
    _order = "traject_reference, month, id"
    _rec_name = "traject_reference"
    _depends = {
        "account.move": ["date", "move_type", "state"],
        "account.move.line": [
            "account_id",
            "analytic_distribution",
            "balance",
            "company_currency_id",
            "company_id",
            "display_type",
            "move_id",
            "outplacement_after_credit",
            "outplacement_credited_line_id",
            "outplacement_earned_from",
            "outplacement_earned_until",
            "outplacement_instalment_id",
            "outplacement_released_instalment_id",
            "outplacement_traject_id",
            "partner_id",
            "product_id",
        ],
        "outplacement.instalment": ["trigger"],
        "outplacement.pause": ["date_from", "date_to", "traject_id"],
        "outplacement.traject": [
            "date_closed",
            "date_end",
            "date_start",
            "employer_id",
            "name",
            "state",
        ],
        "res.currency": ["rounding"],
    }

    traject_reference = fields.Char(string="Traject", readonly=True)
    move_id = fields.Many2one("account.move", string="Invoice", readonly=True)
    move_state = fields.Selection(
        [("draft", "Draft"), ("posted", "Posted")],
        string="Status of the Invoice",
        readonly=True,
    )
    invoice_date = fields.Date(
        string="Accounting Date",
        readonly=True,
        help="From this day on the books know of the amount.",
    )
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    employer_id = fields.Many2one("res.partner", readonly=True)
    product_id = fields.Many2one("product.product", string="Package", readonly=True)
    account_id = fields.Many2one(
        "account.account", string="Revenue Account", readonly=True
    )
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    # while a traject is paused, these follow the day too
    earned_from = fields.Date(
        string="Earned from",
        readonly=True,
        depends_context=("outplacement_as_of",),
    )
    earned_until = fields.Date(
        string="Earned until",
        readonly=True,
        depends_context=("outplacement_as_of",),
        help="The last day of the term, or the day on which the traject ended early.",
    )
    month = fields.Date(
        readonly=True,
        depends_context=("outplacement_as_of",),
        help="The month in which the amount is earned. None as long as the traject has "
        "no start date.",
    )
    amount = fields.Monetary(
        readonly=True,
        depends_context=("outplacement_as_of",),
        help="What is earned in this month, from its first to last day.",
    )
    amount_earned = fields.Monetary(
        string="Earned",
        readonly=True,
        depends_context=("outplacement_as_of",),
        help="As far as it is earned on the chosen day.",
    )
    amount_unearned = fields.Monetary(
        string="Unearned",
        readonly=True,
        depends_context=("outplacement_as_of",),
        help="Invoiced on the chosen day, and earned later.",
    )

    def action_open_invoice(self):
        """Open the invoice of a row, for who may read it.

        :raises AccessError: the report, or the invoice, is not for the user
        """
        self.ensure_one()
        self.check_access("read")
        self.move_id.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "views": [(False, "form")],
        }

    # ------------------------------------------------------------------
    # Query
    # ------------------------------------------------------------------

    @property
    def _table_query(self):
        """A row a line and month: what is earned at the end of the month, less what was
        earned before it."""
        return SQL(
            """
            SELECT %(columns)s
              FROM (%(lines)s) AS line
             CROSS JOIN LATERAL (%(span)s) AS span
              LEFT JOIN LATERAL (%(months)s) AS month ON TRUE
             CROSS JOIN LATERAL (
                   SELECT %(before)s AS before, %(now)s AS now, %(after)s AS after
                   -- once a row, not wherever it is read
                   OFFSET 0
                   ) AS earned
             WHERE line.invoice_date <= %(day)s
            """,
            columns=self._get_columns(),
            lines=self._get_lines(),
            span=self._get_span(),
            months=self._get_months(),
            before=self._get_earned(SQL("month.first_day - 1")),
            now=self._get_earned(
                SQL(
                    "GREATEST(month.first_day - 1, LEAST(month.last_day, %s))",
                    self._get_as_of(),
                )
            ),
            after=self._get_earned(SQL("month.last_day")),
            day=self._get_as_of(),
        )

    @api.model
    def _get_as_of(self):
        """Return the day of which the report speaks."""
        day = self.env.context.get("outplacement_as_of")
        today = self.env.company._get_outplacement_today()
        return fields.Date.to_date(day) or today

    @api.model
    def _get_columns(self):
        """Return what a row holds. A line without days has one row, all unearned."""
        return SQL(
            """
            line.id::bigint * %(months)s + COALESCE(month.number, 0) AS id,
            line.move_id,
            line.move_state,
            line.invoice_date,
            line.traject_reference,
            line.partner_id,
            line.employer_id,
            line.product_id,
            line.account_id,
            line.company_id,
            line.currency_id,
            line.earned_from,
            LEAST(line.earned_until, line.released) AS earned_until,
            month.first_day AS month,
            CASE WHEN month.number IS NULL THEN line.amount
                 ELSE earned.after - earned.before END AS amount,
            earned.now - earned.before AS amount_earned,
            CASE WHEN month.number IS NULL THEN line.amount
                 ELSE earned.after - earned.now END AS amount_unearned
            """,
            months=MONTHS,
        )
