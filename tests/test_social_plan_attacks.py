import base64

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

from .common_billing import TODAY
from .common_plan import PlanCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestSocialPlanAttacks(PlanCommon):
    """Who may write something of a plan does not get past what was signed, or to
    people who are another's, by writing it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        group = "outplacement.group_account_manager"
        cls.deputy, cls.colleague = (
            new_test_user(cls.env, f"plan_{name}", group, company_id=cls.company.id)
            for name in ("deputy", "colleague")
        )
        cls.plan = cls._make_social_plan(
            cap_heads=2, cap_amount=6390.0, deputy_id=cls.deputy.id
        )
        cls.people = cls._entitle(cls.plan, 3, choice="outplacement")
        cls.person = cls.people[0]

    def _as(self, record, user=None):
        return record.with_user(user or self.account_manager).sudo(False)

    def _make_person(self, **values):
        return self.env["res.partner"].create({"name": "New Person", **values})

    # ------------------------------------------------------------------
    # Plans
    # ------------------------------------------------------------------

    def test_what_was_signed_stays(self):
        values = {
            "agreement_file": base64.b64encode(b"another"),
            "agreement_name": "Another.pdf",
            "date_signed": "2026-01-04",
        }
        for name, value in values.items():
            with self.subTest(name=name), self.assertRefused("is signed"):
                self._as(self.plan).write({name: value})

    def test_who_names_the_account_manager(self):
        mine = self._as(self.plan, self.deputy)
        with self.assertRefused("Only the account manager", AccessError):
            mine.write({"account_manager_id": self.deputy.id, "deputy_id": False})
        with self.assertRefused("Only the account manager", AccessError):
            mine.deputy_id = self.colleague
        mine.title = "As the deputy says"
        self._as(self.plan).deputy_id = self.colleague
        self._as(self.plan, self.manager).account_manager_id = self.deputy

    def test_nothing_is_moved_to_another_plan(self):
        draft = self._make_social_plan("draft", packages={self.package: 1.0})
        others = self._make_social_plan("draft", user=self.colleague)
        spending = {"plan_id": draft.id, "product_id": self.workshop.id}
        self._as(draft).spending_ids.create(spending)
        subsidiary = self._make_person(is_company=True)
        draft.entity_ids.partner_id = subsidiary
        for name in ("entity_ids", "package_ids", "spending_ids"):
            for target in (others, self.plan):
                with self.subTest(name=name), self.assertRefused("stays|not moved"):
                    self._as(draft)[name].plan_id = target

    def test_entities_stay_who_they_are(self):
        other = self._make_person(is_company=True)
        entity = self._as(self.plan.entity_ids)
        with self.assertRefused("stays an entity"):
            entity.partner_id = other
        entity.purchase_order_ref = "PO-1"
        entity.create({"plan_id": self.plan.id, "partner_id": other.id})

    def test_readers_are_not_under_the_plan(self):
        with self.assertRefused("at the same time", ValidationError):
            self._as(
                self.plan.entity_ids
            ).employer_contact_ids = self.person.candidate_id

    def test_packages_start_trajects(self):
        draft = self._as(self._make_social_plan("draft"))
        with self.assertRefused("no outplacement package", ValidationError):
            draft.package_ids.product_id = self.workshop
        with self.assertRefused("packages are called off", ValidationError):
            draft.spending_ids.create(
                {"plan_id": draft.id, "product_id": self.package.id}
            )

    def test_packages_that_start_nothing_any_more(self):
        package = self._make_package(1.0, self.plan_call_off)
        plan = self._make_social_plan(packages={package: 100.0})
        person = self._entitle(plan)
        package.service_tracking = "no"
        with self.assertRefused("no outplacement package any more"):
            self._call_off(person)
        self.assertEqual(person.state, "entitled")

    # ------------------------------------------------------------------
    # Amendments
    # ------------------------------------------------------------------

    def _amend(self, **values):
        Wizard = self._as(self.env["outplacement.social.plan.amend"])
        values = {"agreement_file": base64.b64encode(b"x"), **values}
        wizard = Wizard.create({"plan_id": self.plan.id, **values})
        wizard.action_confirm()
        return self.plan.amendment_ids[:1].line_ids.mapped("term")

    def test_what_is_not_amended_stays(self):
        """Whichever terms a caller names."""
        self.assertEqual(self._amend(cap_heads=5), ["Most People"])
        self.assertEqual(self.plan.cap_amount, 6390.0)
        self.assertTrue(self.plan.date_to)

    def test_amending_what_was_gone_past(self):
        """A limit that a manager went past may stay, and be raised in part; no limit is
        lowered below what is used."""
        self._call_off(self.people, user=self.manager, override_reason="Agreed")
        self.assertEqual(self._amend(date_to="2027-06-30"), ["Valid until"])
        self.assertEqual(self._amend(cap_amount=7000.0), ["Budget"])
        with self.assertRefused("the limits cannot be lower"):
            self._amend(cap_amount=6999.99)
        with self.assertRefused("the limits cannot be lower"):
            self._amend(cap_heads=1)

    def test_amendments_wait_for_their_turn(self):
        turns = self.plan.turn_number
        self._amend(package_ids=[Command.create(self._get_package_line())])
        self.assertGreater(self.plan.turn_number, turns)

    def _get_package_line(self):
        return {"product_id": self.package.id, "price": 100.0}

    # ------------------------------------------------------------------
    # People
    # ------------------------------------------------------------------

    def test_numbers_with_defaults(self):
        """As an import from the list of a plan makes them."""
        Entitlement = self._as(self.env["outplacement.entitlement"])
        Entitlement = Entitlement.with_context(default_plan_id=self.plan.id)
        values = [{"candidate_id": self._make_person().id} for _i in range(2)]
        made = Entitlement.create(values)
        self.assertEqual(made.mapped("number"), [4, 5])
        self.assertEqual(made[1].name, f"{self.plan.name}-005")

    def test_no_personnel_number(self):
        """As a file has it where a cell is empty."""
        without = self._entitle(self.plan, 2, personnel_number=" ")
        self.assertFalse(any(without.mapped("personnel_number")))
        self.person.personnel_number = " 7 "
        self.assertEqual(self.person.personnel_number, "7")

    def test_oneself_by_default(self):
        Entitlement = self._as(self.env["outplacement.entitlement"]).with_context(
            default_candidate_id=self.account_manager.partner_id.id
        )
        with self.assertRefused("cannot name yourself"):
            Entitlement.create({"plan_id": self.plan.id})

    def test_closed_plans(self):
        plan = self._make_social_plan()
        draft = self._entitle(plan, state="draft")
        self._as(plan).action_close()
        with self.assertRefused("is closed"):
            self._entitle(plan)
        with self.assertRefused("is closed"):
            self._as(draft).action_entitle()

    def test_addresses_of_anothers_people(self):
        """Naming somebody under an own plan opens no address that is guarded."""
        others = self._make_social_plan(user=self.colleague)
        victim = self._entitle(others).candidate_id
        own = self._make_social_plan("draft")
        self._as(own.entitlement_ids).create(
            {"plan_id": own.id, "candidate_id": victim.id}
        )
        with self.assertRefused("opens confidential papers", AccessError):
            self._as(victim).email = "attacker@example.com"
        self._as(self.person.candidate_id).email = "mended@example.com"

    def test_nobody_takes_the_place(self):
        """Neither of who was called off, nor of whom something was spent on."""
        other = self._make_person()
        self._call_off(self.person)
        traject = self.person.traject_id
        for user in (self.planner, self.manager):
            with self.assertRefused("was called off for"):
                self._as(traject, user).candidate_id = other
        self._release(self.person)
        with self.assertRefused("make another entitlement"):
            self._as(self.person).candidate_id = other
        self._as(self.people[1]).candidate_id = other

    def test_nothing_of_anothers_plan_by_onchange(self):
        others = self._make_social_plan(user=self.colleague)
        self.env.flush_all()
        self.env.invalidate_all()  # as a request begins
        name = {"fields": {"display_name": {}}}
        found = self._as(self.env["outplacement.entitlement"]).onchange(
            {"plan_id": others.id},
            ["plan_id"],
            {"plan_id": {}, "account_manager_id": name, "entity_id": name},
        )
        self.assertNotIn(self.colleague.name, str(found))

    # ------------------------------------------------------------------
    # Conflicts of interest
    # ------------------------------------------------------------------

    def test_who_recorded_a_conflict(self):
        self._call_off(self.person)
        values = {
            "traject_id": self.person.traject_id.id,
            "kind": "affiliated",
            "alternative": "Another bureau",
            "user_id": self.manager.id,
            "date": "2020-01-01",
        }
        Conflict = self._as(self.env["outplacement.conflict"], self.planner)
        forging = Conflict.with_context(default_user_id=self.manager.id)
        conflict = forging.create(values)
        self.assertEqual(conflict.user_id, self.planner)
        self.assertEqual(str(conflict.date), TODAY)
        with self.assertRefused("Say which", ValidationError):
            Conflict.create({**values, "alternative": "  "})
