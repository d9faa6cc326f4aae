"""What the add-on says of itself, and the files that it consists of."""

import ast
from collections.abc import Iterator
from pathlib import Path

from .errors import Failure
from .paths import CHECKOUT, DEV

MANIFEST = CHECKOUT / "__manifest__.py"


def read() -> dict:
    """The add-on's manifest; raises Failure when there is none."""
    try:
        return ast.literal_eval(MANIFEST.read_text())
    except FileNotFoundError as error:
        raise Failure(f"{CHECKOUT} holds no __manifest__.py.") from error


def addon_files(*suffixes: str) -> Iterator[Path]:
    """The add-on's files with one of these suffixes, relative to the checkout."""
    for folder in CHECKOUT.iterdir():
        if folder.is_dir() and folder != DEV and not folder.name.startswith("."):
            for path in folder.rglob("*"):
                if path.suffix in suffixes:
                    yield path.relative_to(CHECKOUT)
