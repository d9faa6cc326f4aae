from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_date

from ..tools.schedule import Pause


class OutplacementTraject(models.Model):
    """Pausing and resuming: the state and its pause go together."""

    _inherit = "outplacement.traject"

    pause_ids = fields.One2many("outplacement.pause", "traject_id", string="Pauses")

    # ------------------------------------------------------------------
    # Pausing
    # ------------------------------------------------------------------

    def _pause(self, date_from, date_to=False):
        """Pause the traject. What is dated on ``date_from`` or later and not invoiced
        moves by the length of the pause, and so does the end of term (R6); as long as
        the last day is unknown it waits.

        :param date date_to: last day of the pause, as far as it is known
        :raises AccessError: the user neither guides nor plans the traject
        :raises UserError: it cannot be paused, or not on these days
        """
        self.ensure_one()
        self._check_may_run()
        if text := self._get_pause_refusal(date_from, date_to):
            raise UserError(text)
        self._set_state("paused", since=date_from, until=date_to)

    def _resume(self, date_resumed):
        """Resume the traject on ``date_resumed``: the pause ends on the day before,
        whatever was expected of it. One that would have no day is dropped.

        :raises AccessError: the user neither guides nor plans the traject
        :raises UserError: it is not paused, or not resumed on that day
        """
        self.ensure_one()
        self._check_may_run()
        if text := self._get_resume_refusal(date_resumed):
            raise UserError(text)
        self._set_state("active", since=date_resumed)

    def _begin_pause(self, date_from=None, date_to=None):
        """Record a pause, from today on if not said otherwise."""
        for traject in self:
            values = {
                "date_from": date_from or traject._get_today(),
                "date_to": date_to,
            }
            # sudo: outplacement.pause - written by methods only, after their checks
            traject.sudo().pause_ids = [Command.create(values)]
            traject._log_change(traject._get_pause_text(**values))

    def _end_pause(self, *days):
        """Have the running pause end on the day before the first of ``days`` (today if
        none is known). One that would have no day never was."""
        day = min(filter(None, days), default=None)
        for traject in self:
            # sudo: outplacement.pause - written by methods only, after their checks
            pause = traject.sudo().pause_ids.sorted("date_from")[-1:]
            last = fields.Date.to_date(day or traject._get_today()) - timedelta(days=1)
            if not pause:
                # paused before pauses were kept
                continue
            if pause.date_from <= last:
                pause.date_to = last
                text = traject._get_pause_text(pause.date_from, last)
            else:
                pause.unlink()
                text = self.env._(
                    "Traject %(traject)s goes on: it was not paused after all.",
                    traject=traject.name,
                )
            traject._log_change(text)

    def _get_pause_text(self, date_from, date_to):
        """Return what the bureau's staff is told of a pause: its days."""
        if not date_to:
            return self.env._(
                "Traject %(traject)s is paused since %(date)s: instalments from then "
                "on wait.",
                traject=self.name,
                date=format_date(self.env, date_from),
            )
        return self.env._(
            "Traject %(traject)s: paused from %(date_from)s to %(date_to)s. The end of "
            "term and what is not invoiced moved along.",
            traject=self.name,
            date_from=format_date(self.env, date_from),
            date_to=format_date(self.env, date_to),
        )

    # ------------------------------------------------------------------
    # As it would be
    # ------------------------------------------------------------------

    def _get_pauses(self):
        """Return the pauses as a tuple of :class:`~..tools.schedule.Pause`, oldest
        first."""
        self.ensure_one()
        # sudo: outplacement.pause - days of the deal, as the instalments that they move
        return self.sudo().pause_ids._get_days()

    def _get_pauses_now(self):
        """Return the pauses, the running one of a paused traject as an open one: it
        lasts until the traject is resumed, whatever was expected of it."""
        pauses = self._get_pauses()
        if self.state != "paused" or not pauses:
            return pauses
        *former, running = pauses
        return (*former, running._replace(date_to=None))

    def _get_pauses_with(self, date_from, date_to=False):
        """Return the pauses as they would be with another one."""
        return (*self._get_pauses(), Pause(date_from, date_to))

    def _get_pauses_until(self, day):
        """Return the pauses as they would be if the traject was resumed, or ended, on
        ``day``; as they are where it is not paused."""
        pauses = self._get_pauses()
        if self.state != "paused" or not pauses or not day:
            return pauses
        *former, running = pauses
        last = fields.Date.to_date(day) - timedelta(days=1)
        if running.date_from > last:
            return tuple(former)
        return (*former, running._replace(date_to=last))

    # ------------------------------------------------------------------
    # Refusals, to be said beforehand
    # ------------------------------------------------------------------

    def _get_today(self):
        """Return the day that it is at the company."""
        self.ensure_one()
        return self.company_id._get_outplacement_today()

    def _get_pause_refusal(self, date_from, date_to):
        """Return the sentence why the traject cannot be paused on these days, False
        where it can."""
        self.ensure_one()
        if not date_from:
            return self.env._("Say from which day on the traject is paused.")
        today = self._get_today()
        if date_from > today:
            return self.env._(
                "A pause begins today or earlier: pause the traject once it begins."
            )
        if self.date_start and date_from < self.date_start:
            return self.env._(
                "Traject %(traject)s started on %(date)s: it cannot be paused before.",
                traject=self.name,
                date=format_date(self.env, self.date_start),
            )
        if date_to and date_to < today:
            return self.env._(
                "The last day lies in the past: leave it empty, and resume the traject "
                "on the day on which it went on."
            )
        former = self.pause_ids.filtered(
            lambda pause: not pause.date_to or pause.date_to >= date_from
        )
        return bool(former) and self._get_overlap_text(former[0])

    def _get_overlap_text(self, former):
        """Return the sentence about a pause that overlaps with ``former``."""
        if not former.date_to:
            return self.env._(
                "Traject %(traject)s is paused since %(date)s already.",
                traject=self.name,
                date=format_date(self.env, former.date_from),
            )
        return self.env._(
            "Traject %(traject)s was paused from %(date_from)s to %(date_to)s: pauses "
            "do not overlap.",
            traject=self.name,
            date_from=format_date(self.env, former.date_from),
            date_to=format_date(self.env, former.date_to),
        )

    def _get_resume_refusal(self, date_resumed):
        """Return the sentence why the traject cannot be resumed on that day, False
        where it can."""
        self.ensure_one()
        if not date_resumed:
            return self.env._("Say on which day the traject goes on.")
        if date_resumed > self._get_today():
            return self.env._(
                "The day lies in the future: resume the traject once it goes on."
            )
        pause = self.pause_ids.sorted("date_from")[-1:]
        if self.state == "paused" and pause and date_resumed < pause.date_from:
            return self.env._(
                "Traject %(traject)s is paused since %(date)s: it cannot be resumed "
                "before.",
                traject=self.name,
                date=format_date(self.env, pause.date_from),
            )
        return False

    def _get_late_start_text(self, date_start):
        """Nor is there a pause before the start."""
        first = min(self.pause_ids.mapped("date_from"), default=False)
        if first and date_start and first < date_start:
            return self.env._(
                "Traject %(traject)s was paused on %(date)s: it cannot start later.",
                traject=self.name,
                date=format_date(self.env, first),
            )
        return super()._get_late_start_text(date_start)
