from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import ACCOUNT_MANAGER, LONG_AGO, OutplacementCommon

# By hand, and not from the models: what finance reads of an entitlement.
READ_BY_FINANCE = {
    *("id", "display_name", "create_date", "write_date"),
    *("name", "number", "plan_id", "company_id", "currency_id"),
    *("entity_id", "package_id", "budget", "amount", "state"),
    *("call_off_id", "order_line_id", "order_id", "spending_line_ids"),
}
# What each role may do with the own plan and what is under it | with another's.
SELLERS = {
    "account_manager": "rwc|",
    "deputy_seller": "rwc|",
    "other_account_manager": "|rwc",
}
ALL = {"planner": "r|r", "finance": "r|r", "manager": "rwc|rwc"}
DEAL = {**SELLERS, **ALL}
HISTORY = {
    **dict.fromkeys(("account_manager", "deputy_seller"), "r|"),
    "other_account_manager": "|r",
    **dict.fromkeys(("planner", "finance", "manager"), "r|r"),
}
CELLS = {
    "outplacement.social.plan": DEAL,
    "outplacement.social.plan.entity": DEAL,
    "outplacement.social.plan.package": DEAL,
    "outplacement.social.plan.spending": DEAL,
    "outplacement.entitlement": DEAL,
    "outplacement.call.off": HISTORY,
    "outplacement.social.plan.amendment": HISTORY,
    "outplacement.social.plan.amendment.line": HISTORY,
    "outplacement.conflict": {
        "account_manager": "r|",
        "other_account_manager": "|r",
        "planner": "rc|rc",
        "manager": "rc|rc",
    },
}


@tagged("post_install", "-at_install")
class TestSocialPlanAccess(OutplacementCommon):
    """Who may do what with a social plan and the people under it, as each of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users["deputy_seller"] = new_test_user(
            cls.env, "test_deputy_seller", ACCOUNT_MANAGER
        )
        cls.package, cls.school = cls.env["product.product"].create(
            [
                {
                    "name": "Package",
                    "type": "service",
                    "service_tracking": "outplacement",
                    "outplacement_type_id": cls.traject_type.id,
                },
                {"name": "Schooling", "type": "service"},
            ]
        )
        cls.own = cls._make_plan(
            cls.traject, cls.account_manager, deputy_id=cls.users["deputy_seller"].id
        )
        cls.others = cls._make_plan(cls.other_traject, cls.other_account_manager)

    @classmethod
    def _make_plan(cls, traject, user, **values):
        """Return a draft plan of ``user``, and a record of each kind under it."""
        products = {
            "package_ids": [Command.create({"product_id": cls.package.id})],
            "spending_ids": [Command.create({"product_id": cls.school.id})],
        }
        plan = cls.env["outplacement.social.plan"].create(
            {
                "title": "Depot",
                "employer_id": cls.employer.id,
                "account_manager_id": user.id,
                **products,
                **values,
            }
        )
        entitlement = cls.env["outplacement.entitlement"].create(
            {
                "plan_id": plan.id,
                "candidate_id": traject.candidate_id.id,
                "personnel_number": f"SECRET-{user.id}",
            }
        )
        of_plan = {"plan_id": plan.id, "user_id": user.id, "date": LONG_AGO}
        amendment = cls.env["outplacement.social.plan.amendment"].create(
            {
                **of_plan,
                "agreement_file": b"eA==",
                "line_ids": [Command.create({"term": "Budget"})],
            }
        )
        call_off = cls.env["outplacement.call.off"].create(
            {
                **of_plan,
                "name": f"{plan.name}/01",
                "number": 1,
                "entity_id": plan.entity_ids.id,
                "count": 1,
            }
        )
        conflict = cls.env["outplacement.conflict"].create(
            {
                "traject_id": traject.id,
                "kind": "affiliated",
                "alternative": "Another bureau",
            }
        )
        records = (
            *(plan, plan.entity_ids, plan.package_ids, plan.spending_ids),
            *(entitlement, amendment, amendment.line_ids, call_off, conflict),
        )
        return {record._name: record for record in records}

    def _get_operations(self, record):
        """Return what creates another one beside ``record``, and what writes it."""
        plan_id = record.plan_id.id if "plan_id" in record else False
        partner = {"name": "New", "is_company": True}
        product = {"name": "New", "type": "service"}
        package = {
            **product,
            "service_tracking": "outplacement",
            "outplacement_type_id": self.traject_type.id,
        }
        make = {
            "outplacement.social.plan": lambda: {
                "title": "New",
                "employer_id": self.employer.id,
                "account_manager_id": record.account_manager_id.id,
                "deputy_id": record.deputy_id.id,
            },
            "outplacement.social.plan.entity": lambda: {
                "plan_id": plan_id,
                "partner_id": self.env["res.partner"].create(partner).id,
            },
            "outplacement.social.plan.package": lambda: {
                "plan_id": plan_id,
                "product_id": self.env["product.product"].create(package).id,
            },
            "outplacement.social.plan.spending": lambda: {
                "plan_id": plan_id,
                "product_id": self.env["product.product"].create(product).id,
            },
            "outplacement.entitlement": lambda: {
                "plan_id": plan_id,
                "candidate_id": self.env["res.partner"].create({"name": "New"}).id,
            },
            "outplacement.conflict": lambda: {
                "traject_id": record.traject_id.id,
                "kind": "affiliated",
                "alternative": "x",
            },
        }
        write = {
            "outplacement.social.plan": {"title": "Other"},
            "outplacement.social.plan.entity": {"purchase_order_ref": "7"},
            "outplacement.social.plan.package": {"price": 7.0},
            "outplacement.social.plan.spending": {"cap_person": 7.0},
            "outplacement.entitlement": {"budget": 7.0},
            "outplacement.conflict": {"alternative": "Other"},
            "outplacement.call.off": {"count": 2},
            "outplacement.social.plan.amendment": {"agreement_name": "x"},
            "outplacement.social.plan.amendment.line": {"after": "x"},
        }
        name = record._name
        create = make[name]() if name in make else record.copy_data()[0]
        return create, write[name]

    def test_cells(self):
        for name, roles in CELLS.items():
            for role, user in self.users.items():
                cells = roles.get(role, "|").split("|")
                for records, allowed in zip(
                    (self.own, self.others), cells, strict=True
                ):
                    record = records[name].with_user(user)
                    create, write = self._get_operations(records[name])
                    found = {
                        "r": lambda r=record: r.search([("id", "=", r.id)]).read(
                            ["id"]
                        ),
                        "w": lambda r=record, v=write: r.write(v),
                        "c": lambda r=record, v=create: r.create(v),
                    }
                    for letter, operation in found.items():
                        own = records is self.own
                        with self.case(model=name, role=role, own=own, may=letter):
                            self._try(letter in allowed, letter, operation)

    def _try(self, allowed, letter, operation):
        if allowed:
            self.assertTrue(operation())
            self.env.flush_all()
            return
        try:
            found = operation()
            self.env.flush_all()
        except AccessError:
            return
        self.assertEqual(letter, "r")
        self.assertFalse(found)

    def test_finance_reads_a_white_list(self):
        mine = self.own["outplacement.entitlement"].with_user(self.finance)
        domain = [("id", "=", mine.id)]
        for name, field in mine._fields.items():
            value = mine.sudo()[name]
            guess = (name, "in", getattr(value, "ids", [value]))
            if not value:
                guess = (name, "!=", False)
            with self.case(field=name):
                if name in READ_BY_FINANCE:
                    self.assertIn(name, mine.read([name])[0])
                    continue
                self.assertRefused(mine.read, [name])
                self.assertRefused(mine.mapped, name)
                if field.store:  # the others are of the plan, which finance reads
                    self.assertRefused(mine.search, [*domain, guess])
        described = mine.fields_get()
        self.assertEqual(set(described) - READ_BY_FINANCE, set())

    def test_finance_opens_the_screens(self):
        """What is not for finance is not asked for."""
        for model in ("outplacement.social.plan", "outplacement.entitlement"):
            mine = self.own[model].with_user(self.finance)
            for kind in ("form", "list", "kanban", "search"):
                with self.case(model=model, kind=kind):
                    arch = mine.get_view(view_type=kind)["arch"]
                    self.assertNotIn('name="candidate_id"', arch)
        self.assertEqual(
            self.own["outplacement.entitlement"].with_user(self.finance).display_name,
            f"{self.own['outplacement.social.plan'].name}-001",
        )

    def test_nothing_of_a_person_in_the_names(self):
        for record in self.own.values():
            name = record.with_user(self.manager).display_name or ""
            self.assertNotIn(self.traject.candidate_id.name, name)

    def test_methods_write_what_only_they_may(self):
        closed = {
            "outplacement.social.plan": ("state", "pricelist_id", "call_off_number"),
            "outplacement.entitlement": (
                "state",
                "amount",
                "traject_id",
                "call_off_id",
            ),
        }
        for model, names in closed.items():
            mine = self.own[model].with_user(self.manager)
            for name in names:
                with self.case(model=model, field=name):
                    self.assertRefused(mine.write, {name: False})

    def test_other_companies(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        user = new_test_user(
            self.env,
            "test_elsewhere",
            "outplacement.group_manager,account.group_account_invoice",
            company_id=elsewhere.id,
            company_ids=elsewhere.ids,
        )
        for model, record in self.own.items():
            found = record.with_user(user).search([("id", "=", record.id)])
            with self.case(model=model):
                self.assertFalse(found)
