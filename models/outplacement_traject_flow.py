from odoo import models
from odoo.exceptions import AccessError, UserError

TRANSITIONS = {
    "intake": {"active", "cancelled"},
    "active": {"paused", "aftercare", "closed", "cancelled"},
    "paused": {"active", "aftercare", "closed"},
    "aftercare": {"closed"},
    "closed": set(),
    "cancelled": set(),
}
RUNNING = ("active", "paused", "aftercare")


class OutplacementTraject(models.Model):
    """The course of a traject: its states and its phases."""

    _inherit = "outplacement.traject"

    # ------------------------------------------------------------------
    # States
    # ------------------------------------------------------------------

    def _set_state(self, state, *, since=None, until=None, **values):
        """Bring the trajects into ``state`` and write ``values`` with it.

        The one door to the state: ``write()`` refuses it.

        :param str state: the new state
        :param date since: first day of a pause, or of what follows on one; today, or
            the day of a placement or closing, if not said
        :param date until: last day of a pause, as far as it is known
        :param values: further values of the transition (outcome, dates)
        :raises AccessError: the user neither guides nor plans the trajects
        :raises UserError: the state map does not lead there, or something is missing
        """
        self._check_may_run()
        self._check_transition(state)
        getattr(self, f"_check_{state}")()
        for company, trajects in self.grouped("company_id").items():
            days = {}
            if state == "closed":
                days["date_closed"] = company._get_outplacement_today()
            trajects._enter_state(state, {**days, **values}, since, until)

    def _enter_state(self, state, values, since, until):
        """Write the state, and do what follows from it: see :meth:`_set_state`."""
        # sudo: outplacement.traject - the state is closed to write(), so that it
        # only moves along the map, after the checks; what is owed follows from it
        trajects = self.sudo()
        settlements = trajects._get_settlements_of(state, values)
        paused = self.filtered(lambda traject: traject.state == "paused")
        trajects.write({"state": state, **values})
        getattr(self, f"_on_{state}")()
        paused._end_pause(
            since, values.get("date_placement"), values.get("date_closed")
        )
        if state == "paused":
            self._begin_pause(since, until)
        trajects.instalment_ids._settle(settlements)

    def _check_transition(self, state):
        """:raises UserError: the state map does not lead to ``state``"""
        labels = dict(self._fields["state"]._description_selection(self.env))
        for traject in self:
            if state not in TRANSITIONS[traject.state]:
                raise UserError(
                    self.env._(
                        "Traject %(traject)s is %(old)s and cannot become %(new)s.",
                        traject=traject.name,
                        old=labels[traject.state].lower(),
                        new=labels[state].lower(),
                    )
                )

    def _check_may_run(self):
        """:raises AccessError: the user is neither a current member of the trajects
        nor a planner or manager."""
        if self.env.su or self.env.user.has_groups(
            "outplacement.group_planner,outplacement.group_manager"
        ):
            self.check_access("write")
        elif not all(self.mapped("is_member")):
            raise AccessError(
                self.env._(
                    "Only the coach of a traject, a planner or a manager can do this."
                )
            )

    def _check_running(self):
        """:raises UserError: a traject has not started or is over."""
        if idle := self.filtered(lambda t: t.state not in RUNNING):
            raise UserError(
                self.env._(
                    "Traject %(traject)s is not running: activate it first.",
                    traject=idle[0].name,
                )
            )

    def _check_active(self):
        """:raises UserError: naming what a traject lacks before it can start."""
        for traject in self:
            if text := traject._get_missing_text():
                raise UserError(text)

    def _get_missing_text(self, ignored=()):
        """Return the sentence that names what the traject lacks before it can start,
        False where nothing is missing.

        :param ignored: names of fields that are about to be filled in
        """
        self.ensure_one()
        labels = {
            "candidate_id": self.env._("a candidate"),
            "coach_id": self.env._("a coach"),
            "date_start": self.env._("a start date"),
        }
        missing = [
            label
            for name, label in labels.items()
            if name not in ignored and not self[name]
        ]
        return bool(missing) and self.env._(
            "Before traject %(traject)s can start it needs %(missing)s.",
            traject=self.name,
            missing=", ".join(missing),
        )

    def _check_paused(self):
        """Hook: what must hold before a pause."""

    def _check_aftercare(self):
        """Hook: what must hold before aftercare."""

    def _check_closed(self):
        """Hook: what must hold before closing."""

    def _check_cancelled(self):
        """:raises UserError: sessions were held after the intake, so there is something
        to close."""
        guided = self.filtered(lambda traject: traject.state != "intake")
        if begun := guided.filtered("date_last_session"):
            raise UserError(
                self.env._(
                    "Sessions of traject %(traject)s were held: close it with an "
                    "outcome instead of cancelling it.",
                    traject=begun[0].name,
                )
            )

    def _on_active(self):
        """Open the first planned phase of trajects that start."""
        for traject in self:
            lines = traject.traject_phase_ids
            first = lines.filtered(lambda line: line.state == "planned")[:1]
            if first and not lines.filtered(lambda line: line.state == "active"):
                first.action_open()

    def _on_paused(self):
        """Hook: after a pause began."""

    def _on_aftercare(self):
        """Enter the aftercare phase where the traject has one."""
        for traject in self:
            lines = traject.traject_phase_ids
            lines.filtered(
                lambda line: (
                    line.state == "active" and line.phase_id.code != "aftercare"
                )
            ).action_done()
            lines.filtered(lambda line: line.phase_id.code == "aftercare").action_open()

    def _on_closed(self):
        """Close what is open and free the coach's agenda."""
        self.traject_phase_ids.filtered(
            lambda line: line.state == "active"
        ).action_done()
        self._cancel_planned_sessions()
        self.activity_unlink(["outplacement.mail_activity_type_assign"])

    def _on_cancelled(self):
        self._cancel_planned_sessions()
        self.activity_unlink(["outplacement.mail_activity_type_assign"])

    def _cancel_planned_sessions(self):
        """Cancel the sessions still to come, in time."""
        # sudo: outplacement.session - a manager closes a traject but only reads its
        # sessions
        self.sudo().session_ids.filtered(
            lambda session: session.state == "planned"
        ).action_cancel()

    # ------------------------------------------------------------------
    # Phases
    # ------------------------------------------------------------------

    def _create_phases(self):
        """Give new trajects the phases of their type."""
        values = []
        for traject in self:
            for line in traject.type_id._prepare_traject_phase_values():
                values.append({**line, "traject_id": traject.id})
        # sudo: outplacement.traject.phase - created with its traject, by whoever
        # sells or plans it
        self.env["outplacement.traject.phase"].sudo().create(values)

    def _open_current_phase(self):
        """Open the phase that a card was dragged to, adding it where it is new.

        :raises UserError: the traject is not running
        """
        for traject in self:
            line = traject.traject_phase_ids.filtered(
                lambda line, phase=traject.phase_id: line.phase_id == phase
            )
            if not line:
                line = line.create(
                    {"traject_id": traject.id, "phase_id": traject.phase_id.id}
                )
            line._open()

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def _get_wizard_action(self, model, name, **context):
        """Return the action that opens wizard ``model`` on these trajects.

        :raises AccessError: the user neither guides nor plans them
        """
        self._check_may_run()
        return self._prepare_wizard_action(model, name, **context)

    def _prepare_wizard_action(self, model, name, **context):
        """Return the action that opens wizard ``model`` on the first of these trajects,
        for who may open it."""
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_traject_id": self[:1].id, **context},
        }

    def action_activate(self):
        """Preview the term and the instalments, then start."""
        self.ensure_one()
        return self._get_wizard_action(
            "outplacement.traject.activate", self.env._("Activate Traject")
        )

    def action_pause(self):
        """Preview what a pause moves, then pause. Why is nobody's business but the
        candidate's."""
        self.ensure_one()
        return self._get_wizard_action(
            "outplacement.traject.pause", self.env._("Pause Traject")
        )

    def action_resume(self):
        """Preview what moves when the pause ends, then resume."""
        self.ensure_one()
        return self._get_wizard_action(
            "outplacement.traject.resume", self.env._("Resume Traject")
        )

    def action_start_aftercare(self):
        """Register a placement and enter aftercare."""
        return self._get_wizard_action(
            "outplacement.traject.close",
            self.env._("Start Aftercare"),
            default_target_state="aftercare",
        )

    def action_close(self):
        """Close the traject with its outcome."""
        return self._get_wizard_action(
            "outplacement.traject.close",
            self.env._("Close Traject"),
            default_target_state="closed",
        )

    def action_cancel(self):
        """Cancel a traject that did not take place."""
        return self._get_wizard_action(
            "outplacement.traject.close",
            self.env._("Cancel Traject"),
            default_target_state="cancelled",
        )
