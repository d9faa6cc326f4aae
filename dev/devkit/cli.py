"""The commands of the development tools."""

import os
import shutil
import sys
from collections.abc import Sequence

from . import bench, benchmark, demo, odoo, server, system, testdb
from .checks import (
    billing,
    call_offs,
    canary,
    compat,
    encryption,
    i18n,
    life_cycle,
    lint,
    module_tests,
    own_tests,
    replica,
    screenshots,
    wheel,
)
from .checks.check import Check, close, run_checks
from .cluster import Cluster
from .errors import Failure
from .paths import Paths


def run_odoo(arguments: list[str]) -> int:
    """Become Odoo's command line; on the test cluster with OUTPLACEMENT_DB=test."""
    paths = Paths.from_environment()
    provided = odoo.provide(paths)
    on_tests = os.environ.get("OUTPLACEMENT_DB") == "test"
    database = server.for_tests(paths) if on_tests else server.for_demo(paths)
    command = provided.command(*arguments)
    os.execve(command[0], command, provided.environment(database))


def run_lanes(name: str, *lanes: Sequence[Check]) -> int:
    """Provision everything, run lanes of checks, print the closing line."""
    system.need(*system.PACKAGES)
    place = bench.provide(name)
    print(f"Logs are kept in {place.logs}", flush=True)
    return close(run_checks(place, *lanes))


def test(_arguments: list[str]) -> int:
    """Everything but `make compat`; two lanes, for two processor cores."""
    return run_lanes(
        "test",
        [
            *module_tests.checks(),
            *encryption.checks(),
            *own_tests.checks(),
            *wheel.checks(),
        ],
        [
            *lint.checks(),
            *i18n.checks(),
            *lint.database_checks(),
            *life_cycle.checks(),
            *canary.checks(),
            *billing.checks(),
            *call_offs.checks(),
            *module_tests.long_checks(),
        ],
    )


def run_i18n(_arguments: list[str]) -> int:
    """Export the terms into i18n/; only compare them where CI is set."""
    place = bench.provide("i18n")
    outcome = i18n.export(place, check=bool(os.environ.get("CI")))
    print(outcome.details or "The translation is complete and up to date.")
    return 1 if outcome.failed else 0


def run_format(_arguments: list[str]) -> int:
    """Let the formatters rewrite the sources."""
    lint.fix(bench.provide("format"))
    return 0


def clean(_arguments: list[str]) -> int:
    """Stop the test cluster and delete it, with its databases and their files."""
    paths = Paths.from_environment()
    Cluster(paths.test_cluster, durable=False).remove()
    shutil.rmtree(paths.test_data, ignore_errors=True)
    return 0


COMMANDS = {
    "billing": lambda _: run_lanes("billing", billing.checks()),
    "call-offs": lambda _: run_lanes("call-offs", call_offs.checks()),
    "bench": lambda _: benchmark.run(),
    "canary": lambda _: run_lanes("canary", canary.checks()),
    "clean": clean,
    "compat": lambda _: run_lanes("compat", compat.checks()),
    "demo": lambda _: demo.start(),
    "demo-reset": lambda _: demo.reset(),
    "demo-stop": lambda _: demo.stop(),
    "format": run_format,
    "encryption": lambda _: run_lanes("encryption", encryption.checks()),
    "i18n": run_i18n,
    "lint": lambda _: run_lanes("lint", lint.checks(), lint.database_checks()),
    "odoo": run_odoo,
    "replica": lambda _: run_lanes("replica", replica.checks()),
    "screenshots": lambda _: run_lanes("screenshots", screenshots.checks()),
    "test": test,
    "testdb": testdb.main,
}


def main(arguments: list[str]) -> int:
    """Run the command that the first argument names and return its exit code."""
    name, *rest = arguments or [""]
    try:
        if name not in COMMANDS:
            raise Failure(f"There is no command {name!r}: see `make help`.")
        return COMMANDS[name](rest)
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
