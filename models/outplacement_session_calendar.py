from odoo import api, fields, models


class OutplacementSession(models.Model):
    """The place of a session in its coach's own calendar, under a neutral title."""

    _inherit = "outplacement.session"

    calendar_title = fields.Char(compute="_compute_calendar_title")
    event_ids = fields.One2many(
        "calendar.event",
        "outplacement_session_id",
        string="Calendar Events",
        groups="outplacement.group_coach,outplacement.group_planner",
    )

    @api.depends("kind", "candidate_id.name", "traject_id.name")
    @api.depends_context("lang")
    def _compute_calendar_title(self):
        """Who comes and what for. The display name is shown to others too: neutral."""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for session in self:
            name = session.candidate_id.name or session.traject_id.name
            session.calendar_title = f"{name} · {kinds.get(session.kind, '')}"

    @api.model_create_multi
    def create(self, vals_list):
        sessions = super().create(vals_list)
        sessions._sync_events()
        return sessions

    def _sync_events(self):
        """Keep one private event a planned or held session in its coach's calendar."""
        # sudo: calendar.event - a planner keeps the coach's calendar, where the event
        # is private
        Event = self.env(context=self._get_event_context())["calendar.event"].sudo()
        create_values = []
        for session in self:
            # sudo: outplacement.session - managers and candidates read no events
            event = Event.browse(session.sudo().event_ids.ids)
            if session.state in ("cancelled", "no_show"):
                event.unlink()
            elif not event:
                create_values.append(session._prepare_event_values())
            else:
                event._follow_session(session._prepare_event_values())
        Event.create(create_values)

    def _get_event_context(self):
        """Return the context in which events are kept: nothing of where the user
        stands, from which Odoo would tie an activity on the traject to the event."""
        kept = ("lang", "tz", "allowed_company_ids")
        context = {
            key: self.env.context[key] for key in kept if key in self.env.context
        }
        return {
            **context,
            "no_mail_to_attendees": True,
            "skip_contact_description": True,
        }

    def _prepare_event_values(self):
        """Return the values of the calendar event: when, and nothing of whom or why
        (title, description and place of an event are no secrets in Odoo)."""
        self.ensure_one()
        partner = self.coach_id.partner_id
        return {
            "name": self.env._("Session"),
            "start": self.start,
            "stop": self.stop,
            "user_id": self.coach_id.id,
            "partner_ids": [fields.Command.set(partner.ids)],
            "privacy": "private",
            "outplacement_session_id": self.id,
        }
