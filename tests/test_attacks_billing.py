from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common import ACCESS_LOGGERS
from .common_life import LifeCommon
from .common_run import RunCommon

OWN = "[('create_uid', '=', user.id)]"
# Wizards that show what a step means for a traject, and whose role asks: what they are
# given besides the traject. A date left empty is the way round a refusal.
WIZARDS = {
    "activate": ("other_coach", {"date_start": "2026-03-01"}),
    "close": (
        "other_coach",
        {"target_state": "cancelled", "outcome": "stopped", "date": "2026-03-01"},
    ),
    "extend": ("other_manager", {"months": 3, "price": 5.0, "on_new_order": True}),
    "job.lost": ("other_coach", {"date": "2026-03-01"}),
    "package": (
        "other_manager",
        {"months": 24, "price": 5.0, "date": "2026-03-01", "on_new_order": True},
    ),
    "pause": ("other_coach", {"date_from": False}),
    "payer": ("other_manager", {"price": 5.0, "on_new_order": True}),
    "resume": ("other_coach", {"date_resumed": False}),
    "what.if": ("other_coach", {"date": "2026-03-01"}),
}


class BillingAttackCommon(LifeCommon):
    """A traject that runs, and those who have nothing to do with it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # somebody who sells for trajects, and not for this one
        cls.other_manager = new_test_user(
            cls.env, "attack_seller", "outplacement.group_account_manager"
        )
        cls.portal = new_test_user(cls.env, "attack_portal", "base.group_portal")
        cls.portal.partner_id.parent_id = cls.employer
        cls.order = cls._sell_and_start(
            cls._make_package(
                1200.0,
                cls.plan_monthly,
                outplacement_placement_rule="started_months",
                outplacement_probation_months=2,
            ),
            date_start="2026-01-12",
        )
        cls.traject = cls.order.outplacement_traject_ids

    def setUp(self):
        super().setUp()
        self._forget()

    def _forget(self):
        self.env.flush_all()
        self.env.invalidate_all()

    def _pause(self, **values):
        with freeze_time("2026-03-01"):
            values = {"traject_id": self.traject.id, "date_from": "2026-03-01"} | values
            Wizard = self.env["outplacement.traject.pause"].with_user(self.planner)
            wizard = Wizard.create(values)
            self.env.flush_all()
        return wizard

    @mute_logger(*ACCESS_LOGGERS)
    def assertAccessError(self, method, *args):
        """Assert that the call is refused for want of access, and undone."""
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            method(*args)
        self._forget()


@tagged("post_install", "-at_install")
class TestAttackWizards(BillingAttackCommon):
    """Windows of others, and of trajects of others."""

    def test_every_wizard_is_its_users(self):
        for model in self.env.values():
            if not model._transient or not model._name.startswith("outplacement."):
                continue
            if model._abstract:
                continue
            rules = self.env["ir.rule"].search(
                [
                    ("model_id.model", "=", model._name),
                    ("global", "=", True),
                    ("domain_force", "=", OWN),
                ]
            )
            with self.subTest(model._name):
                self.assertEqual(len(rules), 1)
                operations = ("read", "write", "create", "unlink")
                self.assertTrue(all(rules[f"perm_{name}"] for name in operations))

    def test_window_of_another(self):
        """Neither read, nor found, nor changed before its user's click."""
        wizard = self._pause()
        theirs = wizard.with_user(self.other_coach)
        self.assertAccessError(theirs.read, ["traject_id"])
        self.assertAccessError(theirs.write, {"date_from": "2026-02-01"})
        self.assertAccessError(theirs.unlink)
        self.assertFalse(theirs.search([("id", "=", wizard.id)]))
        wizard.read(["date_from"])

    def test_what_strangers_learn(self):
        """Nothing, of none of the computed fields, in a form or a saved record."""
        self._place(self.order, "2026-02-10")
        for name, (role, values) in WIZARDS.items():
            Wizard = self.env[f"outplacement.traject.{name}"].with_user(
                getattr(self, role)
            )
            values = self._prepare_values(Wizard, values)
            for field in self._get_computed(Wizard):
                with self.subTest(name, field=field), freeze_time("2026-03-05"):
                    self._forget()
                    self._ask(Wizard, values, field)

    def _prepare_values(self, Wizard, values):
        values = {"traject_id": self.traject.id, **values}
        for fname, record in (
            ("product_id", self.package),
            ("plan_id", self.plan_monthly),
            ("partner_id", self.person),
        ):
            if fname in Wizard._fields:
                values[fname] = record.id
        if "fingerprint" in Wizard._fields:
            values["fingerprint"] = "x"
        return values

    def _get_computed(self, Wizard):
        return [
            name
            for name, field in Wizard._fields.items()
            if field.compute and name != "display_name"
        ]

    def _ask(self, Wizard, values, field):
        # what is asked for is computed, all else is given
        given = {name: value for name, value in values.items() if name != field}
        self.assertAccessError(Wizard.onchange, given, ["traject_id"], {field: {}})
        self.assertAccessError(self._ask_cache, Wizard, given, field)

    def _ask_cache(self, Wizard, given, field):
        # there by somebody else's hand
        self.traject.read()
        self.traject.pause_ids.mapped("date_from")
        return Wizard.new(given)[field]

    def test_form_of_a_change_line(self):
        """The table of a preview is shown to who may not write its rows."""
        Line = self.env["outplacement.change.line"].with_user(self.coach)
        with mute_logger(*ACCESS_LOGGERS):
            for operation in ("create", "write", "unlink"):
                self.assertFalse(Line.has_access(operation))
        with freeze_time("2026-03-01"):
            action = self.traject.with_user(self.coach).action_pause()
            form = Form.from_action(Line.env, action)
            form.date_to = "2026-03-31"
            self.assertEqual(len(form.change_ids), 12)
            form.save().action_confirm()
        self.assertEqual(self.traject.state, "paused")


@tagged("post_install", "-at_install")
class TestAttackMessages(BillingAttackCommon):
    """What the customers of orders find in messages."""

    def assertUntold(self, *words, told=True):
        messages = self.env["mail.message"].search(
            [("model", "=", "sale.order"), ("res_id", "=", self.order.id)]
        )
        order = self.order.with_user(self.portal)
        self.assertTrue(order.has_access("read"))
        for message in messages.filtered(lambda m: "nstalment" in m.body):
            self._forget()
            self.assertAccessError(message.with_user(self.portal).read, ["body"])
        for word in words:
            domain = [("id", "=", order.id), ("message_ids.body", "ilike", word)]
            self.assertFalse(order.search_count(domain), word)
        bodies = " ".join(self.traject.message_ids.mapped("body"))
        for word in words if told else ():
            self.assertIn(word, bodies)

    def test_pause(self):
        wizard = self._pause(date_to="2026-03-10")
        with freeze_time("2026-03-01"):
            wizard.action_confirm()
            self.env.flush_all()
        self.assertUntold("paused", "03/10/2026")

    def test_lapse_by_placement(self):
        self._place(self.order, "2026-03-02")
        self.assertUntold("these instalments lapse")

    def test_revival(self):
        self._place(self.order, "2026-03-02")
        self._lose_job(self.order, "2026-03-20")
        self.assertUntold("are owed again")

    def test_start(self):
        with freeze_time("2026-01-13"):
            later = self.traject.date_start.replace(day=13)
            self.traject.with_user(self.planner)._correct_start(later)
            self.env.flush_all()
        # tracked on the traject, see TestTrajectStart
        self.assertUntold("corrected", "01/13/2026", told=False)


@tagged("post_install", "-at_install")
class TestAttackFields(BillingAttackCommon):
    """Fields of orders and invoices that customers and salesmen may read."""

    def test_reasons_on_invoices(self):
        invoice = self._invoice(self.order, "2026-01-12")
        line = invoice.invoice_line_ids
        for name, value in (
            ("outplacement_lapse_reason", "placed"),
            ("outplacement_after_credit", "lapse"),
        ):
            for user in (self.portal, self.salesman, self.account_manager):
                lines = line.with_user(user)
                with self.subTest(name, user=user.login):
                    self.assertAccessError(lines.read, [name])
                    self.assertAccessError(lines.search, [(name, "=", value)])
            line.with_user(self.finance).read([name])

    def test_months_until(self):
        line = self.order.order_line
        name = "outplacement_months_until"
        for user in (self.portal, self.salesman):
            with self.subTest(user=user.login):
                lines = line.with_user(user)
                self.assertAccessError(lines.read, [name])
                self.assertAccessError(lines.search, [(name, ">", 0)])
        line.with_user(self.account_manager).read([name])

    def test_preview_of_an_order_line(self):
        """It tells the term of the traject: for who may read that."""
        self.traject.account_manager_id = self.account_manager
        values = {
            "product_id": self.package.id,
            "price_unit": 1200.0,
            "outplacement_plan_id": self.plan_monthly.id,
            "outplacement_line_kind": "payer",
            "outplacement_for_traject_id": self.traject.id,
        }
        spec = {"outplacement_plan_preview": {}}
        for user, shown in ((self.account_manager, True), (self.other_manager, False)):
            self._forget()
            Line = self.env["sale.order.line"].with_user(user)
            found = Line.onchange(values, ["product_id"], spec)["value"]
            with self.subTest(user=user.login):
                self.assertEqual(
                    bool(found.get("outplacement_plan_preview")), shown, found
                )

    def test_membership_is_not_written(self):
        both = new_test_user(
            self.env,
            "attack_both",
            "outplacement.group_manager,outplacement.group_coach",
        )
        for user in (both, self.planner):
            traject = self.traject.with_user(user)
            self.assertAccessError(traject.write, {"is_member": True})
            self.assertFalse(traject.is_member)


class SaleAttackCommon(BillingAttackCommon):
    """A quotation for a traject, of which somebody else is about to take over."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.traject.account_manager_id = cls.account_manager
        cls.insurer = cls.env["res.partner"].create(
            {"name": "Insurer", "is_company": True}
        )
        cls.quotation = cls._quote(
            {
                "product_id": cls.package.id,
                "price_unit": 600.0,
                "outplacement_line_kind": "extension",
                "outplacement_months": 3,
                "outplacement_for_traject_id": cls.traject.id,
            },
            partner=cls.insurer,
        )

    def _change_hands(self):
        self.traject.account_manager_id = self.other_manager
        self._forget()


@tagged("post_install", "-at_install")
class TestAttackSale(SaleAttackCommon):
    """Who managed a traject once keeps their orders, not what is sold for it."""

    def test_terms_of_a_line(self):
        self.quotation.action_confirm()
        self._change_hands()
        line = self.quotation.order_line
        for values in (
            {"product_uom_qty": 0},
            {"price_unit": 1.0},
            {"discount": 50.0},
            {"outplacement_plan_id": self.plan_start.id},
            {"outplacement_months": 12},
        ):
            with self.subTest(values):
                self.assertAccessError(line.write, values)
        line.name = "Whatever it is called"
        line.with_user(self.manager).sudo().price_unit = 500.0
        self.traject.account_manager_id = self.account_manager
        line.price_unit = 400.0
        self.assertEqual(
            sum(line.sudo().outplacement_instalment_ids.mapped("amount")), 400
        )

    def test_confirmation(self):
        self._change_hands()
        self.assertAccessError(self.quotation.action_confirm)
        self.assertFalse(self.quotation.order_line.sudo().outplacement_instalment_ids)

    def test_cancellation(self):
        """Of the order that is still theirs, by the button or by its state."""
        self.quotation.action_confirm()
        self._change_hands()
        self.assertEqual(self.quotation.user_id, self.account_manager)
        self.assertAccessError(self.quotation.action_cancel)
        self.assertAccessError(self.quotation.write, {"state": "draft"})
        self.assertAccessError(
            self.quotation.with_user(self.finance).write, {"state": "cancel"}
        )
        self.assertEqual(self.traject.extension_months, 3)
        self.traject.account_manager_id = self.account_manager
        self.quotation.action_cancel()
        self.assertEqual(self.traject.extension_months, 0)

    def test_cancellation_ends_no_traject_of_another(self):
        order = self._sell()
        traject = order.outplacement_traject_ids
        traject.account_manager_id = self.other_manager
        mine = order.with_user(self.account_manager)
        self.assertAccessError(mine.action_cancel)
        self.assertEqual(traject.state, "intake")
        order.user_id = self.other_manager
        order.with_user(self.other_manager).action_cancel()
        self.assertEqual(traject.state, "cancelled")

    def test_cancellation_of_a_quotation(self):
        """What was never sold is nobody's traject yet."""
        self._change_hands()
        self.quotation.action_cancel()
        self.assertEqual(self.quotation.state, "cancel")

    def test_signature_of_the_customer(self):
        self._change_hands()
        self.portal.partner_id.parent_id = self.insurer
        order = self.quotation.with_user(self.portal).sudo()
        order._validate_order()
        self.assertEqual(len(order.order_line.outplacement_instalment_ids), 3)


@tagged("post_install", "-at_install")
class TestAttackRun(RunCommon):
    """Invoicing of a company that one has no access to."""

    def test_run_of_another_company(self):
        self._sell_due()
        other = self.env["res.company"].create({"name": "Company B"})
        user = new_test_user(
            self.env,
            "attack_finance",
            "account.group_account_invoice",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        Wizard = self.env["outplacement.invoice.run.start"].with_user(user)
        runs = self.env["outplacement.invoice.run"].search_count([])
        Run = self.env["outplacement.invoice.run"].with_user(user)
        for name in ("instalment_count", "running_count", "problem_count"):
            self.env.invalidate_all()
            with self.assertDenied(), mute_logger(*ACCESS_LOGGERS):
                Wizard.new({"company_id": self.company.id})[name]
        for values in ({"date": "2026-01-05"}, {"date": "2099-01-01"}):
            with self.assertDenied(), mute_logger(*ACCESS_LOGGERS):
                Run._start({"company_id": self.company.id, "mode": "draft", **values})
        self.assertEqual(Run.sudo().search_count([]), runs)
