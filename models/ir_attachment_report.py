import base64
import hashlib

from odoo import api, models
from odoo.exceptions import UserError

from .outplacement_report import FROZEN_STATES

REPORT = "outplacement.report"
LINK = {"res_model", "res_field", "res_id"}
# Writing these again keeps a file as it is, if its bytes are the same: so does Odoo
# when it moves all files to another storage.
CONTENT = {"raw", "datas", "mimetype"}


class IrAttachment(models.Model):
    """Keeps the PDF of a released report as it was released, superuser code included:
    it is the one file with the report's SHA-256, for those who may read the report."""

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        default = self.default_get([*LINK])
        for vals in vals_list:
            vals = default | vals
            if report := self._get_released_report(vals):
                self._check_released(report, self._has_bytes_of(report, vals))
        return super().create(vals_list)

    def write(self, vals):
        for attachment in self._filter_linkable(vals):
            link = {name: attachment[name] for name in LINK}
            if report := self._get_released_report(link):
                kept = vals.keys() <= CONTENT and self._has_bytes_of(report, vals)
                self._check_released(report, kept)
            elif report := self._get_released_report({**link, **vals}):
                self._check_released(report, False)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_released(self):
        for attachment in self._filter_linkable({}):
            if report := self._get_released_report(attachment.read(LINK)[0]):
                self._check_released(report, False)

    def _filter_linkable(self, vals):
        """Return those that are behind a field of a report, or would be by ``vals``, as
        superuser."""
        # sudo: ir.attachment - a guard that holds for whoever may not read them too
        attachments = self.sudo()
        if vals.get("res_model") == REPORT or {"res_field", "res_id"} & set(vals):
            return attachments
        return attachments.filtered(lambda a: a.res_model == REPORT and a.res_field)

    @api.model
    def _get_released_report(self, link):
        """Return the released report, as superuser, whose document ``link`` is; none if
        it is another file.

        Asked for the superuser and administrators only. Odoo refuses all others, whom
        nobody tells by another error that there is such a report.
        """
        # sudo: outplacement.report - a guard that holds for whoever may not read it too
        Report = self.env[REPORT].sudo()
        if not self.env.su and not self.env.is_system():
            return Report
        if link.get("res_model") != REPORT or link.get("res_field") != "document":
            return Report
        report = Report.browse(link.get("res_id") or []).exists()
        return report.filtered(lambda r: r.state in FROZEN_STATES)

    @api.model
    def _has_bytes_of(self, report, vals):
        """Whether ``vals`` hold the very document that was released, and in no other
        field something else: of two, either may be what Odoo stores."""
        contents = []
        if "raw" in vals:
            raw = vals["raw"] or b""
            contents.append(raw.encode() if isinstance(raw, str) else raw)
        if "datas" in vals:
            contents.append(base64.b64decode(vals["datas"] or b""))
        hashes = {hashlib.sha256(content).hexdigest() for content in contents}
        return hashes == {report.document_sha256}

    @api.model
    def _check_released(self, report, kept):
        """:raises UserError: the document of a released report would not be kept"""
        if not kept:
            raise UserError(
                self.env._(
                    "The document of %(report)s was released and stays as it is.",
                    report=report.name,
                )
            )
