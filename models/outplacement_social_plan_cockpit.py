from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, formatLang

from .outplacement_social_plan_usage import LIVE_STATES, PROMISED_CHOICES
from .sale_order_line import TRAJECT_GROUPS

DASH = "–"
ENTITLEMENTS = "outplacement.outplacement_entitlement_action"


class OutplacementSocialPlan(models.Model):
    """The cockpit of a social plan: where it stands, on one page.

    Counted in sets by a number of queries that does not grow with the people, and with
    the rights of the reader: what somebody may not read one by one is in no figure that
    they see. Heads and money are of all, see :meth:`_get_usages`.

    A figure that opens a list says so by a key, such as ``choice:money:late``: its
    first word is the kind of list (see :meth:`_get_cockpit_lists`), the others tell
    which.
    """

    _inherit = "outplacement.social.plan"

    cockpit = fields.Json(compute="_compute_cockpit", compute_sudo=False)

    @api.depends("state")
    @api.depends_context("uid", "su", "lang", "allowed_company_ids")
    def _compute_cockpit(self):
        """For a form: one plan at a time."""
        for plan in self:
            plan.cockpit = plan._origin and plan._prepare_cockpit()

    def _prepare_cockpit(self):
        """Return what the cockpit shows, in the language of the reader.

        :returns: dict with ``tiles``, each of a label, a text and a key, ``notes``, and
            ``tables``, each of a name, a title, columns and rows of cells
        """
        self.ensure_one()
        tables, tiles, notes = [self._get_cockpit_budget()], [], []
        if self._is_cockpit_of_people():
            counts = self._count_cockpit_choices()
            facts = self._read_cockpit_trajects()
            tiles = [
                *self._get_cockpit_choice_tiles(counts),
                *self._get_cockpit_traject_tiles(facts),
            ]
            notes = self._get_cockpit_notes(facts)
            tables += [
                self._get_cockpit_choices(counts),
                self._get_cockpit_deadlines(counts),
                *self._get_cockpit_traject_tables(facts),
            ]
        return {"tiles": tiles, "notes": notes, "tables": tables}

    @api.model
    def _is_cockpit_of_people(self):
        """Whether the reader reads more of an entitlement than finance does."""
        return self.env.su or self.env.user.has_groups(TRAJECT_GROUPS)

    # ------------------------------------------------------------------
    # Heads and money
    # ------------------------------------------------------------------

    def _get_cockpit_budget(self):
        """Return the table of what is used, promised and left."""
        return {
            "name": "budget",
            "title": self.env._("People and budget"),
            "columns": [
                self.env._("Limit"),
                self.env._("Used"),
                self.env._("Promised"),
                self.env._("Left"),
                self.env._("Left after promises"),
            ],
            "rows": self._get_cockpit_budget_rows(),
        }

    def _get_cockpit_budget_rows(self):
        """Return the rows of that table: people, and money."""
        usage = self._get_usages()[self.id]
        heads, amount = self._get_promised().get(self.id, (0, 0.0))
        of_heads = self._get_cockpit_split(self.cap_heads, usage.heads, heads)
        of_money = self._get_cockpit_split(
            self.cap_amount, float(usage.amount), self.currency_id.round(amount)
        )
        # who is promised something depends on choices
        promised = "promised" if self._is_cockpit_of_people() else None
        keys = (None, "state:called_off", promised, None, None)
        label = self.env._("Budget")
        if self.cap_tax_included:
            label = self.env._("Budget, VAT included")
        people = [
            self._get_cockpit_cell(self._format_cockpit(number), key, number)
            for number, key in zip(of_heads, keys, strict=True)
        ]
        money = [
            self._get_cockpit_cell(self._format_cockpit_money(number), None, number)
            for number in of_money
        ]
        return [
            self._get_cockpit_row(self.env._("People"), *people),
            self._get_cockpit_row(label, *money),
        ]

    @api.model
    def _get_cockpit_split(self, cap, used, promised):
        """Return limit, used, promised, left, and left once all promises are kept; None
        where there is no limit."""
        if not cap:
            return None, used, promised, None, None
        return cap, used, promised, max(cap - used, 0), cap - used - promised

    # ------------------------------------------------------------------
    # Choices
    # ------------------------------------------------------------------

    def _count_cockpit_choices(self):
        """Return how many of those who are under the plan chose what and when, by
        ``(choice, timing)``, as far as the reader reads them."""
        rows = self.env["outplacement.entitlement"]._read_group(
            [("plan_id", "=", self.id), ("state", "in", LIVE_STATES)],
            ["choice", "date_choice:day", "date_deadline:day"],
            ["__count"],
        )
        today, counts = self._get_today(), {}
        get_timing = self.env["outplacement.entitlement"]._get_choice_timing
        for choice, day, own, count in rows:
            timing = get_timing(choice, day, own or self.choice_deadline, today)
            counts[choice, timing] = counts.get((choice, timing), 0) + count
        return counts

    def _get_cockpit_choice_tiles(self, counts):
        """Return the tiles of who did not choose."""
        undecided = sum(
            n for (choice, _t), n in counts.items() if choice == "undecided"
        )
        overdue = counts.get(("undecided", "overdue"), 0)
        return [
            self._get_cockpit_tile(
                self.env._("Without a choice"), undecided, "choice:undecided"
            ),
            self._get_cockpit_tile(
                self.env._("Not chosen in time"), overdue, "timing:overdue"
            ),
        ]

    def _get_cockpit_choices(self, counts):
        """Return the table of choices: how many, in time and too late."""
        labels = self._get_cockpit_labels("outplacement.entitlement", "choice")
        rows = []
        for choice, label in labels.items():
            late = counts.get((choice, "late"), 0)
            late += counts.get((choice, "overdue"), 0)
            total = sum(n for (own, _t), n in counts.items() if own == choice)
            if choice == "money" and not (total or self.money_allowed):
                continue
            timings = ("", ":in_time", ":late")
            numbers = (total, counts.get((choice, "in_time"), 0), late)
            if choice == "undecided":
                timings, numbers = ("", None, ":overdue"), (total, None, late)
            rows.append(
                self._get_cockpit_row(
                    label,
                    *(
                        self._get_cockpit_count(n, f"choice:{choice}{timing}")
                        for n, timing in zip(numbers, timings, strict=True)
                    ),
                )
            )
        columns = [
            self.env._("People"),
            self.env._("In time"),
            self.env._("Too late"),
        ]
        title = self.env._("Choices")
        return {"name": "choices", "title": title, "columns": columns, "rows": rows}

    def _get_cockpit_deadlines(self, counts):
        """Return the table of who has still to choose, by the day until which."""
        labels = self._get_cockpit_labels("outplacement.entitlement", "choice_timing")
        return {
            "name": "deadlines",
            "title": self.env._("Still to choose"),
            "columns": [self.env._("People")],
            "rows": [
                self._get_cockpit_row(
                    labels[timing],
                    self._get_cockpit_count(
                        counts.get(("undecided", timing), 0), f"timing:{timing}"
                    ),
                )
                for timing in ("overdue", "week", "month", "later", "no_deadline")
            ],
        }

    # ------------------------------------------------------------------
    # Lists
    # ------------------------------------------------------------------

    def action_open_cockpit(self):
        """Show where the plan stands."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cockpit %(plan)s", plan=self.name),
            "res_model": self._name,
            "res_id": self.id,
            "views": [
                (
                    self.env.ref(
                        "outplacement.outplacement_social_plan_view_cockpit"
                    ).id,
                    "form",
                ),
            ],
        }

    def action_view_cockpit(self, key):
        """Open the people behind a figure of the cockpit, as far as the reader reads
        them.

        :param str key: as :attr:`cockpit` gives it
        :raises UserError: there is no such list
        """
        self.ensure_one()
        kind, *which = str(key).split(":")
        get_list = self._get_cockpit_lists().get(kind)
        if not get_list:
            raise UserError(self.env._("The cockpit has no such list."))
        xmlid, domain = get_list(*which[:2])
        action = self._get_list_action(xmlid)
        action["context"]["active_test"] = False
        return {**action, "domain": domain}

    def _get_cockpit_lists(self):
        """Return what gives action and domain of a list, by the first word of a key."""
        return {
            "state": self._get_cockpit_state_list,
            "promised": self._get_cockpit_promised_list,
            "choice": self._get_cockpit_choice_list,
            "timing": self._get_cockpit_timing_list,
        }

    def _get_cockpit_state_list(self, state="", *_more):
        return ENTITLEMENTS, [("plan_id", "=", self.id), ("state", "=", state)]

    def _get_cockpit_promised_list(self, *_more):
        return ENTITLEMENTS, [
            ("plan_id", "=", self.id),
            ("state", "=", "entitled"),
            ("choice", "in", list(PROMISED_CHOICES)),
        ]

    def _get_cockpit_choice_list(self, choice="", timing=""):
        live = [("plan_id", "=", self.id), ("state", "in", list(LIVE_STATES))]
        live.append(("choice", "=", choice))
        if timing:
            live.append(("choice_timing", "=", timing))
        return ENTITLEMENTS, live

    def _get_cockpit_timing_list(self, timing="", *_more):
        return self._get_cockpit_choice_list("undecided", timing)

    # ------------------------------------------------------------------
    # Cells
    # ------------------------------------------------------------------

    @api.model
    def _get_cockpit_labels(self, model, name):
        return dict(self.env[model]._fields[name]._description_selection(self.env))

    @api.model
    def _get_cockpit_row(self, label, *cells):
        return {"label": label, "cells": list(cells)}

    @api.model
    def _get_cockpit_cell(self, text, key=None, number=None):
        """Return a cell; one with a key opens a list, unless nobody would be in it."""
        return {
            "text": text,
            "open": key if key and number else False,
            "is_over": bool(number and number < 0),
        }

    @api.model
    def _get_cockpit_count(self, number, key):
        return self._get_cockpit_cell(self._format_cockpit(number), key, number)

    @api.model
    def _get_cockpit_tile(self, label, number, key):
        return {"label": label, **self._get_cockpit_count(number, key)}

    @api.model
    def _format_cockpit(self, number, digits=0):
        """Return a number as the reader writes it; a dash where there is none."""
        if number is None:
            return DASH
        return formatLang(self.env, number, digits=digits)

    def _format_cockpit_money(self, amount):
        if amount is None:
            return DASH
        return format_amount(self.env, amount, self.currency_id)
