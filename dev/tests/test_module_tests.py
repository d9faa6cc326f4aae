"""Which tests run where."""

import re
import unittest

from devkit.checks import module_tests
from devkit.paths import CHECKOUT


class TestApart(unittest.TestCase):
    """The long tests are moved to the other lane, and not lost."""

    def test_they_are_there(self):
        tests = (CHECKOUT / "tests").glob("test_*.py")
        sources = "\n".join(path.read_text() for path in tests)
        classes = set(re.findall(r"^class (Test\w+)\(", sources, re.MULTILINE))
        self.assertLessEqual(set(module_tests.APART), classes)
