from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ..tools.caseload_boolean import CaseloadBoolean

FOREVER = datetime.max.replace(microsecond=0)


class OutplacementTrajectMember(models.Model):
    """The volumes of a confidential file, and to whom each is open.

    A coach who follows on somebody else makes a clean start: what is written in the
    time of one coach is a volume of its own, named by that membership. It is open

    - to that coach, also when they return later;
    - to a later coach only with the candidate's recorded agreement;
    - to the deputies whose time overlaps that of a coach to whom it is open, for they
      stand in for that coach. To them a coach's time lasts until the next one begins,
      so that somebody stands in while there is none.

    Time counts from the assignment, should it be dated back. Membership itself, from
    when until when, comes on top of all this.
    """

    _inherit = "outplacement.traject.member"

    assigned_at = fields.Datetime(
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: fields.Datetime.now(),
    )
    volume_reader_ids = fields.Many2many(
        "outplacement.traject.member",
        "outplacement_traject_volume_reader_rel",
        "volume_id",
        "reader_id",
        compute="_compute_volume_reader_ids",
        store=True,
        copy=False,
        help="To whom the notes are open that were written in this coach's time.",
    )
    is_open = CaseloadBoolean(
        caseload_field="outplacement_volumes",
        compute="_compute_is_open",
        search="_search_is_open",
        help="Whether what was written in this one's time is open to the present user, "
        "at this moment.",
    )
    agreed_on = fields.Date(
        string="Handover Agreed on",
        readonly=True,
        copy=False,
        help="The day on which the candidate agreed that this coach reads what was "
        "written before.",
    )
    agreed_channel = fields.Selection(
        [
            ("conversation", "In a conversation"),
            ("phone", "By phone"),
            ("email", "By e-mail"),
            ("letter", "By letter"),
        ],
        string="Agreed How",
        readonly=True,
        copy=False,
    )
    agreed_recorded_by_id = fields.Many2one(
        "res.users",
        string="Agreement Recorded by",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    file_state = fields.Selection(
        [
            ("whole", "Whole file"),
            ("agreed", "Whole file, agreed"),
            ("own", "From own start"),
        ],
        string="File",
        compute="_compute_file_state",
        help="What this coach reads: the whole file, or only what was written since "
        "they began, until the candidate agrees to a handover.",
    )

    # ------------------------------------------------------------------
    # Volumes
    # ------------------------------------------------------------------

    @api.depends(
        "traject_id.member_ids.user_id",
        "traject_id.member_ids.role",
        "traject_id.member_ids.access_from",
        "traject_id.member_ids.access_until",
        "traject_id.member_ids.assigned_at",
        "traject_id.member_ids.agreed_on",
    )
    def _compute_volume_reader_ids(self):
        for member in self:
            member.volume_reader_ids = member._get_volume_readers()

    @api.depends(
        "volume_reader_ids.user_id",
        "volume_reader_ids.access_from",
        "volume_reader_ids.access_until",
    )
    @api.depends_context("uid")
    def _compute_is_open(self):
        volumes = self.env["res.users"]._get_outplacement_access("outplacement_volumes")
        opened = self.filtered(lambda one: (one.id or one._origin.id) in volumes)
        opened.is_open = True
        (self - opened).is_open = False

    def _search_is_open(self, operator, value):
        if operator != "in":
            return NotImplemented
        Users = self.env["res.users"]
        ids = Users._get_outplacement_access("outplacement_volumes")
        return Domain("id", "in", ids)

    @api.model
    def _get_open_domain(self, user):
        """Return the domain of the volumes that are open to ``user`` at this moment."""
        readers = self._get_current_domain() & Domain("user_id", "=", user.id)
        return Domain("volume_reader_ids", "any", readers)

    def _get_volume_readers(self):
        """Return to whom the notes are open that were written in this one's time."""
        self.ensure_one()
        members = self.traject_id.member_ids
        coaches = members._get_coaches()
        # what a deputy wrote before there was a coach is the first one's
        volume = self if self in coaches else coaches[:1]
        readers = coaches.filtered(lambda coach: coach._is_open(volume, coaches))
        deputies = members.filtered(lambda member: member.role == "deputy")
        return readers | deputies.filtered(
            lambda deputy: not coaches or deputy._stands_in(readers, coaches)
        )

    @api.depends("volume_reader_ids", "agreed_on")
    def _compute_file_state(self):
        for member in self:
            member.file_state = member.role == "coach" and member._get_file_state()

    def _get_file_state(self):
        """Return what of the file is open to this coach, a key of ``file_state``."""
        coaches = self.traject_id.member_ids._get_coaches()
        earlier = coaches.filtered(lambda coach: coach._precedes(self))
        if not all(self._is_open(volume, coaches) for volume in earlier):
            return "own"
        return "agreed" if self.agreed_on else "whole"

    def _get_begin(self):
        """Return when this membership began, at the earliest when it was given."""
        self.ensure_one()
        return max(self.access_from, self.assigned_at)

    def _get_coaches(self):
        """Return those of these members who are, were or will be coach, in order.

        Not the ones whose assignment was ended before it began.
        """
        coaches = self.filtered(
            lambda m: (
                m.role == "coach" and m.access_from and m._get_begin() < m.access_until
            )
        )
        return coaches.sorted(lambda m: (m._get_begin(), m._origin.id))

    def _get_predecessors(self):
        """Return the other people who were coach of the traject before this one."""
        self.ensure_one()
        coaches = self.traject_id.member_ids._get_coaches()
        return coaches.filtered(
            lambda coach: coach.user_id != self.user_id and coach._precedes(self)
        )

    def _precedes(self, other):
        mine, theirs = self._get_begin(), other._get_begin()
        return (mine, self._origin.id) < (theirs, other._origin.id)

    def _is_open(self, volume, coaches):
        """Whether what was written in the time of ``volume`` is open to this coach:
        their own time, or an earlier one by agreement."""
        mine = coaches.filtered(lambda c: c.user_id == self.user_id)
        return volume in mine or any(c.agreed_on and volume._precedes(c) for c in mine)

    def _stands_in(self, readers, coaches):
        """Whether this deputy's time overlaps that of one of ``readers``."""
        begins = [coach._get_begin() for coach in coaches]
        begins[:1] = [datetime.min]
        times = zip(coaches, begins, [*begins[1:], FOREVER], strict=True)
        return any(
            begin < self.access_until and self._get_begin() < end
            for coach, begin, end in times
            if coach in readers
        )

    # ------------------------------------------------------------------
    # The candidate's agreement
    # ------------------------------------------------------------------

    def action_record_agreement(self):
        """Ask when and how the candidate agreed to hand the earlier file over."""
        self.ensure_one()
        self._check_may_record()
        self._filter_followers()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("The Candidate Agreed"),
            "res_model": "outplacement.traject.handover",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_member_id": self.id},
        }

    def _record_agreement(self, day, channel):
        """Open the earlier file to these coaches, as their candidates agreed.

        Nothing happens to those of them who follow on nobody else.

        :param date day: when the candidate agreed
        :param str channel: how, a key of ``agreed_channel``
        :raises AccessError: the user is no planner or manager
        :raises UserError: the coach records it, it lacks day or channel, or none of
            them follows on another coach
        """
        self._check_may_record()
        followers = self._filter_followers()
        if not day or not channel or day > fields.Date.context_today(self):
            raise UserError(
                self.env._("Say when, today or before, and how the candidate agreed.")
            )
        # sudo: outplacement.traject.member - see _assign_member
        followers.sudo().write(
            {
                "agreed_on": day,
                "agreed_channel": channel,
                "agreed_recorded_by_id": self.env.uid,
            }
        )
        followers._log_agreement("handed_over")
        for member in followers:
            member._log(
                self.env._(
                    "%(planner)s recorded that the candidate agreed on %(date)s to "
                    "hand the earlier file over to %(name)s.",
                    planner=self.env.user.name,
                    date=format_date(self.env, day),
                    name=member.user_id.name,
                )
            )
            member._notify_handover()

    def action_withdraw_agreement(self):
        """Close the earlier file again: the candidate thought better of it.

        :raises AccessError: the user is no planner or manager
        """
        self._check_may_record()
        agreed = self.filtered("agreed_on")
        # sudo: outplacement.traject.member - see _assign_member
        agreed.sudo().write(
            {
                "agreed_on": False,
                "agreed_channel": False,
                "agreed_recorded_by_id": False,
            }
        )
        agreed._log_agreement("handover_withdrawn")
        for member in agreed:
            member._log(
                self.env._(
                    "The earlier file is closed to %(name)s again.",
                    name=member.user_id.name,
                )
            )
        return True

    def _check_may_record(self):
        """:raises AccessError: no planner or manager; :raises UserError: for oneself,
        or for a coach for whom one stands in"""
        self._check_may_end()
        now = fields.Datetime.now()
        guides = self.traject_id.member_ids.filtered(lambda m: m.access_until > now)
        if self.env.user in (self | guides).user_id:
            raise UserError(
                self.env._(
                    "You cannot open a file to yourself: ask another planner to "
                    "record what the candidate agreed to."
                )
            )
        if any(member.role != "coach" for member in self):
            raise UserError(
                self.env._("A deputy reads what the coach reads: nothing to agree on.")
            )

    def _filter_followers(self):
        """Return those who follow on another coach: only they have a file to get.

        :raises UserError: none of them does
        """
        followers = self.filtered(lambda member: member._get_predecessors())
        if not followers:
            raise UserError(
                self.env._(
                    "There is nothing to hand over: no other coach came before this "
                    "one."
                )
            )
        return followers

    def _notify_handover(self):
        """Tell the candidate by mail, where there is an address, that the file was
        handed over: a mistake shows."""
        if self.traject_id.candidate_id.email:
            template = self.env.ref("outplacement.mail_template_handover")
            # sudo: mail.template - a fixed text; planners need no rights on mails
            template.sudo().send_mail(self.id)
