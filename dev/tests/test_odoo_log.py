"""Tests of reading Odoo's log."""

import unittest

from devkit import odoo_log

FINE = "2026-01-02 03:04:05,678 42 INFO db odoo.modules.loading: Modules loaded. "
WARNING = "2026-01-02 03:04:05,678 42 WARNING db odoo.fields: Field x is odd "
FAILURE = """\
2026-01-02 03:04:05,678 42 ERROR db odoo.addons.outplacement.tests.test_a: FAIL: \
TestA.test_b
Traceback (most recent call last):
AssertionError: 1 != 2
"""
SUBTEST = FAILURE.replace("TestA.test_b", "Subtest TestA.test_b (x=1)")
SET_UP = FAILURE.replace("FAIL: TestA.test_b", "ERROR: setUpClass (a.b.TestA)")
SKIPPED = """\
2026-01-02 03:04:05,678 42 INFO db odoo.addons.outplacement.tests.test_a: skipped \
TestA.test_tour : Chrome executable not found
"""
RESULT = """\
2026-01-02 03:04:05,678 42 ERROR db odoo.tests.result: 1 failed, 2 error(s) of 30 \
tests when loading database 'db'
"""


class TestOdooLog(unittest.TestCase):
    def test_lines_that_start_no_entry_belong_to_the_one_before(self):
        first, second = odoo_log.parse(FAILURE + FINE)
        self.assertTrue(first.message.endswith("AssertionError: 1 != 2"))
        self.assertEqual(second.level, "INFO")

    def test_output_before_the_first_entry_is_no_entry(self):
        self.assertEqual(odoo_log.parse("Running as user 'root' …"), [])

    def test_a_warning_is_a_problem(self):
        (problem,) = odoo_log.problems(odoo_log.parse(f"{FINE}\n{WARNING}\n"))
        self.assertEqual(str(problem), "WARNING odoo.fields: Field x is odd ")

    def test_failures_are_told_apart_from_other_errors(self):
        for text in (FAILURE, SUBTEST, SET_UP):
            entries = odoo_log.parse(text)
            self.assertEqual(odoo_log.problems(entries), [], text)
            self.assertEqual(len(odoo_log.failed_tests(entries)), 1, text)

    def test_an_error_logged_by_a_test_is_a_problem(self):
        text = FAILURE.replace("FAIL: TestA.test_b", "The server broke")
        entries = odoo_log.parse(text)
        self.assertEqual(len(odoo_log.problems(entries)), 1)
        self.assertEqual(odoo_log.failed_tests(entries), {})

    def test_subtests_of_a_test_count_as_one(self):
        entries = odoo_log.parse(FAILURE + SUBTEST)
        self.assertEqual(
            list(odoo_log.failed_tests(entries)),
            ["outplacement.tests.test_a:TestA.test_b"],
        )

    def test_totals(self):
        totals = odoo_log.totals(odoo_log.parse(RESULT))
        self.assertEqual((totals.run, totals.failed), (30, 3))
        self.assertEqual(odoo_log.totals(odoo_log.parse(FINE)).run, 0)

    def test_a_skipped_test_of_the_addon_is_found_with_its_reason(self):
        self.assertEqual(
            odoo_log.skipped_tests(odoo_log.parse(SKIPPED)),
            ["TestA.test_tour: Chrome executable not found"],
        )
        others = SKIPPED.replace("outplacement", "web")
        self.assertEqual(odoo_log.skipped_tests(odoo_log.parse(others)), [])
