"""Invoice runs, against the bare creation of the same invoices and OCA's contract."""

import copy
import os
import resource
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median
from unittest.mock import patch

from . import billing_data, measuring
from .benchmark import Benchmark
from .billing_data import EACH, FIRST

# instalments; the middle one has to be a multiple of EACH
SMALL, MIDDLE, LARGE = map(int, os.environ.get("SIZES", "200 500 2000").split())
PAIRS = 3
BARE, QUERIES, OCA, OCA_GROUPED = 1.10, 10, 1.15, 2.5
GROWTH, MEMORY, BAD = 1.15, 40, 1.5
BATCH = 100
HEAD = f"{'':44} {'Python':>9} {'database':>9} {'queries':>8} {'ms each':>8}"


class BadError(Exception):
    """What the bad traject does."""


class BillingBenchmark(Benchmark):
    """As finance, whose run is worked at as a scheduled job does, but for commits:
    each sample is undone."""

    name = "billing"
    title = "Invoice runs, bare invoices and OCA's contract"
    sessions = 0
    goes_last = True

    def run(self):
        self.sizes = [SMALL, MIDDLE, LARGE]
        self._install_contract()
        with self.place.changing() as env:
            env.company.outplacement_plan_id = False
            self.user_id = billing_data.make_finance(env).id
            billing_data.make_due(env, [SMALL])
        with self.place.changing() as env:
            self._make_history(env(user=self.user_id))
        with self.place.changing() as env:
            billing_data.make_due(env, self.sizes)
            self.single = billing_data.make_contracts(env, MIDDLE, 1).ids
            self.collective = billing_data.make_contracts(env, MIDDLE // EACH, EACH).ids
        with self.place.changing() as env:
            env.cr.execute("ANALYZE")
        self.report.say(HEAD)
        self._compare_with_bare()
        self._compare_with_contract()
        self._compare_sizes()
        self._compare_with_bad()

    def _make_history(self, env) -> None:
        """Invoices of before, that stay: PostgreSQL knows how many there are, as it
        does in a bureau, and plans Odoo's own queries of invoices by that."""
        Run = env["outplacement.invoice.run"]
        with _without_commits(env):
            Run._start({"date": FIRST, "mode": "draft"})
            Run.sudo()._cron_process()

    def _install_contract(self) -> None:
        """OCA's add-on, beside ours in the same database."""
        with self.place.changing() as env:
            env["ir.module.module"].update_list()
            module = env["ir.module.module"].search([("name", "=", "contract")])
            self.expect(module, "OCA's contract is not on the add-ons path")
            module.button_immediate_install()
        self.place.forget()

    @contextmanager
    def opened(self):
        with self.place.opened(self.user_id) as env:
            yield env

    # ------------------------------------------------------------------
    # Comparisons
    # ------------------------------------------------------------------

    def _compare_with_bare(self) -> None:
        values = self._record_values()
        ours, bare = self._pair(
            (f"Our run, {MIDDLE} invoices", lambda env: self._bill(env, MIDDLE)),
            ("  the same values, created", lambda env: self._create(env, values)),
            MIDDLE,
        )
        self._judge("run ≤ {}× bare creation", ours, bare, BARE)
        more = median(
            (one.queries - other.queries) * 100 / MIDDLE
            for one, other in zip(ours, bare, strict=True)
        )
        self.report.goal(
            f"≤ {QUERIES} queries more per 100 invoices",
            f"{more:.1f} more",
            met=more <= QUERIES,
        )

    def _compare_with_contract(self) -> None:
        oca, ours = self._pair(
            (f"OCA's contract, {MIDDLE} invoices", lambda env: self._oca(env)),
            ("  our run", lambda env: self._bill(env, MIDDLE)),
            MIDDLE,
        )
        self._judge("OCA's contract ≥ {}× our run", oca, ours, OCA, least=True)
        self._pair(
            (f"OCA's contract, {MIDDLE} on {MIDDLE // EACH} invoices", self._oca_group),
            ("  our run, grouped", lambda env: self._bill(env, MIDDLE, grouped=True)),
            MIDDLE,
        )
        oca, ours = self._pair(
            (f"OCA's contract, {MIDDLE} invoices", lambda env: self._oca(env)),
            ("  our run, grouped", lambda env: self._bill(env, MIDDLE, grouped=True)),
            MIDDLE,
        )
        name = "OCA's contract ≥ {}× our run an instalment, 20 on an invoice"
        self._judge(name, oca, ours, OCA_GROUPED, least=True)

    def _compare_sizes(self) -> None:
        before = _megabytes()
        large, middle = self._pair(
            (f"Our run, {LARGE} invoices", lambda env: self._bill(env, LARGE)),
            (f"  our run, {MIDDLE} invoices", lambda env: self._bill(env, MIDDLE)),
            (LARGE, MIDDLE),
        )
        name = f"CPU an invoice at {LARGE} ≤ {{}}× that at {MIDDLE}"
        self._judge(name, large, middle, GROWTH, scale=MIDDLE / LARGE)
        grown = _megabytes() - before
        self.report.goal(
            f"memory grows by ≤ {MEMORY} MB with {LARGE} invoices",
            f"{grown:.0f} MB",
            met=grown <= MEMORY,
        )

    def _compare_with_bad(self) -> None:
        bad, clean = self._pair(
            (f"Our run, one bad in {SMALL}", self._bill_with_bad),
            ("  all good", lambda env: self._bill(env, SMALL)),
            SMALL,
        )
        self._judge(f"one bad in {SMALL} ≤ {{}}× the clean run", bad, clean, BAD)

    def _pair(self, task, peer, numbers):
        """Take samples of two tasks in turn, say what is typical, return them all."""
        (name, run), (other, run_other) = task, peer
        pairs = int(os.environ.get("PAIRS", PAIRS))
        seen = measuring.compare(self.opened, run, run_other, pairs, warm_up=1)
        if isinstance(numbers, int):
            numbers = numbers, numbers
        for label, samples, number in (
            (name, seen.task, numbers[0]),
            (other, seen.peer, numbers[1]),
        ):
            sample = seen.typical(samples)
            self.report.say(
                f"{label:44} {sample.python:9.0f} {sample.database or 0:9.0f}"
                f" {sample.queries:8} {sample.cpu / number:8.2f}"
            )
        return seen.task, seen.peer

    def _judge(self, name, task, peer, goal, *, least=False, scale=1.0) -> None:
        """Note whether the median ratio of CPU time is at most, or least, the goal;
        with a profile of our run where it is not."""
        ratio = measuring.Comparison(task, peer).ratio("cpu") * scale
        met = ratio >= goal if least else ratio <= goal
        spread = sorted(
            one.cpu / other.cpu * scale for one, other in zip(task, peer, strict=True)
        )
        told = f"{ratio:.2f}× ({spread[0]:.2f}–{spread[-1]:.2f})"
        if not self.report.goal(name.format(goal), told, met=met):
            self.report.say(f"\nWhere the time of {SMALL} invoices goes:")

            def bill(env):
                self._bill(env, SMALL)

            self.report.say(measuring.profile(self.opened, bill, times=1) + "\n")

    # ------------------------------------------------------------------
    # What is measured
    # ------------------------------------------------------------------

    def _bill(self, env, number: int, *, grouped: bool = False) -> None:
        """Start a run over the first so many instalments and see it through."""
        if grouped:
            env.cr.execute(
                "UPDATE res_partner SET outplacement_invoice_grouping = 'employer'"
            )
        day = FIRST + timedelta(days=self.sizes.index(number))
        Run = env["outplacement.invoice.run"]
        with _without_commits(env):
            run = Run._start({"date": day, "mode": "draft"})
            Run.sudo()._cron_process()
        invoices = number // EACH if grouped else number
        self.expect(run.instalment_count == number, "too few instalments")
        bad = run.set_aside_count
        self.expect(run.invoice_count == invoices - bad, "too few invoices")

    def _bill_with_bad(self, env) -> None:
        """One invoice fails when all of its batch is made: that is the latest."""
        due = env["outplacement.instalment"].search(
            [("state", "=", "due")], limit=SMALL
        )
        bad = due[SMALL // 2]
        Move = env.registry["account.move"]
        create = Move.create

        def refuse(moves, values):
            made = create(moves, values)
            if bad in made.line_ids.outplacement_instalment_id:
                made.env.flush_all()
                raise BadError
            return made

        refuse._api_model = True
        logger = "odoo.addons.outplacement.models.outplacement_invoice_run_billing"
        with patch.object(Move, "create", refuse), patch(f"{logger}._logger"):
            self._bill(env, SMALL)

    def _record_values(self) -> list[dict]:
        """Return what our run gives to `create`."""
        recorded = []
        Move = self.place.registry["account.move"]
        create = Move.create

        def record(moves, values):
            recorded.extend(copy.deepcopy(values))
            return create(moves, values)

        with self.opened() as env, patch.object(Move, "create", record):
            self._bill(env, MIDDLE)
        for values in recorded:
            # of a run that is undone
            del values["outplacement_run_id"]
        self.expect(len(recorded) == MIDDLE, "not all values were seen")
        return recorded

    def _create(self, env, values: list[dict]) -> None:
        """Create invoices in the batches, and with the rights, of our run."""
        Move = env["account.move"].sudo().with_context(default_move_type="out_invoice")
        values = copy.deepcopy(values)
        for start in range(0, len(values), BATCH):
            Move.create(values[start : start + BATCH])
            env.cr.flush()
            env.cr.clear()

    def _oca(self, env) -> None:
        contracts = env["contract.contract"].sudo().browse(self.single)
        moves = contracts._recurring_create_invoice(FIRST)
        env.flush_all()
        self.expect(len(moves) == MIDDLE, "OCA made too few invoices")

    def _oca_group(self, env) -> None:
        contracts = env["contract.contract"].sudo().browse(self.collective)
        moves = contracts._recurring_create_invoice(FIRST)
        env.flush_all()
        lines = moves.invoice_line_ids
        self.expect(len(lines) == MIDDLE, "OCA made too few lines")


@contextmanager
def _without_commits(env):
    """Have jobs do between chunks what they do, but for the commit itself."""

    def progress(cron, processed=0, *, remaining=None, deactivate=False):
        cron.env.cr.flush()
        cron.env.cr.clear()
        return float("inf")

    with patch.object(env.registry["ir.cron"], "_commit_progress", progress):
        yield


def _megabytes() -> float:
    """The memory that this process has now; its peak where that cannot be told."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return pages * resource.getpagesize() / 2**20
