"""Canaries: strings that stand for a secret, known again wherever they turn up."""

import base64
import binascii
import io
import re
import zipfile

WORD = b"canary_"
PATTERN = re.compile(rb"canary_(\d{4})_", re.IGNORECASE)
HEX = re.compile(rb"(?:%s)((?:3\d){4})5f" % WORD.hex().encode(), re.IGNORECASE)
# A canary in base64 takes so many characters, whatever stands before it.
BASE64_LENGTH = 24


def _get_base64_cores():
    """Return (characters before, core) of the word in base64, for the three places
    that it can have in a group of three bytes."""
    cores = []
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + WORD)
        start = -(-8 * before // 6)
        end = 8 * (before + len(WORD)) // 6
        cores.append((start, encoded[start:end]))
    return cores


BASE64_CORES = _get_base64_cores()
# For a first look by the database: a row without any of these holds no canary.
SQL_PATTERN = "|".join(
    ["(?i)canary_", WORD.hex(), *(core.decode() for _start, core in BASE64_CORES)]
)


class Canaries:
    """The canaries of a run: a number each, and the label that says where it sits."""

    def __init__(self, labels=()):
        self.labels = list(labels)

    def new(self, label):
        """Return the text of a new canary with this label."""
        self.labels.append(label)
        return f"canary_{len(self.labels) - 1:04}_"

    def text(self, label):
        """Return the text of the first canary with this label."""
        return f"canary_{self.labels.index(label):04}_"

    def find(self, content):
        """Return the labels of the canaries in ``content`` (bytes or str): plain, in
        base64 or in hexadecimal digits, in a ZIP (xlsx) or a PDF."""
        if isinstance(content, str):
            content = content.encode(errors="replace")
        numbers = set(PATTERN.findall(content))
        numbers.update(bytes.fromhex(n.decode()) for n in HEX.findall(content))
        for start, core in BASE64_CORES:
            numbers.update(self._find_base64(content, start, core))
        found = {
            self.labels[int(number)]
            for number in numbers
            if int(number) < len(self.labels)
        }
        for part in self._unpack(content):
            found |= self.find(part)
        return found

    def _find_base64(self, content, start, core):
        """Return the numbers of canaries whose word is encoded as ``core``."""
        numbers = []
        position = content.find(core)
        while position >= 0:
            begin = position - start
            chunk = content[max(begin, 0) : begin + BASE64_LENGTH]
            chunk = b"A" * -min(begin, 0) + chunk
            try:
                decoded = base64.b64decode(chunk[: len(chunk) // 4 * 4])
            except binascii.Error:
                decoded = b""
            numbers += PATTERN.findall(decoded)
            position = content.find(core, position + 1)
        return numbers

    def _unpack(self, content):
        """Yield what is packed in ``content``."""
        if content.startswith(b"PK\x03\x04"):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                for name in archive.namelist():
                    yield archive.read(name)
        elif content.startswith(b"%PDF"):
            yield self._get_pdf_text(content)

    def _get_pdf_text(self, content):
        try:
            # here, because the tools that search a dump have no Odoo beside them
            from odoo.tools.pdf import PdfFileReader

            pages = PdfFileReader(io.BytesIO(content)).pages
            return "\n".join(page.extract_text() for page in pages)
        except Exception:  # there are many ways of being no PDF
            return ""
