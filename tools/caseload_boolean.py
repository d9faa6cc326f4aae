from odoo import fields


class CaseloadBoolean(fields.Boolean):
    """Whether a record, or the one that it points to, is open to the present user now:
    see ``res.users._get_outplacement_access``.

    Record rules hold each record of a list against that itself. It is quicker than to
    compute an answer for each, and no answer that is in the cache counts.
    """

    known = None  # the field of users with the ids of what is open to them
    path = None  # the many2one whose record is meant, None for the record itself

    def filter_function(self, records, field_expr, operator, value):
        """Extends Odoo's hook for the one question that rules ask."""
        asked = field_expr == self.name and operator == "in" and set(value) == {True}
        if not asked or not all(records._ids):
            return super().filter_function(records, field_expr, operator, value)
        if not records.env.su:
            records._check_field_access(self, "read")
        ids = set(records.env["res.users"]._get_outplacement_access(self.known))
        if not self.path:
            return lambda record: record.id in ids
        # read for all of them, to be looked up where the ORM keeps it: a record made
        # of each value costs ten times as much
        link = records._fields[self.path]
        link.__get__(records)
        linked = link._get_cache(records.env)
        return lambda record: linked.get(record.id) in ids
