import logging
from datetime import timedelta
from functools import partial

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import plaintext2html

from ..tools.concurrency import CONCURRENCY_ERRORS

_logger = logging.getLogger(__name__)

# How many instalments are billed between two commits, at least.
CHUNK = 100
# How often a chunk is tried that others were at at the same time.
TRIES = 5
# Up to how many instalments a user waits for the invoices.
AT_ONCE = 50
WORKERS = (
    "outplacement.ir_cron_invoice_run",
    "outplacement.ir_cron_invoice_run_2",
    "outplacement.ir_cron_invoice_run_3",
)
START = "outplacement.ir_cron_invoice_run_start"


class OutplacementInvoiceRun(models.Model):
    """How the work of invoice runs is done: by several at once, in chunks."""

    _inherit = "outplacement.invoice.run"

    # ------------------------------------------------------------------
    # Jobs
    # ------------------------------------------------------------------

    @api.model
    def _cron_start(self):
        """Daily: start a run in each company that wants one."""
        companies = self._get_companies_to_start()
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(companies))
        for company in companies:
            self._retry(partial(self._start_daily, company), START)
            if not cron._commit_progress(1):
                break
        self._wake_workers()

    @api.model
    def _get_companies_to_start(self):
        """Return the companies that want a run and got none of the job today: it comes
        back for those that it had no time for."""
        companies = self.env["res.company"].search(
            [("outplacement_run_mode", "!=", "off")], order="id"
        )
        domain = [
            ("company_id", "in", companies.ids),
            ("user_id", "=", self.env.uid),
            ("date", ">=", "-2d"),
        ]
        last = dict(self._read_group(domain, ["company_id"], ["date:max"]))
        return companies.filtered(
            lambda company: last.get(company) != company._get_outplacement_today()
        )

    @api.model
    def _start_daily(self, company):
        """Start the run of a company, if anything is due there."""
        worker = self.with_context(allowed_company_ids=company.ids)
        try:
            with self.env.cr.savepoint():
                worker.with_company(company)._start(
                    {"mode": company.outplacement_run_mode}
                )
        except CONCURRENCY_ERRORS:
            raise
        except Exception:
            # the other companies get theirs
            _logger.exception("No invoice run for company %s", company.id)

    @api.model
    def _wake_workers(self):
        """Have the jobs that work at runs begin at once."""
        for xmlid in WORKERS:
            # sudo: ir.cron - whoever starts a run has it worked at
            if job := self.env.ref(xmlid, raise_if_not_found=False):
                job.sudo()._trigger()

    @api.model
    def _cron_process(self):
        """Work at the runs until nothing is left that nobody else works at."""
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self._count_waiting())
        seconds, done = True, True
        try:
            while seconds and done:
                done = self._retry(self._process_chunk)
                # what others have in hand they see through: no need to come back
                waiting = self._count_waiting() if done else 0
                seconds = cron._commit_progress(done, remaining=waiting)
        except Exception:
            self.env.cr.rollback()
            self._commit_finished()
            raise
        self._commit_finished()

    @api.model
    def _commit_finished(self):
        self._retry(self._finish)
        self.env["ir.cron"]._commit_progress()

    @api.model
    def _count_waiting(self):
        """Return how many instalments wait in all runs that are not over."""
        [(count,)] = self.env["outplacement.invoice.run.group"]._read_group(
            self._get_waiting_domain("running"), [], ["instalment_count:sum"]
        )
        return count or 0

    def _get_waiting_domain(self, state):
        """Return the domain of the waiting groups, of these runs or else of all, whose
        run is in ``state``."""
        domain = Domain("state", "=", "waiting") & Domain("run_id.state", "=", state)
        return domain & Domain("run_id", "in", self.ids) if self else domain

    @api.model
    def _retry(self, work, xmlid=WORKERS[0]):
        """Do a part of the work, again if another transaction was at the same records.

        Rolls back: for jobs only.

        :param str xmlid: the job to come back if others were in the way every time
        :returns: what ``work`` returns; 0 if others were in the way every time: then
            the job comes back in a minute
        """
        for _try in range(TRIES):
            try:
                result = work()
                self.env.flush_all()
            except CONCURRENCY_ERRORS:
                self.env.cr.rollback()
            else:
                return result
        # sudo: ir.cron - see _wake_workers
        job = self.env.ref(xmlid).sudo()
        job._trigger(fields.Datetime.now() + timedelta(minutes=1))
        return 0

    # ------------------------------------------------------------------
    # Chunks
    # ------------------------------------------------------------------

    def _process(self):
        """Do all of the work of these runs at once, in the transaction of the user."""
        while self._process_chunk():
            pass
        self._finish()

    def _process_chunk(self):
        """Bill groups that nobody else works at: about ``CHUNK`` instalments.

        :returns: number of instalments that were dealt with; none if nothing is left
            to take
        """
        groups = self._take_groups()
        done = sum(groups.mapped("instalment_count"))
        for run, members in groups.grouped("run_id").items():
            run._bill_or_stop(members)
        return done

    def _bill_or_stop(self, groups):
        """Bill locked groups of the run. What keeps it from billing anything ends this
        run, and no other."""
        self.ensure_one()
        if self._has_lost_user():
            self._stop_because(
                self.env._(
                    "%(user)s, who started it, may not invoice any more.",
                    user=self.user_id.name,
                )
            )
            return
        try:
            with self.env.cr.savepoint():
                self._get_worker()._bill(groups)
        except CONCURRENCY_ERRORS:
            raise
        except Exception as error:
            reason = self._get_worker()._get_reason(error)
            _logger.info("Invoice run %s stopped: %s", self.id, reason)
            self._stop_because(reason)

    def _take_groups(self):
        """Lock the next groups to be billed, of these runs or of all, and return them.

        What others have locked is passed over; none is returned if they have it all.
        """
        # sudo: outplacement.invoice.run.group - see _start
        groups = self.env["outplacement.invoice.run.group"].sudo()
        domain = self._get_waiting_domain("running")
        names, limit, offset = ["instalment_count", "run_id"], CHUNK * 5, 0
        while waiting := groups.search_fetch(domain, names, offset, limit):
            offset += len(waiting)
            while waiting:
                several = waiting[: waiting._count_for_chunk(CHUNK)]
                if taken := several.try_lock_for_update(allow_referencing=True):
                    return taken
                waiting -= several
        return groups

    def _has_lost_user(self):
        """Whether who started the run may not invoice any more."""
        user = self.user_id
        return not user._is_superuser() and not (
            user.active
            and self.company_id in user.company_ids
            and user.has_group("account.group_account_invoice")
        )

    def _stop_because(self, reason):
        """Leave what is not billed yet for another run, and tell finance why."""
        self.message_post(body=self.env._("Stopped: %(reason)s", reason=reason))
        self._schedule_for_finance(self.env._("Invoice run stopped"), reason)
        self.action_stop()

    def _get_worker(self):
        """Return the run as the one who started it, in its company only, and in the
        language of whoever reads what is set aside."""
        self.ensure_one()
        user, company = self.user_id, self.company_id
        reader = company.outplacement_finance_user_id or user
        return (
            self.with_user(user)
            .with_context(allowed_company_ids=company.ids, lang=reader.lang)
            .with_company(company)
        )

    def _finish(self):
        """Close the runs of which all work is done, and tell finance what is left.
        What somebody had in hand, and left, when a run was stopped is let go."""
        # sudo: outplacement.invoice.run.group - see _start
        left = self.env["outplacement.invoice.run.group"].sudo()
        left = left.search(self._get_waiting_domain("stopped"))
        left.try_lock_for_update().unlink()
        domain = [
            ("state", "=", "running"),
            ("group_ids", "not any", [("state", "=", "waiting")]),
        ]
        if self:
            domain.append(("id", "in", self.ids))
        # sudo: outplacement.invoice.run - see _start
        runs = self.sudo().search(domain)
        runs = runs.try_lock_for_update(allow_referencing=True)
        runs.write({"state": "done", "date_done": fields.Datetime.now()})
        for run in runs:
            try:
                with self.env.cr.savepoint():
                    # sudo: mail.activity - nobody writes runs by hand
                    run._get_worker().sudo()._tell_finance()
            except CONCURRENCY_ERRORS:
                raise
            except Exception:
                # it is done all the same, and so are the others
                _logger.exception("Invoice run %s: nobody was told", run.id)

    def _tell_finance(self):
        """Leave an activity for what is set aside; end those of former runs of which
        nothing is set aside any more."""
        self.ensure_one()
        kind = "outplacement.mail_activity_type_set_aside"
        former = self.search(
            [
                ("state", "=", "done"),
                ("company_id", "=", self.company_id.id),
                ("id", "!=", self.id),
                ("activity_ids.activity_type_id", "=", self.env.ref(kind).id),
            ]
        )
        former.filtered(lambda run: not run.set_aside_count).activity_unlink([kind])
        if self.set_aside_count:
            self._schedule_for_finance(
                self.env._(
                    "Instalments set aside: %(count)s", count=self.set_aside_count
                )
            )

    def _schedule_for_finance(self, summary, note=False):
        """Leave an activity for who started the run; for the finance user of the
        company if that is nobody, or nobody who may invoice any more."""
        user = self.user_id
        if user._is_superuser() or self._has_lost_user():
            user = self.company_id._get_outplacement_finance_user()
        if user:
            self.activity_schedule(
                "outplacement.mail_activity_type_set_aside",
                summary=summary,
                note=note and plaintext2html(note),
                user_id=user.id,
            )
