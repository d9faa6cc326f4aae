from typing import NamedTuple

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date

from ..tools.money import to_decimal


class Obstacle(NamedTuple):
    """What stands in the way of a call-off.

    :param entitlement: ``outplacement.entitlement``, empty where it is all of them
    :param text: one sentence, that names a limit and what is left of it
    :param passable: whether a manager with a reason may go past it
    """

    entitlement: models.BaseModel
    text: str
    passable: bool


class OutplacementSocialPlan(models.Model):
    """What stands in the way of taking something of a social plan."""

    _inherit = "outplacement.social.plan"

    def _get_obstacles(self, entitlements):
        """Return what stands in the way of calling these people off, as a list of
        :class:`Obstacle`; in sets, whatever their number."""
        self.ensure_one()
        usage = self._get_usages()[self.id]
        prices = self._get_cap_prices(entitlements)
        obstacles = [*self._get_state_obstacles(), *self._get_validity_obstacles()]
        for entitlement in entitlements:
            obstacles += entitlement._get_obstacles(
                to_decimal(prices.get(entitlement, 0)),
                usage.persons.get(entitlement.id, to_decimal(0)),
            )
        ready = entitlements.filtered(lambda e: e.state == "entitled")
        total = sum((to_decimal(prices.get(e, 0)) for e in ready), to_decimal(0))
        return obstacles + self._get_cap_obstacles(usage, len(ready), total)

    def _get_cap_prices(self, entitlements):
        """Return what each of these takes of the budgets, by entitlement."""
        prices = {}
        kinds = entitlements.grouped(lambda e: (e.package_id, e.entity_id))
        for (package, entity), alike in kinds.items():
            price = package._get_cap_price(entity) if package and entity else 0.0
            prices |= dict.fromkeys(alike, price)
        return prices

    def _get_obstacle(self, text, entitlement=None, passable=True):
        entitlement = entitlement or self.env["outplacement.entitlement"]
        return Obstacle(entitlement, text, passable)

    def _get_state_obstacles(self):
        """Nothing is called off of a plan that is not open."""
        if self.state in ("open", "expired"):
            return []
        labels = dict(self._fields["state"]._description_selection(self.env))
        text = self.env._(
            "Social plan %(plan)s is %(state)s, not open.",
            plan=self.name,
            state=labels[self.state].lower(),
        )
        return [self._get_obstacle(text, passable=False)]

    def _get_validity_obstacles(self):
        """The dates count, whether or not a plan is shown as expired already."""
        today = self._get_today()
        if (self.date_from or today) <= today <= (self.date_to or today):
            return []
        text = self.env._(
            "Social plan %(plan)s is valid from %(start)s until %(end)s, and today is "
            "%(today)s.",
            plan=self.name,
            start=format_date(self.env, self.date_from),
            end=format_date(self.env, self.date_to),
            today=format_date(self.env, today),
        )
        return [self._get_obstacle(text)]

    def _get_cap_obstacles(self, usage, heads, amount):
        """Return which limits of the plan would be passed.

        :param usage: :class:`Usage` before
        :param int heads: people on top of that
        :param amount: decimal on top of that
        """
        obstacles = []
        left = self._get_heads_left(usage)
        if left is not None and heads > left:
            obstacles.append(
                self._get_obstacle(self._get_heads_text(usage, left, heads))
            )
        left = self._get_amount_left(usage)
        if left is not None and amount > left:
            obstacles.append(
                self._get_obstacle(self._get_amount_text(usage, left, amount))
            )
        return obstacles

    def _get_heads_text(self, usage, left, heads):
        return self.env._(
            "Social plan %(plan)s is for at most %(limit)s people: %(used)s are called "
            "off and %(left)s can still be, and this takes %(heads)s.",
            plan=self.name,
            limit=self.cap_heads,
            used=usage.heads,
            left=left,
            heads=heads,
        )

    def _get_amount_text(self, usage, left, amount):
        return self.env._(
            "The budget of social plan %(plan)s is %(limit)s: %(used)s is used and "
            "%(left)s is left, and this takes %(amount)s.",
            plan=self.name,
            limit=self._format(self.cap_amount),
            used=self._format(usage.amount),
            left=self._format(left),
            amount=self._format(amount),
        )

    def _format(self, amount):
        return format_amount(self.env, float(amount), self.currency_id)

    def _check_obstacles(self, obstacles, override_reason=False):
        """:raises UserError: one of these is not to be gone past"""
        standing = [o for o in obstacles if not (override_reason and o.passable)]
        if standing:
            raise UserError("\n".join(obstacle.text for obstacle in standing))
