import base64
from ast import literal_eval
from datetime import date
from unittest.mock import patch

from lxml import etree

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from ..tools import cipher
from ..tools.document_types import TYPES
from .common import DOCUMENT, ROLES
from .common_document import CONTENT, CREW, NAME, DocumentCommon, encode

MEGABYTE = 1024 * 1024


@tagged("post_install", "-at_install")
class TestDocument(DocumentCommon):
    """Saving, naming, replacing and sharing documents."""

    # ------------------------------------------------------------------
    # Saving
    # ------------------------------------------------------------------

    def test_what_a_new_document_is(self):
        with freeze_time("2026-03-12 08:00:00"):
            document = self._create()
        self.assertEqual(document.author_id, self.coach)
        self.assertEqual(document.date, date(2026, 3, 12))
        self.assertEqual(document.candidate_id, self.candidate.partner_id)
        self.assertEqual(document.name, "x.pdf")
        self.assertEqual(document.size, len(DOCUMENT))
        self.assertEqual(document.mimetype, "application/pdf")
        self.assertEqual(document.version, 1)
        self.assertFalse(document.shared or document.replaces_id)
        self.assertEqual(document._open_file(), DOCUMENT)
        self.assertRegex(document.display_name, r"^Document .*2026")
        self.assertNotIn("x.pdf", document.display_name)

    def test_several_at_once(self):
        contents = [b"%PDF-" + bytes([65 + i]) * 9 * i for i in range(4)]
        documents = self.document.create(
            [
                {
                    "traject_id": self.traject.id,
                    "name": f"{i}.pdf",
                    "content": encode(content),
                }
                for i, content in enumerate(contents)
            ]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual([d._open_file() for d in documents], contents)
        self.assertEqual(documents.mapped("name"), ["0.pdf", "1.pdf", "2.pdf", "3.pdf"])

    def test_the_form_saves_a_document(self):
        model = self.document.with_context(default_traject_id=self.traject.id)
        form = Form(model.browse())
        form.content = encode(CONTENT)
        form.name = "../cv\u202e.pdf"
        form.kind = "cv"
        document = form.save()
        self.assertEqual(document.name, "cv.pdf")
        self.assertEqual(document._open_file(), CONTENT)

    def test_the_form_offers_the_types_that_are_let_in(self):
        view = self.env.ref("outplacement.outplacement_document_view_form")
        [node] = etree.fromstring(view.arch).iterfind(".//field[@name='content']")
        offered = literal_eval(node.get("options"))["accepted_file_extensions"]
        self.assertEqual(offered.split(","), [f".{name}" for name in TYPES])

    def test_no_document_without_a_file(self):
        for content in (False, "", b""):
            with self.case(content=content):
                self.assertRefused(self._create, content=content, error=UserError)
        values = {"traject_id": self.traject.id, "name": "x.pdf"}
        with self.case(content="missing"):
            self.assertRefused(self.document.create, values, error=UserError)
        with self.case(content="copy"):
            self.assertRefused(self.document.copy, error=UserError)

    def test_no_document_without_a_name(self):
        for name in (False, "", ".pdf", "\u202e.pdf", "/"):
            with self.case(name=name):
                self.assertRefused(self._create, name=name, error=UserError)

    def test_what_did_not_arrive_is_refused(self):
        for content in ("no base64!", "abc", "é", 5, 10**15, ["x"], {"a": 1}, True):
            with self.case(content=content):
                self.assertRefused(self._create, content=content, error=UserError)
        wrapped = base64.encodebytes(CONTENT * 10)
        self.assertEqual(self._create(content=wrapped)._open_file(), CONTENT * 10)

    def test_other_types_are_refused(self):
        """In one sentence that names the types and, because it is logged, no file."""
        for name, content in (
            ("secret.html", b"<html>"),
            ("secret.pdf", b"<svg></svg>"),
            ("secret.exe", CONTENT),
            ("secret", CONTENT),
        ):
            with self.case(name=name), self.assertRaises(UserError) as caught:
                self._create(name=name, content=encode(content))
            self.assertIn("pdf, docx, doc", str(caught.exception))
            self.assertNotIn("secret", str(caught.exception))

    def test_large_files_are_refused(self):
        self.company.outplacement_document_megabytes = 1
        largest = b"%PDF-" + bytes(MEGABYTE - 5)
        self.assertEqual(self._create(content=encode(largest)).size, MEGABYTE)
        with (
            patch.object(cipher, "seal") as seal,
            patch.object(base64, "b64decode") as decode,
            self.assertRaises(UserError) as caught,
        ):
            self._create(content=encode(largest + b"x"))
        self.assertIn("1 MB", str(caught.exception))
        seal.assert_not_called()
        decode.assert_not_called()

    def test_the_limit_has_its_limits(self):
        for limit in (0, -1, 26):
            with self.case(limit=limit), mute_logger("odoo.sql_db"):
                with self.assertRaises(Exception) as caught:
                    self.company.outplacement_document_megabytes = limit
                    self.env.flush_all()
                self.assertIn("megabytes_limit", str(caught.exception))

    def test_defaults_from_the_context_are_checked_too(self):
        for values in (
            {"default_name": "x.html"},
            {"default_content": encode(b"<html>")},
            {"default_size": 7},
            {"default_author_id": self.deputy.id},
            {"default_content_cipher": "x"},
        ):
            with self.case(values=values):
                model = self.document.with_context(
                    **{
                        "default_name": "x.pdf",
                        "default_content": encode(DOCUMENT),
                        **values,
                    }
                )
                of_traject = {"traject_id": self.traject.id}
                self.assertRefused(model.create, of_traject, error=UserError)

    # ------------------------------------------------------------------
    # Changing
    # ------------------------------------------------------------------

    def test_the_author_renames(self):
        for name, cleaned in (
            ("Other.pdf", "Other.pdf"),
            ("Other", "Other.pdf"),
            ("../Other.exe", "Other.exe.pdf"),
        ):
            with self.case(name=name):
                self.document.name = name
                self.assertEqual(self.document.name, cleaned)
                self.env.flush_all()
                self.env.invalidate_all()
                self.assertEqual(self.document.name, cleaned)
                self.assertEqual(self.document._open_file(), CONTENT)
        for name in ("", False, ".pdf"):
            with self.case(name=name):
                self.assertRefused(self.document.write, {"name": name}, error=UserError)

    def test_a_file_stays_as_it_was_saved(self):
        other = self._create()
        for values in (
            {"content": encode(DOCUMENT)},
            {"content": False},
            {"traject_id": self.other_traject.id},
            {"replaces_id": other.id},
        ):
            for mine in (self.document, self.document.sudo()):
                with self.case(values=values, superuser=mine.env.su):
                    self.assertRefused(mine.write, values, error=UserError)
        self.assertEqual(self.document._open_file(), CONTENT)

    def test_date_and_kind_are_needed(self):
        """Not left to PostgreSQL, whose error would show the row."""
        for name in ("date", "kind"):
            with self.case(field=name):
                values = {name: False}
                self.assertRefused(self.document.write, values, error=ValidationError)
                self.assertRefused(self._create, **values, error=ValidationError)

    def test_no_document_in_anothers_name(self):
        for forged in (
            {"author_id": self.deputy.id},
            {"candidate_id": self.other_candidate.partner_id.id},
            {"version": 7},
            {"size": 7},
            {"mimetype": "text/html"},
        ):
            with self.case(forged=forged):
                self.assertRefused(self._create, **forged)
                self.assertRefused(self.document.write, forged)

    # ------------------------------------------------------------------
    # Versions
    # ------------------------------------------------------------------

    def _replace(self, document, **values):
        action = document.action_new_version()
        model = document.browse().with_context(**action["context"])
        return model.create({"name": "2.pdf", "content": encode(DOCUMENT), **values})

    def test_versions(self):
        self.document.shared = True
        second = self._replace(self.document)
        self.assertEqual(second.replaces_id, self.document)
        self.assertEqual(second.traject_id, self.traject)
        self.assertEqual(second.kind, "cv")
        self.assertEqual(second.version, 2)
        self.assertFalse(second.shared)
        self.assertEqual(self.document.replaced_by_ids, second)
        latest = [("replaced_by_ids", "=", False), ("traject_id", "=", self.traject.id)]
        self.assertEqual(second.search(latest), second)
        self.assertRefused(self.document.action_new_version, error=UserError)
        # a co-coach adds one too; those before it go, the numbers stay
        third = self._replace(second.with_user(self.deputy))
        self.assertEqual((third.version, third.author_id), (3, self.deputy))
        second.unlink()
        self.assertFalse(third.replaces_id)
        self.assertEqual(third.version, 3)

    def test_only_the_crew_replaces(self):
        self.document.shared = True
        for role in set(ROLES) - set(CREW):
            with self.case(role=role):
                self.assertRefused(self._get_document(role).action_new_version)

    def test_no_version_of_anothers_document(self):
        hidden = self._make_document(self.other_traject)
        self.assertRefused(self._create, replaces_id=hidden.id)
        there = self.document.with_context(default_replaces_id=hidden.id)
        values = {"traject_id": self.traject.id, "name": "x.pdf"}
        self.assertRefused(there.create, {**values, "content": encode(DOCUMENT)})
        self._assign(self.other_traject, self.coach, "deputy", date_to=date(2099, 1, 1))
        self.assertRefused(self._create, replaces_id=hidden.id, error=ValidationError)

    # ------------------------------------------------------------------
    # Sharing
    # ------------------------------------------------------------------

    def test_candidate_reads_what_is_shared(self):
        mine = self._get_document("candidate")
        self.assertFalse(mine.search([]))
        self.assertRefused(mine._open_file)
        self.document.shared = True
        self.env.invalidate_all()
        self.assertEqual(mine.search([]), mine)
        self.assertEqual(mine.read(["name"])[0]["name"], NAME)
        self.assertEqual(mine._open_file(), CONTENT)
        self.assertFalse(self._get_document("other_candidate").search([]))
        for method, *args in (
            (mine.write, {"name": "Mine.pdf"}),
            (mine.write, {"shared": False}),
            (mine.unlink,),
            (mine.create, {"traject_id": self.traject.id, "name": "x.pdf"}),
        ):
            with self.case(method=method.__name__, args=args):
                self.assertRefused(method, *args)

    def test_another_candidate_does_not_inherit_the_documents(self):
        traject = self._make_traject(candidate_id=self.candidate.partner_id.id)
        self._assign(traject, self.coach)
        document = self._make_document(traject, shared=True)
        traject.with_user(self.planner).candidate_id = self.other_candidate.partner_id
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(document.with_user(self.other_candidate).search([]))
        self.assertEqual(document.with_user(self.candidate).name, "CV.pdf")

    def test_access_ends_with_the_assignment(self):
        member = self.traject.member_ids.filtered(lambda m: m.user_id == self.coach)
        member.with_user(self.planner).action_end()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(self.document.search([]))
        self.assertRefused(self.document._open_file)
        self.assertRefused(self.document.write, {"shared": True})
