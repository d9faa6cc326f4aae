"""The common class of all benchmarks, and what they report."""

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from . import measuring

HEAD = (
    f"{'':40} {'':9} {'Python':>8} {'database':>9} {'wall':>8} {'queries':>8}"
    f" {'CPU':>6} {'wall':>6}"
)


class UnfitError(Exception):
    """What is to be compared cannot be: the benchmark itself is wrong."""


@dataclass
class Goal:
    """Something that is to hold, whether it does, and what was seen."""

    name: str
    met: bool
    seen: str

    def __str__(self) -> str:
        return f"{'met' if self.met else 'MISSED':6} {self.name}: {self.seen}"


@dataclass
class Report:
    """What is printed, and which goals were met."""

    goals: list[Goal] = field(default_factory=list)

    def say(self, text: str = "") -> None:
        """Print a line, or several, at once."""
        print(text, flush=True)

    def goal(self, name: str, seen: str, *, met: bool) -> bool:
        """Note whether a goal was met; return that."""
        self.goals.append(Goal(name, met, seen))
        return met

    def close(self) -> None:
        """Print which goals were met."""
        self.say("\nGoals")
        for goal in self.goals:
            self.say(str(goal))


class Benchmark:
    """One set of measurements. Subclasses give a name, a title and :meth:`run`.

    :param place: opens environments in the database (see ``place.Place``)
    :param bureau: the bureau in it, which :attr:`sessions` tells how large it is to be
    :param report: where to say what was seen
    :param files: the folder for what is too long to print
    """

    name = ""
    """What it is called on the command line."""
    title = ""
    sessions = 100_000
    """How many sessions the bureau has, at least; benchmarks run in this order."""
    goes_last = False
    """Whether it leaves the database otherwise than the others want it."""

    def __init__(self, place, bureau, report: Report, files: Path):
        self.place = place
        self.bureau = bureau
        self.report = report
        self.files = files

    def run(self) -> None:
        """Measure, and say what was seen."""
        # a common class: what is measured is known to the others only
        raise NotImplementedError

    @contextmanager
    def opened(self):
        """An environment of the coach whose work is measured."""
        with self.place.opened(self.bureau.coach_id) as env:
            yield env

    def expect(self, holds, otherwise: str) -> None:
        """:raises UnfitError: what the benchmark goes by does not hold"""
        if not holds:
            raise UnfitError(f"{self.name}: {otherwise}")

    def head(self) -> None:
        """Say what the columns of :meth:`compare` are."""
        self.report.say(HEAD)

    def compare(
        self,
        name: str,
        task: Callable,
        peer: Callable,
        names: tuple[str, str],
        goal: float | None = None,
        opened: Callable | None = None,
    ) -> None:
        """Measure a task against its peer; with a profile where a goal is missed.

        :param names: what the two are called
        :param goal: the ratio of CPU time that is still good, None to just look
        :param opened: another's environment than the coach's
        """
        seen = measuring.compare(opened or self.opened, task, peer)
        cpu, wall = seen.ratio("cpu"), seen.ratio("wall")
        ratios = f" {cpu:5.2f}× {wall:5.2f}×"
        for label, called, samples, end in (
            (name, names[0], seen.task, ratios),
            ("", names[1], seen.peer, ""),
        ):
            self.report.say(_row(label, called, seen.typical(samples)) + end)
        if goal is None:
            return
        told = f"{cpu:.2f}× of the CPU time ({wall:.2f}× of the wall time)"
        if not self.report.goal(f"{name} ≤ {goal:.2f}×", told, met=cpu <= goal):
            self.report.say(f"\nWhere the time of “{name}” goes ({names[0]}):")
            self.report.say(measuring.profile(self.opened, task) + "\n")


def _row(label: str, called: str, sample: measuring.Sample) -> str:
    database = "?" if sample.database is None else f"{sample.database:.1f}"
    return (
        f"{label:40} {called:9} {sample.python:8.1f} {database:>9} {sample.wall:8.1f}"
        f" {sample.queries:8}"
    )
