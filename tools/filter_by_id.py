from collections.abc import Set

from .linked import find_linked_ids


def filter_by_id(records, field_expr, operator, value):
    """Return whether a record of ``records`` is linked to one of ``value``, as
    ``filter_function`` of a many2one does; decided when it is made.

    Rules ask that of each record of a list. Where they ask the plain question, the ids
    are compared, without a record made of each link; all else goes Odoo's way.

    It is given to a field (``filter_function=filter_by_id``) and no class of its own:
    Odoo drops what a field was when an add-on extends it by another class.

    :raises AccessError: the user may not read the field
    """
    link = records._fields[field_expr.partition(".")[0]]
    asked = field_expr == link.name and operator == "in" and isinstance(value, Set)
    # linked to nothing, or not saved: Odoo's own way
    if not asked or not all(value) or not all(records._ids):
        way = type(link).filter_function
        return way(link, records, field_expr, operator, value)
    found = find_linked_ids(records, link, set(value))
    return lambda record: record._ids[0] in found
