from contextlib import contextmanager
from datetime import datetime, time, timedelta
from decimal import Decimal

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time

from .billing_oracle import Sale, World
from .common_life import LifeCommon

FEES = ((30, 0), (14, 25), (0, 50))
# How long a private payer can withdraw, after the day of the order.
MODELS = "outplacement.traject"


class Refused(Exception):
    """What was tried was refused, and undone."""


class SequenceCommon(LifeCommon):
    """Lets things happen to a traject, by those whose work it is, and to the model."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.insurer = cls.env["res.partner"].create(
            {"name": "Insurer", "is_company": True}
        )
        cls.company.outplacement_fee_product_id = cls._create_product(
            name="Cancellation",
            type="service",
            invoice_policy="order",
            taxes_id=[Command.set(cls.vat.ids)],
        )
        cls.env["outplacement.cancellation.fee"].create(
            [
                {"days_before": days, "percent": percent, "company_id": cls.company.id}
                for days, percent in FEES
            ]
        )

    def setUp(self):
        super().setUp()
        frozen = freeze_time("2026-01-05 12:00:00")
        self.clock = frozen.start()  # once: to freeze takes longer than an event
        self.addCleanup(frozen.stop)

    @contextmanager
    def undone(self):
        """Undo in the database whatever happens inside."""
        savepoint = self.env.cr.savepoint()
        try:
            yield
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    # ------------------------------------------------------------------
    # Days and attempts
    # ------------------------------------------------------------------

    def _go_to(self, day):
        self.today = day
        self.clock.move_to(datetime.combine(day, time(12)))
        self.env["outplacement.instalment"]._update_due()
        self.env.flush_all()

    @contextmanager
    def attempt(self, *, allowed):
        """Hold what is refused against what the rules allow.

        :param bool allowed: None where the rules say nothing
        :raises Refused: it was refused rightly
        """
        savepoint = self.env.cr.savepoint()
        try:
            yield
            self.env.flush_all()
        except UserError as refusal:
            savepoint.close(rollback=True)
            self.env.invalidate_all()
            text = str(refusal)
            self.assertRegex(text, r"^[^\n]{10,}[.?]", "one clear sentence")
            self.assertNotRegex(text, "report this|have changed since")
            self.assertFalse(allowed, f"refused: {text}")
            raise Refused(text) from refusal
        else:
            savepoint.close(rollback=False)
            self.assertIsNot(allowed, False, "it should have been refused")

    def _confirm(self, name, allowed, user=None, **values):
        """Do what a wizard shows, and hold its totals against what came of it."""
        with self.attempt(allowed=allowed):
            Wizard = self.env[f"{MODELS}.{name}"].with_user(user or self.planner)
            wizard = Wizard.create({"traject_id": self.traject.id, **values})
            rows = wizard.change_ids.filtered(lambda row: row.action != "fee")
            shown = sum(Decimal(str(row.amount_after)) for row in rows)
            wizard.action_confirm()
            self.env.flush_all()
            found = sum(self._get_total(i) for i in self._get_all_instalments())
            self.assertEqual(found, shown.quantize(found), f"shown by {name}")

    # ------------------------------------------------------------------
    # What there is
    # ------------------------------------------------------------------

    def _get_all_instalments(self):
        return self.traject.instalment_ids

    def _get_moves(self, **values):
        """Return the invoices and credit notes of the traject with these values."""
        moves = self.traject._get_billed_lines().invoice_lines.move_id.sorted("id")
        return moves.filtered(
            lambda move: all(move[name] == value for name, value in values.items())
        )

    def _get_billing_lines(self, instalment):
        lines = instalment.invoice_line_ids | instalment.released_line_ids
        return lines.filtered(lambda line: line.parent_state != "cancel")

    def _get_amount(self, lines):
        """Return what lines of invoices bill, less what credit notes take back."""
        return sum(
            (
                -line.move_id.direction_sign
                * Decimal(str(self.eur.round(line.price_unit * line.quantity)))
                for line in lines
                if line.parent_state != "cancel"
            ),
            Decimal(0),
        )

    def _get_net(self, line):
        return self._get_amount(line | line.outplacement_credit_line_ids)

    def _get_open(self, instalment):
        """Return what will be billed of an instalment, as the add-on says."""
        returned = instalment.invoice_line_ids.outplacement_credit_line_ids.filtered(
            lambda line: (
                line.parent_state == "draft"
                and line.outplacement_after_credit == "release"
            )
        )
        if instalment.state in ("planned", "due"):
            amount = instalment.amount_due
        elif returned and not instalment.is_lapsed:
            amount = instalment.amount - instalment.amount_lapsed
        else:
            amount = 0
        return Decimal(str(self.eur.round(amount)))

    def _get_total(self, instalment):
        """Return what is billed and will be billed of an instalment."""
        lines = self._get_billing_lines(instalment)
        nets = [self._get_net(line) for line in lines]
        return sum(nets, self._get_open(instalment))

    def _get_parts(self):
        """Return (sale, part, instalment) of the model and of the database."""
        for sale, line in zip(self.world.sales, self.lines, strict=True):
            instalments = line.outplacement_instalment_ids.sorted("number")
            for part, instalment in zip(sale.parts, instalments, strict=True):
                yield sale, part, instalment

    def _get_billed_parts(self, moves):
        instalments = moves.invoice_line_ids.outplacement_instalment_id
        return [part for _sale, part, i in self._get_parts() if i in instalments]

    # ------------------------------------------------------------------
    # Selling
    # ------------------------------------------------------------------

    def _make_deal(self, deal):
        """Have the account manager sell what ``deal`` says; start the model."""
        self.deal = deal
        taxes = self.vat_included if deal.private else self.vat
        self.plans = [self._make_plan(*plan) for plan in deal.plans]
        self.packages = [
            self._make_package(
                float(price),
                self.plans[number],
                taxes_id=taxes.ids,
                outplacement_months=months,
                outplacement_session_count=deal.sessions,
                outplacement_probation_months=deal.probation,
                **deal.get_rule(number),
            )
            for number, (price, months) in enumerate(deal.packages)
        ]
        # fee and price in the same basis: in another one a cent may be out of reach
        self.company.outplacement_fee_product_id.taxes_id = taxes
        self.company.outplacement_bill_no_show = deal.bill_no_show
        confirmed = deal.start - timedelta(days=deal.lead)
        self.clock.move_to(datetime.combine(confirmed, time(12)))
        self.today = confirmed
        sale = self._make_sale(0, *deal.packages[0], private=deal.private)
        self.world = World(deal.packages[0][1], deal.probation, sales=[sale])
        self.frozen, self.held = {}, False
        partner = self.person if deal.private else self.employer
        with self.attempt(allowed=sale.is_affordable):
            order = self._quote(self.packages[0], partner=partner)
            order.action_confirm()
        self.order = order.with_env(self.env)
        self.lines = self.order.order_line
        self.traject = self.order.outplacement_traject_ids
        planned = self.traject.with_user(self.planner)
        planned.candidate_id = self.candidate
        planned._assign_member(self.coach, "coach", confirmed)

    def _make_sale(self, plan, price, months, begin=0, kind="", private=False, **more):
        """Return what the model knows of a sale by plan number ``plan``, of a package
        with rules of its own, or of that which the traject has."""
        rule = plan if plan < len(self.packages) and kind in ("", "package") else None
        if rule is None:
            rule = self._get_package_number()
        values = {
            "plan": self.deal.plans[plan],
            "begin": begin,
            "end": begin + months,
            "confirmed": self.today,
            "kind": kind,
            "sessions": self.deal.sessions,
            "percent": self.deal.get_percent(rule),
            "at_once": self.deal.is_at_once(rule),
            "private": private,
            "known": self.world.placed if kind else None,
        }
        return Sale(Decimal(str(price)), **{**values, **more})

    def _get_package_number(self):
        return [p.id for p in self.packages].index(self.traject.product_id.id)
