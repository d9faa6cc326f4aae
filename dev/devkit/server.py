"""The PostgreSQL server that is used: a private cluster, or the one of PGHOST."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from . import system
from .cluster import Cluster
from .commands import capture
from .paths import Paths

NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server that answers, and the Odoo data folder that goes with it."""

    environment: dict[str, str]
    """Variables for libpq; empty for a server of the person's own."""
    data_dir: Path

    def sql(self, query: str, database: str = "postgres") -> list[str]:
        """The rows that a query returns, their columns joined by `|`.

        Raises Failure with PostgreSQL's own words.
        """
        command = ["psql", "-XqAt", "-v", "VERBOSITY=terse", "-d", database, "-c"]
        environment = {**os.environ, **self.environment}
        answer = capture([*command, query], "query PostgreSQL", env=environment)
        return answer.splitlines()

    def databases(self) -> set[str]:
        """The names of all databases."""
        return set(self.sql("SELECT datname FROM pg_database"))


def for_tests(paths: Paths) -> Server:
    """The server for tests, started if need be; Failure when it can't be."""
    return _server(Cluster(paths.test_cluster, durable=False), paths.test_data)


def for_demo(paths: Paths) -> Server:
    """The server for the demo, started if need be; Failure when it can't be."""
    return _server(Cluster(paths.demo_cluster, durable=True), paths.demo_data)


def _server(cluster: Cluster, data_dir: Path) -> Server:
    if os.environ.get("PGHOST"):
        system.need("postgresql-client")
        server = Server({}, data_dir)
        server.databases()  # Fails here, with one sentence, if it does not answer.
        return server
    cluster.start()
    return Server(cluster.environment(), data_dir)
