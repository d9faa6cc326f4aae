"""Odoo 19.0 itself: given by ODOO_SRC, or Debian's package unpacked in the cache."""

import contextlib
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import debian, node_packages
from .commands import capture
from .errors import Failure
from .files import new_folder, say
from .paths import Paths

SERIES = "19.0"
# Debian's package takes its fonts and some JavaScript from these by links.
FROM_SID = ["odoo-19/sid", "fonts-montserrat/sid"]
FROM_STABLE = [
    "fonts-font-awesome/stable",
    "fonts-inconsolata/stable",
    "fonts-ocr-b/stable",
    "fonts-roboto-unhinted/stable",
    "libjs-jquery-form/stable",
    "libjs-jquery/stable",
    "libjs-underscore/stable",
]
# The one asset that Debian's package leaves out. Without it every page of the
# backend logs a console error, which fails every browser tour.
SEGMENTATION = "selfie_segmentation/selfie_segmentation.js"


@dataclass(frozen=True)
class OdooSource:
    """An Odoo 19.0 source tree."""

    python_path: tuple[Path, ...]
    """Folders that Python must search, the first of which holds `odoo`."""
    addons: tuple[Path, ...]
    """Further folders of add-ons, beside odoo/addons."""
    identity: str
    """Differs between versions of Odoo: for keys of what was made with it."""

    def addon(self, name: str) -> Path:
        """The folder of one of Odoo's own add-ons."""
        folders = (*self.addons, self.python_path[0] / "odoo/addons")
        return next(path / name for path in folders if (path / name).is_dir())


def provide(paths: Paths) -> OdooSource:
    """The Odoo of ODOO_SRC, or else Debian's, fetched first if it is missing.

    Raises Failure when it is another series than 19.0, or cannot be fetched.
    """
    if given := os.environ.get("ODOO_SRC"):
        return _given(Path(given).expanduser().absolute())
    if not paths.odoo.exists():
        _fetch(paths)
    folder = paths.odoo / "usr/lib/python3/dist-packages"
    version = (paths.odoo / "VERSION").read_text().strip()
    return OdooSource((folder,), (), f"debian {version}")


def _given(folder: Path) -> OdooSource:
    """An existing source tree: a checkout, or a folder that holds `odoo`."""
    if (folder / "release.py").exists() and folder.name == "odoo":
        folder = folder.parent
    _check_series(folder, f"ODOO_SRC ({folder})")
    addons = folder / "addons"
    revision = ""
    with contextlib.suppress(Failure):  # No checkout, or no git.
        git = ["git", "-C", folder, "rev-parse", "HEAD"]
        revision = capture(git, "ask git").strip()
    identity = f"{folder} {revision}"
    return OdooSource((folder,), (addons,) if addons.is_dir() else (), identity)


def _check_series(folder: Path, what: str) -> None:
    """Raise Failure unless `folder` holds the package `odoo` of series 19.0."""
    release = folder / "odoo/release.py"
    if not release.exists():
        raise Failure(f"{what} holds no Odoo: there is no odoo/release.py in it.")
    found = re.search(
        r"^version_info = \(['\"]?([^,'\"]+)['\"]?, (\d+)", release.read_text(), re.M
    )
    series = ".".join(found.groups()) if found else "of an unknown series"
    if series != SERIES:
        raise Failure(f"{what} is Odoo {series}, but this add-on needs Odoo {SERIES}.")


def _fetch(paths: Paths) -> None:
    """Download Debian's package of Odoo and unpack it into the cache."""
    archive = debian.Archive(paths.downloads / "apt", ["sid", "stable"])
    say("Fetching Odoo 19.0 …")
    archive.update()
    with new_folder(paths.odoo) as root:
        packages = archive.download(FROM_SID + FROM_STABLE, into=root / "debs")
        for package in packages:
            debian.unpack(package, root)
            if package.name.startswith("odoo-19_"):
                (root / "VERSION").write_text(debian.version(package) + "\n")
        shutil.rmtree(root / "debs")
        folder = root / "usr/lib/python3/dist-packages"
        _check_series(folder, "Debian's package odoo-19")
        target = folder / "odoo/addons/mail/static/lib" / SEGMENTATION
        if not target.exists():
            modules = node_packages.provide(paths)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(modules / "@mediapipe" / SEGMENTATION, target)
