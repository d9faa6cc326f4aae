"""An Odoo that serves a database over HTTP, for as long as a check lasts."""

import contextlib
import subprocess
import time
import urllib.request
from collections.abc import Iterator

from .bench import Bench, free_port
from .errors import Failure

PATIENCE = 60  # Seconds that the server gets to answer for the first time.


@contextlib.contextmanager
def serving(bench: Bench, name: str, label: str, *arguments: str) -> Iterator[str]:
    """An Odoo that serves the database `name`, its log, in the file `label`, configured
    as in production. Yields its address; raises Failure when it does not answer."""
    port = free_port()
    command = ["-d", name, f"--http-port={port}", "--max-cron-threads=0", *arguments]
    with (bench.logs / f"{label}.log").open("w") as log:
        process = subprocess.Popen(
            bench.odoo.command(*command),
            env=bench.odoo.environment(bench.server),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(url)
            yield url
        finally:
            process.terminate()
            process.wait()


def _wait(url: str) -> None:
    """Wait until the server answers; raises Failure when it does not."""
    for _ in range(PATIENCE):
        try:
            urllib.request.urlopen(f"{url}/web/health", timeout=5).close()
        except OSError:  # urllib's own errors among them
            time.sleep(1)
        else:
            return
    raise Failure(f"Odoo does not answer on {url}.")
