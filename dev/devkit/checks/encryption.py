"""Encryption at rest, with real processes, backups and kills."""

import shutil
import signal
import tempfile
from pathlib import Path

from .. import databases
from ..bench import Bench
from ..files import make_folder
from ..outcome import Outcome
from ..paths import MODULE
from .check import Check

# What each step does, in an Odoo of its own, is in this file.
STEPS = Path(__file__).with_name("encryption_steps.py")
KEYS = "outplacement_keys"


def checks() -> list[Check]:
    """The check that takes the confidential file through backups, kills and moves."""
    return [Check("encryption at rest: backup, restore, killed rotation", _run)]


def _run(bench: Bench) -> Outcome:
    """One database and its copies elsewhere; a failed step ends the rest."""
    with (
        tempfile.TemporaryDirectory(dir=bench.logs) as folder,
        databases.temporary(bench.odoo, bench.server) as name,
    ):
        return _Story(bench, Path(folder), name).run()


class _Story:
    """What happens to a database, on hosts that are folders of data."""

    def __init__(self, bench: Bench, folder: Path, name: str):
        self.bench = bench
        self.name = name
        self.folder = folder
        self.home, self.elsewhere = folder / "home", folder / "elsewhere"
        self.copies: list[str] = []
        for host in (self.home, self.elsewhere):
            make_folder(host)

    def run(self) -> Outcome:
        """Every chapter; the copies are dropped in the end."""
        chapters = (
            self._install,
            self._dump_and_restore,
            self._zip_and_restore,
            self._kill_a_rotation,
            self._write_during_a_rotation,
            self._restore_from_before,
        )
        outcome = Outcome()
        try:
            for chapter in chapters:
                outcome += chapter()
                if outcome.failed:
                    break
        finally:
            for copy in self.copies:
                databases.drop(self.bench.server, copy)
        return outcome

    def _install(self) -> Outcome:
        arguments = ["-d", self.name, "-i", MODULE, "--stop-after-init", "--no-http"]
        label = "encryption-install"
        data_dir = {"ODOO_DATA_DIR": str(self.home)}
        run = self.bench.run(label, *arguments, environment=data_dir)
        return run.log_outcome() + self._step("write", self.name, self.home)

    def _step(self, step: str, name: str, host: Path, *, code: int = 0) -> Outcome:
        """Run a step in an Odoo on a host, which has to end with this exit code."""
        run = self.bench.run(
            f"encryption-{len(self.copies)}-{step}",
            *("shell", "-d", name, "--no-http"),
            environment={
                "ODOO_DATA_DIR": str(host),
                "STEP": step,
                "DUMP": str(self.folder / "dump"),
                "COPY": self.copies[-1] if self.copies else "",
            },
            script=STEPS.read_text(),
        )
        if run.code == code:
            return Outcome(passed=1)
        details = f"{step} ended with exit code {run.code}: see {run.log}"
        return Outcome(failed=1, details=details)

    def _new_copy(self) -> str:
        self.copies.append(databases.temporary_name())
        return self.copies[-1]

    def _bring_keys(self) -> None:
        """Take the keys along to the other host."""
        shutil.copytree(self.home / KEYS, self.elsewhere / KEYS, dirs_exist_ok=True)

    def _take_keys_away(self) -> None:
        shutil.rmtree(self.elsewhere / KEYS, ignore_errors=True)

    def _without_and_with_key(self, name: str) -> Outcome:
        """On the other host nothing opens, until the keys are there: then all does."""
        self._take_keys_away()
        outcome = self._step("check_nothing_opens", name, self.elsewhere)
        self._bring_keys()
        return outcome + self._step("check_all_opens", name, self.elsewhere)

    def _dump_and_restore(self) -> Outcome:
        """By pg_dump and pg_restore, the ones that Odoo finds."""
        copy = self._new_copy()
        outcome = self._step("dump", self.name, self.home)
        self.bench.server.sql(f'CREATE DATABASE "{copy}"')
        outcome += self._step("restore", self.name, self.home)
        return outcome if outcome.failed else outcome + self._without_and_with_key(copy)

    def _zip_and_restore(self) -> Outcome:
        """By Odoo's own backup, filestore and all."""
        copy, path = self._new_copy(), str(self.folder / "dump.zip")
        for host, *arguments in (
            (self.home, "db", "dump", self.name, path),
            (self.elsewhere, "db", "load", copy, path),
        ):
            data_dir = {"ODOO_DATA_DIR": str(host)}
            label = f"encryption-zip-{arguments[1]}"
            run = self.bench.run(label, *arguments, environment=data_dir)
            if run.code:
                return run.log_outcome()
        outcome = self._step("check_zip", self.name, self.home)
        return outcome if outcome.failed else outcome + self._without_and_with_key(copy)

    def _kill_a_rotation(self) -> Outcome:
        """The job is killed between writing a batch and committing it."""
        killed = -signal.SIGKILL
        outcome = self._step("rotate_and_die", self.name, self.home, code=killed)
        outcome += self._step("check_half_rotated", self.name, self.home)
        outcome += self._step("finish_rotation", self.name, self.home)
        return outcome + self._step("check_all_opens", self.name, self.home)

    def _write_during_a_rotation(self) -> Outcome:
        """A coach saves while the job is at the same note: the coach's words stay."""
        outcome = self._step("write_before_the_job", self.name, self.home)
        return outcome + self._step("write_after_the_job", self.name, self.home)

    def _restore_from_before(self) -> Outcome:
        """A backup of before the rotations needs a key that is replaced since."""
        copy = self._new_copy()
        self.bench.server.sql(f'CREATE DATABASE "{copy}"')
        outcome = self._step("restore", self.name, self.home)
        return outcome if outcome.failed else outcome + self._without_and_with_key(copy)
