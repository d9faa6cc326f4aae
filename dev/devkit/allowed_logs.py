"""The short list of warnings and errors that Odoo may log during the checks."""

import re
from dataclasses import dataclass
from typing import Protocol


class LogEntry(Protocol):
    """What is matched: see odoo_log.Entry."""

    level: str
    logger: str
    message: str


@dataclass(frozen=True)
class Allowed:
    """A kind of log entry that is no fault of this add-on, and the reason why."""

    logger: str
    """A regular expression that the logger's whole name must match."""
    message: str
    """A regular expression that the beginning of the message must match."""
    reason: str

    def matches(self, entry: LogEntry) -> bool:
        """Whether the entry is of this kind."""
        if not re.fullmatch(self.logger, entry.logger):
            return False
        return re.match(self.message, entry.message) is not None


ALLOWED = [
    Allowed(
        logger=r"odoo\.addons\.\w+\.tests\..*\.browser",
        message=r"Error received after termination: AssetsLoadingError",
        reason="a tour that is over closes the page, which may still be loading",
    ),
]
