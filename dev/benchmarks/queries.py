"""The queries that Odoo sends, and their plans."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo.sql_db import Cursor

from .plan import Plan, is_about_large_table


@contextmanager
def recorded():
    """The queries about large tables that are sent inside, each once."""
    queries: list[str] = []
    execute = Cursor.execute

    def record(cr, query, params=None, log_exceptions=True):
        result = execute(cr, query, params, log_exceptions)
        sent = cr._obj.query.decode().strip()
        if is_about_large_table(sent) and sent not in queries:
            queries.append(sent)
        return result

    with patch.object(Cursor, "execute", record):
        yield queries


def explain(cr, query: str) -> Plan:
    """Let PostgreSQL run a query and tell how."""
    cr.execute(f"EXPLAIN (ANALYZE, BUFFERS) {query}")
    return Plan(query, "\n".join(line for (line,) in cr.fetchall()))
