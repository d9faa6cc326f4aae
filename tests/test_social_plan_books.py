from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common_billing import TODAY
from .common_life import LifeCommon
from .common_plan import PlanCommon


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestSocialPlanBooks(PlanCommon, LifeCommon):
    """What is invoiced is used, whatever finance makes of credit notes; and what a
    plan expects to pay is what its orders come to."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls._make_social_plan(cap_heads=2, cap_amount=6390.0)
        cls.people = cls._entitle(cls.plan, 3, choice="outplacement")
        cls.person = cls.people[0]

    def assertUsed(self, amount, plan=None):
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((plan or self.plan).amount_used, amount)

    def _release_invoiced(self):
        """Return the draft credit note of somebody who withdrew after the invoice."""
        self._call_off(self.people[:2])
        invoice = self._invoice(self.person.order_id, TODAY)
        self._release(self.person)
        self.assertUsed(3195.0)
        return invoice.reversal_move_ids

    def test_credit_note_given_up(self):
        """What stays billed is not spent on somebody else."""
        credit_note = self._release_invoiced()
        credit_note.with_user(self.finance).sudo(False).unlink()
        self.assertUsed(4792.5)
        with self.assertRefused(r"4,792\.50.* is used and 1,597\.50"):
            self._call_off(self.people[2])

    def test_credit_note_posted(self):
        credit_note = self._release_invoiced()
        credit_note.with_user(self.finance).sudo(False).action_post()
        self.assertUsed(3195.0)
        self._call_off(self.people[2])
        self.assertUsed(6390.0)

    def test_credit_note_given_up_with_vat(self):
        plan = self._make_social_plan(cap_tax_included=True)
        person = self._entitle(plan, choice="outplacement")
        self._call_off(person)
        invoice = self._invoice(person.order_id, TODAY)
        self._release(person)
        self.assertUsed(0.0, plan)
        invoice.reversal_move_ids.with_user(self.finance).sudo(False).unlink()
        self.assertUsed(1932.98, plan)

    def test_queries_of_what_was_given_back(self):
        """As many for many who withdrew after the invoice as for few."""
        counts = []
        for number in (2, 6):
            plan = self._make_social_plan()
            people = self._entitle(plan, number, choice="outplacement")
            self._call_off(people)
            self._invoice(people.order_id, TODAY)
            for person in people:
                self._release(person)
            self.assertUsed(0.0, plan)
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            plan._get_usages()
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    def test_revived(self):
        """What lapsed is not billed after all once somebody else has it."""
        self._call_off(self.people[:2])
        self._release(self.person)
        instalment = self.person.traject_id.instalment_ids[:1]
        mine = instalment.with_user(self.finance).sudo(False)
        with self.env.cr.savepoint() as savepoint:
            mine.action_revive()
            self.assertUsed(4792.5)
            savepoint.rollback()
        self.env.invalidate_all()
        self._call_off(self.people[2])
        with self.assertRefused(r"6,390\.00.* would come to .*7,987\.50"):
            mine.action_revive()
        self.assertUsed(6390.0)

    def test_job_lost(self):
        """What an early placement gave back may be another's when the job is lost."""
        package = self._make_package(
            1200.0,
            self.plan_monthly,
            outplacement_placement_rule="started_months",
            outplacement_probation_months=2,
        )
        plan = self._make_social_plan(packages={package: 1200.0}, cap_amount=1300.0)
        first, second = self._entitle(plan, 2, choice="outplacement")
        self._call_off(first)
        self._start(first.traject_id, TODAY)
        self._place(first.order_id, "2026-01-20")
        self.assertUsed(100.0, plan)
        with self.env.cr.savepoint() as savepoint:
            self._lose_job(first.order_id, "2026-01-30")
            self.assertUsed(1200.0, plan)
            savepoint.rollback()
        self.env.invalidate_all()
        self._call_off(second, today="2026-01-21")
        self.assertUsed(1300.0, plan)
        with self.assertRefused(r"1,300\.00.* would come to .*2,400\.00"):
            self._lose_job(first.order_id, "2026-01-30")
        self.assertUsed(1300.0, plan)

    def test_large_prices_with_vat(self):
        """To the cent, also where a price is with VAT and the budget is not."""
        package = self._make_package(
            1.0, self.plan_halves, taxes_id=[Command.set(self.vat_included.ids)]
        )
        plan = self._make_social_plan(packages={package: 1000000.0})
        person = self._entitle(plan, choice="outplacement")
        self._call_off(person)
        self.assertUsed(826446.28, plan)
        self.assertEqual(person.order_id.amount_untaxed, 826446.28)

    def test_entities_without_vat(self):
        """A price with VAT is one without for whoever pays none."""
        abroad = self.env["account.fiscal.position"].create({"name": "Abroad"})
        self.vat.copy(
            {
                "name": "None",
                "amount": 0,
                "fiscal_position_ids": [Command.link(abroad.id)],
                "original_tax_ids": [Command.link(self.vat_included.id)],
            }
        )
        package = self._make_package(
            1.0, self.plan_halves, taxes_id=[Command.set(self.vat_included.ids)]
        )
        plan = self._make_social_plan(packages={package: 1210.0}, cap_amount=1000.0)
        plan.entity_ids.partner_id.property_account_position_id = abroad
        person = self._entitle(plan, choice="outplacement")
        self.assertEqual(plan.amount_promised, 1000.0)
        call_off = self._call_off(person)
        self.assertEqual((call_off.amount, person.amount), (1000.0, 1000.0))
        self.assertEqual(call_off.order_id.amount_untaxed, 1000.0)
        self.assertUsed(1000.0, plan)
