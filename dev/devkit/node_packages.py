"""The pinned packages of package-lock.json, in the cache."""

import hashlib
import shutil
from pathlib import Path

from . import system
from .commands import capture
from .files import new_folder, say
from .paths import DEV, Paths


def provide(paths: Paths) -> Path:
    """The folder node_modules, installed first if it is missing.

    npm checks every package against the hash in package-lock.json; no package's
    scripts are run. Raises Failure when that doesn't work.
    """
    lock = DEV / "package-lock.json"
    key = hashlib.sha256(lock.read_bytes()).hexdigest()[:12]
    final = paths.cache / f"node-{key}"
    if not final.exists():
        system.need("npm")
        say("Fetching the Node.js packages …")
        with new_folder(final) as partial:
            for name in ("package.json", "package-lock.json"):
                shutil.copy(DEV / name, partial / name)
            npm = ["npm", "ci", "--prefer-offline", "--fetch-retries=1"]
            capture(
                [*npm, "--ignore-scripts", "--no-audit", "--no-fund"],
                "fetch the Node.js packages (is the network there?)",
                cwd=partial,
            )
    return final / "node_modules"
