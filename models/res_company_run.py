from odoo import fields, models
from odoo.tools import format_date

from .outplacement_invoice_run_mixin import MODES


class ResCompany(models.Model):
    """How a company wants its instalments invoiced, and when it cannot have them so."""

    _inherit = "res.company"

    outplacement_run_mode = fields.Selection(
        [("off", "Off"), *MODES],
        string="Daily Invoice Run",
        default="off",
        required=True,
        help="What happens every night with the instalments that fall due.",
    )

    def _get_outplacement_run_problem(self, date, mode):
        """Return why the company can have no invoices of that day; False if it can.

        :param date date: of the invoices
        :param str mode: what is to be done, see ``outplacement.invoice.run``
        """
        self.ensure_one()
        Journal = self.env["account.journal"]
        domain = [*Journal._check_company_domain(self), ("type", "=", "sale")]
        if not Journal.search_count(domain, limit=1):
            return self.env._("%(company)s has no sales journal.", company=self.name)
        if mode == "draft":
            return False
        locks = self._get_lock_date_violations(
            date, fiscalyear=True, sale=True, purchase=False, tax=True, hard=True
        )
        if not locks:
            return False
        return self.env._(
            "The books are locked until %(lock)s: take a later invoice date.",
            lock=format_date(self.env, max(lock for lock, _field in locks)),
        )
