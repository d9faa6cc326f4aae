"""The place where checks run: an Odoo, a database server, a folder of logs."""

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import databases, odoo, odoo_log, server
from .files import make_folder
from .odoo import Odoo
from .odoo_log import Entry
from .outcome import Outcome
from .paths import Paths
from .server import Server

KEPT_LOGS = 10


@dataclass(frozen=True)
class OdooRun:
    """One run of Odoo: the exit code and what it logged, to the file `log`."""

    code: int
    log: Path
    entries: Sequence[Entry]

    def log_outcome(self) -> Outcome:
        """One test: Odoo ended well and logged no warning that isn't allowed."""
        found = [str(entry) for entry in odoo_log.problems(self.entries)]
        tests_failed = odoo_log.totals(self.entries).failed
        if self.code and not tests_failed:
            found.append(f"Odoo ended with exit code {self.code}")
        if found:
            found.append(f"see {self.log}")
        return Outcome.single("\n".join(found), ok=not found)

    def test_outcome(self) -> Outcome:
        """The tests that Odoo ran, none of which is skipped, and the log's own."""
        totals = odoo_log.totals(self.entries)
        failures = odoo_log.failed_tests(self.entries).values()
        # Odoo counts each subtest that failed, but only whole tests as run.
        failed = len(failures) or totals.failed
        details = "\n".join(str(entry) for entry in failures)
        outcome = Outcome(max(totals.run - failed, 0), failed, details)
        if not totals.run:
            outcome += Outcome(failed=1, details="no test was run")
        for skipped in odoo_log.skipped_tests(self.entries):
            # Odoo counts a skipped test as one that it ran.
            outcome += Outcome(passed=-1, failed=1, details=f"skipped: {skipped}")
        return outcome + self.log_outcome()


@dataclass(frozen=True)
class Bench:
    """All that a check needs."""

    odoo: Odoo
    server: Server
    logs: Path

    def run(
        self,
        label: str,
        *arguments: str,
        wrapper: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
        script: str = "",
    ) -> OdooRun:
        """Run Odoo to its end, its output in the log file `label`.

        `wrapper` are arguments of Python that go before `-m odoo`, `script` is what
        Odoo reads from its standard input.
        """
        log = self.logs / f"{label}.log"
        python, *rest = self.odoo.command(*arguments)
        variables = {
            **self.odoo.environment(self.server),
            "ODOO_SCREENSHOTS": str(self.logs / "failed-tours"),
            **(environment or {}),
        }
        with log.open("w") as output:
            done = subprocess.run(
                [python, *wrapper, *rest],
                env=variables,
                input=script.encode(),
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
        text = log.read_text(errors="replace")
        return OdooRun(done.returncode, log, odoo_log.parse(text))


def free_port() -> int:
    """A TCP port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def provide(name: str) -> Bench:
    """A bench with everything provisioned and an empty folder of logs.

    Raises Failure when something cannot be had.
    """
    paths = Paths.from_environment()
    provided = odoo.provide(paths)
    make_folder(paths.logs)
    for old in sorted(paths.logs.iterdir(), reverse=True)[KEPT_LOGS - 1 :]:
        shutil.rmtree(old, ignore_errors=True)
    prefix = time.strftime(f"%Y%m%d-%H%M%S-{name}-")
    logs = Path(tempfile.mkdtemp(prefix=prefix, dir=paths.logs))
    database = server.for_tests(paths)
    databases.drop_abandoned(database)
    return Bench(provided, database, logs)
