"""Tests of what the benchmarks go by."""

import unittest
from pathlib import Path

from benchmarks.benchmark import Report
from benchmarks.measuring import Comparison, Sample
from benchmarks.plan import Plan, is_about_large_table
from benchmarks.portal_server import Access, ask_together, read_log

SCANNED = """\
Limit  (cost=0.00..270.15 rows=80 width=4) (actual time=0.010..1.900 rows=80 loops=1)
  ->  Seq Scan on outplacement_session  (cost=0.00..9 rows=1 width=0) (actual \
time=0.003..1.072 rows=10001 loops=2)
        Filter: (start <= '2026-11-22'::date)
        Rows Removed by Filter: 99
  ->  Index Scan using outplacement_note_pkey on outplacement_note  (cost=0..1 rows=1)
        Rows Removed by Filter: 1000000
Planning Time: 0.5 ms
Execution Time: 2.250 ms
"""


class TestPlan(unittest.TestCase):
    def test_a_scan_is_found_with_its_rows(self):
        plan = Plan("SELECT 1", SCANNED)
        [scan] = plan.scans
        self.assertTrue(scan.line.startswith("->  Seq Scan on outplacement_session"))
        self.assertEqual(scan.rows, 20_200)
        self.assertEqual(plan.milliseconds, 2.25)

    def test_newer_servers_tell_parts_of_rows(self):
        text = SCANNED.replace("rows=10001 loops=2", "rows=10001.00 loops=1")
        [scan] = Plan("SELECT 1", text).scans
        self.assertEqual(scan.rows, 10_100)

    def test_scans_of_other_tables_do_not_count(self):
        text = SCANNED.replace("outplacement_session", "outplacement_session_kind")
        self.assertEqual(Plan("SELECT 1", text).scans, [])

    def test_queries_about_large_tables(self):
        for query in (
            'SELECT id FROM "outplacement_session" WHERE TRUE',
            "SELECT 1 FROM a JOIN outplacement_note ON b",
        ):
            self.assertTrue(is_about_large_table(query), query)
        for query in (
            'SELECT id FROM "outplacement_session_kind"',
            'UPDATE outplacement_note SET a = (SELECT 1 FROM "outplacement_note")',
            "SELECT outplacement_note FROM other",
        ):
            self.assertFalse(is_about_large_table(query), query)


class TestComparison(unittest.TestCase):
    def test_the_ratio_is_that_of_pairs(self):
        """A machine that is busy for a while slows down both of a pair."""
        task = [Sample(wall=11), Sample(wall=110), Sample(wall=12)]
        peer = [Sample(wall=10), Sample(wall=100), Sample(wall=4)]
        self.assertAlmostEqual(Comparison(task, peer).ratio("wall"), 1.1)

    def test_the_cpu_time_is_that_of_both_processes(self):
        task = [Sample(python=10, database=20)]
        peer = [Sample(python=5, database=5)]
        self.assertAlmostEqual(Comparison(task, peer).ratio("cpu"), 3)
        self.assertEqual(Sample(python=5).cpu, 5)

    def test_what_is_typical(self):
        samples = [
            Sample(python=1, database=2, wall=3, queries=4),
            Sample(python=2, database=None, wall=9, queries=4),
            Sample(python=9, database=4, wall=5, queries=4),
        ]
        self.assertEqual(Comparison.typical(samples), Sample(2, 3, 5, 4))
        self.assertIsNone(Comparison.typical([Sample()]).database)


class TestReport(unittest.TestCase):
    def test_goals_are_told_in_the_end(self):
        class Quiet(Report):
            lines = []

            def say(self, text=""):
                self.lines.append(text)

        report = Quiet()
        self.assertTrue(report.goal("form ≤ 1.10×", "1.05×", met=True))
        self.assertFalse(report.goal("list ≤ 1.15×", "1.60×", met=False))
        report.close()
        self.assertEqual(
            report.lines[1:],
            ["met    form ≤ 1.10×: 1.05×", "MISSED list ≤ 1.15×: 1.60×"],
        )


class TestFiles(unittest.TestCase):
    def test_benchmarks_are_on_the_list(self):
        """A module that nobody runs measures nothing."""
        folder = Path(__file__).parents[1] / "benchmarks"
        listed = (folder / "__main__.py").read_text()
        for path in folder.glob("*.py"):
            if "(Benchmark)" in path.read_text():
                self.assertIn(f"from .{path.stem} import", listed)


ACCESS_LOG = """\
2026-01-02 03:04:05,678 42 INFO db werkzeug: 127.0.0.1 - - [02/Jan/2026 03:04:05] \
"GET /my/trajecten?bench=10 HTTP/1.1" 200 - 14 0.004 0.011 ro
2026-01-02 03:04:05,679 42 INFO db odoo.http: something else
2026-01-02 03:04:05,680 42 INFO db werkzeug: 127.0.0.1 - - [02/Jan/2026 03:04:05] \
"GET /my/invoices HTTP/1.1" 303 - 29 0.014 0.021 ro->rw
2026-01-02 03:04:05,681 42 INFO db werkzeug: 127.0.0.1 - - [02/Jan/2026 03:04:05] \
"POST /web/login HTTP/1.1" 303 - 29 0.014 0.021 rw
"""


class TestPortalServer(unittest.TestCase):
    def test_pages_in_the_access_log(self):
        self.assertEqual(
            read_log(ACCESS_LOG),
            [
                Access("/my/trajecten?bench=10", 200, 14, "ro"),
                Access("/my/invoices", 303, 29, "ro->rw"),
            ],
        )

    def test_clients_ask_until_the_time_is_over(self):
        first, second = ask_together([lambda: 1.0, lambda: 2.0], 0.01)
        self.assertEqual((set(first), set(second)), ({1.0}, {2.0}))
        self.assertEqual(ask_together([lambda: 1.0], 0), [[1.0]])
