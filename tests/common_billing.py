from contextlib import contextmanager
from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.base.tests.common import DISABLED_MAIL_CONTEXT

BILLING_ROLES = {
    "account_manager": "outplacement.group_account_manager",
    "coach": "outplacement.group_coach",
    "other_coach": "outplacement.group_coach",
    "planner": "outplacement.group_planner",
    "manager": "outplacement.group_manager",
    "finance": "account.group_account_invoice",
    "salesman": "sales_team.group_sale_salesman",
}
# When orders are confirmed, unless a test says otherwise.
TODAY = "2026-01-05"


@freeze_time(TODAY)
class BillingCommon(AccountTestInvoicingCommon):
    """A bureau with the Dutch chart that sells packages, one user a role.

    What is due depends on the day: makers freeze the time, and flush before it thaws.

    The users hold the group of their role and nothing else: what a test does, the
    role can do.
    """

    @classmethod
    @AccountTestInvoicingCommon.setup_country("nl")
    def setUpClass(cls):
        super().setUpClass()
        # what a test looks at, it looks at as superuser; what it does, as a role
        cls.env = cls.env(su=True, context={**cls.env.context, **DISABLED_MAIL_CONTEXT})
        cls.company = cls.env.company
        cls.company.resource_calendar_id.tz = "Europe/Amsterdam"
        cls.eur = cls.env.ref("base.EUR")
        for role, group in BILLING_ROLES.items():
            user = new_test_user(
                cls.env, f"billing_{role}", group, company_id=cls.company.id
            )
            setattr(cls, role, user)
        cls.term_30_days = cls.env.ref("account.account_payment_term_30days")
        cls.employer = cls.env["res.partner"].create(
            {
                "name": "Big Employer",
                "is_company": True,
                "property_payment_term_id": cls.term_30_days.id,
            }
        )
        cls.person = cls.env["res.partner"].create({"name": "Piet Privaat"})
        cls.candidate = cls.env["res.partner"].create({"name": "Karin Kandidaat"})
        cls.traject_type = cls.env.ref(
            "outplacement.outplacement_traject_type_outplacement"
        )
        cls.vat = cls.company.account_sale_tax_id
        cls.vat_included = cls.vat.copy(
            {"name": "21% incl.", "price_include_override": "tax_included"}
        )
        cls.plan_start = cls.env.ref("outplacement.outplacement_invoice_plan_start")
        cls.plan_halves = cls.env.ref("outplacement.outplacement_invoice_plan_halves")
        cls.plan_monthly = cls.env.ref("outplacement.outplacement_invoice_plan_monthly")
        cls.package = cls._make_package(8995.0, cls.plan_monthly)
        cls.workshop = cls._create_product(
            name="Workshop",
            type="service",
            invoice_policy="order",
            list_price=300.0,
            taxes_id=[Command.set(cls.vat.ids)],
        )

    # ------------------------------------------------------------------
    # Makers
    # ------------------------------------------------------------------

    @classmethod
    def _make_package(cls, price, plan=None, **values):
        """Return a package (product.product) of 12 months with 21% VAT."""
        values = {
            "name": "Outplacement Package",
            "type": "service",
            "service_tracking": "outplacement",
            "invoice_policy": "order",
            "list_price": price,
            "taxes_id": [Command.set(cls.vat.ids)],
            "outplacement_type_id": cls.traject_type.id,
            "outplacement_months": 12,
            "outplacement_plan_id": plan and plan.id,
            **values,
        }
        return cls._create_product(**values)

    @classmethod
    def _make_plan(cls, *lines, **values):
        """Return an invoice plan with ``lines``, dicts of values."""
        return cls.env["outplacement.invoice.plan"].create(
            {
                "name": "Plan",
                "line_ids": [Command.create(line) for line in lines],
                **values,
            }
        )

    @classmethod
    def _quote(cls, *lines, partner=None, user=None, **values):
        """Return a quotation made by the account manager.

        :param lines: products, or dicts of line values
        """
        user = user or cls.account_manager
        commands = [
            Command.create(line if isinstance(line, dict) else {"product_id": line.id})
            for line in lines or (cls.package,)
        ]
        return (
            cls.env["sale.order"]
            .with_user(user)
            .create(
                {
                    "partner_id": (partner or cls.employer).id,
                    "user_id": user.id,
                    "order_line": commands,
                    **values,
                }
            )
        )

    @classmethod
    def _sell(cls, *lines, today=TODAY, **values):
        """Return an order confirmed by the account manager ``today``."""
        order = cls._quote(*lines, **values)
        with freeze_time(today):
            order.action_confirm()
            cls.env.flush_all()
        return order.with_env(cls.env)

    @classmethod
    def _start(cls, trajects, date_start, today=TODAY):
        """Have the planner start ``trajects`` on ``date_start``."""
        with freeze_time(today):
            for traject in trajects.with_user(cls.planner):
                values = {"date_start": date_start}
                if not traject.candidate_id:
                    values["candidate_id"] = cls.candidate.id
                traject.write(values)
                traject._assign_member(cls.coach, "coach", date(2026, 1, 1))
                traject._set_state("active")
            cls.env.flush_all()

    @classmethod
    def _sell_and_start(cls, *lines, date_start, **values):
        """Return an order whose trajects have started."""
        order = cls._sell(*lines, **values)
        cls._start(order.outplacement_traject_ids, date_start)
        return order

    def _invoice(self, order, today, post=True):
        """Return the invoice that finance makes of what is due ``today``."""
        with freeze_time(today):
            self.env["outplacement.instalment"]._update_due()
            due = (
                self.env["outplacement.instalment"]
                .with_user(self.finance)
                .search([("order_id", "=", order.id), ("state", "=", "due")])
            )
            due.action_create_invoices()
            invoice = due.invoice_id
            if post:
                invoice.action_post()
            self.env.flush_all()
        return invoice.with_env(self.env)

    def _get_reversal(self, move):
        """Return the window in which finance reverses ``move``."""
        return (
            self.env["account.move.reversal"]
            .with_user(self.finance)
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"journal_id": move.journal_id.id})
        )

    def _credit(self, invoice, today=TODAY, post=True):
        """Return the credit note that finance makes of the whole ``invoice``."""
        with freeze_time(today):
            wizard = self._get_reversal(invoice)
            wizard.reverse_moves()
            credit_note = wizard.new_move_ids
            if post:
                credit_note.action_post()
            self.env.flush_all()
        return credit_note.with_env(self.env)

    # ------------------------------------------------------------------
    # Asserting
    # ------------------------------------------------------------------

    def _get_instalments(self, order):
        """Return the instalments of ``order`` in order of traject and number."""
        return order.order_line.outplacement_instalment_ids.sorted(
            lambda instalment: (instalment.traject_reference, instalment.number)
        )

    @contextmanager
    def assertRefused(self, regex, error=UserError):
        """Assert that what happens inside is refused with this text, and undone."""
        with self.assertRaises(error) as refused:
            yield
        self.env.invalidate_all()
        self.assertRegex(str(refused.exception), regex)

    def assertDenied(self):
        """Assert that what happens inside is not for this user."""
        return self.assertRefused("access|allowed", AccessError)

    def assertAmounts(self, records, *amounts):
        """Assert (untaxed, tax, total) of an invoice, to the cent."""
        found = [
            (move.amount_untaxed, move.amount_tax, move.amount_total)
            for move in records
        ]
        self.assertEqual(
            [tuple(self.eur.round(value) for value in row) for row in found],
            list(amounts),
        )
