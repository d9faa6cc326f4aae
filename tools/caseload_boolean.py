from odoo import fields

from .linked import find_linked_ids


class CaseloadBoolean(fields.Boolean):
    """Whether a record, or the one that it points to, is open to the present user now:
    see ``res.users._get_outplacement_access``.

    Record rules compare the ids of a list with what is open to the user. That is
    quicker than to compute an answer for each, and no answer in the cache counts. An
    add-on that leaves users less, or more, therefore says so in that method; compute
    and search of these fields follow it.

    An add-on that extends such a field declares it with this class as well: of another
    one, Odoo would keep neither compute nor search, and nobody would find anything.
    """

    caseload_field = None  # of users: what is open to them
    caseload_path = None  # a stored many2one to what is meant, None: the record itself

    def filter_function(self, records, field_expr, operator, value):
        """Extends Odoo's hook for the one question that rules ask."""
        asked = field_expr == self.name and operator == "in" and set(value) == {True}
        # a field that Odoo makes of this one (_inherits) is about other records
        if not asked or self.related or not all(records._ids):
            return super().filter_function(records, field_expr, operator, value)
        if not records.env.su:
            records._check_field_access(self, "read")
        ids = self._get_open_ids(records)
        return lambda record: record._ids[0] in ids

    def _get_open_ids(self, records):
        """Return the ids of those of ``records`` that are open, and maybe of others."""
        Users = records.env["res.users"]
        ids = set(Users._get_outplacement_access(self.caseload_field))
        if not self.caseload_path:
            return ids
        return find_linked_ids(records, records._fields[self.caseload_path], ids)
