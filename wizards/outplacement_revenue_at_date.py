from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.tools import format_date


class OutplacementRevenueAtDate(models.TransientModel):
    """Asks for which day the report of earned and unearned revenue is wanted."""

    _name = "outplacement.revenue.at.date"
    _description = "Revenue at a Date"

    date = fields.Date(
        required=True,
        default=lambda self: self._default_date(),
        help="What is invoiced until this day is shown, with what was earned of it at "
        "the end of this day.",
    )
    with_drafts = fields.Boolean(
        string="Draft Invoices Too",
        help="As if the invoices that are drafts were posted.",
    )

    def _default_date(self):
        """Return the end of the last month that is over."""
        return self.env.company._get_outplacement_today() + relativedelta(
            day=1, days=-1
        )

    def action_open(self):
        """Open the report as it stands on the chosen day.

        :raises AccessError: the report is not for the user
        """
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "outplacement.outplacement_revenue_report_action"
        )
        title = self.env._(
            "Earned Revenue on %(date)s", date=format_date(self.env, self.date)
        )
        if self.with_drafts:
            title = self.env._(
                "Earned Revenue on %(date)s, with drafts",
                date=format_date(self.env, self.date),
            )
        return action | {
            "name": title,
            "display_name": title,
            "context": {
                "outplacement_as_of": fields.Date.to_string(self.date),
                "outplacement_with_drafts": self.with_drafts,
            },
        }
