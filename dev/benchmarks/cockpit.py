"""The cockpit of a social plan with thousands of people, against one with few."""

from contextlib import contextmanager
from functools import partial

from . import measuring, plan_data
from .benchmark import Benchmark
from .place import answer
from .screens import read_view

LARGE, SMALL = 5_000, 50
CALLED_OFF = 0.6  # of the people
BATCH = 500
PAIRS = 9
PLAN = "outplacement.social.plan"
HEAD = f"{'':34} {'people':>7} {'Python':>8} {'database':>9} {'wall':>8} {'queries':>8}"


class CockpitBenchmark(Benchmark):
    """As the account manager of both plans; the cockpit, and the form that it is opened
    from. How often the database is asked does not depend on the size."""

    name = "cockpit"
    title = f"Cockpit of a plan with {LARGE:,} entitlements, and with {SMALL}"
    sessions = 0

    def run(self):
        with self.place.changing() as env:
            seller = self.bureau.make_user(env, "account_manager", "Coco Cockpit")
            self.user_id = seller.id
            self.plans = {
                size: self._make(env, seller, size) for size in (LARGE, SMALL)
            }
        with self.place.changing() as env:
            env.cr.execute("ANALYZE")
        with self.opened() as env:
            self.form = read_view(env, PLAN, "form")
        self.report.say(HEAD)
        for name, read in (("Cockpit", self._cockpit), ("Form", self._form)):
            seen = measuring.compare(
                self.opened,
                partial(read, size=LARGE),
                partial(read, size=SMALL),
                PAIRS,
            )
            self._tell(name, seen)

    def _make(self, env, seller, size: int) -> int:
        """Make a plan of which most people are called off; return its id."""
        plan = plan_data.make_plan(env, seller, size, f"Plan voor {size}")
        called = plan.entitlement_ids[: int(size * CALLED_OFF)]
        for start in range(0, len(called), BATCH):
            plan._call_off(called[start : start + BATCH])
        plan_data.let_time_pass(env, plan)
        return plan.id

    @contextmanager
    def opened(self):
        with self.place.opened(self.user_id) as env:
            yield env

    def _cockpit(self, env, size: int) -> None:
        plan = env[PLAN].browse(self.plans[size])
        [read] = plan.web_read({"display_name": {}, "cockpit": {}})
        tables = {table["name"]: table for table in read["cockpit"]["tables"]}
        placed = tables["weeks"]["rows"][0]["cells"][0]["text"]
        self.expect(placed != "0" and len(tables) == 7, "the cockpit is empty")
        answer(read)

    def _form(self, env, size: int) -> None:
        answer(env[PLAN].browse(self.plans[size]).web_read(self.form))

    def _tell(self, name: str, seen) -> None:
        for samples, size in ((seen.task, LARGE), (seen.peer, SMALL)):
            sample = seen.typical(samples)
            database = "?" if sample.database is None else f"{sample.database:.1f}"
            self.report.say(
                f"{name:34} {size:7,} {sample.python:8.1f} {database:>9}"
                f" {sample.wall:8.1f} {sample.queries:8}"
            )
        many, few = (
            {sample.queries for sample in samples} for samples in (seen.task, seen.peer)
        )
        self.report.goal(
            f"{name}: as many queries for {LARGE:,} people as for {SMALL}",
            f"{sorted(many)} and {sorted(few)}",
            met=max(many) <= max(few),
        )
