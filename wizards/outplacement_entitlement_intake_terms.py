from odoo import api, models
from odoo.fields import Date

from ..tools.cell_values import read_day, read_money, read_word

# What is typed for a choice, besides what the screens call it.
CHOICES = {
    "undecided": (
        *("undecided", "not yet", "not chosen yet", "onbeslist", "nog niet"),
        *("nog niet gekozen", "onbekend", "?"),
    ),
    "outplacement": ("outplacement", "ja", "yes"),
    "money": ("money", "geld", "vergoeding", "bedrag"),
    "none": ("none", "neither", "geen", "nee", "no", "geen van beide"),
}
# Nobody is dismissed so long after a plan has ended: a mistake in the year.
LATEST_YEARS = 5


class OutplacementEntitlementIntake(models.TransientModel):
    """What is checked of what a person may have under the plan."""

    _inherit = "outplacement.entitlement.intake"

    def _check_entitlement(self, row, world):
        """Check entity, package, days, budget and choice."""
        self._check_named(row, world, "entity")
        self._check_named(row, world, "package")
        self._check_dismissal(row)
        self._check_deadline(row)
        self._check_budget(row)
        self._check_choice(row)

    def _check_named(self, row, world, kind):
        """Find the entity or the package."""
        text = row.get(kind)
        if text:
            found, problem = self.plan_id._get_named(world.names, kind, text)
            row.values[f"{kind}_id"] = found
            if problem:
                row.tell(kind, f"{problem} {self._get_known_names(kind)}")

    def _get_options(self, kind):
        plan = self.plan_id
        return plan.entity_ids if kind == "entity" else plan.package_ids

    def _get_known_names(self, kind):
        """Return the names to choose from."""
        names = self._get_options(kind)[:5].mapped("display_name")
        return self.env._("Known: %(names)s.", names=", ".join(names))

    # ------------------------------------------------------------------
    # Days
    # ------------------------------------------------------------------

    def _read_day(self, row, key):
        """Return the day of a cell, False if it has none or none that is certain."""
        text = row.get(key)
        if not text:
            return False
        day = read_day(text)
        if not day:
            row.tell(
                key,
                self.env._(
                    "This can be read as no day, or as several: write it as "
                    "31-12-2026 or 2026-12-31."
                ),
            )
        return day or False

    def _check_dismissal(self, row):
        day = row.values["date_dismissal"] = self._read_day(row, "dismissal")
        first, last = self.plan_id.date_from, self.plan_id.date_to
        if day and first and day < first:
            told = self.env._(
                "This is before the plan, which begins on %(day)s: mend the day.",
                day=self._write_day(first),
            )
        elif day and last and day > Date.add(last, years=LATEST_YEARS):
            told = self.env._("This is years after the plan: mend the year.")
        else:
            return
        row.tell("dismissal", told)

    def _check_deadline(self, row):
        day = row.values["date_deadline"] = self._read_day(row, "deadline")
        first, last = self.plan_id.date_from, self.plan_id.date_to
        if day and ((first and day < first) or (last and day > last)):
            row.tell(
                "deadline",
                self.env._(
                    "The plan is valid from %(first)s until %(last)s: mend the day.",
                    first=self._write_day(first),
                    last=self._write_day(last),
                ),
            )

    def _write_day(self, day):
        """Return a day as it is typed in a file."""
        return f"{day:%d-%m-%Y}" if day else "…"

    # ------------------------------------------------------------------
    # Budget and choice
    # ------------------------------------------------------------------

    def _check_budget(self, row):
        text = row.get("budget")
        if not text:
            return
        amount, most = read_money(text), self.plan_id.cap_person
        if amount is None:
            row.tell(
                "budget", self.env._("This is no amount: write it as 3195 or 3195,00.")
            )
            return
        row.values["budget"] = float(amount)
        currency = self.plan_id.currency_id
        if most and currency.compare_amounts(float(amount), most) > 0:
            row.tell(
                "budget",
                self.env._(
                    "The plan gives a person %(most)s at most: lower it.",
                    most=currency.format(most),
                ),
            )

    def _check_choice(self, row):
        day = self._read_day(row, "chosen")
        text = row.get("choice")
        choice = read_word(text, self._get_choice_words()) if text else "undecided"
        if choice is None:
            row.tell("choice", self._get_choice_text())
            return
        row.values |= {"choice": choice, "date_choice": day}
        if choice == "money" and not self.plan_id.money_allowed:
            row.tell(
                "choice",
                self.env._("There is no money to choose under this plan: mend it."),
            )
        if day and choice == "undecided" and "choice" not in row.unread:
            row.tell(
                "chosen",
                self.env._("Fill in what was chosen that day, or take the day out."),
            )
        elif day and day > self.plan_id._get_today():
            row.tell("chosen", self.env._("This day lies in the future: mend it."))
        elif day and choice == "outplacement":
            self._check_in_time(row, day)

    def _check_in_time(self, row, day):
        """Tell of a choice that was made too late."""
        deadline = row.values.get("date_deadline") or self.plan_id.choice_deadline
        if deadline and day > deadline:
            row.tell(
                "chosen",
                self.env._(
                    "Chosen after %(deadline)s: only a manager can call this person "
                    "off.",
                    deadline=self._write_day(deadline),
                ),
                is_passable=True,
            )

    @api.model
    def _get_choice_words(self):
        """Return what may be typed for each choice."""
        field = self.env["outplacement.entitlement"]._fields["choice"]
        labels = field._description_selection(self.env)
        return {
            value: (label, value, *CHOICES.get(value, ())) for value, label in labels
        }

    def _get_choice_text(self):
        field = self.env["outplacement.entitlement"]._fields["choice"]
        labels = [label for _value, label in field._description_selection(self.env)]
        return self.env._(
            "This is no choice: write one of %(labels)s.", labels=", ".join(labels)
        )
