import base64

from odoo.tools import SQL

from .common import DOCUMENT, OutplacementCommon

CREW = ("coach", "deputy")
CANARY = "canary in a document"
CONTENT = b"%PDF-1.7 " + CANARY.encode()
NAME = f"{CANARY}.pdf"


def encode(content):
    """Return bytes as the client sends them."""
    return base64.b64encode(content).decode()


class DocumentCommon(OutplacementCommon):
    """A document that the coach saved in the file of `cls.traject`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = cls._make_document(content=CONTENT, name=NAME).with_user(
            cls.coach
        )
        cls.env.flush_all()
        cls.env.invalidate_all()

    def _get_document(self, role):
        return self.document.with_user(self.users[role])

    def _create(self, **values):
        """Save a document as the coach."""
        values = {
            "traject_id": self.traject.id,
            "name": "x.pdf",
            "content": encode(DOCUMENT),
            **values,
        }
        return self.document.create(values)

    def _get_row(self, document=None):
        """Return the row of a document as the database has it."""
        self.env.flush_all()
        document = document or self.document
        self.env.cr.execute(
            SQL("SELECT * FROM outplacement_document WHERE id = %s", document.id)
        )
        [row] = self.env.cr.dictfetchall()
        return row
