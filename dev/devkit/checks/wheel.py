"""The wheel that pip makes of this repository."""

import subprocess
import tempfile
import zipfile
from pathlib import Path

from ..bench import Bench
from ..commands import capture
from ..errors import Failure
from ..outcome import Outcome
from ..paths import CHECKOUT, MODULE
from .check import Check

FOLDER = f"odoo/addons/{MODULE}/"
DEVELOPMENT = (
    *("dev", ".ci", ".git", ".gitignore"),
    *("Makefile", "pyproject.toml", "test-requirements.txt"),
)
# What an Odoo that has only the installed wheel finds of the add-on.
FIND = f"""
import odoo.init, sys
from odoo.modules import Manifest
from odoo.tools import config
config.parse_config([], setup_logging=False)
found = Manifest.for_addon({MODULE!r})
sys.exit(0 if found and found.path.startswith(sys.argv[1]) else 1)
"""


def checks() -> list[Check]:
    """The check of the wheel."""
    return [Check("wheel", _wheel)]


def _wheel(bench: Bench) -> Outcome:
    """Build the wheel, look at its files, install it and let Odoo find the add-on."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        wheel = build(bench, folder)
        files = zipfile.ZipFile(wheel).namelist()
        wrong = _wrong_files(files)
        installed = folder / "installed"
        pip = [bench.odoo.python / "bin/python", "-m", "pip", "install", "--quiet"]
        flags = ["--no-deps", "--no-index", f"--target={installed}"]
        capture([*pip, *flags, wheel], "install the wheel")
        if not _found_by_odoo(bench, installed):
            wrong.append("Odoo does not find the add-on of the installed wheel")
    return Outcome.single("\n".join(wrong), ok=not wrong)


def build(bench: Bench, folder: Path) -> Path:
    """Build the wheel into `folder`, with the pinned whool; Failure if it fails."""
    python = bench.odoo.python / "bin/python"
    flags = ["--no-deps", "--no-index", "--no-build-isolation", "--quiet"]
    command = [python, "-m", "pip", "wheel", *flags, "--wheel-dir", folder, CHECKOUT]
    capture(command, "build the wheel")
    wheels = list(folder.glob(f"odoo_addon_{MODULE}-*.whl"))
    if not wheels:
        raise Failure(f"pip built no wheel odoo-addon-{MODULE}")
    return wheels[0]


def _wrong_files(files: list[str]) -> list[str]:
    """What is wrong with the list of files in a wheel."""
    names = {name.removeprefix(FOLDER) for name in files if name.startswith(FOLDER)}
    needed = ("__manifest__.py", "__init__.py", "models/__init__.py")
    wrong = [f"{name} is missing in the wheel" for name in needed if name not in names]
    unwanted = [
        name
        for name in names
        if name.split("/")[0] in DEVELOPMENT or "__pycache__" in name
    ]
    unwanted += [
        name
        for name in files
        if not name.startswith(FOLDER) and ".dist-info/" not in name
    ]
    return wrong + [f"{name} does not belong in the wheel" for name in unwanted]


def _found_by_odoo(bench: Bench, installed: Path) -> bool:
    """Whether an Odoo with only the wheel on its path finds the add-on there."""
    environment = bench.odoo.environment(bench.server)
    environment["PYTHONPATH"] += f":{installed}"
    environment["ODOO_ADDONS_PATH"] = ",".join(map(str, bench.odoo.source.addons))
    done = subprocess.run(
        [bench.odoo.python / "bin/python", "-c", FIND, installed],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    return done.returncode == 0
