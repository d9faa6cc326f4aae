import base64

from odoo.fields import Command
from odoo.tests import freeze_time

from .common_billing import TODAY, BillingCommon


@freeze_time(TODAY)
class PlanCommon(BillingCommon):
    """An employer with a social plan: packages of 3,195.00, half at the call-off and
    half three months after the start."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan_call_off = cls._make_plan(
            {"trigger": "confirmation", "share": 50},
            {"share": 50, "months_after_start": 3},
        )
        # the price list of the plan has another price than the product
        cls.plan_package = cls._make_package(3550.0, cls.plan_call_off)

    @classmethod
    def _make_social_plan(cls, state="open", user=None, packages=None, **values):
        """Return a plan of the account manager, brought to ``state`` by them.

        :param dict packages: agreed price by product
        """
        user = user or cls.account_manager
        packages = packages or {cls.plan_package: 3195.0}
        Plan = cls.env["outplacement.social.plan"].with_user(user)
        plan = Plan.sudo(False).create(
            {
                "title": "Closing of the depot",
                "employer_id": cls.employer.id,
                "account_manager_id": user.id,
                "date_from": "2026-01-01",
                "date_to": "2026-12-31",
                "date_signed": "2025-12-15",
                "agreement_file": base64.b64encode(b"%PDF-1.7 agreement"),
                "agreement_name": "Agreement.pdf",
                "package_ids": [
                    Command.create({"product_id": product.id, "price": price})
                    for product, price in packages.items()
                ],
                **values,
            }
        )
        if state in ("signed", "open", "closed"):
            plan.action_sign()
        if state in ("open", "closed"):
            plan.action_open()
        if state == "closed":
            plan.action_close()
        return plan.with_env(cls.env)

    @classmethod
    def _entitle(cls, plan, number=1, state="entitled", user=None, **values):
        """Return people under ``plan``, made by its account manager."""
        first = plan.entitlement_number + 1
        persons = cls.env["res.partner"].create(
            [
                {
                    "name": f"Employee {plan.id}-{i}",
                    "email": f"employee{i}.{plan.id}@example.com",
                }
                for i in range(first, first + number)
            ]
        )
        Entitlement = cls.env["outplacement.entitlement"]
        people = (
            Entitlement.with_user(user or plan.account_manager_id)
            .sudo(False)
            .create(
                [
                    {
                        "plan_id": plan.id,
                        "candidate_id": person.id,
                        "personnel_number": f"P{i:04d}",
                        "date_dismissal": "2026-06-30",
                        **values,
                    }
                    for i, person in enumerate(persons, start=first)
                ]
            )
        )
        if state == "entitled":
            people.action_entitle()
        return people.with_env(cls.env)

    def _call_off(self, people, user=None, today=TODAY, **values):
        """Return the call-offs that the account manager makes of ``people``."""
        user = user or people.plan_id.account_manager_id
        with freeze_time(today):
            mine = people.with_user(user).sudo(False)
            call_offs = mine.plan_id._call_off(mine, **values)
            self.env.flush_all()
        return call_offs.with_env(self.env)

    def _release(self, person, user=None, today=TODAY):
        """Have the account manager give the slot back, by the window."""
        user = user or person.plan_id.account_manager_id
        with freeze_time(today):
            action = person.with_user(user).sudo(False).action_release()
            wizard = (
                self.env[action["res_model"]]
                .with_user(user)
                .sudo(False)
                .with_context(**action["context"])
                .create({})
            )
            wizard.action_confirm()
            self.env.flush_all()
        return wizard
