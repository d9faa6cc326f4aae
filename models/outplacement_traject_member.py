from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import format_date


class OutplacementTrajectMember(models.Model):
    """Who guides a traject, from when until when: the key to its confidential file.

    Nobody may create, change or delete one through the ORM: planners assign through
    ``outplacement.traject._assign_member`` and end through :meth:`action_end`. Access
    ends with the dates, without a cron.
    """

    _name = "outplacement.traject.member"
    _description = "Coach or Deputy of a Traject"
    _order = "traject_id, date_from desc, id desc"
    _rec_name = "user_id"

    traject_id = fields.Many2one(
        "outplacement.traject", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="traject_id.company_id", store=True)
    user_id = fields.Many2one(
        "res.users", required=True, index=True, ondelete="restrict"
    )
    role = fields.Selection(
        [("coach", "Coach"), ("deputy", "Deputy")], required=True, default="coach"
    )
    date_from = fields.Date(string="From", required=True)
    date_to = fields.Date(string="Until", help="The last day, included.")
    ended_at = fields.Datetime(help="Ended by a planner at this moment.")
    match = fields.Selection(
        [("pending", "To be confirmed"), ("yes", "Yes"), ("no", "No")],
        required=True,
        default="pending",
        help="Whether candidate and coach want to go on together.",
    )
    access_from = fields.Datetime(compute="_compute_access", store=True)
    access_until = fields.Datetime(compute="_compute_access", store=True)
    is_current = fields.Boolean(compute="_compute_is_current")

    _access_idx = models.Index("(user_id, traject_id, access_from, access_until)")
    _dates_ordered = models.Constraint(
        "CHECK(date_to IS NULL OR date_to >= date_from)",
        "The last day of a coach or deputy lies before the first.",
    )

    @api.depends(
        "date_from", "date_to", "ended_at", "company_id.resource_calendar_id.tz"
    )
    def _compute_access(self):
        """Turn the days into moments: from midnight to midnight in the time zone of
        the company, which no user can change by choosing another zone."""
        for member in self:
            company = member.company_id
            member.access_from = member.date_from and (
                company._get_outplacement_midnight(member.date_from)
            )
            until = datetime.max.replace(microsecond=0)
            if member.date_to:
                until = company._get_outplacement_midnight(
                    member.date_to + timedelta(days=1)
                )
            member.access_until = min(until, member.ended_at or until)

    @api.depends("access_from", "access_until")
    def _compute_is_current(self):
        current = self._filter_current()
        for member in self:
            member.is_current = member in current

    @api.model
    def _get_current_domain(self):
        """Return the domain of the members who have access at this moment."""
        return Domain("access_from", "<=", "now") & Domain("access_until", ">", "now")

    def _filter_current(self):
        """Return the members who have access at this moment."""
        now = fields.Datetime.now()
        return self.filtered(
            lambda m: m.access_from and m.access_from <= now < m.access_until
        )

    @api.private
    def modified(self, fnames, create=False, before=False):
        """Have the record rules look anew who guides what."""
        if fnames:
            self.env["res.users"]._forget_outplacement_access()
        return super().modified(fnames, create=create, before=before)

    def action_end(self):
        """End the access of these members now.

        :raises AccessError: the user is no planner or manager
        """
        self._check_may_end()
        now = fields.Datetime.now()
        today = fields.Date.context_today(self)
        for member in self.filtered(lambda member: member.access_until > now):
            # sudo: outplacement.traject.member - see _assign_member
            member.sudo().write(
                {"ended_at": now, "date_to": max(today, member.date_from)}
            )
            member._log(
                self.env._(
                    "%(name)s no longer guides this traject.", name=member.user_id.name
                )
            )
        return True

    def action_match_yes(self):
        """Record that candidate and coach go on together."""
        self.traject_id._check_may_run()
        # sudo: outplacement.traject.member - see _assign_member
        self.sudo().write({"match": "yes"})
        return True

    def action_match_no(self):
        """Record that it does not click: the coach leaves, at no cost, and a planner
        finds another."""
        self._check_may_end()
        # sudo: outplacement.traject.member - see _assign_member
        self.sudo().write({"match": "no"})
        self.action_end()
        self.traject_id._schedule_assignment()
        return True

    def _end_before(self, day):
        """End these members the day before ``day``, those of today at once."""
        now, today = fields.Datetime.now(), fields.Date.context_today(self)
        for member in self.filtered(lambda m: m.access_until > now):
            if member.date_from >= day or day <= today:
                last = max(min(day, today), member.date_from)
                member.write({"ended_at": now, "date_to": last})
            elif not member.date_to or member.date_to >= day:
                member.date_to = day - timedelta(days=1)

    def _check_may_end(self):
        if not self.env.su and not self.env.user.has_groups(
            "outplacement.group_planner,outplacement.group_manager"
        ):
            raise AccessError(
                self.env._("Only a planner changes who guides a traject.")
            )
        self.traject_id.check_access("write")

    def _log_assignment(self, planner):
        """Tell each traject who was let in, as what, from when and by whom."""
        roles = dict(self._fields["role"]._description_selection(self.env))
        for member in self:
            member._log(
                self.env._(
                    "%(planner)s assigned %(name)s as %(role)s from %(date)s.",
                    planner=planner.name,
                    name=member.user_id.name,
                    role=roles[member.role].lower(),
                    date=format_date(self.env, member.date_from),
                )
            )

    def _log(self, text):
        """Write ``text`` into the internal log of the traject."""
        self.traject_id._message_log(body=text)
