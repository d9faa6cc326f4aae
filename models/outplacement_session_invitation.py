import pytz
import vobject

from odoo import fields, models
from odoo.exceptions import UserError


class OutplacementSession(models.Model):
    """The invitation of a session: a mail with a calendar file to the candidate."""

    _inherit = "outplacement.session"

    def action_send_invitation(self):
        """Mail the candidates when and where, with a calendar file (.ics).

        :raises UserError: a candidate without an e-mail address
        """
        self.check_access("write")
        for session in self:
            if not session.candidate_id.email:
                raise UserError(
                    self.env._(
                        "%(traject)s: the candidate has no e-mail address.",
                        traject=session.traject_id.name,
                    )
                )
            session._send_invitation()
        # sudo: outplacement.session - the stamp is closed to write()
        self.sudo().date_invited = fields.Datetime.now()
        return True

    def _send_invitation(self):
        """Mail one invitation; answers go to the coach, not into a chatter."""
        self.ensure_one()
        template = self.env.ref("outplacement.mail_template_session_invitation")
        attachment = {
            "name": "invitation.ics",
            "raw": self._get_ics(),
            "mimetype": "text/calendar",
        }
        # sudo: mail.template, mail.mail - a fixed text to the candidate; coaches need
        # no rights on templates and outgoing mail
        template.sudo().send_mail(
            self.id, email_values={"attachment_ids": [(0, 0, attachment)]}
        )

    def _get_ics(self):
        """Return the calendar file of the session, in UTC, as bytes.

        Made from the session itself: the coach's calendar event is never sent.
        """
        self.ensure_one()
        calendar = vobject.iCalendar()
        calendar.add("method").value = "PUBLISH"
        event = calendar.add("vevent")
        event.add("uid").value = f"outplacement-session-{self.id}@{self.env.cr.dbname}"
        event.add("dtstamp").value = fields.Datetime.now().replace(tzinfo=pytz.utc)
        event.add("dtstart").value = self.start.replace(tzinfo=pytz.utc)
        event.add("dtend").value = self.stop.replace(tzinfo=pytz.utc)
        event.add("summary").value = self._get_invitation_summary()
        if place := self.location or self.videocall_url:
            event.add("location").value = place
        if self.videocall_url:
            event.add("url").value = self.videocall_url
        return calendar.serialize().encode()

    def _get_invitation_summary(self):
        """Return the title in the candidate's own calendar, which others may see, in
        the candidate's language."""
        localized = self.with_context(lang=self.candidate_id.lang or self.env.lang)
        return localized.env._("Appointment with %(name)s", name=self.coach_id.name)
