"""The development tools of this repository: what `make` and `dev/odoo` run.

Standard library only: these modules provision the Python environment that Odoo
runs in, and must work before it exists.
"""
