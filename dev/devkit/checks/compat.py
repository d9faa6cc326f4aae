"""Odoo's own suites with this add-on installed, compared with Odoo alone."""

import hashlib
import json
import os
from dataclasses import asdict, dataclass

from .. import databases
from ..bench import Bench, free_port
from ..errors import Failure
from ..files import say
from ..odoo_log import failed_tests, totals
from ..outcome import Outcome
from ..paths import MODULE
from .check import Check

SUITES = "crm,sale,sale_crm,sales_team,calendar,portal,privacy_lookup"


def checks() -> list[Check]:
    """The comparison of the suites that COMPAT names, or else of the usual ones."""
    suites = os.environ.get("COMPAT", SUITES).split(",")
    return [Check(f"Odoo's suites of {', '.join(suites)}", lambda b: _run(b, suites))]


@dataclass(frozen=True)
class Result:
    """What the suites gave: how many tests ran, and what those that failed said."""

    count: int
    failures: dict[str, str]


def _run(bench: Bench, suites: list[str]) -> Outcome:
    """One failed test for each that fails with the add-on and not without it."""
    known = _baseline(bench, suites)
    result = _suites(bench, suites, "compat", [MODULE])
    new = [text for test, text in result.failures.items() if test not in known.failures]
    outcome = Outcome(max(result.count - len(new), 0), len(new), "\n".join(new))
    if result.count < known.count:
        fewer = f"{result.count} tests ran, but {known.count} without the add-on"
        fewer += f": see {bench.logs / 'compat.log'}"
        outcome += Outcome.single(fewer, ok=False)
    return outcome


def _baseline(bench: Bench, suites: list[str]) -> Result:
    """What Odoo alone gives: run once for each version of Odoo."""
    key = f"{bench.odoo.source.identity} {bench.odoo.python.name} {suites}"
    digest = hashlib.sha256(key.encode()).hexdigest()[:12]
    path = bench.odoo.paths.cache / f"compat-{digest}.json"
    if not path.exists():
        say("Running Odoo's suites without the add-on, once for this Odoo …")
        result = _suites(bench, suites, "compat-baseline", [])
        if not result.count:
            raise Failure(f"Odoo's suites could not be run: see {bench.logs}")
        partial = path.with_suffix(".partial")
        partial.write_text(json.dumps(asdict(result), indent=1))
        partial.rename(path)
    return Result(**json.loads(path.read_text()))


def _suites(bench: Bench, suites: list[str], label: str, extra: list[str]) -> Result:
    """Run the suites in a new database without demo data."""
    name = databases.temporary_name()
    try:
        run = bench.run(
            label,
            *("-d", name, "-i", ",".join([*suites, *extra])),
            f"--test-tags={','.join(f'/{suite}' for suite in suites)}",
            *("--stop-after-init", f"--http-port={free_port()}"),
        )
    finally:
        databases.drop(bench.server, name)
    failures = {test: str(entry) for test, entry in failed_tests(run.entries).items()}
    return Result(totals(run.entries).run, failures)
