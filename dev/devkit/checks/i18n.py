"""The translation: complete, and up to date with the source."""

import subprocess

from .. import databases
from ..bench import Bench
from ..outcome import Outcome
from ..paths import CHECKOUT, DEV, MODULE
from .check import Check


def checks() -> list[Check]:
    """The check that touches no file."""
    return [Check("translation", lambda bench: export(bench, check=True))]


def export(bench: Bench, *, check: bool) -> Outcome:
    """Export the terms; compare them with i18n/ or bring i18n/ up to date."""
    fresh = bench.logs / f"{MODULE}.pot"
    with databases.temporary(bench.odoo, bench.server) as name:
        install = ["-d", name, "-i", MODULE, "--stop-after-init", "--no-http"]
        run = bench.run("i18n-install", *install)
        if run.code == 0:
            options = ["-d", name, "-l", "pot", "-o", str(fresh)]
            run = bench.run("i18n-export", "i18n", "export", *options, MODULE)
    outcome = run.log_outcome()
    if outcome.failed or not fresh.exists():
        return outcome
    script = [bench.odoo.python / "bin/python", DEV / "devkit/translations.py", fresh]
    done = subprocess.run(
        [*script, CHECKOUT / "i18n", *(["--check"] if check else [])],
        capture_output=True,
        text=True,
        check=False,
    )
    said = (done.stdout + done.stderr).strip()
    return outcome + Outcome.single(said, ok=done.returncode == 0)
