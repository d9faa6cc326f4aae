from odoo import api, fields, models
from odoo.exceptions import UserError


class OutplacementSession(models.Model):
    """The course of a session: held, missed or cancelled, by buttons only."""

    _inherit = "outplacement.session"

    has_begun = fields.Boolean(compute="_compute_has_begun", compute_sudo=True)
    is_billed = fields.Boolean(
        string="Billed",
        compute="_compute_is_billed",
        store=True,
        help="Whether the session is one to bill, by the settings on the day on which "
        "it was recorded. What does not count is not billed all the same.",
    )

    @api.depends("state")
    def _compute_is_billed(self):
        """Follow the state only: a setting that changes later changes nothing of what
        was recorded, and billed, until then."""
        for session in self:
            session.is_billed = session.state == "held" or (
                session.state == "no_show"
                and session.company_id.outplacement_bill_no_show
            )

    @api.depends("start")
    def _compute_has_begun(self):
        """What has not begun is neither held nor missed."""
        now = fields.Datetime.now()
        for session in self:
            start = session.start
            session.has_begun = bool(start) and start <= now

    def action_hold(self):
        """Record that the sessions were held.

        :raises UserError: a session that has not begun
        """
        self._check_begun()
        self._set_state("held")

    def action_no_show(self):
        """Record that the candidate did not come and did not cancel in time.

        :raises UserError: a session that has not begun
        """
        self._check_begun()
        self._set_state("no_show")

    def action_cancel(self):
        """Record that the sessions were cancelled in time: they don't count."""
        self._set_state("cancelled")

    def action_reset(self):
        """Set the sessions back to planned, to undo a mistake."""
        self._set_state("planned")

    def _check_begun(self):
        """:raises UserError: a session that has not begun"""
        # by the clock: the field may have been read a while ago
        now = fields.Datetime.now()
        if early := self.filtered(lambda session: session.start > now):
            raise UserError(
                self.env._(
                    "%(session)s has not begun yet.", session=early[0].display_name
                )
            )

    def _set_state(self, state):
        """Write ``state`` for a user who may write the sessions."""
        self.check_access("write")
        # what is recorded already stays billed, or not, as it was
        moved = self.filtered(lambda session: session.state != state)
        # sudo: outplacement.session - the state is closed to write(), so that it only
        # moves through the buttons, after the checks above
        moved.sudo().write({"state": state})
