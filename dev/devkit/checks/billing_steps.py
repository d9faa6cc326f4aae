"""Run by checks/billing.py in the shell of an Odoo, which provides `env`.

The environment variable STEP names the function to run; a failed assertion ends Odoo
with an exit code.
"""

# ruff: noqa: F821 (env)

import os
import time

from benchmarks import billing_data
from psycopg2.errors import DeadlockDetected, SerializationFailure

from odoo.addons.outplacement.models import (
    outplacement_invoice_run_billing,
    outplacement_invoice_run_work,
)

NUMBER = int(os.environ["NUMBER"])


def prepare(env):
    """Somebody of finance, and the instalments that are due."""
    billing_data.make_finance(env)
    billing_data.make_due(env, [NUMBER])
    env.cr.commit()
    assert count_due(env) == NUMBER


def count_due(env):
    return env["outplacement.instalment"].search_count([("state", "=", "due")])


def work(env):
    """Start a run over whatever is due, as finance, and work as the jobs do; until
    nothing is due any more, whoever billed it."""
    # many commits, so that kills come between them and within
    outplacement_invoice_run_work.CHUNK = 20
    outplacement_invoice_run_billing.BATCH = 10
    finance = env["res.users"].search([("login", "=", "fien")])
    Run = env["outplacement.invoice.run"]
    while count_due(env):
        try:
            employers = env["res.partner"].search([("name", "=like", "Werkgever %")])
            if employers[0].outplacement_invoice_grouping != os.environ["GROUPING"]:
                employers.outplacement_invoice_grouping = os.environ["GROUPING"]
            Run.with_user(finance)._start({"mode": os.environ["MODE"]})
            env.cr.commit()
        except (SerializationFailure, DeadlockDetected):
            env.cr.rollback()
        Run._cron_process()
        time.sleep(0.2)
        env.cr.commit()
    Run._cron_process()


def share(env):
    """Two at once: who starts second gets nothing that the first has in hand; who
    works second gets other groups, and none twice."""
    finance = env["res.users"].search([("login", "=", "fien")])
    Run = env["outplacement.invoice.run"]
    with env.registry.cursor() as cr:
        other = Run.with_env(env(cr=cr))
        assert other.with_user(finance).search_count([]) == 0  # a view of the data
        run = Run.with_user(finance)._start({"mode": "draft"})
        env.cr.commit()
        try:
            other.with_user(finance)._start({"mode": "draft"})
            cr.flush()
        except SerializationFailure:
            cr.rollback()
        else:
            raise AssertionError("two have the same in hand")
        assert not other.with_user(finance)._start({"mode": "draft"})
        cr.commit()
        mine, theirs = Run._take_groups(), other._take_groups()
        assert mine and theirs and not mine & theirs.with_env(env)
        assert len(mine) == len(theirs) == 100
        run._get_worker()._bill(mine)
        other.browse(run.id)._get_worker()._bill(theirs)
        cr.commit()
    env.cr.commit()
    assert run.invoice_count == 200
    # one who has it in hand and dies leaves it to the next
    with env.registry.cursor() as cr:
        lost = Run.with_env(env(cr=cr))._take_groups()
        assert not lost.with_env(env) & Run._take_groups()
        env.cr.rollback()
        cr.rollback()
    assert Run._take_groups().ids == lost.ids


def check(env):
    """Every instalment on one invoice line, and nothing else on any invoice."""

    def query(sql):
        env.cr.execute(sql)
        return env.cr.fetchall()

    assert count_due(env) == 0
    instalments = env["outplacement.instalment"].search([])
    assert len(instalments) == NUMBER
    assert set(instalments.mapped("state")) == {"invoiced"}
    billed = query(
        "SELECT outplacement_instalment_id, count(*) FROM account_move_line"
        " WHERE display_type = 'product' GROUP BY 1"
    )
    assert dict(billed) == dict.fromkeys(instalments.ids, 1)
    moves = env["account.move"].search([("move_type", "=", "out_invoice")])
    lines = moves.invoice_line_ids
    assert len(lines) == NUMBER
    assert {line.price_subtotal for line in lines} == {billing_data.PRICE}
    for instalment in instalments:
        assert instalment.invoice_id == instalment.invoice_line_ids.move_id
    # what belongs together is together, once
    groups = env["outplacement.invoice.run.group"].search([])
    kept = [group for group in groups if group.instalment_ids]
    assert all(len(group.instalment_ids.invoice_id) == 1 for group in kept)
    assert len(moves) == len(kept), (len(moves), len(kept))
    assert set(groups.mapped("state")) == {"done"}
    assert set(env["outplacement.invoice.run"].search([]).mapped("state")) == {"done"}
    orders = env["sale.order"].search([])
    assert set(orders.mapped("invoice_status")) == {"invoiced"}
    check_numbers(moves.filtered(lambda move: move.state == "posted"))


def check_numbers(moves):
    """Posted invoices are numbered without a gap."""
    numbers = sorted(moves.mapped("sequence_number"))
    assert numbers == list(range(1, len(moves) + 1)), numbers


globals()[os.environ["STEP"]](env)
