"""OCA's checks of an add-on's files, beside those of pylint-odoo."""

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ..bench import Bench
from ..manifest import addon_files
from ..outcome import Outcome
from ..paths import CHECKOUT, MODULE
from .check import Check

# The add-on has its README in Markdown, since that is what its users read it as.
DISABLED = ["prefer-readme-rst"]
# It wants no translation where that equals the term, and so no way to tell a term that
# is translated by the same word from one that was forgotten.
PO_DISABLED = ["po-pretty-format"]


def checks() -> list[Check]:
    """The check of the add-on's data files and that of its translation."""
    return [
        Check("oca-checks-odoo-module", _check_module),
        Check("oca-checks-po", _check_translation),
    ]


def fix(bench: Bench) -> None:
    """Let OCA's tool rewrite what it can."""
    with _in_a_folder_of_its_own() as addon:
        _run(bench, "oca-checks-odoo-module", DISABLED, "--fix", addon)
        for path in addon_files(".xml", ".csv"):
            if (addon / path).read_bytes() != (CHECKOUT / path).read_bytes():
                shutil.copyfile(addon / path, CHECKOUT / path)


def _check_module(bench: Bench) -> Outcome:
    with _in_a_folder_of_its_own() as addon:
        return _run(bench, "oca-checks-odoo-module", DISABLED, addon)


def _check_translation(bench: Bench) -> Outcome:
    files = [CHECKOUT / path for path in addon_files(".po", ".pot")]
    return _run(bench, "oca-checks-po", PO_DISABLED, *files)


@contextlib.contextmanager
def _in_a_folder_of_its_own() -> Iterator[Path]:
    """Yield a copy of the add-on below the top of what looks like a repository.

    The tool finds no add-on, and so nothing wrong, in one that is a repository itself.
    """
    with tempfile.TemporaryDirectory() as temporary:
        repository = Path(temporary)
        (repository / ".git").mkdir()
        ignored = shutil.ignore_patterns(".*", "dev", "__pycache__", "node_modules")
        shutil.copytree(CHECKOUT, repository / MODULE, ignore=ignored)
        yield repository / MODULE


def _run(bench: Bench, tool: str, disabled: list[str], *arguments) -> Outcome:
    """Run one of OCA's tools; it passes on exit code 0."""
    command = [bench.odoo.python / "bin" / tool, f"--disable={','.join(disabled)}"]
    done = subprocess.run(
        [*command, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    failed = done.returncode != 0
    return Outcome.single(done.stdout.strip() if failed else "", ok=not failed)
