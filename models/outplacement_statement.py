import base64
import hashlib
import json

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# Written by methods of the application only, whoever asks.
METHOD_FIELDS = frozenset(
    {
        "state",
        "recorded_by_id",
        "document",
        "document_sha256",
        "content_hash",
        "lang",
        "silence_agreed",
        "answer_days",
        "date_recorded",
    }
)
# What a signature fixes, for superuser code too.
SIGNED_FIELDS = METHOD_FIELDS | {
    "traject_id",
    "party",
    "partner_id",
    "date_signed",
    "channel",
    "signature",
}


class OutplacementStatement(models.Model):
    """Who is told what: what candidate or employer was told of it, and signed.

    The text follows from the settings (:meth:`outplacement.traject._get_statement`).
    Signed, it is kept as it was read, with its PDF and SHA-256, and frozen.
    """

    _name = "outplacement.statement"
    _description = "Confidentiality Statement"
    _order = "id desc"
    _check_company_auto = True

    traject_id = fields.Many2one(
        "outplacement.traject",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(related="traject_id.company_id", store=True)
    party = fields.Selection(
        [("candidate", "Candidate"), ("employer", "Employer")],
        required=True,
        default="candidate",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Signed by",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The candidate, or somebody who signs for the employer.",
    )
    state = fields.Selection(
        [("draft", "To be Signed"), ("signed", "Signed")],
        required=True,
        readonly=True,
        copy=False,
        default="draft",
    )
    text = fields.Html(
        compute="_compute_text",
        sanitize=False,  # ours, and escaped
        help="What is signed, by the settings as they are now.",
    )
    channel = fields.Selection(
        [("screen", "On this screen"), ("paper", "On paper")],
        string="Signed How",
        default="screen",
        required=True,
    )
    signature = fields.Binary(copy=False, attachment=True)
    date_signed = fields.Date(
        string="Signed on",
        copy=False,
        help="The day on the paper. On the screen: the day of signing.",
    )
    recorded_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict"
    )
    document = fields.Binary(string="PDF", readonly=True, copy=False)
    document_name = fields.Char(compute="_compute_document_name")
    document_sha256 = fields.Char(string="SHA-256", readonly=True, copy=False)
    content_hash = fields.Char(
        readonly=True, copy=False, help="Fingerprint of the text that was signed."
    )
    lang = fields.Char(
        string="Language", readonly=True, copy=False, help="In which it was signed."
    )
    is_outdated = fields.Boolean(
        string="Text Changed",
        compute="_compute_is_outdated",
        help="The text of today is not what was signed: settings, names or words "
        "changed since.",
    )

    # ------------------------------------------------------------------
    # Computes and constraints
    # ------------------------------------------------------------------

    @api.depends("traject_id.name", "party")
    @api.depends_context("lang")
    def _compute_display_name(self):
        parties = dict(self._fields["party"]._description_selection(self.env))
        for statement in self:
            party = parties.get(statement.party, "")
            name = statement.traject_id.name or ""
            statement.display_name = f"{name} {party}".strip()

    @api.depends("traject_id", "party")
    def _compute_partner_id(self):
        for statement in self:
            # unsaved, it tells its user nothing of a traject that is hidden
            traject = (statement if statement.id else statement.sudo(False)).traject_id
            if statement.party == "candidate":
                statement.partner_id = traject.candidate_id
            else:
                statement.partner_id = (
                    traject.employer_contact_ids[:1] or traject.employer_id
                )

    @api.depends("display_name")
    def _compute_document_name(self):
        for statement in self:
            name = statement.display_name or ""
            statement.document_name = f"{name.replace('/', '-')}.pdf"

    @api.depends("traject_id", "partner_id")
    @api.depends_context("lang")
    def _compute_text(self):
        section = Markup("<h4>%s</h4><ul>%s</ul>")
        for statement in self:
            content = (statement.traject_id and statement._get_content()) or ()
            statement.text = Markup().join(
                section
                % (title, Markup().join(Markup("<li>%s</li>") % line for line in lines))
                for title, lines in content
            )

    @api.depends("content_hash", "traject_id", "party")
    def _compute_is_outdated(self):
        for statement in self:
            signed = statement.content_hash
            statement.is_outdated = bool(signed and signed != statement._get_hash())

    @api.constrains("partner_id", "party", "traject_id")
    def _check_partner(self):
        for statement in self.filtered("partner_id"):
            traject, partner = statement.traject_id, statement.partner_id
            if statement.party == "candidate":
                right = partner == traject.candidate_id
            else:
                employer = traject.employer_id
                right = partner != traject.candidate_id and (
                    partner in traject.employer_contact_ids
                    or (employer and partner.commercial_partner_id == employer)
                )
            if not right:
                raise ValidationError(
                    self.env._(
                        "%(name)s cannot sign this: it is for the candidate of the "
                        "traject, or for a contact of its employer.",
                        name=partner.name,
                    )
                )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    def write(self, vals):
        """Signed statements stay as they are, for superuser code too."""
        if SIGNED_FIELDS & set(vals) and any(s.state == "signed" for s in self):
            raise UserError(
                self.env._(
                    "A signed statement stays as it is: have a new one signed instead."
                )
            )
        if any(
            s.traject_id.id != vals.get("traject_id", s.traject_id.id) for s in self
        ):
            raise UserError(self.env._("A statement stays with its traject."))
        return super().write(vals)

    @api.model
    def _has_field_access(self, field, operation):
        """Signing is for :meth:`action_sign`."""
        if operation == "write" and not self.env.su and field.name in METHOD_FIELDS:
            return False
        return super()._has_field_access(field, operation)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        if any(statement.state == "signed" for statement in self):
            raise UserError(self.env._("A signed statement is kept."))

    # ------------------------------------------------------------------
    # Signing
    # ------------------------------------------------------------------

    def action_print(self):
        """Print statements that are to be signed, as they are by the settings now. What
        was signed has its document.

        :raises UserError: a signed one
        """
        self.check_access("read")
        self._check_to_be_signed()
        return self.env.ref("outplacement.outplacement_statement_report").report_action(
            self
        )

    def action_sign(self):
        """Fix statements as they are now, and keep their PDF.

        :raises AccessError: the user may not write them
        :raises UserError: nobody to sign, no signature, or a day to come
        """
        self.check_access("write")
        today = fields.Date.context_today(self)
        for statement in self:
            statement._check_signable(today)
            if statement.channel == "screen":
                statement.date_signed = today
            values = statement._prepare_signed(statement._render_document())
            # sudo: outplacement.statement - closed to write(), so that a statement is
            # only ever signed here, after the checks above
            statement.sudo().write(values)
            statement.traject_id._message_log(body=statement._get_log_text())
        return True

    def _prepare_signed(self, document):
        """Return what signing fixes, with the bytes of its PDF."""
        self.ensure_one()
        return {
            "document": base64.b64encode(document),
            "document_sha256": hashlib.sha256(document).hexdigest(),
            "lang": self._get_lang(),
            "content_hash": self._get_hash(),
            "recorded_by_id": self.env.uid,
            "state": "signed",
        }

    def _check_to_be_signed(self):
        """:raises UserError: one was signed: its words of then are in its document"""
        if any(statement.state == "signed" for statement in self):
            raise UserError(
                self.env._("This statement was signed: open the document it keeps.")
            )

    def _check_signable(self, today):
        """:raises UserError: saying what is missing before it can be signed"""
        self.ensure_one()
        self._check_to_be_signed()
        if not self.partner_id:
            raise UserError(self.env._("Say who signs this statement."))
        if self.channel == "screen" and not self.signature:
            raise UserError(
                self.env._("Have the signature put on the screen, or choose paper.")
            )
        if self.channel == "paper" and not self.date_signed:
            raise UserError(self.env._("Enter the day that stands on the paper."))
        if self.channel == "paper" and self.date_signed > today:
            raise UserError(self.env._("The day on the paper lies in the future."))

    def _get_log_text(self):
        parties = dict(self._fields["party"]._description_selection(self.env))
        return self.env._(
            "The statement of who is told what was signed (%(party)s).",
            party=parties[self.party].lower(),
        )

    def _get_lang(self):
        """Return the language of the statement: in which it was signed, else that of
        who is to sign it."""
        self.ensure_one()
        return self.lang or self.partner_id.lang or self.env.lang or "en_US"

    def _get_content(self):
        """Return the text, see ``_get_statement`` of the traject."""
        self.ensure_one()
        traject = self.traject_id.with_context(lang=self._get_lang())
        return traject._get_statement()

    def _get_hash(self):
        """Return a fingerprint of the text, the same for the same words."""
        content = json.dumps(self._get_content(), sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()

    def _render_document(self):
        """Return the PDF of the statement as bytes."""
        self.ensure_one()
        content, _type = self.env["ir.actions.report"]._render_qweb_pdf(
            "outplacement.outplacement_statement_report", self.ids
        )
        return content
