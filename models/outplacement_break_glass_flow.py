from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .outplacement_break_glass import REQUEST_LASTS

OFFICER = "outplacement.group_privacy_officer"
REQUESTERS = "outplacement.group_privacy_officer,outplacement.group_manager"


class OutplacementBreakGlass(models.Model):
    """The course of an emergency access: decided by another, told, ended."""

    _inherit = "outplacement.break.glass"

    # ------------------------------------------------------------------
    # Deciding
    # ------------------------------------------------------------------

    def _get_decision_obstacle(self):
        """Return why the present user cannot decide, "" if they can.

        Superuser code is held against this too: it is always a person who decides.
        """
        self.ensure_one()
        user = self.env.user
        if not user.has_group(OFFICER):
            return self.env._("Only a privacy officer decides on emergency access.")
        if user == self.requester_id:
            return self.env._("Somebody else decides on your request.")
        # sudo: outplacement.traject - whether the officer is its candidate
        if user.partner_id == self.traject_id.sudo().candidate_id:
            return self.env._("Nobody decides on the file about themselves.")
        return ""

    def _decide(self, kind, state, **values):
        """Bring requests that wait into ``state``, by a person who may decide.

        :raises AccessError: anyone who may not
        :raises UserError: a request that was decided on, or waited too long
        """
        self.check_access("read")
        self.lock_for_update()
        for request in self:
            if obstacle := request._get_decision_obstacle():
                raise AccessError(obstacle)
            waits_since = fields.Datetime.now() - REQUEST_LASTS
            if request.state != "requested" or request.requested_at <= waits_since:
                raise UserError(
                    self.env._("This request is over: it has to be made again.")
                )
        # sudo: outplacement.break.glass - closed to write(), so that access is only
        # ever given here, after the checks above
        self.sudo().write({"state": state, "approver_id": self.env.uid, **values})
        # the domains of the rules depend on who has emergency access. Again after the
        # commit: until then others keep what they computed without this one
        self.env.registry.clear_cache()
        self.env.cr.postcommit.add(self.env.registry.clear_cache)
        self._log_access(kind)

    def action_approve(self):
        """Open the file to the requester, from now for the hours asked for.

        :raises AccessError: no privacy officer, or the requester
        :raises UserError: the requester may not ask any more
        """
        now = fields.Datetime.now()
        for request in self:
            if not request.requester_id.has_groups(REQUESTERS):
                raise UserError(
                    self.env._(
                        "%(name)s is no manager or privacy officer any more.",
                        name=request.requester_id.name,
                    )
                )
            request._decide(
                "break_glass_approved",
                "approved",
                approved_from=now,
                approved_until=now + timedelta(hours=request.hours),
            )
            request._tell_guides()
            request._tell_candidate()
            request._tell_requester(
                self.env._("Your request for emergency access was approved.")
            )
        return True

    def action_refuse(self):
        """Refuse the requests.

        :raises AccessError: no privacy officer, or the requester
        """
        self._decide("break_glass_refused", "refused")
        for request in self:
            request._tell_requester(
                self.env._("Your request for emergency access was refused.")
            )
        return True

    # ------------------------------------------------------------------
    # Ending
    # ------------------------------------------------------------------

    def action_end(self):
        """End accesses now, or withdraw requests.

        :raises AccessError: neither the requester nor a privacy officer
        """
        self.check_access("read")
        if self.requester_id - self.env.user and not self.env.user.has_group(OFFICER):
            raise AccessError(
                self.env._("The requester or a privacy officer ends emergency access.")
            )
        now = fields.Datetime.now()
        waiting = self.filtered(lambda request: request.state == "requested")
        running = self._filter_running()
        # sudo: outplacement.break.glass - closed to write(), see _decide
        waiting.sudo().write({"state": "ended"})
        # sudo: outplacement.break.glass - closed to write(), see _decide
        running.sudo().write({"state": "ended", "approved_until": now})
        (waiting | running)._log_access("break_glass_ended", "by hand")
        return True

    @api.model
    def _end_without_group(self):
        """End the accesses of those who could not ask any more: as a coach they would
        still read."""
        # sudo: outplacement.break.glass - whoever takes a group away need not know
        running = self.sudo().search(self._get_running_domain())
        former = running.filtered(lambda r: not r.requester_id.has_groups(REQUESTERS))
        former.write({"state": "ended", "approved_until": fields.Datetime.now()})
        former.with_env(self.env)._log_access("break_glass_ended", "group taken")

    @api.model
    def _cron_tidy(self):
        """Bring the states up to date. Access itself has ended by the clock."""
        now = fields.Datetime.now()
        ended = self.search([("state", "=", "approved"), ("approved_until", "<=", now)])
        ended.write({"state": "ended"})
        for request in ended:
            until = fields.Datetime.to_string(request.approved_until)
            request._log_access("break_glass_ended", until)
        expired = self.search(
            [("state", "=", "requested"), ("requested_at", "<=", now - REQUEST_LASTS)]
        )
        expired.write({"state": "expired"})
        expired._log_access("break_glass_expired")

    # ------------------------------------------------------------------
    # Telling
    # ------------------------------------------------------------------

    def _tell_officers(self):
        """Tell the privacy officers that a request waits for one of them."""
        texts = [
            self.env._(
                "%(name)s asks for emergency access to traject %(traject)s.",
                name=request.requester_id.name,
                traject=request.traject_reference,
            )
            for request in self
        ]
        self.env["outplacement.alert"]._tell("emergency", texts)

    def _tell_guides(self):
        """Tell coach and deputies at once, in their inbox and by mail."""
        # sudo: outplacement.traject, mail.template - who guides is told, by a fixed
        # text; who approves reads no trajects
        guides = self.traject_id.sudo().member_ids._filter_current().user_id.partner_id
        if guides:
            template = self.env.ref("outplacement.mail_template_break_glass_coach")
            self._notify(
                guides,
                self.env._(
                    "%(name)s may read the confidential file of traject %(traject)s "
                    "until %(until)s (UTC): emergency access, approved by "
                    "%(approver)s. The reason is on the traject.",
                    name=self.requester_id.name,
                    traject=self.traject_reference,
                    until=fields.Datetime.to_string(self.approved_until),
                    approver=self.approver_id.name,
                ),
            )
            values = {"recipient_ids": [(6, 0, guides.ids)]}
            # sudo: mail.template - see above
            template.sudo().send_mail(self.id, force_send=True, email_values=values)

    def _tell_candidate(self):
        """Tell the candidate by mail, if the company's setting says so."""
        # sudo: outplacement.traject, mail.template - a fixed text to the candidate;
        # who approves reads no trajects
        request = self.sudo()
        tell = request.company_id.outplacement_break_glass_tell_candidate
        if tell and request.traject_id.candidate_id.email:
            template = request.env.ref(
                "outplacement.mail_template_break_glass_candidate"
            )
            template.send_mail(self.id)

    def _tell_requester(self, text):
        """Tell the requester what was decided."""
        self._notify(self.requester_id.partner_id, text)

    def _notify(self, partners, text):
        # sudo: mail.thread, res.users - telling colleagues needs no rights on them
        self.env["mail.thread"].sudo().message_notify(
            partner_ids=partners.ids,
            author_id=self.env.ref("base.partner_root").id,
            subject=self.env._("Emergency access to a confidential file"),
            body=text,
        )

    def action_open_notes(self):
        """Open the notes of the traject, while the access lasts.

        :raises AccessError: it does not, or is somebody else's
        """
        return self._get_file_action(
            "outplacement.outplacement_note_action_break_glass"
        )

    def action_open_documents(self):
        """Open the documents of the traject, while the access lasts.

        :raises AccessError: it does not, or is somebody else's
        """
        return self._get_file_action(
            "outplacement.outplacement_document_action_break_glass"
        )

    def _get_file_action(self, xml_id):
        """Return the action of this id, of a part of the file of this traject.

        :raises AccessError: access does not last, or is somebody else's
        """
        self.ensure_one()
        if self.requester_id != self.env.user or not self._filter_running():
            raise AccessError(self.env._("This emergency access is not open to you."))
        action = self.env["ir.actions.act_window"]._for_xml_id(xml_id)
        action["domain"] = [("traject_id", "=", self.traject_id.id)]
        return action
