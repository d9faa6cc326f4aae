"""The programs that come from the system's own packages."""

import importlib.util
import os
import subprocess
from pathlib import Path

from .commands import capture, installed
from .errors import Failure
from .files import say
from .paths import is_root

MIN_POSTGRES = 13
# What postgresql-common reads before it makes a cluster of its own.
NO_MAIN_CLUSTER = Path("/etc/postgresql-common/createcluster.d/outplacement.conf")


def postgres_bin() -> Path | None:
    """The folder of the newest PostgreSQL server's programs, or None."""
    versions = [
        (int(path.name), path / "bin")
        for path in Path("/usr/lib/postgresql").glob("[0-9]*")
        if path.name.isdigit() and (path / "bin" / "initdb").exists()
    ]
    for version, folder in sorted(versions, reverse=True):
        if version >= MIN_POSTGRES:
            return folder
    for folder in os.get_exec_path():
        if (Path(folder) / "initdb").exists():
            return Path(folder)
    return None


def chromium() -> bool:
    """Whether there is a browser that Odoo's tests find."""
    names = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
    return any(installed(name) for name in names)


def venv() -> bool:
    """Whether this Python can make virtual environments: Debian's alone can't."""
    importlib.invalidate_caches()
    return importlib.util.find_spec("ensurepip") is not None


# Debian package -> whether what it brings is there.
PACKAGES = {
    "postgresql": lambda: postgres_bin() is not None,
    "postgresql-client": lambda: installed("psql"),
    "python3-venv": venv,
    "npm": lambda: installed("npm"),
    "chromium": chromium,
    "wkhtmltopdf": lambda: installed("wkhtmltopdf"),
    "shellcheck": lambda: installed("shellcheck"),
}


def need(*packages: str) -> None:
    """Make sure of what these Debian packages bring.

    Root gets what is missing through apt; anybody else a Failure that names all
    missing packages at once.
    """
    missing = [name for name in packages if not PACKAGES[name]()]
    if not missing:
        return
    names = " ".join(missing)
    if not (is_root() and installed("apt-get")):
        raise Failure(f"Missing system packages; install them first: {names}.")
    say(f"Installing {names} …")
    _apt_install(missing)
    if still := [name for name in missing if not PACKAGES[name]()]:
        raise Failure(f"Installed, yet not found: {' '.join(still)}.")


def _apt_install(packages: list[str]) -> None:
    """Install Debian packages, without PostgreSQL's own cluster `main`."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    purpose = f"install {' '.join(packages)}"
    apt = ["apt-get", "--quiet"]
    # A repository that is out of reach doesn't matter if the packages are found.
    subprocess.run(
        [*apt, "update"], stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    NO_MAIN_CLUSTER.parent.mkdir(parents=True, exist_ok=True)
    NO_MAIN_CLUSTER.write_text("create_main_cluster = false\n")
    try:
        capture(
            [*apt, "install", "--yes", "--no-install-recommends", *packages],
            purpose,
            env=environment,
        )
    finally:
        NO_MAIN_CLUSTER.unlink()
