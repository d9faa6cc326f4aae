"""What the benchmark of the intake brings under a plan: a file of people."""

import base64
import csv
import io
from datetime import date, timedelta

COLUMNS = (
    "candidate_name",
    "candidate_email",
    "personnel_number",
    "entity_id",
    "package_id",
    "date_dismissal",
)
HEAD = (
    "Name",
    "Private E-mail",
    "Personnel Number",
    "Entity",
    "Package",
    "Dismissal Date",
)
ENTITIES = 4


def make_seller(env):
    """Make an account manager."""
    groups = env.ref("base.group_user")
    groups |= env.ref("outplacement.group_account_manager")
    values = {"name": "Ad Accountmanager", "login": "ad", "group_ids": groups.ids}
    return env["res.users"].with_context(no_reset_password=True).create(values)


def make_plan(env):
    """Make a signed plan of the user, of several entities and two packages."""
    kind = env.ref("outplacement.outplacement_traject_type_outplacement")
    package = {
        "type": "service",
        "service_tracking": "outplacement",
        "list_price": 3195.0,
        "outplacement_type_id": kind.id,
    }
    company = {"is_company": True}
    # sudo: as whoever looks after products
    products = (
        env["product.product"]
        .sudo()
        .create([{**package, "name": f"Pakket {i}"} for i in (1, 2)])
    )
    employers = (
        env["res.partner"]
        .sudo()
        .create([{**company, "name": f"Werkmaatschappij {i}"} for i in range(ENTITIES)])
    )
    today = date.today()
    plan = env["outplacement.social.plan"].create(
        {
            "title": "Sluiting",
            "employer_id": employers[0].id,
            "date_from": today - timedelta(days=30),
            "date_to": today + timedelta(days=365),
            "date_signed": today - timedelta(days=40),
            "agreement_file": base64.b64encode(b"%PDF"),
            "entity_ids": [(0, 0, {"partner_id": e.id}) for e in employers],
            "package_ids": [(0, 0, {"product_id": p.id}) for p in products],
        }
    )
    plan.action_sign()
    return plan


def make_rows(plan, number: int) -> list:
    """Return the rows of a file: people of all entities and packages in turn."""
    entities = plan.entity_ids.mapped("partner_id.name")
    packages = plan.package_ids.mapped("product_id.name")
    day = plan.date_to.isoformat()
    return [
        [
            f"Medewerker {i}",
            f"medewerker{i}@thuis.example",
            f"{i:06d}",
            entities[i % len(entities)],
            packages[i % len(packages)],
            day,
        ]
        for i in range(number)
    ]


def make_file(rows: list) -> bytes:
    """Return them as CSV."""
    output = io.StringIO()
    writer = csv.writer(output, delimiter=";")
    writer.writerow(HEAD)
    writer.writerows(rows)
    return output.getvalue().encode()
