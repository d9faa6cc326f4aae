from odoo import api, models
from odoo.tools import SQL

from ..tools.schedule import TERM_TRIGGERS


class OutplacementRevenueReport(models.Model):
    """Which invoice lines the report is about, and over which days they are earned."""

    _inherit = "outplacement.revenue.report"

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
