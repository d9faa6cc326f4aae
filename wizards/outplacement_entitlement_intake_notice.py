from collections import Counter

from odoo import models


class OutplacementEntitlementIntake(models.TransientModel):
    """What is told of the good rows together: whether the limits of the plan are enough
    for them. More people may be entitled than can be called off."""

    _inherit = "outplacement.entitlement.intake"

    def _get_notice(self):
        """Return what is worth knowing of all the good rows together, False if
        nothing is. More people may be entitled than can be called off."""
        staged = self._get_staged()
        bad = set(self.problem_ids.filtered(lambda p: not p.is_passable).mapped("row"))
        good = [row for row in staged["rows"] if row[0] not in bad]
        texts = [
            self._get_heads_text(good),
            self._get_amount_text(staged, good),
            self._get_empty_text(staged, good),
        ]
        return "\n".join(filter(None, texts))

    def _get_heads_text(self, good):
        """Return how many will be above the cap of the plan, and from which row on."""
        plan, cap = self.plan_id, self.plan_id.cap_heads
        living = plan._count_entitlements("draft", "entitled", "called_off")
        count = living.get(plan.id, 0)
        if not cap or not good or count + len(good) <= cap:
            return False
        return self.env._(
            "With these rows %(count)s people are under the plan, of whom %(cap)s can "
            "be called off: from row %(row)s on they are above that. They can be "
            "imported all the same.",
            count=count + len(good),
            cap=cap,
            row=good[max(cap - count, 0)][0],
        )

    def _get_amount_text(self, staged, good):
        """Return whether the budget of the plan is enough for all packages."""
        plan = self.plan_id
        if not plan.cap_amount or not good:
            return False
        names = plan._get_intake_names()
        pairs = Counter(
            tuple(
                self._find_record(plan, names, kind, staged, row)
                for kind in ("package", "entity")
            )
            for row in good
        )
        _heads, amount = plan._get_promised().get(plan.id, (0, 0.0))
        for (package, entity), count in pairs.items():
            if package and entity:
                amount += count * package._get_cap_price(entity)
        if plan.currency_id.compare_amounts(amount, plan.amount_left) <= 0:
            return False
        return self.env._(
            "If all of them chose outplacement, with who is entitled already, that "
            "would come to %(amount)s, and %(left)s of the budget is left.",
            amount=plan.currency_id.format(amount),
            left=plan.currency_id.format(plan.amount_left),
        )

    def _get_empty_text(self, staged, good):
        """Return in how many rows that is empty which a call-off needs."""
        plan = self.plan_id
        names = plan._get_intake_names()
        counts = [
            sum(not self._find_record(plan, names, kind, staged, row) for row in good)
            for kind in ("entity", "package")
        ]
        return any(counts) and self.env._(
            "Rows without an entity: %(entities)s, without a package: %(packages)s. "
            "Both are needed before somebody is called off.",
            entities=counts[0],
            packages=counts[1],
        )

    def _find_record(self, plan, names, kind, staged, row):
        """Return the entity or package of a row; the only one, where it says none."""
        known = plan.entity_ids if kind == "entity" else plan.package_ids
        position = staged["positions"].get(kind)
        if position is None or not row[1][position]:
            return known if len(known) == 1 else known.browse()
        return known.browse(plan._get_named(names, kind, row[1][position])[0])
