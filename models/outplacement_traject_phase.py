from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError


class OutplacementTrajectPhase(models.Model):
    """A phase of one traject. Phases overlap, are skipped and re-entered."""

    _name = "outplacement.traject.phase"
    _description = "Phase of a Traject"
    _order = "traject_id, sequence, id"
    _check_company_auto = True

    traject_id = fields.Many2one(
        "outplacement.traject", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="traject_id.company_id", store=True)
    phase_id = fields.Many2one(
        "outplacement.phase", required=True, index=True, ondelete="restrict"
    )
    sequence = fields.Integer(related="phase_id.sequence", store=True)
    state = fields.Selection(
        [
            ("planned", "Planned"),
            ("active", "Active"),
            ("done", "Done"),
            ("skipped", "Skipped"),
        ],
        required=True,
        default="planned",
        readonly=True,
        copy=False,
    )
    depth = fields.Selection(
        [("light", "Light"), ("normal", "Normal"), ("deep", "Deep")],
        required=True,
        default="normal",
    )
    planned_sessions = fields.Integer(string="Sessions")
    planned_weeks = fields.Integer(string="Weeks")
    planned_start = fields.Date(compute="_compute_planned_dates", store=True)
    planned_end = fields.Date(compute="_compute_planned_dates", store=True)
    date_start = fields.Date(string="Started on", copy=False)
    date_end = fields.Date(string="Done on", copy=False)

    _phase_uniq = models.Constraint(
        "UNIQUE(traject_id, phase_id)", "A traject holds each phase once."
    )
    _numbers_positive = models.Constraint(
        "CHECK(planned_sessions >= 0 AND planned_weeks >= 0)",
        "Sessions and weeks cannot be negative.",
    )
    _dates_ordered = models.Constraint(
        "CHECK(date_end IS NULL OR date_start IS NULL OR date_end >= date_start)",
        "A phase cannot be done before it started.",
    )

    @api.depends("phase_id", "traject_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.traject_id.name} {line.phase_id.name}"

    @api.depends(
        "sequence",
        "traject_id.date_start",
        "traject_id.traject_phase_ids.planned_weeks",
        "traject_id.traject_phase_ids.sequence",
        "traject_id.traject_phase_ids.state",
    )
    def _compute_planned_dates(self):
        """Lay the phases end to end from the start of the traject, in weeks."""
        for traject, lines in self.grouped("traject_id").items():
            start = traject.date_start
            ordered = traject.traject_phase_ids.sorted(
                lambda line: (line.sequence, line._origin.id or 0)
            )
            for line in ordered:
                length = timedelta(weeks=line.planned_weeks)
                planned = start and line.state != "skipped"
                if line in lines:
                    line.planned_start = planned and start
                    line.planned_end = planned and max(
                        start, start + length - timedelta(days=1)
                    )
                if planned:
                    start += length
            (lines - ordered).update({"planned_start": False, "planned_end": False})

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    def write(self, vals):
        if any(
            p.traject_id.id != vals.get("traject_id", p.traject_id.id) for p in self
        ):
            raise UserError(self.env._("A phase stays with its traject."))
        return super().write(vals)

    @api.model
    def _has_field_access(self, field, operation):
        """The state moves through the buttons only."""
        if operation == "write" and field.name == "state" and not self.env.su:
            return False
        return super()._has_field_access(field, operation)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_started(self):
        if started := self.filtered("date_start"):
            raise UserError(
                self.env._(
                    "%(phase)s has started and stays in the history of the traject; "
                    "skip it instead.",
                    phase=started[0].phase_id.name,
                )
            )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_open(self):
        """Open the phases (again) and make each the current one of its traject.

        :raises UserError: the traject is not running
        """
        for line in self:
            line._open()
            line.traject_id.phase_id = line.phase_id

    def action_done(self):
        """Close the phases as done today (the user's date)."""
        today = fields.Date.context_today(self)
        self._set_state("done", {"date_end": today})

    def action_skip(self):
        """Mark the phases as skipped: the candidate does not need them."""
        self._set_state("skipped", {})

    def _open(self):
        """Mark the phases as active from today, keeping the first start date."""
        self.traject_id._check_running()
        today = fields.Date.context_today(self)
        for line in self.filtered(lambda line: line.state != "active"):
            line._set_state(
                "active", {"date_start": line.date_start or today, "date_end": False}
            )

    def _set_state(self, state, values):
        """Write ``state`` with ``values``, as a user who may run the traject."""
        self.traject_id._check_may_run()
        self.check_access("write")
        self.write(values)
        # sudo: outplacement.traject.phase - the state is closed to write(), so that
        # it only moves through here, after the checks above
        self.sudo().write({"state": state})
