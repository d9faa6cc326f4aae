"""What the benchmark of billing bills: orders with an instalment due, and contracts."""

from datetime import date, timedelta

FIRST = date(2026, 1, 5)
PRICE = 1250.0
EACH = 20  # instalments of an employer; they come on one invoice where grouped
PACKAGE = "Outplacement, drie maanden"


def make_finance(env):
    """Make a user with Odoo's invoicing group and nothing else."""
    groups = env.ref("base.group_user") | env.ref("account.group_account_invoice")
    values = {"name": "Fien Financiën", "login": "fien", "group_ids": groups.ids}
    return env["res.users"].with_context(no_reset_password=True).create(values)


def make_employers(env, number: int):
    """Make companies that commission trajects."""
    return env["res.partner"].create(
        [
            {
                "name": f"Werkgever {i}",
                "is_company": True,
                "email": f"werkgever{i}@bureau.example",
                "lang": "nl_NL",
                "country_id": env.ref("base.nl").id,
            }
            for i in range(number)
        ]
    )


def make_due(env, sizes: list[int]) -> None:
    """Make orders of one traject each, of which the one instalment is due.

    After the first of `sizes` orders in all the date is a day later, and so on: up to
    FIRST + k days, sizes[k] instalments are due.
    """
    kind = env.ref("outplacement.outplacement_traject_type_outplacement")
    plan = env.ref("outplacement.outplacement_invoice_plan_start")
    package = env["product.product"].create(
        {
            "name": PACKAGE,
            "type": "service",
            "service_tracking": "outplacement",
            "invoice_policy": "order",
            "list_price": PRICE,
            "outplacement_type_id": kind.id,
            "outplacement_months": 3,
            "outplacement_plan_id": plan.id,
        }
    )
    employers = make_employers(env, -(-max(sizes) // EACH))
    orders = env["sale.order"].create(
        [
            {
                "partner_id": employers[i // EACH].id,
                "client_order_ref": f"PO {i // EACH}",
                "order_line": [(0, 0, {"product_id": package.id})],
            }
            for i in range(max(sizes))
        ]
    )
    orders.action_confirm()
    _start(env, orders, sizes)


def _start(env, orders, sizes: list[int]) -> None:
    """Let the trajects have started, without the people that this takes."""
    start = 0
    for day, size in enumerate(sizes):
        trajects = orders[start:size].outplacement_traject_ids
        trajects.write({"date_start": FIRST + timedelta(days=day)})
        start = size
    env.flush_all()
    env.cr.execute("UPDATE outplacement_traject SET state = 'active'")
    env.invalidate_all()
    env["outplacement.instalment"].search([])._recompute_state()


def make_contracts(env, number: int, lines: int):
    """Make contracts of OCA's add-on, with so many lines that are due each."""
    product = env["product.product"].create(
        {"name": PACKAGE, "type": "service", "list_price": PRICE}
    )
    employers = make_employers(env, number)
    line = {
        "product_id": product.id,
        "name": f"{PACKAGE}\nTR/2026/0001, termijn 1 van 3",
        "quantity": 1,
        "uom_id": product.uom_id.id,
        "price_unit": PRICE,
        "recurring_rule_type": "monthly",
        "recurring_interval": 1,
        "date_start": FIRST,
        "recurring_next_date": FIRST,
    }
    return env["contract.contract"].create(
        [
            {
                "name": f"Contract {i}",
                "partner_id": employer.id,
                "contract_type": "sale",
                "line_recurrence": True,
                "contract_line_ids": [(0, 0, line)] * lines,
            }
            for i, employer in enumerate(employers)
        ]
    )
