"""Invoice runs that are killed, while PostgreSQL goes down, by real processes."""

import os
import random
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .. import databases
from ..bench import Bench
from ..cluster import Cluster
from ..commands import capture
from ..files import make_folder
from ..outcome import Outcome
from ..paths import DEV, MODULE
from ..server import Server
from .check import Check

# What each process does, in an Odoo of its own, is in this file.
STEPS = Path(__file__).with_name("billing_steps.py")
ROUNDS = 3  # BILLING_ROUNDS=20 for more
INSTALMENTS = 500
WORKERS = 4
KILLS = 6
PATIENCE = 600  # seconds that a round may take


def checks() -> list[Check]:
    """The check that kills processes and the database server during invoice runs."""
    return [Check("invoice runs: killed, cut off, four at once", _run)]


def _run(bench: Bench) -> Outcome:
    """Some rounds on a server of their own, as others use the one of the tests."""
    rounds = int(os.environ.get("BILLING_ROUNDS", ROUNDS))
    folder = bench.odoo.paths.state / "billing"
    cluster = Cluster(folder / "cluster", durable=True)
    cluster.remove()
    try:
        cluster.start()
        server = Server(cluster.environment(), make_folder(folder / "data"))
        story = _Story(Bench(bench.odoo, server, bench.logs), cluster)
        outcome = story.prepare(bench.server)
        for number in range(rounds):
            if not outcome.failed:
                outcome += story.round(number)
        return outcome
    finally:
        cluster.remove()
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class _Story:
    """Rounds that begin with the same database, in which instalments are due."""

    bench: Bench
    cluster: Cluster
    workers: list[subprocess.Popen] = field(default_factory=list)

    def prepare(self, origin: Server) -> Outcome:
        """Install the add-on and make the instalments, once for all rounds."""
        self.base = f"{MODULE}_billing"
        self._bring_template(origin)
        arguments = ["-d", self.base, "-i", MODULE, "--stop-after-init", "--no-http"]
        outcome = self.bench.run("billing-install", *arguments).log_outcome()
        if not outcome.failed:
            outcome += self._step("prepare", self.base)
        if not outcome.failed:
            name = f"{self.base}_shared"
            with self._copied(name):
                outcome += self._step("share", name)
        return outcome

    def _bring_template(self, origin: Server) -> None:
        """Copy the template of the tests to the server of the rounds."""
        template = databases.template(self.bench.odoo, origin, demo=False)
        dump = self.cluster.folder.parent / "dump"
        server = self.bench.server
        for server_of, command in (
            (origin, ["pg_dump", "-Fc", "-f", dump, template]),
            (server, ["createdb", self.base]),
            (server, ["pg_restore", "--no-owner", "-d", self.base, dump]),
        ):
            environment = {**os.environ, **server_of.environment}
            capture(command, f"run {command[0]}", env=environment)
        files = databases.filestore(origin, template)
        if files.exists():
            shutil.copytree(files, databases.filestore(server, self.base))

    def round(self, number: int) -> Outcome:
        """Kill, cut off, and see what came of it."""
        chance = random.Random(number)
        name = f"{self.base}_{number}"
        start = time.monotonic()
        with self._copied(name), self._working(number, name, chance) as spawn:
            seen = self._disturb(name, chance, spawn)
            if not self._wait(start):
                late = f"round {number} is not done after {PATIENCE} s"
                return Outcome.single(f"{late}: see {self.bench.logs}", ok=False)
            outcome = self._step("check", name)
        seconds = time.monotonic() - start
        details = (
            f"round {number}: {INSTALMENTS} instalments, {WORKERS} processes, "
            f"{seconds:.0f} s; billed when {', '.join(seen)}"
        )
        return outcome + Outcome(details=details)

    @contextmanager
    def _copied(self, name: str):
        databases.copy(self.bench.server, self.base, name)
        try:
            yield
        finally:
            databases.drop(self.bench.server, name)

    @contextmanager
    def _working(self, number: int, name: str, chance: random.Random):
        """Processes that bill at the same time; yields what starts one of them."""
        traits = {
            "MODE": chance.choice(("draft", "post")),
            "GROUPING": chance.choice(("order", "employer")),
        }
        with (self.bench.logs / f"billing-round-{number}.log").open("w") as log:

            def spawn() -> subprocess.Popen:
                return self._spawn("work", name, log, traits)

            self.workers = [spawn() for _worker in range(WORKERS)]
            try:
                yield spawn
            finally:
                for worker in self.workers:
                    worker.kill()
                    worker.wait()

    def _spawn(self, step, name, log, traits) -> subprocess.Popen:
        """Start a step in an Odoo."""
        command = self.bench.odoo.command("shell", "-d", name, "--no-http")
        with STEPS.open() as script:
            return subprocess.Popen(
                command,
                env=self._environment(step) | traits,
                stdin=script,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def _environment(self, step: str) -> dict[str, str]:
        environment = self.bench.odoo.environment(self.bench.server)
        return {
            **environment,
            "STEP": step,
            "NUMBER": str(INSTALMENTS),
            "PYTHONPATH": f"{DEV}{os.pathsep}{environment['PYTHONPATH']}",
        }

    def _disturb(self, name: str, chance: random.Random, spawn) -> list[str]:
        """Kill processes, and the server once or twice, at random moments between the
        first invoice and the last; start new processes in their place.

        Returns how many instalments were billed each time.
        """
        self.spawn = spawn
        events = ["killed"] * KILLS + ["server cut off"] * chance.randint(1, 2)
        chance.shuffle(events)
        moments = sorted(chance.uniform(0, 0.8) * INSTALMENTS for _event in events)
        seen = []
        for event, moment in zip(events, moments, strict=True):
            self._wait_for(name, moment)
            time.sleep(chance.uniform(0, 1))
            seen.append(f"{event} at {self._count_billed(name)}")
            if event == "killed":
                self._kill(chance.randrange(WORKERS))
            else:
                self.cluster.crash()
        return seen

    def _kill(self, position: int) -> None:
        worker = self.workers[position]
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        self.workers[position] = self.spawn()

    def _wait_for(self, name: str, moment: float) -> None:
        """Wait until more instalments are billed than that."""
        end = time.monotonic() + PATIENCE / 4
        while time.monotonic() < end and self._count_billed(name) <= moment:
            self._revive()
            time.sleep(0.2)

    def _count_billed(self, name: str) -> int:
        query = "SELECT count(*) FROM outplacement_instalment WHERE state = 'invoiced'"
        return int(self.bench.server.sql(query, name)[0])

    def _revive(self) -> None:
        """What the server took down with it begins anew, as a service manager has
        it."""
        for position, worker in enumerate(self.workers):
            if worker.poll():
                self.workers[position] = self.spawn()

    def _wait(self, start: float) -> bool:
        """Wait until all processes found nothing left to do."""
        while time.monotonic() < start + PATIENCE:
            if [worker.poll() for worker in self.workers] == [0] * WORKERS:
                return True
            self._revive()
            time.sleep(0.5)
        return False

    def _step(self, step: str, name: str) -> Outcome:
        """Run a step to its end, which has to be a good one."""
        run = self.bench.run(
            f"billing-{step}-{name}",
            *("shell", "-d", name, "--no-http"),
            environment=self._environment(step),
            script=STEPS.read_text(),
        )
        if run.code == 0:
            return Outcome(passed=1)
        details = f"{step} ended with exit code {run.code}: see {run.log}"
        return Outcome(failed=1, details=details)
