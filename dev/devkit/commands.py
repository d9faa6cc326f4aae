"""Running other programs."""

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from .errors import Failure


def capture(argv: Sequence[str | Path], purpose: str, **options) -> str:
    """Run a program without input and return its standard output.

    Raises Failure, saying that `purpose` did not work and quoting what the program
    gave as the reason, when it is missing or exits with another code than 0.
    """
    try:
        done = subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            **options,
        )
    except OSError as error:
        raise Failure(f"Could not {purpose}: {error}.") from error
    if done.returncode:
        said = reason(done.stderr) or reason(done.stdout)
        raise Failure(f"Could not {purpose}: {said or f'exit {done.returncode}'}")
    return done.stdout


def reason(output: str) -> str:
    """The line of a program's output that tells why it failed, as far as one does.

    That is the first one about an error, or else the last one; empty if there is none.
    """
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if re.search(r"\berror\b|^E: ", line, re.I)]
    return (errors or lines[-1:] or [""])[0]


def installed(program: str) -> bool:
    """Whether a program of this name is on the path."""
    return shutil.which(program) is not None
