"""Canaries in a committed database, asked for over HTTP, and looked for afterwards."""

import importlib.util
import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .. import databases
from ..bench import Bench
from ..errors import Failure
from ..outcome import Outcome
from ..paths import CHECKOUT, MODULE
from ..serving import serving
from .check import Check

SCRIPT = """
from odoo.addons.{module}.tests.canary_tour import make_bureau, visit
bureau, world = make_bureau(env)
env.cr.commit()
visit(bureau, world, {url!r}, {result!r})
"""
COPY = re.compile(r"COPY public\.\"?(\w+)\"? \((.*)\) FROM stdin;")


@dataclass(frozen=True)
class Found:
    """What the tour reports: the canaries, where each may stand, what was heard."""

    names: list[str]
    places: dict[str, set[str]]
    wrong: list[str]
    summary: list[str]

    @classmethod
    def read(cls, path: Path) -> "Found":
        """Raises Failure when the tour did not end."""
        if not path.exists():
            raise Failure(f"The tour of the canaries did not end: see {path.parent}")
        found = json.loads(path.read_text())
        places: dict[str, set[str]] = {}
        for name, allowed in found["labels"]:
            places.setdefault(name, set()).update(allowed)
        names = [name for name, _allowed in found["labels"]]
        return cls(names, places, found["wrong"], found["summary"])


def checks() -> list[Check]:
    """The check that no canary is heard by a stranger or left where it should not."""
    return [Check("canaries over HTTP, in log, files and dump", _run)]


def _run(bench: Bench) -> Outcome:
    """Serve a database, send the tour to it, then search what it left behind."""
    result = bench.logs / "canary.json"
    with databases.temporary(bench.odoo, bench.server) as name:
        install = ["-d", name, "-i", MODULE, "--stop-after-init", "--no-http"]
        outcome = bench.run("canary-install", *install).log_outcome()
        if outcome.failed:
            return outcome
        with serving(bench, name, "canary-server") as url:
            _tour(bench, name, url, result)
        found = Found.read(result)
        hits = [
            *found.wrong,
            *_search_logs(bench, found),
            *_misplaced(
                found, {*_dump(bench, name, found), *_files(bench, name, found)}
            ),
        ]
    lines = [*found.summary[:-1], *hits, f"{found.summary[-1]}, {len(hits)} hits"]
    return Outcome.single("\n".join(lines), ok=not hits)


def _tour(bench: Bench, name: str, url: str, result: Path) -> None:
    """Let Odoo's own Python plant the canaries and send the visitors round."""
    with (bench.logs / "canary-tour.log").open("w") as log:
        subprocess.run(
            bench.odoo.command("shell", "-d", name, "--no-http"),
            env=bench.odoo.environment(bench.server),
            input=SCRIPT.format(module=MODULE, url=url, result=str(result)),
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )


def _canaries(found: Found):
    """The canaries of the tests, which know themselves again in any disguise."""
    path = CHECKOUT / "tests/canaries.py"
    spec = importlib.util.spec_from_file_location("canaries", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Canaries(found.names)


def _search_logs(bench: Bench, found: Found) -> list[str]:
    """The canaries in the logs of the server and of who planted them."""
    canaries = _canaries(found)
    return [
        f"{name} in {log.name}"
        for log in sorted(bench.logs.glob("canary-*.log"))
        for name in sorted(canaries.find(log.read_bytes()))
        if "server log" not in found.places[name]
    ]


def _dump(bench: Bench, name: str, found: Found) -> Iterator[tuple[str, str]]:
    """Each canary in a dump of the database, with the column that it stands in."""
    canaries, columns, table = _canaries(found), [], ""
    with subprocess.Popen(
        ["pg_dump", "--no-owner", "-d", name],
        env={**os.environ, **bench.server.environment},
        stdout=subprocess.PIPE,
        text=True,
        errors="replace",
    ) as process:
        for line in process.stdout:
            if match := COPY.match(line):
                table, columns = match[1], match[2].replace('"', "").split(", ")
            elif line == "\\.\n":
                table, columns = "", []
            elif canaries.find(line):
                for column, value in zip(
                    columns or ["dump"], line.split("\t"), strict=False
                ):
                    for label in canaries.find(value):
                        yield label, f"{table}.{column}"
    if process.returncode:
        raise Failure(f"pg_dump could not dump {name}: exit {process.returncode}")


def _files(bench: Bench, name: str, found: Found) -> Iterator[tuple[str, str]]:
    """Each canary in the filestore of the database."""
    canaries = _canaries(found)
    for path in databases.filestore(bench.server, name).rglob("*"):
        if path.is_file():
            for label in canaries.find(path.read_bytes()):
                yield label, "filestore"


def _misplaced(found: Found, standing: set[tuple[str, str]]) -> list[str]:
    """What stands in the database or its files where it should not."""
    return sorted(
        f"{name} in {place}"
        for name, place in standing
        if place not in found.places[name]
    )
