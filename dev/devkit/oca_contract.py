"""OCA's contract, which the benchmark of billing compares with, and nothing else."""

import hashlib
import os
from pathlib import Path

from .commands import capture
from .files import locked, new_folder, say
from .odoo import Odoo
from .paths import DEV

REQUIREMENTS = DEV / "benchmarks/requirements.txt"


def provide(odoo: Odoo) -> Path:
    """The folder of add-ons that holds it, fetched first if it is missing.

    Only the wheel with the hash in requirements.txt, and none of what it requires.
    Raises Failure when it cannot be had.
    """
    key = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:12]
    final = odoo.paths.cache / f"oca-{key}"
    with locked(odoo.paths.cache / "lock"):
        if not final.exists():
            say("Fetching OCA's contract …")
            with new_folder(final) as partial:
                _install(odoo, partial)
    return final / "odoo/addons"


def _install(odoo: Odoo, folder: Path) -> None:
    pip = [odoo.python / "bin/python", "-m", "pip", "--disable-pip-version-check"]
    flags = ["--no-deps", "--only-binary=:all:", "--require-hashes", "--quiet"]
    capture(
        [*pip, "install", *flags, f"--target={folder}", "-r", REQUIREMENTS],
        "fetch OCA's contract (is the network there?)",
        env={**os.environ, "PIP_RETRIES": "2", "PIP_DEFAULT_TIMEOUT": "30"},
    )
