"""Progress reports on paper: one, ten and a hundred in one go."""

import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from datetime import date
from functools import partial

from . import measuring
from .benchmark import Benchmark

REPORT = "outplacement.report_progress"
NUMBERS = (1, 10, 100)
RUNS = 5
GOAL = 2.0
START_SECONDS = 60


class PaperBenchmark(Benchmark):
    """Drafts of a coach to PDF, with the wkhtmltopdf that is there.

    Measured in wall time, as somebody waits for it: most of it is wkhtmltopdf's own,
    among it the second that Odoo has it wait for scripts (`report.print_delay`). It
    fetches the style sheets from a server of this database, as in earnest.
    """

    name = "paper"
    title = "Progress reports to PDF"
    sessions = 1_000

    def run(self):
        self._make_reports()
        version = subprocess.run(
            ["wkhtmltopdf", "--version"], capture_output=True, text=True, check=True
        ).stdout.strip()
        self.report.say(version)
        with self._served():
            seconds = {number: self._measure(number) for number in NUMBERS}
            one, most = seconds[NUMBERS[0]], seconds[NUMBERS[-1]]
            name = f"{NUMBERS[-1]} reports to PDF ≤ {GOAL:.1f}× the time of one"
            told = f"{most / one:.2f}× ({most:.2f} s, {one:.2f} s; {version})"
            self.report.goal(name, told, met=most <= GOAL * one)
            self.report.say("\nWhere the time goes:")
            task = partial(self._print, number=NUMBERS[-1])
            self.report.say(measuring.profile(self.opened, task, times=1))

    def _make_reports(self) -> None:
        """Make the drafts, of one traject of the coach."""
        with self.opened() as env:
            traject_id = self.bureau.caseload(env)[0]
        with self.place.changing() as env:
            values = {"traject_id": traject_id, "date_to": date.today()}
            values |= {"date_from": date(2026, 1, 1)}
            reports = env["outplacement.report"].create(
                [
                    {**values, "remark": f"Voortgang nummer {number}"}
                    for number in range(NUMBERS[-1])
                ]
            )
            self.report_ids = reports.ids

    @contextmanager
    def _served(self):
        """A server of this database, that wkhtmltopdf asks for style sheets."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        url = f"http://127.0.0.1:{port}"
        with self.place.changing() as env:
            env["ir.config_parameter"].set_param("report.url", url)
        command = [sys.executable, "-m", "odoo", "-d", self.place.database]
        command += [f"--http-port={port}", "--max-cron-threads=0"]
        command += [f"--logfile={self.files / 'paper-server.log'}"]
        server = subprocess.Popen(command, env=os.environ)
        try:
            self._await(server, f"{url}/web/health")
            yield
        finally:
            server.terminate()
            server.wait()

    def _await(self, server: subprocess.Popen, url: str) -> None:
        """Wait until the server answers."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and server.poll() is None:
            try:
                urllib.request.urlopen(url, timeout=5).close()
            except OSError:
                time.sleep(0.5)
            else:
                return
        self.expect(False, f"no server answers at {url}")

    def _measure(self, number: int) -> float:
        """Return the typical seconds that printing so many takes, and say them."""
        samples = []
        for turn in range(RUNS + 1):
            with self.opened() as env:
                start = time.perf_counter()
                size = len(self._print(env, number))
                samples += [time.perf_counter() - start] * bool(turn)  # warm by then
        seconds = statistics.median(samples)
        self.report.say(
            f"{number:4} reports {seconds:6.2f} s"
            f" ({min(samples):.2f}–{max(samples):.2f}), {size / 1024:,.0f} kB"
        )
        return seconds

    def _print(self, env, number: int) -> bytes:
        ids = self.report_ids[:number]
        content, kind = env["ir.actions.report"]._render_qweb_pdf(REPORT, ids)
        self.expect(kind == "pdf", "nothing was printed")
        return content
