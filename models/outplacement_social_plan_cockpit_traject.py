from statistics import mean, median
from typing import NamedTuple

from odoo import models

TRAJECTS = "outplacement.outplacement_traject_action"
# Guided at present, or about to be.
CURRENT_STATES = ("intake", "active", "paused", "aftercare")


class Facts(NamedTuple):
    """What a reader reads of the trajects of a plan.

    :param states: how many trajects, by state
    :param phases: how many of those that are guided, by id of their phase
    :param outcomes: how many, by outcome
    :param weeks: from the start to the placement, of each that was placed
    """

    states: dict
    phases: dict
    outcomes: dict
    weeks: list
    without_coach: int
    without_session: int


class OutplacementSocialPlan(models.Model):
    """What the cockpit tells of trajects: of those that the reader may read, and no
    more. The deputy of a plan, say, has none."""

    _inherit = "outplacement.social.plan"

    # ------------------------------------------------------------------
    # What there is
    # ------------------------------------------------------------------

    def _get_cockpit_domain(self, *conditions):
        """Return the domain of the trajects of the plan that meet ``conditions``."""
        return [("social_plan_id", "=", self.id), *conditions]

    def _get_cockpit_current(self, *conditions):
        """Return the domain of those of them that are guided at present."""
        current = ("state", "in", list(CURRENT_STATES))
        return self._get_cockpit_domain(current, *conditions)

    def _read_cockpit_trajects(self):
        """Return the :class:`Facts` of the plan, with the rights of the reader."""
        Traject = self.env["outplacement.traject"].with_context(active_test=False)
        states, phases, outcomes = {}, {}, {}
        for state, phase, outcome, count in Traject._read_group(
            self._get_cockpit_domain(), ["state", "phase_id", "outcome"], ["__count"]
        ):
            states[state] = states.get(state, 0) + count
            if state in ("active", "paused"):
                phases[phase.id] = phases.get(phase.id, 0) + count
            # a slot that was given back is no result of guidance
            if outcome and state != "cancelled":
                outcomes[outcome] = outcomes.get(outcome, 0) + count
        placed = Traject._read_group(
            self._get_cockpit_placed(),
            ["date_start:day", "date_placement:day"],
            ["__count"],
        )
        return Facts(
            states,
            phases,
            outcomes,
            [(end - start).days / 7 for start, end, n in placed for _one in range(n)],
            Traject.search_count(self._get_cockpit_without_coach()),
            Traject.search_count(self._get_cockpit_without_session()),
        )

    def _get_cockpit_placed(self):
        dates = ("date_start", "date_placement")
        known = [(name, "!=", False) for name in dates]
        return self._get_cockpit_domain(*known, ("state", "!=", "cancelled"))

    def _get_cockpit_without_coach(self):
        return self._get_cockpit_current(("coach_id", "=", False))

    def _get_cockpit_without_session(self):
        return self._get_cockpit_current(("is_unseen", "=", True))

    # ------------------------------------------------------------------
    # Tiles and tables
    # ------------------------------------------------------------------

    def _get_cockpit_notes(self, facts):
        """Return what a reader has to know before they take figures for all."""
        total = self._count_entitlements("called_off").get(self.id, 0)
        read = sum(n for state, n in facts.states.items() if state != "cancelled")
        if read >= total:
            return []
        return [
            self.env._(
                "The figures about trajects are of the %(read)s that you may read, of "
                "%(total)s in all.",
                read=self._format_cockpit(read),
                total=self._format_cockpit(total),
            )
        ]

    def _get_cockpit_traject_tiles(self, facts):
        """Return the tiles of who is not guided yet."""
        if not facts.states:
            return []
        return [
            self._get_cockpit_tile(
                self.env._("Without a coach"), facts.without_coach, "no_coach"
            ),
            self._get_cockpit_tile(
                self.env._("No session held yet"), facts.without_session, "no_session"
            ),
        ]

    def _get_cockpit_traject_tables(self, facts):
        """Return the tables of states, phases, outcomes and weeks."""
        if not facts.states:
            return []
        return [
            self._get_cockpit_states(facts),
            self._get_cockpit_phases(facts),
            self._get_cockpit_outcomes(facts),
            self._get_cockpit_weeks(facts),
        ]

    def _get_cockpit_states(self, facts):
        labels = self._get_cockpit_labels("outplacement.traject", "state")
        rows = [
            self._get_cockpit_row(
                label,
                self._get_cockpit_count(facts.states.get(state, 0), f"traject:{state}"),
            )
            for state, label in labels.items()
        ]
        return {
            "name": "states",
            "title": self.env._("Trajects"),
            "columns": [self.env._("People")],
            "rows": rows,
        }

    def _get_cockpit_phases(self, facts):
        Phase = self.env["outplacement.phase"].with_context(active_test=False)
        phases = Phase.search(
            ["|", ("active", "=", True), ("id", "in", list(facts.phases))]
        )
        rows = [
            self._get_cockpit_row(
                phase.name,
                self._get_cockpit_count(
                    facts.phases.get(phase.id, 0), f"phase:{phase.id}"
                ),
            )
            for phase in phases
        ]
        return {
            "name": "phases",
            "title": self.env._("Phases of who is guided"),
            "columns": [self.env._("People")],
            "rows": rows,
        }

    def _get_cockpit_outcomes(self, facts):
        labels = self._get_cockpit_labels("outplacement.traject", "outcome")
        total = sum(facts.outcomes.values())
        rows = []
        for outcome, label in labels.items():
            number = facts.outcomes.get(outcome, 0)
            share = total and f"{self._format_cockpit(100 * number / total)}%"
            rows.append(
                self._get_cockpit_row(
                    label,
                    self._get_cockpit_count(number, f"outcome:{outcome}"),
                    self._get_cockpit_cell(share or self._format_cockpit(None)),
                )
            )
        return {
            "name": "outcomes",
            "title": self.env._("Outcomes"),
            "columns": [self.env._("People"), self.env._("Share")],
            "rows": rows,
        }

    def _get_cockpit_weeks(self, facts):
        weeks = facts.weeks
        numbers = (median(weeks), mean(weeks)) if weeks else (None, None)
        return {
            "name": "weeks",
            "title": self.env._("Weeks from start to placement"),
            "columns": [
                self.env._("Placed"),
                self.env._("Median"),
                self.env._("Average"),
            ],
            "rows": [
                self._get_cockpit_row(
                    self.env._("Weeks"),
                    self._get_cockpit_count(len(weeks), "placed"),
                    *(
                        self._get_cockpit_cell(self._format_cockpit(number, digits=1))
                        for number in numbers
                    ),
                )
            ],
        }

    # ------------------------------------------------------------------
    # Lists
    # ------------------------------------------------------------------

    def _get_cockpit_lists(self):
        # EXTENDS: those of trajects
        return {
            **super()._get_cockpit_lists(),
            "no_coach": lambda *_more: (TRAJECTS, self._get_cockpit_without_coach()),
            "no_session": lambda *_more: (
                TRAJECTS,
                self._get_cockpit_without_session(),
            ),
            "placed": lambda *_more: (TRAJECTS, self._get_cockpit_placed()),
            "traject": self._get_cockpit_traject_list,
            "phase": self._get_cockpit_phase_list,
            "outcome": self._get_cockpit_outcome_list,
        }

    def _get_cockpit_traject_list(self, state="", *_more):
        return TRAJECTS, self._get_cockpit_domain(("state", "=", state))

    def _get_cockpit_phase_list(self, phase="", *_more):
        phase_id = int(phase) if phase.isdecimal() else 0
        return TRAJECTS, self._get_cockpit_domain(
            ("state", "in", ["active", "paused"]), ("phase_id", "=", phase_id)
        )

    def _get_cockpit_outcome_list(self, outcome="", *_more):
        return TRAJECTS, self._get_cockpit_domain(
            ("state", "!=", "cancelled"), ("outcome", "=", outcome)
        )
