"""`make bench`: measure the add-on in a database made for it."""

import os
import subprocess

from . import bench, databases, oca_contract, system
from .bench import Bench
from .errors import Failure
from .paths import DEV, MODULE


def run() -> int:
    """Install the add-on in a database of its own and run dev/benchmarks in it.

    ONLY names some of them; SESSIONS limits the size of the bureau, PAIRS and
    SIZES ("40 100 400") the samples of billing, for a quick look.
    What was measured is printed, whether goals are met or not. Raises Failure when
    something cannot be measured.
    """
    system.need("postgresql", "postgresql-client")
    place = bench.provide("bench")
    print(f"Logs and query plans are kept in {place.logs}", flush=True)
    with databases.temporary(place.odoo, place.server) as name:
        arguments = ["-d", name, "-i", MODULE, "--stop-after-init", "--no-http"]
        if place.run("install", *arguments).code:
            raise Failure(f"Odoo could not install the add-on: see {place.logs}")
        done = subprocess.run(
            _command(place, name), env=_environment(place), check=False
        )
    if done.returncode:
        raise Failure(f"The benchmarks broke off: see above and {place.logs}")
    return 0


def _command(place: Bench, name: str) -> list[str]:
    """The command line of the benchmarks."""
    python = str(place.odoo.python / "bin/python")
    command = [python, "-m", "benchmarks", name, "--files", str(place.logs)]
    if only := os.environ.get("ONLY", "").split():
        command += ["--only", *only]
    if sessions := os.environ.get("SESSIONS"):
        command += ["--sessions", sessions]
    return command


def _environment(place: Bench) -> dict[str, str]:
    """The variables of Odoo's command line, with the benchmarks on Python's path."""
    environment = place.odoo.environment(place.server)
    beside = oca_contract.provide(place.odoo)
    environment["ODOO_ADDONS_PATH"] += f",{beside}"
    path = f"{DEV}{os.pathsep}{environment['PYTHONPATH']}"
    return {**environment, "PYTHONPATH": path}
