"""Databases on a server: templates, and the copies that tests run in."""

import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

from . import manifest
from .errors import Failure
from .files import locked, make_folder, say
from .odoo import Odoo
from .paths import MODULE
from .server import Server

# The Dutch books, which the add-on must work with but does not depend on.
BESIDE = ["l10n_nl"]
LANGUAGE = "nl_NL"
COUNTRY = "NL"


def template(odoo: Odoo, server: Server, *, demo: bool) -> str:
    """The name of a database with everything this add-on depends on.

    It belongs to a company in the Netherlands, has the Dutch chart of accounts and
    Dutch loaded, and Odoo's demo data if `demo`. Made first if it is missing: a
    minute's work, which copies of it save. Raises Failure when Odoo can't make it.
    """
    modules = sorted({*manifest.read()["depends"], *BESIDE})
    traits = f"{odoo.source.identity} {modules} {LANGUAGE} {COUNTRY} {demo}"
    digest = hashlib.sha256(traits.encode()).hexdigest()[:12]
    name = f"{MODULE}_template_{'demo_' if demo else ''}{digest}"
    with locked(odoo.paths.cache / f"{name}.lock"):
        if name not in server.databases():
            say(f"Making a template database{' with demo data' if demo else ''} …")
            partial = f"{name}_partial"
            drop(server, partial)
            try:
                create(odoo, server, partial, [modules], demo=demo)
                rename(server, partial, name)
            finally:
                drop(server, partial)
    return name


def create(
    odoo: Odoo, server: Server, name: str, stages: list[list[str]], *, demo: bool
) -> None:
    """Make a Dutch database, installing the modules stage by stage.

    Raises Failure, which names the log, when Odoo can't.
    """
    log = make_folder(odoo.paths.state) / f"{name}.log"
    with_demo = ["--with-demo"] if demo else []
    steps = [["db", "init", name, "--country", COUNTRY, *with_demo]]
    for modules in stages:
        install = ["-d", name, "-i", ",".join(modules), *with_demo]
        language = f"--load-language={LANGUAGE}"
        steps.append([*install, language, "--stop-after-init", "--no-http"])
    with log.open("w") as output:
        for step in steps:
            done = subprocess.run(
                odoo.command(*step),
                env=odoo.environment(server),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
            if done.returncode:
                raise Failure(f"Odoo could not make the database {name}: see {log}")
    wanted = {module for modules in stages for module in modules}
    query = "SELECT name FROM ir_module_module WHERE state = 'installed'"
    if missing := wanted - set(server.sql(query, name)):
        names = ", ".join(sorted(missing))
        raise Failure(f"Odoo did not install {names} in {name}: see {log}")


def copy(server: Server, source: str, name: str) -> None:
    """Copy a database and its filestore."""
    server.sql(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
    files = filestore(server, source)
    if files.exists():
        # Odoo never changes a stored file, so the copies can share them.
        shutil.copytree(files, filestore(server, name), copy_function=os.link)


def drop(server: Server, name: str) -> None:
    """Drop a database and its filestore, if they are there."""
    try:
        # PostgreSQL sends its own vacuuming away for this, but only without FORCE.
        server.sql(f'DROP DATABASE IF EXISTS "{name}"')
    except Failure:
        server.sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(filestore(server, name), ignore_errors=True)


def filestore(server: Server, name: str) -> Path:
    """The folder of a database's attachments."""
    return server.data_dir / "filestore" / name


@contextlib.contextmanager
def temporary(
    odoo: Odoo, server: Server, *, demo: bool = False, keep: str = ""
) -> Iterator[str]:
    """A copy of the template under a name of its own, dropped at the end.

    With a name to `keep`, the copy gets that name, in place of an older one, and
    stays.
    """
    source = template(odoo, server, demo=demo)
    name = keep or temporary_name()
    drop(server, name)
    copy(server, source, name)
    try:
        yield name
    finally:
        if keep:
            say(f"Kept the database {name}.")
        else:
            drop(server, name)


def temporary_name() -> str:
    """A name for a database that this process is going to drop."""
    return f"{MODULE}_test_{os.getpid()}_{uuid.uuid4().hex[:8]}"


def drop_abandoned(server: Server) -> None:
    """Drop the temporary databases of processes that were killed.

    Only those on a private cluster, where no other machine's processes are at work.
    """
    for name in server.databases() if server.environment else ():
        match = re.match(rf"{MODULE}_test_(\d+)_", name)
        if match and not Path(f"/proc/{match[1]}").exists():
            drop(server, name)


def rename(server: Server, old: str, new: str) -> None:
    """Give a database and its filestore another name."""
    server.sql(f'ALTER DATABASE "{old}" RENAME TO "{new}"')
    if filestore(server, old).exists():
        shutil.rmtree(filestore(server, new), ignore_errors=True)
        filestore(server, old).rename(filestore(server, new))
