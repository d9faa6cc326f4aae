from datetime import date

from odoo.tests import freeze_time, tagged

from .common_billing import TODAY
from .common_plan import PlanCommon

HALF = (1597.50, 335.48, 1932.98)


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestSocialPlanForty(PlanCommon):
    """Forty places of 3,195.00, half at the call-off and half after three months: from
    the entitlements to the last cent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls._make_social_plan(
            cap_heads=40, cap_amount=127800.0, cap_person=3195.0
        )
        cls.people = cls._entitle(cls.plan, 45, choice="outplacement")

    def _run_due(self, today, mode="post"):
        """Return the invoices of the run of that day."""
        with freeze_time(today):
            Wizard = self.env["outplacement.invoice.run.start"]
            wizard = Wizard.with_user(self.finance).sudo(False).create({"mode": mode})
            action = wizard.action_start()
            run = self.env["outplacement.invoice.run"].browse(action["res_id"])
            self.env.flush_all()
        return run.invoice_ids

    def _begin(self, people, today):
        """Have the planner start the trajects of ``people`` on that day."""
        self._start(people.traject_id, date.fromisoformat(today), today=today)

    def assertUsed(self, heads, amount):
        self.env.invalidate_all()
        plan = self.plan
        self.assertEqual(
            (plan.heads_used, plan.heads_left, plan.amount_used, plan.amount_left),
            (heads, 40 - heads, amount, 127800.0 - amount),
        )

    def test_forty(self):
        self.assertUsed(0, 0.0)
        self.assertEqual(self.plan.heads_entitled, 45)
        self.assertEqual(self.plan.amount_promised, 45 * 3195.0)
        first, second = self.people[:38], self.people[38:40]
        call_off = self._call_off(first)
        self.assertRecordValues(
            call_off.order_id.order_line,
            [{"product_uom_qty": 38.0, "price_unit": 3195.0, "discount": 0.0}],
        )
        self.assertUsed(38, 121410.0)
        invoice = self._run_due(TODAY)
        self.assertEqual(len(invoice.invoice_line_ids), 38)
        self.assertAmounts(invoice, (60705.00, 12748.05, 73453.05))
        self._begin(first, TODAY)

        self._call_off(second, today="2026-02-02")
        self.assertUsed(40, 127800.0)
        invoice = self._run_due("2026-02-02")
        self.assertAmounts(invoice, (3195.00, 670.95, 3865.95))

        # the 41st is refused, and the limits and what is left of them are named
        with self.assertRefused(
            r"at most 40 people: 40 are called off and 0 can still be, and this takes 1"
            r"\.\nThe budget .* is 127,800\.00.* 127,800\.00.* is used and 0\.00"
        ):
            self._call_off(self.people[40], today="2026-02-03")
        self.assertUsed(40, 127800.0)

        # one withdraws before the first session
        self._release(second[0], today="2026-02-04")
        self.assertEqual(second[0].state, "released")
        self.assertEqual(second[0].traject_id.state, "cancelled")
        self.assertUsed(39, 124605.0)
        credit_note = invoice.reversal_move_ids
        self.assertEqual(credit_note.state, "draft")
        self.assertAmounts(credit_note, HALF)
        with freeze_time("2026-02-04"):
            credit_note.with_user(self.finance).sudo(False).action_post()
            self.env.flush_all()
        self.assertUsed(39, 124605.0)

        # so the 41st is accepted, and the 42nd refused
        self._call_off(self.people[40], today="2026-02-05")
        self.assertUsed(40, 127800.0)
        with self.assertRefused("40 are called off and 0 can still be"):
            self._call_off(self.people[41], today="2026-02-05")
        self.assertAmounts(self._run_due("2026-02-05"), HALF)

        self._begin(second[1] + self.people[40], "2026-03-02")
        # three months after the start of the 38
        self.assertAmounts(self._run_due("2026-04-06"), (60705.00, 12748.05, 73453.05))
        # and of the other two, whose orders are two
        self.assertAmounts(self._run_due("2026-06-02"), HALF, HALF)
        self._check_books(credit_note)

    def _check_books(self, credit_note):
        """All was invoiced, and exactly the budget in the end."""
        orders = self.plan.call_off_ids.order_id
        moves = orders.invoice_ids.filtered(lambda m: m.state == "posted")
        self.assertIn(credit_note, moves)
        self.assertEqual(
            self.eur.round(sum(moves.mapped("amount_untaxed_signed"))), 127800.0
        )
        instalments = orders.order_line.outplacement_instalment_ids
        self.assertFalse(instalments.filtered(lambda i: i.state in ("planned", "due")))
        self.assertUsed(40, 127800.0)

    def test_trajects_are_given_what_the_plan_says(self):
        entity = self.plan.entity_ids
        contact = self.env["res.partner"].create(
            {"name": "Reader", "parent_id": self.employer.id}
        )
        entity.with_user(self.account_manager).sudo(False).write(
            {
                "purchase_order_ref": "PO-7",
                "employer_contact_ids": contact.ids,
            }
        )
        self.plan.report_rhythm = "quarterly"
        person = self.people[0]
        call_off = self._call_off(person)
        self.assertEqual(call_off.order_id.client_order_ref, "PO-7")
        self.assertRecordValues(
            person.traject_id,
            [
                {
                    "state": "intake",
                    "candidate_id": person.candidate_id.id,
                    "employer_id": self.employer.id,
                    "principal_id": self.employer.id,
                    "employer_contact_ids": contact.ids,
                    "purchase_order_ref": "PO-7",
                    "personnel_number": person.personnel_number,
                    "date_dismissal": date(2026, 6, 30),
                    "trigger": "reorganisation",
                    "report_rhythm": "quarterly",
                    "account_manager_id": self.account_manager.id,
                    "entitlement_id": person.id,
                    "social_plan_id": self.plan.id,
                    "sale_line_id": person.order_line_id.id,
                }
            ],
        )

    def test_queries_per_traject(self):
        """A call-off takes as many queries a traject, however large it is."""
        plan = self._make_social_plan()
        people = self._entitle(plan, 91)
        self._call_off(people[0])  # what is read once and cached for good
        counts = {}
        for number, start in ((10, 1), (30, 11), (50, 41)):
            chosen = people[start : start + number]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self._call_off(chosen)
            counts[number] = self.cr.sql_log_count - before
        # twenty more take no more than twenty more before; by hand: a number from the
        # sequence, and what Odoo asks for one record at a time
        self.assertLessEqual(counts[50] - counts[30], counts[30] - counts[10], counts)
        self.assertLessEqual(counts[50] - counts[10], 40 * 4, counts)
