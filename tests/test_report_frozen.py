import base64
import hashlib
import io
from datetime import date, datetime
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tools.pdf import PdfFileReader

from ..models.outplacement_report_flow import OutplacementReport
from .common import DOCUMENT, OutplacementCommon
from .test_report import FACTS, STATES

FROZEN = ("released", "superseded", "withdrawn")


@tagged("post_install", "-at_install")
class TestReportFrozen(OutplacementCommon):
    """What was shown is what stays: sent, released, corrected, withdrawn."""

    def _make(self, state="draft", **values):
        """Return a report as its coach."""
        return self._make_report(state, **values).with_user(self.coach)

    # ------------------------------------------------------------------
    # Frozen
    # ------------------------------------------------------------------

    def _get_changes(self):
        changes = dict.fromkeys(FACTS - {"date_from", "date_to"}, False)
        changes |= {"date_from": date(2021, 1, 5), "date_to": date(2021, 3, 30)}
        changes |= {"remark": "Other words", "sessions_held": 99, "placed": True}
        changes |= {"next_step_ids": [Command.clear()]}
        return changes

    def test_released_reports_are_frozen(self):
        """For the coach and for superuser code, each fact by each way."""
        for state in FROZEN:
            report = self._make(state)
            changes = self._get_changes()
            changes |= {"document": b"", "document_sha256": "0", "state": "draft"}
            changes |= {"traject_id": self.other_traject.id}
            for name, value in changes.items():
                for mine in (report, report.sudo()):
                    with self.case(state=state, field=name, superuser=mine.env.su):
                        vals = {name: value}
                        self.assertRefused(mine.write, vals, error=UserError)
            self._check_other_ways(report)

    def _check_other_ways(self, report):
        with self.case(way="a line of the traject"):
            update = Command.update(report.id, {"remark": "Other words"})
            lines = {"report_ids": [update]}
            guided = self.traject.with_user(self.coach)
            self.assertRefused(guided.write, lines, error=UserError)
        with self.case(way="import"):
            loaded = report.load([".id", "remark"], [[str(report.id), "Other words"]])
            self.assertFalse(loaded["ids"])
        with self.case(way="deleting"):
            self.assertRefused(report.unlink, error=UserError)
            self.assertRefused(report.sudo().unlink, error=UserError)
        with self.case(way="facts of today"):
            self.assertRefused(report.action_refresh_facts, error=UserError)
        with self.case(way="copy"):
            copied = report.copy()
            self.assertEqual(copied.state, "draft")
            self.assertFalse(copied.document or copied.document_sha256)
            self.assertFalse(copied.date_sent or copied.date_released)
            self.assertFalse(copied.answer_ids)
            self.assertRefused(report.copy, {"state": "released"})

    def test_what_the_candidate_reads_is_what_was_sent(self):
        """Between sending and release the coach changes nothing either."""
        for state in ("sent", "agreed", "objected"):
            report = self._make(state)
            for name, value in self._get_changes().items():
                with self.case(state=state, field=name):
                    self.assertRefused(report.write, {name: value}, error=UserError)
            with self.case(state=state):
                self.assertRefused(report.unlink, error=UserError)
                report.action_back_to_draft()
                self.assertRefused(report.unlink, error=UserError)

    def test_life_goes_on_and_the_report_does_not(self):
        report = self._make("released", remark="Words")
        before = report.read(list(FACTS))[0]
        self._activate()
        self.traject.write({"months": 24, "personnel_number": "7"})
        self._make_session(start=datetime(2021, 2, 1, 9))
        self.traject_type.name = "Renamed"
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(report.read(list(FACTS))[0], before)

    def test_no_report_starts_released(self):
        period = {"date_from": date(2021, 1, 1), "date_to": date(2021, 2, 1)}
        values = {"traject_id": self.traject.id, **period}
        Report = self.env["outplacement.report"].with_user(self.coach)
        for closed in (
            {"state": "released"},
            {"document": base64.b64encode(b"x")},
            {"date_released": "2021-01-01 00:00:00"},
            {"supersedes_id": self._make("released").id},
        ):
            [(name, value)] = closed.items()
            with self.case(field=name):
                self.assertRefused(Report.create, {**values, **closed})
                there = Report.with_context(**{f"default_{name}": value})
                self.assertRefused(there.create, values)

    # ------------------------------------------------------------------
    # Document, correction, withdrawal
    # ------------------------------------------------------------------

    def test_document_and_its_fingerprint(self):
        report = self._make("released")
        document = base64.b64decode(report.document)
        self.assertEqual(document, DOCUMENT)
        self.assertEqual(report.document_sha256, hashlib.sha256(document).hexdigest())
        self.assertNotIn("/", report.document_name)
        contact = report.with_user(self.employer_contact)
        self.assertEqual(base64.b64decode(contact.document), DOCUMENT)
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", report._name),
                    ("res_id", "=", report.id),
                    ("res_field", "=", "document"),
                ]
            )
        )
        self.assertFalse(attachment.public or attachment.access_token)
        for role in ("finance", "other_coach", "other_employer_contact", "system"):
            with self.case(role=role):
                mine = attachment.with_user(self.users[role])
                self.assertRefused(mine.read, ["raw"])

    def test_the_document_is_a_pdf(self):
        """Printed in earnest, by the coach who releases."""
        # the server of the tests, as HttpCase sets it
        self.env["ir.config_parameter"].set_param("report.url", HttpCase.base_url())
        report = self._make("agreed")
        real = patch.object(
            self.registry[report._name],
            "_render_document",
            OutplacementReport._render_document,
        )
        with real, self.allow_pdf_render():
            report.with_context(force_report_rendering=True).action_release()
        document = base64.b64decode(report.document)
        self.assertTrue(document.startswith(b"%PDF"))
        self.assertEqual(report.document_sha256, hashlib.sha256(document).hexdigest())
        self.assertEqual(len(PdfFileReader(io.BytesIO(document)).pages), 1)

    def test_everybody_prints_the_same_facts(self):
        """Who may read a report may print it, portal users too."""
        draft = self._make(remark="Remarkable words")
        report = self._make("released", remark="Remarkable words")
        Action = self.env["ir.actions.report"]
        name = "outplacement.outplacement_report_report_progress"
        for role in ("coach", "planner", "account_manager", "employer_contact"):
            with self.case(role=role):
                mine = Action.with_user(self.users[role])
                html, _type = mine._render_qweb_html(name, report.ids)
                for word in (report.reference, "Remarkable words"):
                    self.assertIn(word.encode(), html)
                for word in ("Preview", self.candidate.name, self.coach.name):
                    self.assertNotIn(word.encode(), html)
        with self.case(role="coach", state="draft"):
            html, _type = Action.with_user(self.coach)._render_qweb_html(
                name, draft.ids
            )
            self.assertIn(b"Preview", html)
        for role in ("other_coach", "other_employer_contact", "employee", "system"):
            with self.case(role=role):
                mine = Action.with_user(self.users[role])
                self.assertRefused(mine._render_qweb_html, name, report.ids)

    def test_correction_supersedes(self):
        old = self._make("released", remark="Wrong", date_to=date(2021, 2, 28))
        correction = old.browse(old.action_supersede()["res_id"])
        self.assertEqual(correction.state, "draft")
        self.assertEqual(correction.supersedes_id, old)
        self.assertEqual(correction.remark, "Wrong")
        self.assertEqual(old.state, "released", "until the new one is")
        self.assertEqual(
            old.action_supersede()["res_id"], correction.id, "one is enough"
        )
        correction.remark = "Right"
        correction.action_send()
        correction.with_user(self.candidate).action_answer("agreed")
        correction.action_release()
        self.assertEqual(old.state, "superseded")
        self.assertEqual(old.superseded_by_id, correction)
        self.assertEqual(old.remark, "Wrong")
        contact = (old + correction).with_user(self.employer_contact)
        self.assertEqual(contact.mapped("remark"), ["Wrong", "Right"])

    def test_employer_contact_reads_released_reports_only(self):
        for state in STATES:
            report = self._make(state, remark="canary")
            with self.case(state=state):
                mine = report.with_user(self.employer_contact)
                if state in ("released", "superseded"):
                    self.assertEqual(mine.read(["remark"])[0]["remark"], "canary")
                else:
                    self.assertRefused(mine.read, ["remark"])
                others = report.with_user(self.other_employer_contact)
                self.assertRefused(others.read, ["remark"])

    def test_a_contact_no_longer_named_reads_no_more(self):
        report = self._make("released").with_user(self.employer_contact)
        self.assertTrue(report.read(["remark"]))
        sold = self.traject.with_user(self.account_manager)
        sold.employer_contact_ids = self.other_employer_contact.partner_id
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertRefused(report.read, ["remark"])
        self.assertTrue(report.with_user(self.other_employer_contact).read(["remark"]))
