import json
import logging
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)
# One line of JSON a row, for a log that leaves the machine.
_line_logger = logging.getLogger("odoo.addons.outplacement.access")

# Who was refused again within this time is not written down again,
REFUSED_AGAIN = timedelta(minutes=1)
# and of one person at most so many refusals are, in that time.
REFUSED_LIMIT = 100
ALERT_AGAIN = timedelta(hours=1)
READ_AGAIN = timedelta(hours=1)


class _Rows(list):
    """What this model itself gives to create(): no client can send one."""


class OutplacementAccessLog(models.Model):
    """Who opened, changed, was let into or was kept out of a confidential file.

    Append-only: rows come from :meth:`_log` and :meth:`_log_refused` only, and nobody
    changes or deletes one, superuser code included; a trigger tells the database so
    too. A row names records by plain values, so that reading the log reads nothing
    else and what it names may be erased. It never holds content. Each row also goes,
    at once, as a line of JSON to the logger ``odoo.addons.outplacement.access``: what
    Odoo tries again, or rolls back, leaves its line there all the same.

    A new stored column must come without a default: Odoo would UPDATE the rows.
    """

    _name = "outplacement.access.log"
    _description = "Access Log of Confidential Files"
    _order = "moment desc, id desc"
    _rec_name = "moment"
    _log_access = False  # who and when are its own; nothing is ever written again

    moment = fields.Datetime(required=True, readonly=True, index=True)
    user_id = fields.Many2one(
        "res.users",
        string="Who",
        required=True,
        readonly=True,
        index=True,
        # a deletion must not change the log: people are archived
        ondelete="restrict",
    )
    kind = fields.Selection(
        [
            ("read", "Opened"),
            ("searched", "Searched"),
            ("downloaded", "Downloaded"),
            ("created", "Written"),
            ("changed", "Changed"),
            ("deleted", "Deleted"),
            ("shared", "Shared with the candidate"),
            ("unshared", "No longer shared"),
            ("signed", "Signed"),
            ("granted", "Let in"),
            ("ended", "Access ended"),
            ("handed_over", "File handed over"),
            ("handover_withdrawn", "Handover withdrawn"),
            ("refused", "Refused"),
            ("break_glass_requested", "Emergency access requested"),
            ("break_glass_approved", "Emergency access approved"),
            ("break_glass_refused", "Emergency access refused"),
            ("break_glass_expired", "Emergency request expired"),
            ("break_glass_read", "Opened by emergency access"),
            ("break_glass_ended", "Emergency access ended"),
            ("group_given", "Group given"),
            ("group_taken", "Group taken"),
            ("exported", "Log printed for the candidate"),
            ("alert", "Alert"),
        ],
        string="What",
        required=True,
        readonly=True,
    )
    subject_id = fields.Many2one(
        "res.users",
        string="Whom",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Who was let in, kept out, or given or deprived of a group.",
    )
    company_id = fields.Many2one(
        "res.company",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    traject_reference = fields.Char(string="Traject", readonly=True)
    traject_res_id = fields.Integer(string="Traject ID", readonly=True)
    res_model = fields.Char(string="Model", readonly=True)
    res_id = fields.Integer(string="Record ID", readonly=True)
    detail = fields.Char(
        readonly=True, help="The fields changed, the role, the end: never content."
    )

    _record_idx = models.Index("(user_id, res_model, res_id, moment)")
    _traject_idx = models.Index("(traject_res_id, moment)")
    _holder_idx = models.Index(
        "(moment, id) WHERE kind IN ('group_given', 'group_taken')"
    )

    # ------------------------------------------------------------------
    # Append-only
    # ------------------------------------------------------------------

    def init(self):
        """Let the database refuse every change of a row, whoever asks.

        The uninstall hook takes the function away again.
        """
        self.env.cr.execute(
            SQL(
                """
                CREATE OR REPLACE FUNCTION outplacement_access_log_append_only()
                RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    RAISE EXCEPTION 'outplacement_access_log is append-only'
                        USING ERRCODE = 'insufficient_privilege';
                END $$;
                DROP TRIGGER IF EXISTS outplacement_access_log_append_only ON %(table)s;
                CREATE TRIGGER outplacement_access_log_append_only
                BEFORE UPDATE OR DELETE OR TRUNCATE ON %(table)s
                FOR EACH STATEMENT
                EXECUTE FUNCTION outplacement_access_log_append_only();
                """,
                table=SQL.identifier(self._table),
            )
        )

    @api.model_create_multi
    def create(self, vals_list):
        if not isinstance(vals_list, _Rows):
            self._raise_append_only()
        return super().create(vals_list)

    def write(self, vals):
        self._raise_append_only()
        return super().write(vals)

    def unlink(self):
        self._raise_append_only()
        return super().unlink()

    def _raise_append_only(self):
        """:raises AccessError: always, for superuser code too"""
        raise AccessError(
            self.env._("The access log is only added to, and only by what happens.")
        )

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    @api.model
    def _log(self, kind, records, detail=False, **values):
        """Write down that the present user did ``kind`` with ``records``.

        :param str kind: a key of the field of that name
        :param records: what it was done with, of one model; a row each
        :param str detail: neutral words, never content
        :param values: further columns, for all rows
        """
        rows = self._prepare_rows(kind, records, detail)
        self._append([{**row, **values} for row in rows])

    @api.model
    def _get_named(self, records):
        """Return ``records`` as they may be named: by whoever causes a row."""
        # sudo: the record's own model - only its id and its traject's reference and
        # company are written down, also when the user was refused to read it
        return records.sudo()

    @api.model
    def _prepare_rows(self, kind, records, detail=False):
        """Return a row about each of ``records``, for :meth:`_append`."""
        return [
            self._prepare_row(kind, record, detail)
            for record in self._get_named(records)
        ]

    @api.model
    def _prepare_row(self, kind, record, detail=False):
        """Return the columns of a row about one record, which may be of any model."""
        traject = self.env["outplacement.traject"]
        if record._name == traject._name:
            traject = record
        elif "traject_id" in record._fields:
            traject = record.traject_id
        return {
            "moment": fields.Datetime.now(),
            "kind": kind,
            "user_id": self.env.uid,
            "subject_id": False,
            "company_id": traject.company_id.id,
            "traject_reference": traject.name,
            "traject_res_id": traject.id,
            "res_model": record._name,
            "res_id": record.id,
            "detail": detail,
        }

    @api.model
    def _append(self, rows):
        """Write ``rows``, dictionaries of all columns, to log and logger."""
        if rows:
            self._emit(rows)
            # sudo: outplacement.access.log - nobody may create a row; what happened
            # is written down whoever did it
            self.sudo().create(_Rows(rows))

    @api.model
    def _emit(self, rows):
        """Write a line of JSON for each row, with the same keys always."""
        for row in rows:
            _line_logger.info(
                json.dumps(
                    {
                        "database": self.env.cr.dbname,
                        "moment": fields.Datetime.to_string(row["moment"]),
                        "kind": row["kind"],
                        "user": row["user_id"],
                        "subject": row["subject_id"] or None,
                        "company": row["company_id"] or None,
                        "traject": row["traject_reference"] or None,
                        "model": row["res_model"] or None,
                        "record": row["res_id"] or None,
                        "detail": row["detail"] or None,
                    }
                )
            )

    @api.model
    def _filter_not_read(self, records):
        """Return those of ``records`` that the user did not open in the last hour."""
        # sudo: outplacement.access.log - only what the user did
        rows = self.sudo().search_fetch(
            [
                ("user_id", "=", self.env.uid),
                ("res_model", "=", records._name),
                ("res_id", "in", records.ids),
                ("kind", "=", "read"),
                ("moment", ">", fields.Datetime.now() - READ_AGAIN),
            ],
            ["res_id"],
        )
        return records - records.browse(rows.mapped("res_id"))

    # ------------------------------------------------------------------
    # Refusals: the transaction that they happen in is rolled back
    # ------------------------------------------------------------------

    @api.model
    def _log_refused(self, operation, records):
        """Write down that the present user was refused ``operation`` on ``records``.

        The line is written at once. The row waits until this transaction is over,
        rolled back or not, and comes in one of its own: a second transaction at the
        same time could wait for locks of this one, for ever.
        """
        named = self._get_named(records[:REFUSED_LIMIT]).exists()
        rows = [self._prepare_row("refused", record, operation) for record in named]
        rows = rows or [self._prepare_row("refused", named, operation)]
        self._emit(rows)
        registry, cursor = self.env.registry, self.env.cr

        def keep():
            self._keep_refused(registry, rows)

        cursor.postrollback.add(keep)
        cursor.postcommit.add(keep)

    @api.model
    def _keep_refused(self, registry, rows):
        """Write refusals in a transaction of their own."""
        try:
            with registry.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '5s'")
                # sudo: outplacement.access.log - as in _append
                env = api.Environment(cursor, SUPERUSER_ID, {})
                env[self._name]._append_refused(rows)
        except Exception:
            # the caller is ending a transaction: it must come to its end. The lines
            # are written already.
            _logger.exception("A refusal is missing in the access log")

    @api.model
    def _append_refused(self, rows):
        """Write ``rows`` of one user but those of a minute ago, up to the limit."""
        user = self.env["res.users"].browse(rows[0]["user_id"]).exists()
        recent = self.search_fetch(
            [
                ("user_id", "in", user.ids),
                ("kind", "=", "refused"),
                ("moment", ">", fields.Datetime.now() - REFUSED_AGAIN),
            ],
            ["res_model", "res_id", "detail"],
        )
        known = {(row.res_model, row.res_id, row.detail) for row in recent}
        new = [
            row
            for row in rows
            if (row["res_model"], row["res_id"] or 0, row["detail"]) not in known
        ]
        room = REFUSED_LIMIT - len(recent)
        if user and room > 0 and new:
            self.create(_Rows(new[:room]))
            if len(new) >= room:
                self._alert_refused(user)

    @api.model
    def _alert_refused(self, user):
        """Tell the officers that ``user`` reached the limit, and once an hour that
        they go on: who asks without end must not flood them."""
        domain = [
            ("user_id", "=", user.id),
            ("kind", "=", "alert"),
            ("moment", ">", fields.Datetime.now() - ALERT_AGAIN),
        ]
        if self.search_count(domain, limit=1):
            return
        row = self._prepare_row("alert", self.browse(), "refused")
        self._append([{**row, "user_id": user.id}])
        text = self.env._(
            "%(name)s was refused confidential files %(number)s times within a minute.",
            name=user.name,
            number=REFUSED_LIMIT,
        )
        self.env["outplacement.alert"]._tell("refusals", [text])
