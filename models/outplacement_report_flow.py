import base64
import hashlib
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class OutplacementReport(models.Model):
    """The course of a progress report: candidate first, then the employer."""

    _inherit = "outplacement.report"

    def _check_state(self, *states):
        """:raises UserError: a report in another state"""
        labels = dict(self._fields["state"]._description_selection(self.env))
        for report in self:
            if report.state not in states:
                raise UserError(
                    self.env._(
                        "%(report)s is %(state)s: this cannot be done now.",
                        report=report.name,
                        state=labels[report.state].lower(),
                    )
                )

    def _check_coach(self):
        """:raises AccessError: the user does not guide the trajects"""
        if not self.env.su and not all(self.traject_id.mapped("is_member")):
            raise AccessError(
                self.env._("Only the coach of the traject handles its reports.")
            )

    def _set_state(self, *states, **values):
        """Write ``values`` on reports in one of ``states``, for their coach."""
        self._check_coach()
        self._check_state(*states)
        # sudo: outplacement.report - state and dates are closed to write(), so that
        # they only move through here, after the checks above
        self.sudo().write(values)

    def action_send(self):
        """Give the reports to their candidates, with the days to answer that the
        company grants.

        :raises UserError: a traject without candidate, or facts that have changed
            since the coach saw them
        """
        self.flush_recordset()  # what is still to be computed is fixed from here on
        self._check_coach()
        self._check_state("draft")
        self._check_facts_current()
        for report in self:
            if not report.candidate_id:
                raise UserError(self.env._("This traject has no candidate yet."))
            today = report.company_id._get_outplacement_today()
            days = report.company_id.outplacement_answer_days
            report._set_state(
                "draft",
                state="sent",
                date_sent=today,
                answer_deadline=today + timedelta(days=days),
                date_announced=report.candidate_id.email and today,
            )
            report.traject_id._end_report_activity(report)
            report._notify_candidate()
        return True

    def _notify_candidate(self):
        """Tell the candidate by mail, where there is an address, that a report waits.
        The mail holds nothing of the report."""
        if self.candidate_id.email:
            template = self.env.ref("outplacement.mail_template_report_sent")
            # sudo: mail.template - a fixed text; coaches need no rights on mails
            template.sudo().send_mail(self.id)

    def action_record_answer(self):
        """Open a dialog that records what the candidate said."""
        self.ensure_one()
        self._check_coach()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Candidate's Answer"),
            "res_model": "outplacement.report.answer",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_report_id": self.id},
        }

    def action_answer(self, answer, remark=False):
        """Take the candidate's own answer: "agreed" or "objected", with a remark.

        :raises AccessError: anyone but the candidate
        :raises UserError: a report that does not wait for an answer
        """
        self.ensure_one()
        self.check_access("read")
        # sudo: outplacement.report - candidates do not read this field of theirs
        report = self.sudo()
        if report.candidate_id != self.env.user.partner_id:
            raise AccessError(self.env._("Only the candidate answers a report."))
        # sudo: outplacement.report.answer - candidates write nothing by themselves;
        # this method takes two values of theirs, after the check above
        self.env["outplacement.report.answer"].sudo().create(
            {
                "report_id": self.id,
                "answer": answer,
                "date": report.company_id._get_outplacement_today(),
                "remark": remark,
                "channel": "portal",
            }
        )
        self._tell_of_answer()
        return True

    def _tell_of_answer(self):
        """Tell the coach that the candidate answered in the portal."""
        # sudo: outplacement.report - candidates read no trajects
        self.sudo().traject_id._schedule_report_activity("answered")

    def _take_answer(self, answer):
        """Bring the report into the state that ``answer`` leads to."""
        self._set_state("sent", state=answer)
        self.traject_id._end_report_activity(self)

    def action_back_to_draft(self):
        """Take reports back to mend them; the candidate is asked again."""
        self._set_state(
            "sent",
            "agreed",
            "objected",
            state="draft",
            answer_deadline=False,
            date_reminded=False,
            date_missed=False,
        )

    def action_release(self):
        """Freeze agreed reports: keep the PDF and open them to the employer."""
        for report in self:
            report._set_state(
                "agreed",
                date_released=fields.Datetime.now(),
                released_by_id=self.env.user.id,
            )
            document = report._render_document()
            report._set_state(
                "agreed",
                document=base64.b64encode(document),
                document_sha256=hashlib.sha256(document).hexdigest(),
            )
            # last: from here on nothing of it is written any more
            report._set_state("agreed", state="released")
            report._supersede_previous()
        return True

    def _render_document(self):
        """Return the PDF of the report as bytes."""
        self.ensure_one()
        content, _type = self.env["ir.actions.report"]._render_qweb_pdf(
            "outplacement.outplacement_report_report_progress", self.ids
        )
        return content

    def _supersede_previous(self):
        """Mark the report that this one corrects as superseded."""
        previous = self.supersedes_id.filtered(lambda r: r.state == "released")
        previous._set_state("released", state="superseded", superseded_by_id=self.id)

    def action_withdraw(self):
        """Close released reports to the employer again."""
        self._set_state("released", state="withdrawn")

    def action_supersede(self):
        """Draft a correction of a released report; the old one stays until the new
        one is released."""
        self.ensure_one()
        self._check_coach()
        self._check_state("released")
        if correction := self.search([("supersedes_id", "=", self.id)], limit=1):
            return correction._get_records_action()
        correction = self.copy()
        # sudo: outplacement.report - the link is closed to write()
        correction.sudo().supersedes_id = self
        return correction._get_records_action()

    def action_preview(self):
        """Show the report as the employer would see it."""
        self.check_access("read")
        return self.env.ref(
            "outplacement.outplacement_report_report_progress"
        ).report_action(self)
