"""Runs the development tools: python -m devkit COMMAND …"""

import sys

if sys.version_info < (3, 10):  # noqa: UP036 (for whoever has an older one)
    sys.exit("Odoo 19.0 needs Python 3.10 or newer: set PYTHON to one.")

from .cli import main

sys.exit(main(sys.argv[1:]))
