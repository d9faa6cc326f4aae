from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

CORRECTABLE_STATES = ("active", "paused")
# Kinds of session that belong before the start of a traject.
KINDS_BEFORE_START = ("intake", "match")


class OutplacementTraject(models.Model):
    """Correcting the start date of a traject that has started."""

    _inherit = "outplacement.traject"

    def action_correct_start(self):
        """Preview term and instalments from another start date, then correct it.

        :raises AccessError: the user is neither planner nor manager
        :raises UserError: the start date is fixed
        """
        self.ensure_one()
        self._check_may_correct_start()
        if text := self._get_fixed_start_text():
            raise UserError(text)
        action = self._get_wizard_action(
            "outplacement.traject.activate", self.env._("Correct the Start Date")
        )
        view = self.env.ref("outplacement.outplacement_traject_correct_start_view_form")
        action["views"] = [(view.id, "form")]
        return action

    def _correct_start(self, date_start):
        """Start the traject on ``date_start`` instead. End of term, planned dates of
        phases and instalments without an agreed date move along; sessions stay.

        :raises AccessError: the user is neither planner nor manager
        :raises UserError: the start date is fixed, or ``date_start`` is too late
        """
        self.ensure_one()
        self._check_may_correct_start()
        if text := self._get_start_refusal(date_start):
            raise UserError(text)
        if date_start == self.date_start:
            return
        self._track_set_log_message(
            self.env._(
                "Start date corrected: the end of term and the dates of the "
                "instalments moved along."
            )
        )
        self.date_start = date_start
        self._log_start_on_order()

    def _log_start_on_order(self):
        """Tell finance and the account manager that the instalments moved."""
        # sudo: outplacement.instalment - those of other customers as well
        self.sudo().instalment_ids._log_change_on_orders()

    def _check_may_correct_start(self):
        """:raises AccessError: the user is neither planner nor manager"""
        if not self.env.su and not self.env.user.has_groups(
            "outplacement.group_planner,outplacement.group_manager"
        ):
            raise AccessError(
                self.env._("Only a planner or a manager corrects a start date.")
            )
        self.check_access("write")

    def _check_start_change(self, date_start):
        """Hold a new start date of trajects that have started against the same rules,
        however it comes.

        :raises UserError: one whose start date is fixed, or where it is too late
        """
        if self.env.su:
            return
        for traject in self.filtered(lambda traject: traject.state != "intake"):
            same = traject.date_start == date_start
            if not same and (text := traject._get_start_refusal(date_start)):
                raise UserError(text)

    def _get_start_refusal(self, date_start):
        """Return the sentence why the traject cannot start on ``date_start`` instead,
        False where it can."""
        if not date_start:
            return self.env._(
                "Traject %(traject)s has started: it needs a start date.",
                traject=self.name,
            )
        return self._get_fixed_start_text() or self._get_late_start_text(date_start)

    def _get_fixed_start_text(self):
        """Return the sentence why no other start date is possible, False where there
        is: the traject runs, and nothing of it is on an invoice, credited or not."""
        self.ensure_one()
        if self.state not in CORRECTABLE_STATES:
            return self.env._(
                "The start date of traject %(traject)s is corrected while it is active "
                "or paused only.",
                traject=self.name,
            )
        # sudo: account.move.line - also one that was billed and released; planners read
        # no invoices
        invoiced = self.sudo().instalment_ids.filtered(
            lambda instalment: instalment.invoice_id or instalment.released_line_ids
        )
        if invoiced:
            return self.env._(
                "Instalment %(instalment)s is on an invoice: the start date of its "
                "traject stays as it is.",
                instalment=invoiced[0].display_name,
            )
        return False

    def _get_late_start_text(self, date_start):
        """Return the sentence about a session before ``date_start``, False where there
        is none: no report and no service period would hold it."""
        begun = self.session_ids.filtered(
            lambda session: (
                session.state in ("held", "no_show")
                and session.kind not in KINDS_BEFORE_START
            )
        )
        if not begun or not date_start:
            return False
        first = self.company_id._get_outplacement_day(min(begun.mapped("start")))
        return first < date_start and self.env._(
            "Traject %(traject)s had a session on %(date)s: it cannot start later.",
            traject=self.name,
            date=format_date(self.env, first),
        )
