from itertools import cycle, product
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, new_test_user, tagged

from .common_life import LifeCommon

RULES = {
    "fixed": {},
    "at once": {"outplacement_placement_rest": "at_once"},
    "started months": {"outplacement_placement_rule": "started_months"},
    "refund": {
        "outplacement_placement_rule": "refund",
        "outplacement_refund_percent": 33.3,
    },
}
PLANS = {
    "prepaid": ({"share": 100},),
    "monthly": ({"share": 100, "repeat_count": 0},),
    "halves": ({"share": 50}, {"share": 50, "months_after_start": 3}),
    "success": ({"share": 35}, {"share": 65, "trigger": "placement"}),
    "events": (
        {"share": 20, "trigger": "confirmation"},
        {"share": 50, "repeat_count": 5, "repeat_interval": 2},
        {"share": 20, "trigger": "session"},
        {"share": 10, "trigger": "closing"},
    ),
}
# How far finance is when something happens.
BILLED = ("nothing", "draft", "posted", "credited by hand")
DAY = "2026-05-20"


@tagged("post_install", "-at_install")
class TestChangePreview(LifeCommon):
    """What is shown before is what comes of it, whatever was sold and billed."""

    def _sell_by(self, plan, rule, billed):
        """Return an order of a package with that plan and rule, billed so far."""
        order = self._sell_package(
            8995.0,
            self._make_plan(*PLANS[plan]),
            outplacement_session_count=3,
            outplacement_probation_months=6,
            **RULES[rule],
        )
        if billed == "nothing":
            return order
        # one of them early, so that there is something to credit
        last = self._get_instalments(order).filtered(lambda i: i.trigger == "start")
        last[-1:].with_user(self.finance).date_agreed = "2026-04-01"
        invoice = self._invoice(order, "2026-04-02", post=billed != "draft")
        if billed == "credited by hand":
            note = self._credit(invoice, "2026-04-03", post=False)
            note.invoice_line_ids[0].price_unit /= 2
            self._post(note, "2026-04-03")
        return order

    def _get_rows(self, form):
        """Return the values of the rows that ``form`` shows."""
        return form.change_ids._records

    def _get_total(self, form, name):
        return sum(row[name] for row in self._get_rows(form))

    def _check_outcome(self, order, changes):
        """Assert what came, once finance has posted every credit note."""
        releases = self._get_credit_notes(order).invoice_line_ids.filtered(
            lambda line: line.outplacement_after_credit == "release"
        )
        released = releases.outplacement_credited_line_id.outplacement_instalment_id
        drafts = self._get_credit_notes(order).filtered(lambda m: m.state == "draft")
        if drafts:
            self._post(drafts, "2026-12-01")
        instalments = self._get_instalments(order)
        rows = {c["instalment_id"]: c for c in changes if c["instalment_id"]}
        self.assertEqual(set(rows), set(instalments.ids))
        for instalment in instalments:
            row = rows[instalment.id]
            left = instalment.amount_due
            line = instalment.invoice_line_ids
            if instalment.state == "invoiced" and line.parent_state == "posted":
                left = line._get_outplacement_left()
            self.assertAlmostEqual(left, row["amount_after"], 2, row["name"])
            if left and instalment not in released:
                self.assertEqual(instalment.date, row["date_after"], row["name"])

    def test_figures_come_once(self):
        """The table and the fingerprint of it have the same ones."""
        order = self._sell_package()
        Wizard = self.env["outplacement.traject.close"].with_user(self.planner)
        Wizard = Wizard.with_context(
            default_traject_id=order.outplacement_traject_ids.id,
            default_target_state="aftercare",
        )
        kind = type(Wizard)
        with (
            freeze_time("2026-05-20"),
            patch.object(
                kind, "_get_changes", autospec=True, side_effect=kind._get_changes
            ) as figures,
        ):
            form = Form(Wizard)
            self.assertTrue(form.fingerprint)
            self.assertEqual(len(form.change_ids), 12)
        self.assertEqual(figures.call_count, 1)

    def test_every_rule_and_plan(self):
        billed = cycle(BILLED)
        for plan, rule in product(PLANS, RULES):
            how = next(billed)
            # each plan with each of them once, and another one next time
            if rule == "refund":
                next(billed)
            with self.subTest(plan=plan, rule=rule, billed=how):
                order = self._sell_by(plan, rule, how)
                changes = self._place(order, DAY)
                lost = self._lose_job(order, "2026-06-20")
                before = {c["instalment_id"]: c["amount_after"] for c in changes}
                shown = {c["instalment_id"]: c["amount_before"] for c in lost}
                self.assertEqual(before, shown)
                self._place(order, "2026-08-03")
                closed = self._end(order, "closed", "2026-09-01", outcome="placed")
                self._check_outcome(order, closed)

    def test_every_plan_closed_without_placement(self):
        for plan, how in zip(PLANS, cycle(BILLED), strict=False):
            with self.subTest(plan=plan, billed=how):
                order = self._sell_by(plan, "refund", how)
                changes = self._end(order, "closed", DAY, outcome="term_ended")
                self._check_outcome(order, changes)

    def test_every_plan_cancelled(self):
        for plan, how in zip(PLANS, cycle(BILLED[::-1]), strict=False):
            with self.subTest(plan=plan, billed=how):
                order = self._sell_by(plan, "fixed", how)
                changes = self._cancel(order, "2026-04-20")
                self._check_outcome(order, changes)
                self.assertEqual({c["amount_after"] for c in changes}, {0.0})

    # ------------------------------------------------------------------
    # Nothing else than what was shown
    # ------------------------------------------------------------------

    def test_figures_that_changed(self):
        order = self._sell_package(outplacement_placement_rule="started_months")
        traject = order.outplacement_traject_ids
        instalments = self._get_instalments(order)
        with freeze_time(DAY):
            self.env["outplacement.instalment"]._update_due()
            wizard = self._open(traject, "aftercare", DAY, outcome="placed")
            instalments[7].with_user(self.finance).date_agreed = "2026-05-01"
            with self.assertRefused("figures have changed since they were shown"):
                wizard.action_confirm()
            self.assertEqual(traject.state, "active")
            self.assertNotIn("lapsed", instalments.mapped("state"))
            self._open(traject, "aftercare", DAY, outcome="placed").action_confirm()
        self.assertEqual(traject.state, "aftercare")

    def test_other_day_other_figures(self):
        """A wizard whose day is changed shows anew, and does that."""
        order = self._sell_package(outplacement_placement_rule="started_months")
        traject = order.outplacement_traject_ids
        with freeze_time("2026-06-12"):
            planner = traject.with_user(self.planner)
            form = Form.from_action(planner.env, planner.action_start_aftercare())
            form.outcome = "placed"
            shown = [row["amount_after"] for row in self._get_rows(form)]
            self.assertEqual(shown, [750.0] * 6 + [0.0] * 6)
            form.date = "2026-06-11"
            self.assertEqual(self._get_total(form, "amount_after"), 3750.0)
            self.assertEqual(self._get_total(form, "amount_before"), 9000.0)
            form.save().action_confirm()
        self.assertEqual(sum(traject.instalment_ids.mapped("amount_due")), 3750.0)

    def test_something_else_would_come(self):
        """What came out is held against what was shown; all is undone if it differs."""
        order = self._sell_package(outplacement_placement_rule="started_months")
        traject = order.outplacement_traject_ids
        Instalment = type(self.env["outplacement.instalment"])
        with (
            freeze_time(DAY),
            patch.object(Instalment, "_settle", lambda self, settlements: None),
        ):
            wizard = self._open(traject, "aftercare", DAY, outcome="placed")
            with self.assertRefused("differs from what was shown"):
                wizard.action_confirm()

    def test_by_code(self):
        """Without the wizard the same comes of it."""
        order = self._sell_package(outplacement_placement_rule="started_months")
        traject = order.outplacement_traject_ids.with_user(self.coach)
        with freeze_time(DAY):
            traject._set_state("aftercare", outcome="placed", date_placement=DAY)
            self.env.flush_all()
        self.assertEqual(sum(self._get_instalments(order).mapped("amount_due")), 3750)

    # ------------------------------------------------------------------
    # Placed when it makes no sense
    # ------------------------------------------------------------------

    def test_bad_days(self):
        order = self._sell_package()
        traject = order.outplacement_traject_ids
        with freeze_time(DAY):
            for day, sentence in (
                ("2026-01-11", "before the start"),
                ("2026-05-21", "in the future"),
            ):
                with self.subTest(day=day), self.assertRefused(sentence):
                    self._open(
                        traject, "aftercare", day, outcome="placed"
                    ).action_confirm()
        self._place(order, DAY)
        with self.assertRefused("cannot become aftercare"):
            self._place(order, DAY)

    def test_of_another_company(self):
        order = self._sell_package()
        traject = order.outplacement_traject_ids
        sister = self.env["res.company"].create({"name": "Sister Bureau"})
        stranger = new_test_user(
            self.env,
            "sister_planner",
            "outplacement.group_planner,account.group_account_invoice",
            company_id=sister.id,
            company_ids=[Command.set(sister.ids)],
        )
        for model in ("traject.close", "traject.what.if", "traject.job.lost"):
            Wizard = self.env[f"outplacement.{model}"].with_user(stranger)
            with self.subTest(model), self.assertRefused("access", AccessError):
                Wizard.create({"traject_id": traject.id}).read(["change_ids"])
        with self.assertRefused("access", AccessError):
            traject.with_user(stranger).action_what_if_placed()

    # ------------------------------------------------------------------
    # What if
    # ------------------------------------------------------------------

    def _ask(self, traject, user, day):
        """Return the form in which ``user`` asks what a placement would mean."""
        mine = traject.with_user(user)
        form = Form.from_action(mine.env, mine.action_what_if_placed())
        form.date = day
        return form

    def test_what_if(self):
        """Whoever reads the instalments may ask; nothing is done."""
        order = self._sell_package(outplacement_placement_rule="started_months")
        traject = order.outplacement_traject_ids
        self._invoice(order, "2026-01-12")
        before = self._get_instalments(order).mapped("amount_due")
        for user in (
            self.planner,
            self.coach,
            self.manager,
            self.account_manager,
            self.finance,
        ):
            with self.subTest(user=user.login), freeze_time("2026-02-01"):
                form = self._ask(traject, user, "2026-05-20")
                actions = [row["action"] for row in self._get_rows(form)]
                self.assertEqual(actions, ["keep"] * 5 + ["lapse"] * 7)
                self.assertEqual(self._get_total(form, "amount_after"), 3750.0)
                form.date = "2025-12-31"
                self.assertIn("before the start", form.refusal_text)
                self.assertFalse(self._get_rows(form))
                form.date = "2026-06-12"
                with self.assertRefused("a question only"):
                    form.save().action_confirm()
        self.assertEqual(self._get_instalments(order).mapped("amount_due"), before)
        self.assertFalse(traject.date_placement)

    def test_what_if_is_what_comes(self):
        order = self._sell_by("monthly", "refund", "posted")
        traject = order.outplacement_traject_ids
        with freeze_time(DAY):
            asked = (
                self.env["outplacement.traject.what.if"]
                .with_user(self.finance)
                .create({"traject_id": traject.id, "date": DAY})
                ._get_changes()
            )
        changes = self._place(order, DAY)
        self.assertEqual(asked, changes)
        self.assertIn("credit", {change["action"] for change in changes})

    def test_what_if_from_an_instalment(self):
        order = self._sell_package()
        instalment = self._get_instalments(order)[0].with_user(self.finance)
        action = instalment.action_what_if_placed()
        self.assertEqual(action["res_model"], "outplacement.traject.what.if")
        with self.assertRefused("access", AccessError):
            instalment.with_user(self.other_coach).action_what_if_placed()

    def test_what_if_strangers(self):
        order = self._sell_package()
        traject = order.outplacement_traject_ids
        other = new_test_user(
            self.env, "other_manager", "outplacement.group_account_manager"
        )
        for user in (self.other_coach, other, self.salesman):
            with (
                self.subTest(user.login),
                self.assertRefused("access|allowed", AccessError),
            ):
                self._ask(traject, user, DAY)
            Wizard = self.env["outplacement.traject.what.if"].with_user(user)
            with (
                self.subTest(user.login),
                self.assertRefused("access|allowed", AccessError),
            ):
                Wizard.create({"traject_id": traject.id, "date": DAY})

    def test_what_if_when_over(self):
        order = self._sell_package()
        self._place(order, DAY)
        with freeze_time(DAY):
            form = self._ask(order.outplacement_traject_ids, self.finance, DAY)
            self.assertIn("placed already", form.refusal_text)
