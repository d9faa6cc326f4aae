from odoo.tools import SQL

# Records of other apps that the demo bureau's orders and invoices hang on.
KEPT_MODELS = (
    "product.product",
    "product.template",
    "res.company",
    "res.partner",
    "sale.order",
)
# Stored computes of order lines, none of which a shop that sells no packages yet needs.
ORDER_LINE_COLUMNS = (
    ("outplacement_plan_id", "int4"),
    ("outplacement_months", "int4"),
    ("outplacement_placement_rule", "varchar"),
    ("outplacement_placement_rest", "varchar"),
    ("outplacement_refund_percent", "numeric"),
    ("outplacement_probation_months", "int4"),
)
# They go with the triggers that call them.
TRIGGER_FUNCTIONS = (
    "outplacement_access_log_append_only",
    "outplacement_access_version",
)


def pre_init_hook(env):
    """Make the columns of order lines beforehand: there are no packages yet, and Odoo
    would compute them for every order line that there is."""
    add_order_line_columns(env.cr)


def add_order_line_columns(cr):
    """Make the columns of :data:`ORDER_LINE_COLUMNS` that are not there yet, empty."""
    for name, kind in ORDER_LINE_COLUMNS:
        cr.execute(
            SQL(
                "ALTER TABLE sale_order_line ADD COLUMN IF NOT EXISTS %s %s",
                SQL.identifier(name),
                SQL(kind),
            )
        )


def uninstall_hook(env):
    """Let the uninstallation delete what the module brought, in whatever order.

    Trajects and notes refer to the phases and types that are deleted before them, and
    the database would refuse that, loudly: so the module's tables, which are dropped
    in the end, lose all foreign keys first, and their triggers. What the demo bureau
    sold and invoiced stays in the books, like any invoice: those records are the
    module's no more.
    """
    rows = env.execute_query(
        SQL(
            """
            SELECT conrelid::regclass::text, conname
              FROM pg_constraint
             WHERE contype = 'f'
               AND %(tables)s::regclass[] && ARRAY[conrelid, confrelid]::regclass[]
            """,
            tables=_get_tables(env),
        )
    )
    for table, name in rows:
        env.cr.execute(
            SQL(
                "ALTER TABLE %s DROP CONSTRAINT %s",
                SQL.identifier(table),
                SQL.identifier(name),
            )
        )
    for function in TRIGGER_FUNCTIONS:
        env.cr.execute(
            SQL("DROP FUNCTION IF EXISTS %s() CASCADE", SQL.identifier(function))
        )
    _drop_specifications(env)
    env["ir.model.data"].search(
        [("module", "=", "outplacement"), ("model", "in", KEPT_MODELS)]
    ).unlink()


def _drop_specifications(env):
    """Delete the files of a field that goes: nobody would find them any more."""
    env["ir.attachment"].search(
        [
            ("res_model", "=", "account.move"),
            ("res_field", "=", "outplacement_specification_file"),
        ]
    ).unlink()


def _get_tables(env):
    """Return the names of the tables of the module's own models."""
    return [
        model._table
        for model in env.values()
        if model._original_module == "outplacement"
        and model._auto
        and not model._abstract
    ]
