from collections import defaultdict
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from ..tools.money import to_decimal
from ..tools.revenue import Earning, get_earned


class Share(NamedTuple):
    """What one pair of lines of an entry is about."""

    traject_id: int
    partner_id: int
    account_id: int
    # as text, since a dictionary is no key
    analytic: str | None
    deferred_account_id: int


class Difference(NamedTuple):
    """What the books should hold as unearned of a share, and what they do."""

    share: Share
    reference: str
    unearned: float
    booked: float
    # what is to be moved from revenue to unearned revenue; negative: back
    amount: float


class OutplacementRevenueBooking(models.AbstractModel):
    """Keeps unearned revenue in the books: an entry a month and company (R13).

    An entry holds the difference between what is unearned at the end of the month and
    what the books hold as such until then. So a run that finds nothing changed makes
    nothing, and whatever else happens (an entry deleted or reversed, an invoice
    credited, a traject closed) is put right by the next run.

    Here: what the books should hold, and what they do.
    """

    _name = "outplacement.revenue.booking"
    _description = "Booking of Unearned Revenue"

    # ------------------------------------------------------------------
    # Differences
    # ------------------------------------------------------------------

    @api.model
    def _get_differences(self, company, day):
        """Return what is to be booked for the books to be right on ``day``.

        :param date day: the last day of a month
        :return: list of :class:`Difference`, none of them nothing
        """
        self.env.flush_all()
        unearned, references = self._get_unearned(company, day)
        booked, booked_references = self._get_booked(company, day)
        references |= booked_references
        differences = []
        for share in {**unearned, **booked}:
            amount = unearned[share] - booked[share]
            if not company.currency_id.is_zero(float(amount)):
                figures = (unearned[share], booked[share], amount)
                differences.append(
                    Difference(
                        share, references[share.traject_id], *map(float, figures)
                    )
                )
        return sorted(
            differences, key=lambda found: (found.reference, found.share[1:3])
        )

    @api.model
    def _get_unearned(self, company, day):
        """Return what is unearned on ``day``, by share, and references by traject."""
        rows = self.env.execute_query_dict(self._get_unearned_query(company, day))
        unearned = defaultdict(lambda: to_decimal(0.0))
        for row in rows:
            earning = self._get_earning(row)
            earned = get_earned(earning, day, company.currency_id)
            unearned[self._get_share(row)] += earning.amount - earned
        return unearned, self._get_references(rows)

    @api.model
    def _get_unearned_query(self, company, day):
        """Return the query of the invoice lines of which something is unearned on
        ``day``: their share, and what their earning depends on."""
        Report = self.env["outplacement.revenue.report"].with_context(
            outplacement_with_drafts=False, outplacement_as_of=day
        )
        return SQL(
            """
            SELECT traject_id, partner_id, account_id,
                   analytic_distribution::text AS analytic,
                   %(deferred)s AS deferred_account_id, traject_reference,
                   amount, invoice_date, earned_from, earned_until, released,
                   paused_from, paused_until
              FROM (%(lines)s) AS line
             WHERE company_id = %(company)s
               AND account_id != %(deferred)s
               AND invoice_date <= %(day)s
               AND (earned_until IS NULL OR earned_until > %(day)s)
               AND (released IS NULL OR released > %(day)s)
            """,
            deferred=company.outplacement_deferred_account_id.id,
            lines=Report._get_lines(),
            company=company.id,
            day=day,
        )

    @api.model
    def _get_earning(self, row):
        """Return the earning of an invoice line, of a row of the report's lines."""
        pauses = zip(row["paused_from"] or (), row["paused_until"] or (), strict=True)
        return Earning(
            amount=to_decimal(row["amount"]),
            invoiced=row["invoice_date"],
            first=row["earned_from"],
            last=row["earned_until"],
            released=row["released"],
            pauses=tuple(pauses),
        )

    @api.model
    def _get_booked(self, company, day):
        """Return what the books hold as unearned on ``day``, by share, and references
        by traject. Drafts of ours count: they will be posted."""
        rows = self.env.execute_query_dict(self._get_booked_query(company, day))
        booked = defaultdict(lambda: to_decimal(0.0))
        for row in rows:
            booked[self._get_share(row)] += to_decimal(row["balance"])
        return booked, self._get_references(rows)

    @api.model
    def _get_booked_query(self, company, day):
        """Return the query of the balance on ``day`` of each share in the books."""
        return SQL(
            """
            SELECT line.outplacement_traject_id AS traject_id, line.partner_id,
                   line.account_id, line.analytic_distribution::text AS analytic,
                   line.outplacement_deferred_account_id AS deferred_account_id,
                   COALESCE(traject.name, '') AS traject_reference,
                   SUM(line.balance) AS balance
              FROM account_move_line line
              JOIN account_move move ON move.id = line.move_id
              LEFT JOIN outplacement_traject traject
                     ON traject.id = line.outplacement_traject_id
             WHERE line.outplacement_deferred_account_id IS NOT NULL
               AND line.company_id = %(company)s
               AND move.date <= %(day)s
               AND (move.state = 'posted'
                    OR move.state = 'draft'
                       AND move.outplacement_revenue_month IS NOT NULL)
             GROUP BY 1, 2, 3, 4, 5, 6
            """,
            company=company.id,
            day=day,
        )

    @api.model
    def _get_share(self, row):
        """Return the share that a row of one of these queries is about."""
        return Share(**{name: row[name] for name in Share._fields})

    @api.model
    def _get_references(self, rows):
        """Return the reference of each traject of these rows, by its id."""
        return {row["traject_id"]: row["traject_reference"] for row in rows}
