from collections import Counter

from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import SQL
from odoo.tools.misc import clean_context

from ..tools.money import to_decimal


class OutplacementSocialPlan(models.Model):
    """Calling people off: one order per entity, one line a package, a traject each.

    All or nothing. The row of the plan is locked from the checks to the end of the
    transaction, and changed by it: of two who take something at the same time the
    second begins anew and counts what the first one took.
    """

    _inherit = "outplacement.social.plan"

    def _lock(self):
        """Wait for whoever takes something of these plans at this moment, and have
        them wait for this transaction.

        :raises SerializationFailure: somebody did since this transaction began. Odoo
            then begins it anew by itself.
        """
        if not self.ids:
            return
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                "SELECT id FROM outplacement_social_plan WHERE id IN %s ORDER BY id "
                "FOR NO KEY UPDATE",
                tuple(self.ids),
            )
        )
        for plan in self:
            plan.turn_number += 1

    # ------------------------------------------------------------------
    # Calling off
    # ------------------------------------------------------------------

    def _call_off(self, entitlements, override_reason=False):
        """Call people off: all of them, or nobody.

        :param entitlements: ``outplacement.entitlement`` of this plan
        :param str override_reason: why a manager goes past a limit
        :returns: the ``outplacement.call.off``, one per entity
        :raises AccessError: the plan is not the user's, or they go past a limit and
            are no manager
        :raises UserError: naming the limits that are passed and what is left of them,
            and whatever else stands in the way
        """
        self.ensure_one()
        self._check_may_call_off(entitlements, override_reason)
        # sudo: outplacement.social.plan - numbers, orders and trajects follow from the
        # call-off, and all that was taken counts, whoever of the plan calls off
        plan, entitlements = self.sudo(), entitlements.sudo().sorted("number")
        plan._lock()
        plan._check_obstacles(plan._get_obstacles(entitlements), override_reason)
        call_offs = plan._create_call_offs(entitlements, override_reason)
        orders = plan._create_orders(call_offs)
        orders.action_confirm()
        plan._link_trajects(entitlements)
        plan._check_called_off(entitlements, override_reason)
        plan._log_call_offs(call_offs)
        return call_offs.with_env(self.env)

    def _check_may_call_off(self, entitlements, override_reason):
        """:raises AccessError: not the user's, or an exception that is not for them
        :raises UserError: there is nobody, or somebody of another plan"""
        self.check_access("write")
        entitlements.check_access("write")
        is_manager = self.env.user.has_group("outplacement.group_manager")
        if override_reason and not is_manager and not self.env.su:
            raise AccessError(
                self.env._("Only a manager goes past the limits of a social plan.")
            )
        if not entitlements:
            raise UserError(self.env._("There is nobody to call off."))
        if entitlements.plan_id != self:
            raise UserError(self.env._("Choose people of one social plan to call off."))

    def _create_call_offs(self, entitlements, override_reason):
        """Return a call-off per entity, to which its people belong from now on."""
        prices = self._get_cap_prices(entitlements)
        groups = entitlements.grouped("entity_id")
        first = self.call_off_number + 1
        self.call_off_number += len(groups)
        call_offs = self.env["outplacement.call.off"].create(
            [
                {
                    "number": number,
                    "name": f"{self.name}/{number:02d}",
                    "plan_id": self.id,
                    "entity_id": entity.id,
                    "date": self._get_today(),
                    "user_id": self.env.uid,
                    "override_reason": override_reason,
                    "count": len(people),
                    "amount": sum(prices[e] for e in people),
                }
                for number, (entity, people) in enumerate(groups.items(), start=first)
            ]
        )
        for call_off, people in zip(call_offs, groups.values(), strict=True):
            people._enter_call_off(call_off, prices)
        return call_offs

    def _create_orders(self, call_offs):
        """Return the quotations of what was called off, one a call-off."""
        # the defaults of the context are meant for what was clicked
        Order = self.env(context=clean_context(self.env.context))["sale.order"]
        orders = Order.with_company(self.company_id).create(
            [self._prepare_order(call_off) for call_off in call_offs]
        )
        for line in orders.order_line:
            people = line.order_id.outplacement_call_off_id.entitlement_ids
            people.filtered(
                lambda e, product=line.product_id: e.package_id.product_id == product
            ).order_line_id = line
        return orders

    def _prepare_order(self, call_off):
        """Return the values of the order of a call-off."""
        return {
            **self._prepare_entity_order(call_off.entity_id),
            "origin": call_off.name,
            "pricelist_id": self.pricelist_id.id,
            "outplacement_call_off_id": call_off.id,
            "order_line": [
                Command.create(self._prepare_order_line(package, count))
                for package, count in self._count_packages(call_off)
            ],
        }

    def _prepare_entity_order(self, entity):
        """Return the values of any order of the plan: who pays, and by what."""
        values = {
            "partner_id": entity.partner_id.id,
            "company_id": self.company_id.id,
            "user_id": self.account_manager_id.id,
            "client_order_ref": entity.purchase_order_ref,
            "outplacement_social_plan_id": self.id,
        }
        if entity.invoice_partner_id:
            values["partner_invoice_id"] = entity.invoice_partner_id.id
        return values

    def _prepare_spending_order(self, entitlement, spending, price):
        """Return the values of the order by which something is spent on a person."""
        line = {
            "product_id": spending.product_id.id,
            "price_unit": price,
            "discount": 0,
            "outplacement_entitlement_id": entitlement.id,
        }
        return {
            **self._prepare_entity_order(entitlement.entity_id),
            "origin": entitlement.name,
            "order_line": [Command.create(line)],
        }

    def _count_packages(self, call_off):
        """Return how many of each package were called off, in order of the plan."""
        counts = Counter(e.package_id for e in call_off.entitlement_ids)
        return sorted(counts.items(), key=lambda item: (item[0].sequence, item[0].id))

    def _prepare_order_line(self, package, count):
        """Return the values of the line that sells a package so many times."""
        values = {"product_id": package.product_id.id, "product_uom_qty": count}
        if self.invoice_plan_id:
            values["outplacement_plan_id"] = self.invoice_plan_id.id
        return values

    def _link_trajects(self, entitlements):
        """Let the people know their trajects.

        :raises UserError: somebody got none
        """
        trajects = entitlements.order_line_id.outplacement_traject_ids
        for traject in trajects:
            if traject.entitlement_id in entitlements:
                traject.entitlement_id.traject_id = traject
        for entitlement in entitlements.filtered(lambda e: not e.traject_id)[:1]:
            raise UserError(
                self.env._(
                    "Nothing starts for %(entitlement)s: “%(product)s” is no "
                    "outplacement package any more.",
                    entitlement=entitlement.name,
                    product=entitlement.package_id.product_id.display_name,
                )
            )

    def _check_called_off(self, entitlements, override_reason):
        """Hold what the orders came to against the limits once more.

        :raises UserError: naming a limit that is passed
        """
        if not override_reason:
            self._check_kept(entitlements)

    def _check_kept(self, entitlements):
        """Hold what is used by now against the budgets.

        :param entitlements: the people on whom something was spent
        :raises UserError: naming the budget that is passed
        """
        self.env.flush_all()
        usage = self._get_usages()[self.id]
        limits = [(self.display_name, to_decimal(self.cap_amount), usage.amount)]
        limits += [
            (e.name, e._get_budget(), usage.persons.get(e.id, 0)) for e in entitlements
        ]
        for name, limit, used in limits:
            if limit and used > limit:
                raise UserError(
                    self.env._(
                        "The budget of %(name)s is %(limit)s, and it would come to "
                        "%(used)s.",
                        name=name,
                        limit=self._format(limit),
                        used=self._format(used),
                    )
                )

    def _log_call_offs(self, call_offs):
        """Tell the bureau who called off how many, and what was gone past."""
        for call_off in call_offs:
            body = self.env._(
                "Call-off %(call_off)s: %(count)s people of %(entity)s for %(amount)s, "
                "order %(order)s.",
                call_off=call_off.name,
                count=call_off.count,
                entity=call_off.entity_id.partner_id.name,
                amount=self._format(call_off.amount),
                order=call_off.order_id.name,
            )
            if call_off.override_reason:
                body += " " + self.env._(
                    "Exception to the limits: %(reason)s",
                    reason=call_off.override_reason,
                )
            self.message_post(body=body)
