from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain


class OutplacementTraject(models.Model):
    """Who enters by the portal: invited by Odoo's own wizard, and out at once when no
    traject names them any more."""

    _inherit = "outplacement.traject"

    def _get_former_portal_partners(self, vals):
        """Return who is named of these trajects, where ``vals`` may change it."""
        if not {"employer_contact_ids", "candidate_id"} & set(vals):
            return self.env["res.partner"]
        return self._get_portal_partners()

    def _get_portal_partners(self):
        """Return the candidates and employer contacts of these trajects."""
        # sudo: outplacement.traject - who is named, whoever writes
        trajects = self.sudo()
        return trajects.employer_contact_ids | trajects.candidate_id

    @api.model
    def _get_portal_party_lang(self, user_id):
        """Return the language of a portal user whom some traject names as candidate or
        employer contact, None for others."""
        # sudo: res.users, outplacement.traject - whether there is one, for who has just
        # logged in
        user = self.env["res.users"].sudo().browse(user_id)
        trajects = user.env[self._name].with_context(active_test=False)
        named = Domain("employer_contact_ids", "in", user.partner_id.ids) | Domain(
            "candidate_id", "in", user.partner_id.ids
        )
        if user._is_portal() and trajects.search_count(named, limit=1):
            return user.lang
        return None

    @api.model
    def _end_portal_sessions(self, partners):
        """Log out those of ``partners`` whom no traject names any more, on all their
        devices. Rules close the reports to them anyway; this closes the pages that are
        open."""
        if not partners:
            return
        # sudo: outplacement.traject, res.device - whether others name them, and the
        # sessions of people outside the bureau, for whoever may remove a contact
        trajects = self.sudo().with_context(active_test=False)
        named = trajects.search(
            Domain("employer_contact_ids", "in", partners.ids)
            | Domain("candidate_id", "in", partners.ids)
        )
        gone = partners.with_env(trajects.env) - named._get_portal_partners()
        users = gone.user_ids.filtered("share")
        devices = trajects.env["res.device"].search([("user_id", "in", users.ids)])
        if devices:
            devices._revoke()

    def action_invite_to_portal(self):
        """Open Odoo's wizard that gives portal access, on the candidate and the
        employer contacts of the traject.

        :raises AccessError: the user is neither planner nor manager
        :raises UserError: there is nobody to invite
        """
        self.ensure_one()
        if not self.env.user.has_groups(
            "outplacement.group_planner,outplacement.group_manager"
        ):
            raise AccessError(
                self.env._("Only a planner or a manager invites to the portal.")
            )
        self.check_access("write")
        partners = self.candidate_id | self.employer_contact_ids
        if not partners:
            raise UserError(
                self.env._(
                    "Name the candidate or the employer's contacts before you invite "
                    "them."
                )
            )
        wizard = self.env["portal.wizard"].create(
            {"partner_ids": [Command.set(partners.ids)]}
        )
        return wizard._action_open_modal()
