import logging
from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..tools import cipher, keyring
from ..tools.keyring import KeyringError

_logger = logging.getLogger(__name__)
KEEPERS = "outplacement.group_privacy_officer,base.group_system"


class OutplacementKey(models.Model):
    """A key of the confidential file: what is known of it, never the secret.

    The secret is in a file outside the database (see ``tools/keyring.py``) and goes
    to :class:`OutplacementSealedMixin` only. One key is current: it seals what is
    written. Older ones open what was sealed before, until a rotation has sealed it
    anew; their files are never deleted here, since older backups need them.
    """

    _name = "outplacement.key"
    _description = "Encryption Key"
    _order = "id desc"
    _rec_name = "key_id"

    key_id = fields.Char(
        required=True,
        readonly=True,
        help="The name of its file, without “.key”. It says nothing of the key.",
    )
    state = fields.Selection(
        [("current", "In Use"), ("old", "Being Replaced"), ("retired", "Replaced")],
        required=True,
        readonly=True,
        help="In use: seals what is written. Being replaced: some texts still need it. "
        "Replaced: only backups of before still need it; keep its file as long as you "
        "keep those.",
    )
    made_on = fields.Datetime(string="In Use Since", required=True, readonly=True)
    retired_on = fields.Datetime(string="Replaced On", readonly=True)
    backed_up_on = fields.Datetime(string="Backup Confirmed On", readonly=True)
    backed_up_by_id = fields.Many2one(
        "res.users",
        string="Backup Confirmed By",
        readonly=True,
        ondelete="restrict",
    )
    location = fields.Char(
        string="File",
        compute="_compute_location",
        help="Where this server looks for the key.",
    )
    file_state = fields.Selection(
        [
            ("ok", "In Order"),
            ("missing", "Missing"),
            ("damaged", "Damaged"),
            ("exposed", "Open to Others"),
            ("folder", "Folder Missing or Closed"),
        ],
        string="File on this Server",
        compute="_compute_location",
        help="Open to others: other accounts of the server can read or replace it; "
        "nothing new is written until it is closed to them.",
    )

    _key_id_uniq = models.Constraint("UNIQUE(key_id)", "There is such a key already.")
    _current_uniq = models.UniqueIndex(
        "(state) WHERE state = 'current'", "There is a key in use already."
    )

    @api.depends("key_id")
    def _compute_location(self):
        """Look at the file on this server; every host has its own answer."""
        for key in self:
            key.location = str(keyring.get_path(key.key_id))
            key.file_state = keyring.check(key.key_id) or "ok"

    # ------------------------------------------------------------------
    # Keys for the sealed models
    # ------------------------------------------------------------------

    @api.model
    def _get_sealing_key(self):
        """Return the current key (bytes), made now if there is none yet.

        Until the end of this transaction no rotation puts another in its place, and
        when one just did, or somebody else just made the first key, PostgreSQL
        refuses and Odoo tries the whole request again.

        :raises UserError: the key is not here or not safe; an alert was raised
        """
        with self._refusing():
            key_id = self._lock_current() or self._make_current()
            return keyring.load(key_id, to_seal=True)

    @contextmanager
    def _refusing(self):
        """Turn what is wrong with a key into an alert and a sentence for the user."""
        try:
            yield
        except KeyringError as error:
            Alert = self.env["outplacement.alert"]
            Alert._report([Alert._get_key_finding(error)])
            raise UserError(
                self.env._(
                    "Confidential text cannot be saved on this server now: its key is "
                    "missing or not safe. Nothing was changed; the privacy officer "
                    "has been told."
                )
            ) from None

    @api.model
    def _lock_current(self):
        """Return the id of the current key, False if there is none, and hold it."""
        self.flush_model()
        rows = self.env.execute_query(
            SQL("SELECT key_id FROM outplacement_key WHERE state = 'current' FOR SHARE")
        )
        return rows[0][0] if rows else False

    @api.model
    def _make_current(self):
        """Make a key and return its id.

        Its row goes before its file: who makes one at the same time waits for the
        row, so that one file is made. Should all this be undone later, the file stays,
        of use to nobody: no key is ever deleted on what may be a misunderstanding.

        :raises KeyringError: the file cannot be written
        """
        key = cipher.make_key()
        key_id = cipher.get_key_id(key)
        made = self.env.execute_query(
            SQL(
                """
                INSERT INTO outplacement_key
                       (key_id, state, made_on,
                        create_uid, create_date, write_uid, write_date)
                VALUES (%(key_id)s, 'current', %(now)s,
                        %(uid)s, %(now)s, %(uid)s, %(now)s)
                ON CONFLICT DO NOTHING RETURNING id
                """,
                key_id=key_id,
                now=fields.Datetime.now(),
                uid=self.env.uid,
            )
        )
        if not made:
            return self._lock_current()
        keyring.save(key)
        _logger.info("Made the key %s: back it up", keyring.get_path(key_id))
        return key_id

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def _check_keeper(self):
        """Keys are kept by privacy officers and system administrators.

        :raises AccessError: the user is neither
        """
        if not self.env.user.has_groups(KEEPERS):
            raise AccessError(
                self.env._(
                    "Only a privacy officer or an administrator looks after the keys."
                )
            )

    def action_confirm_backup(self):
        """Record that the user has a copy of these keys.

        :raises AccessError: no privacy officer or administrator
        """
        self._check_keeper()
        # sudo: outplacement.key - nobody writes keys but its methods
        self.sudo().filtered(lambda key: not key.backed_up_on).write(
            {
                "backed_up_on": fields.Datetime.now(),
                "backed_up_by_id": self.env.uid,
            }
        )
        return True
