"""Measuring: two tasks side by side, in one process, turn by turn.

Knows nothing of Odoo but that a place opens an environment with a cursor.
"""

import cProfile
import gc
import io
import pstats
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

# On a machine that others use too, the median of 31 pairs went up and down by a tenth.
PAIRS = 101
WARM_UP = 3
PROFILED = 5
PROFILE_LINES = 15


@dataclass
class Sample:
    """One run of a task: milliseconds, and the number of its SQL queries."""

    python: float = 0.0
    """CPU time of this process."""
    database: float | None = None
    """CPU time of the connection's PostgreSQL process, None where it can't be read."""
    wall: float = 0.0
    queries: int = 0

    @property
    def cpu(self) -> float:
        """The CPU time of both processes, as far as known."""
        return self.python + (self.database or 0.0)


@dataclass
class Comparison:
    """The samples of a task and of its peer, in pairs."""

    task: list[Sample] = field(default_factory=list)
    peer: list[Sample] = field(default_factory=list)

    def ratio(self, measure: str) -> float:
        """The median of the pairs' ratios of `measure`, a trait of a sample.

        Both of a pair were taken within a moment: what else the machine does at that
        time slows down both.
        """
        pairs = zip(self.task, self.peer, strict=True)
        return median(
            getattr(one, measure) / (getattr(other, measure) or 1e-9)
            for one, other in pairs
        )

    @staticmethod
    def typical(samples: list[Sample]) -> Sample:
        """The median of each trait."""
        database = [one.database for one in samples if one.database is not None]
        return Sample(
            median(one.python for one in samples),
            median(database) if database else None,
            median(one.wall for one in samples),
            round(median(one.queries for one in samples)),
        )


@contextmanager
def stopwatch(cr) -> Iterator[Sample]:
    """Measure what happens inside, with a cursor for its queries."""
    backend = cr._cnx.info.backend_pid
    sample = Sample()
    gc.collect()
    database, queries = _database_cpu(backend), cr.sql_log_count
    wall, python = time.perf_counter(), time.process_time()
    yield sample
    sample.python = (time.process_time() - python) * 1000
    sample.wall = (time.perf_counter() - wall) * 1000
    sample.queries = cr.sql_log_count - queries
    if database is not None:
        sample.database = _database_cpu(backend) - database


def compare(
    opened: Callable,
    task: Callable,
    peer: Callable,
    pairs: int = PAIRS,
    warm_up: int = WARM_UP,
) -> Comparison:
    """Run a task and its peer in turn, each in a transaction of its own.

    :param opened: a context manager that yields an environment
    :param task: is called with that environment, and so is `peer`
    """
    comparison = Comparison()
    for number in range(warm_up + pairs):
        # who goes second finds the processor's caches warm: that is shared fairly
        order = [(task, comparison.task), (peer, comparison.peer)]
        for run, samples in order if number % 2 else reversed(order):
            with opened() as env, stopwatch(env.cr) as sample:
                run(env)
            if number >= warm_up:
                samples.append(sample)
    return comparison


def profile(opened: Callable, task: Callable, times: int = PROFILED) -> str:
    """Return where the Python time of a task goes, function by function."""
    profiler = cProfile.Profile()
    for _number in range(times):
        with opened() as env:
            profiler.enable()
            task(env)
            profiler.disable()
    output = io.StringIO()
    stats = pstats.Stats(profiler, stream=output)
    stats.strip_dirs().sort_stats("tottime").print_stats(PROFILE_LINES)
    lines = output.getvalue().splitlines()
    head = next(i for i, line in enumerate(lines) if "function calls" in line)
    return "\n".join(line for line in lines[head:] if line.strip())


def _database_cpu(pid: int) -> float | None:
    """The CPU time of a process of this machine so far, in milliseconds."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6
    except (OSError, ValueError):
        return None
