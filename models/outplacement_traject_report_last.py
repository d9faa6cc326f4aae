from odoo import api, fields, models


class OutplacementTraject(models.Model):
    """The latest of the released reports, by which employers sort their trajects."""

    _inherit = "outplacement.traject"

    last_report_id = fields.Many2one(
        "outplacement.report",
        string="Latest Report",
        compute="_compute_last_report",
        store=True,
        copy=False,
        ondelete="set null",
        help="The progress report that was released last, of those that the employer "
        "may still read.",
    )
    date_last_report = fields.Datetime(
        string="Latest Report Released",
        compute="_compute_last_report",
        store=True,
        copy=False,
    )

    # The two orders in which long lists of an employer are read page by page.
    _last_report_idx = models.Index("(date_last_report DESC NULLS LAST, id DESC)")
    _date_end_idx = models.Index("(date_end DESC NULLS LAST, id DESC)")

    @api.depends("report_ids.state", "report_ids.date_released")
    def _compute_last_report(self):
        for traject in self:
            released = traject.report_ids.filtered(lambda r: r.state == "released")
            last = released.sorted(lambda r: (r.date_released, r.id))[-1:]
            traject.last_report_id = last
            traject.date_last_report = last.date_released
