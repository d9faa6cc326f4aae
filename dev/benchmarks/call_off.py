"""Calling off many people of a social plan at once, against few."""

from contextlib import contextmanager

from . import measuring, plan_data
from .benchmark import Benchmark

MANY, FEW = 200, 50
PAIRS = 7
GOAL = 1.15
HEAD = f"{'':34} {'Python':>9} {'database':>9} {'queries':>8} {'ms each':>8}"


class CallOffBenchmark(Benchmark):
    """As the account manager of the plan. Each sample is undone."""

    name = "calloff"
    title = f"Call-off of {MANY} people at once, and of {FEW}"
    sessions = 0

    def run(self):
        with self.place.changing() as env:
            seller = self.bureau.make_user(env, "account_manager", "Arie Afroep")
            self.user_id = seller.id
            self.plan_id = plan_data.make_plan(
                env, seller, MANY, "Sluiting van het depot"
            ).id
        with self.place.changing() as env:
            env.cr.execute("ANALYZE")
        seen = measuring.compare(
            self.opened,
            lambda env: self._call_off(env, MANY),
            lambda env: self._call_off(env, FEW),
            PAIRS,
            warm_up=1,
        )
        self.report.say(HEAD)
        for samples, number in ((seen.task, MANY), (seen.peer, FEW)):
            sample = seen.typical(samples)
            self.report.say(
                f"{f'Call-off of {number}':34} {sample.python:9.0f}"
                f" {sample.database or 0:9.0f} {sample.queries:8}"
                f" {sample.cpu / number:8.2f}"
            )
        self._judge(seen)

    @contextmanager
    def opened(self):
        with self.place.opened(self.user_id) as env:
            yield env

    def _call_off(self, env, number: int) -> None:
        plan = env["outplacement.social.plan"].browse(self.plan_id)
        people = plan.entitlement_ids[:number]
        made = plan._call_off(people)
        env.flush_all()
        self.expect(sum(made.mapped("count")) == number, "too few were called off")

    def _judge(self, seen) -> None:
        """Note whether a traject costs as much of many as of few."""
        many, few = (
            seen.typical(samples).queries / number
            for samples, number in ((seen.task, MANY), (seen.peer, FEW))
        )
        self.report.goal(
            f"queries a traject: at {MANY} no more than at {FEW}",
            f"{many:.2f} and {few:.2f}",
            met=many <= few,
        )
        ratio = seen.ratio("cpu") * FEW / MANY
        spread = sorted(
            one.cpu / other.cpu * FEW / MANY
            for one, other in zip(seen.task, seen.peer, strict=True)
        )
        told = f"{ratio:.2f}× ({spread[0]:.2f}–{spread[-1]:.2f})"
        name = f"CPU a traject at {MANY} ≤ {GOAL:.2f}× that at {FEW}"
        if not self.report.goal(name, told, met=ratio <= GOAL):
            self.report.say(f"\nWhere the time of a call-off of {MANY} goes:")

            def call_off(env):
                self._call_off(env, MANY)

            self.report.say(measuring.profile(self.opened, call_off, times=1) + "\n")
