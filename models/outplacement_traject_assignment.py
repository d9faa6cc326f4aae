from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..tools.caseload_boolean import CaseloadBoolean

MINE = Domain("is_member", "=", True)


class OutplacementTraject(models.Model):
    """Who guides a traject: the security boundary of its confidential file."""

    _inherit = "outplacement.traject"

    member_ids = fields.One2many(
        "outplacement.traject.member", "traject_id", string="Coach and Deputies"
    )
    coach_id = fields.Many2one(
        "res.users",
        compute="_compute_coach_id",
        store=True,
        index="btree_not_null",
        tracking=True,
        help="The coach at this moment. For lists only: who may enter is decided by "
        "the members and their dates.",
    )
    is_member = CaseloadBoolean(
        string="My Traject",
        caseload_field="outplacement_guided",
        compute="_compute_is_member",
        search="_search_is_member",
    )

    @api.depends(
        "member_ids.user_id",
        "member_ids.role",
        "member_ids.access_from",
        "member_ids.access_until",
    )
    def _compute_coach_id(self):
        for traject in self:
            current = traject.member_ids._filter_current()
            coaches = current.filtered(lambda member: member.role == "coach")
            traject.coach_id = coaches[:1].user_id

    @api.depends(
        "member_ids.user_id", "member_ids.access_from", "member_ids.access_until"
    )
    @api.depends_context("uid")
    def _compute_is_member(self):
        guided = self.env["res.users"]._get_outplacement_access("outplacement_guided")
        mine = self.filtered(lambda one: (one.id or one._origin.id) in guided)
        mine.is_member = True
        (self - mine).is_member = False

    def _search_is_member(self, operator, value):
        if operator != "in":
            return NotImplemented
        Users = self.env["res.users"]
        ids = Users._get_outplacement_access("outplacement_guided")
        return Domain("id", "in", ids)

    @api.model
    def _search(self, domain, *args, bypass_access=False, **kwargs):
        # EXTENDS base: a filter by what the record rules say anyway is left out. Of
        # two lists of ids PostgreSQL thinks that it has to look up each for each, and
        # reads the whole table instead.
        if not (self.env.su or bypass_access):
            domain = self._leave_out_is_member(Domain(domain))
        return super()._search(domain, *args, bypass_access=bypass_access, **kwargs)

    @api.model
    def _leave_out_is_member(self, domain):
        """Return ``domain`` without "is my traject", where the rules leave the user no
        other traject."""
        asked = [
            condition
            for condition in domain.iter_conditions()
            # written in either way: groups ask with a domain that was rewritten before
            if condition.field_expr == MINE.field_expr
            and condition.optimize(self) == MINE.optimize(self)
        ]
        if not asked or not self._is_own_only():
            return domain
        return domain.map_conditions(
            lambda condition: Domain.TRUE if condition in asked else condition
        )

    @api.model
    @tools.ormcache(
        "self.env.uid",
        "tuple(self.env['ir.rule']._compute_domain_context_values())",
    )
    def _is_own_only(self):
        """Return whether the rules leave the user no traject but their own, as their
        text says: known for as long as Odoo keeps that. Not for superusers."""
        rules = self.env["ir.rule"]._compute_domain(self._name, "read")
        return (rules & MINE).optimize(self) == rules

    def _get_current_volume(self):
        """Return the member in whose time something is written at this moment: the
        coach who began last, or who is to begin if there was none yet."""
        coaches = self.member_ids._get_coaches()
        now = fields.Datetime.now()
        begun = coaches.filtered(lambda coach: coach._get_begin() <= now)
        return begun[-1:] or coaches[:1] or self.member_ids.sorted("id")[:1]

    def _assign_member(self, user, role, date_from, date_to=False):
        """Let ``user`` guide the trajects; a new coach ends the previous one's access.

        :param res.users user: a coach other than the planner who assigns
        :param str role: "coach" or "deputy"
        :param date date_from: first day, in the company's time zone
        :param date date_to: last day, or False for as long as it lasts
        :returns: the new members
        :raises AccessError: the user is no planner or manager
        :raises UserError: somebody assigns themselves, a person who is no coach, or
            the coach for whom they stand in
        """
        self._check_may_assign(user)
        if role == "coach":
            self._check_not_standing_in()
        values = [
            {
                "traject_id": traject.id,
                "user_id": user.id,
                "role": role,
                "date_from": date_from,
                "date_to": date_to,
            }
            for traject in self
        ]
        # sudo: outplacement.traject.member - nobody may write it, so that access to
        # a confidential file is only ever given here, after the checks and logged
        Member = self.env["outplacement.traject.member"].sudo()
        if role == "coach":
            coaches = self.sudo().member_ids.filtered(lambda m: m.role == "coach")
            coaches._end_before(date_from)
        members = Member.create(values)
        members._log_assignment(self.env.user)
        self.activity_feedback(["outplacement.mail_activity_type_assign"])
        return members.sudo(False)

    def _check_may_assign(self, user):
        """:raises AccessError: no planner; :raises UserError: not an eligible coach."""
        if not self.env.su and not self.env.user.has_groups(
            "outplacement.group_planner,outplacement.group_manager"
        ):
            raise AccessError(
                self.env._("Only a planner assigns the coach of a traject.")
            )
        self.check_access("write")
        if over := self.filtered(lambda t: t.state in ("closed", "cancelled")):
            raise UserError(
                self.env._(
                    "Traject %(traject)s is over: nobody new enters its file.",
                    traject=over[0].name,
                )
            )
        if user == self.env.user:
            raise UserError(
                self.env._(
                    "You cannot assign yourself: ask another planner. Access to a "
                    "confidential file is given by somebody else, always."
                )
            )
        if not user.active or not user.has_group("outplacement.group_coach"):
            raise UserError(
                self.env._("%(name)s is no coach of this bureau.", name=user.name)
            )

    def _check_not_standing_in(self):
        """A deputy reads what the coach reads: who is coach is not theirs to decide.

        :raises UserError: the user is or will be deputy of one of these trajects
        """
        now = fields.Datetime.now()
        standing_in = self.member_ids.filtered(
            lambda m: (
                m.role == "deputy"
                and m.user_id == self.env.user
                and m.access_until > now
            )
        )
        if standing_in:
            raise UserError(
                self.env._(
                    "You stand in on traject %(traject)s and read what its coach "
                    "reads: ask another planner to assign the coach.",
                    traject=standing_in[0].traject_id.name,
                )
            )

    def _schedule_assignment(self):
        """Ask the company's planner, where there is one, to find a coach."""
        for company, trajects in self.grouped("company_id").items():
            if planner := company.outplacement_planner_id:
                # sudo: outplacement.traject - the seller or coach who causes this
                # need not be allowed to plan
                trajects.sudo().activity_schedule(
                    "outplacement.mail_activity_type_assign", user_id=planner.id
                )

    def action_assign(self):
        """Choose a coach or deputy."""
        return self._get_wizard_action(
            "outplacement.traject.assign",
            self.env._("Assign a Coach"),
            default_traject_ids=self.ids,
        )

    @api.model
    def _cron_refresh_coaches(self):
        """Bring the coach shown in lists up to date where a membership began or ended.
        Access itself needs no cron."""
        trajects = self.search([("state", "not in", ("closed", "cancelled"))])
        self.env.add_to_compute(self._fields["coach_id"], trajects)
