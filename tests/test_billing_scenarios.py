from datetime import date, datetime, time

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .billing_scenarios import SCENARIOS
from .common_billing import TODAY
from .common_life import LifeCommon


@tagged("post_install", "-at_install")
class TestBillingScenarios(LifeCommon):
    """Whole courses of trajects, day by day: each role does its part, and finance
    invoices what is due on the day that it is due."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.outplacement_fee_product_id = cls._create_product(
            name="Cancellation",
            type="service",
            invoice_policy="order",
            taxes_id=[Command.set(cls.vat.ids)],
        )
        cls.insurer = cls.env["res.partner"].create(
            {"name": "Insurer", "is_company": True}
        )
        cls.env["outplacement.cancellation.fee"].create(
            [
                {"days_before": days, "percent": percent, "company_id": cls.company.id}
                for days, percent in ((30, 0), (14, 25), (0, 50))
            ]
        )

    def test_scenarios(self):
        for scenario in SCENARIOS:
            with self.subTest(scenario=scenario.name):
                order = self._make_order(scenario)
                self._run(order, scenario)
                self._check_invoices(order, scenario)
                self.assertEqual(order.invoice_status, scenario.status)
                self._check_instalments(order)
                for day, amount in scenario.unearned.items():
                    self.assertEqual(self._get_unearned(order, day), amount, day)

    # ------------------------------------------------------------------
    # The course
    # ------------------------------------------------------------------

    def _make_order(self, scenario):
        self.company.write({"outplacement_bill_no_show": True, **scenario.company})
        taxes = self.vat_included if scenario.private else self.vat
        package = self._make_package(
            scenario.price,
            self._make_plan(*scenario.plan),
            taxes_id=taxes.ids,
            **scenario.package,
        )
        line = {"product_id": package.id, "product_uom_qty": scenario.quantity}
        partner = self.person if scenario.private else self.employer
        return self._sell(line, partner=partner)

    def _run(self, order, scenario):
        """Let every day come on which something happens or falls due."""
        events = list(scenario.events)
        if scenario.start:
            events.insert(0, (max(TODAY, "2026-01-05"), "start", {}))
        self._bill(order, TODAY)
        while True:
            day = self._get_next_date(order)
            if events and (not day or events[0][0] <= day):
                day, name, values = events.pop(0)
                if name == "start":
                    values = {"date_start": scenario.start}
                getattr(self, f"_do_{name}")(order, day, **values)
            elif not day:
                break
            self._bill(order, day)

    def _get_next_date(self, order):
        """Return the day, as a text, on which an instalment falls due next."""
        waiting = self._get_instalments(self._get_orders(order)).filtered(
            lambda instalment: (
                instalment.state in ("planned", "due")
                and instalment.date
                and not instalment._is_waiting()
            )
        )
        return waiting and str(min(waiting.mapped("date")))

    def _bill(self, order, day):
        """Have finance invoice what is due, and post what waits."""
        with freeze_time(day):
            self.env["outplacement.instalment"]._update_due()
            for one in self._get_orders(order):
                if one.invoice_status == "to invoice":
                    one.with_user(self.finance)._create_invoices(final=True)
            drafts = self._get_moves(order).filtered(lambda move: move.state == "draft")
            for move in drafts.with_user(self.finance):
                move.invoice_date = day
            drafts.with_user(self.finance).action_post()
            self.env.flush_all()

    def _get_orders(self, order):
        """Return the order, and those on which more was sold of its trajects."""
        return order | order.outplacement_traject_ids.extra_sale_line_ids.order_id

    def _get_moves(self, order):
        return self._get_orders(order).order_line.invoice_lines.move_id

    # ------------------------------------------------------------------
    # Events
    # ------------------------------------------------------------------

    def _do_start(self, order, day, date_start):
        self._start(order.outplacement_traject_ids, date_start, today=day)

    def _do_place(self, order, day):
        self._place(order, day)

    def _do_close(self, order, day, outcome):
        self._end(order, "closed", day, outcome=outcome)

    def _do_cancel(self, order, day, planned):
        order.outplacement_traject_ids.with_user(self.planner).date_start = planned
        self._cancel(order, day)

    def _do_lose_job(self, order, day):
        self._lose_job(order, day)

    def _do_pause(self, order, day, last=False):
        with freeze_time(day):
            self._confirm("pause", order, date_from=day, date_to=last)

    def _do_resume(self, order, day):
        with freeze_time(day):
            self._confirm("resume", order, date_resumed=day)

    def _do_extend(self, order, day, months, price):
        self._sell_more("extend", order, day, months=months, price=price)

    def _do_add_payer(self, order, day, price, private=False):
        """An insurer, or a person who pays VAT included."""
        values = {"partner_id": self.insurer.id}
        if private:
            package = order.order_line.product_id.copy(
                {"taxes_id": self.vat_included.ids}
            )
            values = {"partner_id": self.person.id, "product_id": package.id}
        self._sell_more("payer", order, day, price=price, **values)

    def _do_change_package(self, order, day, price, months):
        """To one that is paid by the month, at the price that follows from it."""
        package = self._make_package(
            price, self.plan_monthly, outplacement_months=months
        )
        self._sell_more("package", order, day, product_id=package.id, date=day)

    def _sell_more(self, name, order, day, **values):
        with freeze_time(day):
            self._confirm(name, order, self.account_manager, **values)

    def _confirm(self, name, order, user=None, **values):
        wizard = self.env[f"outplacement.traject.{name}"]
        values["traject_id"] = order.outplacement_traject_ids.id
        wizard.with_user(user or self.planner).create(values).action_confirm()
        self.env.flush_all()

    def _do_hold_session(self, order, day, held=None):
        self._record_session(order, day, "action_hold", held)

    def _do_miss_session(self, order, day):
        self._record_session(order, day, "action_no_show")

    def _record_session(self, order, day, action, held=None):
        with freeze_time(f"{day} 12:00"):
            session = (
                self.env["outplacement.session"]
                .with_user(self.coach)
                .create(
                    {
                        "traject_id": order.outplacement_traject_ids.id,
                        "start": datetime.combine(
                            date.fromisoformat(held or day), time(9)
                        ),
                    }
                )
            )
            getattr(session, action)()
            self.env.flush_all()

    # ------------------------------------------------------------------
    # What comes of it
    # ------------------------------------------------------------------

    def _check_invoices(self, order, scenario):
        moves = self._get_moves(order).sorted(lambda move: (move.invoice_date, move.id))
        self.assertEqual(set(moves.mapped("state")), {"posted"})
        found = [
            (
                str(move.invoice_date),
                *(
                    self.eur.round(-move.direction_sign * amount)
                    for amount in (
                        move.amount_untaxed,
                        move.amount_tax,
                        move.amount_total,
                    )
                ),
            )
            for move in moves
        ]
        self.assertEqual(found, scenario.invoices)

    def _check_instalments(self, order):
        """What is owed is what is invoiced; nothing else waits."""
        orders = self._get_orders(order)
        instalments = self._get_instalments(orders)
        self.assertLessEqual(set(instalments.mapped("state")), {"invoiced", "lapsed"})
        lines = orders.order_line.invoice_lines
        billed = sum(
            -line.move_id.direction_sign * line.price_unit * line.quantity
            for line in lines
            if line.product_id.service_tracking == "outplacement"
        )
        owed = sum(instalments.mapped("amount_due"))
        self.assertEqual(self.eur.round(billed), self.eur.round(owed))

    def _get_unearned(self, order, day):
        Report = self.env["outplacement.revenue.report"].with_context(
            outplacement_as_of=day
        )
        domain = [("move_id", "in", self._get_moves(order).ids)]
        ((amount,),) = Report._read_group(domain, [], ["amount_unearned:sum"])
        return self.eur.round(amount or 0.0)
