from odoo import models
from odoo.tools import format_date

from ..tools.money import to_decimal


class OutplacementEntitlement(models.Model):
    """What calling one person off depends on."""

    _inherit = "outplacement.entitlement"

    def _get_obstacles(self, price, spent):
        """Return what stands in the way of calling this person off, as a list of
        ``Obstacle``, see :mod:`.outplacement_social_plan_obstacles`.

        :param price: decimal, of the package in the basis of the budgets
        :param spent: decimal, of what was spent on the person before
        """
        self.ensure_one()
        hard = [
            self._get_state_text(),
            self._get_missing_text(),
            self._get_choice_text(),
        ]
        passable = [self._get_deadline_text(), self._get_budget_text(price, spent)]
        make = self.plan_id._get_obstacle
        return [
            *(make(text, self, passable=False) for text in hard if text),
            *(make(text, self) for text in passable if text),
        ]

    def _get_state_text(self):
        """Return why the state forbids it, False if it does not."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        return self.state != "entitled" and self.env._(
            "%(entitlement)s is %(state)s, not entitled.",
            entitlement=self.name,
            state=labels[self.state].lower(),
        )

    def _get_missing_text(self):
        """Return what is not known yet, False if all is."""
        labels = {
            "entity_id": self.env._("an entity"),
            "package_id": self.env._("a package"),
        }
        missing = [label for name, label in labels.items() if not self[name]]
        return bool(missing) and self.env._(
            "%(entitlement)s needs %(missing)s.",
            entitlement=self.name,
            missing=", ".join(missing),
        )

    def _get_choice_text(self):
        """Return which choice is in the way, False if none is."""
        if self.choice == "outplacement":
            return False
        if self.choice == "undecided":
            return self.plan_id.money_allowed and self.env._(
                "%(entitlement)s has not chosen outplacement yet.",
                entitlement=self.name,
            )
        labels = dict(self._fields["choice"]._description_selection(self.env))
        return self.env._(
            "%(entitlement)s chose “%(choice)s”.",
            entitlement=self.name,
            choice=labels[self.choice].lower(),
        )

    def _get_deadline(self):
        """Return the last day for the choice, False if there is none."""
        self.ensure_one()
        return self.date_deadline or self.plan_id.choice_deadline

    def _get_deadline_text(self):
        """Return which day is over, False if none is. Who chose in time may be called
        off later on."""
        deadline = self._get_deadline()
        day = self.date_choice or self.plan_id._get_today()
        if not deadline or day <= deadline:
            return False
        return self.env._(
            "The last day for %(entitlement)s to choose was %(deadline)s, and it is "
            "%(day)s.",
            entitlement=self.name,
            deadline=format_date(self.env, deadline),
            day=format_date(self.env, day),
        )

    def _get_budget(self):
        """Return what may be spent on the person as a decimal, 0 for no limit: no more
        than the plan gives anybody, also after an amendment."""
        self.ensure_one()
        limits = filter(None, (self.budget, self.plan_id.cap_person))
        return to_decimal(min(limits, default=0.0))

    def _get_budget_text(self, price, spent):
        """Return by what the budget of the person is passed, False if it is not."""
        budget = self._get_budget()
        if not budget or price + spent <= budget:
            return False
        plan = self.plan_id
        return self.env._(
            "The budget of %(entitlement)s is %(limit)s: %(used)s is used and %(left)s "
            "is left, and this takes %(amount)s.",
            entitlement=self.name,
            limit=plan._format(budget),
            used=plan._format(spent),
            left=plan._format(max(budget - spent, 0)),
            amount=plan._format(price),
        )

    def _enter_call_off(self, call_off, prices):
        """Belong to a call-off. Who had nothing to choose gets what was called off.

        :param prices: what each takes of the budgets, by entitlement
        """
        undecided = self.filtered(lambda e: e.choice == "undecided")
        undecided.write({"choice": "outplacement", "date_choice": call_off.date})
        self._set_state("called_off", call_off_id=call_off.id, traject_id=False)
        for entitlement in self:
            entitlement.amount = prices[entitlement]
