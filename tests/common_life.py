from odoo.tests import freeze_time

from .common_billing import BillingCommon


class LifeCommon(BillingCommon):
    """What happens to a traject, as the planner registers it, and to its money."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan_success = cls._make_success_plan()

    @classmethod
    def _make_success_plan(cls):
        return cls._make_plan(
            {"share": 35}, {"share": 65, "trigger": "placement", "sequence": 20}
        )

    def _sell_package(self, price=9000.0, plan=None, start="2026-01-12", **values):
        """Return an order of one package that has started, with 12 instalments."""
        package = self._make_package(price, plan or self.plan_monthly, **values)
        return self._sell_and_start(package, date_start=start)

    def _open(self, traject, target, day, user=None, **values):
        """Return the wizard that ends ``traject``, as its form makes it."""
        Wizard = self.env["outplacement.traject.close"].with_user(user or self.planner)
        values = {
            "traject_id": traject.id,
            "target_state": target,
            "date": day,
            **values,
        }
        return Wizard.create(values)

    def _end(self, order, target, day, user=None, **values):
        """End the traject of ``order`` on ``day``, and return what was shown."""
        with freeze_time(day):
            self.env["outplacement.instalment"]._update_due()
            wizard = self._open(
                order.outplacement_traject_ids, target, day, user, **values
            )
            changes = wizard._get_changes()
            wizard.action_confirm()
            self.env.flush_all()
        return changes

    def _place(self, order, day, **values):
        return self._end(order, "aftercare", day, outcome="placed", **values)

    def _cancel(self, order, day, outcome="stopped", **values):
        return self._end(order, "cancelled", day, outcome=outcome, **values)

    def _lose_job(self, order, day, user=None):
        with freeze_time(day):
            Wizard = self.env["outplacement.traject.job.lost"]
            wizard = Wizard.with_user(user or self.planner).create(
                {"traject_id": order.outplacement_traject_ids.id, "date": day}
            )
            changes = wizard._get_changes()
            wizard.action_confirm()
            self.env.flush_all()
        return changes

    def _get_credit_notes(self, order):
        return order.order_line.invoice_lines.move_id.filtered(
            lambda move: move.move_type == "out_refund"
        )

    def _post(self, moves, day):
        with freeze_time(day):
            moves.with_user(self.finance).action_post()
            self.env.flush_all()

    def _invoice_monthly(self, order, *days):
        """Return the invoices that finance posts on each of these days."""
        invoices = self.env["account.move"]
        for day in days:
            invoices |= self._invoice(order, day)
        return invoices

    def _get_earned(self, moves, day):
        """Return what is earned and unearned of ``moves`` on ``day``."""
        Report = self.env["outplacement.revenue.report"].with_context(
            outplacement_as_of=day
        )
        ((earned, unearned),) = Report._read_group(
            [("move_id", "in", moves.ids)],
            [],
            ["amount_earned:sum", "amount_unearned:sum"],
        )
        return self.eur.round(earned or 0), self.eur.round(unearned or 0)
