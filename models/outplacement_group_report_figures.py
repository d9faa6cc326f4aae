from statistics import median

from odoo import models
from odoo.tools import format_amount

from ..tools.suppression import Stretch, count_in, merge_lines, publish

# Who found work, who has another outcome, and who is being prepared or withdrew before
# the start.
FOUND = ("placed", "self_employed", "internal")
OTHER = ("term_ended", "stopped", "referred_out", "no_match")
OUTCOMES = (*FOUND, *OTHER)
PHASE = "phase_"
NOT_BEGUN = "not_begun"
NO_PHASE = "no_phase"


class OutplacementGroupReport(models.Model):
    """The figures of a group report.

    One line on which everybody stands once: outcomes, then phases from the last to the
    first, then who has not begun. Choices are not on it: the employer knows them by
    name, and would subtract them. Counted in sets: as many queries for 5,000 people as
    for five.
    """

    _inherit = "outplacement.group.report"

    # ------------------------------------------------------------------
    # Counting
    # ------------------------------------------------------------------

    def _prepare_figures(self):
        """Return what may be published of the people of the plan.

        Who was called off since the last release is counted once there are enough of
        them: until then they would be the difference of two totals.
        """
        self.ensure_one()
        past = [report.figures for report in self._get_history()]
        past = [figures for figures in past if figures["stretches"]]
        history = [[Stretch(tuple(k), n) for k, n in f["stretches"]] for f in past]
        line = merge_lines(past[-1]["line"] if past else [], self._get_line())
        last_id, waiting = self._get_last_id(past[-1]["last_id"] if past else 0)
        counts = self._count_people(line, last_id)
        cuts, named = self._get_cuts(line), self._count_withdrawn(last_id)
        stretches = publish(line, counts, cuts, self.minimum, history, named)
        found = count_in(stretches, FOUND)
        return {
            "line": line,
            "last_id": last_id,
            "stretches": stretches,
            "found": found,
            "ended": count_in(stretches, OUTCOMES),
            "median": self._get_median(found, last_id, past),
            "notes": self._get_notes(stretches, waiting),
        }

    def _get_trajects(self):
        # sudo: outplacement.traject - everybody of the plan counts, for the deputy too,
        # who does not read their trajects; what small groups are made of stays in here
        return self.env["outplacement.traject"].sudo().with_context(active_test=False)

    def _get_domain(self, last_id):
        return [("social_plan_id", "=", self.plan_id.id), ("id", "<=", last_id)]

    def _get_last_id(self, former_id):
        """Return the last traject that is counted, in the order in which they were
        called off, and whether later ones wait."""
        domain = [("social_plan_id", "=", self.plan_id.id), ("id", ">", former_id)]
        [(number, last_id)] = self._get_trajects()._read_group(
            domain, [], ["__count", "id:max"]
        )
        waiting = bool(former_id) and 0 < number < self.minimum
        return (former_id if waiting else last_id or former_id), waiting

    def _get_line(self):
        """Return the categories, who is furthest first."""
        phases = self.env["outplacement.phase"].search([("active", "=", True)])
        keys = [f"{PHASE}{phase.id}" for phase in reversed(phases)]
        return [*OUTCOMES, *keys, NO_PHASE, NOT_BEGUN]

    def _get_cuts(self, line):
        """Return where the line may be cut, what matters most first: who has an
        outcome, who found work, who has begun."""
        first = [OUTCOMES[-1], FOUND[-1], NO_PHASE]
        return [*first, *(key for key in line[:-1] if key not in first)]

    def _count_people(self, line, last_id):
        """Return how many people are in each category."""
        counts = {}
        for state, outcome, phase, number in self._get_trajects()._read_group(
            self._get_domain(last_id), ["state", "outcome", "phase_id"], ["__count"]
        ):
            key = self._get_category(state, outcome, phase)
            key = key if key in line else NO_PHASE
            counts[key] = counts.get(key, 0) + number
        return counts

    def _count_withdrawn(self, last_id):
        """Return how many of those who have not begun will not: the employer knows
        them by name, see ``outplacement_entitlement_portal``."""
        domain = [*self._get_domain(last_id), ("state", "=", "cancelled")]
        return self._get_trajects().search_count(domain)

    def _get_category(self, state, outcome, phase):
        """Return where somebody stands."""
        if state in ("intake", "cancelled"):
            return NOT_BEGUN
        return outcome or (f"{PHASE}{phase.id}" if phase else NO_PHASE)

    def _get_median(self, found, last_id, past):
        """Return the median weeks from start to placement of who found work, None
        where too few did. It stands as long as their number does: by two medians
        nobody learns of a change that is not told."""
        if not found:
            return None
        if former := [f["median"] for f in past if f["found"] == found]:
            return former[-1]
        days = [
            (row["date_placement"] - row["date_start"]).days
            for row in self._get_trajects().search_read(
                [
                    *self._get_domain(last_id),
                    ("outcome", "in", FOUND),
                    ("state", "!=", "cancelled"),
                    ("date_placement", "!=", False),
                    ("date_start", "!=", False),
                ],
                ["date_placement", "date_start"],
            )
        ]
        return round(median(days) / 7) if len(days) >= self.minimum else None

    # ------------------------------------------------------------------
    # Tables
    # ------------------------------------------------------------------

    def _get_notes(self, stretches, waiting):
        """Return what else there is to say, in the language of the environment."""
        notes = []
        if not stretches:
            notes.append(
                self.env._(
                    "No figure can be shown: there are too few people, or too few more "
                    "than in the last report."
                )
            )
        if waiting:
            notes.append(
                self.env._(
                    "Who was called off since the last report is counted once they are "
                    "at least %(minimum)s.",
                    minimum=self.minimum,
                )
            )
        return notes

    def _get_labels(self, line):
        """Return what the categories of a line are called, by key."""
        Traject = self.env["outplacement.traject"]
        labels = dict(Traject._fields["outcome"]._description_selection(self.env))
        ids = [int(key.removeprefix(PHASE)) for key in line if key.startswith(PHASE)]
        for phase in self.env["outplacement.phase"].browse(ids).exists():
            labels[f"{PHASE}{phase.id}"] = phase.name
        labels[NO_PHASE] = self.env._("No phase")
        labels[NOT_BEGUN] = self.env._("In preparation, or withdrawn before the start")
        return labels

    def _prepare_sections(self, figures):
        sections = [self._get_agreed_section()] if self.audience == "employer" else []
        if figures["stretches"]:
            sections += self._get_people_sections(figures)
            sections.append(self._get_result_section(figures))
        return sections

    def _get_agreed_section(self):
        """Return the table of what was agreed. Not of what was used: heads called off
        less the people counted here would be those who withdrew."""
        # sudo: outplacement.social.plan - entities are partners, whom a deputy may not
        # all read
        plan = self.plan_id.sudo()
        currency = plan.currency_id
        rows = [
            [
                self.env._("Entities"),
                ", ".join(plan.entity_ids.partner_id.mapped("name")),
            ]
        ]
        if plan.cap_heads:
            rows.append([self.env._("Most people"), plan.cap_heads])
        if plan.cap_amount:
            amount = format_amount(self.env, plan.cap_amount, currency)
            rows.append([self.env._("Budget"), amount])
        if plan.cap_person:
            amount = format_amount(self.env, plan.cap_person, currency)
            rows.append([self.env._("Budget per person"), amount])
        return self._make_section(self.env._("What was agreed"), rows)

    def _make_section(self, title, rows, note=False, head=()):
        return {"title": title, "head": list(head), "rows": rows, "note": note}

    def _get_people_sections(self, figures):
        """Return the tables of how many people stand where. Phases without anybody are
        left out."""
        labels, ended, going = self._get_labels(figures["line"]), [], []
        for keys, number in figures["stretches"]:
            rows = ended if keys[0] in OUTCOMES else going
            if number or keys[0] in OUTCOMES:
                rows.append([self._join_labels(labels, keys), number])
        if figures["ended"] is not None:
            ended.append([self.env._("Together"), figures["ended"]])
        total = sum(number for _keys, number in figures["stretches"])
        going.append([self.env._("Everybody"), total])
        head = ["", self.env._("People")]
        sections = [(self.env._("Outcomes"), ended), (self.env._("Under way"), going)]
        return [self._make_section(t, rows, head=head) for t, rows in sections]

    def _join_labels(self, labels, keys):
        names = [labels.get(key, key) for key in keys]
        if len(names) == 1:
            return names[0]
        return self.env._(
            "%(names)s or %(last)s, together",
            names=", ".join(names[:-1]),
            last=names[-1],
        )

    def _get_result_section(self, figures):
        """Return the table of what came of it."""
        found, ended = figures["found"], figures["ended"]
        hidden = self.env._("Not shown")
        rate, weeks = hidden, hidden
        if found is not None and ended:
            rate = f"{round(100 * found / ended)}%"
        if figures["median"] is not None:
            weeks = figures["median"]
        return self._make_section(
            self.env._("Results"),
            [
                [self.env._("Found work"), hidden if found is None else found],
                [self.env._("Placement rate"), rate],
                [self.env._("Weeks from start to placement (median)"), weeks],
            ],
            self.env._(
                "Found work: placed, self-employed or in another job with the same "
                "employer. Placement rate: of those who have an outcome."
            ),
        )
