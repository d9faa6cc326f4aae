import hashlib
import json

from odoo import fields, models
from odoo.exceptions import UserError

from .outplacement_report import WHITELIST


class OutplacementReport(models.Model):
    """A candidate answers to what they have read: not to what it became since."""

    _inherit = "outplacement.report"

    def _get_fingerprint(self):
        """Return a fingerprint of what the report tells, to go with the page that shows
        it and to come back with the answer."""
        self.ensure_one()
        shown = {
            name: fields.Date.to_string(self[name])
            if self._fields[name].type == "date"
            else self[name]
            for name in WHITELIST
        }
        content = json.dumps(shown, sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()

    def _check_seen(self, fingerprint):
        """:raises UserError: the report tells something else than the page that this
        fingerprint came from"""
        if fingerprint != self._get_fingerprint():
            raise UserError(
                self.env._(
                    "Your coach has changed this report since you opened it: read it "
                    "again before you answer."
                )
            )
