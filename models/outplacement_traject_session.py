from odoo import api, fields, models

from .outplacement_traject_access import COURSE_GROUPS


class OutplacementTraject(models.Model):
    """The sessions of a traject: how many, the last and the next."""

    _inherit = "outplacement.traject"

    session_ids = fields.One2many(
        "outplacement.session", "traject_id", string="Sessions", groups=COURSE_GROUPS
    )
    session_planned_count = fields.Integer(
        string="Sessions Planned", compute="_compute_session_counts", compute_sudo=True
    )
    session_held_count = fields.Integer(
        string="Sessions Held", compute="_compute_session_counts", compute_sudo=True
    )
    session_cancelled_count = fields.Integer(
        string="Sessions Cancelled in Time",
        compute="_compute_session_counts",
        compute_sudo=True,
    )
    session_no_show_count = fields.Integer(
        string="No-shows", compute="_compute_session_counts", compute_sudo=True
    )
    session_left_count = fields.Integer(
        string="Sessions Left", compute="_compute_session_counts", compute_sudo=True
    )
    date_last_session = fields.Date(
        string="Last Session",
        compute="_compute_date_last_session",
        store=True,
        groups=COURSE_GROUPS,
        help="The day of the last session held.",
    )
    date_next_session = fields.Datetime(
        string="Next Session",
        compute="_compute_date_next_session",
        compute_sudo=True,
        groups=COURSE_GROUPS,
    )

    @api.depends("session_ids.state", "session_ids.counts", "planned_session_count")
    def _compute_session_counts(self):
        grouped = self.env["outplacement.session"]._read_group(
            [("traject_id", "in", self.ids)],
            ["traject_id", "state", "counts"],
            ["__count"],
        )
        counts = dict.fromkeys(self._origin.ids, ())
        for traject, state, counted, count in grouped:
            counts[traject.id] += ((state, counted, count),)
        for traject in self:
            rows = counts.get(traject._origin.id, ())
            for state in ("planned", "held", "cancelled", "no_show"):
                traject[f"session_{state}_count"] = sum(
                    count for row_state, _, count in rows if row_state == state
                )
            used = sum(
                count
                for state, counted, count in rows
                if counted and state in ("held", "no_show")
            )
            traject.session_left_count = max(traject.planned_session_count - used, 0)

    @api.depends("session_ids.state", "session_ids.start")
    def _compute_date_last_session(self):
        for traject in self:
            held = traject.session_ids.filtered(lambda s: s.state == "held")
            start = max(held.mapped("start"), default=False)
            company = traject.company_id
            traject.date_last_session = start and company._get_outplacement_day(start)

    @api.depends("session_ids.state", "session_ids.start")
    def _compute_date_next_session(self):
        grouped = self.env["outplacement.session"]._read_group(
            [
                ("traject_id", "in", self.ids),
                ("state", "=", "planned"),
                ("start", ">=", "now"),
            ],
            ["traject_id"],
            ["start:min"],
        )
        starts = {traject.id: start for traject, start in grouped}
        for traject in self:
            traject.date_next_session = starts.get(traject._origin.id, False)
