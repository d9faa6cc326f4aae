"""The tests of the development tools themselves."""

import re
import subprocess

from ..bench import Bench
from ..outcome import Outcome
from ..paths import DEV
from .check import Check


def checks() -> list[Check]:
    """The check that runs dev/tests."""
    return [Check("tests of the tools", _run)]


def _run(bench: Bench) -> Outcome:
    done = subprocess.run(
        [bench.odoo.python / "bin/python", "-B", "-m", "unittest", "discover", "tests"],
        cwd=DEV,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"^Ran (\d+) tests?", done.stderr, re.M)
    run = int(found[1]) if found else 0
    failed = sum(map(int, re.findall(r"(?:failures|errors)=(\d+)", done.stderr)))
    if run and done.returncode == 0:
        return Outcome(passed=run)
    failed = max(failed, 1)
    return Outcome(max(run - failed, 0), failed, done.stderr.strip())
