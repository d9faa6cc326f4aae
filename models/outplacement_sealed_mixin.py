from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..tools import cipher, keyring
from ..tools.cipher import UnopenableError
from ..tools.keyring import KeyringError


class OutplacementSealedMixin(models.AbstractModel):
    """Columns that hold nothing but ciphertext.

    A sealed column is a stored field of type text or binary (``attachment=False``)
    with ``sealed=True, groups=fields.NO_ACCESS, copy=False, prefetch=False``. What is
    in it goes in by :meth:`_seal` and comes out by :meth:`_unseal`, and nowhere else.
    Text columns take and give ``str``, binary columns ``bytes``. Keys are replaced in
    all sealed columns of all models that inherit this one.
    """

    _name = "outplacement.sealed.mixin"
    _description = "Sealed Columns"

    @api.model
    def _valid_field_parameter(self, field, name):
        return name == "sealed" or super()._valid_field_parameter(field, name)

    @api.model
    def _is_sealed_model(self, name):
        """Return whether the model with this name has sealed columns."""
        models = self.env.registry
        return name in models and issubclass(models[name], models[self._name])

    @api.model
    def _get_sealed_fields(self):
        """Return the names of the sealed columns."""
        return [
            name
            for name, field in self._fields.items()
            if getattr(field, "sealed", False)
        ]

    def init(self):
        if self._auto and not self._abstract:
            self._keep_tokens_in_rows()
        return super().init()

    @api.model
    def _keep_tokens_in_rows(self):
        """Have PostgreSQL keep sealed texts next to the rest of their rows, as it keeps
        most texts.

        It moves what stays over 2 kB elsewhere, and ciphertext cannot be compressed: a
        note of a page would be looked up twice. What does not fit into a page of the
        table (8 kB) is moved all the same, and so are files, which are read one by one.
        """
        texts = [
            fname
            for fname in self._get_sealed_fields()
            if self._fields[fname].type == "text"
        ]
        query = SQL(
            """
            SELECT attname FROM pg_attribute
             WHERE attrelid = %s::regclass AND attname = ANY(%s) AND attstorage <> 'm'
            """,
            self._table,
            texts,
        )
        for (fname,) in self.env.execute_query(query):
            self.env.cr.execute(
                SQL(
                    "ALTER TABLE %s ALTER COLUMN %s SET STORAGE MAIN",
                    SQL.identifier(self._table),
                    SQL.identifier(fname),
                )
            )

    # ------------------------------------------------------------------
    # The way in and the way out
    # ------------------------------------------------------------------

    def _seal(self, fname, contents):
        """Encrypt and store what is to be in a sealed column of these records.

        Access is not checked here: it is the caller's to have done so.

        :param contents: by record id: str or bytes, something empty for nothing
        :raises UserError: there is no key to seal with, or what is there now cannot
            be opened: it would be lost
        """
        _opened, closed = self._unseal(fname)
        if closed:
            raise UserError(self._get_unopenable_message())
        records = self._get_sealed_records()
        if any(contents[record.id] for record in records):
            key = self.env["outplacement.key"]._get_sealing_key()
        for record in records:
            content = contents[record.id]
            token = self._encrypt(key, fname, record.id, content) if content else False
            record[fname] = token

    def _unseal(self, fname):
        """Decrypt what is in a sealed column of these records.

        Access is not checked here: it is the caller's to have done so. What cannot be
        opened is told to the privacy officers.

        :return: what is in it, by record id, None for nothing; and the records that
            cannot be opened
        :raises AccessError: within a mail that is being made
        """
        if cipher.is_kept_closed():
            raise AccessError(self.env._("A mail never holds confidential texts."))
        contents, failures, openers = {}, {}, {}
        for record in self._get_sealed_records():
            try:
                contents[record.id] = self._decrypt(
                    openers, fname, record.id, record[fname]
                )
            except (UnopenableError, KeyringError) as error:
                failures[record.id] = error
        if failures:
            self._report_failures(fname, failures)
        return contents, self.browse(failures)

    def _get_sealed_records(self):
        # sudo: the sealed model itself - its sealed columns are closed to everybody,
        # and who calls has checked the access to these records
        return self.sudo().with_context(bin_size=False)

    @api.model
    def _get_unopenable_message(self):
        """Return what to tell who would overwrite something that does not open."""
        return self.env._(
            "This cannot be opened on this server, so it cannot be changed either: "
            "nothing was overwritten. The privacy officer has been told."
        )

    @api.model
    def _encrypt(self, key, fname, res_id, content):
        """Return the token of ``content`` as the column holds it."""
        if is_text := self._fields[fname].type == "text":
            content = content.encode()
        token = cipher.seal(key, (self._name, res_id, fname), content)
        return cipher.to_text(token) if is_text else token

    @api.model
    def _decrypt(self, openers, fname, res_id, token):
        """Return what is in the ``token`` of a column, None if it is empty.

        :param openers: what opens the texts of each key, by its id, as far as they are
            known; what is missing is added
        :raises UnopenableError: damaged, or moved from elsewhere
        :raises KeyringError: its key is not here
        """
        if not token:
            return None
        key_id = cipher.read_key_id(token)
        if key_id not in openers:
            openers[key_id] = self._load_opener(key_id)
        if isinstance(openers[key_id], KeyringError):
            raise openers[key_id]
        is_text = isinstance(token, str)
        content = openers[key_id].unseal(
            (self._name, res_id, fname), token if is_text else bytes(token)
        )
        return content.decode() if is_text else content

    @api.model
    def _load_opener(self, key_id):
        """Return what opens the texts of a key, or the error that says why the key
        cannot be had."""
        try:
            return cipher.Opener(keyring.load(key_id))
        except KeyringError as error:
            return error

    @api.model
    def _report_failures(self, fname, failures):
        """Tell the privacy officers, of a key once and of a damaged text each.

        :param failures: the errors by record id
        """
        Alert = self.env["outplacement.alert"]
        Alert._report(
            [
                Alert._get_key_finding(error)
                if isinstance(error, KeyringError)
                else Alert._get_text_finding(self.browse(res_id), fname)
                for res_id, error in failures.items()
            ]
        )

    # ------------------------------------------------------------------
    # Replacing keys
    # ------------------------------------------------------------------

    @api.model
    def _sql_key_id(self, fname):
        """Return the SQL of the id of the key that a row needs; anything for a row
        that holds no token."""
        start = SQL(
            "substring(%s FROM %s FOR %s)",
            SQL.identifier(fname),
            cipher.HEADER_LENGTH - cipher.KEY_ID_LENGTH,
            cipher.KEY_ID_LENGTH,
        )
        if self._fields[fname].type == "text":
            return start
        return SQL("encode(%s, 'escape')", start)

    @api.model
    def _count_by_key(self, fname):
        """Return (key id, number of rows that need it) for a sealed column."""
        self.flush_model([fname])
        return self.env.execute_query(
            SQL(
                "SELECT %s AS key_id, count(*) FROM %s WHERE %s IS NOT NULL GROUP BY 1",
                self._sql_key_id(fname),
                SQL.identifier(self._table),
                SQL.identifier(fname),
            )
        )

    @api.model
    def _reseal(self, fname, last_id, limit):
        """Seal rows after ``last_id`` anew, with the current key.

        As the database has them: nobody changed the texts, so no date of writing
        changes either. Rows that somebody is writing at the moment are passed over.

        :return: the id of the last row, how many were sealed, how many do not open;
            None when there are no more rows
        :raises SerializationFailure: somebody wrote one of them just now
        """
        key = self.env["outplacement.key"]._get_sealing_key()
        rows = self._lock_rows(fname, cipher.get_key_id(key), last_id, limit)
        if not rows:
            return None
        resealed, failures, openers = [], {}, {}
        for res_id, token in rows:
            try:
                content = self._decrypt(openers, fname, res_id, token)
                resealed.append((res_id, self._encrypt(key, fname, res_id, content)))
            except (UnopenableError, KeyringError) as error:
                failures[res_id] = error
        if failures:
            self._report_failures(fname, failures)
        self._store_tokens(fname, resealed)
        return rows[-1][0], len(resealed), len(failures)

    @api.model
    def _lock_rows(self, fname, key_id, last_id, limit):
        """Lock and return (id, token) of rows that need another key than this one."""
        self.flush_model([fname])
        query = SQL(
            """
            SELECT id, %(column)s FROM %(table)s
             WHERE id > %(last_id)s
               AND %(column)s IS NOT NULL AND %(needed)s <> %(key_id)s
             ORDER BY id LIMIT %(limit)s
               FOR NO KEY UPDATE SKIP LOCKED
            """,
            column=SQL.identifier(fname),
            table=SQL.identifier(self._table),
            needed=self._sql_key_id(fname),
            last_id=last_id,
            key_id=key_id,
            limit=limit,
        )
        # a collision with somebody who writes is no error: nothing to log
        self.env.cr.execute(query, log_exceptions=False)
        return [
            (res_id, bytes(token) if isinstance(token, memoryview) else token)
            for res_id, token in self.env.cr.fetchall()
        ]

    @api.model
    def _store_contents(self, fname, contents):
        """Seal what was kept otherwise until now, as a migration does: without the ORM,
        which would date the records.

        :param contents: by record id: str or bytes
        :raises UserError: there is no key to seal with
        """
        key = self.env["outplacement.key"]._get_sealing_key()
        self._store_tokens(
            fname,
            [
                (res_id, self._encrypt(key, fname, res_id, content))
                for res_id, content in contents.items()
            ],
        )

    @api.model
    def _store_tokens(self, fname, tokens):
        """Write tokens to the column, past the ORM, which would date them."""
        if not tokens:
            return
        values = SQL(", ").join(SQL("(%s, %s)", *row) for row in tokens)
        self.env.cr.execute(
            SQL(
                "UPDATE %s AS t SET %s = v.token FROM (VALUES %s) AS v (id, token)"
                " WHERE t.id = v.id",
                SQL.identifier(self._table),
                SQL.identifier(fname),
                values,
            )
        )
        self.browse(row[0] for row in tokens).invalidate_recordset([fname])
