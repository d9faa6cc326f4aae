from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

MIN_REASON = 20
MIN_LETTERS = 6  # different ones: "aaaaaaaaaaaaaaaaaaaa" is no reason
MAX_HOURS = 24
# A request that nobody approved within this time is over.
REQUEST_LASTS = timedelta(hours=24)


class OutplacementBreakGlass(models.Model):
    """Emergency access of one person to the file of one traject, for hours.

    Asked for with a reason by a manager or privacy officer, approved by another
    privacy officer, told to those who guide the traject, ended by the clock: the rule
    of the notes compares ``approved_until`` with now. Nothing in here is written but
    by :meth:`action_approve`, :meth:`action_refuse` and :meth:`action_end`.
    """

    _name = "outplacement.break.glass"
    _description = "Emergency Access to a Confidential File"
    _order = "requested_at desc, id desc"
    _rec_name = "traject_reference"

    traject_reference = fields.Char(
        string="Traject",
        required=True,
        help="The reference of the traject, as on orders and invoices.",
    )
    traject_id = fields.Many2one(
        "outplacement.traject",
        string="Traject Record",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="traject_id.company_id", store=True)
    requester_id = fields.Many2one(
        "res.users",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    requested_at = fields.Datetime(
        string="Requested",
        required=True,
        readonly=True,
        default=lambda self: fields.Datetime.now(),
    )
    reason = fields.Text(
        required=True,
        help="Read by the privacy officers and by the coach of the traject.",
    )
    hours = fields.Integer(
        required=True,
        default=lambda self: self.env.company.outplacement_break_glass_hours,
    )
    state = fields.Selection(
        [
            ("requested", "Requested"),
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("expired", "Expired"),
            ("ended", "Ended"),
        ],
        required=True,
        readonly=True,
        default="requested",
        index=True,
    )
    approver_id = fields.Many2one(
        "res.users", string="Decided by", readonly=True, ondelete="restrict"
    )
    approved_from = fields.Datetime(string="From", readonly=True)
    approved_until = fields.Datetime(string="Until", readonly=True)
    is_running = fields.Boolean(compute="_compute_may")
    may_decide = fields.Boolean(compute="_compute_may")

    _access_idx = models.Index("(requester_id, traject_id, approved_until)")
    _hours_few = models.Constraint(
        f"CHECK(hours BETWEEN 1 AND {MAX_HOURS})",
        "Emergency access lasts from one hour to a day.",
    )
    _approved_by_another = models.Constraint(
        "CHECK(approver_id IS NULL OR approver_id != requester_id)",
        "Somebody else decides on a request for emergency access.",
    )
    _approved_for_hours = models.Constraint(
        "CHECK(approved_until IS NULL OR (approver_id IS NOT NULL AND"
        f" approved_until <= approved_from + INTERVAL '{MAX_HOURS} hours'))",
        "Emergency access is approved, and for a day at most.",
    )

    @api.depends("traject_reference")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for request in self:
            request.display_name = self.env._(
                "Emergency access %(traject)s", traject=request.traject_reference or ""
            )

    @api.depends("state", "requester_id", "approved_from", "approved_until")
    @api.depends_context("uid")
    def _compute_may(self):
        running = self._filter_running()
        for request in self:
            request.is_running = request in running
            request.may_decide = (
                request.state == "requested" and not request._get_decision_obstacle()
            )

    @api.model
    def _get_running_domain(self):
        """Return the domain of the accesses that are open at this moment."""
        return [
            ("state", "=", "approved"),
            ("approved_from", "<=", "now"),
            ("approved_until", ">", "now"),
        ]

    def _filter_running(self):
        """Return the accesses that are open at this moment."""
        now = fields.Datetime.now()
        return self.filtered(
            lambda r: (
                r.state == "approved" and r.approved_from <= now < r.approved_until
            )
        )

    # ------------------------------------------------------------------
    # Requests
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self.check_access("create")
        vals_list = [self._prepare_request(vals) for vals in vals_list]
        # sudo: outplacement.break.glass - all values but three are ours; the right to
        # create was checked just above
        requests = super(OutplacementBreakGlass, self.sudo()).create(vals_list)
        requests = requests.with_env(self.env)
        requests._check_request()
        requests._log_access("break_glass_requested")
        requests._tell_officers()
        return requests

    @api.model
    def _prepare_request(self, vals):
        """Return the values of a request, made by the present user now.

        :raises AccessError: a value that methods write
        :raises UserError: no traject has the reference
        """
        if closed := set(vals) - {"traject_reference", "reason", "hours"}:
            raise AccessError(
                self.env._(
                    "A request does not set %(fields)s.",
                    fields=", ".join(sorted(closed)),
                )
            )
        reference = (vals.get("traject_reference") or "").strip()
        traject = self._find_traject(reference)
        if not traject:
            raise UserError(
                self.env._("No traject has the reference “%(name)s”.", name=reference)
            )
        return {
            **self.default_get(["hours"]),
            **vals,
            "traject_reference": traject.name,
            "traject_id": traject.id,
            "reason": (vals.get("reason") or "").strip(),
            "requester_id": self.env.uid,
            "requested_at": fields.Datetime.now(),
            "state": "requested",
            # against defaults in the context
            "approver_id": False,
            "approved_from": False,
            "approved_until": False,
        }

    @api.model
    def _find_traject(self, reference):
        """Return the traject with this reference, in the user's companies: that of the
        present company first.

        :raises UserError: several other companies have one
        """
        # sudo: outplacement.traject - who asks need not read it: a reference is what
        # the deal knows of a traject
        Traject = (
            self.env["outplacement.traject"].sudo().with_context(active_test=False)
        )
        trajects = Traject.search(
            [("name", "=", reference), ("company_id", "in", self.env.companies.ids)]
        )
        if len(trajects) > 1:
            trajects = trajects.filtered(lambda t: t.company_id == self.env.company)
            if len(trajects) != 1:
                raise UserError(
                    self.env._(
                        "Several companies have a traject “%(name)s”: choose the "
                        "company first.",
                        name=reference,
                    )
                )
        return trajects

    def _check_request(self):
        """:raises UserError: somebody who may not ask, or asks once more
        :raises ValidationError: a reason that is none"""
        for request in self:
            words = " ".join(request.reason.lower().split())
            if len(words) < MIN_REASON or len(set(words)) < MIN_LETTERS:
                raise ValidationError(
                    self.env._(
                        "Say why, in %(number)s characters or more: the coach "
                        "reads it.",
                        number=MIN_REASON,
                    )
                )
            # sudo: outplacement.traject - whether the requester is part of it
            traject = request.traject_id.sudo()
            if traject.candidate_id == request.requester_id.partner_id:
                raise UserError(self.env._("Nobody opens the file about themselves."))
            current = traject.member_ids._filter_current()
            if request.requester_id in current.user_id:
                raise UserError(self.env._("You guide this traject: its file is open."))
            if request._get_open_twins():
                raise UserError(
                    self.env._(
                        "You have asked for this traject already: end or withdraw "
                        "that request first."
                    )
                )

    def _get_open_twins(self):
        """Return the other requests for the same, by the same, that are not over."""
        now = fields.Datetime.now()
        # sudo: outplacement.break.glass - one's own, whatever groups one has now
        return self.sudo().search(
            [
                ("id", "not in", self.ids),
                ("requester_id", "=", self.requester_id.id),
                ("traject_id", "=", self.traject_id.id),
                "|",
                "&",
                ("state", "=", "requested"),
                ("requested_at", ">", now - REQUEST_LASTS),
                "&",
                ("state", "=", "approved"),
                ("approved_until", ">", now),
            ]
        )

    def _log_access(self, kind, detail=False):
        Log = self.env["outplacement.access.log"]
        rows = Log._prepare_rows(kind, self, detail)
        # sudo: outplacement.break.glass - who ends an access by taking a group away
        # need not read whose it is
        for request, row in zip(self.sudo(), rows, strict=True):
            row["subject_id"] = request.requester_id.id
        Log._append(rows)
