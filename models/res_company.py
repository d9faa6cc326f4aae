from datetime import datetime, time

import pytz

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    _inherit = "res.company"

    outplacement_plan_id = fields.Many2one(
        "outplacement.invoice.plan",
        string="Default Invoice Plan",
        domain="[('company_id', 'in', (False, id))]",
        help="For packages without an invoice plan of their own.",
    )
    outplacement_bill_no_show = fields.Boolean(
        string="Bill No-shows",
        default=True,
        help="Where an invoice plan bills per session, a session that the candidate "
        "missed without cancelling it in time is billed as well. What was recorded "
        "until now stays as it is.",
    )
    outplacement_answer_days = fields.Integer(
        string="Days to Answer a Report",
        default=7,
        help="How long a candidate has to read a progress report and answer.",
    )
    outplacement_session_minutes = fields.Integer(
        string="Length of a Session (minutes)", default=90
    )
    outplacement_document_megabytes = fields.Integer(
        string="Largest Document (MB)",
        default=10,
        help="How large a document of the confidential file can be, up to 25 MB.",
    )
    outplacement_planner_id = fields.Many2one(
        "res.users",
        string="Planner for New Trajects",
        domain=lambda self: self._get_outplacement_planner_domain(),
        help="Gets an activity when a sold traject needs a candidate and a coach.",
    )

    outplacement_fee_product_id = fields.Many2one(
        "product.product",
        string="Cancellation Fee Product",
        domain="[('type', '=', 'service'), ('invoice_policy', '=', 'order'), "
        "('service_tracking', '!=', 'outplacement'), "
        "('company_id', 'in', (False, id))]",
        help="Its taxes and accounts are those of the fee.",
    )
    outplacement_cancellation_fee_ids = fields.One2many(
        "outplacement.cancellation.fee",
        "company_id",
        string="Cancellation Fees",
        groups="outplacement.group_manager",
    )
    outplacement_no_match_percent = fields.Float(
        string="Fee without a Match (%)",
        digits=(16, 4),
        help="Of the price, when a traject is cancelled because candidate and coach do "
        "not match.",
    )

    outplacement_break_glass_hours = fields.Integer(
        string="Hours of Emergency Access",
        default=4,
        help="What is proposed to who asks for emergency access to a confidential "
        "file: one hour to a day.",
    )
    outplacement_break_glass_tell_candidate = fields.Boolean(
        string="Tell Candidates of Emergency Access",
        default=True,
        help="The candidate gets a mail, without content, when emergency access to "
        "their file begins.",
    )

    _outplacement_break_glass_few_hours = models.Constraint(
        "CHECK(outplacement_break_glass_hours BETWEEN 1 AND 24)",
        "Emergency access lasts from one hour to a day.",
    )
    _outplacement_numbers_positive = models.Constraint(
        "CHECK(outplacement_answer_days >= 0 AND outplacement_session_minutes > 0)",
        "Days to answer and length of a session cannot be negative.",
    )
    _outplacement_document_megabytes_limit = models.Constraint(
        "CHECK(outplacement_document_megabytes BETWEEN 1 AND 25)",
        "The largest document is between 1 and 25 MB.",
    )

    _outplacement_no_match_percent_within = models.Constraint(
        "CHECK(outplacement_no_match_percent BETWEEN 0 AND 100)",
        "A fee is between 0% and 100%.",
    )

    @api.model
    def _get_outplacement_planner_domain(self):
        """Return the domain of the users who may plan trajects."""
        groups = self.env.ref("outplacement.group_planner")
        groups |= self.env.ref("outplacement.group_manager")
        return [("all_group_ids", "in", groups.ids)]

    @api.constrains("outplacement_plan_id")
    def _check_outplacement_plan(self):
        for company in self:
            owner = company.outplacement_plan_id.company_id
            if owner and owner != company:
                raise ValidationError(
                    self.env._(
                        "The invoice plan “%(plan)s” belongs to %(company)s.",
                        plan=company.outplacement_plan_id.name,
                        company=owner.name,
                    )
                )

    @api.constrains("outplacement_fee_product_id")
    def _check_outplacement_fee_product(self):
        """A fee is billed by itself, in its own company."""
        for company in self:
            product = company.outplacement_fee_product_id
            if product and product.invoice_policy != "order":
                raise ValidationError(
                    self.env._(
                        "“%(product)s” bills cancellation fees of %(company)s, of "
                        "which nothing is ever delivered: its invoicing policy must be "
                        "ordered quantities.",
                        product=product.name,
                        company=company.name,
                    )
                )
            if product.service_tracking == "outplacement":
                raise ValidationError(
                    self.env._(
                        "“%(product)s” is a package: choose an ordinary product for "
                        "the cancellation fee.",
                        product=product.name,
                    )
                )
            if product.company_id and product.company_id != company:
                raise ValidationError(
                    self.env._(
                        "The product “%(product)s” belongs to %(company)s.",
                        product=product.name,
                        company=product.company_id.name,
                    )
                )

    @api.constrains("outplacement_planner_id")
    def _check_outplacement_planner(self):
        for company in self:
            user = company.outplacement_planner_id
            if user and not user.has_groups(
                "outplacement.group_planner,outplacement.group_manager"
            ):
                raise ValidationError(
                    self.env._("%(name)s is no planner or manager.", name=user.name)
                )
            company._check_outplacement_colleague(user)

    # ------------------------------------------------------------------
    # Days: those of the company, wherever its users are
    # ------------------------------------------------------------------

    def _get_outplacement_zone(self):
        """Return the time zone in which the days of the company begin and end."""
        # sudo: resource.calendar - portal users read no calendars; their day at the
        # company is that of its staff
        return pytz.timezone(self.sudo().resource_calendar_id.tz or "UTC")

    def _get_outplacement_midnight(self, day):
        """Return the moment (UTC, naive) at which ``day`` begins at the company."""
        local = self._get_outplacement_zone().localize(datetime.combine(day, time.min))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    def _get_outplacement_day(self, moment):
        """Return the day at the company on which ``moment`` (UTC, naive) falls."""
        return (
            pytz.utc.localize(moment).astimezone(self._get_outplacement_zone()).date()
        )

    def _get_outplacement_today(self):
        """Return the day that it is at the company."""
        return self._get_outplacement_day(fields.Datetime.now())
