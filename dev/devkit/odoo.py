"""The provisioned Odoo, ready to run."""

import os
from dataclasses import dataclass
from pathlib import Path

from . import node_packages, odoo_source, python_env
from .files import locked, make_folder
from .odoo_source import OdooSource
from .paths import CHECKOUT, MODULE, Paths
from .server import Server


@dataclass(frozen=True)
class Odoo:
    """An Odoo, the Python and Node.js packages that go with it, and this add-on."""

    source: OdooSource
    python: Path
    node: Path
    paths: Paths

    def command(self, *arguments: str) -> list[str]:
        """The command line of Odoo with these arguments."""
        return [str(self.python / "bin/python"), "-m", "odoo", *arguments]

    def environment(self, server: Server, addons: Path | None = None) -> dict[str, str]:
        """The variables that connect Odoo's command line to a database server.

        Odoo takes them as defaults: an option on the command line goes before. The
        add-on is found in `addons`, by default the link to this checkout.
        """
        folders = [*self.source.addons, addons or self.paths.addons]
        return {
            **os.environ,
            **server.environment,
            "PATH": f"{self.python / 'bin'}:{os.environ.get('PATH', os.defpath)}",
            "PYTHONPATH": ":".join(map(str, self.source.python_path)),
            # Compiled files belong neither in the checkout nor in Odoo's sources.
            "PYTHONDONTWRITEBYTECODE": "",
            "PYTHONPYCACHEPREFIX": str(self.paths.cache / "pycache"),
            "ODOO_RC": os.devnull,
            "ODOO_ADDONS_PATH": ",".join(map(str, folders)),
            "ODOO_DATA_DIR": str(server.data_dir),
            "ODOO_HTTP_INTERFACE": "127.0.0.1",
            # What the tests of the portal's pages put into them.
            "OUTPLACEMENT_AXE": str(self.node / "axe-core/axe.min.js"),
        }


def provide(paths: Paths) -> Odoo:
    """Odoo with all that it needs but a database server; fetches what is missing.

    Raises Failure when something cannot be had; another run at the same time waits.
    """
    make_folder(paths.cache)
    with locked(paths.cache / "lock"):
        source = odoo_source.provide(paths)
        python = python_env.provide(paths)
        node = node_packages.provide(paths)
    link = make_folder(paths.addons) / MODULE
    if not link.is_symlink():
        link.symlink_to(CHECKOUT, target_is_directory=True)
    return Odoo(source, python, node, paths)
