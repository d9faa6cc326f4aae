"""Everything in a database that installing an add-on can add to."""

import re

from ..paths import MODULE
from ..server import Server

Catalog = dict[str, set[str]]

# What PostgreSQL itself knows of: a kind of thing, and the query of its names.
SCHEMA = {
    "table": "SELECT table_name FROM information_schema.tables WHERE {public}",
    "column": """
        SELECT table_name || '.' || column_name
          FROM information_schema.columns WHERE {public}""",
    "constraint": """
        SELECT conrelid::regclass || '.' || conname || ' ' || pg_get_constraintdef(oid)
          FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "index": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "sequence": """
        SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'""",
    "trigger": "SELECT tgrelid::regclass || '.' || tgname FROM pg_trigger",
    "function": """
        SELECT oid::regprocedure FROM pg_proc
         WHERE pronamespace = 'public'::regnamespace""",
}
# What Odoo keeps in tables: a table, and the columns that tell what a row is.
ROWS = {
    "ir_act_server": "name",
    "ir_actions": "type, name",
    "ir_asset": "path",
    "ir_config_parameter": "key",
    "ir_cron": "cron_name",
    "ir_default": (
        "(SELECT model || '.' || name FROM ir_model_fields f WHERE f.id = field_id)"
    ),
    "ir_embedded_actions": "name",
    "ir_exports": "name",
    "ir_filters": "name",
    "ir_model": "model",
    "ir_model_access": "name",
    "ir_model_constraint": "name",
    "ir_model_data": "module || '.' || name",
    "ir_model_fields": "model || '.' || name",
    "ir_model_fields_selection": "field_id, value",
    "ir_model_inherit": "model_id, parent_id",
    "ir_model_relation": "name",
    "ir_module_category": "name",
    "ir_rule": "name",
    "ir_sequence": "name",
    "ir_ui_menu": "name",
    "ir_ui_view": "name",
    "mail_activity_plan": "name",
    "mail_activity_type": "name",
    "mail_message_subtype": "name",
    "mail_template": "name",
    "report_paperformat": "name",
    "res_groups": "name",
    "res_groups_implied_rel": "gid, hid",
    "res_groups_privilege": "name",
    "res_users": "login",
}
# What an uninstallation may leave or take along, and why it is no fault of the add-on.
ALLOWED = {
    r"left behind: ir_model_constraint \d+ \w+_fkey": (
        "Odoo's note of a foreign key on another add-on's table, which no "
        "uninstallation deletes; the key itself is gone with its column"
    ),
    rf"left behind: ir_model_data \d+ (?!{MODULE}\.)\w+\.\w+__{MODULE}_": (
        "another add-on's external id of what its mixin added to one of our models; "
        "Odoo deletes it when that add-on is next updated"
    ),
    rf"left behind: ir_model_data \d+ base\.module_category_\w*{MODULE}": (
        "made from the manifest's category when Odoo lists the add-on, installed or not"
    ),
    rf"left behind: ir_module_category \d+ .*{MODULE.capitalize()}": (
        "the category that this external id is of"
    ),
    r"gone: ir_model_\w+ \d+ account\.\w*bank.statement.line.*alerts": (
        "Odoo registers this field of its own at one loading and drops it at another"
    ),
    r"(left behind|gone): (constraint|trigger) (rule_group_rel|res_groups)"
    r"\.(rule_group_rel_group_id_fkey|RI_ConstraintTrigger)": (
        "Odoo declares the relation of rules and groups on both models, once with "
        "restrict: which one holds changes with each add-on that extends either"
    ),
}
# With demo data, the demo's company stays like any company whose invoices are posted,
# and with it the chart of accounts that Odoo loaded for it.
ALLOWED_WITH_DEMO = {
    r"left behind: ir_model_data \d+ account\.\d+_": "an account, tax, … of that chart",
    r"left behind: ir_default \d+ (?!.*outplacement)": "a default of that chart",
    r"left behind: ir_sequence \d+ Group Payments": "the numbers of its group payments",
    r"left behind: sequence ir_sequence_\d+(_\d+)?": "the numbers themselves",
}


def read(server: Server, database: str) -> Catalog:
    """The names of all that the catalog is about, by kind."""
    catalog = {
        kind: set(server.sql(query.format(public="table_schema = 'public'"), database))
        for kind, query in SCHEMA.items()
    }
    for table in catalog["table"] & ROWS.keys():
        columns = (
            f"id, {ROWS[table]}" if f"{table}.id" in catalog["column"] else ROWS[table]
        )
        query = f"SELECT concat_ws(' ', {columns}) FROM {table}"
        catalog[table] = set(server.sql(query, database))
    return catalog


def differences(before: Catalog, after: Catalog, *, demo: bool = False) -> list[str]:
    """A line for each thing that one of two catalogs has and the other lacks.

    What is ALLOWED is left out, and with demo data what is ALLOWED_WITH_DEMO.
    """
    allowed = [*ALLOWED, *(ALLOWED_WITH_DEMO if demo else ())]
    lines = []
    for kind in sorted(before.keys() | after.keys()):
        old, new = before.get(kind, set()), after.get(kind, set())
        lines += [f"left behind: {kind} {name}" for name in sorted(new - old)]
        lines += [f"gone: {kind} {name}" for name in sorted(old - new)]
    return [line for line in lines if not any(re.match(one, line) for one in allowed)]
