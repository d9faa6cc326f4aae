from functools import cache

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date

# What a contact of the employer is told of somebody under a social plan: choice and
# state, with what they knew before. One key more is a decision of the house.
PERSON_KEYS = frozenset(
    {"name", "personnel_number", "entity", "choice", "date_choice", "state"}
)
FIELDS = (
    *("candidate_id", "personnel_number", "entity_id"),
    *("choice", "date_choice", "state"),
)
# Nothing that the bureau still prepares, and nobody who turned out not to be entitled.
STATES = ("entitled", "called_off", "released")
LIVE = ("entitled", "called_off")
EXPORTED = 100_000
BATCH = 1_000


class OutplacementEntitlement(models.Model):
    """What employers see in the portal of their people under a social plan, in plain
    values: of the entities of which this very contact is a named contact.

    That somebody was called off is the last that they read here. What becomes of the
    traject is told by its released reports.
    """

    _inherit = "outplacement.entitlement"

    # ------------------------------------------------------------------
    # Which
    # ------------------------------------------------------------------

    @api.model
    def _get_portal_people_source(self):
        # sudo: outplacement.entitlement - portal users have no right on entitlements;
        # every search here is limited to entities of which they are a contact
        return self.sudo()

    @api.model
    def _get_portal_people_domain(self, plan_id, show="all"):
        """Return the domain of the people under a plan whom the user reads.

        :param str show: a choice, of who is under the plan at present, or
            ``released``; anything else shows all
        """
        plans = self.env["outplacement.social.plan"]._find_portal_employer(
            Domain("id", "=", plan_id)
        )
        entities = plans._get_portal_employer_entities()
        domain = Domain("entity_id", "in", entities.ids) & Domain("state", "in", STATES)
        if show == "released":
            return domain & Domain("state", "=", "released")
        if show in self._get_portal_choice_labels():
            return domain & Domain("choice", "=", show) & Domain("state", "in", LIVE)
        return domain

    @api.model
    def _count_portal_people(self, entities):
        """Return how many people of ``entities`` the user reads, by plan id. For
        entities of ``_get_portal_employer_entities`` only."""
        rows = self._get_portal_people_source()._read_group(
            [("entity_id", "in", entities.ids), ("state", "in", STATES)],
            ["plan_id"],
            ["__count"],
        )
        return {plan.id: count for plan, count in rows}

    @api.model
    def _count_portal_choices(self, plan_id):
        """Return how many people each value of ``show`` shows, see
        :meth:`_get_portal_people_domain`."""
        rows = self._get_portal_people_source()._read_group(
            self._get_portal_people_domain(plan_id), ["choice", "state"], ["__count"]
        )
        counts = dict.fromkeys(("all", *self._get_portal_choice_labels()), 0)
        counts["released"] = 0
        for choice, state, count in rows:
            counts["all"] += count
            counts["released" if state == "released" else choice] += count
        return counts

    # ------------------------------------------------------------------
    # What is told
    # ------------------------------------------------------------------

    @api.model
    def _get_portal_people(self, plan_id, show="all", offset=0, limit=80):
        """Return a page of the people under a plan by name, a dict of plain values
        each; none of a plan that is not the user's."""
        people = self._get_portal_people_source().search_fetch(
            self._get_portal_people_domain(plan_id, show),
            FIELDS,
            offset=offset,
            limit=limit,
            order="candidate_id, id",
        )
        return people._prepare_portal_person_values()

    def _prepare_portal_person_values(self):
        """Return the values of ``PERSON_KEYS`` for each. For records of
        :meth:`_get_portal_people_source` only."""
        self.candidate_id.fetch(["name"])
        return [
            {
                "name": person.candidate_id.name,
                "personnel_number": person.personnel_number or "",
                "entity": person.entity_id.partner_id.name,
                "choice": person.choice,
                "date_choice": person.date_choice,
                "state": person.state,
            }
            for person in self
        ]

    @api.model
    def _get_portal_choice_labels(self):
        """Return the words for a choice, by choice."""
        return {
            "undecided": self.env._("Not chosen yet"),
            "outplacement": self.env._("Outplacement"),
            "money": self.env._("Money"),
            "none": self.env._("Neither"),
        }

    @api.model
    def _get_portal_state_labels(self):
        """Return the words for a state, by state."""
        return {
            "entitled": self.env._("Entitled"),
            "called_off": self.env._("Called off"),
            "released": self.env._("Place given back"),
        }

    # ------------------------------------------------------------------
    # As a list to download
    # ------------------------------------------------------------------

    @api.model
    def _get_portal_people_export(self, plan_id, show="all"):
        """Return (head, rows) of all whom ``show`` shows, up to ``EXPORTED``, as texts
        in the user's language. The rows are read as they are taken."""
        people = self._get_portal_people_source().search(
            self._get_portal_people_domain(plan_id, show),
            limit=EXPORTED,
            order="candidate_id, id",
        )
        head = [
            self.env._("Name"),
            self.env._("Personnel Number"),
            self.env._("Entity"),
            self.env._("Choice"),
            self.env._("Chosen on"),
            self.env._("Status"),
        ]
        return head, self._iterate_portal_people_rows(people.ids)

    @api.model
    def _iterate_portal_people_rows(self, ids):
        """Yield the cells of each person, of a batch at a time in memory."""
        source = self._get_portal_people_source()
        choices = self._get_portal_choice_labels()
        states = self._get_portal_state_labels()

        @cache  # many have a day in common, and to write one takes its time
        def write(day):
            return format_date(self.env, day)

        for start in range(0, len(ids), BATCH):
            people = source.browse(ids[start : start + BATCH])
            people.fetch(FIELDS)
            for values in people._prepare_portal_person_values():
                yield [
                    values["name"],
                    values["personnel_number"],
                    values["entity"],
                    choices[values["choice"]],
                    write(values["date_choice"]),
                    states[values["state"]],
                ]
            self.env.invalidate_all(flush=False)
