from dateutil.relativedelta import relativedelta

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date


class OutplacementTraject(models.Model):
    """A job that did not last: within the probation that was sold, the success fee is
    given back and the guidance goes on."""

    _inherit = "outplacement.traject"

    def action_job_lost(self):
        """Preview what losing the job within the probation means, then reopen.

        :raises AccessError: the user neither guides nor plans the traject
        """
        self.ensure_one()
        return self._get_wizard_action(
            "outplacement.traject.job.lost", self.env._("Job Lost in Probation")
        )

    def _get_probation_end(self):
        """Return the last day of the probation, False where there is none.

        :raises AccessError: the user may read neither traject nor instalments
        """
        self.ensure_one()
        self._check_may_see_changes()
        # sudo: sale.order.line - a term of the deal, for whoever guides the traject
        months = self.sudo()._get_probation_line().outplacement_probation_months
        placed = self.date_placement
        return bool(months and placed) and (
            placed + relativedelta(months=months, days=-1)
        )

    def _get_probation_line(self):
        """Return the order line whose probation holds: that of the success fee, else of
        the package that the traject has by now."""
        self.ensure_one()
        fees = self.instalment_ids.filtered(
            lambda i: i.trigger == "placement" and not i.is_lapsed
        )
        packages = self._get_billed_lines().filtered(
            lambda line: line.product_id == self.product_id
        )
        lines = fees.sale_line_id or packages or self.sale_line_id
        return lines.sorted("id")[-1:]

    def _get_job_lost_refusal(self, date):
        """Return the sentence why the loss of the job changes nothing, False where it
        does: within the probation.

        :param date: the last day of the job, as far as known
        :raises AccessError: the user may read neither traject nor instalments
        """
        self.ensure_one()
        self._check_may_see_changes()
        if self.state not in ("aftercare", "closed") or not self.date_placement:
            return self.env._(
                "Nobody was placed in traject %(traject)s.", traject=self.name
            )
        if not date or date > self._get_today():
            return self.env._("The date lies in the future.")
        if date < self.date_placement:
            return self.env._("The job was not lost before the placement.")
        end = self._get_probation_end()
        if not end:
            return self.env._(
                "The package of traject %(traject)s has no probation: nothing is "
                "credited, and the traject stays as it is.",
                traject=self.name,
            )
        return date > end and self.env._(
            "The probation of traject %(traject)s ended on %(date)s: nothing is "
            "credited, and the traject stays as it is.",
            traject=self.name,
            date=format_date(self.env, end),
        )

    def _register_job_lost(self, date):
        """Reopen the traject: the success fee is credited and due again at the next
        placement, and what lapsed by the placement is owed again. Why the job was lost
        is not recorded.

        The only way back in the map of states.

        :param date: the last day of the job
        :raises AccessError: the user neither guides nor plans the traject
        :raises UserError: not within the probation, or there is no coach any more
        """
        self.ensure_one()
        self._check_may_run()
        if text := self._get_job_lost_refusal(date):
            raise UserError(text)
        self._check_active()
        # sudo: outplacement.traject - instalments and credit notes follow from it, and
        # the state is closed to write()
        traject = self.sudo()
        fees = traject.instalment_ids.filtered(lambda i: i.trigger == "placement")
        fees._check_no_foreign_drafts()
        facts = traject._get_billing_facts(**self._get_facts_without_placement())
        settlements = traject._get_settlements(facts)
        self._track_set_log_message(
            self.env._("Reopened: the job did not last through the probation.")
        )
        traject.write(self._prepare_reopening())
        self._on_reopened()
        traject.instalment_ids._settle(settlements)

    def _get_facts_without_placement(self):
        """Return the facts that the reopening replaces."""
        return {"date_placement": False, "date_closed": False}

    def _prepare_reopening(self):
        """Return what reopening writes."""
        return {
            "state": "active",
            "active": True,
            "outcome": False,
            **self._get_facts_without_placement(),
        }

    def _on_reopened(self):
        """Leave aftercare; the coach opens the phase that is needed."""
        self.traject_phase_ids.filtered(
            lambda line: line.state == "active" and line.phase_id.code == "aftercare"
        ).action_done()
        self._on_active()
