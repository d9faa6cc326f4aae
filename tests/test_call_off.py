from datetime import date

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .common_billing import TODAY
from .common_plan import PlanCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestCallOff(PlanCommon):
    """What is called off, what stands in the way, and what comes back."""

    def _as(self, record, user=None):
        return record.with_user(user or self.account_manager).sudo(False)

    def _open(self, action):
        """Return the window that ``action`` opens for the account manager, saved, and
        what it showed before."""
        Model = self._as(self.env[action["res_model"]])
        with Form(Model.with_context(**action["context"])) as form:
            shown = (len(form.line_ids), len(form.obstacle_ids), form.amount)
        return form.record, shown

    # ------------------------------------------------------------------
    # What is sold
    # ------------------------------------------------------------------

    def test_an_order_per_entity_a_line_per_package(self):
        long = self._make_package(6000.0, self.plan_halves, name="Long")
        sister = self.env["res.partner"].create({"name": "Sister", "is_company": True})
        address = self.env["res.partner"].create(
            {"name": "Books", "parent_id": sister.id, "type": "invoice"}
        )
        other_address = address.copy()
        plan = self._make_social_plan(
            packages={self.plan_package: 3195.0, long: 5500.0},
            entity_ids=[
                Command.create({"partner_id": self.employer.id}),
                Command.create(
                    {
                        "partner_id": sister.id,
                        "purchase_order_ref": "S-1",
                        "invoice_partner_id": other_address.id,
                    }
                ),
            ],
        )
        here, there = plan.entity_ids
        short_one, long_one = plan.package_ids
        people = self._entitle(plan, 2, entity_id=here.id, package_id=long_one.id)
        people |= self._entitle(plan, 3, entity_id=here.id, package_id=short_one.id)
        people |= self._entitle(plan, 1, entity_id=there.id, package_id=short_one.id)
        call_offs = self._call_off(people)
        self.assertRecordValues(
            call_offs.sorted("number"),
            [
                {"name": f"{plan.name}/01", "entity_id": here.id, "count": 5},
                {"name": f"{plan.name}/02", "entity_id": there.id, "count": 1},
            ],
        )
        first, second = call_offs.sorted("number").order_id
        self.assertRecordValues(
            first.order_line,
            [
                {
                    "product_id": self.plan_package.id,
                    "product_uom_qty": 3.0,
                    "price_unit": 3195.0,
                },
                {"product_id": long.id, "product_uom_qty": 2.0, "price_unit": 5500.0},
            ],
        )
        self.assertRecordValues(
            second,
            [
                {
                    "partner_id": sister.id,
                    "partner_invoice_id": other_address.id,
                    "client_order_ref": "S-1",
                    "user_id": self.account_manager.id,
                    "pricelist_id": plan.pricelist_id.id,
                    "state": "sale",
                }
            ],
        )
        for person in people:
            traject = person.traject_id
            self.assertEqual(traject.entitlement_id, person)
            self.assertEqual(traject.candidate_id, person.candidate_id)
            self.assertEqual(traject.product_id, person.package_id.product_id)
            self.assertEqual(traject.employer_id, person.entity_id.partner_id)
        self.assertEqual(people.mapped("amount"), [5500.0] * 2 + [3195.0] * 4)
        self.assertEqual(plan.amount_used, 2 * 5500.0 + 4 * 3195.0)

    def test_invoice_plan_of_the_social_plan(self):
        plan = self._make_social_plan(invoice_plan_id=self.plan_monthly.id)
        person = self._entitle(plan)
        self._call_off(person)
        self.assertEqual(len(person.traject_id.instalment_ids), 12)

    def test_grouping_of_the_social_plan(self):
        """Whatever the employer has for its other orders."""
        for grouping, count in (("order", 2), ("employer", 1)):
            self.employer.outplacement_invoice_grouping = (
                "order" if grouping == "employer" else "employer"
            )
            plan = self._make_social_plan(invoice_grouping=grouping)
            plan.entity_ids.purchase_order_ref = f"PO-{grouping}"
            people = self._entitle(plan, 2)
            orders = (self._call_off(people[0]) | self._call_off(people[1])).order_id
            due = orders.order_line.outplacement_instalment_ids.filtered(
                lambda i: i.state == "due"
            )
            with self.subTest(grouping=grouping):
                self.assertEqual(len(due), 2)
                self.assertEqual(len(due._group_for_invoices()), count)

    def test_who_has_nothing_to_choose_gets_outplacement(self):
        person = self._entitle(self._make_social_plan())
        self._call_off(person)
        self.assertEqual(person.choice, "outplacement")
        self.assertEqual(person.date_choice, date(2026, 1, 5))

    # ------------------------------------------------------------------
    # What stands in the way
    # ------------------------------------------------------------------

    def test_all_or_nothing(self):
        plan = self._make_social_plan(cap_heads=2)
        people = self._entitle(plan, 3)
        with self.assertRefused(
            "at most 2 people: 0 are called off and 2 can still be, and this takes 3"
        ):
            self._call_off(people)
        self.assertEqual(set(people.mapped("state")), {"entitled"})
        self.assertFalse(plan.call_off_ids)
        self._call_off(people[:2])

    def test_limits_to_the_cent(self):
        plan = self._make_social_plan(cap_amount=6389.99)
        people = self._entitle(plan, 2)
        with self.assertRefused(
            r"6,389\.99.* 0\.00.* is used and 6,389\.99.* 6,390\.00"
        ):
            self._call_off(people)
        self._call_off(people[0])
        with self.assertRefused(r"3,195\.00.* is used and 3,194\.99.* is left"):
            self._call_off(people[1])
        exact = self._make_social_plan(cap_amount=6390.0)
        self._call_off(self._entitle(exact, 2))
        self.assertEqual(exact.amount_left, 0.0)

    def test_limits_with_vat(self):
        """3,195.00 is 3,865.95 with VAT."""
        plan = self._make_social_plan(cap_amount=7731.89, cap_tax_included=True)
        people = self._entitle(plan, 2)
        with self.assertRefused(r"7,731\.89.* this takes 7,731\.90"):
            self._call_off(people)
        self._call_off(people[0])
        self.assertEqual(plan.amount_used, 3865.95)
        self.assertEqual(people[0].amount, 3865.95)
        self.assertEqual(people[0].order_line_id.price_subtotal, 3195.0)

    def test_price_that_includes_vat(self):
        """A budget without VAT, and a package whose price has it."""
        package = self._make_package(
            1210.0, self.plan_call_off, taxes_id=[Command.set(self.vat_included.ids)]
        )
        plan = self._make_social_plan(packages={package: 1210.0}, cap_amount=1000.0)
        first, second = self._entitle(plan, 2)
        self._call_off(first)
        self.assertEqual((first.amount, plan.amount_used), (1000.0, 1000.0))
        with self.assertRefused(r"1,000\.00.* is used and 0\.00"):
            self._call_off(second)

    def test_budget_of_a_person(self):
        plan = self._make_social_plan(cap_person=3195.0)
        fits, poor = self._entitle(plan), self._entitle(plan, budget=3194.99)
        with self.assertRefused(
            rf"budget of {poor.name} is 3,194\.99.* 0\.00.* this takes 3,195\.00"
        ):
            self._call_off(fits | poor)
        self._call_off(fits)

    def test_amended_budget_of_a_person(self):
        """Holds for who had a higher one."""
        plan = self._make_social_plan(cap_person=5000.0)
        rich = self._entitle(plan, budget=4000.0)
        Amend = self._as(self.env["outplacement.social.plan.amend"])
        Amend.create(
            {"plan_id": plan.id, "agreement_file": b"eA==", "cap_person": 3000.0}
        ).action_confirm()
        with self.assertRefused(rf"budget of {rich.name} is 3,000\.00"):
            self._call_off(rich)

    def test_states_of_plan_and_people(self):
        plan = self._make_social_plan("signed")
        person = self._entitle(plan)
        with self.assertRefused("is signed, not open"):
            self._call_off(person)
        self._as(plan).action_open()
        draft = self._entitle(plan, state="draft")
        with self.assertRefused(rf"{draft.name} is draft, not entitled"):
            self._call_off(person | draft)
        self._call_off(person)
        with self.assertRefused(rf"{person.name} is called off, not entitled"):
            self._call_off(person)
        late = self._entitle(plan)
        self._as(plan).action_close()
        with self.assertRefused("is closed, not open"):
            self._call_off(late)
        with self.assertRefused("nobody to call off"):
            self._as(plan)._call_off(person.browse())
        with self.assertRefused("people of one social plan"):
            self._as(self._make_social_plan())._call_off(self._as(person))

    def test_missing_package(self):
        long = self._make_package(6000.0, self.plan_halves)
        plan = self._make_social_plan(packages={self.plan_package: 1.0, long: 2.0})
        person = self._entitle(plan)
        self.assertFalse(person.package_id)
        with self.assertRefused(f"{person.name} needs a package"):
            self._call_off(person)

    def test_validity_needs_no_cron(self):
        plan = self._make_social_plan(date_from="2026-02-01", date_to="2026-02-28")
        person = self._entitle(plan)
        for day in ("2026-01-31", "2026-03-01"):
            with self.assertRefused("is valid from 02/01/2026 until 02/28/2026"):
                self._call_off(person, today=day)
        self.assertEqual(plan.state, "open")
        self._call_off(person, today="2026-02-28")

    def test_choice_and_deadline(self):
        plan = self._make_social_plan(money_allowed=True, choice_deadline="2026-01-10")
        undecided = self._entitle(plan)
        with self.assertRefused("has not chosen outplacement yet"):
            self._call_off(undecided)
        for choice in ("money", "none"):
            with self.assertRefused(f"chose “{choice}”"):
                self._call_off(self._entitle(plan, choice=choice))
        # who chose in time is called off later on
        in_time = self._entitle(plan, choice="outplacement", date_choice="2026-01-05")
        self._call_off(in_time, today="2026-01-20")
        with freeze_time("2026-01-11"):
            self._as(undecided).choice = "outplacement"
            with self.assertRefused(
                rf"last day for {undecided.name} to choose was 01/10/2026, and it is "
                "01/11/2026"
            ):
                self._call_off(undecided, today="2026-01-11")
            self._as(undecided).date_deadline = "2026-01-11"
            self._call_off(undecided, today="2026-01-11")

    # ------------------------------------------------------------------
    # Going past a limit
    # ------------------------------------------------------------------

    def test_exception(self):
        plan = self._make_social_plan(
            cap_heads=1, cap_amount=3195.0, cap_person=3000.0, date_to="2026-01-31"
        )
        people = self._entitle(plan, 2, budget=2000.0)
        late = "2026-02-01"
        with self.assertRefused("Only a manager", AccessError):
            self._call_off(people, override_reason="Please", today=late)
        call_off = self._call_off(
            people, user=self.manager, override_reason="Agreed by phone", today=late
        )
        self.assertEqual(call_off.override_reason, "Agreed by phone")
        self.assertEqual(plan.heads_used, 2)
        self.assertIn("Agreed by phone", plan.message_ids[0].body)
        self.assertEqual(plan.message_ids[0].author_id, self.manager.partner_id)
        # a reason opens limits, and nothing else
        draft = self._entitle(plan, state="draft")
        with self.assertRefused("is draft, not entitled"):
            self._call_off(draft, user=self.manager, override_reason="Please")

    def test_others_do_not_call_off(self):
        plan = self._make_social_plan()
        people = self._entitle(plan)
        for user in (self.planner, self.finance, self.coach, self.salesman):
            with self.subTest(user=user.name), self.assertDenied():
                self._call_off(people, user=user)
        deputy = self.salesman.copy()
        deputy.group_ids = self.env.ref("outplacement.group_account_manager")
        with self.assertDenied():
            self._call_off(people, user=deputy)
        plan.deputy_id = deputy
        self._call_off(people, user=deputy)
        self.assertEqual(people.traject_id.account_manager_id, self.account_manager)
        # and gives a slot back too, though the traject is not theirs
        self._release(people, user=deputy)
        self.assertEqual(people.state, "released")

    # ------------------------------------------------------------------
    # The window
    # ------------------------------------------------------------------

    def test_window_for_all_who_chose(self):
        plan = self._make_social_plan(cap_heads=3, money_allowed=True)
        chose = self._entitle(plan, 2, choice="outplacement")
        self._entitle(plan, choice="money")
        self._entitle(plan)
        wizard, shown = self._open(self._as(plan).action_call_off())
        self.assertEqual(shown, (1, 0, 6390.0))
        self.assertEqual(wizard.entitlement_ids, chose)
        self.assertFalse(wizard.is_refused)
        self.assertRecordValues(
            wizard.line_ids, [{"count": 2, "price": 3195.0, "amount": 6390.0}]
        )
        self.assertFalse(plan.call_off_ids)  # nothing was done yet
        action = wizard.action_confirm()
        self.assertEqual(plan.call_off_ids.ids, [action["res_id"]])
        self.assertEqual(set(chose.mapped("state")), {"called_off"})

    def test_window_says_what_stands_in_the_way(self):
        plan = self._make_social_plan(cap_heads=1)
        people = self._entitle(plan, 1) | self._entitle(plan, state="draft")
        self.employer.outplacement_po_required = True
        wizard, shown = self._open(self._as(people).action_call_off())
        self.assertEqual(shown, (1, 1, 6390.0))
        self.assertTrue(wizard.is_refused)
        self.assertFalse(wizard.is_passable)
        self.assertEqual(wizard.obstacle_ids.entitlement_id._origin, people[1])
        self.assertIn("purchase order reference", wizard.line_ids.notice)
        with self.assertRefused("is draft, not entitled"):
            wizard.action_confirm()
        wizard, shown = self._open(wizard.action_leave_out())
        self.assertEqual(shown, (1, 0, 3195.0))
        self.assertEqual(wizard.entitlement_ids, people[0])
        self.assertFalse(wizard.is_refused)
        with self.assertDenied():
            wizard.with_user(self.manager).action_confirm()

    # ------------------------------------------------------------------
    # Giving back
    # ------------------------------------------------------------------

    def test_release_shows_and_does(self):
        plan = self._make_social_plan(cap_heads=1, cap_amount=3195.0)
        person, next_one = self._entitle(plan, 2)
        self._call_off(person)
        wizard = self._release(person)
        self.assertEqual(wizard.entitlement_id, person)
        self.assertEqual(person.state, "released")
        self.assertRecordValues(
            person.traject_id, [{"state": "cancelled", "outcome": "stopped"}]
        )
        instalments = person.traject_id.instalment_ids
        self.assertEqual(set(instalments.mapped("state")), {"lapsed"})
        self.assertEqual((plan.heads_used, plan.amount_used), (0, 0.0))
        self._call_off(next_one)
        # who withdrew may come back, and chooses anew
        self._as(person).action_entitle()
        self.assertRecordValues(
            person, [{"state": "entitled", "choice": "undecided", "traject_id": False}]
        )

    def test_no_release_after_a_session(self):
        person = self._entitle(self._make_social_plan())
        self._call_off(person)
        traject = person.traject_id
        traject.with_user(self.planner)._assign_member(
            self.coach, "coach", date(2026, 1, 1)
        )
        session = self.env["outplacement.session"].create(
            {
                "traject_id": traject.id,
                "kind": "intake",
                "start": "2026-01-02 09:00:00",
                "coach_id": self.coach.id,
            }
        )
        session.action_hold()
        with self.assertRefused("before the first session only"):
            self._as(person).action_release()
        with self.assertRefused("before the first session only"):
            self._as(person)._release()

    def test_whoever_cancels_the_traject_frees_the_slot(self):
        plan = self._make_social_plan()
        people = self._entitle(plan, 3)
        self._call_off(people[:1])
        call_off = self._call_off(people[1:])
        people[0].traject_id.with_user(self.planner).sudo(False)._cancel_with_fee(
            date(2026, 1, 5), "no_match"
        )
        self.assertEqual(people[0].state, "released")
        order = call_off.order_id
        self._as(order)._action_cancel()
        self.assertEqual(set(people.mapped("state")), {"released"})
        self.assertEqual((plan.heads_used, plan.amount_used), (0, 0.0))
        # what was taken back is not sold again beside the plan
        self._as(order).action_draft()
        with self.assertRefused("of a call-off that was taken back"):
            self._as(order).action_confirm()

    def test_fee(self):
        """Of the company, unless the plan waives it."""
        self.env["outplacement.cancellation.fee"].create(
            {"company_id": self.company.id, "days_before": 0, "percent": 10.0}
        )
        self.company.outplacement_fee_product_id = self.workshop
        for waived, used in ((True, 0.0), (False, 319.5)):
            plan = self._make_social_plan(is_fee_waived=waived)
            person = self._entitle(plan)
            self._call_off(person)
            person.traject_id.date_start = "2026-01-20"
            self._release(person)
            with self.subTest(waived=waived):
                self.assertEqual((plan.heads_used, plan.amount_used), (0, used))

    # ------------------------------------------------------------------
    # Round the plan
    # ------------------------------------------------------------------

    def test_orders_follow_the_plan(self):
        plan = self._make_social_plan()
        person = self._entitle(plan)
        self._call_off(person)
        line = person.order_line_id
        for user in (self.account_manager, self.manager):
            seller = user
            if user == self.manager:
                seller.group_ids += self.env.ref("sales_team.group_sale_manager")
            mine = self._as(line, seller)
            for values in (
                {"product_uom_qty": 2},
                {"product_uom_qty": 0},
                {"price_unit": 1.0},
                {"discount": 10.0},
                {"outplacement_plan_id": self.plan_start.id},
            ):
                with (
                    self.subTest(user=user.name, **values),
                    self.assertRefused("follows from the social plan"),
                ):
                    mine.write(values)
            with self.assertRefused("follows from the social plan"):
                mine.create(
                    {"order_id": line.order_id.id, "product_id": self.plan_package.id}
                )
            with self.assertDenied():
                mine.order_id.outplacement_call_off_id = False

    def test_what_is_called_off_is_fixed(self):
        person = self._entitle(self._make_social_plan())
        self._call_off(person)
        for values in (
            {"choice": "none"},
            {"candidate_id": self.candidate.id},
            {"package_id": False},
            {"budget": 7.0},
        ):
            with self.subTest(**values), self.assertRefused("was called off"):
                self._as(person).write(values)
        with self.assertRefused("was called off and stays"):
            self._as(person).unlink()

    def test_extension_is_of_the_budget(self):
        """What is sold on top for a traject of the plan passes no budget either."""
        plan = self._make_social_plan(cap_amount=4195.0, cap_person=4195.0)
        person = self._entitle(plan)
        self._call_off(person)
        traject = person.traject_id
        extension = self._make_package(1000.0, self.plan_start, outplacement_months=3)

        def sell(price):
            line = {
                "product_id": extension.id,
                "price_unit": price,
                "outplacement_for_traject_id": traject.id,
                "outplacement_line_kind": "extension",
            }
            return self._sell(line)

        with self.assertRefused(r"budget of .* 4,195\.00.* come to 4,195\.01"):
            sell(1000.01)
        sell(1000.0)
        self.assertEqual((plan.amount_used, plan.amount_left), (4195.0, 0.0))

    def test_pool(self):
        plan = self._make_social_plan()
        plan.coach_ids = self.other_coach
        person = self._entitle(plan)
        self._call_off(person)
        traject = person.traject_id.with_user(self.planner).sudo(False)
        with self.assertRefused("not in the pool"):
            traject._assign_member(self.coach, "coach", date(2026, 1, 5))
        traject._assign_member(self.other_coach, "coach", date(2026, 1, 5))
