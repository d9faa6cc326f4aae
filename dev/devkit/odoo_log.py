"""Reading what Odoo wrote to its log."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .allowed_logs import ALLOWED
from .paths import MODULE

ENTRY = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ "
    r"(?P<level>[A-Z]+) (?P<database>\S+) (?P<logger>[^\s:]+): (?P<message>.*)$"
)
SEVERE = ("WARNING", "ERROR", "CRITICAL")
TOTALS = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests when loading")
# What Odoo adds to the failures of single tests.
SUMMARY = re.compile(
    r"Module \w+: \d+ failures, \d+ errors of \d+ tests|At least one test failed"
)
# How Odoo reports a failed test, one of its subtests, or its class's set-up.
FAILED_TEST = re.compile(r"(?:FAIL|ERROR): (?:Subtest )?([\w.]+(?: \([\w.]+\))?)")
SKIPPED_TEST = re.compile(r"skipped (\S+) : (.*)")


@dataclass(frozen=True)
class Entry:
    """One record of the log, with the lines that belong to it."""

    level: str
    logger: str
    message: str

    def __str__(self) -> str:
        return f"{self.level} {self.logger}: {self.message}"


@dataclass(frozen=True)
class Totals:
    """How many tests Odoo says that it ran, and how many of them failed."""

    run: int = 0
    failed: int = 0


def parse(text: str) -> list[Entry]:
    """The entries of a log; lines that start no entry belong to the one before."""
    entries: list[Entry] = []
    for line in text.splitlines():
        if match := ENTRY.match(line):
            entries.append(Entry(match["level"], match["logger"], match["message"]))
        elif entries:
            last = entries[-1]
            message = f"{last.message}\n{line}"
            entries[-1] = Entry(last.level, last.logger, message)
    return entries


def totals(entries: Iterable[Entry]) -> Totals:
    """The sums of the test results of every database; zero where no test ran."""
    run = failed = 0
    for entry in entries:
        if entry.logger == "odoo.tests.result" and (
            match := TOTALS.match(entry.message)
        ):
            failed += int(match[1]) + int(match[2])
            run += int(match[3])
    return Totals(run, failed)


def failed_tests(entries: Iterable[Entry]) -> dict[str, Entry]:
    """The entries of failed tests, by the test's full name; subtests count as one."""
    found = {}
    for entry in entries:
        if match := _test_failure(entry):
            name = f"{entry.logger.removeprefix('odoo.addons.')}:{match[1]}"
            found.setdefault(name, entry)
    return found


def skipped_tests(entries: Iterable[Entry]) -> list[str]:
    """This add-on's tests that were skipped, and why: none should be."""
    return [
        f"{match[1]}: {match[2].strip()}"
        for entry in entries
        if entry.logger.startswith(f"odoo.addons.{MODULE}.")
        and (match := SKIPPED_TEST.match(entry.message))
    ]


def problems(entries: Iterable[Entry]) -> list[Entry]:
    """The warnings and errors that are neither allowed nor about a test's failure."""
    return [
        entry
        for entry in entries
        if entry.level in SEVERE
        and not _test_failure(entry)
        and entry.logger != "odoo.tests.result"
        and not SUMMARY.match(entry.message)
        and not any(allowed.matches(entry) for allowed in ALLOWED)
    ]


def _test_failure(entry: Entry) -> re.Match | None:
    """The match of a test's failure, or None if the entry is something else."""
    if entry.level != "ERROR" or ".tests." not in entry.logger:
        return None
    return FAILED_TEST.match(entry.message)
