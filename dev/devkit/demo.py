"""The demo: a database with the demo bureau, and an Odoo that serves it."""

import hashlib
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from . import databases, manifest, odoo, server, system
from .cluster import Cluster
from .errors import Failure
from .files import locked, make_folder, say
from .manifest import addon_files
from .odoo import Odoo
from .paths import CHECKOUT, MODULE, Paths
from .server import Server

DATABASE = f"{MODULE}_demo"
PACKAGES = ("postgresql", "postgresql-client", "python3-venv", "npm", "wkhtmltopdf")
PATIENCE = 120  # Seconds that Odoo gets to answer for the first time.
# The demo's users with the groups given to them: this add-on's, or else others'.
LOGINS = f"""
    SELECT u.login,
           p.name,
           coalesce(
               string_agg(DISTINCT g.name->>'en_US', ', ') FILTER (WHERE gd.id > 0),
               string_agg(DISTINCT concat_ws(': ', c.name->>'en_US', g.name->>'en_US'),
                          ', ') FILTER (WHERE c.id > 0),
               CASE WHEN u.share THEN 'Portal' ELSE '' END)
      FROM res_users u
      JOIN res_partner p ON p.id = u.partner_id
      JOIN ir_model_data d ON d.model = 'res.users' AND d.res_id = u.id
 LEFT JOIN res_groups_users_rel r ON r.uid = u.id
 LEFT JOIN res_groups g ON g.id = r.gid
 LEFT JOIN res_groups_privilege c ON c.id = g.privilege_id
 LEFT JOIN ir_model_data gd
        ON gd.model = 'res.groups' AND gd.res_id = g.id AND gd.module = '{MODULE}'
     WHERE u.active AND d.module = '{MODULE}' AND d.name LIKE '%\\_demo'
  GROUP BY u.id, u.login, p.name
  ORDER BY u.id"""


@dataclass(frozen=True)
class Running:
    """The demo's Odoo process, as remembered in a file."""

    pid: int
    port: int

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def alive(self) -> bool:
        """Whether that process still is an Odoo that serves the demo."""
        try:
            command = Path(f"/proc/{self.pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return DATABASE.encode() in command


def start() -> int:
    """Start the demo, making its database first if there is none; print the logins."""
    paths = Paths.from_environment()
    port = _port()
    with locked(paths.state / "demo.lock"):
        running = _running(paths)
        if not running:
            _check_port(port)
            system.need(*PACKAGES)
        provided = odoo.provide(paths)
        database = server.for_demo(paths)
        if not running:
            _prepare_database(provided, database)
            running = _serve(provided, database, port)
    _print_welcome(database, running)
    return 0


def stop() -> int:
    """Stop the demo's Odoo and its database server; the data stays."""
    paths = Paths.from_environment()
    with locked(paths.state / "demo.lock"):
        _stop(paths)
    if not os.environ.get("PGHOST"):
        Cluster(paths.demo_cluster, durable=True).stop()
    return 0


def reset() -> int:
    """Throw the demo's database away and start the demo anew."""
    paths = Paths.from_environment()
    with locked(paths.state / "demo.lock"):
        _stop(paths)
        databases.drop(server.for_demo(paths), DATABASE)
    return start()


def _port() -> int:
    """The port that PORT names, or Odoo's own."""
    given = os.environ.get("PORT") or "8069"
    if not given.isdigit() or not 0 < int(given) < 65536:
        raise Failure(f"PORT is {given}, which is no port.")
    return int(given)


def _check_port(port: int) -> None:
    """Raise Failure when something else listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Failure(
                f"Port {port} cannot be used ({error.strerror}): "
                f"take another one, as in `make demo PORT={port + 1}`."
            ) from error


def _remembered(paths: Paths) -> Path:
    return paths.state / "demo.json"


def _running(paths: Paths) -> Running | None:
    """The demo's Odoo if it runs."""
    try:
        running = Running(**json.loads(_remembered(paths).read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return running if running.alive() else None


def _prepare_database(provided: Odoo, database: Server) -> None:
    """Make the demo's database if it is missing, or upgrade it to changed sources."""
    stamp = provided.paths.state / "demo-sources"
    sources = _digest_of_sources()
    if DATABASE not in database.databases():
        _make_database(provided, database)
    elif not stamp.exists() or stamp.read_text() != sources:
        _upgrade(provided, database)
    stamp.write_text(sources)


def _digest_of_sources() -> str:
    """A digest of the add-on's files that differs when one of them changes."""
    digest = hashlib.sha256()
    for path in sorted(addon_files(".py", ".xml", ".csv", ".po")):
        digest.update(bytes(path) + b"\0" + (CHECKOUT / path).read_bytes())
    return digest.hexdigest()


def _upgrade(provided: Odoo, database: Server) -> None:
    """Upgrade the add-on in the demo's database; Failure names the log."""
    say("Upgrading the demo's database to the changed sources …")
    log = provided.paths.state / "demo-upgrade.log"
    with log.open("w") as output:
        done = subprocess.run(
            provided.command(
                "-d", DATABASE, "-u", MODULE, "--stop-after-init", "--no-http"
            ),
            env=provided.environment(database),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        raise Failure(
            f"Odoo could not upgrade the demo's database: see {log}; "
            "`make demo-reset` starts over."
        )


def _make_database(provided: Odoo, database: Server) -> None:
    """Make the demo's database, whole or not at all."""
    say("Making the demo's database …")
    partial = f"{DATABASE}_partial"
    databases.drop(database, partial)
    depends = [*manifest.read()["depends"], *databases.BESIDE]
    try:
        databases.create(provided, database, partial, [depends, [MODULE]], demo=True)
        databases.rename(database, partial, DATABASE)
    finally:
        databases.drop(database, partial)


def _serve(provided: Odoo, database: Server, port: int) -> Running:
    """Start Odoo in the background and wait until it answers."""
    say("Starting Odoo …")
    log = make_folder(provided.paths.state) / "demo.log"
    command = provided.command(
        *("-d", DATABASE, f"--db-filter=^{DATABASE}$", f"--http-port={port}"),
        # No mail leaves the demo: nothing listens there.
        *("--smtp=127.0.0.1", "--smtp-port=1"),
    )
    with log.open("w") as output:
        process = subprocess.Popen(
            command,
            env=provided.environment(database),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    running = Running(process.pid, port)
    if not _answers(process, running):
        process.terminate()
        raise Failure(f"Odoo did not start: see {log}")
    _remembered(provided.paths).write_text(
        json.dumps({"pid": running.pid, "port": running.port})
    )
    return running


def _answers(process: subprocess.Popen, running: Running) -> bool:
    """Wait until Odoo answers; False if it ends or takes too long."""
    end = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{running.url}/web/login", timeout=30):
                return True
        except urllib.error.HTTPError:
            return False
        except OSError:
            time.sleep(0.5)
    return False


def _stop(paths: Paths) -> None:
    """End the demo's Odoo, if it runs, and wait until it is gone."""
    running = _running(paths)
    if running:
        os.kill(running.pid, signal.SIGTERM)
        for _ in range(150):
            if not running.alive():
                break
            time.sleep(0.1)
        else:
            os.kill(running.pid, signal.SIGKILL)
    _remembered(paths).unlink(missing_ok=True)


def _print_welcome(database: Server, running: Running) -> None:
    """Print the address and a table of logins, one a role."""
    rows = [("Login", "Password", "Name", "Role")]
    for line in database.sql(LOGINS, DATABASE):
        login, name, role = line.split("|", 2)
        rows.append((login, login, name, role))
    rows.append(("admin", "admin", "", "Administrator"))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    print(f"Odoo runs at {running.url}\n")
    for row in rows:
        cells = zip(row, widths, strict=True)
        print("  ".join(cell.ljust(width) for cell, width in cells).rstrip())
    print("\nStop it with `make demo-stop`, start over with `make demo-reset`.")
