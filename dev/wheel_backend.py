"""The build backend of this repository: whool, given the add-on alone.

whool packs every file of the folder that it builds, and calls the add-on by the
folder's name. The repository also holds development tools and can be cloned under any
name, so this backend lets whool build a copy without those, called `outplacement`.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from whool import buildapi

NAME = "outplacement"
# Top-level names that are no part of the add-on; whatever starts with a dot isn't.
DEVELOPMENT = (
    "Makefile",
    "build",
    "dev",
    "dist",
    "node_modules",
    "pyproject.toml",
    "test-requirements.txt",
)
# What the copy, and so a source distribution, is built with.
PYPROJECT = """\
[build-system]
requires = ["whool"]
build-backend = "whool.buildapi"
"""


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    """Build the wheel of the add-on (PEP 517)."""
    with _addon_alone():
        return buildapi.build_wheel(wheel_directory, config_settings)


def build_sdist(sdist_directory, config_settings=None):
    """Build a source distribution, which whool alone can build (PEP 517)."""
    with _addon_alone():
        return buildapi.build_sdist(Path(sdist_directory), config_settings)


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    """Write the metadata of the wheel (PEP 517)."""
    with _addon_alone():
        return buildapi.prepare_metadata_for_build_wheel(
            metadata_directory, config_settings
        )


@contextlib.contextmanager
def _addon_alone() -> Iterator[None]:
    """Work in a copy of the add-on's own files."""
    repository = Path.cwd()
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary) / NAME
        shutil.copytree(repository, copy, ignore=_ignored(repository))
        (copy / "pyproject.toml").write_text(PYPROJECT)
        os.chdir(copy)
        try:
            yield
        finally:
            os.chdir(repository)


def _ignored(repository: Path):
    """The function that tells shutil.copytree what to leave out."""
    everywhere = shutil.ignore_patterns("__pycache__", "*.pyc", "*.egg-info")

    def ignored(folder, names):
        left_out = set(everywhere(folder, names))
        if Path(folder) == repository:
            left_out |= {
                name for name in names if name in DEVELOPMENT or name.startswith(".")
            }
        return left_out

    return ignored
