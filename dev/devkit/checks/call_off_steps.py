"""Run by checks/call_offs.py in the shell of an Odoo, which provides `env`.

The environment variable ROUNDS says how often; a failed assertion ends Odoo with an
exit code. Each who calls off has a connection of their own, and Odoo begins what could
not be done beside the others anew, as it does with a request.
"""

# ruff: noqa: F821 (env)

import logging
import os
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

from odoo import api
from odoo.exceptions import UserError
from odoo.service.model import retrying

PLACES, CALLERS = 5, 20
PRICE = 3195.0
ROUNDS = int(os.environ["ROUNDS"])

# the others' transactions are what this is about
logging.getLogger("odoo.sql_db").setLevel(logging.CRITICAL)


def make_sellers(env):
    """Return two account managers, who both may call off."""
    groups = env.ref("outplacement.group_account_manager")
    values = [
        {"name": name, "login": name, "group_ids": groups.ids}
        for name in ("anna", "bart")
    ]
    return env["res.users"].with_context(no_reset_password=True).create(values)


def make_package(env):
    """Return a package that is invoiced at the start."""
    kind = env.ref("outplacement.outplacement_traject_type_outplacement")
    plan = env.ref("outplacement.outplacement_invoice_plan_start")
    return env["product.product"].create(
        {
            "name": "Outplacement",
            "type": "service",
            "service_tracking": "outplacement",
            "invoice_policy": "order",
            "list_price": PRICE,
            "outplacement_type_id": kind.id,
            "outplacement_plan_id": plan.id,
        }
    )


def make_people(env, number, sellers, package):
    """Return a plan with five places, by heads or by money, and twenty people."""
    employer = {"name": f"Werkgever {number}", "is_company": True}
    limit = (
        {"cap_heads": PLACES}
        if number % 2
        else {"cap_amount": PLACES * PRICE + 3194.99}
    )
    plan = env["outplacement.social.plan"].create(
        {
            "title": f"Ronde {number}",
            "employer_id": env["res.partner"].create(employer).id,
            "account_manager_id": sellers[0].id,
            "deputy_id": sellers[1].id,
            "date_from": "2020-01-01",
            "date_to": "2099-12-31",
            "date_signed": "2020-01-01",
            "agreement_file": b"eA==",
            "package_ids": [(0, 0, {"product_id": package.id, "price": PRICE})],
            **limit,
        }
    )
    plan.action_sign()
    plan.action_open()
    names = [f"Medewerker {number}-{i}" for i in range(CALLERS)]
    persons = env["res.partner"].create([{"name": name} for name in names])
    people = env["outplacement.entitlement"].create(
        [{"plan_id": plan.id, "candidate_id": person.id} for person in persons]
    )
    people.action_entitle()
    return plan, people


def call_off(registry, barrier, uid, entitlement_id):
    """Call one person off as a request would; return how it went."""
    with registry.cursor() as cr:
        env = api.Environment(cr, uid, {})
        entitlement = env["outplacement.entitlement"].browse(entitlement_id)

        def work():
            return entitlement.plan_id._call_off(entitlement).ids

        barrier.wait()
        try:
            retrying(partial(work), env)
        except UserError as refusal:
            cr.rollback()
            return str(refusal)
        cr.commit()
        return "done"


def round_of(env, number, sellers, package):
    """Twenty at once: exactly five get a place, the others are told why not."""
    plan, people = make_people(env, number, sellers, package)
    env.cr.commit()
    barrier = Barrier(CALLERS)
    start = time.monotonic()
    with ThreadPoolExecutor(CALLERS) as pool:
        jobs = [
            pool.submit(
                call_off, env.registry, barrier, sellers[i % 2].id, entitlement.id
            )
            for i, entitlement in enumerate(people)
        ]
        answers = Counter(job.result() for job in jobs)
    env.cr.rollback()
    env.invalidate_all()
    seconds = time.monotonic() - start
    print(
        f"round {number}: {answers['done']} of {CALLERS}, {seconds:.1f} s", flush=True
    )
    check(plan, people, answers)


def check(plan, people, answers):
    """What was answered is what is there, and no more than that."""
    assert answers.pop("done") == PLACES, answers
    assert sum(answers.values()) == CALLERS - PLACES, answers
    limit = "at most 5 people" if plan.cap_heads else "is used and"
    for text in answers:
        assert limit in text and plan.name in text, text
    called_off = people.filtered(lambda e: e.state == "called_off")
    assert len(called_off) == PLACES, people.mapped("state")
    assert len(called_off.traject_id) == PLACES
    assert plan.amount_used == PLACES * PRICE, plan.amount_used
    trajects = plan.env["outplacement.traject"].search(
        [("social_plan_id", "=", plan.id)]
    )
    assert trajects == called_off.traject_id, trajects
    numbers = sorted(plan.call_off_ids.mapped("number"))
    assert numbers == list(range(1, PLACES + 1)), numbers
    orders = plan.call_off_ids.order_ids
    assert len(orders) == PLACES and set(orders.mapped("state")) == {"sale"}


sellers, package = make_sellers(env), make_package(env)
# the first of the year makes Odoo's series of numbers, which it does for one at a time
plan, people = make_people(env, 0, sellers, package)
plan._call_off(people[0])
for number in range(1, ROUNDS + 1):
    round_of(env, number, sellers, package)
