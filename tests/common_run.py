from contextlib import contextmanager
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import freeze_time

from .common_billing import TODAY, BillingCommon

WORK = "odoo.addons.outplacement.models.outplacement_invoice_run_work"
BILLING = "odoo.addons.outplacement.models.outplacement_invoice_run_billing"


@freeze_time(TODAY)
class RunCommon(BillingCommon):
    """Orders of which an instalment of 500.00 is due, and finance who bills them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.halves = cls._make_package(1000.0, cls.plan_halves)
        cls.employer.email = "employer@example.com"

    @classmethod
    def _sell_due(cls, *lines, number=1, **values):
        """Return orders of which the first instalment is due today.

        :param int number: how many orders
        """
        orders = cls.env["sale.order"]
        # a person who did not ask for it waits for fourteen days
        values.setdefault("outplacement_early_start", True)
        for _number in range(number):
            orders |= cls._sell_and_start(
                *(lines or (cls.halves,)), date_start=TODAY, **values
            )
        return orders

    def _get_due(self, orders):
        """Return the first instalment of each traject, in order."""
        return self._get_instalments(orders).filtered(lambda i: i.number == 1)

    def _get_wizard(self, user=None, **values):
        Wizard = self.env["outplacement.invoice.run.start"]
        return Wizard.with_user(user or self.finance).create(values)

    def _run(self, user=None, **values):
        """Return the run that finance starts by the wizard, and sees through."""
        action = self._get_wizard(user, **values).action_start()
        run = self.env["outplacement.invoice.run"].browse(action["res_id"])
        self.env.flush_all()
        return run

    @contextmanager
    def bad(self, instalments, error=UserError):
        """Have these instalments refuse to be billed."""
        Instalment = self.registry["outplacement.instalment"]
        prepare = Instalment._prepare_invoice_line_values

        def refuse(instalment):
            if instalment in instalments:
                raise error(f"Not {instalment.traject_reference}")
            return prepare(instalment)

        with patch.object(Instalment, "_prepare_invoice_line_values", refuse):
            yield
