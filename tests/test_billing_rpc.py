from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.outplacement.models.account_move_line_guard import LINK_FIELDS

from .common_life import LifeCommon
from .common_revenue import RevenueCommon


@tagged("post_install", "-at_install")
class TestAgreedTermsByRpc(LifeCommon):
    """What was agreed about a placement is fixed by the package, not by a seller."""

    def test_terms_are_written_by_nobody(self):
        order = self._sell_package(outplacement_placement_rule="started_months")
        line = order.order_line
        for name, value in (
            ("outplacement_placement_rule", "fixed"),
            ("outplacement_placement_rest", "at_once"),
            ("outplacement_refund_percent", 500.0),
            ("outplacement_probation_months", 99),
        ):
            for user in (self.account_manager, self.salesman, self.finance):
                with self.subTest(name, user=user.login), self.assertDenied():
                    line.with_user(user).write({name: value})
            with self.subTest(name), self.assertDenied():
                self._quote({"product_id": self.package.id, name: value})
        self.assertEqual(line.outplacement_placement_rule, "started_months")

    def test_terms_follow_the_package(self):
        self.package.outplacement_probation_months = 2
        order = self._quote()
        self.assertEqual(order.order_line.outplacement_probation_months, 2)
        self.assertEqual(order.copy().order_line.outplacement_probation_months, 2)

    def test_terms_within_bounds(self):
        line = self._quote().with_env(self.env).order_line
        for name, value in (
            ("outplacement_refund_percent", 500.0),
            ("outplacement_refund_percent", -1.0),
            ("outplacement_probation_months", -1),
        ):
            with (
                self.subTest(name, value=value),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                line[name] = value
                line.flush_recordset()


@tagged("post_install", "-at_install")
class TestInvoiceLinesByRpc(RevenueCommon):
    """Finance writes invoices, and not what they bill of which instalment (R9)."""

    def _get_line(self, invoice):
        return invoice.invoice_line_ids.with_user(self.finance)

    def test_links_are_written_by_nobody(self):
        invoice = self._bill_prepaid()
        line = invoice.invoice_line_ids
        instalment = line.outplacement_instalment_id
        draft = self._credit(invoice, post=False).with_user(self.finance)
        for name, value in (
            ("outplacement_instalment_id", False),
            ("outplacement_released_instalment_id", instalment.id),
            ("outplacement_is_respread", True),
            ("outplacement_replaced_line_id", line.id),
            ("outplacement_credited_line_id", draft.invoice_line_ids.id),
            ("outplacement_credit_line_ids", [Command.clear()]),
            ("outplacement_after_credit", "release"),
            ("outplacement_lapse_reason", "cancelled"),
        ):
            with self.subTest(name):
                with self.assertDenied():
                    self._get_line(invoice).write({name: value})
                values = {name: value or instalment.id}
                command = Command.update(draft.invoice_line_ids.id, values)
                with self.assertDenied():
                    draft.write({"invoice_line_ids": [command]})
                with self.assertDenied():
                    self._make_invoice(values)
                Line = self._get_line(invoice).with_context(
                    **{f"default_{name}": value}
                )
                with self.assertDenied():
                    Line.create({"move_id": draft.id, "name": "X"})
        self.assertEqual(instalment.state, "invoiced")

    def _make_invoice(self, values):
        return (
            self.env["account.move"]
            .with_user(self.finance)
            .create(
                {
                    "move_type": "out_refund",
                    "partner_id": self.employer.id,
                    "invoice_line_ids": [
                        Command.create({"name": "X", "price_unit": 1.0, **values})
                    ],
                }
            )
        )

    def test_copied_data_is_not_taken_back(self):
        """A person reads no links of a copy, and gives none back."""
        invoice = self._bill_prepaid()
        move = invoice.with_user(self.finance).with_context(include_business_fields=1)
        [data] = move.copy_data()
        [(_create, _id, values), *_rest] = data["line_ids"]
        self.assertTrue(LINK_FIELDS.isdisjoint(values))
        link = invoice.invoice_line_ids.id
        with self.assertDenied():
            self._make_invoice({"outplacement_credited_line_id": link})

    def test_a_copy_is_another_document(self):
        """Only a reversal, and what replaces it, is tied to the instalment."""
        invoice = self._bill_prepaid()
        line = invoice.invoice_line_ids
        note = self._credit(invoice, post=False)
        for context in (
            {"include_business_fields": True},
            {"include_business_fields": True, "outplacement_copy": True},
        ):
            mine = invoice.with_user(self.finance).with_context(**context)
            copies = (
                mine.copy().invoice_line_ids
                | note.with_context(**context).copy().invoice_line_ids
                | line.with_context(**context).copy({"move_id": mine.copy().id})
            )
            for name in LINK_FIELDS:
                with self.subTest(name, context=context):
                    self.assertFalse(any(copies.mapped(name)))

    def test_no_other_type(self):
        """An invoice of an instalment does not become a credit note, nor a credit note
        an invoice: Odoo offers that for every draft."""
        order = self._sell_and_start(self.prepaid, date_start="2026-03-16")
        invoice = self._invoice(order, "2026-03-16", post=False)
        self._check_no_other_type(invoice, "out_refund")
        instalment = invoice.invoice_line_ids.outplacement_instalment_id
        invoice.with_user(self.finance).action_post()
        note = self._credit(invoice, post=False)
        self._check_no_other_type(note, "out_invoice")
        note.with_user(self.finance).action_post()
        self.assertEqual(instalment.state, "credited")
        ordinary = self._make_invoice({})
        ordinary.action_switch_move_type()
        self.assertEqual(ordinary.move_type, "out_invoice")

    def _check_no_other_type(self, move, other):
        mine = move.with_user(self.finance)
        former = move.move_type
        with self.assertRefused("cannot be switched into another type: delete it"):
            mine.action_switch_move_type()
        with self.assertRefused("cannot be switched into another type: delete it"):
            mine.move_type = other
        self.assertEqual(move.move_type, former)
        mine.move_type = former

    def test_lines_stay_on_their_document(self):
        """What bills an instalment does not turn up on a credit note."""
        order = self._sell_and_start(self.prepaid, date_start="2026-03-16")
        invoice = self._invoice(order, "2026-03-16", post=False)
        line = self._get_line(invoice)
        refund = self._make_invoice({})
        refund.action_switch_move_type()
        refund.action_switch_move_type()
        for records, vals in (
            (line, {"move_id": refund.id}),
            (refund, {"invoice_line_ids": [Command.link(line.id)]}),
        ):
            with self.subTest(vals=vals), self.assertRefused("stays on"):
                records.write(vals)
        self.assertEqual(line.move_id, invoice)
        line.write({"move_id": invoice.id})
        ordinary = refund.invoice_line_ids
        ordinary.write({"move_id": self._make_invoice({}).id})

    def test_the_status_of_a_line_is_that_of_its_document(self):
        line = self._get_line(self._bill_prepaid())
        for state in ("draft", "cancel"):
            with self.subTest(state=state), self.assertRaises(AccessError):
                line.write({"parent_state": state})
        self.assertEqual(line.outplacement_instalment_id.state, "invoiced")

    def test_not_made_posted(self):
        """Neither by values nor by a default."""
        self.employer.outplacement_po_required = True
        Move = self.env["account.move"].with_user(self.finance)
        line = {"name": "Advice", "quantity": 1, "price_unit": 100.0}
        values = {
            "move_type": "out_invoice",
            "partner_id": self.employer.id,
            "invoice_date": "2026-03-16",
            "invoice_line_ids": [Command.create(line)],
        }
        Posted = Move.with_context(default_state="posted")
        with self.assertRefused("is posted by its button only"):
            Posted.create(values)
        self.assertEqual(Posted.create({**values, "ref": "PO-1"}).state, "posted")

    def test_posted_by_its_button(self):
        """Writing the state would go past the reference and the instalments."""
        order = self._sell_and_start(self.prepaid, date_start="2026-03-16")
        invoice = self._invoice(order, "2026-03-16", post=False)
        mine = invoice.with_user(self.finance)
        for context in ({}, {"outplacement_move_step": True}):
            with self.assertRefused("is posted by its button only"):
                mine.with_context(**context).state = "posted"
        mine.action_post()
        self.assertEqual(mine.state, "posted")
        mine.state = "posted"
        ordinary = self._make_invoice({})
        ordinary.action_switch_move_type()
        self.employer.outplacement_po_required = True
        with self.assertRefused("is posted by its button only"):
            ordinary.state = "posted"

    def test_reset_and_cancelled_by_its_buttons(self):
        """Writing the state would leave what a credit note did to the instalment."""
        invoice = self._bill_prepaid()
        instalment = invoice.invoice_line_ids.outplacement_instalment_id
        note = self._credit(invoice, post=False)
        note.invoice_line_ids.write(
            {
                "outplacement_after_credit": "lapse",
                "outplacement_lapse_reason": "cancelled",
            }
        )
        note.with_user(self.finance).action_post()
        for move in (invoice, note):
            for state in ("draft", "cancel"):
                for context in ({}, {"outplacement_move_step": True}):
                    mine = move.with_user(self.finance).with_context(**context)
                    with (
                        self.subTest(move=move.move_type, state=state, **context),
                        self.assertRefused("by its buttons only: those let"),
                    ):
                        mine.state = state
        self.assertEqual((invoice.state, note.state), ("posted", "posted"))
        mine = note.with_user(self.finance)
        mine.button_draft()
        self.assertEqual((mine.state, instalment.amount_lapsed), ("draft", 0))
        mine.state = "draft"
        with self.assertRefused("by its buttons only"):
            mine.state = "cancel"
        mine.button_cancel()
        self.assertEqual(mine.state, "cancel")
        with self.assertRefused("by its buttons only"):
            mine.state = "draft"
        mine.button_draft()
        mine.unlink()
        ordinary = self._make_invoice({})
        ordinary.state = "cancel"
        ordinary.state = "draft"
        self.assertEqual(ordinary.state, "draft")

    def test_finance_reverses(self):
        """The links that a reversal makes, it makes for finance too."""
        invoice = self._bill_prepaid()
        instalment = invoice.invoice_line_ids.outplacement_instalment_id
        note = self._credit(invoice)
        self.assertEqual(
            note.invoice_line_ids.outplacement_credited_line_id,
            invoice.invoice_line_ids,
        )
        self.assertEqual(instalment.state, "credited")
        instalment.with_user(self.finance).action_release()
        self.assertFalse(instalment.invoice_line_ids)

    def test_finance_reverses_what_lapsed(self):
        """The reversal of a credit note knows what that one did."""
        invoice = self._bill_prepaid()
        note = self._credit(invoice, post=False)
        note.invoice_line_ids.outplacement_after_credit = "lapse"
        note.invoice_line_ids.outplacement_lapse_reason = "cancelled"
        note.with_user(self.finance).action_post()
        instalment = invoice.invoice_line_ids.outplacement_instalment_id
        self.assertEqual(instalment.amount_due, 0)
        reversal = self._credit(note)
        self.assertEqual(reversal.invoice_line_ids.outplacement_after_credit, "lapse")
        self.assertEqual(
            reversal.invoice_line_ids.outplacement_lapse_reason, "cancelled"
        )
        self.assertEqual(instalment.amount_due, 7450.0)

    def test_days_of_posted_lines_are_fixed(self):
        invoice = self._bill_prepaid()
        line = self._get_line(invoice)
        former = line.outplacement_earned_from
        self.assertTrue(former)
        for values in (
            {"outplacement_earned_from": "2025-01-01"},
            {"outplacement_earned_until": "2025-12-31"},
            {"outplacement_earned_from": False, "outplacement_earned_until": False},
            {"outplacement_period_start": False},
        ):
            with self.subTest(values), self.assertRefused("is posted: the days"):
                line.write(values)
        line.write({"outplacement_earned_from": former})  # says nothing new
        with freeze_time("2026-03-16"):
            line.move_id.button_draft()
            line.write({"outplacement_earned_from": "2026-03-17"})
            line.move_id.action_post()
        self.assertEqual(str(line.outplacement_earned_from), "2026-03-17")
