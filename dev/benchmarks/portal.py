"""The employer's list in the portal, over HTTP, against Odoo's own list of invoices."""

import os
import time
from contextlib import contextmanager
from statistics import median
from unittest.mock import patch

from odoo.sql_db import Cursor

from . import measuring
from .benchmark import Benchmark
from .portal_data import Portal
from .portal_server import Browser, ask_together, serving
from .queries import explain

SMALL, MIDDLE, LARGE = map(int, os.environ.get("TRAJECTS", "10 1000 100000").split())
OURS, THEIRS = "/my/trajecten", "/my/invoices"
ORDERS = ("report", "reference", "end")
GROWTH = 1.5
ROUNDS, WARM_UP = 41, 4
CLIENTS, SECONDS = 8, 20
WORKERS = 2
HEAD = f"{'':52} {'p50 ms':>8} {'p95 ms':>8} {'queries':>8} {'cursor':>7}"


class PortalBenchmark(Benchmark):
    """As contacts of employers: one has few trajects, one many, one very many, and
    each as many invoices. What is compared is asked in turn."""

    name = "portal"
    title = "The employer's list of trajects and Odoo's of invoices, over HTTP"
    sessions = 0
    goes_last = True

    def run(self):
        self.portal = Portal(self.place, self.bureau)
        start = time.monotonic()
        for size in (SMALL, MIDDLE, LARGE):
            self.portal.make(size)
        self.portal.settle()
        self.report.say(
            f"Contacts with {SMALL:,}, {MIDDLE:,} and {LARGE:,} trajects and invoices"
            f" (made in {time.monotonic() - start:.0f} s)"
        )
        log = self.files / "portal-server.log"
        with serving(self.place.database, log, WORKERS) as self.server:
            self.browsers = {
                size: Browser(self.server.url, login)
                for size, login in self.portal.logins.items()
            }
            self._measure()
            self._ask_other_pages()
        self._show_slowest()

    # ------------------------------------------------------------------
    # The list
    # ------------------------------------------------------------------

    def _get_pages(self) -> dict:
        """Return (size, address) of what is measured; the address tells the log which
        of them it was."""
        pages = {
            f"trajects, {size:,}": (size, f"{OURS}?bench={size}")
            for size in (SMALL, MIDDLE, LARGE)
        }
        for size in (MIDDLE, LARGE):
            pages[f"invoices, {size:,}"] = (size, f"{THEIRS}?bench={size}")
        return pages

    def _measure(self) -> None:
        pages = self._get_pages()
        for _number in range(WARM_UP):
            for size, path in pages.values():
                self.browsers[size].get(path)
        alone = {name: [] for name in pages}
        for _number in range(ROUNDS):
            for name, (size, path) in pages.items():
                alone[name].append(self.browsers[size].time(path))
        self._tell("1 client", alone)
        self._judge_queries()
        self._tell(f"{CLIENTS} clients", self._measure_together(pages))

    def _measure_together(self, pages: dict) -> dict:
        """Return the times of each page while so many clients ask for it."""
        together = {name: [] for name in pages if "10" not in name.split()}
        rounds = 2
        for _number in range(rounds):  # in turn: the machine may be busy for a while
            for name in together:
                size, path = pages[name]
                login = self.portal.logins[size]
                clients = [Browser(self.server.url, login) for _one in range(CLIENTS)]
                tasks = [
                    lambda browser=browser, path=path: browser.time(path)
                    for browser in clients
                ]
                seconds = SECONDS / rounds / 2
                for times in ask_together(tasks, seconds):
                    together[name] += times
        return together

    def _tell(self, who: str, found: dict) -> None:
        """Say how long each page took, and note which goals are met."""
        self.report.say(f"\n{who}\n{HEAD}")
        accesses = self.server.accesses()
        pages = self._get_pages()
        for name, times in found.items():
            url = pages[name][1]
            seen = [one for one in accesses if one.url == url]
            modes = ",".join(sorted({one.mode for one in seen}))
            last = seen[-1].queries if seen else "?"
            p95 = sorted(times)[int(len(times) * 0.95)]
            self.report.say(
                f"{name:52} {median(times):8.1f} {p95:8.1f} {last:>8} {modes:>7}"
            )
        p50 = {name: median(times) for name, times in found.items()}
        ours, theirs = f"trajects, {LARGE:,}", f"invoices, {LARGE:,}"
        for goal, one, other, limit in (
            ("grows", ours, f"trajects, {MIDDLE:,}", GROWTH),
            ("against Odoo's invoices", ours, theirs, 1.0),
        ):
            ratio = p50[one] / p50[other]
            self.report.goal(
                f"{who}: p50 of {one} to {other} ({goal}) ≤ {limit:.2f}×",
                f"{ratio:.2f}×",
                met=ratio <= limit,
            )

    def _judge_queries(self) -> None:
        """Note whether each size takes as many queries, all of them only reading."""
        counts = {}
        modes = set()
        for size in (SMALL, MIDDLE, LARGE):
            url = f"{OURS}?bench={size}"
            seen = [one for one in self.server.accesses() if one.url == url][WARM_UP:]
            counts[size] = median(one.queries for one in seen)
            modes |= {one.mode for one in seen}
        equal = len(set(counts.values())) == 1
        told = ", ".join(f"{size:,}: {count:g}" for size, count in counts.items())
        self.report.goal("as many queries for each size", told, met=equal)
        told = ", ".join(sorted(modes))
        self.report.goal("the list is served read-only", told, met=modes == {"ro"})

    # ------------------------------------------------------------------
    # The other pages
    # ------------------------------------------------------------------

    def _ask_other_pages(self) -> None:
        """Ask for each other page of the largest contact, and how it was served."""
        report, browser = self.portal.reports[LARGE], self.browsers[LARGE]
        with self.place.opened(self.portal.users[LARGE]) as env:
            [first] = env["outplacement.traject"]._get_portal_employer_page(limit=1)
        pages = [
            *(f"{OURS}?sortby={order}" for order in ORDERS),
            f"{OURS}/page/{LARGE // 80}",
            f"{OURS}?filterby=running",
            f"{OURS}?search=TR/0001/77",
            f"{OURS}?search=nobody",
            f"{OURS}/{first['id']}",
            f"{OURS}/{first['id']}/uitleg",
            f"{OURS}/rapport/{report}",
            f"{OURS}/rapport/{report}/document",
            f"{OURS}/lijst.csv",
        ]
        times = {}
        for page in pages:
            large = page.endswith(".csv")
            times[page] = [browser.time(page) for _ in range(1 if large else 5)]
        accesses = self.server.accesses()
        self.report.say(f"\nOther pages, of {LARGE:,} trajects\n{HEAD}")
        modes = set()
        for page, taken in times.items():
            seen = [one for one in accesses if one.url == page]
            modes |= {one.mode for one in seen}
            last = seen[-1]
            self.report.say(
                f"{page:52} {median(taken):8.1f} {max(taken):8.1f} {last.queries:8}"
                f" {last.mode:>7}"
            )
        told = ", ".join(sorted(modes))
        self.report.goal("all pages are served read-only", told, met=modes == {"ro"})

    # ------------------------------------------------------------------
    # Where the time goes
    # ------------------------------------------------------------------

    def _read(self, env) -> None:
        Traject = env["outplacement.traject"]
        Traject._count_portal_employer()
        Traject._get_portal_employer_page()

    @contextmanager
    def opened(self):
        with self.place.opened(self.portal.users[LARGE]) as env:
            yield env

    def _show_slowest(self) -> None:
        """Show the plan of the slowest query of the largest list, and what Python does
        beside the queries."""
        with self.opened() as env:
            self._read(env)  # what is kept from then on is not measured
        with self.opened() as env, _timed() as queries:
            self._read(env)
        with self.opened() as env:
            plans = [explain(env.cr, query) for query in queries]
        slowest = max(plans, key=lambda plan: plan.milliseconds)
        self.report.say(f"\nThe slowest query of {LARGE:,} trajects")
        self.report.say(f"{slowest.query}\n{slowest.text}")
        self.report.say("\nWhere the time of Python goes")
        self.report.say(measuring.profile(self.opened, self._read))


@contextmanager
def _timed():
    """The queries that are sent inside."""
    queries: list[str] = []
    execute = Cursor.execute

    def record(cr, query, params=None, log_exceptions=True):
        result = execute(cr, query, params, log_exceptions)
        sent = cr._obj.query.decode().strip()
        if sent.upper().startswith("SELECT"):
            queries.append(sent)
        return result

    with patch.object(Cursor, "execute", record):
        yield queries
