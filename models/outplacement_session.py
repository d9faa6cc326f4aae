from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_datetime

from ..tools.filter_by_id import filter_by_id

# What a candidate may read of their own sessions, through whatever door.
PORTAL_FIELDS = frozenset(
    {
        "id",
        "display_name",
        "kind",
        "start",
        "stop",
        "duration",
        "location",
        "videocall_url",
        "coach_id",
        "state",
    }
)
# What follows from the buttons, and whose it is, which is computed.
CLOSED_FIELDS = frozenset({"state", "date_invited", "is_billed", "is_mine"})
# What the event in the calendar of the coach follows.
EVENT_FIELDS = frozenset({"start", "stop", "duration", "coach_id", "state"})
COUNTED_KINDS = ("coaching", "interview_practice", "workshop")


class OutplacementSession(models.Model):
    """A meeting of candidate and coach: when, where, what kind, held or not.

    There is no field for what was said: that is a note in the confidential file.
    """

    _name = "outplacement.session"
    _inherit = ["outplacement.field.access.mixin"]
    _description = "Session"
    _order = "start desc, id desc"
    _rec_names_search = ["traject_id.name"]
    _check_company_auto = True

    traject_id = fields.Many2one(
        "outplacement.traject",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(
        related="traject_id.company_id", store=True, filter_function=filter_by_id
    )
    # not as superuser: an unsaved session tells nothing of a traject that is hidden
    candidate_id = fields.Many2one(
        related="traject_id.candidate_id",
        related_sudo=False,
        store=True,
        precompute=True,
        index="btree_not_null",
    )
    phase_id = fields.Many2one(
        "outplacement.phase",
        compute="_compute_phase_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    kind = fields.Selection(
        [
            ("intake", "Intake"),
            ("match", "Match"),
            ("coaching", "Coaching"),
            ("interview_practice", "Interview practice"),
            ("three_way", "Three-way"),
            ("workshop", "Workshop"),
            ("aftercare", "Aftercare"),
        ],
        required=True,
        default="coaching",
    )
    start = fields.Datetime(
        required=True, index=True, default=lambda self: self._default_start()
    )
    stop = fields.Datetime(
        string="End",
        compute="_compute_stop",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        index=True,
    )
    duration = fields.Float(
        string="Duration (hours)",
        compute="_compute_duration",
        # of what is read along with it: no second check of the same two fields
        compute_sudo=True,
        inverse="_inverse_duration",
    )
    location = fields.Char(string="Place")
    videocall_url = fields.Char(string="Video Link")
    coach_id = fields.Many2one(
        "res.users",
        compute="_compute_coach_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        domain="[('share', '=', False)]",
    )
    state = fields.Selection(
        [
            ("planned", "Planned"),
            ("held", "Held"),
            ("cancelled", "Cancelled in time"),
            ("no_show", "No-show"),
        ],
        required=True,
        readonly=True,
        copy=False,
        default="planned",
        index=True,
    )
    counts = fields.Boolean(
        string="Counts against the Package",
        compute="_compute_counts",
        store=True,
        readonly=False,
        precompute=True,
        help="Whether this session is one of those that the package includes.",
    )
    date_invited = fields.Datetime(string="Invitation Sent", readonly=True, copy=False)

    _order_of_times = models.Constraint(
        "CHECK(stop > start)", "A session ends after it starts."
    )
    # with the company, which the rules ask for: counting reads nothing else
    _traject_start_idx = models.Index("(traject_id, start) INCLUDE (company_id)")
    _coach_start_idx = models.Index("(coach_id, start)")
    # few of all sessions are planned: what is to come, and what is to record
    _planned_start_idx = models.Index("(start, stop) WHERE state = 'planned'")

    # ------------------------------------------------------------------
    # Defaults and computes
    # ------------------------------------------------------------------

    def _default_start(self):
        """The next whole hour."""
        hour = fields.Datetime.now().replace(minute=0, second=0)
        return hour + timedelta(hours=1)

    @api.depends("kind", "start", "traject_id.name")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for session in self:
            moment = session.start and format_datetime(
                self.env, session.start, dt_format="short"
            )
            session.display_name = f"{kinds.get(session.kind, '')} {moment or ''}"

    @api.depends("traject_id")
    def _compute_phase_id(self):
        for session in self:
            session.phase_id = session.traject_id.phase_id

    @api.depends("traject_id")
    def _compute_coach_id(self):
        for session in self:
            session.coach_id = session.traject_id.coach_id or self.env.user

    @api.depends("start")
    def _compute_stop(self):
        """Keep the length when the start moves; a new session has the usual one."""
        for session in self:
            before = session._origin
            length = timedelta(minutes=session._get_default_minutes())
            if before.start and before.stop:
                length = before.stop - before.start
            session.stop = session.start and session.start + length

    def _get_default_minutes(self):
        """Return the usual length of a session in minutes."""
        company = self.company_id or self.env.company
        return company.outplacement_session_minutes or 60

    @api.depends("start", "stop")
    def _compute_duration(self):
        for session in self:
            start, stop = session.start, session.stop
            length = stop - start if start and stop else timedelta()
            session.duration = length.total_seconds() / 3600

    def _inverse_duration(self):
        for session in self:
            session.stop = session.start + timedelta(hours=session.duration)

    @api.depends("kind")
    def _compute_counts(self):
        for session in self:
            session.counts = session.kind in COUNTED_KINDS

    # ------------------------------------------------------------------
    # Constraints
    # ------------------------------------------------------------------

    @api.constrains("videocall_url")
    def _check_videocall_url(self):
        for session in self.filtered("videocall_url"):
            if not session.videocall_url.startswith(("https://", "http://")):
                raise ValidationError(self.env._("A video link starts with https://."))

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    def write(self, vals):
        if "traject_id" in vals and any(
            session.traject_id.id != vals["traject_id"] for session in self
        ):
            raise UserError(
                self.env._("A session stays with its traject: plan a new one instead.")
            )
        if "start" in vals and not {"stop", "duration"} & set(vals):
            for session in self:
                session._move_to(vals)
            return True
        if {"start", "stop", "duration", "traject_id"} & set(vals):
            self._check_planned()
        result = super().write(vals)
        if EVENT_FIELDS & set(vals):
            self._sync_events()
        return result

    def _move_to(self, vals):
        """Write ``vals``, which move the start, and keep the length."""
        start = fields.Datetime.to_datetime(vals["start"])
        stop = start and start + (self.stop - self.start)
        return self.write({**vals, "stop": stop})

    @api.model
    def _has_field_access(self, field, operation):
        """Candidates read what concerns them; the state moves by buttons only."""
        # asked for each value of a list: the cheapest question first
        if (
            field.name not in PORTAL_FIELDS
            and not self.env.su
            and self._is_external_user()
        ):
            return False
        if operation == "read":
            if self._is_field_access_ours and not field.groups:
                # as Odoo answers, by a shorter way
                return True
        elif field.name in CLOSED_FIELDS and not self.env.su:
            return False
        return super()._has_field_access(field, operation)

    def _check_planned(self):
        """:raises UserError: the times of a session that was recorded would change"""
        if recorded := self.filtered(lambda session: session.state != "planned"):
            raise UserError(
                self.env._(
                    "%(session)s has been recorded: set it back to planned before you "
                    "move it.",
                    session=recorded[0].display_name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_recorded(self):
        if recorded := self.filtered(lambda s: s.state in ("held", "no_show")):
            raise UserError(
                self.env._(
                    "%(session)s has been recorded and stays in the history; set it "
                    "back to planned first if that was a mistake.",
                    session=recorded[0].display_name,
                )
            )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_write_note(self):
        """Open a new confidential note about this session."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Confidential Note"),
            "res_model": "outplacement.note",
            "views": [(False, "form")],
            "context": {
                "default_traject_id": self.traject_id.id,
                "default_session_id": self.id,
            },
        }

    def action_open_traject(self):
        """Open the traject of this session."""
        self.ensure_one()
        return self.traject_id._get_records_action()
