from odoo import api, models
from odoo.tools import split_every

STARTED_STATES = ("active", "paused", "aftercare", "closed")
# Of a cancelled traject only what was revived on purpose has not lapsed.
BILLABLE_STATES = (*STARTED_STATES, "cancelled")
# What is due at confirmation waits for no start.
CONFIRMED_STATES = ("intake", *BILLABLE_STATES)
# How many instalments the daily job handles between two commits.
CRON_BATCH = 1000


class OutplacementInstalment(models.Model):
    """How far an instalment is: what has fallen due, and is it on an invoice."""

    _inherit = "outplacement.instalment"

    def _get_state(self):
        self.ensure_one()
        line = self.invoice_line_ids[:1]
        withdrawn = line and line._is_outplacement_withdrawn()
        if line and not withdrawn:
            return "invoiced"
        if self.is_lapsed:
            return "lapsed"
        if withdrawn:
            return "credited"
        return "due" if self._is_due() else "planned"

    def _is_due(self):
        self.ensure_one()
        today = self.company_id._get_outplacement_today()
        states = CONFIRMED_STATES if self.trigger == "confirmation" else BILLABLE_STATES
        return bool(
            self.date
            and self.date <= today
            and self.traject_id.state in states
            and not self._is_held(self.traject_id._get_pauses_now())
        )

    @api.model
    def _update_due(self, domain=()):
        """Bring the state of instalments up to date that fell due since the last time.

        :param domain: limits the instalments to look at
        """
        self._update_withdrawable(domain)
        candidates = self._search_falling_due(domain)
        candidates._recompute_state()
        return candidates

    @api.model
    def _search_falling_due(self, domain=()):
        """Return the planned instalments of which the day has come, or nearly so."""
        # sudo: outplacement.instalment - the calendar decides, not the user; the
        # state is no field that a user may write
        return self.sudo().search(
            [
                *domain,
                ("state", "=", "planned"),
                # a day of slack: in some time zone it is tomorrow already
                ("date", "<=", "+1d"),
                "|",
                ("traject_id.state", "in", BILLABLE_STATES),
                ("trigger", "=", "confirmation"),
            ]
        )

    def _recompute_state(self):
        """Compute the state anew, and what follows from it."""
        self.env.add_to_compute(self._fields["state"], self)
        self.modified(["state"])

    @api.model
    def _cron_update_due(self):
        """Daily: what falls due today becomes due, and its order “to invoice”."""
        self._update_withdrawable()
        candidates = self._search_falling_due()
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(candidates))
        for batch in split_every(CRON_BATCH, candidates.ids, candidates.browse):
            batch._recompute_state()
            batch.flush_recordset(["state"])
            if not cron._commit_progress(len(batch)):
                break
