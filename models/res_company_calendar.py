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
        help="Days off of the whole company, as its working hours know them.",
    )

    # those without working hours are found anew in every transaction
    @api.depends(
        "resource_calendar_id.global_leave_ids.calendar_id",
        "resource_calendar_id.global_leave_ids.time_type",
    )
    def _compute_outplacement_holiday_ids(self):
        Leave = self.env["resource.calendar.leaves"]
        for company in self:
            calendars = (False, company.resource_calendar_id.id)
            company.outplacement_holiday_ids = Leave.search(
                [
                    ("company_id", "=", company.id),
                    ("resource_id", "=", False),
                    ("time_type", "=", "leave"),
                    ("calendar_id", "in", calendars),
                ]
            )

    def _get_outplacement_working_day(self, day):
        """Return ``day``, or else the first day after it that is no Saturday, Sunday or
        day off of the whole company."""
        self.ensure_one()
        # sudo: resource.calendar.leaves - days off of everybody, for whoever reads the
        # order, a customer too
        company = self.sudo()
        days_off = [
            tuple(map(company._get_outplacement_day, (leave.date_from, leave.date_to)))
            for leave in company.outplacement_holiday_ids
        ]
        while day.weekday() >= SATURDAY or any(
            first <= day <= last for first, last in days_off
        ):
            day += timedelta(days=1)
        return day
