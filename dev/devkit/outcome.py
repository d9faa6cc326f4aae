"""What a check found."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """How many tests of a check passed and failed, and what to read about them."""

    passed: int = 0
    failed: int = 0
    details: str = ""

    def __add__(self, other: "Outcome") -> "Outcome":
        details = "\n".join(filter(None, (self.details, other.details)))
        return Outcome(self.passed + other.passed, self.failed + other.failed, details)

    @classmethod
    def single(cls, details: str = "", *, ok: bool) -> "Outcome":
        """The outcome of a check that counts as one test."""
        return cls(int(ok), int(not ok), details)
