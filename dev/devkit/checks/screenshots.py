"""The pictures of the main screens that the README shows."""

import os

from .. import databases
from ..bench import Bench
from ..outcome import Outcome
from ..paths import CHECKOUT, MODULE
from . import module_tests
from .check import Check

TAG = f"{MODULE}_screenshots"
FOLDER = CHECKOUT / "static/description/screenshots"


def checks() -> list[Check]:
    """The tests that take the screenshots, in a database with demo data."""
    return [Check("screenshots", _take)]


def _take(bench: Bench) -> Outcome:
    folder = os.environ.get("OUTPLACEMENT_SCREENSHOTS") or str(FOLDER)
    with databases.temporary(bench.odoo, bench.server, demo=True) as name:
        run = bench.run(
            "screenshots",
            *module_tests.arguments(name, TAG),
            environment={"OUTPLACEMENT_SCREENSHOTS": folder},
        )
    return run.test_outcome()
