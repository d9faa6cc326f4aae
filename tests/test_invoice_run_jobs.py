from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common_billing import TODAY
from .common_run import WORK, RunCommon


@freeze_time(TODAY)
@tagged("post_install", "-at_install")
class TestInvoiceRunJobs(RunCommon):
    """Runs that scheduled jobs start, share and see through."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Run = cls.env["outplacement.invoice.run"]
        cls.root = cls.env.ref("base.user_root")

    def _cron(self, method):
        """Do what a scheduled job does, as it does it."""
        with self.enter_registry_test_mode():
            job = self.env.ref(f"outplacement.ir_cron_invoice_run{method}")
            job.with_user(self.root).method_direct_trigger()
        self.env.invalidate_all()

    def _begin(self, user=None, **values):
        """Return a run that finance started and nobody worked at yet."""
        run = self.Run.with_user(user or self.finance)._start(
            {"mode": "draft", **values}
        )
        return run.with_env(self.env)

    # ------------------------------------------------------------------
    # Daily
    # ------------------------------------------------------------------

    def test_daily(self):
        """Off as long as nobody wants it; then as the setting says."""
        orders = self._sell_due(number=2)
        self._cron("_start")
        self.assertFalse(self.Run.search([]))
        self.company.outplacement_run_mode = "post"
        self._cron("_start")
        [run] = self.Run.search([])
        self.assertEqual((run.user_id, run.mode), (self.root, "post"))
        self.assertFalse(orders.invoice_ids)
        self._cron("")
        self.assertEqual(len(orders.invoice_ids), 2)
        self.assertEqual(set(orders.invoice_ids.mapped("state")), {"posted"})
        self.assertEqual(run.state, "done")
        self._cron("_start")
        self.assertEqual(self.Run.search_count([]), 1, "nothing to bill, no run")

    def test_daily_of_several_companies(self):
        """Each company by its own setting and its own day; one that fails does not
        keep the others from theirs."""
        mine = self._sell_due()
        other = self.setup_other_company()["company"]
        other.outplacement_run_mode = "draft"
        self.company.outplacement_run_mode = "post"
        start, companies = self.Run._start, []

        def begin(run, values):
            companies.append(run.env.company)
            if run.env.company == other:
                raise ZeroDivisionError
            return start(values)

        with (
            patch.object(type(self.Run), "_start", begin),
            mute_logger(WORK),
        ):
            self._cron("_start")
        self.assertLessEqual(
            self.company | other, self.Run.env["res.company"].concat(*companies)
        )
        [run] = self.Run.search([])
        self.assertEqual(run.company_id, self.company)
        self.assertEqual(run.group_ids.instalment_ids.order_id, mine)

    def test_daily_out_of_time(self):
        """The job comes back for the companies that it did not get to, and starts no
        second run of what was set aside in the first."""
        other = self.setup_other_company()["company"]
        companies = self.company | other
        companies.outplacement_run_mode = "draft"
        self._sell_due()
        started = []

        def begin(run, company):
            started.append(company)
            run.create({"company_id": company.id, "mode": "draft"})

        cron = self.registry["ir.cron"]
        with (
            patch.object(type(self.Run), "_start_daily", begin),
            patch.object(cron, "_commit_progress", lambda *args, **kwargs: 0),
        ):
            for _time in range(3):
                self.Run.with_user(self.root)._cron_start()
            self.assertEqual(started, list(companies.sorted("id")))
            with freeze_time("2026-01-06"):
                self.Run.with_user(self.root)._cron_start()
        self.assertEqual(len(started), 3, "another day")

    def test_daily_beside_a_run_by_hand(self):
        """What somebody ran that day is no run of the job."""
        self._begin(order_ids=[Command.set(self._sell_due().ids)])
        self._sell_due()
        self.company.outplacement_run_mode = "draft"
        self._cron("_start")
        self.assertEqual(self.Run.search_count([]), 2)

    @freeze_time("2026-01-31 23:30:00")
    def test_day_of_the_company(self):
        """In Amsterdam it is February by now."""
        self.company.outplacement_run_mode = "draft"
        order = self._sell_and_start(self.halves, date_start="2026-02-01")
        self._cron("_start")
        self._cron("")
        self.assertEqual(str(order.invoice_ids.invoice_date), "2026-02-01")

    def test_activity_of_nobody(self):
        """What a job sets aside is for the finance user of the company."""
        self.company.outplacement_run_mode = "post"
        self.company.outplacement_finance_user_id = self.finance
        due = self._get_due(self._sell_due())
        with self.bad(due):
            self._cron("_start")
            self._cron("")
        self.assertEqual(self.Run.search([]).activity_ids.user_id, self.finance)

    def test_finance_user_is_from_finance(self):
        with self.assertRefused("no right to invoices"):
            self.company.outplacement_finance_user_id = self.manager

    # ------------------------------------------------------------------
    # Chunks
    # ------------------------------------------------------------------

    def test_large_run(self):
        """What takes long goes on in the background, chunk by chunk."""
        orders = self._sell_due(number=5)
        wizard = "odoo.addons.outplacement.wizards.outplacement_invoice_run_start"
        with patch(f"{wizard}.AT_ONCE", 4), patch(f"{WORK}.CHUNK", 2):
            self.assertTrue(self._get_wizard().is_large)
            run = self._run()
            self.assertEqual((run.state, run.progress), ("running", 0.0))
            self.assertFalse(orders.invoice_ids)
            triggers = self.env["ir.cron.trigger"].search([])
            self.assertIn(
                self.env.ref("outplacement.ir_cron_invoice_run"), triggers.cron_id
            )
            self.assertEqual(self.Run._process_chunk(), 2)
            self.assertEqual((run.done_count, run.progress), (2, 40.0))
            self.assertEqual(run.invoice_count, 2)
            self._cron("")
        self.assertEqual((run.state, run.invoice_count), ("done", 5))
        self.assertEqual(run.invoice_ids.create_uid, self.finance)

    def test_a_chunk_never_splits_an_invoice(self):
        self.employer.outplacement_invoice_grouping = "employer"
        self._sell_due(number=3)
        self._sell_due(partner=self.person)
        run = self._begin()
        with patch(f"{WORK}.CHUNK", 2):
            self.assertEqual(self.Run._process_chunk(), 3)
            self.assertEqual(self.Run._process_chunk(), 1)
            self.assertEqual(self.Run._process_chunk(), 0)
        self.assertEqual(len(run.invoice_ids), 2)

    def test_two_runs_of_the_same(self):
        """The second leaves what the first has in hand, and the preview says so."""
        first, second = self._sell_due(number=2)
        run = self._begin(order_ids=[Command.set(first.ids)])
        wizard = self._get_wizard()
        self.assertEqual((wizard.instalment_count, wizard.running_count), (1, 1))
        other = self._begin()
        self.assertEqual(other.group_ids.instalment_ids.order_id, second)
        self._cron("")
        self.assertEqual(run.invoice_ids, first.invoice_ids)
        self.assertEqual(other.invoice_ids, second.invoice_ids)

    def test_what_is_billed_meanwhile(self):
        """A run passes over what a person billed, or lapsed, since it started."""
        due = self._get_due(self._sell_due(number=3))
        run = self._begin()
        due[0].with_user(self.finance).action_create_invoices()
        due[1]._lapse()
        self._cron("")
        self.assertEqual(due.mapped("state"), ["invoiced", "lapsed", "invoiced"])
        self.assertEqual(run.invoice_ids, due[2].invoice_id)
        self.assertEqual((run.state, run.set_aside_count), ("done", 0))

    def test_stop(self):
        """What is not billed is free for another run."""
        due = self._get_due(self._sell_due(number=2))
        run = self._begin()
        with patch(f"{WORK}.CHUNK", 1):
            self.Run._process_chunk()
            run.with_user(self.finance).action_stop()
            self.assertFalse(self.Run._process_chunk())
        self.assertEqual((run.state, run.invoice_count), ("stopped", 1))
        # nor is it held by a group that somebody had in hand and left
        run.group_ids.copy({"run_id": run.id}).state = "waiting"
        due[1].run_group_id = run.group_ids.filtered(lambda g: g.state == "waiting")
        self._run()
        self.assertEqual(due.mapped("state"), ["invoiced"] * 2)

    def test_user_who_left(self):
        """Nothing is made in the name of who may not any more; others may bill it."""
        self._sell_due()
        run = self._begin()
        self.finance.group_ids -= self.env.ref("account.group_account_invoice")
        self._cron("")
        self.assertEqual((run.state, run.invoice_count), ("stopped", 0))
        self.assertIn("may not invoice any more", run.message_ids[0].body)
        self.assertTrue(
            self._sell_due() and self._begin(self.root, company_id=self.company.id)
        )

    def test_conflict_is_tried_again(self):
        self._sell_due()
        run = self._begin()
        bill, calls = type(run)._bill, []

        def conflict_once(worker, groups):
            calls.append(1)
            if len(calls) == 1:
                raise SerializationFailure
            return bill(worker, groups)

        with (
            patch.object(type(run), "_bill", conflict_once),
            patch.object(self.env.cr, "rollback"),
        ):
            self.assertEqual(self.Run._retry(self.Run._process_chunk), 1)
        self.assertEqual(run.invoice_count, 1)

    def test_conflict_without_end(self):
        """The job comes back; nothing is set aside and nothing is lost."""
        due = self._get_due(self._sell_due())
        self._begin()
        with (
            self.bad(due, SerializationFailure),
            patch.object(self.env.cr, "rollback", self.env.invalidate_all),
        ):
            self.assertEqual(self.Run._retry(self.Run._process_chunk), 0)
        later = self.env["ir.cron.trigger"].search(
            [("call_at", "=", f"{TODAY} 00:01:00")]
        )
        job = self.env.ref("outplacement.ir_cron_invoice_run")
        self.assertIn(job, later.cron_id)
        self.assertFalse(due.set_aside_reason)
        self._cron("")
        self.assertEqual(due.state, "invoiced")

    def test_queries_do_not_grow(self):
        """The second ten take no more than the first, invoice by invoice."""
        counts = [self._count_queries(number) / number for number in (5, 20)]
        self.assertLess(counts[1], counts[0])

    def test_queries_of_an_invoice(self):
        """Once everything else is read: those that Odoo makes for any invoice (its
        journal, analytic distribution and tax tags)."""
        _cold, few, more = (self._count_queries(number) for number in (1, 10, 20))
        self.assertLess((more - few) / 10, 4)

    def _count_queries(self, number):
        """Return how many queries a run takes that makes so many invoices."""
        self._sell_due(number=number)
        run = self._begin()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        run._process()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before
