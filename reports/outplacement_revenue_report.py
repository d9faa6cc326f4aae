from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.schedule import TERM_TRIGGERS

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

    @api.model
    def _get_lines(self):
        """Return the query of the invoice lines about trajects, with what their earning
        depends on.

        A pause that goes on has moved what comes after it by its days so far, and lasts
        up to the day of which the report speaks. Others moved the days of the line when
        they ended.
        """
        return SQL(
            """
            SELECT line.*,
                   line.served_from + COALESCE(running.days
                       * (line.served_from >= running.first_day)::int, 0)
                       AS earned_from,
                   line.served_until + COALESCE(running.days
                       * (line.served_until >= running.first_day)::int, 0)
                       AS earned_until,
                   paused.first_days AS paused_from,
                   paused.last_days AS paused_until
              FROM (%(lines)s) AS line
              LEFT JOIN LATERAL (%(running)s) AS running
                     ON line.is_term AND line.is_paused
             CROSS JOIN LATERAL (%(paused)s) AS paused
            """,
            lines=self._get_billed_lines(),
            running=self._get_running_pause(),
            paused=self._get_paused_days(),
        )

    @api.model
    def _get_running_pause(self):
        """Return the query of the last pause of the traject of a line: its first day,
        and the days by which it lasts longer than its own dates say."""
        return SQL(
            """
            SELECT date_from AS first_day,
                   GREATEST(%(day)s - COALESCE(date_to, date_from - 1), 0) AS days
              FROM outplacement_pause
             WHERE traject_id = line.traject_id
             ORDER BY date_from DESC LIMIT 1
            """,
            day=self._get_as_of(),
        )

    @api.model
    def _get_paused_days(self):
        """Return the query of the first and last days of all pauses, as two arrays."""
        return SQL(
            """
            SELECT array_agg(date_from) AS first_days,
                   array_agg(COALESCE(date_to, date_from - 1)
                       + CASE WHEN date_from = running.first_day
                              THEN running.days ELSE 0 END) AS last_days
              FROM outplacement_pause
             WHERE line.is_term AND traject_id = line.traject_id
            """
        )

    @api.model
    def _get_billed_lines(self):
        """Return the query of the invoice lines about trajects. A line without days of
        its own is earned over the term."""
        return SQL("%s %s %s", self._select(), self._from(), self._where())

    @api.model
    def _select(self):
        """Hook: return what is read of an invoice line."""
        return SQL(
            """
            SELECT line.id, line.move_id, line.account_id, line.product_id,
                   line.partner_id, line.company_id, line.analytic_distribution,
                   line.company_currency_id AS currency_id, currency.rounding,
                   -line.balance AS amount,
                   move.date AS invoice_date, move.state AS move_state,
                   traject.id AS traject_id, traject.name AS traject_reference,
                   traject.employer_id,
                   CASE WHEN NOT taken.whole THEN
                        COALESCE(line.outplacement_earned_from,
                                 credited.outplacement_earned_from,
                                 traject.date_start) END AS served_from,
                   CASE WHEN NOT taken.whole THEN
                        COALESCE(line.outplacement_earned_until,
                                 credited.outplacement_earned_until,
                                 traject.date_end) END AS served_until,
                   CASE WHEN NOT taken.pending
                             AND traject.state IN ('closed', 'cancelled')
                        THEN GREATEST(traject.date_closed, taken.day) END AS released,
                   traject.state = 'paused' AS is_paused,
                   COALESCE(instalment.trigger IN %s, TRUE) AS is_term
            """,
            TERM_TRIGGERS,
        )

    @api.model
    def _from(self):
        """Hook: return the tables that are read. A line of a credit note that is of no
        traject itself is of that of the credited line."""
        return SQL(
            """
              FROM account_move_line line
              JOIN account_move move ON move.id = line.move_id
              JOIN res_currency currency ON currency.id = line.company_currency_id
              LEFT JOIN account_move_line credited
                     ON credited.id = line.outplacement_credited_line_id
              JOIN outplacement_traject traject
                ON traject.id = COALESCE(line.outplacement_traject_id,
                                         credited.outplacement_traject_id)
              LEFT JOIN outplacement_instalment instalment
                     ON instalment.id = COALESCE(
                        line.outplacement_instalment_id,
                        line.outplacement_released_instalment_id,
                        credited.outplacement_instalment_id,
                        credited.outplacement_released_instalment_id)
             CROSS JOIN LATERAL (%s) AS taken
            """,
            self._get_taken_back(),
        )

    @api.model
    def _where(self):
        """Hook: return which lines count."""
        states = ["posted"]
        if self.env.context.get("outplacement_with_drafts"):
            states.append("draft")
        return SQL(
            """
             WHERE (line.outplacement_traject_id IS NOT NULL
                    OR line.outplacement_credited_line_id IS NOT NULL)
               AND line.display_type = 'product'
               AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
               AND move.state IN %s
            """,
            tuple(states),
        )

    @api.model
    def _get_taken_back(self):
        """Return the query of what credit notes, made by what happened to the traject,
        take back of an invoice line: whether one is ``pending``, the ``day`` of the
        last one that is posted, and whether the end of the traject takes the ``whole``
        back. The end is no reason to earn what is credited because of it: that waits
        for the credit notes, and so do other credit notes of the same invoice line."""
        return SQL(
            """
            SELECT note.pending, note.day,
                   traject.state = 'cancelled' AND (
                       note.pending
                       OR COALESCE(note.day >= traject.date_closed, FALSE)) AS whole
              FROM (SELECT COALESCE(BOOL_OR(move.state = 'draft'), FALSE) AS pending,
                           MAX(move.date) FILTER (WHERE move.state = 'posted') AS day
                      FROM account_move_line refund
                      JOIN account_move move ON move.id = refund.move_id
                     WHERE refund.outplacement_credited_line_id
                               = COALESCE(credited.id, line.id)
                       AND refund.outplacement_after_credit IN ('lapse', 'release')
                       AND move.move_type = 'out_refund') AS note
            OFFSET 0  -- found once a line, not wherever it is used
            """
        )

    @api.model
    def _get_span(self):
        """Return first and last day on which something of a line is earned."""
        return SQL(
            """
            SELECT CASE WHEN bounds.last_day IS NOT NULL THEN LEAST(
                       GREATEST(COALESCE(line.earned_from, bounds.last_day),
                                line.invoice_date), bounds.last_day)
                   END AS first_day, bounds.last_day
              FROM (SELECT CASE WHEN line.earned_until IS NOT NULL
                                     OR line.released IS NOT NULL
                           THEN GREATEST(LEAST(line.earned_until, line.released),
                                         line.invoice_date)
                           END AS last_day) AS bounds
            OFFSET 0
            """
        )

    @api.model
    def _get_months(self):
        """Return the months from the first to the last of these days."""
        return SQL(
            """
            SELECT month.day::date AS first_day,
                   (month.day + interval '1 month - 1 day')::date AS last_day,
                   EXTRACT(YEAR FROM month.day)::int * 12
                       + EXTRACT(MONTH FROM month.day)::int AS number
              FROM generate_series(date_trunc('month', span.first_day::timestamp),
                                   span.last_day::timestamp,
                                   interval '1 month') AS month(day)
            """
        )

    @api.model
    def _get_earned(self, day):
        """Return what is earned of a line on ``day``: `tools.revenue.get_earned`.

        With whole numbers: a quotient that is cut off is rounded wrongly at the half.

        :param SQL day: a date
        """
        return SQL(
            """
            CASE WHEN %(day)s < line.invoice_date THEN 0
                 WHEN %(day)s >= line.released THEN line.amount
                 WHEN line.earned_from IS NULL OR line.earned_until IS NULL THEN 0
                 WHEN %(day)s < line.earned_from THEN 0
                 WHEN %(day)s >= line.earned_until THEN line.amount
                 ELSE COALESCE(SIGN(line.amount) * line.rounding * DIV(
                     2 * ROUND(ABS(line.amount) / line.rounding) * %(elapsed)s
                       + %(whole)s,
                     NULLIF(2 * %(whole)s, 0)), 0)
            END
            """,
            day=day,
            elapsed=self._count_served(day),
            whole=self._count_served(SQL("line.earned_until")),
        )

    @api.model
    def _count_served(self, day):
        """Return the number of days on which something of a line is served, up to and
        including ``day``: none of a pause.

        :param SQL day: a date
        """
        return SQL(
            """
            (%(day)s - line.earned_from + 1
             - CASE WHEN line.paused_from IS NULL THEN 0 ELSE (
                   SELECT SUM(GREATEST(LEAST(pause.last_day, %(day)s)
                              - GREATEST(pause.first_day, line.earned_from) + 1, 0))
                     FROM unnest(line.paused_from, line.paused_until)
                          AS pause(first_day, last_day)) END)
            """,
            day=day,
        )
