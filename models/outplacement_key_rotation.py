import logging

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)
BATCH = 200
# A file can have megabytes: one at a time, so that no worker runs out of memory.
FILE_BATCH = 1


class OutplacementKey(models.Model):
    """Replacing a key: a new one seals what is written from then on, and a scheduled
    job seals anew, batch by batch, what older ones sealed.

    Each text tells which key it needs, so that the job goes on wherever it was ended.
    """

    _inherit = "outplacement.key"

    text_count = fields.Integer(
        string="Texts",
        compute="_compute_text_count",
        help="How many texts on this server need this key.",
    )
    pending_count = fields.Integer(
        string="Texts to Do",
        compute="_compute_text_count",
        help="How many texts still need an older key than the one in use.",
    )
    progress = fields.Float(
        compute="_compute_text_count",
        help="How much of all texts the key in use has sealed (%).",
    )
    unopenable_count = fields.Integer(
        string="Texts Not Opened",
        readonly=True,
        help="How many texts the replacement of keys could not open when it last came "
        "by. They were left as they are, and the key they need with them.",
    )

    def _compute_text_count(self):
        counts = self._get_text_counts()
        total = sum(counts.values())
        for key in self:
            key.text_count = counts.get(key.key_id, 0)
            current = key.state == "current"
            key.pending_count = total - key.text_count if current else 0
            key.progress = 100.0 * key.text_count / (total or 1) if current else 0.0

    @api.model
    def _get_text_counts(self):
        """Return how many texts need a key, by key id, over all sealed columns."""
        counts = {}
        for model, fname in self._get_sealed_columns():
            for key_id, count in model._count_by_key(fname):
                counts[key_id] = counts.get(key_id, 0) + count
        return counts

    @api.model
    def _get_sealed_columns(self):
        """Return (model, field name) of all columns that are sealed with these keys.

        Without access rights: who counts and reseals reads nothing.
        """
        names = self.env.registry.descendants(
            ["outplacement.sealed.mixin"], "_inherit", "_inherits"
        )
        return [
            (self.env[name], fname)
            for name in sorted(names)
            if self.env[name]._auto and not self.env[name]._abstract
            for fname in self.env[name]._get_sealed_fields()
        ]

    # ------------------------------------------------------------------
    # Replacing a key
    # ------------------------------------------------------------------

    def action_rotate(self):
        """Put a new key in the place of this one, and have all texts sealed anew.

        :raises AccessError: no privacy officer or administrator
        :raises UserError: this is not the key in use, or no key can be made
        """
        self.ensure_one()
        self._check_keeper()
        # sudo: outplacement.key - nobody writes keys but its methods
        self.sudo()._rotate()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _rotate(self):
        """Make another key current. Waits for whoever is sealing with this one."""
        if self.state != "current":
            raise UserError(self.env._("This key was replaced already."))
        self.state = "old"
        self.flush_recordset()
        with self._refusing():
            self._make_current()
        self.invalidate_model()
        self.env.ref("outplacement.ir_cron_rotate_keys")._trigger()

    @api.model
    def _cron_rotate(self):
        """Seal anew what older keys sealed, in batches that are committed each.

        What is being written at the moment is left to the next run; what does not
        open is left as it is, and counted.
        """
        current = self.search([("state", "=", "current")])
        cron = self.env["ir.cron"]
        pending = self._count_pending(current)
        cron._commit_progress(remaining=pending)
        unopened = 0
        for model, fname in self._get_sealed_columns() if pending else ():
            last_id = 0
            while batch := self._rotate_batch(model, fname, last_id):
                last_id, done, closed = batch
                unopened += closed
                if not cron._commit_progress(done):
                    return
        if current.unopenable_count != unopened:  # its row is held by who seals
            current.unopenable_count = unopened
        self._update_states()
        cron._commit_progress(remaining=max(self._count_pending(current) - unopened, 0))

    @api.model
    def _count_pending(self, current):
        """Return how many texts need another key than ``current``; no key, no texts."""
        counts = self._get_text_counts()
        return sum(counts.values()) - counts.get(current.key_id, 0)

    @api.model
    def _rotate_batch(self, model, fname, last_id):
        """Seal the next rows of a column anew.

        :return: the id of the last row, how many were sealed, how many do not open;
            None when there are no more rows
        """
        limit = FILE_BATCH if model._fields[fname].type == "binary" else BATCH
        try:
            return model._reseal(fname, last_id, limit)
        except SerializationFailure:
            # somebody wrote one of them just now: from there again, with fresh eyes
            self.env.cr.rollback()
            return last_id, 0, 0

    @api.model
    def _update_states(self):
        """Mark the keys that no text needs any more as replaced. Their files stay, for
        the backups of before. Should a text need one again, say so too."""
        counts = self._get_text_counts()
        for key in self.search([("state", "!=", "current")]):
            needed = bool(counts.get(key.key_id))
            if needed and key.state == "retired":
                key.write({"state": "old", "retired_on": False})
            elif not needed and key.state == "old":
                key.write({"state": "retired", "retired_on": fields.Datetime.now()})
                _logger.info("No text needs the key %s any more", key.key_id)
