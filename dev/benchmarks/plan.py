"""Reading what PostgreSQL says about how it answers a query (EXPLAIN ANALYZE)."""

import re
from dataclasses import dataclass

LARGE = ("outplacement_session", "outplacement_note")
ABOUT = re.compile(rf'\b(?:FROM|JOIN)\s+"?(?:{"|".join(LARGE)})"?(?!\w)')
SCAN = re.compile(
    rf"Seq Scan on (?:{'|'.join(LARGE)})\b.*actual .*rows=(\d+)\S* loops=(\d+)"
)
REMOVED = re.compile(r"Rows Removed by Filter: (\d+)")
TIME = re.compile(r"Execution Time: ([\d.]+) ms")


@dataclass(frozen=True)
class Scan:
    """A sequential scan of a large table."""

    line: str
    rows: int
    """How many rows were read before the query had enough."""


@dataclass(frozen=True)
class Plan:
    """A query about a large table, and how PostgreSQL went about it."""

    query: str
    text: str

    @property
    def scans(self) -> list[Scan]:
        """Where a large table is read from its start, not by an index."""
        lines = self.text.splitlines()
        return [
            Scan(line.strip(), self._count_rows(match, lines[number + 1 :]))
            for number, line in enumerate(lines)
            if (match := SCAN.search(line))
        ]

    @staticmethod
    def _count_rows(match: re.Match, below: list[str]) -> int:
        """The rows that a node read: those it gave and those that it left out."""
        removed = 0
        for line in below:
            if "->" in line:
                break
            if found := REMOVED.search(line):
                removed = int(found[1])
                break
        return (int(match[1]) + removed) * int(match[2])

    @property
    def milliseconds(self) -> float:
        """How long PostgreSQL took."""
        return sum(map(float, TIME.findall(self.text)))

    def __str__(self) -> str:
        return f"{self.query}\n\n{self.text}\n"


def is_about_large_table(query: str) -> bool:
    """Whether a query reads sessions or notes."""
    return query.startswith(("SELECT", "WITH")) and bool(ABOUT.search(query))
