"""Installing with demo data, upgrading and uninstalling."""

from collections.abc import Callable

from .. import databases
from ..bench import Bench
from ..outcome import Outcome
from ..paths import MODULE
from . import catalog
from .check import Check


def checks() -> list[Check]:
    """The checks of an add-on's life, in a database with demo data and in one without.

    An uninstallation is compared with the very database that the add-on came into.
    """
    return [
        Check("install, upgrade, uninstall with demo data", _cycle(demo=True)),
        Check("install, upgrade, uninstall without demo data", _cycle(demo=False)),
    ]


def _cycle(*, demo: bool) -> Callable[[Bench], Outcome]:
    """The life of the add-on in one database; each step counts as one test."""
    label = "demo" if demo else "bare"

    def run(bench: Bench) -> Outcome:
        with databases.temporary(bench.odoo, bench.server, demo=demo) as name:
            quiet = ["--stop-after-init", "--no-http"]
            before = catalog.read(bench.server, name)
            steps = [
                ("install", ["-d", name, "-i", MODULE, *quiet]),
                ("upgrade", ["-d", name, "-u", MODULE, *quiet]),
                ("uninstall", ["module", "uninstall", "-d", name, MODULE]),
            ]
            outcome = Outcome()
            for step, arguments in steps:
                outcome += bench.run(f"{label}-{step}", *arguments).log_outcome()
                if outcome.failed:
                    return outcome
            left = catalog.differences(before, catalog.read(bench.server, name))
        return outcome + Outcome.single("\n".join(left), ok=not left)

    return run
