from odoo import api, models
from odoo.tools import SQL


class OutplacementRevenueReport(models.Model):
    """What is earned of an invoice line on a day, and in which months."""

    _inherit = "outplacement.revenue.report"

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
