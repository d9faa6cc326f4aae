import base64
import re
from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import mute_logger

from ..tools import document_types
from ..tools.portal_words import write_day, write_size
from .outplacement_document_file import MEGABYTE

DOCUMENT_VALUES = frozenset({"id", "name", "kind", "day", "size", "author"})
UPLOAD_VALUES = frozenset({"kinds", "accept", "types", "megabytes", "coach"})
# What a candidate may send in a day (24 hours), of all their trajects together.
UPLOADS_A_DAY = 20
UPLOAD_MEGABYTES_A_DAY = 100
TICKET = re.compile(r"[0-9a-f]{32}")


class OutplacementDocument(models.Model):
    """The documents that candidate and coach share, in the portal, and the way in for
    what a candidate sends."""

    _inherit = "outplacement.document"

    upload_ticket = fields.Char(
        groups=fields.NO_ACCESS,
        copy=False,
        readonly=True,
        help="Of the form that this was sent by: sent again, it is not kept twice.",
    )

    _upload_once = models.UniqueIndex(
        "(upload_ticket) WHERE upload_ticket IS NOT NULL",
        "This document was received already.",
    )

    @api.model
    def _get_unlogged_fields(self):
        return super()._get_unlogged_fields() | {"upload_ticket"}

    def _log_created(self):
        """Of what a candidate sent, and the system saved, write down who sent it."""
        sent = self.filtered("upload_ticket") if self.env.su else self.browse()
        for author, documents in sent.grouped("author_id").items():
            self.env["outplacement.access.log"]._log(
                "created", documents, user_id=author.id
            )
        return super(OutplacementDocument, self - sent)._log_created()

    @api.model
    def _open_portal_list(self, traject_id):
        """Return the documents of a traject that are shared with the user, with their
        names, which are opened by the user's own rights: that is written down.

        :returns: list of dictionaries of DOCUMENT_VALUES
        """
        traject = self.env["outplacement.traject"]._search_as_candidate(traject_id)
        documents = traject.env[self._name].search(
            Domain("traject_id", "in", traject.ids)
            & Domain("candidate_id", "=", self.env.user.partner_id.id)
            & Domain("shared", "=", True)
        )
        mine = documents.with_env(self.env)
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return [
            {
                "id": shared.id,
                "name": document.name,
                "kind": kinds[shared.kind],
                "day": write_day(self.env, shared.date),
                "size": write_size(self.env, shared.size),
                "author": self.env._("You")
                if shared.author_id == self.env.user
                else shared.author_id.name,
            }
            for shared, document in zip(documents, mine, strict=True)
        ]

    @api.model
    def _get_portal_candidate_upload(self, traject_id):
        """Return what the form to send a document needs, None where nothing is taken.

        :returns: dictionary of UPLOAD_VALUES
        """
        traject = self.env["outplacement.traject"]._search_as_candidate(traject_id)
        if not traject or not traject._takes_uploads():
            return None
        return {
            "kinds": self._fields["kind"]._description_selection(self.env),
            "accept": ",".join(f".{extension}" for extension in document_types.TYPES),
            "types": ", ".join(document_types.TYPES),
            "megabytes": traject.company_id.outplacement_document_megabytes,
            "coach": traject.coach_id.name,
        }

    @api.model
    def _get_upload_limit(self):
        """Return how large a document of the user may be, in bytes."""
        trajects = self.env["outplacement.traject"]._search_as_candidate()
        sizes = trajects.company_id.mapped("outplacement_document_megabytes")
        return max(sizes, default=0) * MEGABYTE

    @api.model
    def _upload_in_portal(self, traject_id, ticket, name, kind, content):
        """Put a file that the user sends as candidate into the file of their traject:
        read by its coach and deputies, and by the user.

        :param str ticket: 32 hexadecimal digits that the form came with
        :param bytes content: what is in the file
        :returns: "received", "known" if it was sent before; None for a traject that is
            not the user's
        :raises UserError: saying why it is not taken; nothing is kept then
        """
        traject = self.env["outplacement.traject"]._search_as_candidate(traject_id)
        if not traject:
            return None
        if not TICKET.fullmatch(ticket or ""):
            raise UserError(self.env._("Open the page again, and then send the file."))
        ticket = f"{self.env.uid}-{ticket}"
        documents = traject.env[self._name]
        if documents.search_count([("upload_ticket", "=", ticket)]):
            return "known"
        self._check_upload(traject, len(content))
        values = self._prepare_upload(traject, ticket, name, kind, content)
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                # sudo: outplacement.document - candidates write none by themselves,
                # and what is computed for a new one reads its traject
                documents.with_user(SUPERUSER_ID).create(values)
                traject._schedule_candidate_activity()
        except UniqueViolation:  # sent twice at the same moment
            return "known"
        return "received"

    @api.model
    def _prepare_upload(self, traject, ticket, name, kind, content):
        """Return the values of a document that the user sends."""
        kinds = self._fields["kind"].get_values(self.env)
        return {
            "traject_id": traject.id,
            "author_id": self.env.uid,
            "shared": True,
            "kind": kind if kind in kinds else "other",
            "name": name or "",
            "content": base64.b64encode(content),
            "date": fields.Date.context_today(self),
            "upload_ticket": ticket,
        }

    @api.model
    def _check_upload(self, traject, size):
        """:raises UserError: nobody would read it, it is empty, or too much in a day"""
        if not traject._takes_uploads():
            raise UserError(
                self.env._("You have no coach at the moment who could read it.")
            )
        if not size:
            raise UserError(self.env._("Choose a file that is not empty."))
        day = fields.Datetime.now() - timedelta(days=1)
        sent = traject.env[self._name].search(
            [("author_id", "=", self.env.uid), ("create_date", ">", day)]
        )
        total = sum(sent.mapped("size")) + size
        if len(sent) >= UPLOADS_A_DAY or total > UPLOAD_MEGABYTES_A_DAY * MEGABYTE:
            raise UserError(
                self.env._(
                    "You sent a lot in the last 24 hours: send the rest tomorrow, or "
                    "ask your coach."
                )
            )
