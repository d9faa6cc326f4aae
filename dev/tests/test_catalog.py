"""Tests of comparing a database before and after."""

import unittest

from devkit.checks import catalog


def differences(before, after, *, demo=False):
    return catalog.differences(before, after, demo=demo)


class TestDifferences(unittest.TestCase):
    def test_nothing(self):
        same = {"table": {"a", "b"}}
        self.assertEqual(differences(same, same), [])

    def test_left_behind_and_gone(self):
        before = {"table": {"a", "b"}}
        after = {"table": {"b", "outplacement_note"}, "ir_cron": {"7 remind"}}
        self.assertEqual(
            differences(before, after),
            [
                "left behind: ir_cron 7 remind",
                "left behind: table outplacement_note",
                "gone: table a",
            ],
        )

    def test_only_other_addons_may_leave_external_ids(self):
        theirs = "1 mail.selection__outplacement_traject__activity_state__today"
        ours = "2 outplacement.selection__outplacement_traject__state__draft"
        self.assertEqual(
            differences({}, {"ir_model_data": {theirs, ours}}),
            [f"left behind: ir_model_data {ours}"],
        )

    def test_the_chart_of_the_demo_company_may_stay(self):
        after = {"ir_model_data": {"3 account.2_4390"}}
        self.assertEqual(differences({}, after, demo=True), [])
        self.assertEqual(len(differences({}, after)), 1)
        after = {"ir_default": {"4 res.company.outplacement_plan_id"}}
        self.assertEqual(len(differences({}, after, demo=True)), 1)
