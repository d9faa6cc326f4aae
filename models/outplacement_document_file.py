import base64
import binascii
import contextlib

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import document_types

MEGABYTE = 1024 * 1024


class OutplacementDocument(models.Model):
    """The file of a document: checked and sealed when it comes in, opened for who may.

    The errors name no file: Odoo logs what its users are told.
    """

    _inherit = "outplacement.document"

    name = fields.Char(
        string="File Name",
        compute="_compute_name",
        inverse="_inverse_file",
        exportable=False,
        copy=False,
        help="Encrypted like the file itself.",
    )
    name_cipher = fields.Text(
        groups=fields.NO_ACCESS, copy=False, prefetch=False, sealed=True
    )
    content = fields.Binary(
        string="File",
        compute="_compute_content",
        inverse="_inverse_file",
        exportable=False,
        copy=False,
        help="Goes in here, and comes out by “Download” only.",
    )
    content_cipher = fields.Binary(
        attachment=False,
        groups=fields.NO_ACCESS,
        copy=False,
        prefetch=False,
        sealed=True,
    )
    unopenable = fields.Boolean(
        compute="_compute_name",
        exportable=False,
        help="The name of the file cannot be opened on this server: its key is missing "
        "or it was damaged.",
    )
    size = fields.Integer(string="Size (bytes)", readonly=True, copy=False)
    mimetype = fields.Char(string="File Type", readonly=True, copy=False)

    # ------------------------------------------------------------------
    # What fields show
    # ------------------------------------------------------------------

    @api.depends("name_cipher")
    @api.depends_context("uid", "su", "lang")
    def _compute_name(self):
        """Open the name for a user who may read the document; superuser code gets
        none."""
        names, closed = self._open("name_cipher")
        for document in self:
            unopenable = document._origin in closed
            document.unopenable = unopenable
            document.name = (
                self.env._("Cannot be opened on this server")
                if unopenable
                else names.get(document._origin.id)
            )

    def _compute_content(self):
        """Nothing: bytes that a field gave would be read, cached and served by every
        generic way that Odoo has, without headers and without a log."""
        self.content = False

    # ------------------------------------------------------------------
    # The way in
    # ------------------------------------------------------------------

    def _inverse_file(self):
        """Seal what was uploaded, and the name. The write that brought them here has
        passed the rules, and the ids, which both are bound to, are known."""
        documents = self.with_context(bin_size=False)
        contents = {document.id: document._decode_content() for document in documents}
        names = {document.id: document.name for document in documents}
        uploads = documents.filtered(lambda document: contents[document.id])
        for document in uploads:
            document._set_file_facts(names[document.id], contents[document.id])
        uploads._seal("content_cipher", contents)
        # without a file there is no type: create() refuses the document
        documents.filtered("mimetype")._seal_names(names)
        documents.invalidate_recordset(["name", "content"])

    def _seal_names(self, names):
        """Seal the names, made harmless and true to what is in the files.

        :param names: by record id
        """
        cleaned = {
            document.id: document_types.clean_name(
                names[document.id], document.mimetype
            )
            for document in self
        }
        if not all(cleaned.values()):
            raise UserError(self.env._("A document needs a file name."))
        self._seal("name_cipher", cleaned)

    def _decode_content(self):
        """Return the bytes that were uploaded, None without an upload.

        :raises UserError: they are too many, or did not arrive
        """
        encoded = self.content
        if not encoded:
            return None
        if isinstance(encoded, bytes):
            encoded = encoded.translate(None, delete=b"\r\n")
            # three bytes in four characters: known before anything is decoded
            self._check_size(len(encoded.rstrip(b"=")) * 3 // 4)
            with contextlib.suppress(binascii.Error):
                return base64.b64decode(encoded, validate=True)
        raise UserError(
            self.env._("The file did not arrive as it should: choose it again.")
        )

    def _check_size(self, size):
        limit = self.company_id.outplacement_document_megabytes
        if size > limit * MEGABYTE:
            raise UserError(
                self.env._(
                    "This file is too large: a document has at most %(limit)s MB.",
                    limit=limit,
                )
            )

    def _set_file_facts(self, name, content):
        """Keep size and type of an upload.

        :raises UserError: of a type that is not let in, or not what its name says
        """
        mimetype = document_types.find_mimetype(name, content)
        if not mimetype:
            raise UserError(self._get_types_message())
        # sudo: outplacement.document - what follows from the file is closed to write()
        self.sudo().write({"size": len(content), "mimetype": mimetype})

    @api.model
    def _get_types_message(self):
        return self.env._(
            "A document is one of %(types)s, and in it is what its name says: save it "
            "as one of these, or choose another file.",
            types=", ".join(document_types.TYPES),
        )

    # ------------------------------------------------------------------
    # The way out
    # ------------------------------------------------------------------

    @api.model
    def _find_readable(self, res_id):
        """Return the document with this id if the user may read it, else none.

        By one search, so that a document that is hidden is like one that is not there.
        """
        if self.env.su or not self.has_access("read"):
            return self.browse()
        return self.search([("id", "=", res_id)])

    def _open_file(self):
        """Return the bytes of the file, for its download by this user.

        :raises AccessError: not for this user to read, or asked for by superuser code
        :raises UserError: it cannot be opened on this server
        """
        self.ensure_one()
        if self.env.su:
            raise AccessError(self.env._("Only a person opens a document."))
        self.check_access("read")
        # alone: the others that were found with it are not to be loaded
        contents, closed = self.browse(self.id)._unseal("content_cipher")
        if closed:
            raise UserError(self._get_unopenable_message())
        self._log_download()
        return contents[self.id]

    @api.model
    def _get_unlogged_fields(self):
        return super()._get_unlogged_fields() | {"size", "mimetype"}

    def _log_download(self):
        """Write down that the file was opened for a user, every time."""
        Log = self.env["outplacement.access.log"]
        emergency = self._filter_emergency()
        Log._log("break_glass_read", emergency)
        Log._log("downloaded", self - emergency)

    def _get_download_name(self):
        """Return under which name the file is saved."""
        if self.unopenable:
            extension = document_types.EXTENSIONS[self.mimetype]
            return f"{self.display_name}.{extension}"
        return self.name

    @api.model
    def _get_unopenable_message(self):
        return self.env._(
            "This document cannot be opened on this server: its key is missing or it "
            "was damaged. Nothing was changed; the privacy officer has been told."
        )
