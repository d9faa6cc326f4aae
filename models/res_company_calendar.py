from datetime import timedelta

from odoo import api, fields, models

SATURDAY = 5


class ResCompany(models.Model):
    """On which days the company does not work."""

    _inherit = "res.company"

    outplacement_holiday_ids = fields.Many2many(
        "resource.calendar.leaves",
        string="Public Holidays",
        compute="_compute_outplacement_holiday_ids",
        compute_sudo=True,
        help="Days off of the whole company, as its working hours know them.",
    )

    # what changes a day off forgets them: see resource.calendar.leaves
    @api.depends("resource_calendar_id")
    def _compute_outplacement_holiday_ids(self):
        """Find those of the last year and later: nothing waits for older ones."""
        Leave = self.env["resource.calendar.leaves"]
        domain = [
            ("company_id", "in", self.ids),
            ("resource_id", "=", False),
            ("time_type", "=", "leave"),
            ("date_to", ">=", "-1y"),
        ]
        names = ["company_id", "calendar_id", "date_from", "date_to"]
        leaves = Leave.search_fetch(domain, names).grouped("company_id")
        for company in self:
            calendars = (Leave.calendar_id, company.resource_calendar_id._origin)
            found = leaves.get(company._origin, Leave)
            company.outplacement_holiday_ids = found.filtered(
                lambda leave, calendars=calendars: leave.calendar_id in calendars
            )

    def _get_outplacement_working_day(self, day):
        """Return ``day``, or else the first day after it that is no Saturday, Sunday or
        day off of the whole company."""
        self.ensure_one()
        # sudo: resource.calendar.leaves - days off of everybody, for whoever reads the
        # order, a customer too
        company = self.sudo()
        begin = company._get_outplacement_midnight(day)
        days_off = [
            tuple(map(company._get_outplacement_day, (leave.date_from, leave.date_to)))
            for leave in company.outplacement_holiday_ids
            if leave.date_to >= begin
        ]
        while day.weekday() >= SATURDAY or any(
            first <= day <= last for first, last in days_off
        ):
            day += timedelta(days=1)
        return day

    def _follow_outplacement_holidays(self):
        """Have what waits for a working day follow the days off of these companies."""
        if not self:
            return
        self.invalidate_recordset(["outplacement_holiday_ids"])
        domain = [("company_id", "in", self.ids)]
        self.env["outplacement.instalment"]._update_withdrawable(domain)
