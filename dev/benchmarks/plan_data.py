"""Social plans of any size, with people who do not exist."""

from datetime import date, timedelta

PRICE = 3195.0


def make_plan(env, seller, people: int, title: str):
    """Make an open plan of an account manager, of two entities and two packages, with
    so many people who are entitled and chose outplacement."""
    employers = env["res.partner"].create(
        [{"name": f"{title}, vestiging {i}", "is_company": True} for i in range(2)]
    )
    kind = env.ref("outplacement.outplacement_traject_type_outplacement")
    packages = env["product.product"].create(
        [
            {
                "name": f"{title}, pakket {i}",
                "type": "service",
                "service_tracking": "outplacement",
                "invoice_policy": "order",
                "list_price": PRICE,
                "outplacement_type_id": kind.id,
                "outplacement_plan_id": env.ref(
                    "outplacement.outplacement_invoice_plan_halves"
                ).id,
            }
            for i in range(2)
        ]
    )
    plan = env["outplacement.social.plan"].create(
        {
            "title": title,
            "employer_id": employers[0].id,
            "account_manager_id": seller.id,
            "date_from": date.today() - timedelta(days=365),
            "date_to": date.today() + timedelta(days=365),
            "choice_deadline": date.today() + timedelta(days=20),
            "date_signed": date.today() - timedelta(days=365),
            "agreement_file": b"eA==",
            "money_allowed": True,
            "cap_heads": 2 * people,
            "cap_amount": 2 * people * PRICE,
            "cap_person": 2 * PRICE,
            "entity_ids": [(0, 0, {"partner_id": one.id}) for one in employers],
            "package_ids": [(0, 0, {"product_id": one.id}) for one in packages],
        }
    )
    plan.action_sign()
    plan.action_open()
    _make_people(env, plan, people)
    return plan


def _make_people(env, plan, number: int) -> None:
    persons = env["res.partner"].create(
        [
            {
                "name": f"Medewerker {plan.id}-{i}",
                "email": f"medewerker{i}.{plan.id}@bureau.example",
            }
            for i in range(number)
        ]
    )
    people = env["outplacement.entitlement"].create(
        [
            {
                "plan_id": plan.id,
                "candidate_id": person.id,
                "personnel_number": f"{i:06}",
                "entity_id": plan.entity_ids[i % 2].id,
                "package_id": plan.package_ids[i // 2 % 2].id,
                "date_dismissal": date.today() + timedelta(days=90),
                "choice": "outplacement",
            }
            for i, person in enumerate(persons)
        ]
    )
    people.action_entitle()


def let_time_pass(env, plan) -> None:
    """Let most of the trajects of a plan have begun, some have ended in a job, and the
    people who were not called off be of any kind."""
    start = date.today() - timedelta(days=200)
    cr = env.cr
    env.flush_all()
    cr.execute(
        """
        UPDATE outplacement_traject
           SET state = (ARRAY['intake', 'active', 'aftercare', 'closed'])[1 + id %% 4],
               date_start = %(start)s + (id %% 60)::int,
               date_placement = CASE WHEN id %% 4 > 1
                                     THEN %(start)s + (90 + id %% 70)::int END,
               outcome = CASE WHEN id %% 4 > 1 THEN 'placed' END
         WHERE social_plan_id = %(plan)s
        """,
        {"start": start, "plan": plan.id},
    )
    cr.execute(
        """
        UPDATE outplacement_entitlement
           SET choice = (ARRAY['undecided', 'undecided', 'money', 'outplacement']
                        )[1 + id %% 4],
               date_choice = CASE WHEN id %% 4 > 1
                                  THEN current_date - (id %% 40)::int END,
               date_deadline = CASE WHEN id %% 3 = 0
                                    THEN current_date + (id %% 50 - 10)::int END
         WHERE plan_id = %s AND state = 'entitled'
        """,
        [plan.id],
    )
    env.invalidate_all()
