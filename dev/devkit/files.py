"""Files and folders that appear whole or not at all."""

import contextlib
import fcntl
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .errors import Failure


def make_folder(path: Path) -> Path:
    """Make a folder and its parents; Failure says which one could not be made."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(f"Could not make the folder {path}: {error.strerror}.") from error
    return path


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file at `path`, waiting for another run that holds it."""
    make_folder(path.parent)
    with path.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another run that is setting things up …")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def new_folder(final: Path) -> Iterator[Path]:
    """Yield a temporary folder that becomes `final` when the block succeeds."""
    make_folder(final.parent)
    partial = Path(tempfile.mkdtemp(prefix=f"{final.name}.partial-", dir=final.parent))
    partial.chmod(0o755)
    try:
        yield partial
        if final.exists():
            shutil.rmtree(final)
        partial.rename(final)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def say(message: str) -> None:
    """Tell the person at the terminal what goes on, apart from any output."""
    print(message, file=sys.stderr, flush=True)
