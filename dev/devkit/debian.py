"""Downloading from Debian's archive without touching the system's apt."""

import contextlib
import re
from pathlib import Path

from .commands import capture, installed
from .errors import Failure

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
SOURCES = Path("/etc/apt")
# A word of an apt source that is Debian's own archive ("…/debian").
ARCHIVE = re.compile(r"(?:https?|ftp|file)://\S+/debian/?")


def mirrors(folder: Path = SOURCES) -> list[str]:
    """What apt's sources name that may be a Debian mirror, each address once.

    The archive's signature decides: others serve packages below a `/debian` as well.
    """
    found: dict[str, None] = {}
    files = [folder / "sources.list", *sorted(folder.glob("sources.list.d/*"))]
    for path in files:
        if path.suffix not in (".list", ".sources") or not path.is_file():
            continue
        text = path.read_text(errors="replace")
        read = _deb822_uris if path.suffix == ".sources" else _one_line_uris
        found.update(
            (uri.rstrip("/"), None) for uri in read(text) if ARCHIVE.fullmatch(uri)
        )
    return list(found)


def _one_line_uris(text: str) -> list[str]:
    """The addresses of a sources.list: `deb [options] address suite components`."""
    return re.findall(r"^[ \t]*deb[ \t]+(?:\[[^\]\n]*\][ \t]+)?(\S+)", text, re.M)


def _deb822_uris(text: str) -> list[str]:
    """The addresses of the enabled `deb` stanzas of a .sources file."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    uris = []
    for stanza in re.split(r"\n\s*\n", "\n".join(lines)):
        fields = {
            name.lower(): " ".join(value.split())
            for name, value in re.findall(
                r"^([\w-]+):((?:.*)(?:\n[ \t]+.*)*)", stanza, re.M
            )
        }
        wanted = "deb" in fields.get("types", "").split()
        if wanted and fields.get("enabled", "yes").lower() not in ("no", "false"):
            uris += fields.get("uris", "").split()
    return uris


class Archive:
    """An isolated apt that knows the given suites of one Debian mirror.

    It keeps its lists and packages in `folder` and checks Debian's signatures; it
    works for a normal user too.
    """

    def __init__(self, folder: Path, suites: list[str]):
        self.folder = folder
        self.suites = suites

    def update(self) -> None:
        """Fetch the package lists.

        Raises Failure where there is no apt, no Debian mirror or no network.
        """
        addresses = mirrors()
        if not (installed("apt-get") and KEYRING.exists() and addresses):
            raise Failure(
                "Odoo 19.0 is fetched from Debian's archive, but this machine has no "
                "apt with a Debian mirror: set ODOO_SRC to an Odoo 19.0 source tree."
            )
        for address in addresses[:-1]:
            with contextlib.suppress(Failure):
                return self._update_from(address)
        return self._update_from(addresses[-1])

    def _update_from(self, address: str) -> None:
        """Fetch the package lists of one mirror, if Debian signed them."""
        for name in ("lists/partial", "cache/archives/partial", "state"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "sources.list").write_text(
            "".join(
                f"deb [signed-by={KEYRING}] {address} {suite} main\n"
                for suite in self.suites
            )
        )
        (self.folder / "state/status").touch()
        self._apt("update", "-o", "APT::Update::Error-Mode=any")

    def download(self, packages: list[str], into: Path) -> list[Path]:
        """Fetch packages (`name` or `name/suite`) and return their files."""
        into.mkdir(parents=True, exist_ok=True)
        self._apt("download", *packages, cwd=into)
        return sorted(into.glob("*.deb"))

    def _apt(self, *arguments: str, **options) -> None:
        settings = {
            "Dir::Etc::sourcelist": self.folder / "sources.list",
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::Etc::preferences": "/dev/null",
            "Dir::Etc::preferencesparts": "/dev/null",
            "Dir::State": self.folder / "state",
            "Dir::State::lists": self.folder / "lists",
            "Dir::State::status": self.folder / "state/status",
            "Dir::Cache": self.folder / "cache",
            "APT::Sandbox::User": "root",
            "APT::Get::List-Cleanup": "0",
            "Acquire::Languages": "none",
            "Acquire::Retries": "2",
        }
        flags = [f"--option={name}={value}" for name, value in settings.items()]
        capture(
            ["apt-get", "--quiet", *flags, *arguments],
            "fetch Odoo from Debian's archive (is the network there?)",
            **options,
        )


def unpack(package: Path, root: Path) -> None:
    """Unpack a Debian package's files below `root`, without installing it."""
    capture(["dpkg", "-x", package, root], f"unpack {package.name}")


def version(package: Path) -> str:
    """The version of a downloaded Debian package."""
    asked = ["dpkg-deb", "--field", package, "Version"]
    return capture(asked, f"read {package.name}").strip()
