"""Tests of running other programs."""

import sys
import unittest

from devkit.commands import capture, reason
from devkit.errors import Failure


class TestCommands(unittest.TestCase):
    def test_output(self):
        code = "print('hello')"
        self.assertEqual(capture([sys.executable, "-c", code], "greet"), "hello\n")

    def test_the_reason_is_in_the_failure(self):
        code = "import sys; sys.exit('E: no network')"
        with self.assertRaisesRegex(Failure, "Could not fetch it: E: no network"):
            capture([sys.executable, "-c", code], "fetch it")

    def test_a_missing_program(self):
        with self.assertRaisesRegex(Failure, "Could not fetch it: .*no-such-program"):
            capture(["no-such-program"], "fetch it")

    def test_the_first_error_is_the_reason(self):
        output = "trying\npsql: error: no socket\nIs the server running?\n"
        self.assertEqual(reason(output), "psql: error: no socket")
        self.assertEqual(reason("trying\nit broke\n"), "it broke")
        self.assertEqual(reason(""), "")
