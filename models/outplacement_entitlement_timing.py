from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .sale_order_line import TRAJECT_GROUPS

WEEK, MONTH = 7, 30


class OutplacementEntitlement(models.Model):
    """How a choice stands to its deadline, for lists and counts."""

    _inherit = "outplacement.entitlement"

    choice_timing = fields.Selection(
        [
            ("in_time", "Chosen in Time"),
            ("late", "Chosen too Late"),
            ("overdue", "Not Chosen in Time"),
            ("week", "To Choose within 7 Days"),
            ("month", "To Choose within 30 Days"),
            ("later", "To Choose Later On"),
            ("no_deadline", "No Last Day to Choose"),
        ],
        string="Choice against the Deadline",
        compute="_compute_choice_timing",
        search="_search_choice_timing",
        groups=TRAJECT_GROUPS,
        help="The last day to choose is the person's own, or else that of the plan.",
    )

    @api.depends("choice", "date_choice", "date_deadline", "plan_id.choice_deadline")
    def _compute_choice_timing(self):
        for entitlement in self:
            entitlement.choice_timing = self._get_choice_timing(
                entitlement.choice,
                entitlement.date_choice,
                entitlement._get_deadline(),
                entitlement.plan_id._get_today(),
            )

    @api.model
    def _get_choice_timing(self, choice, day, deadline, today):
        """Return how a choice stands to its deadline, a key of ``choice_timing``.

        :param day: on which it was made, if it was
        :param deadline: the last day for it, False if there is none
        """
        if choice != "undecided":
            return "late" if day and deadline and day > deadline else "in_time"
        if not deadline:
            return "no_deadline"
        if deadline < today:
            return "overdue"
        left = (deadline - today).days
        return "week" if left <= WEEK else "month" if left <= MONTH else "later"

    def _search_choice_timing(self, operator, value):
        if operator != "in":
            return NotImplemented
        values = tuple(value) or (None,)
        today = self.env.company._get_outplacement_today()
        self.env["outplacement.social.plan"].flush_model(["choice_deadline"])

        def to_sql(model, alias, query):
            timing = model._get_choice_timing_sql(alias, query, today)
            return SQL("(%s) IN %s", timing, values)

        return Domain.custom(
            to_sql=to_sql, predicate=lambda person: person.choice_timing in values
        )

    @api.model
    def _get_choice_timing_sql(self, alias, query, today):
        """Return what :meth:`_get_choice_timing` does, for PostgreSQL."""
        column = {
            name: self._field_to_sql(alias, name, query)
            for name in ("choice", "date_choice", "date_deadline", "plan_id")
        }
        deadline = SQL(
            "COALESCE(%s, (SELECT plan.choice_deadline "
            "FROM outplacement_social_plan AS plan WHERE plan.id = %s))",
            column["date_deadline"],
            column["plan_id"],
        )
        return SQL(
            """
            CASE WHEN %(choice)s != 'undecided' THEN
                 CASE WHEN %(day)s > %(deadline)s THEN 'late' ELSE 'in_time' END
                 WHEN %(deadline)s IS NULL THEN 'no_deadline'
                 WHEN %(deadline)s < %(today)s THEN 'overdue'
                 WHEN %(deadline)s <= %(week)s THEN 'week'
                 WHEN %(deadline)s <= %(month)s THEN 'month'
                 ELSE 'later' END
            """,
            choice=column["choice"],
            day=column["date_choice"],
            deadline=deadline,
            today=today,
            week=today + timedelta(days=WEEK),
            month=today + timedelta(days=MONTH),
        )
