"""The database that is measured in: environments, as requests of the web client."""

import json
from contextlib import contextmanager
from functools import cached_property

from odoo.api import Environment
from odoo.modules.registry import Registry
from odoo.tools import SQL, json_default

CONTEXT = {"lang": "nl_NL", "tz": "Europe/Amsterdam"}


class Place:
    """A database with the add-on."""

    def __init__(self, database: str):
        self.database = database

    @cached_property
    def registry(self) -> Registry:
        """Its models."""
        return Registry(self.database)

    def forget(self) -> None:
        """Read the models anew: an add-on was installed."""
        self.__dict__.pop("registry", None)

    @contextmanager
    def opened(self, uid: int):
        """An environment in a transaction of its own, which is undone."""
        with self.registry.cursor() as cr:
            env = Environment(cr, uid, {**CONTEXT, "uid": uid})
            companies = env.user.company_ids.ids
            yield env(context={**env.context, "allowed_company_ids": companies})
            cr.rollback()

    @contextmanager
    def changing(self):
        """A superuser's environment, whose changes stay."""
        with self.registry.cursor() as cr:
            yield Environment(cr, 1, {"tracking_disable": True})

    def vacuum(self, tables: list[str]) -> None:
        """Tidy up tables that were just filled, as autovacuum does in the end."""
        with self.registry.cursor() as cr:
            cr.connection.autocommit = True
            for table in tables:
                cr.execute(SQL("VACUUM (ANALYZE) %s", SQL.identifier(table)))
            cr.connection.autocommit = False


def answer(result) -> str:
    """What goes to the browser: making it takes time as well."""
    return json.dumps(result, default=json_default)
