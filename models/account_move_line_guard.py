from collections import defaultdict

from odoo import api, models
from odoo.exceptions import UserError

# What a line bills, credits or replaces, and whose revenue it is: written by methods
# only (R9, R13).
LINK_FIELDS = frozenset(
    {
        "outplacement_traject_id",
        "outplacement_deferred_account_id",
        "outplacement_instalment_id",
        "outplacement_released_instalment_id",
        "outplacement_is_respread",
        "outplacement_replaced_line_id",
        "outplacement_credited_line_id",
        "outplacement_credit_line_ids",
        "outplacement_after_credit",
        "outplacement_lapse_reason",
    }
)
# What the document says, which the line repeats; Odoo leaves it writable.
CLOSED_FIELDS = LINK_FIELDS | {"parent_state"}
# What revenue is computed from (R13): fixed with the invoice.
POSTED_FIELDS = frozenset(
    {
        "outplacement_earned_from",
        "outplacement_earned_until",
        "outplacement_period_start",
        "outplacement_period_end",
    }
)


# Marks copies that take the links along: reversals, and what replaces a reversed
# invoice. Another copy is another document, and no context from outside holds this.
COPY_OF_LINKS = object()


class CopiedId(int):
    """An id that only code of ours gives: of the original to a copy of a line, of the
    traject to an entry.

    No value that comes from outside is of this type: so whoever may reverse an invoice
    links the copy, and cannot link another line.
    """


class CopiedKey(str):
    """The same, of a selection."""

    __slots__ = ()


class AccountMoveLine(models.Model):
    """Who writes what instalments and revenue are computed from."""

    _inherit = "account.move.line"

    @api.model
    def _has_field_access(self, field, operation):
        """Links come from invoicing and crediting, whoever does it; nobody sets them by
        hand."""
        if operation == "write" and field.name in CLOSED_FIELDS:
            return self.env.su
        return super()._has_field_access(field, operation)

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        links = [self._pop_outplacement_copied(vals) for vals in vals_list]
        lines = super().create(vals_list)
        linked = defaultdict(self.browse)
        for line, values in zip(lines, links, strict=True):
            linked[tuple(sorted(values.items()))] |= line
        linked.pop((), None)
        for values, same in linked.items():
            # sudo: account.move.line - links that our code gave, for whoever may
            # make the line
            same.sudo().write(dict(values))
        return lines

    def copy_data(self, default=None):
        data = super().copy_data(default)
        if self.env.context.get("outplacement_copy") is not COPY_OF_LINKS:
            for vals in data:
                self._pop_outplacement_copied(vals)
        return data

    @api.model
    def _pop_outplacement_copied(self, vals):
        """Take the links of the original out of the values of a copy.

        :return: the links, as values
        """
        copied = {
            name: vals.pop(name)
            for name in LINK_FIELDS.intersection(vals)
            if isinstance(vals[name], CopiedId | CopiedKey)
        }
        return {
            name: int(value) if isinstance(value, CopiedId) else str(value)
            for name, value in copied.items()
        }

    def write(self, vals):
        if not self.env.su and not POSTED_FIELDS.isdisjoint(vals):
            self._check_outplacement_posted(vals)
        if "move_id" in vals:
            self._check_outplacement_document(vals["move_id"])
        return super().write(vals)

    def _is_outplacement_linked(self):
        """Whether the line bills, billed or credits an instalment."""
        self.ensure_one()
        return bool(
            self.outplacement_instalment_id
            or self.outplacement_released_instalment_id
            or self.outplacement_credited_line_id
        )

    def _check_outplacement_document(self, move_id):
        """:raises UserError: what bills or credits an instalment would go to another
        document"""
        for line in self:
            if line.move_id.id != move_id and line._is_outplacement_linked():
                raise UserError(
                    self.env._(
                        "“%(line)s” bills or credits an instalment and stays on "
                        "%(document)s.",
                        line=line.name or line.display_name,
                        document=line.move_id.display_name,
                    )
                )

    def _check_outplacement_posted(self, vals):
        """:raises UserError: over which days a posted line is earned would change"""
        posted = self.filtered(lambda line: line.parent_state == "posted")
        changed = posted.filtered(
            lambda line: any(
                line._is_outplacement_changed(name, vals[name])
                for name in POSTED_FIELDS.intersection(vals)
            )
        )
        if changed:
            raise UserError(
                self.env._(
                    "Invoice %(invoice)s is posted: the days that its lines are earned "
                    "over are fixed. Reset it to draft first, if its period is not "
                    "locked.",
                    invoice=changed[0].move_id.display_name,
                )
            )

    def _is_outplacement_changed(self, name, value):
        """Whether ``value`` is another one than the field ``name`` has."""
        field = self._fields[name]
        former = field.convert_to_cache(self[name], self)
        return field.convert_to_cache(value, self) != former
