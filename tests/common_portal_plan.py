import base64

from odoo.fields import Command

from .common_portal_employer import EmployerPortalCommon

URL = "/my/sociaal-plan"


class PlanPortalCommon(EmployerPortalCommon):
    """A plan for two entities with a contact each, and a plan of another employer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.package = cls.env["product.product"].create(
            {
                "name": "Package",
                "type": "service",
                "service_tracking": "outplacement",
                "outplacement_type_id": cls.traject_type.id,
            }
        )
        cls.second = cls.env["res.partner"].create(
            {"name": "Second Entity", "is_company": True}
        )
        cls.plan = cls._make_social_plan(
            cls.employer,
            {
                cls.employer: cls.employer_contact.partner_id,
                cls.second: cls.other_employer_contact.partner_id,
            },
        )
        other = cls.outsider.partner_id
        cls.other_plan = cls._make_social_plan(
            other.parent_id, {other.parent_id: other}
        )
        cls.first_entity, cls.second_entity = cls.plan.entity_ids
        cls.people = cls._entitle(cls.first_entity, "Anna", "Bea", "Chris", "Dirk")
        cls.others = cls._entitle(cls.second_entity, "Elders")
        anna, bea, _chris, dirk = cls.people
        anna.choice, bea.choice = "outplacement", "money"
        cls.draft = cls._entitle(cls.first_entity, "Nog Niet", entitle=False)
        dirk.action_cancel()
        cls.env.flush_all()

    @classmethod
    def _make_social_plan(cls, employer, contacts, is_open=True):
        """Return a plan of the account manager.

        :param contacts: the contact of each entity
        """
        Plan = cls.env["outplacement.social.plan"].with_user(cls.account_manager)
        plan = Plan.create(
            {
                "title": "Depot",
                "employer_id": employer.id,
                "date_signed": "2021-01-01",
                "date_from": "2021-01-01",
                "date_to": "2099-12-31",
                "money_allowed": True,
                "agreement_file": base64.b64encode(b"x"),
                "package_ids": [Command.create({"product_id": cls.package.id})],
                "entity_ids": [
                    Command.create(
                        {
                            "partner_id": entity.id,
                            "employer_contact_ids": [Command.set(contact.ids)],
                        }
                    )
                    for entity, contact in contacts.items()
                ],
            }
        )
        if is_open:
            plan.action_sign()
            plan.action_open()
        return plan

    @classmethod
    def _entitle(cls, entity, *names, entitle=True):
        """Return people of ``entity``, in the order of their names."""
        persons = cls.env["res.partner"].create(
            [
                {
                    "name": name,
                    "email": f"{name.lower().replace(' ', '.')}@private.example.com",
                    "phone": "0612345678",
                }
                for name in names
            ]
        )
        Entitlement = cls.env["outplacement.entitlement"]
        people = Entitlement.with_user(cls.account_manager).create(
            [
                {
                    "plan_id": entity.plan_id.id,
                    "entity_id": entity.id,
                    "candidate_id": person.id,
                    "personnel_number": f"P-{person.name}",
                    "date_dismissal": "2021-06-30",
                }
                for person in persons
            ]
        )
        if entitle:
            people.action_entitle()
        return people
