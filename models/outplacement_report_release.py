from odoo import models
from odoo.fields import Command


class OutplacementReport(models.Model):
    """Telling the employer that a report was released: that there is one, and where."""

    _inherit = "outplacement.report"

    def action_release(self):
        result = super().action_release()
        self.traject_id._end_report_activity(self)
        for report in self:
            report._notify_employer()
        return result

    def _notify_employer(self):
        """Tell each contact who may read the report by mail, in their own language. The
        mail holds nothing of it: whoever reads it logs in."""
        self.ensure_one()
        template = self.env.ref("outplacement.mail_template_report_released")
        for contact in self.traject_id.employer_contact_ids.filtered("email"):
            # sudo: mail.template - a fixed text; coaches need no rights on mails
            localized = template.sudo().with_context(lang=contact.lang or self.env.lang)
            values = {"recipient_ids": [Command.set(contact.ids)]}
            localized.send_mail(self.id, email_values=values)
