from odoo import api, fields, models
from odoo.exceptions import UserError


class OutplacementTrajectAssign(models.TransientModel):
    """Lets a planner choose who guides one or more trajects, from when until when."""

    _name = "outplacement.traject.assign"
    _description = "Assign Coach or Deputy"

    traject_ids = fields.Many2many("outplacement.traject", required=True)
    role = fields.Selection(
        [("coach", "Coach"), ("deputy", "Deputy")], required=True, default="coach"
    )
    user_id = fields.Many2one(
        "res.users",
        string="Person",
        required=True,
        domain=lambda self: self._get_user_domain(),
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: fields.Date.context_today(self),
    )
    date_to = fields.Date(
        string="Until", help="The last day; empty for as long as the traject lasts."
    )
    follows_another = fields.Boolean(compute="_compute_follows_another")
    agreed = fields.Boolean(
        string="The candidate agrees to the handover",
        help="The new coach then reads the earlier file too. Without the candidate's "
        "agreement they start with a clean one.",
    )
    agreed_on = fields.Date(
        string="On", default=lambda self: fields.Date.context_today(self)
    )
    agreed_channel = fields.Selection(
        selection=lambda self: self._get_channels(), string="How"
    )
    running_count = fields.Integer(
        string="Trajects of This Coach", compute="_compute_running_count"
    )

    @api.model
    def _get_user_domain(self):
        """Return the domain of coaches other than the planner who assigns."""
        group = self.env.ref("outplacement.group_coach")
        return [("all_group_ids", "in", group.ids), ("id", "!=", self.env.uid)]

    @api.model
    def _get_channels(self):
        """Return how a candidate may agree, as a membership knows it."""
        return self.env["outplacement.traject.handover"]._get_channels()

    @api.depends("traject_ids", "user_id", "role")
    def _compute_follows_another(self):
        """Each candidate agrees for themselves, so only with one traject chosen."""
        for wizard in self:
            coaches = wizard.traject_ids.member_ids._get_coaches().user_id
            wizard.follows_another = (
                wizard.role == "coach"
                and len(wizard.traject_ids) == 1
                and bool(coaches - wizard.user_id)
            )

    @api.depends("user_id")
    def _compute_running_count(self):
        """How many trajects the person guides as coach now."""
        grouped = self.env["outplacement.traject"]._read_group(
            [
                ("coach_id", "in", self.user_id.ids),
                ("state", "in", ("intake", "active", "paused", "aftercare")),
            ],
            ["coach_id"],
            ["__count"],
        )
        counts = {coach.id: count for coach, count in grouped}
        for wizard in self:
            wizard.running_count = counts.get(wizard.user_id.id, 0)

    def action_assign(self):
        """Assign and log it.

        :raises UserError: a deputy without a last day, dates the wrong way round, or
            an agreement without day or channel
        """
        self.ensure_one()
        if self.role == "deputy" and not self.date_to:
            raise UserError(self.env._("A deputy needs a last day."))
        if self.date_to and self.date_to < self.date_from:
            raise UserError(self.env._("The last day lies before the first."))
        agreed = self.agreed and self.follows_another
        members = self.traject_ids._assign_member(
            self.user_id, self.role, self.date_from, self.date_to
        )
        if agreed and members._get_predecessors():
            members._record_agreement(self.agreed_on, self.agreed_channel)
        return {"type": "ir.actions.act_window_close"}
