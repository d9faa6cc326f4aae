"""The Python environment that Odoo and the checks run in."""

import hashlib
import os
import platform
import shutil
import sys
from pathlib import Path

from . import system
from .commands import capture
from .errors import Failure
from .files import say
from .paths import DEV, Paths

REQUIREMENTS = DEV / "requirements.txt"


def provide(paths: Paths) -> Path:
    """The environment's folder, made first if it is missing.

    Installs wheels only, each checked against its hash in requirements.txt. Raises
    Failure when that doesn't work.
    """
    pins = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:12]
    folder = paths.cache / f"python-{platform.python_version()}-{pins}"
    # An environment cannot be moved, so a file in it tells that it is whole.
    complete = folder / "complete"
    if not complete.exists():
        _check_version()
        system.need("python3-venv")
        say("Installing the Python packages …")
        shutil.rmtree(folder, ignore_errors=True)
        try:
            _install(folder)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        complete.touch()
    return folder


def _check_version() -> None:
    """Raise Failure for a Python that the pinned packages have no wheels for."""
    if sys.version_info[:2] > (3, 12):
        raise Failure(
            f"The pinned packages are for Python 3.10 to 3.12, and this is "
            f"{platform.python_version()}: set PYTHON to one of those."
        )


def _install(folder: Path) -> None:
    """Make a virtual environment in `folder` and install the pinned packages."""
    capture([sys.executable, "-m", "venv", folder], "make a Python environment")
    pip = [folder / "bin/python", "-m", "pip", "--disable-pip-version-check"]
    flags = ["--no-deps", "--only-binary=:all:", "--require-hashes", "--quiet"]
    environment = {**os.environ, "PIP_RETRIES": "2", "PIP_DEFAULT_TIMEOUT": "30"}
    capture(
        [*pip, "install", *flags, "--requirement", REQUIREMENTS],
        "install the Python packages (is the network there?)",
        env=environment,
    )
