"""One check, and running a list of them."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from ..bench import Bench
from ..errors import Failure
from ..outcome import Outcome

MOST_LINES = 300  # Of one check's details; its log has them all.
_printing = threading.Lock()


@dataclass(frozen=True)
class Check:
    """A named check; `run` may raise Failure, which counts as one failed test."""

    name: str
    run: Callable[[Bench], Outcome]


def run_checks(bench: Bench, *lanes: Sequence[Check]) -> Outcome:
    """Run lanes of checks beside each other, each lane in its order.

    Prints what each check found as soon as it is done, and returns the sum.
    """
    with ThreadPoolExecutor(max_workers=len(lanes)) as pool:
        outcomes = list(pool.map(lambda lane: _run_lane(bench, lane), lanes))
    return sum((Outcome(one.passed, one.failed) for one in outcomes), Outcome())


def _run_lane(bench: Bench, lane: Sequence[Check]) -> Outcome:
    total = Outcome()
    for check in lane:
        start = time.monotonic()
        try:
            outcome = check.run(bench)
        except Failure as failure:
            outcome = Outcome.single(str(failure), ok=False)
        _show(check.name, outcome, time.monotonic() - start)
        total += outcome
    return total


def _show(name: str, outcome: Outcome, seconds: float) -> None:
    """Print a line about a check, and below it what there is to read."""
    verdict = "FAILED" if outcome.failed else "ok"
    counts = f"{outcome.passed} passed"
    if outcome.failed:
        counts += f", {outcome.failed} failed"
    lines = outcome.details.splitlines()
    if len(lines) > MOST_LINES:
        lines[MOST_LINES:] = [f"… and {len(lines) - MOST_LINES} more lines"]
    with _printing:
        print(f"{verdict:6} {name} ({counts}, {seconds:.0f} s)", flush=True)
        for line in lines:
            print(f"       {line}", flush=True)


def close(outcome: Outcome) -> int:
    """Print the closing line and return the exit code that goes with it."""
    print(f"{outcome.passed} passed, {outcome.failed} failed", flush=True)
    return 1 if outcome.failed or not outcome.passed else 0
