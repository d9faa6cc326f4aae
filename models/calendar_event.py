from odoo import api, fields, models


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    outplacement_session_id = fields.Many2one(
        "outplacement.session",
        string="Coaching Session",
        index="btree_not_null",
        ondelete="cascade",
        copy=False,
        groups="outplacement.group_coach,outplacement.group_planner",
        help="The session that this event keeps a place for.",
    )

    @api.depends("outplacement_session_id")
    @api.depends_context("uid")
    def _compute_display_name(self):
        """Tell a coach which traject a session is of: the event itself does not."""
        result = super()._compute_display_name()
        if not self.env.user.has_group("outplacement.group_coach"):
            return result
        # sudo: calendar.event - only which sessions; they are read as the user
        linked = self.sudo().filtered("outplacement_session_id").sudo(False)
        for event in linked:
            session = event.sudo().outplacement_session_id.sudo(False)
            if session.has_access("read"):
                event.display_name = f"{session.traject_id.name} {event.display_name}"
        return result

    @api.model
    def _has_field_access(self, field, operation):
        """Only sessions make these links: an event that somebody tied to another's
        session would tell when it is."""
        if (
            operation == "write"
            and field.name == "outplacement_session_id"
            and not self.env.su
        ):
            return False
        return super()._has_field_access(field, operation)

    def write(self, vals):
        """Move the session along when its coach drags the event."""
        result = super().write(vals)
        if {"start", "stop", "duration"} & set(vals) and not self.env.su:
            self._move_sessions()
        return result

    def _move_sessions(self):
        """Give the sessions of these events the events' times, as the user."""
        # sudo: calendar.event - the link is readable for coaches and planners only;
        # the session is written with the user's own rights
        for event in self.sudo().filtered("outplacement_session_id"):
            session = event.outplacement_session_id.sudo(False)
            if (session.sudo().start, session.sudo().stop) != (event.start, event.stop):
                session.write({"start": event.start, "stop": event.stop})

    def _follow_session(self, values):
        """Write what differs between these events and ``values`` of their session."""
        for event in self:
            changed = {
                name: value
                for name, value in values.items()
                if name in ("start", "stop") and event[name] != value
            }
            if event.user_id.id != values["user_id"]:
                changed.update(
                    user_id=values["user_id"], partner_ids=values["partner_ids"]
                )
            if changed:
                event.write(changed)
