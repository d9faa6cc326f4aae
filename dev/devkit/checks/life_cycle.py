"""Installing the add-on, with demo data and without, upgrading and uninstalling."""

from collections.abc import Callable

from .. import databases
from ..bench import Bench, free_port
from ..outcome import Outcome
from ..paths import MODULE
from . import catalog, screenshots
from .check import Check

# The tests that want demo data; they run during the upgrade of a database with it.
DEMO_TAGS = f"{MODULE}_demo,{screenshots.TAG}"


def checks() -> list[Check]:
    """The checks of an add-on's life, in a database with demo data and in one without.

    An uninstallation is compared with the very database that the add-on came into.
    """
    return [
        Check("install, upgrade, uninstall with demo data", _cycle(demo=True)),
        Check("install, upgrade, uninstall without demo data", _cycle(demo=False)),
    ]


def _cycle(*, demo: bool) -> Callable[[Bench], Outcome]:
    """The life of the add-on in one database; a failed step ends it."""
    label = "demo" if demo else "bare"
    upgrade = _upgrade_with_tests if demo else _upgrade

    def run(bench: Bench) -> Outcome:
        with databases.temporary(bench.odoo, bench.server, demo=demo) as name:
            before = catalog.read(bench.server, name)
            outcome = Outcome()
            for step in (_install, upgrade, _uninstall):
                outcome += step(bench, label, name)
                if outcome.failed:
                    return outcome
            after = catalog.read(bench.server, name)
        left = catalog.differences(before, after, demo=demo)
        return outcome + Outcome.single("\n".join(left), ok=not left)

    return run


def _install(bench: Bench, label: str, name: str) -> Outcome:
    """Install the add-on; demo data comes along if the database has Odoo's."""
    arguments = ["-d", name, "-i", MODULE, "--stop-after-init", "--no-http"]
    return bench.run(f"{label}-install", *arguments).log_outcome()


def _upgrade(bench: Bench, label: str, name: str) -> Outcome:
    """Upgrade the add-on."""
    arguments = ["-d", name, "-u", MODULE, "--stop-after-init", "--no-http"]
    return bench.run(f"{label}-upgrade", *arguments).log_outcome()


def _upgrade_with_tests(bench: Bench, label: str, name: str) -> Outcome:
    """Upgrade the add-on and run the tests that look at the demo data."""
    arguments = ["-d", name, "-u", MODULE, "--stop-after-init"]
    arguments += [f"--test-tags={DEMO_TAGS}", f"--http-port={free_port()}"]
    pictures = {"OUTPLACEMENT_SCREENSHOTS": str(bench.logs / "screens")}
    run = bench.run(f"{label}-upgrade", *arguments, environment=pictures)
    return run.test_outcome()


def _uninstall(bench: Bench, label: str, name: str) -> Outcome:
    """Uninstall the add-on."""
    arguments = ["module", "uninstall", "-d", name, MODULE]
    return bench.run(f"{label}-uninstall", *arguments).log_outcome()
