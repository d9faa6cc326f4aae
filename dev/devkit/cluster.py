"""Private PostgreSQL clusters, reached through a socket that only we can enter."""

import hashlib
import os
import shutil
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path

from . import system
from .commands import capture
from .errors import Failure
from .files import locked, make_folder, new_folder, say
from .paths import is_root

ROLE = "odoo"  # Odoo refuses to run as the role `postgres`.
SUPERUSER = "postgres"  # The system's user as well, where we are root.
MAX_SOCKET_FOLDER = 90  # The kernel takes 107 bytes, name of the socket included.

COMMON = {"listen_addresses": "''", "max_connections": "100"}
THROW_AWAY = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "autovacuum_naptime": "10min",
    "jit": "off",  # tests ask once what is compiled for being asked often
}


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL cluster in `folder`; one that is not durable may lose its data."""

    folder: Path
    durable: bool

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.folder / "data"

    @property
    def socket_folder(self) -> Path:
        """The folder of the server's socket, its path short enough for a socket."""
        folder = self.folder / "socket"
        if len(str(folder)) <= MAX_SOCKET_FOLDER:
            return folder
        digest = hashlib.sha256(bytes(folder)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"outplacement-{os.geteuid()}-{digest}"

    def environment(self) -> dict[str, str]:
        """What libpq, and so Odoo, reads to connect to this cluster."""
        return {
            "PGHOST": str(self.socket_folder),
            "PGPORT": "5432",
            "PGUSER": ROLE,
        }

    def running(self) -> bool:
        """Whether the server answers."""
        with socket.socket(socket.AF_UNIX) as client:
            try:
                client.connect(str(self.socket_folder / ".s.PGSQL.5432"))
            except OSError:
                return False
        return True

    def start(self) -> bool:
        """Make sure that the server runs; return whether it had to be started.

        Makes the cluster first if it is missing. Raises Failure when PostgreSQL is
        missing or does not start.
        """
        if self.running():
            return False
        system.need("postgresql")
        with locked(self.folder.parent / f"{self.folder.name}.lock"):
            if self.running():
                return False
            if not self.data.exists():
                self._make()
            self._start_server()
            self._make_role()
        return True

    def follow(self, primary: "Cluster") -> None:
        """Make the cluster a copy of one that runs, which follows it from then on and
        writes down every query: a streaming replica. It is still to be started."""
        say("Making a streaming replica …")
        with new_folder(self.folder) as partial:
            if is_root():
                shutil.chown(partial, SUPERUSER)
                self._check_reachable(partial)
            data = partial / "data"
            source = ["-h", primary.socket_folder, "-p", "5432", "-U", SUPERUSER]
            how = ["--wal-method=stream", "--checkpoint=fast", "--no-sync"]
            self._as_owner(
                "pg_basebackup", "-D", data, *source, *how, "--write-recovery-conf"
            )
            settings = {
                "unix_socket_directories": f"'{self.socket_folder}'",
                "log_statement": "'all'",
            }
            with (data / "postgresql.conf").open("a") as config:
                config.writelines(f"{key} = {val}\n" for key, val in settings.items())

    def stop(self) -> None:
        """Stop the server, if it runs."""
        if self.running():
            self._as_owner("pg_ctl", "stop", "-D", self.data, "-m", "fast", "-w")

    def crash(self) -> None:
        """Cut the server off from all that it does, and start it again."""
        self._as_owner("pg_ctl", "stop", "-D", self.data, "-m", "immediate", "-w")
        self.start()

    def remove(self) -> None:
        """Stop the server and delete the cluster with all its data."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _make(self) -> None:
        """Make the cluster's folder, whole or not at all."""
        say("Making a PostgreSQL cluster …")
        with new_folder(self.folder) as partial:
            if is_root():
                shutil.chown(partial, SUPERUSER)
                self._check_reachable(partial)
            data = partial / "data"
            flags = ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
            flags += [] if self.durable else ["--no-sync"]
            self._as_owner("initdb", "-D", data, "-U", SUPERUSER, *flags)
            settings = {
                **COMMON,
                **({} if self.durable else THROW_AWAY),
                "unix_socket_directories": f"'{self.socket_folder}'",
            }
            with (data / "postgresql.conf").open("a") as config:
                config.writelines(f"{key} = {val}\n" for key, val in settings.items())

    def _check_reachable(self, folder: Path) -> None:
        """Raise Failure if the server's user cannot enter a folder of root's."""
        try:
            self._as_owner("initdb", "--version", cwd=folder)
            capture(
                ["runuser", "-u", SUPERUSER, "--", "test", "-w", folder], "write there"
            )
        except Failure as error:
            raise Failure(
                f"The user {SUPERUSER} cannot enter {self.folder.parent}: set "
                "OUTPLACEMENT_CACHE and OUTPLACEMENT_STATE to folders that it can."
            ) from error

    def _start_server(self) -> None:
        """Start the server and wait until it answers."""
        folder = make_folder(self.socket_folder)
        folder.chmod(0o700)
        if is_root():
            shutil.chown(folder, SUPERUSER)
        log = self.folder / "server.log"
        self._as_owner("pg_ctl", "start", "-D", self.data, "-l", log, "-w", "-s")

    def _make_role(self) -> None:
        """Make sure of the role that Odoo connects as: no superuser."""
        environment = {**os.environ, **self.environment(), "PGUSER": SUPERUSER}
        psql = ["psql", "-XqAt", "-d", "postgres", "-c"]
        asked = f"SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}'"
        if not capture([*psql, asked], "ask PostgreSQL", env=environment).strip():
            wanted = f"CREATE ROLE {ROLE} LOGIN CREATEDB"
            capture([*psql, wanted], "make a PostgreSQL role", env=environment)

    def _as_owner(self, program: str, *arguments: str | Path, **options) -> None:
        """Run a program of the server as the user that owns the cluster."""
        folder = system.postgres_bin()
        if folder is None:
            raise Failure("PostgreSQL's server is missing: install postgresql.")
        owner = ["runuser", "-u", SUPERUSER, "--"] if is_root() else []
        options.setdefault("cwd", "/")
        capture(
            [*owner, folder / program, *arguments],
            f"run {program} for {self.folder}",
            **options,
        )
