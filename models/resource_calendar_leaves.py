from odoo import api, models

# What makes a time off a day off of the whole company, and on which days.
HOLIDAY_FIELDS = frozenset(
    {"date_from", "date_to", "calendar_id", "company_id", "resource_id", "time_type"}
)


class ResourceCalendarLeaves(models.Model):
    """A day off of the whole company may be the last one on which a private payer can
    withdraw, and moves what waits for that."""

    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._get_outplacement_companies()._follow_outplacement_holidays()
        return leaves

    def write(self, vals):
        if HOLIDAY_FIELDS.isdisjoint(vals):
            return super().write(vals)
        companies = self._get_outplacement_companies()
        result = super().write(vals)
        companies |= self._get_outplacement_companies()
        companies._follow_outplacement_holidays()
        return result

    def unlink(self):
        companies = self._get_outplacement_companies()
        result = super().unlink()
        companies._follow_outplacement_holidays()
        return result

    def _get_outplacement_companies(self):
        """Return the companies that do not work then: none, of a person's time off."""
        return self.filtered(lambda leave: not leave.resource_id).company_id
