"""Tests of judging a run of Odoo."""

import unittest
from pathlib import Path

from devkit.bench import OdooRun
from devkit.odoo_log import parse

STAMP = "2026-01-02 03:04:05,678 42"
TEST = "odoo.addons.outplacement.tests.test_a"


def run(*records, code=0):
    text = "\n".join(f"{STAMP} {record}" for record in records)
    return OdooRun(code, Path("odoo.log"), parse(text))


def result(failed, errors, total):
    return (
        f"INFO db odoo.tests.result: {failed} failed, {errors} error(s) "
        f"of {total} tests when loading database 'db'"
    )


class TestOdooRun(unittest.TestCase):
    def assert_counts(self, outcome, passed, failed):
        self.assertEqual((outcome.passed, outcome.failed), (passed, failed), outcome)

    def test_all_is_well(self):
        # The log itself counts as a test.
        self.assert_counts(run(result(0, 0, 5)).test_outcome(), 6, 0)

    def test_a_run_without_tests_fails(self):
        self.assert_counts(run("INFO db odoo: hello").test_outcome(), 1, 1)
        self.assert_counts(run(result(0, 0, 0)).test_outcome(), 1, 1)

    def test_a_failed_test(self):
        failure = f"ERROR db {TEST}: FAIL: TestA.test_b"
        outcome = run(failure, result(1, 0, 5), code=1).test_outcome()
        self.assert_counts(outcome, 5, 1)
        self.assertIn("TestA.test_b", outcome.details)

    def test_failed_subtests_are_one_failed_test(self):
        failures = [
            f"ERROR db {TEST}: FAIL: Subtest TestA.test_b (x={x})" for x in range(9)
        ]
        outcome = run(*failures, result(9, 0, 5), code=1).test_outcome()
        self.assert_counts(outcome, 5, 1)

    def test_a_skipped_test_fails(self):
        skipped = f"INFO db {TEST}: skipped TestA.test_tour : no browser"
        self.assert_counts(run(skipped, result(0, 0, 5)).test_outcome(), 5, 1)

    def test_a_warning_fails(self):
        warning = "WARNING db odoo.fields: odd"
        outcome = run(warning, result(0, 0, 5)).test_outcome()
        self.assert_counts(outcome, 5, 1)
        self.assertIn("WARNING odoo.fields: odd", outcome.details)

    def test_a_crash_fails(self):
        self.assert_counts(run("INFO db odoo: hello", code=1).log_outcome(), 0, 1)

    def test_an_allowed_warning_does_not_fail(self):
        allowed = (
            f"ERROR db {TEST}.TestA.test_tour.browser: Error received after "
            "termination: AssetsLoadingError: The loading of x.js failed"
        )
        self.assert_counts(run(allowed).log_outcome(), 1, 0)
