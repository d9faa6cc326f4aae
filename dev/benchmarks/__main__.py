"""Runs benchmarks in a database: python -m benchmarks DATABASE --files FOLDER."""

import argparse
import sys
import time
from pathlib import Path

from odoo.tools import config

from .benchmark import Report
from .billing import BillingBenchmark
from .bureau import Bureau
from .call_off import CallOffBenchmark
from .cockpit import CockpitBenchmark
from .form import FormBenchmark
from .intake import IntakeBenchmark
from .lists import ListsBenchmark
from .paper import PaperBenchmark
from .place import Place
from .plans import PlansBenchmark
from .portal import PortalBenchmark
from .search import SearchBenchmark

BENCHMARKS = (
    FormBenchmark,
    ListsBenchmark,
    SearchBenchmark,
    PlansBenchmark,
    BillingBenchmark,
    IntakeBenchmark,
    PaperBenchmark,
    PortalBenchmark,
    CallOffBenchmark,
    CockpitBenchmark,
)


def main() -> None:
    """Run the benchmarks that were asked for, the smaller bureau first."""
    options = _parse()
    log = str(options.files / "odoo.log")
    config.parse_config(["-d", options.database, "--logfile", log], setup_logging=True)
    report = Report()
    place = Place(options.database)
    bureau = Bureau(place)
    chosen = [one for one in BENCHMARKS if one.name in options.only]
    for benchmark in sorted(chosen, key=lambda one: (one.goes_last, one.sessions)):
        _grow(bureau, min(benchmark.sessions, options.sessions), report)
        report.say(f"\n{benchmark.title}")
        benchmark(place, bureau, report, options.files).run()
    report.close()


def _grow(bureau: Bureau, sessions: int, report: Report) -> None:
    """Let the bureau grow, and say so."""
    if sessions > bureau.sessions:
        start = time.monotonic()
        bureau.grow(sessions)
        seconds = time.monotonic() - start
        report.say(
            f"\nA bureau of {bureau.sessions:,} sessions, {bureau.trajects:,} trajects,"
            f" {len(bureau.coaches)} coaches (made in {seconds:.0f} s)"
        )


def _parse() -> argparse.Namespace:
    names = [one.name for one in BENCHMARKS]
    parser = argparse.ArgumentParser(prog="benchmarks", description=main.__doc__)
    parser.add_argument("database")
    parser.add_argument("--files", type=Path, required=True)
    parser.add_argument("--only", nargs="*", choices=names, default=names)
    parser.add_argument("--sessions", type=int, default=sys.maxsize)
    return parser.parse_args()


if __name__ == "__main__":
    main()
