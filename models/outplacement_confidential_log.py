from functools import partial

from odoo import api, fields, models


def _read_write(method):
    """Have Odoo give ``method`` a cursor that writes: reading leaves a row in the log.

    Odoo looks for the mark through all classes of a model: it has to say no.
    """
    method._readonly = False
    return method


class OutplacementConfidentialMixin(models.AbstractModel):
    """What is done with a confidential file, and who is refused, goes into the log."""

    _inherit = "outplacement.confidential.mixin"

    # ------------------------------------------------------------------
    # Opening
    # ------------------------------------------------------------------

    def _open(self, fname):
        """Open a sealed column for the present user, of those records that they may
        read, and write it down; superuser code gets none.

        :return: as :meth:`_unseal`
        """
        readable = self.browse()
        if not self.env.su:
            readable = self._origin.filtered("id")._filtered_access("read")
        contents, closed = readable._unseal(fname)
        (readable - closed)._log_read()
        return contents, closed

    def _log_read(self):
        """Write down that the present user opens these: by membership or as the
        candidate once an hour each, by emergency access every time."""
        Log = self.env["outplacement.access.log"]
        emergency = self._filter_emergency()
        Log._log("break_glass_read", emergency)
        Log._log("read", Log._filter_not_read(self - emergency))

    @_read_write
    def read(self, fields=None, load="_classic_read"):
        return super().read(fields, load)

    @api.model
    @_read_write
    def search_read(
        self, domain=None, fields=None, offset=0, limit=None, order=None, **read_kwargs
    ):
        return super().search_read(domain, fields, offset, limit, order, **read_kwargs)

    @_read_write
    def web_read(self, specification):
        return super().web_read(specification)

    @api.model
    @_read_write
    def web_search_read(
        self, domain, specification, offset=0, limit=None, order=None, count_limit=None
    ):
        return super().web_search_read(
            domain, specification, offset, limit, order, count_limit
        )

    # ------------------------------------------------------------------
    # Changing
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._log_created()
        return records

    def _log_created(self):
        """Write down that the present user wrote these."""
        self.env["outplacement.access.log"]._log("created", self)

    def write(self, vals):
        result = super().write(vals)
        for kind, names in self._get_changes(vals).items():
            detail = ", ".join(sorted(names))
            self.env["outplacement.access.log"]._log(kind, self, detail)
        return result

    @api.model
    def _get_changes(self, vals):
        """Return {kind of change: names of the fields}, of a write of ``vals``.

        Left out is what follows from what was written: closed columns, and more.
        """
        changes = {}
        for name in set(vals) - self._get_unlogged_fields():
            kind = "changed"
            if self._fields[name].groups == fields.NO_ACCESS:
                continue
            if name == "shared":
                kind = "shared" if vals[name] else "unshared"
            elif name == "signed_on":
                kind = "signed"
            changes.setdefault(kind, []).append(name)
        return changes

    @api.model
    def _get_unlogged_fields(self):
        """Return the names of fields whose change says nothing by itself."""
        return frozenset()

    def unlink(self):
        Log = self.env["outplacement.access.log"]
        rows = Log._prepare_rows("deleted", self)
        result = super().unlink()
        Log._append(rows)
        return result

    # ------------------------------------------------------------------
    # Being refused
    # ------------------------------------------------------------------

    def _check_access(self, operation):
        """Write a refusal down when it is made an error, not when records are merely
        left out of a result."""
        result = super()._check_access(operation)
        if result:
            forbidden, make_error = result
            return forbidden, partial(self._refuse, operation, forbidden, make_error)
        return result

    def _refuse(self, operation, forbidden, make_error):
        self.env["outplacement.access.log"]._log_refused(operation, forbidden)
        return make_error()
