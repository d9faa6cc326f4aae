from lxml import html as lxml_html
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date, html_sanitize, is_html_empty

# What a candidate may read of the notes shared with them.
PORTAL_FIELDS = frozenset({"id", "display_name", "date", "author_id", "body"})
MEDIA_TAGS = ("img", "picture", "video", "audio", "source", "iframe", "object", "embed")


class OutplacementNote(models.Model):
    """What was said: the notes of a confidential file.

    The text is stored encrypted. It leaves this model through :meth:`_compute_body` and
    :meth:`_filter_by_words` only and enters it through :meth:`_inverse_body`; it is
    nobody's when code runs as superuser. No field of another model leads here, counts
    it or is computed from it.
    """

    _name = "outplacement.note"
    _inherit = ["outplacement.confidential.mixin"]
    _description = "Confidential Note"
    _order = "date desc, id desc"
    _rec_name = "date"
    _check_company_auto = True

    session_id = fields.Many2one(
        "outplacement.session",
        index="btree_not_null",
        ondelete="set null",  # refusing would tell that there is a note
        domain="[('traject_id', '=', traject_id)]",
    )
    date = fields.Date(
        required=True, default=lambda self: fields.Date.context_today(self)
    )
    body = fields.Html(
        string="Note",
        compute="_compute_body",
        inverse="_inverse_body",
        # by _clean_body, once, before it is sealed: not anew for every reader
        sanitize=False,
        exportable=False,
        copy=False,
        help="Formatted text without pictures or files.",
    )
    body_cipher = fields.Text(
        groups=fields.NO_ACCESS, copy=False, prefetch=False, sealed=True
    )
    unopenable = fields.Boolean(
        compute="_compute_body",
        exportable=False,
        help="The text cannot be opened on this server: its key is missing or it was "
        "damaged.",
    )
    signed_on = fields.Datetime(string="Signed", readonly=True, copy=False)
    amends_id = fields.Many2one(
        "outplacement.note",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        copy=False,
        help="The signed note that this one corrects or completes.",
    )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        """A neutral name: Odoo shows it wherever a record is mentioned."""
        for note in self:
            note.display_name = self.env._(
                "Note %(date)s", date=format_date(self.env, note.date) or ""
            )

    @api.depends("body_cipher")
    @api.depends_context("uid", "su", "lang")
    def _compute_body(self):
        """Open the text for a user who may read the note; superuser code gets none."""
        texts, closed = self._open("body_cipher")
        neutral = Markup("<p>%s</p>") % self._get_neutral_text()
        for note in self:
            unopenable = note._origin in closed
            note.unopenable = unopenable
            note.body = neutral if unopenable else texts.get(note._origin.id)

    def _inverse_body(self):
        """Seal the text. The write that brought it here has passed the rules, and the
        ids, which the text is bound to, are known."""
        self._seal(
            "body_cipher", {note.id: note._clean_body(note.body) for note in self}
        )

    @api.model
    def _get_neutral_text(self):
        """Return what is shown in place of a text that does not open."""
        return self.env._(
            "This note cannot be opened on this server: its key is missing or it was "
            "damaged. The privacy officer has been told."
        )

    @api.model
    def _get_unopenable_message(self):
        return self.env._(
            "This note cannot be opened on this server, so its text cannot be changed: "
            "nothing was overwritten. The privacy officer has been told."
        )

    @api.model
    def _clean_body(self, body):
        """Return sanitised HTML without media, False for an empty text."""
        if is_html_empty(body):
            return False
        tree = lxml_html.fragment_fromstring(
            html_sanitize(body, sanitize_attributes=True, sanitize_style=True),
            create_parent="div",
        )
        for element in tree.xpath("|".join(f".//{tag}" for tag in MEDIA_TAGS)):
            element.drop_tree()
        text = lxml_html.tostring(tree, encoding="unicode")
        return text.removeprefix("<div>").removesuffix("</div>")

    # ------------------------------------------------------------------
    # Constraints and CRUD
    # ------------------------------------------------------------------

    @api.constrains("session_id", "traject_id")
    def _check_session(self):
        for note in self.filtered("session_id"):
            if note.session_id.traject_id != note.traject_id:
                raise ValidationError(
                    self.env._("The session belongs to another traject.")
                )

    @api.model
    def default_get(self, fields):
        """Clean the text that a context or a default brings to a form."""
        return self._prepare_values(super().default_get(fields))

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._prepare_values(vals) for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if any(note.signed_on for note in self) and set(vals) - {"shared"}:
            raise UserError(
                self.env._(
                    "A signed note cannot be changed: write an amendment instead."
                )
            )
        if "traject_id" in vals:
            raise UserError(self.env._("A note stays in the file it was written for."))
        if "date" in vals and not vals["date"]:
            # not left to PostgreSQL, whose error would show the row with its text
            raise ValidationError(self.env._("A note needs a date."))
        return super().write(self._prepare_values(vals))

    @api.model
    def _prepare_values(self, vals):
        """Return ``vals`` with the text cleaned.

        :raises AccessError: a session that the user may not read
        """
        if session_id := vals.get("session_id"):
            self.env["outplacement.session"].browse(session_id).check_access("read")
        if "body" in vals:
            vals = {**vals, "body": self._clean_body(vals["body"])}
        return vals

    @api.model
    def _has_field_access(self, field, operation):
        """Candidates read the white-list; nobody writes author, signature or amended
        note but the methods of this model."""
        if not self.env.su:
            if operation == "write" and field.name in (
                "author_id",
                "candidate_id",
                "volume_id",
                "signed_on",
                "amends_id",
            ):
                return False
            if field.name not in PORTAL_FIELDS and not self.env.user._is_internal():
                return False
        return super()._has_field_access(field, operation)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        if any(note.signed_on for note in self):
            raise UserError(self.env._("A signed note stays in the file."))

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_sign(self):
        """Lock the notes as they are. Only their author can.

        :raises AccessError: not the author's own notes
        """
        self.check_access("write")
        if self.author_id - self.env.user:
            raise AccessError(self.env._("Only its author signs a note."))
        # sudo: outplacement.note - the signature is closed to write()
        self.sudo().filtered(lambda note: not note.signed_on).write(
            {"signed_on": fields.Datetime.now()}
        )
        return True

    def action_amend(self):
        """Open a new note that amends this signed one.

        :raises UserError: the note is not signed: it can still be changed
        """
        self.ensure_one()
        self.check_access("read")
        if not self.signed_on:
            raise UserError(
                self.env._("This note is not signed yet: you can still change it.")
            )
        amendment = self.create(
            {"traject_id": self.traject_id.id, "session_id": self.session_id.id}
        )
        # sudo: outplacement.note - the reference is closed to write()
        amendment.sudo().amends_id = self
        return amendment._get_records_action()

    @api.model
    def action_sessions_without_note(self):
        """Open the user's own held sessions that no note of theirs speaks of.

        Asked of the notes with the user's own rights: no session knows of its notes.
        """
        self.check_access("create")
        noted = self.search_fetch(
            Domain("session_id", "!=", False) & Domain("author_id", "=", self.env.uid),
            ["session_id"],
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "outplacement.outplacement_session_action"
        )
        action.update(
            name=self.env._("Sessions without a Note"),
            display_name=self.env._("Sessions without a Note"),
            views=[(False, "list"), (False, "form")],
            domain=[
                ("coach_id", "=", self.env.uid),
                ("state", "=", "held"),
                ("id", "not in", noted.session_id.ids),
            ],
            context={},
            help=self.env._("Every session that you held has its note."),
        )
        return action
