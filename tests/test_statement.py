import base64
import hashlib
from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .common import ACCESS_LOGGERS, DOCUMENT, OutplacementCommon

SIGNATURE = base64.b64encode(
    base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
    )
)


@freeze_time("2021-05-03 10:00:00")
@tagged("post_install", "-at_install")
class TestStatement(OutplacementCommon):
    """Who is told what: written from the settings, signed, and fixed then."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(
            patch.object(
                cls.registry["outplacement.statement"],
                "_render_document",
                lambda statement: DOCUMENT,
            )
        )

    def _make(self, user=None, **values):
        Statement = self.env["outplacement.statement"].with_user(user or self.coach)
        return Statement.create({"traject_id": self.traject.id, **values})

    def _sign(self, **values):
        statement = self._make(signature=SIGNATURE, **values)
        statement.action_sign()
        return statement

    def _get_text(self, traject=None):
        sections = (traject or self.traject)._get_statement()
        return "\n".join(line for _title, lines in sections for line in lines)

    # ------------------------------------------------------------------
    # The text
    # ------------------------------------------------------------------

    def test_days_to_answer(self):
        self.company.outplacement_answer_days = 11
        self.assertIn("has 11 days to answer", self._get_text())

    def test_identity_on_invoices(self):
        for identity, words in (
            ("reference", "the number of the traject, and no name"),
            ("personnel_number", "and the candidate's personnel number"),
            ("name", "and the candidate's name"),
        ):
            self.employer.outplacement_invoice_identity = identity
            with self.subTest(identity):
                text = self._get_text(traject=self.traject.with_user(self.coach))
                self.assertIn(words, text)

    def test_identity_of_who_pays(self):
        """The one who gets the invoice counts, not the employer."""
        self._make_instalment()
        payer = self.env["res.partner"].create(
            {"name": "Payer", "outplacement_invoice_identity": "name"}
        )
        self.traject.order_id.partner_invoice_id = payer
        text = self._get_text(traject=self.traject.with_user(self.coach))
        self.assertIn("and the candidate's name", text)

    def test_readers(self):
        self.assertIn(self.employer_contact.name, self._get_text())
        self.traject.employer_contact_ids = [Command.clear()]
        self.assertIn("nobody yet", self._get_text())

    def test_emergencies(self):
        """Whether candidates are told is a setting, and the text says which."""
        told = "So is the candidate"
        self.company.outplacement_break_glass_tell_candidate = True
        self.assertIn(told, self._get_text())
        self.company.outplacement_break_glass_tell_candidate = False
        self.assertNotIn(told, self._get_text())

    def test_private_person(self):
        """Without an employer there is nothing to say of one."""
        self.traject.employer_id = False
        text = self._get_text()
        self.assertNotIn("mployer", text)
        self.assertIn("An invoice names", text)

    def test_dutch(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.candidate.partner_id.lang = "nl_NL"
        content = dict(self._make()._get_content())
        self.assertIn("Wie leest wat", content)

    def test_on_the_screen(self):
        """Who signs on the screen reads there what is signed, and no markup in it."""
        self.employer_contact.partner_id.name = "<b>Bold</b>"
        text = self._make().text
        self.assertIn("results of tests", text)
        self.assertIn("&lt;b&gt;Bold&lt;/b&gt;", text)

    def test_printed(self):
        statement = self._make()
        html, _type = (
            self.env["ir.actions.report"]
            .with_user(self.coach)
            ._render_qweb_html("outplacement.report_statement", statement.ids)
        )
        text = html.decode()
        self.assertIn("You are guided by us", text)
        self.assertIn("results of tests", text)
        self.assertIn(self.traject.name, text)

    # ------------------------------------------------------------------
    # Who signs
    # ------------------------------------------------------------------

    def test_form(self):
        """The coach goes through it with the candidate, who signs on the screen."""
        statements = self.env["outplacement.statement"].with_user(self.coach)
        with Form(statements.with_context(default_traject_id=self.traject.id)) as form:
            self.assertEqual(form.partner_id, self.candidate.partner_id)
            form.party = "employer"
            self.assertEqual(form.partner_id, self.employer_contact.partner_id)
            form.party = "candidate"
            form.signature = SIGNATURE
        form.record.action_sign()
        self.assertEqual(form.record.state, "signed")
        self.assertEqual(form.record.date_signed, date(2021, 5, 3))
        self.assertEqual(self.traject.statement_count, 1)

    def test_not_by_others(self):
        for party, partner in (
            ("candidate", self.employer_contact.partner_id),
            ("candidate", self.other_candidate.partner_id),
            ("employer", self.candidate.partner_id),
            ("employer", self.other_candidate.partner_id),
        ):
            with self.case(party=party, partner=partner.name):
                self.assertRefused(
                    self._make,
                    party=party,
                    partner_id=partner.id,
                    error=ValidationError,
                )
        self.assertTrue(self._make(party="employer", partner_id=self.employer.id))

    def test_what_is_missing(self):
        for values, words in (
            ({}, "signature put on the screen"),
            ({"channel": "paper"}, "day that stands on the paper"),
            ({"channel": "paper", "date_signed": "2021-05-04"}, "in the future"),
            ({"party": "employer", "partner_id": False}, "who signs"),
        ):
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                self._make(**values).action_sign()
        paper = self._make(channel="paper", date_signed="2021-05-02")
        paper.action_sign()
        self.assertEqual(paper.date_signed, date(2021, 5, 2))

    def test_not_by_who_may_not(self):
        statement = self._make(signature=SIGNATURE)
        for user in self.other_coach, self.account_manager, self.finance, self.system:
            with self.case(user=user.name):
                self.assertRefused(statement.with_user(user).action_sign)

    # ------------------------------------------------------------------
    # Fixed
    # ------------------------------------------------------------------

    def test_signed_is_kept(self):
        statement = self._sign()
        self.assertEqual(base64.b64decode(statement.document), DOCUMENT)
        digest = hashlib.sha256(DOCUMENT).hexdigest()
        self.assertEqual(statement.document_sha256, digest)
        self.assertEqual(statement.recorded_by_id, self.coach)
        self.assertIn("was signed", self.traject.message_ids[0].body)
        self.assertRefused(statement.action_sign, error=UserError)

    def test_signed_is_not_printed_anew(self):
        """With the words of today over a signature of then."""
        statement = self._sign()
        self.assertRefused(statement.action_print, error=UserError)
        Report = self.env["ir.actions.report"].with_user(self.coach)
        name = "outplacement.report_statement"
        with self.assertRaises(UserError):
            Report._render_qweb_html(name, statement.ids)
        mine = self._make()
        self.assertTrue(Report._render_qweb_html(name, mine.ids))
        stranger = self.env["ir.actions.report"].with_user(self.other_coach)
        with self.assertRaises(AccessError), mute_logger(*ACCESS_LOGGERS):
            stranger._render_qweb_html(name, mine.ids)

    def test_language_of_the_signer(self):
        """Who looks at it later, in another language, sees no change."""
        self.env["res.lang"]._activate_lang("nl_NL")
        self.candidate.partner_id.lang = False
        statement = self._sign()
        self.assertEqual(statement.lang, "en_US")
        self.assertFalse(statement.with_context(lang="nl_NL").is_outdated)

    def test_signed_is_frozen(self):
        statement = self._sign()
        for mine in statement, statement.sudo():
            for vals in (
                {"date_signed": "2021-05-01"},
                {"signature": False},
                {"partner_id": False},
                {"state": "draft"},
                {"document": False},
                {"traject_id": self.other_traject.id},
            ):
                with self.case(vals=vals, superuser=mine.env.su):
                    self.assertRefused(mine.write, vals, error=UserError)
            with self.case(superuser=mine.env.su, operation="unlink"):
                self.assertRefused(mine.unlink, error=UserError)

    def test_signed_by_method_only(self):
        for vals in (
            {"state": "signed"},
            {"content_hash": "x"},
            {"document": SIGNATURE},
            {"recorded_by_id": self.planner.id},
        ):
            with self.case(vals=vals):
                self.assertRefused(self._make().write, vals)
                self.assertRefused(self._make, **vals)

    def test_settings_change(self):
        """What was signed is no longer what the bureau does: it shows."""
        statement = self._sign()
        self.assertFalse(statement.is_outdated)
        self.company.outplacement_answer_days += 1
        statement.invalidate_recordset(["is_outdated"])
        self.assertTrue(statement.is_outdated)
        self.assertFalse(self._make().is_outdated)

    def test_draft_can_go(self):
        statement = self._make()
        statement.unlink()
        self.assertFalse(statement.exists())
        with self.assertRaises(AccessError):
            self._make(user=self.finance)
