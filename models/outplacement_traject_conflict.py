from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .sale_order_line import TRAJECT_GROUPS

# How long somebody who worked for an employer's account is not its people's coach.
ACCOUNT_YEARS = 2


class OutplacementTraject(models.Model):
    """Whose interests might conflict on a traject under a social plan: somebody else is
    offered first, and which alternative that was is recorded."""

    _inherit = "outplacement.traject"

    conflict_ids = fields.One2many(
        "outplacement.conflict",
        "traject_id",
        string="Conflicts of Interest",
        groups=TRAJECT_GROUPS,
    )
    conflict_text = fields.Char(
        string="Conflict of Interest",
        compute="_compute_conflict_text",
        compute_sudo=True,
        groups=TRAJECT_GROUPS,
    )

    @api.depends("trigger", "social_plan_id.is_affiliated", "conflict_ids.kind")
    def _compute_conflict_text(self):
        for traject in self:
            traject.conflict_text = traject._is_conflict_open() and self.env._(
                "The bureau is affiliated with the employer, and the person leaves "
                "over a conflict. Offer another bureau, record which one, and refer "
                "the person out if they want that."
            )

    # ------------------------------------------------------------------
    # Affiliated bureau
    # ------------------------------------------------------------------

    def _is_conflict_open(self):
        """Whether the bureau belongs to the employer with whom there is a conflict, and
        no alternative was recorded."""
        self.ensure_one()
        # sudo: outplacement.social.plan - what was agreed, for whoever runs the traject
        traject = self.sudo()
        affiliated = traject.trigger == "conflict" and (
            traject.social_plan_id.is_affiliated
        )
        return affiliated and "affiliated" not in traject.conflict_ids.mapped("kind")

    def _check_active(self):
        """:raises UserError: no alternative was offered where one should have been"""
        result = super()._check_active()
        for traject in self:
            if traject._is_conflict_open():
                raise UserError(
                    self.env._(
                        "The bureau is affiliated with the employer of traject "
                        "%(traject)s: record first which alternative was offered.",
                        traject=traject.name,
                    )
                )
        return result

    def action_record_alternative(self):
        """Record which other bureau was offered."""
        self.ensure_one()
        self.env["outplacement.conflict"].check_access("create")
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Record Alternative"),
            "res_model": "outplacement.conflict",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_traject_id": self.id,
                "default_kind": "affiliated",
            },
        }

    def action_refer_out(self):
        """Cancel the traject, or close it where sessions were held: the person goes to
        another bureau."""
        self.ensure_one()
        # sudo: outplacement.traject - whether a session was held, and not when
        begun = self.sudo().date_last_session or self.state not in ("intake", "active")
        return self._get_wizard_action(
            "outplacement.traject.close",
            self.env._("Refer Out"),
            default_target_state="closed" if begun else "cancelled",
            default_outcome="referred_out",
        )

    # ------------------------------------------------------------------
    # The coach
    # ------------------------------------------------------------------

    def _filter_conflicting(self, user):
        """Return the trajects under a plan for whose employer's account ``user`` worked
        lately."""
        # sudo: outplacement.social.plan - who sold what, for whoever assigns
        planned = self.sudo().filtered("social_plan_id")
        grouped = planned.grouped(
            lambda t: t.employer_id | t.social_plan_id.employer_id
        )
        conflicting = self.browse()
        for employers, trajects in grouped.items():
            if self._has_account_role(user, employers, trajects[0].company_id):
                conflicting |= self.browse(trajects.ids)
        return conflicting

    @api.model
    def _has_account_role(self, user, employers, company):
        """Return whether ``user`` sold to these employers, or looked after their plan,
        in the last years."""
        since = company._get_outplacement_today() - relativedelta(years=ACCOUNT_YEARS)
        # sudo: sale.order - who sold it, for whoever assigns
        Order = self.env["sale.order"].sudo()
        sold = [
            ("user_id", "=", user.id),
            ("partner_id", "child_of", employers.ids),
            ("state", "=", "sale"),
            ("date_order", ">=", since),
        ]
        # sudo: outplacement.social.plan - whose it is, for whoever assigns
        Plan = self.env["outplacement.social.plan"].sudo()
        looked_after = [
            ("employer_id", "in", employers.ids),
            *("|", ("date_to", "=", False), ("date_to", ">=", since)),
            *("|", ("account_manager_id", "=", user.id), ("deputy_id", "=", user.id)),
        ]
        return bool(Order.search_count(sold, limit=1)) or bool(
            Plan.search_count(looked_after, limit=1)
        )

    def _assign_member(self, user, role, date_from, date_to=False):
        # EXTENDS: a coach who worked for the employer's account
        self._check_account_role(user)
        return super()._assign_member(user, role, date_from, date_to)

    def _check_account_role(self, user):
        """:raises UserError: no alternative to this coach was recorded"""
        conflicting = self._filter_conflicting(user)
        # sudo: outplacement.conflict - whether one was recorded, for whoever assigns
        open_ones = conflicting.sudo().filtered(
            lambda traject: user not in traject.conflict_ids.coach_id
        )
        if open_ones:
            raise UserError(
                self.env._(
                    "%(coach)s worked for the account of the employer of traject "
                    "%(traject)s in the last two years: record which alternative was "
                    "offered, or choose somebody else.",
                    coach=user.name,
                    traject=open_ones[0].name,
                )
            )

    def _record_alternative(self, user, alternative):
        """Record which alternative to coach ``user`` was offered.

        :raises AccessError: the trajects are not the user's to plan
        """
        self.check_access("write")
        return self.env["outplacement.conflict"].create(
            [
                {
                    "traject_id": traject.id,
                    "kind": "account",
                    "coach_id": user.id,
                    "alternative": alternative,
                }
                for traject in self
            ]
        )
