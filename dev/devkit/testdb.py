"""The quick loop: this add-on's tests in a fresh database."""

import argparse
import subprocess

from . import databases, odoo, server, system
from .bench import free_port
from .paths import MODULE, Paths


def main(arguments: list[str]) -> int:
    """Install the add-on in a copy of the template, run tests, drop the copy."""
    options = _parser().parse_args(arguments)
    if options.tags:
        system.need("chromium", "wkhtmltopdf")
    paths = Paths.from_environment()
    provided = odoo.provide(paths)
    database = server.for_tests(paths)
    with databases.temporary(
        provided, database, demo=options.demo, keep=options.keep
    ) as name:
        command = ["-d", name, "-i", MODULE, "--stop-after-init", *options.odoo]
        command += [
            f"--http-port={options.port or free_port()}",
            "--max-cron-threads=0",
        ]
        if options.tags:
            command.append(f"--test-tags={options.tags}")
        done = subprocess.run(
            provided.command(*command), env=provided.environment(database), check=False
        )
    return done.returncode


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dev/testdb", description=main.__doc__)
    parser.add_argument(
        "--tags",
        default=f"/{MODULE}",
        help="the tests to run, as Odoo's --test-tags; empty for none",
    )
    parser.add_argument("--demo", action="store_true", help="with demo data")
    parser.add_argument("--keep", default="", metavar="NAME", help="keep as NAME")
    parser.add_argument("--port", default=0, type=int, help="for the HTTP tests")
    parser.add_argument("odoo", nargs="*", help="further options of Odoo, after --")
    return parser
