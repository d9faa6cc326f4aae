import io
import zipfile

from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger

from ..tools import document_types
from ..tools.document_types import OPENDOCUMENT, OPENXML, clean_name, find_mimetype

SNIFFER = "odoo.tools.mimetypes.guess_mimetype"
PDF = "application/pdf"


def make_zip(**files):
    """Return a zip file; keyword arguments can't have every name of a file in it."""
    with io.BytesIO() as buffer:
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return buffer.getvalue()


def make_openxml(folder):
    return make_zip(**{"[Content_Types].xml": "<x/>", f"{folder}/x.xml": "<x/>"})


def make_ole(stream):
    """Return something like an old Office file with a stream of this name."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + b"\xec\xa5\xc1\x00"
    return head + bytes(100) + stream.encode("utf-16-le")


FILES = {
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3",
    "docx": make_openxml("word"),
    "doc": make_ole("WordDocument"),
    "odt": make_zip(mimetype=f"{OPENDOCUMENT}.text"),
    "rtf": b"{\\rtf1\\ansi text}",
    "txt": b"Plain text\r\n\tindented",
    "xlsx": make_openxml("xl"),
    "ods": make_zip(mimetype=f"{OPENDOCUMENT}.spreadsheet"),
    "jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF",
    "jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF",
    "png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
}
REFUSED = {
    "page.html": b"<html><script>alert(1)</script></html>",
    "page.htm": b"<p>",
    "drawing.svg": b'<svg xmlns="http://www.w3.org/2000/svg"></svg>',
    "data.xml": b"<?xml version='1.0'?><x/>",
    "archive.zip": make_zip(x="x"),
    "program.exe": b"MZ\x90\x00",
    "script.sh": b"#!/bin/sh\necho",
    "slides.pptx": make_openxml("pt"),
    "macros.docm": FILES["docx"],
    "picture.gif": b"GIF89a",
    "cv.pdf.exe": FILES["pdf"],
    "cv": FILES["pdf"],
    "pdf": FILES["pdf"],
    "": FILES["pdf"],
}


@tagged("post_install", "-at_install")
class TestDocumentFiles(BaseCase):
    """Which files are let in, and under which name."""

    # ------------------------------------------------------------------
    # Types
    # ------------------------------------------------------------------

    def test_every_type_is_let_in(self):
        self.assertEqual(set(FILES), set(document_types.TYPES))
        for extension, content in FILES.items():
            for name in (f"x.{extension}", f"X.Y.{extension.upper()}"):
                with self.subTest(name=name):
                    self.assertEqual(
                        find_mimetype(name, content),
                        document_types.TYPES[extension].mimetype,
                    )

    def test_other_types_are_not(self):
        for name, content in REFUSED.items():
            with self.subTest(name=name):
                self.assertIsNone(find_mimetype(name, content))

    def test_no_file_in_the_clothes_of_another(self):
        contents = {**FILES, **REFUSED, "junk": b"PK\x03\x04junk", "none": b""}
        same = {frozenset(("jpg", "jpeg"))}
        for extension in FILES:
            for kind, content in contents.items():
                if kind == extension or frozenset((kind, extension)) in same:
                    continue
                if content in (FILES[extension], b"#!/bin/sh\necho"):
                    continue
                with self.subTest(name=extension, content=kind):
                    with mute_logger(SNIFFER):
                        found = find_mimetype(f"x.{extension}", content)
                    # nothing at all is plain text too; it is refused for being empty
                    if (extension, kind) not in (
                        ("txt", "none"),
                        ("txt", "picture.gif"),
                    ):
                        self.assertIsNone(found)

    def test_an_installer_is_no_letter(self):
        self.assertIsNone(find_mimetype("x.doc", make_ole("Installer")))

    def test_plain_text_in_all_encodings(self):
        text = "Één brief, voor € 5\n" * 100
        for encoding in ("utf-8", "utf-8-sig", "cp1252", "utf-16"):
            with self.subTest(encoding=encoding):
                self.assertTrue(find_mimetype("x.txt", text.encode(encoding)))
                for markup in ("<html>", "\n <svg>"):
                    page = (markup + text).encode(encoding)
                    self.assertIsNone(find_mimetype("x.txt", page))
        for content in (b"a\x00b", b"\xff\xfea", b"\x1b[2J"):
            with self.subTest(content=content):
                self.assertIsNone(find_mimetype("x.txt", content))

    def test_mime_types_are_those_of_documents(self):
        for kind in document_types.TYPES.values():
            self.assertNotRegex(
                kind.mimetype.replace(OPENXML, ""), "html|xml|svg|script"
            )

    # ------------------------------------------------------------------
    # Names
    # ------------------------------------------------------------------

    def test_good_names_stay(self):
        for name in (
            "CV.pdf",
            "Brief aan Jansen & Co (2).pdf",
            "Één.été.pdf",
            "🙂 cv.pdf",
        ):
            with self.subTest(name=name):
                self.assertEqual(clean_name(name, PDF), name)

    def test_hostile_names_are_cleaned(self):
        for name, cleaned in {
            "../../etc/passwd.pdf": "passwd.pdf",
            "C:\\Users\\x\\cv.pdf": "cv.pdf",
            "/tmp/cv.pdf/": "cv.pdf",
            "cv\x00\x01\x1f\x7f.pdf": "cv.pdf",
            "cv\r\nSet-Cookie: x.pdf": "cv Set-Cookie_ x.pdf",
            "cv\u202efdp.exe.pdf": "cvfdp.exe.pdf",
            "cv\u200b\u2066\ufeff.pdf": "cv.pdf",
            '<img src="x">.pdf': "_img src=_x_.pdf",
            "a|b?c*d.pdf": "a_b_c_d.pdf",
            "  cv  2021 .pdf": "cv 2021.pdf",
            "...cv....pdf": "cv.pdf",
            ".htaccess": "htaccess.pdf",
            "cv.PDF": "cv.pdf",
            "cv": "cv.pdf",
            "cv.exe": "cv.exe.pdf",
            "cv.docx": "cv.docx.pdf",
            "e\u0301te\u0301.pdf": "été.pdf",
            "cv\ud800.pdf": "cv.pdf",
        }.items():
            with self.subTest(name=name):
                self.assertEqual(clean_name(name, PDF), cleaned)
                self.assertEqual(clean_name(cleaned, PDF), cleaned)

    def test_long_names_are_cut(self):
        for letter in ("a", "é", "🙂"):
            name = clean_name(letter * 500 + ".pdf", PDF)
            self.assertLessEqual(len(name.encode()), 255)
            self.assertGreater(len(name.encode()), 190)
            self.assertEqual(name.strip(letter), ".pdf")

    def test_nothing_is_left(self):
        for name in ("", None, False, ".pdf", "/", "\u202e.pdf", " . .pdf", "..."):
            with self.subTest(name=name):
                self.assertEqual(clean_name(name, PDF), "")

    def test_extensions_follow_the_type(self):
        self.assertEqual(clean_name("x.jpeg", "image/jpeg"), "x.jpeg")
        self.assertEqual(clean_name("x", "image/jpeg"), "x.jpg")
        for name, kind in document_types.TYPES.items():
            with self.subTest(extension=name):
                self.assertEqual(clean_name(f"x.{name}", kind.mimetype), f"x.{name}")
