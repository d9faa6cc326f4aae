from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import format_date
from odoo.tools.date_utils import end_of, start_of

# The account of the Dutch chart for what is invoiced in advance.
DEFERRED_ACCOUNT = "1405"


class ResCompany(models.Model):
    """How a company keeps unearned revenue in its books, and which months it books."""

    _inherit = "res.company"

    outplacement_revenue_mode = fields.Selection(
        [
            ("off", "Off"),
            ("draft", "Draft Entries"),
            ("posted", "Posted Entries"),
        ],
        string="Entries for Unearned Revenue",
        default="off",
        required=True,
        help="At the end of a month, what is invoiced and not earned yet is moved from "
        "the revenue accounts to the account for unearned revenue; what is earned of "
        "it, back.",
    )
    outplacement_deferred_account_id = fields.Many2one(
        "account.account",
        string="Account for Unearned Revenue",
        check_company=True,
        domain=[("account_type", "in", ("liability_current", "liability_non_current"))],
        help="Where revenue waits until it is earned.",
    )
    outplacement_revenue_journal_id = fields.Many2one(
        "account.journal",
        string="Journal for Unearned Revenue",
        check_company=True,
        domain="[('type', '=', 'general')]",
    )
    outplacement_revenue_from = fields.Date(
        string="First Month of the Entries",
        help="The entry of this month holds all that is unearned at its end, also of "
        "invoices of before.",
    )
    outplacement_revenue_checked_at = fields.Datetime(
        string="Unearned Revenue Checked at",
        readonly=True,
        help="When the books were last compared with what is unearned.",
    )

    # ------------------------------------------------------------------
    # Proposals
    # ------------------------------------------------------------------

    def _get_outplacement_revenue_proposals(self):
        """Return values for the settings that the company has not made yet."""
        self.ensure_one()
        month = start_of(self._get_outplacement_today(), "month")
        proposals = {
            "outplacement_deferred_account_id": self._find_outplacement_account(),
            "outplacement_revenue_journal_id": self._find_outplacement_journal(),
            "outplacement_revenue_from": month,
        }
        return {name: value for name, value in proposals.items() if not self[name]}

    def _find_outplacement_account(self):
        """Return the account that the chart has for unearned revenue; maybe none."""
        if self.root_id.chart_template != "nl":
            return self.env["account.account"]
        chart = self.env["account.chart.template"].with_company(self)
        return chart.ref(DEFERRED_ACCOUNT, raise_if_not_found=False)

    def _find_outplacement_journal(self):
        """Return the first journal for such entries; maybe none."""
        Journal = self.env["account.journal"]
        domain = [*Journal._check_company_domain(self), ("type", "=", "general")]
        return Journal.search(domain, limit=1)

    # ------------------------------------------------------------------
    # Months
    # ------------------------------------------------------------------

    def _get_outplacement_last_month(self):
        """Return the last day of the last month that is over."""
        self.ensure_one()
        return self._get_outplacement_today() + relativedelta(day=1, days=-1)

    def _get_outplacement_revenue_months(self):
        """Return (locked, open): the last days of the months to be booked, from the
        first one to the last that is over."""
        self.ensure_one()
        locked, opened = [], []
        if not self.outplacement_revenue_from:
            return locked, opened
        month = end_of(self.outplacement_revenue_from, "month")
        while month <= self._get_outplacement_last_month():
            months = locked if self._get_outplacement_revenue_lock(month) else opened
            months.append(month)
            month += relativedelta(months=1, day=31)
        return locked, opened

    def _get_outplacement_revenue_lock(self, day):
        """Return the date until which the books are locked, if ``day`` is among them;
        False otherwise."""
        self.ensure_one()
        locks = self._get_violated_lock_dates(
            day, False, self.outplacement_revenue_journal_id
        )
        return locks and max(lock for lock, _field in locks)

    # ------------------------------------------------------------------
    # Problems
    # ------------------------------------------------------------------

    def _get_outplacement_revenue_problem(self, day):
        """Return why the month that ends on ``day`` cannot be booked, in one sentence;
        False if it can."""
        return self._get_outplacement_setting_problem() or (
            self._get_outplacement_month_problem(day)
        )

    def _get_outplacement_setting_problem(self):
        """Return what the settings lack for any entry; False if nothing."""
        self.ensure_one()
        missing = [
            field.get_description(self.env, ["string"])["string"]
            for field in (
                self._fields["outplacement_deferred_account_id"],
                self._fields["outplacement_revenue_journal_id"],
                self._fields["outplacement_revenue_from"],
            )
            if not self[field.name]
        ]
        if self.outplacement_revenue_mode == "off":
            return self.env._(
                "%(company)s makes no entries for unearned revenue: turn them on in "
                "the settings of Outplacement.",
                company=self.name,
            )
        if missing:
            return self.env._(
                "The settings of Outplacement lack for %(company)s: %(settings)s.",
                company=self.name,
                settings=", ".join(missing),
            )
        return self._get_outplacement_archived_problem()

    def _get_outplacement_archived_problem(self):
        """Return which of account and journal is archived; False if none is."""
        for record in (
            self.outplacement_deferred_account_id,
            self.outplacement_revenue_journal_id,
        ):
            if not record.active:
                return self.env._(
                    "“%(name)s” is archived: choose another one for unearned revenue "
                    "in the settings of Outplacement.",
                    name=record.display_name,
                )
        return False

    def _get_outplacement_month_problem(self, day):
        """Return why this month is not one to book; False if it is."""
        self.ensure_one()
        month = self._format_outplacement_month(day)
        if day > self._get_outplacement_last_month():
            return self.env._("%(month)s is not over yet.", month=month)
        if day < self.outplacement_revenue_from:
            return self.env._(
                "%(month)s is before the first month of the entries, %(first)s.",
                month=month,
                first=self._format_outplacement_month(self.outplacement_revenue_from),
            )
        if lock := self._get_outplacement_revenue_lock(day):
            first_open = end_of(lock + relativedelta(days=1), "month")
            return self.env._(
                "%(month)s is locked, as the books are until %(lock)s. What it lacks "
                "is booked with %(first_open)s.",
                month=month,
                lock=format_date(self.env, lock),
                first_open=self._format_outplacement_month(first_open),
            )
        return False

    @api.model
    def _format_outplacement_month(self, day):
        """Return month and year as a person writes them."""
        return format_date(self.env, day, date_format="LLLL yyyy")
