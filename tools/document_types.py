"""Which files may lie in the confidential file, and how they are called there.

What a file is follows from what is in it. Only types that a reader opens without
running anything are let in: no web pages, vector drawings, archives or programs.
"""

import codecs
import re
import unicodedata
from typing import NamedTuple

from odoo.tools.mimetypes import guess_mimetype

OPENXML = "application/vnd.openxmlformats-officedocument"
OPENDOCUMENT = "application/vnd.oasis.opendocument"
OLE = {"application/msword", "application/CDFV2", "application/x-ole-storage"}
# What no text holds: control characters but for tab, line and page feeds.
NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
# How files begin that are written in plain characters and yet are no plain text.
MARKUP = ("<", "%pdf", "{\\rtf")
# What file systems and browsers give a meaning.
SPECIAL = re.compile(r'[<>:"|?*]+')
NAME_BYTES = 200


class DocumentType(NamedTuple):
    """A type of file.

    :param mimetype: what a download is said to be
    :param sniffed: what Odoo, with or without ``python-magic``, takes such a file for
    :param sign: what every such file holds besides, as a pattern of bytes
    """

    mimetype: str
    sniffed: frozenset = frozenset()
    sign: bytes = b""


def _make_type(mimetype, *sniffed, sign=b""):
    return DocumentType(mimetype, frozenset(sniffed or [mimetype]), sign)


# By extension. Of two with the same MIME type, the first is the usual one.
TYPES = {
    "pdf": _make_type("application/pdf"),
    "docx": _make_type(f"{OPENXML}.wordprocessingml.document"),
    "doc": _make_type(
        "application/msword", *OLE, sign=re.escape("WordDocument".encode("utf-16-le"))
    ),
    "odt": _make_type(f"{OPENDOCUMENT}.text"),
    "rtf": _make_type(
        "application/rtf",
        "application/rtf",
        "text/rtf",
        "text/plain",
        sign=rb"\A\{\\rtf",
    ),
    "txt": DocumentType("text/plain"),
    "xlsx": _make_type(f"{OPENXML}.spreadsheetml.sheet"),
    "ods": _make_type(f"{OPENDOCUMENT}.spreadsheet"),
    "jpg": _make_type("image/jpeg"),
    "jpeg": _make_type("image/jpeg"),
    "png": _make_type("image/png"),
}
EXTENSIONS = {kind.mimetype: name for name, kind in reversed(TYPES.items())}


def find_mimetype(name, content):
    """Return the MIME type of an upload, None if it is not to be let in.

    :param str name: the name that the file came with: its extension says what it
        claims to be
    :param bytes content: what is in it: says whether that is so
    """
    extension = _split(_clean(name))[1]
    kind = TYPES.get(extension)
    if kind is None:
        return None
    if extension == "txt":
        is_right = _is_text(content)
    else:
        is_right = guess_mimetype(content) in kind.sniffed
    if is_right and re.search(kind.sign, content, re.DOTALL):
        return kind.mimetype
    return None


def clean_name(name, mimetype):
    """Return ``name`` as a file name that is harmless wherever it is saved or shown.

    Without folders, control and steering characters, not too long, and with an
    extension of the MIME type.

    :return: the name, "" when nothing is left of it but the extension
    """
    stem, extension = _split(_clean(name))
    if extension not in TYPES or TYPES[extension].mimetype != mimetype:
        if extension:
            stem = f"{stem}.{extension}"
        extension = EXTENSIONS[mimetype]
    stem = stem.encode()[:NAME_BYTES].decode(errors="ignore").strip(" .")
    return f"{stem}.{extension}" if stem else ""


def _clean(name):
    """Return the last part of a path, of characters that stand for themselves."""
    name = unicodedata.normalize("NFC", name or "").replace("\\", "/")
    name = "".join(
        " " if character.isspace() else character
        for character in name
        # of the "other" characters none is seen: control, direction, surrogates…
        if character.isspace() or not unicodedata.category(character).startswith("C")
    )
    name = SPECIAL.sub("_", name.strip("/ ").rpartition("/")[2])
    return " ".join(name.split())


def _split(name):
    """Return a file name without its extension, and that in lower case."""
    stem, dot, extension = name.rpartition(".")
    return (stem, extension.strip().lower()) if dot else (name, "")


def _is_text(content):
    """Whether this is plain text, in the encodings that editors write."""
    encoding = "latin-1"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return False
    start = text[:64].lstrip("\ufeffï»¿ \t\r\n").lower()
    return not NO_TEXT.search(text) and not start.startswith(MARKUP)
