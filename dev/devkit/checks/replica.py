"""The portals served from a streaming replica, and without it when it is gone."""

import contextlib
import http.cookiejar
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from .. import databases
from ..bench import Bench
from ..cluster import Cluster
from ..errors import Failure
from ..outcome import Outcome
from ..paths import MODULE
from ..server import Server
from ..serving import serving
from .check import Check

PATIENCE = 30  # Seconds that the replica gets to have what the primary has.
# People of both portals, and every address of ours that only reads: those of the
# employer's contact begin with the first, those of the candidate with the second.
SCRIPT = """
import json
from odoo.addons.{module}.tests.common import OutplacementCommon

class Bureau(OutplacementCommon):
    @classmethod
    def _provide_keyring(cls):
        pass

Bureau.env, Bureau.registry, Bureau.cr = env, env.registry, env.cr
Bureau._make_bureau()
report = Bureau._make_report("released")
ids = {{"traject_id": Bureau.traject.id, "report_id": report.id}}
ids |= {{"page": 1, "number": 1}}
pages = {{"test_employer_contact": [], "test_candidate": []}}
for rule in env["ir.http"].routing_map().iter_rules():
    routing = rule.endpoint.routing
    ours = rule.endpoint.func.__module__.startswith("odoo.addons.{module}.")
    if not ours or not routing["readonly"] or not rule.arguments <= set(ids):
        continue
    path = rule.build({{name: ids[name] for name in rule.arguments}})[1]
    if path.startswith("/my/trajecten"):
        pages["test_employer_contact"].append(path)
    elif path.startswith("/my/traject"):
        pages["test_candidate"].append(path)
env.cr.commit()
Bureau.doClassCleanups()
with open({result!r}, "w") as file:
    json.dump(pages, file)
"""
TOKEN = re.compile(r'name="csrf_token" value="(\w+)"')
ACCESS = re.compile(r'"GET (\S+) HTTP/1\.\d" (\d+) \S+ \d+ \S+ \S+ (\S+)')
QUERY = re.compile(r'statement: .*FROM "outplacement_(?:traject|report)"')


def checks() -> list[Check]:
    """The check that the portals' pages come from a replica where there is one."""
    return [Check("the portals from a streaming replica, and without it", _run)]


def _run(bench: Bench) -> Outcome:
    """Set a primary and a replica up; open all pages with the replica and without."""
    with _clusters(bench) as (primary, replica):
        server = Server(primary.environment(), bench.server.data_dir)
        place = replace(bench, server=server)
        name, pages = _make_database(bench, place)
        replica.follow(primary)
        replica.start()
        _wait_for(server, replace(server, environment=replica.environment()), name)
        options = [f"--db_replica_host={replica.socket_folder}"]
        options.append("--db_replica_port=5432")
        with serving(place, name, "replica-server", *options) as url:
            browsers = {login: _log_in(url, login) for login in pages}
            found = _open_all(bench, browsers, pages, replica, expected="ro")
            replica.stop()
            found += _open_all(bench, browsers, pages, replica, expected="rw")
        shutil.rmtree(databases.filestore(server, name), ignore_errors=True)
    asked = sorted(path for paths in pages.values() for path in paths)
    told = f"{len(asked)} pages: {', '.join(asked)}"
    return Outcome.single("\n".join([*found, told]), ok=not found)


@contextlib.contextmanager
def _clusters(bench: Bench) -> Iterator[tuple[Cluster, Cluster]]:
    """A primary that runs and the cluster that is to be its replica, thrown away at
    the end. Raises Failure on a server of the person's own."""
    if not bench.server.environment:
        raise Failure("This check needs servers of its own: run it without PGHOST.")
    folder = Path(tempfile.mkdtemp(prefix="replica-", dir=bench.odoo.paths.cache))
    folder.chmod(0o755)
    primary = Cluster(folder / "primary", durable=False)
    replica = Cluster(folder / "replica", durable=False)
    try:
        primary.start()
        yield primary, replica
    finally:
        replica.remove()
        primary.remove()
        for cluster in (primary, replica):
            shutil.rmtree(cluster.socket_folder, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


def _make_database(bench: Bench, place: Bench) -> tuple[str, dict[str, list[str]]]:
    """Make a database on the primary; return its name and who opens which pages."""
    name = databases.temporary_name()
    template = databases.template(bench.odoo, bench.server, demo=False)
    _restore(bench.server, place.server, template, name)
    install = ["-d", name, "-i", MODULE, "--stop-after-init", "--no-http"]
    outcome = place.run("replica-install", *install).log_outcome()
    if outcome.failed:
        raise Failure(outcome.details)
    result = bench.logs / "replica-pages.json"
    script = SCRIPT.format(module=MODULE, result=str(result))
    place.run("replica-people", "shell", "-d", name, "--no-http", script=script)
    if not result.exists():
        raise Failure(f"The people of the portals could not be made: see {bench.logs}")
    pages = json.loads(result.read_text())
    if not pages["test_employer_contact"]:
        raise Failure("There is no page that only reads.")
    return name, {login: paths for login, paths in pages.items() if paths}


def _restore(source: Server, target: Server, template: str, name: str) -> None:
    """Copy a database and its files from one server to another."""
    target.sql(f'CREATE DATABASE "{name}" TEMPLATE template0')
    dump = subprocess.Popen(
        ["pg_dump", "--no-owner", "--format=custom", "--compress=0", template],
        env={**os.environ, **source.environment},
        stdout=subprocess.PIPE,
    )
    # who restores is no superuser, which the comments on extensions ask for
    restore = ["pg_restore", "--no-owner", "--no-comments", "-d", name]
    environment = {**os.environ, **target.environment}
    done = subprocess.run(restore, stdin=dump.stdout, env=environment, check=False)
    if dump.wait() or done.returncode:
        raise Failure(f"The database {template} could not be copied.")
    files = databases.filestore(source, template)
    if files.exists():
        shutil.copytree(files, databases.filestore(target, name))


def _wait_for(primary: Server, replica: Server, name: str) -> None:
    """Wait until the replica, which only reads, has all that the primary has."""
    [written] = primary.sql("SELECT pg_current_wal_lsn()")
    asked = (
        "SELECT pg_is_in_recovery()"
        f" AND coalesce(pg_last_wal_replay_lsn() >= '{written}'::pg_lsn, false)"
    )
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if replica.sql(asked, name) == ["t"]:
            return
        time.sleep(0.5)
    raise Failure("The replica does not follow its primary.")


def _log_in(url: str, login: str) -> "_Browser":
    browser = _Browser(url)
    page = browser.get("/web/login")[1]
    values = {"login": login, "password": login, "csrf_token": TOKEN.search(page)[1]}
    browser.get("/web/login", urllib.parse.urlencode(values).encode())
    return browser


class _Browser:
    """Somebody with a session."""

    def __init__(self, url: str):
        self.url = url
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(cookies)

    def get(self, path: str, data: bytes | None = None) -> tuple[int, str]:
        """The status of a page and its text."""
        try:
            with self.opener.open(self.url + path, data, timeout=60) as response:
                return response.status, response.read().decode(errors="replace")
        except urllib.error.HTTPError as error:
            return error.code, ""


def _open_all(
    bench: Bench,
    browsers: dict[str, _Browser],
    pages: dict[str, list[str]],
    replica: Cluster,
    *,
    expected: str,
) -> list[str]:
    """Open every page twice, the second time with warm caches; return what is wrong.

    `expected` is the cursor that the server says it used. With a replica, its own log
    has to have the queries of each page as well.
    """
    log, wrong = bench.logs / "replica-server.log", []
    for login, paths in pages.items():
        for path in paths:
            browsers[login].get(path)
            asked = _count_queries(replica)
            before = len(log.read_text())
            status, _text = browsers[login].get(path)
            modes = {
                mode
                for url, _status, mode in ACCESS.findall(log.read_text()[before:])
                if url == path
            }
            on_replica = _count_queries(replica) - asked
            if status != 200 or modes != {expected}:
                wrong.append(f"{path}: {status}, cursors {modes}, not {expected}")
            if (expected == "ro") != (on_replica > 0):
                wrong.append(f"{path}: {on_replica} queries on the replica")
    return wrong


def _count_queries(replica: Cluster) -> int:
    """How many queries about trajects or reports the replica was asked so far."""
    log = (replica.folder / "server.log").read_text(errors="replace")
    return len(QUERY.findall(log))
