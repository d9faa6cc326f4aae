"""Social plans for the bureau full of canaries, and who hears those."""

import base64

from odoo.fields import Command

# Who reads the deal: the account manager of the plan, and those of the house.
PLAN = {"account_manager", "planner", "finance", "manager"}
# Whoever is entitled is a person: by reference only for finance, by what they knew for
# the employer's contact.
PLAN_HEARERS = {
    "outplacement.social.plan": PLAN,
    "outplacement.entitlement.personnel_number": PLAN - {"finance"}
    | {"employer_contact"},
    "outplacement.social.plan.title": PLAN | {"employer_contact"},
    "outplacement.conflict.alternative": {"account_manager", "planner", "manager"},
}
# The rest of the deal, and what was sold of it.
PLAIN_PLAN_MODELS = {
    "outplacement.call.off",
    "outplacement.social.plan.amendment",
    "outplacement.social.plan.amendment.line",
    "outplacement.social.plan.entity",
    "outplacement.social.plan.package",
    "outplacement.social.plan.spending",
}


def make_plans(case):
    """Return an open plan of each account manager, with a person under it, and record
    a conflict of interest on each traject."""
    package = case.env["product.product"].create(
        {
            "name": "Package",
            "type": "service",
            "service_tracking": "outplacement",
            "outplacement_type_id": case.traject_type.id,
        }
    )
    plans = case.env["outplacement.social.plan"]
    for traject, contact in (
        (case.traject, case.employer_contact),
        (case.other_traject, case.other_employer_contact),
    ):
        plans += _make_plan(case, traject, contact.partner_id, package)
        case.env["outplacement.conflict"].create(
            {
                "traject_id": traject.id,
                "kind": "affiliated",
                "alternative": "Another bureau",
            }
        )
    return plans


def _make_plan(case, traject, contact, package):
    seller = traject.account_manager_id
    plan = (
        case.env["outplacement.social.plan"]
        .with_user(seller)
        .create(
            {
                "title": "Depot",
                "employer_id": case.employer.id,
                "date_signed": "2021-01-01",
                "date_from": "2021-01-01",
                "date_to": "2099-12-31",
                "agreement_file": base64.b64encode(b"%PDF-1.7 agreement"),
                "agreement_name": "Agreement.pdf",
                "package_ids": [
                    Command.create({"product_id": package.id, "price": 3195.0})
                ],
            }
        )
    )
    plan.entity_ids.employer_contact_ids = contact
    plan.action_sign()
    plan.action_open()
    person = case.env["res.partner"].create({"name": f"Employee {plan.id}"})
    people = case.env["outplacement.entitlement"].with_user(seller)
    people = people.create(
        {
            "plan_id": plan.id,
            "candidate_id": person.id,
            "personnel_number": f"P{plan.id}",
        }
    )
    people.action_entitle()
    return plan.with_env(case.env)
