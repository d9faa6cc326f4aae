from datetime import date

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

# What a candidate reads of what they agreed to.
PORTAL_FIELDS = frozenset(
    {
        "id",
        "display_name",
        "topic",
        "date_given",
        "channel",
        "date_withdrawn",
        "withdrawn_channel",
    }
)
WITHDRAWAL_FIELDS = frozenset(
    {"date_withdrawn", "withdrawn_channel", "withdrawn_by_id"}
)
# Written by methods of the application only, whoever asks.
METHOD_FIELDS = WITHDRAWAL_FIELDS | {"recorded_by_id", "statement_id"}
CHANNELS = [
    ("in_person", "In person"),
    ("phone", "By phone"),
    ("email", "By e-mail"),
    ("letter", "By letter"),
    ("portal", "In the portal"),
]
# Not for a coach to choose: the candidate clicks or signs, or an upgrade found that a
# topic was told all along.
OWN_CHANNELS = ("portal", "agreement")


class OutplacementConsent(models.Model):
    """What a candidate agrees to have told to the employer, topic by topic.

    A topic is told while a consent stands. Given and withdrawn, it is never changed or
    deleted, for superuser code too: withdrawn, it counts no more for what is told from
    then on, and a new one can be given.
    """

    _name = "outplacement.consent"
    _description = "Candidate's Consent"
    _order = "topic, id desc"
    _check_company_auto = True

    traject_id = fields.Many2one(
        "outplacement.traject",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(related="traject_id.company_id", store=True)
    topic = fields.Selection(
        [
            ("name", "The candidate's name"),
            ("participation", "Attendance at sessions"),
            ("phases", "Phases reached"),
            ("applications", "Numbers of applications and interviews"),
            ("new_employer", "Name of the new employer"),
        ],
        required=True,
    )
    date_given = fields.Date(
        string="Given on",
        required=True,
        default=lambda self: self.env.company._get_outplacement_today(),
    )
    channel = fields.Selection(
        [*CHANNELS, ("agreement", "Signed statement")],
        string="Given How",
        required=True,
        default="in_person",
    )
    recorded_by_id = fields.Many2one(
        "res.users",
        string="Recorded by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    statement_id = fields.Many2one(
        "outplacement.statement",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The signed statement that names the topic.",
    )
    date_withdrawn = fields.Date(string="Withdrawn on", readonly=True)
    withdrawn_channel = fields.Selection(
        CHANNELS, string="Withdrawn How", readonly=True
    )
    withdrawn_by_id = fields.Many2one(
        "res.users",
        string="Withdrawal Recorded by",
        readonly=True,
        ondelete="restrict",
    )

    _one_standing = models.UniqueIndex(
        "(traject_id, topic) WHERE date_withdrawn IS NULL",
        "The candidate agreed to this already.",
    )
    _dates_ordered = models.Constraint(
        "CHECK(date_withdrawn IS NULL OR date_withdrawn >= date_given)",
        "A consent cannot be withdrawn before it was given.",
    )
    _withdrawal_complete = models.Constraint(
        "CHECK((date_withdrawn IS NULL) = (withdrawn_channel IS NULL)"
        " AND (date_withdrawn IS NULL) = (withdrawn_by_id IS NULL))",
        "A withdrawal has a day, a channel and somebody who recorded it.",
    )

    @api.depends("topic")
    @api.depends_context("lang")
    def _compute_display_name(self):
        """The topic, and nothing of whose it is: names are read by whoever has a
        number."""
        topics = dict(self._fields["topic"]._description_selection(self.env))
        for consent in self:
            consent.display_name = topics.get(consent.topic, "")

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Record consents.

        :raises AccessError: a traject that the user may not read, before anything is
            told of it, such as that the topic was agreed to
        :raises UserError: one of tomorrow or from before the last withdrawal, in the
            candidate's own name, or of a traject without a candidate
        """
        default = self.env.context.get("default_traject_id")
        trajects = {vals.get("traject_id", default) for vals in vals_list}
        trajects -= {None, False}
        self.env["outplacement.traject"].browse(trajects).check_access("read")
        consents = super().create(vals_list)
        consents._check_given()
        return consents

    def _check_given(self):
        for consent in self:
            if not consent.traject_id.candidate_id:
                raise UserError(self.env._("This traject has no candidate yet."))
            if consent.date_given > consent.company_id._get_outplacement_today():
                raise UserError(
                    self.env._("A consent is recorded once it is given, not before.")
                )
            if consent.date_given < consent._get_last_withdrawal():
                raise UserError(
                    self.env._(
                        "The candidate withdrew this after that day: record what they "
                        "said since."
                    )
                )
            if consent.channel in OWN_CHANNELS and not self.env.su:
                raise UserError(
                    self.env._(
                        "In the portal and by a signed statement the candidate agrees "
                        "in person: say through what channel it reached you."
                    )
                )

    def _get_last_withdrawal(self):
        """Return the latest day on which the topic of this consent was withdrawn, the
        first of all days if it never was."""
        self.ensure_one()
        return self.traject_id._get_withdrawal_days().get(self.topic, date.min)

    def write(self, vals):
        """What was given stays as it was given, for superuser code too; it is withdrawn
        once, by :meth:`_withdraw`."""
        if set(vals) - WITHDRAWAL_FIELDS or any(self.mapped("date_withdrawn")):
            # who may not write them learns that first
            self.check_access("write")
            raise UserError(
                self.env._(
                    "A consent stays as it was recorded: withdraw it, or record a new "
                    "one."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_recorded(self):
        if self:
            raise UserError(self.env._("Consents are kept: withdraw them instead."))

    @api.model
    def _has_field_access(self, field, operation):
        """Candidates read the white-list; withdrawing is for methods, and who recorded
        it is not for anyone to choose."""
        if not self.env.su:
            if operation == "write" and field.name in METHOD_FIELDS:
                return False
            if field.name not in PORTAL_FIELDS and not self.env.user._is_internal():
                return False
        return super()._has_field_access(field, operation)

    # ------------------------------------------------------------------
    # Withdrawing
    # ------------------------------------------------------------------

    def action_withdraw(self):
        """Open a dialog that records that the candidate withdraws a consent.

        :raises AccessError: the user does not guide the traject
        """
        self.ensure_one()
        self._check_coach()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Withdraw the Consent"),
            "res_model": "outplacement.consent.withdraw",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_consent_id": self.id},
        }

    def _check_coach(self):
        """:raises AccessError: the user does not guide the trajects"""
        self.check_access("read")
        if not self.env.su and not all(self.traject_id.mapped("is_member")):
            raise AccessError(
                self.env._("Only the coach of the traject records consents.")
            )

    def _withdraw(self, channel, day=None):
        """End these consents: nothing of their topics is told from now on. What was
        released stays.

        :param date day: when the candidate said so; today if not said
        :raises AccessError: the user does not guide the trajects
        :raises UserError: a day to come, or one that was withdrawn before
        """
        self._check_coach()
        for company, consents in self.grouped("company_id").items():
            today = company._get_outplacement_today()
            if day and day > today:
                raise UserError(self.env._("A consent is withdrawn today or earlier."))
            # sudo: outplacement.consent - closed to write(), so that a consent only
            # ends here, after the checks above
            consents.sudo().write(
                {
                    "date_withdrawn": day or today,
                    "withdrawn_channel": channel,
                    "withdrawn_by_id": self.env.uid,
                }
            )
        self.flush_recordset()  # the topic is free again for who agrees anew

    # ------------------------------------------------------------------
    # The candidate's own hand
    # ------------------------------------------------------------------

    @api.model
    def _give_by_candidate(self, traject, topic):
        """Record that the user, who is the candidate of ``traject``, agrees to a topic,
        and return the consent; one that stands already is returned as it is.

        :raises AccessError: somebody else
        """
        traject.ensure_one()
        # sudo: outplacement.traject - candidates read no trajects and write nothing by
        # themselves: this takes one value, after the check
        traject = traject.with_env(self.env).sudo()
        if traject.candidate_id != self.env.user.partner_id:
            raise AccessError(self.env._("Only the candidate agrees in the portal."))
        consent = traject._get_standing_consents().filtered(lambda c: c.topic == topic)
        if not consent:
            values = {"traject_id": traject.id, "topic": topic, "channel": "portal"}
            consent = consent.create(values)
            traject._tell_of_consents()
        return consent.with_env(self.env)

    def _withdraw_by_candidate(self):
        """Withdraw consents of the user, who is their candidate.

        :raises AccessError: somebody else
        :raises UserError: one that was withdrawn before
        """
        self.check_access("read")
        # sudo: outplacement.consent - see _give_by_candidate
        consents = self.sudo()
        if consents.traject_id.candidate_id != self.env.user.partner_id:
            raise AccessError(self.env._("Only the candidate withdraws in the portal."))
        consents._withdraw("portal")
        consents.traject_id._tell_of_consents()
