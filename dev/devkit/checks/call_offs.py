"""Call-offs of the last places of a social plan, twenty at once, by real
transactions."""

import os
from pathlib import Path

from .. import databases
from ..bench import Bench
from ..outcome import Outcome
from ..paths import MODULE
from .check import Check

# What happens in an Odoo of its own is in this file.
STEPS = Path(__file__).with_name("call_off_steps.py")
ROUNDS = 3  # CALL_OFF_ROUNDS=50 for more


def checks() -> list[Check]:
    """The check in which more people are called off than there are places."""
    return [Check("call-offs: twenty at once on five places", _run)]


def _run(bench: Bench) -> Outcome:
    """Install the add-on and run the rounds, each with a plan of its own."""
    rounds = os.environ.get("CALL_OFF_ROUNDS", str(ROUNDS))
    with databases.temporary(bench.odoo, bench.server) as name:
        arguments = ["-d", name, "-i", MODULE, "--stop-after-init", "--no-http"]
        outcome = bench.run("call-offs-install", *arguments).log_outcome()
        if outcome.failed:
            return outcome
        run = bench.run(
            "call-offs",
            *("shell", "-d", name, "--no-http"),
            environment={"ROUNDS": rounds},
            script=STEPS.read_text(),
        )
    if run.code:
        details = f"call-offs ended with exit code {run.code}: see {run.log}"
        return outcome + Outcome(failed=1, details=details)
    told = [line for line in run.log.read_text().splitlines() if line[:6] == "round "]
    return outcome + Outcome(passed=len(told), details="\n".join(told))
