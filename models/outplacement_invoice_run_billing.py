import logging
import math

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import split_every

from ..tools.concurrency import CONCURRENCY_ERRORS

_logger = logging.getLogger(__name__)

# How many of them are tried together at first: what one of them spoils is done again.
BATCH = 25


class OutplacementInvoiceRun(models.Model):
    """How invoice runs make invoices, and find what keeps some from being made."""

    _inherit = "outplacement.invoice.run"

    # ------------------------------------------------------------------
    # Billing groups
    # ------------------------------------------------------------------

    def _bill(self, groups):
        """Bill what is due of locked groups. What cannot be billed is set aside with
        its reason, and the rest comes on its invoices all the same.

        :param groups: ``outplacement.invoice.run.group``, all of this run
        """
        self.ensure_one()
        Instalment = self.env["outplacement.instalment"]
        due = Instalment.search(
            [("run_group_id", "in", groups.ids), ("state", "=", "due")]
        )
        problems = due._get_run_problems(self.date, self.mode)
        due._set_aside(problems)
        fit = due - Instalment.concat(*problems)
        jobs = list(fit.grouped("run_group_id").values())
        # what was in the way before may be still: not together with the others
        suspect = [job for job in jobs if any(job.mapped("set_aside_reason"))]
        others = [job for job in jobs if job not in suspect]
        for batch in [*split_every(BATCH, others), *([job] for job in suspect)]:
            self._bill_jobs(list(batch))
        groups.state = "done"

    def _bill_jobs(self, jobs):
        """Make the invoices of jobs, together if possible, else in smaller parts.

        :param list jobs: recordsets of instalments, each of one invoice
        """
        try:
            with self.env.cr.savepoint():
                self._make_invoices(jobs)
        except CONCURRENCY_ERRORS:
            raise
        except Exception as error:
            if len(jobs) > 1:
                # parts so small that trying the bad one's again costs little
                for part in split_every(math.isqrt(len(jobs)), jobs):
                    self._bill_jobs(list(part))
            else:
                self._bill_without_bad(jobs[0], error)

    def _bill_without_bad(self, instalments, error):
        """Make an invoice of those of these instalments that can be billed.

        :param error: what came of billing them all
        """
        bad = self._find_bad(instalments, error)
        instalments._set_aside(bad)
        good = instalments.filtered(lambda instalment: instalment not in bad)
        if not good:
            return
        try:
            with self.env.cr.savepoint():
                self._make_invoices([good])
        except CONCURRENCY_ERRORS:
            raise
        except Exception as other:
            # each by itself would do: it is for a person to see what is wrong
            reason = self._get_reason(other)
            good._set_aside(dict.fromkeys(good, reason))

    def _find_bad(self, instalments, error):
        """Return the reason by instalment, of those that spoil the invoice of these.

        :param error: what came of billing them all
        """
        if len(instalments) == 1:
            return {instalments: self._get_reason(error)}
        bad = {}
        middle = len(instalments) // 2
        for half in (instalments[:middle], instalments[middle:]):
            if error := self._try_invoice(half):
                bad |= self._find_bad(half, error)
        return bad

    def _try_invoice(self, instalments):
        """Make an invoice and undo it; return what went wrong, None if nothing."""
        savepoint = self.env.cr.savepoint()
        try:
            self._make_invoices([instalments])
            self.env.flush_all()
        except CONCURRENCY_ERRORS:
            raise
        except Exception as error:
            return error
        finally:
            savepoint.close(rollback=True)
        return None

    def _get_reason(self, error):
        """Return what finance reads of an error."""
        if isinstance(error, UserError):
            return str(error)
        _logger.error("Invoice run %s: not foreseen", self.id, exc_info=error)
        return self.env._(
            "Something went wrong that was not foreseen: %(error)s", error=error
        )

    # ------------------------------------------------------------------
    # Making invoices
    # ------------------------------------------------------------------

    def _make_invoices(self, jobs):
        """Make one invoice a job through its sales orders; post and send if wanted.

        :param list jobs: recordsets of instalments, each of one invoice
        :raises UserError: an instalment came on no invoice
        """
        invoices = self.env["account.move"]
        for several in self._part_jobs(jobs):
            invoices |= self._create_invoices(several)
        instalments = self.env["outplacement.instalment"].concat(*jobs)
        if missed := instalments.filtered(lambda i: not i.invoice_line_ids):
            raise UserError(
                self.env._(
                    "No invoice line was made for %(instalments)s: look at its order.",
                    instalments=", ".join(missed.mapped("display_name")),
                )
            )
        if self.mode != "draft":
            invoices._post(soft=False)
        if self.mode == "send":
            self._queue_sending(invoices)

    def _part_jobs(self, jobs):
        """Part jobs into lists that have an order once at most each, and are either
        all of one order or all of an employer."""
        parts = []
        for job in jobs:
            orders = set(job.order_id.ids)
            collective = not job.run_group_id.order_id
            for kind, taken, several in parts:
                if kind == collective and not taken & orders:
                    taken |= orders
                    several.append(job)
                    break
            else:
                parts.append((collective, orders, [job]))
        return [several for _kind, _orders, several in parts]

    def _create_invoices(self, jobs):
        """Create the invoices of jobs by Odoo's own way from orders to invoices."""
        instalments = self.env["outplacement.instalment"].concat(*jobs)
        orders = instalments.order_id.with_context(
            outplacement_instalment_ids=frozenset(instalments.ids),
            outplacement_run=self,
            # each gets a note that tells of what order it was made
            mail_create_nolog=True,
        )
        # read for all lines at once what is asked of each
        orders.order_line.fetch(["tax_ids", "invoice_lines"])
        instalments._fetch_earning()
        single = bool(jobs[0].run_group_id.order_id)
        return orders._create_invoices(grouped=single).with_env(self.env)

    def _queue_sending(self, invoices):
        """Leave invoices to Odoo's own job that sends them, as its wizard does."""
        author = self.env.user
        invoices.sending_data = {
            "author_user_id": author.id,
            "author_partner_id": author.partner_id.id,
        }
        # sudo: ir.cron - whoever may send an invoice may have it sent
        job = self.env.ref("account.ir_cron_account_move_send").sudo()
        job._trigger()
