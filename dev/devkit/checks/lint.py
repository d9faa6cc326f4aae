"""The linters, each of which counts as one test."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

from .. import databases, node_packages
from ..bench import Bench, free_port
from ..manifest import addon_files
from ..outcome import Outcome
from ..paths import CHECKOUT, DEV, MODULE
from . import oca
from .check import Check

# The messages that Odoo's own test_lint/tests/test_pylint.py enables.
ODOO_MESSAGES = [
    "used-before-assignment",
    "undefined-variable",
    "eval-used",
    "unreachable",
    "function-redefined",
    "sql-injection",
    "missing-gettext",
    "gettext-variable",
    "gettext-placeholders",
    "gettext-repr",
    "raise-unlink-override",
]
ODOO_PLUGINS = [
    "_pylint_path_setup",
    "pylint.extensions.bad_builtin",
    "_odoo_checker_sql_injection",
    "_odoo_checker_gettext",
    "_odoo_checker_unlink_override",
]
# Odoo's suite runs pylint and eslint over all of Odoo, which takes half an hour:
# odoo_pylint and eslint below run the same rules over this add-on.
ODOO_SUITE = "/test_lint,-/test_lint:TestPyLint,-/test_lint:TestESLint"
FORMATTED = (".xml", ".js", ".css", ".scss")


def checks() -> list[Check]:
    """The linters that need no database."""
    return [
        _command("ruff", lambda bench: [_bin(bench, "ruff"), "check", "."]),
        _command("ruff format", lambda bench: [*_ruff_format(bench), "--diff", "."]),
        _command("pylint-odoo", _pylint_odoo),
        _command("Odoo's pylint rules", _odoo_pylint),
        *oca.checks(),
        _command("prettier", lambda bench: prettier(bench, "--check")),
        _command("eslint", _eslint),
        _command("shellcheck", lambda bench: ["shellcheck", *_shell_scripts()]),
    ]


def database_checks() -> list[Check]:
    """The lint suite of Odoo itself, which looks at installed models too."""
    return [Check("Odoo's test_lint", _test_lint)]


def fix(bench: Bench) -> None:
    """Let the linters rewrite what they can."""
    oca.fix(bench)
    ruff = _bin(bench, "ruff")
    for command in (
        [ruff, "check", "--fix-only", "--select=I,UP", "."],
        _ruff_format(bench),
        prettier(bench, "--write"),
    ):
        subprocess.run(command, cwd=CHECKOUT, check=False)


def prettier(bench: Bench, mode: str) -> list[str | Path]:
    """The command that checks or writes the format of XML, JavaScript and styles."""
    modules = node_packages.provide(bench.odoo.paths)
    return [
        "node",
        modules / "prettier/bin/prettier.cjs",
        f"--config={DEV / 'prettier.json'}",
        f"--plugin={modules / '@prettier/plugin-xml/src/plugin.js'}",
        "--log-level=warn",
        mode,
        *sorted(addon_files(*FORMATTED)),
    ]


def _command(name: str, command: Callable[[Bench], list[str | Path]]) -> Check:
    """A check that runs a command in the checkout and passes on exit code 0."""

    def run(bench: Bench) -> Outcome:
        done = subprocess.run(
            command(bench),
            cwd=CHECKOUT,
            env=_environment(bench),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        failed = done.returncode != 0
        return Outcome.single(done.stdout.strip() if failed else "", ok=not failed)

    return Check(name, run)


def _environment(bench: Bench) -> dict[str, str]:
    """Variables for linters: Odoo is importable, and no cache is left behind."""
    environment = bench.odoo.environment(bench.server)
    suite = bench.odoo.source.addon("test_lint") / "tests"
    return {
        **environment,
        "ADDONS_PATH": environment["ODOO_ADDONS_PATH"].replace(",", os.pathsep),
        "PYTHONPATH": f"{suite}{os.pathsep}{environment['PYTHONPATH']}",
        "RUFF_NO_CACHE": "true",
        "PYLINTHOME": str(bench.odoo.paths.cache / "pylint"),
    }


def _bin(bench: Bench, program: str) -> Path:
    return bench.odoo.python / "bin" / program


def _ruff_format(bench: Bench) -> list[str | Path]:
    return [_bin(bench, "ruff"), "format"]


def _addon(bench: Bench) -> Path:
    """The add-on under its own name, which the linters go by."""
    return bench.odoo.paths.addons / MODULE


def _pylint_odoo(bench: Bench) -> list[str | Path]:
    config = f"--rcfile={CHECKOUT / 'pyproject.toml'}"
    return [_bin(bench, "pylint"), config, _addon(bench)]


def _odoo_pylint(bench: Bench) -> list[str | Path]:
    return [
        _bin(bench, "pylint"),
        f"--rcfile={os.devnull}",
        "--disable=all,useless-option-value",
        f"--enable={','.join(ODOO_MESSAGES)}",
        f"--load-plugins={','.join(ODOO_PLUGINS)}",
        "--bad-functions=input",
        "--ignore=dev",
        "--reports=n",
        "--score=n",
        _addon(bench),
    ]


def _eslint(bench: Bench) -> list[str | Path]:
    modules = node_packages.provide(bench.odoo.paths)
    config = bench.odoo.source.addon("test_lint") / "tests/eslintrc"
    flags = ["--no-ignore", "--no-eslintrc", "--no-error-on-unmatched-pattern"]
    return ["node", modules / "eslint/bin/eslint.js", *flags, "-c", config, "static"]


def _shell_scripts() -> list[Path]:
    """The shell scripts of the development tools and of CI."""
    scripts = [*DEV.iterdir(), *(CHECKOUT / ".ci").glob("*")]
    shebangs = (b"#!/bin/sh", b"#!/bin/bash", b"#!/usr/bin/env bash")
    return [
        path
        for path in sorted(scripts)
        if path.is_file() and path.read_bytes().startswith(shebangs)
    ]


def _test_lint(bench: Bench) -> Outcome:
    """Odoo's lint suite, in a database with this add-on installed."""
    with databases.temporary(bench.odoo, bench.server) as name:
        run = bench.run(
            "test_lint",
            *("-d", name, "-i", f"{MODULE},test_lint", f"--test-tags={ODOO_SUITE}"),
            *("--stop-after-init", f"--http-port={free_port()}"),
        )
    return run.test_outcome()
