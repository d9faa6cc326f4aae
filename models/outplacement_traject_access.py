from odoo import api, models
from odoo.exceptions import AccessError, UserError

# Written by methods of the application only, whoever asks.
METHOD_FIELDS = frozenset(
    {
        # computed: not for anyone to write
        "is_member",
        "state",
        "outcome",
        "sale_line_id",
        "extra_sale_line_ids",
        "extension_months",
        "date_end",
        "date_placement",
        "date_closed",
        "date_last_session",
        "consent_ids",
        "date_next_report",
        "last_report_id",
        "date_last_report",
        "report_due_until",
        "coach_id",
        "member_ids",
        "instalment_ids",
        "session_instalment_ids",
        "pause_ids",
        "order_id",
        "opportunity_id",
        "entitlement_id",
        "social_plan_id",
        "conflict_ids",
    }
)
INTERNAL = "base.group_user"
# All but the account manager, who knows how many sessions there are, not when.
COURSE_GROUPS = (
    "outplacement.group_coach,outplacement.group_planner,outplacement.group_manager"
)
COACH_FIELDS = frozenset(
    {
        "phase_id",
        "traject_phase_ids",
        "session_ids",
        "report_ids",
        "report_rhythm",
        "date_dismissal",
        "activity_ids",
        "message_follower_ids",
        "message_ids",
    }
)
ACCOUNT_MANAGER_FIELDS = frozenset(
    {
        "principal_id",
        "employer_contact_ids",
        "purchase_order_ref",
        "personnel_number",
        "trigger",
        "date_dismissal",
        "activity_ids",
        "message_follower_ids",
        "message_ids",
    }
)


class OutplacementTraject(models.Model):
    """Who may write which field of a traject."""

    _inherit = "outplacement.traject"

    @api.model
    def _check_not_oneself(self, candidate_id):
        """:raises UserError: the user would let themselves in as the candidate"""
        if candidate_id == self.env.user.partner_id.id and not self.env.su:
            raise UserError(
                self.env._(
                    "You cannot name yourself as the candidate: ask a colleague. "
                    "Access to a confidential file is given by somebody else, always."
                )
            )

    def _check_candidate_change(self, candidate_id):
        """:raises UserError: a traject that has begun would change hands, and its
        sessions and reports with it"""
        for traject in self.filtered("candidate_id"):
            begun = traject.state != "intake" or traject._has_matters_of_candidate()
            if begun and traject.candidate_id.id != candidate_id:
                raise UserError(
                    self.env._(
                        "Traject %(traject)s has begun and stays with its candidate: "
                        "make a new traject for somebody else.",
                        traject=traject.name,
                    )
                )

    def _has_matters_of_candidate(self):
        """Whether there is something of this candidate that another would read, or
        that would count as if another had said it."""
        self.ensure_one()
        # sudo: outplacement.traject - whether there is any, for whoever plans
        traject = self.sudo()
        signed = traject.statement_ids.filtered(lambda s: s.state == "signed")
        return bool(
            traject.session_ids or traject.report_ids or traject.consent_ids or signed
        )

    @api.model
    def _has_field_access(self, field, operation):
        """Close the fields that only methods write, and for an account manager
        without another role all but the commercial ones. Reading is answered as Odoo
        does, by a shorter way."""
        if operation == "read" and self._is_field_access_ours:
            if not field.groups:
                return True
            if field.groups == INTERNAL:
                # says the same as the group, and is much the cheapest to know
                return self.env.su or not self._is_external_user()
            if field.groups == COURSE_GROUPS:
                return self.env.su or self.env.user._has_outplacement_groups(
                    field.groups
                )
        if operation == "write" and not self.env.su:
            allowed = self._get_writable_fields(self.env.user)
            if field.name in METHOD_FIELDS:
                return False
            if allowed is not None and field.name not in allowed:
                return False
        return super()._has_field_access(field, operation)

    @api.model
    def _get_writable_fields(self, user):
        """Return the names of the fields that the roles of ``user`` may write on
        some traject, None for all but those of methods."""
        if user.has_groups("outplacement.group_planner,outplacement.group_manager"):
            return None
        allowed = set()
        if user.has_group("outplacement.group_coach"):
            allowed |= COACH_FIELDS
        if user.has_group("outplacement.group_account_manager"):
            allowed |= ACCOUNT_MANAGER_FIELDS
        return allowed

    def _check_write_fields(self, vals):
        """Hold each field against what the user is of each traject.

        :raises AccessError: a coach writes as an account manager or the reverse,
            or anyone writes the reference
        """
        if self.env.su:
            return
        if {"name", "company_id"} & set(vals):
            raise AccessError(
                self.env._("The reference and the company of a traject are fixed.")
            )
        if self._get_writable_fields(self.env.user) is None:
            return
        for traject in self:
            allowed = set()
            if traject.is_member:
                allowed |= COACH_FIELDS
            if traject.account_manager_id == self.env.user:
                allowed |= ACCOUNT_MANAGER_FIELDS
            if refused := set(vals) - allowed:
                raise AccessError(
                    self.env._(
                        "You cannot change %(fields)s of traject %(traject)s.",
                        fields=self._get_field_labels(refused),
                        traject=traject.name,
                    )
                )

    @api.model
    def _get_field_labels(self, names):
        """Return the labels of fields, as the user knows them, in one text."""
        labels = [
            self._fields[name]._description_string(self.env)
            for name in names
            if name in self._fields
        ]
        return ", ".join(sorted(labels))
