import base64
from datetime import date

from psycopg2.errors import NotNullViolation, UniqueViolation

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common_billing import TODAY
from .common_plan import PlanCommon

PDF = base64.b64encode(b"%PDF-1.7 amendment")


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestSocialPlan(PlanCommon):
    """What a plan says, from the draft to the last amendment."""

    def _as(self, record, user=None):
        return record.with_user(user or self.account_manager).sudo(False)

    def _amend(self, plan, **values):
        """Return the window in which the account manager amends ``plan``."""
        Amend = self.env["outplacement.social.plan.amend"]
        values = {"plan_id": plan.id, "agreement_file": PDF, **values}
        return Amend.with_user(self.account_manager).sudo(False).create(values)

    # ------------------------------------------------------------------
    # States
    # ------------------------------------------------------------------

    def test_its_name_tells_nobody_what_is_to_happen(self):
        """Odoo names what it refuses, also in its log."""
        plan = self._make_social_plan(state="draft", title="Closing in secret")
        self.assertEqual(plan.display_name, plan.name)
        found = self.env["outplacement.social.plan"].name_search("in secret")
        self.assertEqual([plan_id for plan_id, _name in found], plan.ids)

    def test_states(self):
        plan = self._make_social_plan("draft")
        self.assertRegex(plan.name, r"^SP/2026/\d{4}$")
        mine = self._as(plan)
        with self.assertRefused("is draft and cannot become open"):
            mine.action_open()
        mine.date_signed = False
        mine.agreement_file = False
        with self.assertRefused("needs the day of the signature, the signed agreement"):
            mine.action_sign()
        mine.write({"date_signed": TODAY, "agreement_file": PDF})
        mine.action_sign()
        mine.action_open()
        with self.assertRefused("is open and cannot become signed"):
            mine.action_sign()
        mine.action_close()
        with self.assertRefused("is closed and cannot become open"):
            mine.action_open()

    def test_expires_by_the_day_of_the_company(self):
        over = self._make_social_plan(date_to="2026-03-31")
        signed = self._make_social_plan("signed", date_to="2026-03-31")
        lasting = self._make_social_plan(date_to="2026-04-01")
        Plan = self.env["outplacement.social.plan"]
        with freeze_time("2026-03-31 21:59:00"):
            Plan._cron_expire()
            self.assertEqual(over.state, "open")
        with freeze_time("2026-03-31 22:01:00"):  # the first of April in Amsterdam
            Plan._cron_expire()
            self.assertEqual((over | signed).mapped("state"), ["expired", "expired"])
            self.assertEqual(lasting.state, "open")
            with self.assertRefused("was valid until .* an amendment gives it"):
                self._as(over).action_open()

    def test_entity_of_the_employer(self):
        plan = self._make_social_plan("draft")
        self.assertEqual(plan.entity_ids.partner_id, self.employer)
        other = self.employer.copy()
        entities = [Command.create({"partner_id": other.id})]
        plan = self._make_social_plan("draft", entity_ids=entities)
        self.assertEqual(plan.entity_ids.partner_id, other)

    # ------------------------------------------------------------------
    # Terms
    # ------------------------------------------------------------------

    def test_pricelist_follows_the_agreement(self):
        plan = self._make_social_plan("draft")
        self.assertFalse(plan.pricelist_id)
        self._as(plan).package_ids.price = 3000.0
        self._as(plan).action_sign()
        self.assertRecordValues(
            plan.pricelist_id.item_ids,
            [
                {
                    "product_id": self.plan_package.id,
                    "compute_price": "fixed",
                    "fixed_price": 3000.0,
                }
            ],
        )

    def test_terms_are_fixed_by_the_signature(self):
        school = self._create_product(name="Schooling", type="service")
        plan = self._make_social_plan(
            "signed", spending_ids=[Command.create({"product_id": self.workshop.id})]
        )
        values = {
            "cap_heads": 7,
            "cap_amount": 7.0,
            "cap_person": 7.0,
            "cap_tax_included": True,
            "date_from": "2026-02-01",
            "date_to": "2027-01-01",
            "money_allowed": True,
            "choice_deadline": "2026-02-01",
            "is_fee_waived": False,
            "invoice_plan_id": self.plan_start.id,
            "employer_id": self.person.id,
            "package_ids": [Command.clear()],
            "spending_ids": [Command.clear()],
        }
        for user in (self.account_manager, self.manager):
            mine = self._as(plan, user)
            for name, value in values.items():
                with self.subTest(name=name), self.assertRefused("is signed"):
                    mine.write({name: value})
            for record in (mine.package_ids, mine.spending_ids):
                with self.subTest(model=record._name):
                    with self.assertRefused("is signed"):
                        record.sequence = 7
                    with self.assertRefused("is signed"):
                        record.unlink()
                    with self.assertRefused("is signed"):
                        record.create({"plan_id": plan.id, "product_id": school.id})
            # what is no term
            mine.title = "Another title"
            mine.entity_ids.purchase_order_ref = "7"
            with self.assertRefused("is signed and stays"):
                mine.unlink()

    def test_no_context_from_outside_opens_the_terms(self):
        plan = self._make_social_plan("signed")
        for value in (True, 1, "AMENDMENT", object()):
            mine = self._as(plan).with_context(outplacement_amendment=value)
            with self.assertRefused("is signed"):
                mine.cap_heads = 7

    # ------------------------------------------------------------------
    # Amendments
    # ------------------------------------------------------------------

    def test_amendment(self):
        plan = self._make_social_plan(cap_heads=40, cap_amount=127800.0)
        wizard = self._amend(plan, date="2026-01-04")
        self.assertFalse(wizard.change_ids)
        self.assertEqual(wizard.cap_heads, 40)
        with self.assertRefused("Nothing changes"):
            wizard.action_confirm()
        wizard.write({"cap_heads": 50, "date_to": "2027-06-30", "cap_amount": 0.0})
        wizard.package_ids.price = 3300.0
        new = self._make_package(5000.0, self.plan_halves, name="Long")
        wizard.package_ids = [Command.create({"product_id": new.id, "price": 4500.0})]
        shown = [
            ("Valid until", "12/31/2026", "06/30/2027"),
            ("Most People", "40", "50"),
            ("Budget", "127,800.00\xa0€", "No limit"),
            ("Outplacement Package", "3,195.00\xa0€", "3,300.00\xa0€"),
            ("Long", "Not in the plan", "4,500.00\xa0€"),
        ]
        lines = [(c.term, c.before, c.after) for c in wizard.change_ids]
        self.assertEqual(lines, shown)
        wizard.action_confirm()
        self.assertEqual(plan.cap_heads, 50)
        self.assertEqual(plan.date_to, date(2027, 6, 30))
        self.assertEqual(
            sorted(plan.pricelist_id.item_ids.mapped("fixed_price")), [3300.0, 4500.0]
        )
        amendment = plan.amendment_ids
        self.assertEqual(amendment.user_id, self.account_manager)
        self.assertEqual(amendment.date, date(2026, 1, 4))
        self.assertEqual(
            [(c.term, c.before, c.after) for c in amendment.line_ids], shown
        )
        for user in (self.account_manager, self.manager):
            with self.assertDenied():
                self._as(amendment, user).date = TODAY
            with self.assertDenied():
                self._as(amendment, user).unlink()

    def test_amendment_wants_its_file_and_a_signed_plan(self):
        draft, plan = self._make_social_plan("draft"), self._make_social_plan()
        with self.assertRefused("not signed"):
            self._amend(draft, cap_heads=7).action_confirm()
        with self.assertRefused("signed amendment as a file"):
            self._amend(plan, cap_heads=7, agreement_file=False).action_confirm()
        with self.assertDenied():
            self._amend(plan, cap_heads=7).with_user(self.planner).action_confirm()

    def test_windows_tell_nothing_of_anothers_plan(self):
        """Neither its terms nor what is in the way, whatever ids are sent."""
        plan = self._make_social_plan(
            spending_ids=[Command.create({"product_id": self.workshop.id})]
        )
        person = self._entitle(plan)
        self._call_off(person)
        other = self.coach.copy()
        other.group_ids = self.env.ref("outplacement.group_account_manager")
        of_plan, of_person = {"plan_id": plan.id}, {"entitlement_id": person.id}
        windows = {
            "outplacement.social.plan.amend": of_plan,
            "outplacement.call.off.start": {**of_plan, "entitlement_ids": person.ids},
            "outplacement.entitlement.spend": {
                **of_person,
                "spending_id": plan.spending_ids.id,
            },
            "outplacement.entitlement.release": {
                **of_person,
                "traject_id": person.traject_id.id,
            },
        }
        for model, values in windows.items():
            for user in (other, self.planner):
                Wizard = self._as(self.env[model], user)
                with self.subTest(model=model, user=user.name), self.assertDenied():
                    Wizard.create(values).read()

    def test_amendment_stays_above_what_is_used(self):
        plan = self._make_social_plan(cap_heads=3, cap_amount=10000.0)
        self._call_off(self._entitle(plan, 2))
        for values in ({"cap_heads": 1}, {"cap_amount": 6389.99}):
            with self.subTest(**values), self.assertRefused("2 people and 6,390.00"):
                self._amend(plan, **values).action_confirm()
        self._amend(plan, cap_heads=2, cap_amount=6390.0).action_confirm()
        self.assertEqual((plan.heads_left, plan.amount_left), (0, 0.0))

    def test_amended_price_is_for_later_call_offs(self):
        plan = self._make_social_plan()
        first, second = self._entitle(plan, 2)
        self._call_off(first)
        wizard = self._amend(plan)
        wizard.package_ids.price = 3300.0
        wizard.action_confirm()
        self._call_off(second)
        orders = first.order_line_id | second.order_line_id
        self.assertEqual(orders.mapped("price_unit"), [3195.0, 3300.0])
        self.assertEqual(plan.amount_used, 6495.0)

    # ------------------------------------------------------------------
    # Entitlements
    # ------------------------------------------------------------------

    def test_reference(self):
        plan = self._make_social_plan()
        people = self._entitle(plan, 2) | self._entitle(plan)
        self.assertEqual(
            people.mapped("name"), [f"{plan.name}-{i:03d}" for i in (1, 2, 3)]
        )
        with self.assertRefused("keeps its reference"):
            self._as(people[0]).name = "X"

    def test_once_a_plan(self):
        plan = self._make_social_plan()
        person = self._entitle(plan)
        other = self.env["res.partner"].create(
            {"name": "Other", "email": "o@x.example"}
        )
        twins = (
            {"candidate_id": person.candidate_id.id},
            {"candidate_id": other.id, "personnel_number": person.personnel_number},
            {
                "candidate_id": self.env["res.partner"]
                .create({"name": "Twin", "email": person.candidate_id.email.upper()})
                .id
            },
        )
        Entitlement = self.env["outplacement.entitlement"]
        for twin in twins:
            with (
                self.subTest(**twin),
                mute_logger("odoo.sql_db"),
                self.assertRaises(UniqueViolation),
                self.env.cr.savepoint(),
            ):
                Entitlement.create({"plan_id": plan.id, **twin})
        # under another plan, or once the first one is over
        Entitlement.create({"plan_id": self._make_social_plan().id, **twins[0]})
        self._as(person).action_cancel()
        self.env.flush_all()
        Entitlement.create({"plan_id": plan.id, **twins[0]})

    def test_candidate_stands_apart(self):
        plan = self._make_social_plan()
        inside = self.env["res.partner"].create(
            {"name": "Inside", "parent_id": self.employer.id}
        )
        apart = self.env["res.partner"].create(
            {"name": "Apart", "email": "a@x.example"}
        )
        Entitlement = self._as(self.env["outplacement.entitlement"])
        for wrong in (inside, self.employer):
            with self.assertRefused("is a company or a contact", ValidationError):
                Entitlement.create({"plan_id": plan.id, "candidate_id": wrong.id})
        Entitlement.create({"plan_id": plan.id, "candidate_id": apart.id})
        with self.assertRefused("is the candidate", ValidationError):
            apart.parent_id = self.employer
        Merge = self.env["base.partner.merge.automatic.wizard"]
        with self.assertRefused("cannot be merged"):
            Merge._merge((apart | self.person).ids, self.person)
        with self.assertRefused("cannot name yourself"):
            Entitlement.create(
                {
                    "plan_id": plan.id,
                    "candidate_id": self.account_manager.partner_id.id,
                }
            )

    def test_who_mends_an_address(self):
        plan = self._make_social_plan()
        person = self._entitle(plan)
        candidate = person.candidate_id
        self._as(candidate).email = "mended@example.com"
        self.assertEqual(person.email_normalized, "mended@example.com")
        other = self.salesman
        with self.assertRefused("opens confidential papers", Exception):
            self._as(candidate, other).email = "stolen@example.com"
        self._call_off(person)
        with self.assertRefused("opens confidential papers", Exception):
            self._as(candidate).email = "later@example.com"
        self._as(candidate, self.planner).email = "planned@example.com"

    def test_choices(self):
        plan = self._make_social_plan()
        person = self._entitle(plan)
        mine = self._as(person)
        with self.assertRefused("has no money to choose", ValidationError):
            mine.choice = "money"
        with self.assertRefused("lies in the future", ValidationError):
            mine.write({"choice": "none", "date_choice": "2026-01-06"})
        mine.choice = "outplacement"
        self.assertEqual(person.date_choice, date(2026, 1, 5))
        with freeze_time("2026-02-02"):  # said once more: no other day
            mine.write({"choice": "outplacement"})
        self.assertEqual(person.date_choice, date(2026, 1, 5))
        mine.choice = "undecided"
        self.assertFalse(person.date_choice)
        plan = self._make_social_plan(money_allowed=True)
        chosen = self._entitle(plan, choice="money")
        with self.assertRefused("chose money", ValidationError):
            self._amend(plan, money_allowed=False).action_confirm()
        self.assertEqual(chosen.choice, "money")

    def test_chosen_today_at_the_company_of_the_plan(self):
        plan = self._make_social_plan()
        other = self.env["res.company"].create({"name": "Bureau Elsewhere"})
        other.resource_calendar_id.tz = "Pacific/Kiritimati"
        user = self.account_manager
        user.company_ids += other
        with freeze_time("2026-01-05 20:00:00"):  # there it is the 6th
            for day, company in ((6, other), (5, self.company)):
                self.assertEqual(company._get_outplacement_today(), date(2026, 1, day))
            person = self._entitle(plan)
            mine = self._as(person).with_company(other)
            mine = mine.with_context(allowed_company_ids=[other.id, self.company.id])
            mine.choice = "outplacement"
        self.assertEqual(person.date_choice, date(2026, 1, 5))

    def test_nobody_without_a_plan(self):
        """The database says what is missing, and not that a query is none."""
        with mute_logger("odoo.sql_db"), self.assertRaises(NotNullViolation):
            self.env["outplacement.entitlement"].create(
                {"plan_id": False, "candidate_id": self.candidate.id}
            )

    def test_budget_within_that_of_a_person(self):
        plan = self._make_social_plan(cap_person=4000.0)
        self._entitle(plan, budget=4000.0)
        with self.assertRefused("above that of a person", ValidationError):
            self._entitle(plan, budget=4000.01)

    def test_of_the_plan(self):
        plan, other = self._make_social_plan(), self._make_social_plan()
        with self.assertRefused("is not of social plan", ValidationError):
            self._entitle(plan, entity_id=other.entity_ids.id)
        with self.assertRefused("is not of social plan", ValidationError):
            self._entitle(plan, package_id=other.package_ids.id)
        person = self._entitle(plan)
        with self.assertRefused("keeps its reference and its social plan", UserError):
            self._as(person).plan_id = other

    def test_promised(self):
        plan = self._make_social_plan(money_allowed=True)
        self._entitle(plan, 2)
        self._entitle(plan, choice="outplacement")
        self._entitle(plan, choice="money")
        self._entitle(plan, choice="none")
        self._entitle(plan, state="draft")
        self.assertEqual(plan.heads_entitled, 5)
        self.assertEqual((plan.heads_promised, plan.amount_promised), (3, 9585.0))

    # ------------------------------------------------------------------
    # Queries
    # ------------------------------------------------------------------

    def _count_queries(self, plans, names):
        """Return how many queries it takes to read ``plans``, with empty caches."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        self._as(plans).read(names)
        return self.cr.sql_log_count - before

    def test_queries_of_a_list(self):
        """As many for four plans as for one, and for many people as for few."""
        plans = self.env["outplacement.social.plan"]
        for number in (1, 2, 3, 8):
            plan = self._make_social_plan(cap_heads=40, cap_amount=99000.0)
            self._call_off(self._entitle(plan, number))
            self._entitle(plan, number)
            plans |= plan
        listed = ["heads_entitled", "heads_used", "amount_used", "amount_left"]
        self._count_queries(plans, listed)  # what is cached for good
        self.assertEqual(
            self._count_queries(plans, listed), self._count_queries(plans[0], listed)
        )
        shown = [*listed, "heads_promised", "amount_promised"]
        self.assertEqual(
            self._count_queries(plans[3], shown), self._count_queries(plans[0], shown)
        )
