from datetime import datetime, time, timedelta
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from .billing_oracle import get_withdrawal_end
from .common_sequences import FEES, MODELS, SequenceCommon


class CourseEvents(SequenceCommon):
    """What happens to a traject, and what more is sold of it."""

    # ------------------------------------------------------------------
    # The course
    # ------------------------------------------------------------------

    def _do_activate(self, number):
        start = self.deal.start
        with self.attempt(allowed=self.world.state == "intake"):
            wizard = self.env[f"{MODELS}.activate"].with_user(self.planner)
            wizard = wizard.create({"traject_id": self.traject.id, "date_start": start})
            wizard.action_activate()
        self.world.start, self.world.state = start, "active"

    def _do_pause(self, number):
        world = self.world
        first = self.today - timedelta(days=(number % 3) * 4)
        last = None
        if number % 4:
            last = self.today + timedelta(days=number % 40)
        possible = (
            world.state == "active"
            and first >= world.start
            and all(until < first for _first, until in world.pauses)
        )
        self._confirm("pause", possible, date_from=first, date_to=last)
        world.pauses.append((first, last))
        world.state = "paused"

    def _do_resume(self, number):
        world = self.world
        day = self.today - timedelta(days=(number % 3) * 3)
        possible = world.state == "paused" and day >= world.pauses[-1][0]
        self._confirm("resume", possible, date_resumed=day)
        world.end_pause(day)
        world.state = "active"

    def _do_session(self, number):
        """Some are missed, and some are recorded some days later."""
        if self.world.state != "active":
            return
        day = self.today - timedelta(days=(number % 4 == 0) * 6)
        missed = number % 3 == 0
        with self.attempt(allowed=True):
            session = (
                self.env["outplacement.session"]
                .with_user(self.coach)
                .create(
                    {
                        "traject_id": self.traject.id,
                        "start": datetime.combine(day, time(9)),
                    }
                )
            )
            session.action_no_show() if missed else session.action_hold()
        self.held |= not missed
        if not missed or self.deal.bill_no_show:
            self.world.sessions.append(day)

    def _do_place(self, number):
        world = self.world
        possible = world.state in ("active", "paused") and self.today >= world.start
        self._confirm(
            "close",
            possible,
            target_state="aftercare",
            outcome="placed",
            date=self.today,
        )
        world.place(self.today)

    def _do_close(self, number):
        world = self.world
        possible = world.state in ("active", "paused", "aftercare")
        outcome = "placed" if number % 3 == 0 else "stopped"
        if outcome == "placed" and possible:
            possible = self.today >= world.start
        self._confirm(
            "close", possible, target_state="closed", outcome=outcome, date=self.today
        )
        if outcome == "placed" and not world.placed:
            world.place(self.today)
        world.close(self.today)

    def _do_lose_job(self, number):
        world = self.world
        possible = False
        if world.state in ("aftercare", "closed") and world.placed and world.probation:
            possible = self.today < self._get_probation_end()
        self._confirm("job.lost", possible, date=self.today)
        world.lose_job()

    def _get_probation_end(self):
        return self.world.placed + relativedelta(months=self.world.probation)

    def _do_cancel(self, number):
        world = self.world
        possible = world.state == "intake" or (
            world.state == "active" and not self.held
        )
        outcome = "no_match" if number % 4 == 0 else "stopped"
        before = self._get_fees()
        self._confirm(
            "close",
            possible,
            target_state="cancelled",
            outcome=outcome,
            date=self.today,
        )
        fee = world.cancel(
            self.today,
            0 if outcome == "no_match" else self._get_fee_percent(),
            lambda sale: (
                sale.private and self.today <= get_withdrawal_end(sale.confirmed)
            ),
        )
        self.assertEqual(self._get_fees() - before, fee)

    def _get_fee_percent(self):
        if not self.world.start:
            return FEES[0][1]
        days = max((self.world.start - self.today).days, 0)
        return next(percent for least, percent in FEES if least <= days)

    def _get_fees(self):
        """Return the fees on the orders, in the basis of the price."""
        orders = self.lines.order_id
        fees = orders.order_line.filtered(
            lambda line: line.product_id == self.company.outplacement_fee_product_id
        )
        return sum((self._get_fee(line) for line in fees), Decimal(0))

    def _get_fee(self, line):
        taxes = self.lines.filtered(lambda sold: sold.order_id == line.order_id).tax_ids
        included = bool(taxes) and taxes.price_include
        amount = line.price_total if included else line.price_subtotal
        return Decimal(str(self.eur.round(amount)))

    # ------------------------------------------------------------------
    # Selling more
    # ------------------------------------------------------------------

    def _do_extend(self, number):
        world, plan = self.world, 2 + number % 2
        months, price = 1 + number % 3, Decimal(100 + number * 37) / 7
        price = price.quantize(Decimal("0.01"))
        sale = self._make_sale(
            plan,
            price,
            months,
            world.get_term(),
            "extension",
            world.sales[0].private,
        )
        running = world.state not in ("closed", "cancelled")
        self._confirm(
            "extend",
            running and sale.is_affordable,
            self.account_manager,
            plan_id=self.plans[plan].id,
            months=months,
            price=float(price),
        )
        self._add(sale)

    def _do_payer(self, number):
        world, plan = self.world, number % 4
        price = (Decimal(1000 + number * 91) / 3).quantize(Decimal("0.01"))
        partner = self.candidate if number % 5 == 0 else self.insurer
        sale = self._make_sale(
            plan,
            price,
            world.months,
            kind="payer",
            private=partner == self.candidate,
        )
        self._confirm(
            "payer",
            world.state not in ("closed", "cancelled") and sale.is_affordable,
            self.account_manager,
            partner_id=partner.id,
            plan_id=self.plans[plan].id,
            price=float(price),
        )
        self._add(sale)

    def _do_package(self, number):
        """Another package, at the price that the wizard proposes."""
        world = self.world
        former = self._get_package_number()
        target = 1 - former
        price, months = self.deal.packages[target]
        possible = (
            world.state in ("active", "paused")
            and not [s for s in world.sales if s.kind == "extension"]
            and world.start <= self.today
            and world.get_months_started(self.today) < months
        )

        def sell(kept, started):
            held = len(world.sessions)
            return self._make_sale(
                target,
                Decimal(str(price)) - kept,
                months - started,
                started,
                "package",
                world.sales[0].private,
                sessions=max(self.deal.sessions - held, 1),
                former_sessions=held,
            )

        self._confirm(
            "package",
            None if possible else False,
            self.account_manager,
            product_id=self.packages[target].id,
            date=self.today,
        )
        if sale := world.change_package(self.today, sell, months):
            self.assertTrue(sale.is_affordable)
            self._add(sale, known=True)

    def _add(self, sale, known=False):
        if not known:
            self.world.sales.append(sale)
        lines = self.traject._get_billed_lines()
        self.lines |= (lines - self.lines).sorted("id")
