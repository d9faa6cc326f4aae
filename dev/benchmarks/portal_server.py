"""An Odoo that serves a database to browsers, what they ask and what its log says."""

import http.cookiejar
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 120  # Seconds that the server gets to answer for the first time.
PROGRAM = "from odoo.cli.command import main\n\nmain()\n"
TOKEN = re.compile(r'name="csrf_token" value="(\w+)"')
ACCESS = re.compile(
    r'werkzeug: .*"GET (?P<url>\S+) HTTP/1\.\d" (?P<status>\d+) \S+'
    r" (?P<queries>\d+) (?P<sql>[\d.]+) (?P<python>[\d.]+) (?P<mode>\S+)"
)


@dataclass(frozen=True)
class Access:
    """A line of the access log."""

    url: str
    status: int
    queries: int
    mode: str
    """Which cursor it was served with: "ro", "rw" or "ro->rw"."""


def read_log(text: str) -> list[Access]:
    """The pages that were served, in order."""
    return [
        Access(found["url"], int(found["status"]), int(found["queries"]), found["mode"])
        for found in ACCESS.finditer(text)
    ]


class Browser:
    """Somebody who is logged in."""

    def __init__(self, url: str, login: str):
        self.url = url
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(cookies)
        page = self.get("/web/login").decode()
        values = {
            "login": login,
            "password": login,
            "csrf_token": TOKEN.search(page)[1],
        }
        self.get("/web/login", urllib.parse.urlencode(values).encode())

    def get(self, path: str, data: bytes | None = None) -> bytes:
        """Open a page; an HTTPError where it is not answered with 200."""
        with self.opener.open(self.url + path, data, timeout=PATIENCE) as response:
            return response.read()

    def time(self, path: str) -> float:
        """How many milliseconds a page takes."""
        start = time.perf_counter()
        self.get(path)
        return (time.perf_counter() - start) * 1000


@dataclass(frozen=True)
class Serving:
    """An Odoo that serves: where, and what it logs."""

    url: str
    log: Path

    def accesses(self) -> list[Access]:
        """What it has served so far."""
        return read_log(self.log.read_text(errors="replace"))


@contextmanager
def serving(database: str, log: Path, workers: int) -> Iterator[Serving]:
    """An Odoo with worker processes. It tells in its access log which pages it serves
    with a cursor that only reads, as it would from a replica."""
    port, gevent = _free_port(), _free_port()
    # by a file: Odoo starts one of its processes as it was started itself
    program = log.with_name("odoo_program.py")
    program.write_text(PROGRAM)
    command = [
        *(sys.executable, str(program), "-d", database, f"--workers={workers}"),
        *(f"--http-port={port}", f"--gevent-port={gevent}", "--max-cron-threads=0"),
        *(f"--logfile={log}", "--dev=replica", f"--db-filter=^{database}$"),
        *("--limit-time-real=600", "--limit-time-cpu=600"),
    ]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(process, url)
        yield Serving(url, log)
    finally:
        process.terminate()
        process.wait()


def ask_together(tasks: list, seconds: float) -> list[list[float]]:
    """Run tasks beside each other, each at least once and until the time is over.

    :param tasks: each returns a number when called, and is one client's
    :returns: the numbers of each
    """
    end = time.monotonic() + seconds

    def work(task) -> list[float]:
        found = [task()]
        while time.monotonic() < end:
            found.append(task())
        return found

    with ThreadPoolExecutor(max_workers=len(tasks)) as pool:
        return list(pool.map(work, tasks))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(process: subprocess.Popen, url: str) -> None:
    end = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{url}/web/login", timeout=30):
                return
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"Odoo answered {error}") from error
        except OSError:
            time.sleep(0.5)
    raise RuntimeError("Odoo did not start")
