"""All tests of the add-on: most with their coverage, and apart those that crawl pages,
walk through a browser or try hundreds of courses, which take as long as all others."""

import os
import subprocess

from .. import databases
from ..bench import Bench, free_port
from ..outcome import Outcome
from ..paths import CHECKOUT, MODULE
from .check import Check

# Classes for the other lane. What is not named here, is among the others.
APART = (
    *("TestCanary", "TestCanaryCanFail", "TestTours", "TestToursOfTheFile"),
    *("TestToursSocialPlan", "TestPortalTours", "TestPortalPlanTour"),
    *("TestBillingScenarios", "TestBillingSequences"),
)
# Of those who crawl: `make canary` sends everybody.
VISITORS = "other_coach employee"


def checks() -> list[Check]:
    """The check that runs the tests in a database without demo data."""
    return [Check("tests without demo data", _without_demo)]


def long_checks() -> list[Check]:
    """The check that runs the long ones, in a database of its own."""
    return [Check("tours, crawls and courses without demo data", _long)]


def _long(bench: Bench) -> Outcome:
    tags = ",".join(f"/{MODULE}:{name}" for name in APART)
    with databases.temporary(bench.odoo, bench.server) as name:
        run = bench.run(
            "tours",
            *arguments(name, tags),
            environment={"CANARY_VISITORS": VISITORS},
        )
    return run.test_outcome()


def arguments(name: str, tags: str = f"/{MODULE}") -> list[str]:
    """Odoo's arguments to install the add-on in a database and run its tests."""
    return [
        *("-d", name, "-i", MODULE, "--stop-after-init", f"--test-tags={tags}"),
        *(f"--http-port={free_port()}", "--max-cron-threads=0"),
    ]


def _without_demo(bench: Bench) -> Outcome:
    config = f"--rcfile={CHECKOUT / 'pyproject.toml'}"
    coverage = {"COVERAGE_FILE": str(bench.logs / "coverage")}
    keep = f"{MODULE}_kept" if os.environ.get("KEEP") else ""
    tags = ",".join((f"/{MODULE}", *(f"-/{MODULE}:{name}" for name in APART)))
    with databases.temporary(bench.odoo, bench.server, keep=keep) as name:
        run = bench.run(
            "tests",
            *arguments(name, tags),
            wrapper=["-m", "coverage", "run", config, f"--source={CHECKOUT}"],
            environment=coverage,
        )
    outcome = run.test_outcome()
    return outcome + Outcome(details=_report(bench, config, coverage))


def _report(bench: Bench, config: str, coverage: dict[str, str]) -> str:
    """The table of lines that no test ran."""
    python = bench.odoo.python / "bin/python"
    done = subprocess.run(
        [python, "-m", "coverage", "report", config],
        cwd=CHECKOUT,
        env={**os.environ, **coverage},
        capture_output=True,
        text=True,
        check=False,
    )
    return f"Coverage:\n{done.stdout or done.stderr}"
