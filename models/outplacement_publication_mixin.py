import base64
import hashlib

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..tools.workbook import write_workbook

# Written by methods of the application only, whoever asks.
METHOD_FIELDS = frozenset(
    {
        *("state", "date", "minimum", "lang", "figures", "sections"),
        *("document", "document_sha256", "sheet", "sheet_sha256"),
        *("date_released", "released_by_id"),
    }
)


class OutplacementPublicationMixin(models.AbstractModel):
    """Figures of groups of people for outsiders: drafted, and frozen when released.

    Whoever inherits says which figures (``_prepare_figures``) and in which tables
    (``_prepare_sections``); these hold nothing but what may be published, drafts
    neither.
    Released, a publication stays as it is for superuser code too, with its PDF, its
    spreadsheet and their SHA-256, and later ones are held against it.
    """

    _name = "outplacement.publication.mixin"
    _description = "Publication of Figures"
    _order = "date desc, id desc"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    state = fields.Selection(
        [("draft", "Draft"), ("released", "Released")],
        required=True,
        readonly=True,
        copy=False,
        default="draft",
        index=True,
    )
    date = fields.Date(
        string="Figures of",
        readonly=True,
        copy=False,
        help="The day as of which people are counted: that of the release.",
    )
    minimum = fields.Integer(string="Smallest Group", readonly=True, copy=False)
    lang = fields.Char(string="Language", readonly=True, copy=False)
    figures = fields.Json(readonly=True, copy=False)
    sections = fields.Json(readonly=True, copy=False)
    content = fields.Html(
        compute="_compute_content",
        sanitize=False,  # ours, and escaped
    )
    # in the row, not in the file store: nothing but the row is to be guarded
    document = fields.Binary(string="PDF", attachment=False, readonly=True, copy=False)
    document_name = fields.Char(compute="_compute_file_names")
    document_sha256 = fields.Char(string="SHA-256", readonly=True, copy=False)
    sheet = fields.Binary(
        string="Spreadsheet", attachment=False, readonly=True, copy=False
    )
    sheet_name = fields.Char(compute="_compute_file_names")
    sheet_sha256 = fields.Char(
        string="SHA-256 of the Spreadsheet", readonly=True, copy=False
    )
    date_released = fields.Datetime(string="Released", readonly=True, copy=False)
    released_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict"
    )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("sections", "figures", "lang")
    def _compute_content(self):
        for publication in self:
            localized = publication.with_context(lang=publication.lang)
            lines = publication.figures and localized._get_lines()
            parts = [Markup("<p class='mb-1'>%s</p>") % line for line in lines or ()]
            parts += map(self._get_section_html, publication.sections or ())
            publication.content = Markup().join(parts)

    @api.model
    def _get_section_html(self, section):
        """Return a table as the form shows it."""
        cell, heading = Markup("<td>%s</td>"), Markup("<th>%s</th>")
        row = Markup("<tr>%s</tr>")
        head = Markup().join(heading % text for text in section["head"])
        rows = [
            row % Markup().join(cell % text for text in cells)
            for cells in section["rows"]
        ]
        return Markup(
            "<h4>%s</h4><table class='table table-sm w-auto'><thead>%s</thead>"
            "<tbody>%s</tbody></table><p class='text-muted'>%s</p>"
        ) % (section["title"], row % head, Markup().join(rows), section["note"] or "")

    @api.depends("display_name")
    def _compute_file_names(self):
        for publication in self:
            name = (publication.display_name or "").replace("/", "-")
            publication.document_name = f"{name}.pdf"
            publication.sheet_name = f"{name}.xlsx"

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        publications = super().create(vals_list)
        publications._refresh()
        return publications

    def write(self, vals):
        """What is released does not change, by superuser code neither."""
        if vals:
            self._check_draft()
        result = super().write(vals)
        if self._get_subject_fields() & set(vals):
            # of another company the user may not even count
            self.check_access("write")
            self._refresh()
        return result

    @api.model
    def _has_field_access(self, field, operation):
        """Figures and course are for methods."""
        if operation == "write" and not self.env.su and field.name in METHOD_FIELDS:
            return False
        return super()._has_field_access(field, operation)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_released(self):
        self._check_draft()

    def _check_draft(self):
        """:raises UserError: one was released"""
        if released := self.filtered(lambda p: p.state == "released"):
            raise UserError(
                self.env._(
                    "%(publication)s was released and stays as it is: make a new one.",
                    publication=released[0].display_name,
                )
            )

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    @api.model
    def _get_subject_fields(self):
        """Return the fields that the figures of a draft follow from."""
        return {"company_id"}

    def _get_lang(self):
        """Return the language of the publication: that of who reads it."""
        self.ensure_one()
        return self.env.lang or "en_US"

    def _get_history(self):
        """Return what was released before of the same people, the oldest first."""
        raise NotImplementedError

    def _prepare_figures(self):
        """Return what is published, for the history: numbers only."""
        raise NotImplementedError

    def _prepare_sections(self, figures):
        """Return the tables that are printed, see ``write_workbook``, in the language
        of the environment."""
        raise NotImplementedError

    def _get_minimum(self):
        """Return the size from which a group is shown: that of the first release, since
        what was shown by another one cannot be taken back."""
        self.ensure_one()
        return (
            self._get_history()[:1].minimum
            or self.company_id.outplacement_minimum_group
        )

    def _refresh(self):
        """Count anew."""
        for publication in self:
            lang = publication._get_lang()
            localized = publication.with_context(lang=lang)
            values = {
                "date": publication.company_id._get_outplacement_today(),
                "minimum": publication._get_minimum(),
                "lang": lang,
            }
            # sudo: outplacement.publication.mixin - what is counted is closed to
            # write(), so that nobody publishes other figures
            own = localized.sudo()
            own.write(values)
            figures = localized._prepare_figures()
            sections = localized._prepare_sections(figures)
            own.write({"figures": figures, "sections": sections})

    def action_refresh(self):
        """Count the people of drafts as of today.

        :raises UserError: one was released
        """
        self.check_access("write")
        self._check_draft()
        self._refresh()
        return True

    # ------------------------------------------------------------------
    # Releasing
    # ------------------------------------------------------------------

    def action_release(self):
        """Count as of today, and freeze what is published.

        :raises AccessError: the user may not write them
        :raises UserError: one was released already
        """
        self.check_access("write")
        self._check_draft()
        for publication in self:
            publication._lock_history()
            publication._refresh()
            # sudo: outplacement.publication.mixin - closed to write(), so that a
            # publication is only released here, after the checks above
            own = publication.sudo()
            own.write(
                {
                    "date_released": fields.Datetime.now(),
                    "released_by_id": self.env.uid,
                }
            )
            document, sheet = publication._render_document(), own._render_sheet()
            own.write(
                {
                    "document": base64.b64encode(document),
                    "document_sha256": hashlib.sha256(document).hexdigest(),
                    "sheet": base64.b64encode(sheet),
                    "sheet_sha256": hashlib.sha256(sheet).hexdigest(),
                    "state": "released",
                }
            )
            publication._on_released()
        return True

    def _lock_history(self):
        """Wait for whoever releases of the same people at this moment."""
        raise NotImplementedError

    def _on_released(self):
        """Hook: after the release."""

    def action_preview(self):
        """Print a draft as it would be released; what is released, as it was."""
        self.check_access("read")
        return self.env.ref(self._get_report_xmlid()).report_action(self)

    @api.model
    def _get_report_xmlid(self):
        """Return the external id of the report that prints the publication."""
        raise NotImplementedError

    def _render_document(self):
        """Return the PDF as bytes."""
        self.ensure_one()
        content, _type = self.env["ir.actions.report"]._render_qweb_pdf(
            self._get_report_xmlid(), self.ids
        )
        return content

    def _render_sheet(self):
        """Return the spreadsheet as bytes."""
        self.ensure_one()
        localized = self.with_context(lang=self.lang)
        return write_workbook(
            localized._get_title(), localized._get_lines(), self.sections or []
        )

    def _get_title(self):
        """Return the heading, in the language of the environment."""
        raise NotImplementedError

    def _get_lines(self):
        """Return the sentences below the heading, in the language of the
        environment."""
        self.ensure_one()
        return [
            self.env._("As of %(date)s.", date=format_date(self.env, self.date)),
            self.env._(
                "Groups of fewer than %(minimum)s people are not shown, nor figures "
                "from which they could be computed, here or by comparing with what was "
                "published before: they are put together with others.",
                minimum=self.minimum,
            ),
        ]
