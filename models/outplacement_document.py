from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

# What a candidate may read of the documents shared with them.
PORTAL_FIELDS = frozenset(
    {
        "id",
        "display_name",
        "date",
        "kind",
        "name",
        "author_id",
        "version",
        "size",
        "mimetype",
        "unopenable",
    }
)
# What follows from the file and from who saved it: nobody writes it.
CLOSED_FIELDS = frozenset(
    {"author_id", "candidate_id", "volume_id", "version", "size", "mimetype"}
)
# What a document has from its first day.
FIXED_FIELDS = frozenset({"traject_id", "content", "replaces_id"})
REQUIRED_FIELDS = ("date", "kind")


class OutplacementDocument(models.Model):
    """A document of the confidential file: a CV, a letter, a test result.

    Read, written and shared like the notes (see :class:`OutplacementNote`), by global
    rules alike. Name and bytes are stored encrypted, in this table and nowhere else.
    Bytes come in once, when the document is made (see
    ``outplacement_document_file.py``), and leave by :meth:`_open_file` only: no field
    gives them. What is to be changed is a new version.
    """

    _name = "outplacement.document"
    _inherit = ["outplacement.confidential.mixin"]
    _description = "Confidential Document"
    _order = "date desc, id desc"
    _rec_name = "date"
    _check_company_auto = True

    author_id = fields.Many2one(string="Saved by")
    date = fields.Date(
        required=True, default=lambda self: fields.Date.context_today(self)
    )
    kind = fields.Selection(
        [
            ("cv", "CV"),
            ("letter", "Letter"),
            ("test", "Test Result"),
            ("other", "Other"),
        ],
        required=True,
        default="other",
    )
    replaces_id = fields.Many2one(
        "outplacement.document",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The version before this one.",
    )
    replaced_by_ids = fields.One2many(
        "outplacement.document", "replaces_id", string="Replaced by"
    )
    version = fields.Integer(
        compute="_compute_version", store=True, readonly=True, precompute=True
    )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        """A neutral name: Odoo shows it wherever a record is mentioned."""
        for document in self:
            document.display_name = self.env._(
                "Document %(date)s", date=format_date(self.env, document.date) or ""
            )

    @api.depends("replaces_id")
    def _compute_version(self):
        """Count on; a number stays when the version before it is deleted."""
        for document in self:
            # unsaved, it tells its user nothing of a document that is hidden
            visible = document if document.id else document.sudo(False)
            document.version = visible.replaces_id.version + 1

    # ------------------------------------------------------------------
    # Constraints and CRUD
    # ------------------------------------------------------------------

    @api.constrains("replaces_id", "traject_id")
    def _check_replaces(self):
        for document in self.filtered("replaces_id"):
            if document.replaces_id.traject_id != document.traject_id:
                raise ValidationError(
                    self.env._("The version before this one is of another traject.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_values({**self._get_context_defaults(), **vals})
        documents = super().create(vals_list)
        if not all(document.size for document in documents):
            raise UserError(self.env._("Choose a file that is not empty."))
        return documents

    def write(self, vals):
        if FIXED_FIELDS & vals.keys():
            raise UserError(
                self.env._(
                    "A document stays in its file and as it was saved: "
                    "add a new version instead."
                )
            )
        self._check_values(vals)
        return super().write(vals)

    @api.model
    def _get_context_defaults(self):
        """Return the values that the context gives to a new document."""
        return {
            key.removeprefix("default_"): value
            for key, value in self.env.context.items()
            if key.startswith("default_")
        }

    @api.model
    def _check_values(self, vals):
        """Refuse what the database would refuse, whose error would show the row.

        :raises AccessError: a version before this one that the user may not read
        """
        if any(name in vals and not vals[name] for name in REQUIRED_FIELDS):
            raise ValidationError(self.env._("A document needs a date and a kind."))
        if replaced_id := vals.get("replaces_id"):
            self.browse(replaced_id).check_access("read")

    @api.model
    def _has_field_access(self, field, operation):
        """Candidates read the white-list; nobody writes what follows from the file."""
        if not self.env.su:
            if operation == "write" and field.name in CLOSED_FIELDS:
                return False
            if not self.env.user._is_internal() and field.name not in PORTAL_FIELDS:
                return False
        return super()._has_field_access(field, operation)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_download(self):
        """Download the file, by the one address that gives it.

        :raises AccessError: not for this user to read
        """
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": self._get_download_url(),
            "target": "download",
        }

    def _get_download_url(self):
        """Return the address of the file; without its name, which logs would keep."""
        return f"/outplacement/document/{self.id}"

    def action_new_version(self):
        """Open an empty document that replaces this one.

        :raises AccessError: not for this user to read, or nobody who adds documents
        :raises UserError: there is a newer version already
        """
        self.ensure_one()
        self.check_access("read")
        self.browse().check_access("create")
        if self.replaced_by_ids:
            raise UserError(
                self.env._("There is a newer version already: replace that one.")
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Version"),
            "res_model": self._name,
            "views": [(False, "form")],
            "context": {
                "default_traject_id": self.traject_id.id,
                "default_replaces_id": self.id,
                "default_kind": self.kind,
            },
        }
