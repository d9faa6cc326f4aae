from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

TRANSITIONS = {
    "draft": {"signed"},
    "signed": {"open", "closed", "expired"},
    "open": {"closed", "expired"},
    "expired": {"open", "closed"},
    "closed": set(),
}


class OutplacementSocialPlan(models.Model):
    """The course of a social plan: its states."""

    _inherit = "outplacement.social.plan"

    # ------------------------------------------------------------------
    # States
    # ------------------------------------------------------------------

    def _set_state(self, state):
        """Bring the plans into ``state``: the one door to it, ``write()`` refuses it.

        :raises AccessError: the plans are not the user's
        :raises UserError: the map does not lead there, or something is missing
        """
        self.check_access("write")
        self._check_transition(state)
        getattr(self, f"_check_{state}")()
        # sudo: outplacement.social.plan - the state is closed to write(), so that it
        # only moves along the map, after the checks
        self.sudo().write({"state": state})
        getattr(self, f"_on_{state}")()

    def _check_transition(self, state):
        """:raises UserError: the state map does not lead to ``state``"""
        labels = dict(self._fields["state"]._description_selection(self.env))
        for plan in self:
            if state not in TRANSITIONS[plan.state]:
                raise UserError(
                    self.env._(
                        "Social plan %(plan)s is %(old)s and cannot become %(new)s.",
                        plan=plan.name,
                        old=labels[plan.state].lower(),
                        new=labels[state].lower(),
                    )
                )

    def _check_signed(self):
        """:raises UserError: naming what a plan lacks to be signed"""
        for plan in self:
            labels = {
                "package_ids": self.env._("a package"),
                "date_from": self.env._("the first day of validity"),
                "date_to": self.env._("the last day of validity"),
                "date_signed": self.env._("the day of the signature"),
                "agreement_file": self.env._("the signed agreement as a file"),
            }
            missing = [label for name, label in labels.items() if not plan[name]]
            if missing:
                raise UserError(
                    self.env._(
                        "Before social plan %(plan)s is signed it needs %(missing)s.",
                        plan=plan.name,
                        missing=", ".join(missing),
                    )
                )

    def _check_open(self):
        """:raises UserError: a plan is not valid any more"""
        for plan in self:
            if plan._is_over():
                raise UserError(
                    self.env._(
                        "Social plan %(plan)s was valid until %(date)s: an amendment "
                        "gives it a later day.",
                        plan=plan.name,
                        date=format_date(self.env, plan.date_to),
                    )
                )

    def _check_closed(self):
        """Hook: what must hold before a plan is closed."""

    def _check_expired(self):
        """:raises UserError: a plan is still valid"""
        for plan in self:
            if not plan._is_over():
                raise UserError(
                    self.env._(
                        "Social plan %(plan)s is still valid.",
                        plan=plan.name,
                    )
                )

    def _on_signed(self):
        """From now on the prices are agreed."""
        self.package_ids._update_pricelist()

    def _on_open(self):
        """Hook: after a plan was opened."""

    def _on_closed(self):
        """Hook: after a plan was closed."""

    def _on_expired(self):
        """Hook: after the last day of a plan."""

    def _is_over(self):
        """Whether the last day of validity lies behind us."""
        self.ensure_one()
        return bool(self.date_to) and self.date_to < self._get_today()

    @api.model
    def _cron_expire(self):
        """Show which plans are over. Call-offs look at the date themselves."""
        tomorrow = fields.Date.add(fields.Date.today(), days=1)
        domain = [("state", "in", ("signed", "open")), ("date_to", "<", tomorrow)]
        plans = self.search(domain)
        plans.filtered(lambda plan: plan._is_over())._set_state("expired")

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_sign(self):
        """Fix the terms as they were signed."""
        self._set_state("signed")

    def action_open(self):
        """Allow call-offs."""
        self._set_state("open")

    def action_close(self):
        """End the plan: nothing more is called off."""
        self._set_state("closed")
