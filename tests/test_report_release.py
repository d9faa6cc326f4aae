import base64
import hashlib
from datetime import date
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, HttpCase, tagged
from odoo.tests.common import RecordCapturer

from .common import DOCUMENT, OutplacementCommon


@tagged("post_install", "-at_install")
class TestReportRelease(OutplacementCommon):
    """The employer is told that there is a report, and nothing of it."""

    def _release(self, **values):
        """Release a report, and return it with the mails to employers."""
        report = self._make_report("agreed", **values).with_user(self.coach)
        with RecordCapturer(self.env["mail.mail"].sudo()) as capture:
            report.action_release()
        return report, capture.records

    def test_contacts_are_told(self):
        colleague = self.env["res.partner"].create(
            {"name": "Colleague", "email": "colleague@example.com"}
        )
        silent = self.env["res.partner"].create({"name": "Without Address"})
        self.traject.employer_contact_ids += colleague + silent
        _report, mails = self._release(remark="canary in the remark")
        self.assertEqual(len(mails), 2, "a mail each: nobody reads who else gets one")
        contacts = self.employer_contact.partner_id + colleague
        self.assertEqual(mails.recipient_ids, contacts)
        for mail in mails:
            self.assertEqual(len(mail.recipient_ids), 1)
            self.assertIn(self.account_manager.email, mail.reply_to)
            self.assertNotIn(self.coach.email, f"{mail.email_from} {mail.reply_to}")
            text = f"{mail.subject} {mail.body_html}"
            self.assertIn("/my/trajecten", text)
            for word in (
                "canary",
                "token",
                self.traject.name,
                self.candidate.name,
                self.coach.name,
                self.employer.name,
            ):
                self.assertNotIn(word, text)
            self.assertFalse(mail.attachment_ids)
            self.assertNotIn(mail.mail_message_id, self.traject.message_ids)

    def test_in_their_language(self):
        """Whatever the language of the coach."""
        self.env["res.lang"]._activate_lang("nl_NL")
        template = self.env.ref("outplacement.mail_template_report_released")
        template.with_context(lang="nl_NL").subject = "Er is een rapportage"
        self.employer_contact.partner_id.lang = "nl_NL"
        _report, mail = self._release()
        self.assertEqual(mail.subject, "Er is een rapportage")
        self.employer_contact.partner_id.lang = "en_US"
        _report, mail = self._release()
        self.assertEqual(mail.subject, "A progress report is ready for you")

    def test_nobody_is_told_of_the_rest(self):
        """Neither of drafts and answers, nor of what is taken back."""
        with RecordCapturer(self.env["mail.mail"].sudo()) as capture:
            for state in ("sent", "agreed", "objected"):
                self._make_report(state)
            contact = self.employer_contact.partner_id
            self.assertNotIn(contact, capture.records.recipient_ids)
        report, _mails = self._release()
        with RecordCapturer(self.env["mail.mail"].sudo()) as capture:
            report.action_withdraw()
        self.assertFalse(capture.records)

    def test_the_document_stays_the_same_bytes(self):
        """Rendered once: what is downloaded later is what was released."""
        report, _mails = self._release()
        calls = []

        def render(report):
            calls.append(report)
            return b"other bytes"

        model = self.registry["outplacement.report"]
        with patch.object(model, "_render_document", render):
            self.traject_type.name = "Renamed"
            self.env.flush_all()
            self.env.invalidate_all()
            mine = report.with_user(self.employer_contact)
            self.assertEqual(base64.b64decode(mine.document), DOCUMENT)
            digest = hashlib.sha256(DOCUMENT).hexdigest()
            self.assertEqual(mine.document_sha256, digest)
        self.assertFalse(calls)

    def test_superseded_stays_readable_as_such(self):
        report, _mails = self._release(remark="Wrong")
        with RecordCapturer(self.env["mail.mail"].sudo()) as capture:
            correction = self._supersede(report)
        told = capture.records.recipient_ids
        self.assertIn(self.employer_contact.partner_id, told)
        mine = report.with_user(self.employer_contact)
        self.assertEqual(mine.state, "superseded")
        self.assertEqual(mine.superseded_by_id, correction)
        self.assertEqual(mine.remark, "Wrong")


@tagged("post_install", "-at_install")
class TestPortalInvitation(OutplacementCommon):
    """Who plans invites, by Odoo's own wizard."""

    def _open(self, role, traject=None):
        mine = (traject or self.traject).with_user(self.users[role])
        action = mine.action_invite_to_portal()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        return wizard.with_user(self.users[role])

    def test_candidate_and_contacts(self):
        contact = self.env["res.partner"].create(
            {"name": "New Contact", "email": "new@example.com"}
        )
        self.traject.employer_contact_ids = contact
        for role in ("planner", "manager"):
            with self.case(role=role):
                wizard = self._open(role)
                expected = contact + self.candidate.partner_id
                self.assertEqual(wizard.user_ids.partner_id, expected)
                line = wizard.user_ids.filtered(lambda u: u.partner_id == contact)
                with RecordCapturer(self.env["mail.mail"].sudo()) as capture:
                    line.action_grant_access()
                self.assertTrue(contact.user_ids._is_portal())
                self.assertEqual(contact.user_ids.login, "new@example.com")
                self.assertIn(contact, capture.records.recipient_ids)

    def test_refused(self):
        for role in ("coach", "account_manager", "other_coach", "candidate"):
            with self.case(role=role):
                self.assertRefused(self._open, role)
        empty = self._make_traject(candidate_id=False, employer_contact_ids=False)
        self.assertRefused(self._open, "planner", empty, error=UserError)

    def test_form(self):
        with Form(self.traject.with_user(self.planner)) as form:
            self.assertIn(
                "action_invite_to_portal", form._view["tree"].xpath("//button/@name")
            )


@tagged("post_install", "-at_install")
class TestPortalSessions(HttpCase, OutplacementCommon):
    """A contact whom no traject names any more is logged out at once."""

    def _log_in(self, user):
        """Open a page as ``user``, in this browser."""
        # Odoo's tests leave out what every session leaves behind: its device
        extra = {"_trace_disable": False}
        self.authenticate(user.login, user.login, session_extra=extra)
        self.assertTrue(self._is_in())
        self.env.invalidate_all()

    def _is_in(self):
        """Whether this browser is still logged in."""
        return "/web/login" not in self.url_open("/my").url

    def _remove(self, traject, user):
        sold = traject.with_user(traject.account_manager_id)
        sold.employer_contact_ids = [Command.unlink(user.partner_id.id)]
        self.env.flush_all()

    def test_removed(self):
        self._log_in(self.employer_contact)
        devices = self.env["res.device.log"].search(
            [("user_id", "=", self.employer_contact.id)]
        )
        self.assertTrue(devices)
        self._remove(self.traject, self.employer_contact)
        self.assertFalse(self._is_in())
        self.assertTrue(all(devices.mapped("revoked")))

    def test_named_elsewhere(self):
        """One traject that is left keeps them in."""
        contact = self.employer_contact
        self.other_traject.employer_contact_ids += contact.partner_id
        self._log_in(contact)
        self._remove(self.traject, contact)
        self.assertTrue(self._is_in())
        self._remove(self.other_traject, contact)
        self.assertFalse(self._is_in())

    def test_named_in_the_archive(self):
        """Reports of archived trajects stay readable to those who are named there."""
        contact = self.employer_contact
        archived = self._make_traject()
        archived.with_user(self.planner)._set_state("cancelled")
        archived.with_user(self.planner).action_archive()
        self._log_in(contact)
        self._remove(self.traject, contact)
        self.assertTrue(self._is_in())

    def test_others_stay(self):
        self._log_in(self.other_employer_contact)
        self._remove(self.traject, self.employer_contact)
        self.assertTrue(self._is_in())

    def test_colleagues_stay(self):
        """Whoever works at the bureau is not logged out of it."""
        self.traject.employer_contact_ids += self.manager.partner_id
        self._log_in(self.manager)
        self._remove(self.traject, self.manager)
        self.assertTrue(self._is_in())

    def test_candidate_replaced_before_the_start(self):
        newcomer = self._make_user("candidate", "newcomer")
        traject = self._make_traject(candidate_id=newcomer.partner_id.id)
        self._log_in(newcomer)
        traject.with_user(self.planner).candidate_id = self.candidate.partner_id
        self.env.flush_all()
        self.assertFalse(self._is_in())

    def test_other_changes_end_nothing(self):
        self._log_in(self.employer_contact)
        with patch.object(self.registry["res.device"], "_revoke") as revoke:
            self.traject.with_user(self.planner).date_dismissal = date(2021, 2, 1)
            self.traject.with_user(self.planner).employer_contact_ids = [
                Command.set(self.employer_contact.partner_id.ids)
            ]
        revoke.assert_not_called()
        self.assertTrue(self._is_in())
