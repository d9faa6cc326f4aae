from odoo import api, models
from odoo.exceptions import UserError

from .sale_order_line import TRAJECT_GROUPS

# All that finance needs to know: by reference, never who it is or what they chose.
FINANCE_FIELDS = frozenset(
    {
        *("id", "display_name", "create_date", "write_date"),
        *("name", "number", "plan_id", "company_id", "currency_id"),
        *("entity_id", "package_id", "budget", "amount", "state"),
        *("call_off_id", "order_line_id", "order_id", "spending_line_ids"),
    }
)
# Written by methods only, whoever asks.
METHOD_FIELDS = frozenset(
    {
        *("state", "amount", "email_normalized"),
        *("traject_id", "order_line_id", "order_id", "call_off_id"),
        "spending_line_ids",
    }
)
# What a traject was made of: from then on it is changed there, if at all.
CALLED_OFF_FIELDS = frozenset(
    {
        *("plan_id", "entity_id", "candidate_id", "package_id", "budget"),
        *("choice", "date_choice", "date_deadline", "personnel_number"),
        "date_dismissal",
    }
)


class OutplacementEntitlement(models.Model):
    """Who reads and writes which field of an entitlement."""

    _inherit = "outplacement.entitlement"

    def _check_write(self, vals):
        """:raises UserError: it cannot change any more"""
        if {"name", "number"} & set(vals) or (
            "plan_id" in vals
            and self.filtered(lambda e: e.plan_id.id != vals["plan_id"])
        ):
            raise UserError(
                self.env._("An entitlement keeps its reference and its social plan.")
            )
        if self.env.su or CALLED_OFF_FIELDS.isdisjoint(vals):
            return
        self._check_not_oneself(vals.get("candidate_id"))
        if fixed := self.filtered(lambda e: e.state == "called_off"):
            raise UserError(
                self.env._(
                    "%(entitlement)s was called off: what its traject was made of is "
                    "fixed. Change the traject, or release the slot.",
                    entitlement=fixed[0].name,
                )
            )
        self._check_same_person(vals)

    def _check_same_person(self, vals):
        """:raises UserError: what was sold for somebody would be somebody else's"""
        # sudo: outplacement.entitlement - whether anything was, for whoever changes it
        for entitlement in self.sudo() if "candidate_id" in vals else ():
            if entitlement.candidate_id.id != vals["candidate_id"] and (
                entitlement.call_off_id or entitlement.spending_line_ids
            ):
                raise UserError(
                    self.env._(
                        "Something was sold for the person of %(entitlement)s already: "
                        "make another entitlement for somebody else.",
                        entitlement=entitlement.name,
                    )
                )

    def _check_added(self):
        """Hold those who were added, whatever defaults they came with.

        :raises UserError: they include the user, or a plan is closed
        """
        for entitlement in self:
            self._check_not_oneself(entitlement.candidate_id.id)
        self._check_plans_running()

    def _check_plans_running(self):
        """:raises UserError: a plan is closed"""
        for plan in self.plan_id:
            if plan.state == "closed":
                raise UserError(
                    self.env._(
                        "Social plan %(plan)s is closed: nobody is added to it.",
                        plan=plan.name,
                    )
                )

    @api.model
    def _has_field_access(self, field, operation):
        """Close what only methods write, and to finance whatever is not white-listed:
        also in domains, orders and groups."""
        if operation == "write" and not self.env.su and field.name in METHOD_FIELDS:
            return False
        if not self.env.su and not self.env.user.has_groups(TRAJECT_GROUPS):
            return operation == "read" and field.name in FINANCE_FIELDS
        return super()._has_field_access(field, operation)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_called_off(self):
        if called_off := self.filtered("call_off_id"):
            raise UserError(
                self.env._(
                    "%(entitlement)s was called off and stays.",
                    entitlement=called_off[0].name,
                )
            )
