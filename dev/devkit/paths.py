"""Where the development tools keep things: never inside the checkout."""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

MODULE = "outplacement"
CHECKOUT = Path(__file__).resolve().parents[2]
DEV = CHECKOUT / "dev"


def is_root() -> bool:
    """Whether this process runs as root."""
    return os.geteuid() == 0


def _home(override: str, for_root: str, xdg: str, default: str) -> Path:
    """A folder of our own: the override, root's, or the user's XDG one."""
    if given := os.environ.get(override):
        return Path(given).absolute()
    if is_root():
        return Path(for_root) / MODULE
    base = os.environ.get(xdg) or Path.home() / default
    return Path(base).absolute() / MODULE


def _checkout_key() -> str:
    """A short name for this checkout that no other checkout on the machine has."""
    digest = hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:8]
    name = re.sub(r"[^\w.-]", "-", CHECKOUT.name)
    return f"{name[:24]}-{digest}"


@dataclass(frozen=True)
class Paths:
    """The two folders: `cache` can be made again, `state` holds the demo's data.

    Root's lie outside /root, which the PostgreSQL server's user cannot enter.
    """

    cache: Path
    state: Path

    @classmethod
    def from_environment(cls) -> "Paths":
        """The folders for this user and checkout."""
        state = _home(
            "OUTPLACEMENT_STATE", "/var/lib", "XDG_STATE_HOME", ".local/state"
        )
        return cls(
            cache=_home("OUTPLACEMENT_CACHE", "/var/cache", "XDG_CACHE_HOME", ".cache"),
            state=state / _checkout_key(),
        )

    @property
    def downloads(self) -> Path:
        """Where packages are downloaded to and unpacked."""
        return self.cache / "downloads"

    @property
    def odoo(self) -> Path:
        """The root folder that Odoo's Debian package is unpacked into."""
        return self.cache / "odoo-19.0"

    @property
    def test_cluster(self) -> Path:
        """The throw-away PostgreSQL cluster, shared by this user's checkouts."""
        return self.cache / "test-cluster"

    @property
    def demo_cluster(self) -> Path:
        """The durable PostgreSQL cluster of this checkout."""
        return self.state / "cluster"

    @property
    def test_data(self) -> Path:
        """Odoo's data folder (filestore, sessions) for the test databases."""
        return self.cache / "test-data"

    @property
    def demo_data(self) -> Path:
        """Odoo's data folder for the databases of the demo cluster."""
        return self.state / "data"

    @property
    def logs(self) -> Path:
        """The logs of this checkout's last test run."""
        return self.state / "logs"

    @property
    def addons(self) -> Path:
        """A folder that holds the checkout under the module's own name."""
        return self.state / "addons"
