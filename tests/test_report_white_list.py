import re

from odoo import fields
from odoo.models import BaseModel
from odoo.tests import tagged

from ..models import outplacement_report
from .common import OutplacementCommon
from .test_report import FACTS, FRAME

# By hand, as FACTS and FRAME: what is not stored, and what of the frame the candidate
# and the employer's contacts read.
COMPUTED = {"display_name", "document_name"}
PORTAL_FRAME = {
    "id",
    "display_name",
    "name",
    "state",
    "date_sent",
    "answer_deadline",
    "date_released",
    "document",
    "document_name",
    "document_sha256",
    "superseded_by_id",
}
# What the templates read besides: whose paper it is, never printed itself.
TEMPLATE_FRAME = {"company_id", "date_sent", "date_released"}
TEMPLATES = ("report_progress", "report_progress_document", "report_progress_content")


@tagged("post_install", "-at_install")
class TestReportWhiteList(OutplacementCommon):
    """The employer's window is as wide as these lists: whoever adds a field to reports
    comes by here, and asks the house."""

    def _get_fields(self):
        """Return the names of all fields, stored or not."""
        return set(self.env["outplacement.report"]._fields)

    def _get_unlisted(self):
        """Return the fields that are on no list."""
        return self._get_fields() - FACTS - FRAME - COMPUTED

    def test_every_field_is_on_a_list(self):
        self.assertEqual(self._get_unlisted(), set())
        self.assertEqual(FACTS | FRAME | COMPUTED, self._get_fields())

    def test_a_field_that_is_added_is_seen(self):
        """The test above would fail: by code or in the settings, stored or not."""
        field = self.env["ir.model.fields"].create(
            {
                "name": "x_mood",
                "field_description": "Mood",
                "model_id": self.env["ir.model"]._get_id("outplacement.report"),
                "ttype": "char",
            }
        )
        self.addCleanup(field.unlink)
        self.assertEqual(self._get_unlisted(), {"x_mood"})
        report = self._make_report("released").with_user(self.employer_contact)
        self.assertRefused(report.read, ["x_mood"])
        self.assertNotIn("x_mood", report.read()[0])

    def test_the_lists_of_the_model(self):
        """As wide as those here, no more."""
        self.assertEqual(outplacement_report.WHITELIST, FACTS)
        self.assertEqual(outplacement_report.PORTAL_FIELDS, FACTS | PORTAL_FRAME)

    def test_who_reads_what(self):
        """Each field as the candidate and as the employer's contact."""
        report = self._make_report("released")
        for role in ("candidate", "employer_contact"):
            mine = report.with_user(self.users[role])
            for name in sorted(self._get_fields()):
                with self.case(role=role, field=name):
                    if name in FACTS | PORTAL_FRAME:
                        self.assertIn(name, mine.read([name])[0])
                    else:
                        self.assertRefused(mine.read, [name])
                        self.assertRefused(mine.search, self._ask(report, name))

    def _ask(self, report, name):
        """Return a domain that would tell something of a field."""
        value = report[name]
        if isinstance(value, BaseModel):
            return [(name, "in", value[:1].ids or [1])]
        return [(name, "!=", False)]

    def test_the_templates_read_no_more(self):
        """On paper and in the portal."""
        for name in TEMPLATES:
            arch = self.env.ref(f"outplacement.{name}").arch
            read = set(re.findall(r"\bdoc\.([a-z]\w*)", arch))
            with self.case(template=name):
                self.assertLessEqual(read, FACTS | TEMPLATE_FRAME | {"with_context"})

    def test_no_text_comes_from_elsewhere(self):
        """No related field but the frame's, which follows the traject."""
        model = self.env["outplacement.report"]
        related = {name for name, field in model._fields.items() if field.related}
        self.assertEqual(related, {"company_id", "candidate_id"})
        html = {n for n, f in model._fields.items() if isinstance(f, fields.Html)}
        self.assertFalse(html, "plain text only")
