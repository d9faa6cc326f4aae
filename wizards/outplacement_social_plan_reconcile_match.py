from collections import Counter
from typing import NamedTuple

from odoo import api, models
from odoo.tools import format_date
from odoo.tools.mail import email_normalize

from ..tools.cell_values import read_day, read_word
from ..tools.table_file import Column
from ..tools.wording import fold
from .outplacement_entitlement_intake_columns import COLUMNS

LISTED = ("draft", "entitled", "called_off")
# What is compared, by the key that its column has in an intake.
FIELDS = {
    "number": "personnel_number",
    "email": "email_normalized",
    "name": "candidate_id",
    "entity": "entity_id",
    "package": "package_id",
    "dismissal": "date_dismissal",
    "choice": "choice",
}


class Finding(NamedTuple):
    """What came of a row of the list, or of somebody who is in none.

    :param str kind: ``same``, ``different``, ``theirs`` or ``ours``
    :param int row: of the list, 0 for none
    :param texts: what the row says, by key
    :param person: ``outplacement.entitlement``, empty where there is none
    :param keys: of what differs
    :param notes: sentences about that
    """

    kind: str
    row: int
    texts: dict
    person: models.BaseModel
    keys: tuple
    notes: tuple


class OutplacementSocialPlanReconcile(models.TransientModel):
    """Who of the list is who under the plan, and what is told otherwise: found in sets,
    whatever the length of the list."""

    _inherit = "outplacement.social.plan.reconcile"

    @api.model
    def _get_columns(self):
        """Return the columns that are looked for in a list."""
        return [Column(key, (self._get_label(key), *COLUMNS[key][1])) for key in FIELDS]

    @api.model
    def _get_label(self, key):
        field = self.env["outplacement.entitlement"]._fields[FIELDS[key]]
        return field._description_string(self.env)

    def _compare(self, rows):
        """Return a :class:`Finding` for each row, and for whom no row is about.

        :param rows: of (number, texts by key)
        """
        people = self._get_people()
        index = self._get_index(people)
        findings, seen = [], set()
        for number, texts in rows:
            person = self._find(index, texts)
            findings.append(self._compare_row(number, texts, person, seen))
            seen.add(person.id)
        mine = people.filtered(lambda e: e.state in LISTED and e.id not in seen)
        if self.entity_id:
            mine = mine.filtered(lambda e: e.entity_id == self.entity_id)
        return findings + [Finding("ours", 0, {}, e, (), ()) for e in mine]

    def _get_people(self):
        """Return the people under the plan, those last who are not any more."""
        people = self.env["outplacement.entitlement"].search(
            [("plan_id", "=", self.plan_id.id)], order="number, id"
        )
        people.fetch([*FIELDS.values(), "state", "date_choice", "name"])
        people.candidate_id.fetch(["name", "email_normalized"])
        return people.sorted(lambda person: person.state not in LISTED)

    # ------------------------------------------------------------------
    # Who is who
    # ------------------------------------------------------------------

    def _get_index(self, people):
        """Return the people by how they are found: ("number" | "short" | "email",
        text). A spreadsheet takes the zeros off a number."""
        index = {}
        for person in people:
            for key in self._get_keys(person.personnel_number, person.email_normalized):
                index.setdefault(key, person)
        short = Counter(
            key
            for person in people.filtered(lambda e: e.state in LISTED)
            for key in self._get_keys(person.personnel_number, "")
            if key[0] == "short"
        )
        for key, count in short.items():
            if count > 1:  # "042" and "42" are two people: then zeros matter
                del index[key]
        return index

    @api.model
    def _get_keys(self, number, email):
        """Return by what somebody is found, first what is most certain."""
        number = fold(number or "").replace(" ", "")
        email = email_normalize(email or "") or ""
        keys = (("number", number), ("short", number.lstrip("0")), ("email", email))
        return [key for key in keys if key[1]]

    def _find(self, index, texts):
        """Return the person whom a row is about, by number or else by e-mail."""
        for key in self._get_keys(texts.get("number"), texts.get("email")):
            if key in index:
                return index[key]
        return self.env["outplacement.entitlement"]

    # ------------------------------------------------------------------
    # What is told otherwise
    # ------------------------------------------------------------------

    def _compare_row(self, number, texts, person, seen):
        """Return the :class:`Finding` of a row."""
        if not person or person.state not in LISTED:
            notes = self._get_missing_notes(texts, person)
            return Finding("theirs", number, texts, person, (), notes)
        keys = tuple(
            key
            for key, text in texts.items()
            if text and self._differs(key, text, person)
        )
        notes = [self._get_note(key, texts[key], person) for key in keys]
        if self._is_of_another_entity(person) and "entity" not in keys:
            name = person.entity_id.partner_id.name or ""
            notes.insert(0, self.env._("Under another entity: “%s”.", name))
        if person.id in seen:
            notes.insert(0, self.env._("An earlier row is about the same person."))
        kind = "different" if notes else "same"
        return Finding(kind, number, texts, person, keys, tuple(notes))

    def _is_of_another_entity(self, person):
        """Whether somebody is of another entity than the list is."""
        return bool(self.entity_id) and person.entity_id != self.entity_id

    def _get_missing_notes(self, texts, person):
        if person:
            labels = dict(person._fields["state"]._description_selection(self.env))
            return (
                self.env._(
                    "%(entitlement)s is “%(state)s”.",
                    entitlement=person.name,
                    state=labels[person.state],
                ),
            )
        if not texts.get("number") and not texts.get("email"):
            return (self.env._("No personnel number and no private e-mail address."),)
        return ()

    def _differs(self, key, text, person):
        """Whether a cell says otherwise than the plan does."""
        if key == "dismissal":
            day = read_day(text, is_certain=False)
            return day != (person.date_dismissal or None)
        if key == "choice":
            return read_word(text, self._get_choice_words()) != person.choice
        if key == "email":
            return (email_normalize(text) or text) != person.email_normalized
        return self._normalize(text) != self._normalize(self._get_own(key, person))

    @api.model
    def _normalize(self, text):
        return " ".join(fold(text or "").split())

    def _get_own(self, key, person):
        """Return what the plan says, as a text in the language of the user."""
        if key == "choice":
            field = person._fields["choice"]
            return dict(field._description_selection(self.env))[person.choice]
        if key == "dismissal":
            return format_date(self.env, person.date_dismissal)
        own = {
            "number": person.personnel_number,
            "email": person.email_normalized,
            "name": person.candidate_id.name,
            "entity": person.entity_id.partner_id.name,
            "package": person.package_id.product_id.name,
        }
        return own[key] or ""

    def _get_note(self, key, text, person):
        return self.env._(
            "%(label)s: theirs “%(theirs)s”, ours “%(ours)s”.",
            label=self._get_label(key),
            theirs=text,
            ours=self._get_own(key, person),
        )

    @api.model
    def _get_choice_words(self):
        """Return what may be typed for each choice, as in an intake."""
        return self.env["outplacement.entitlement.intake"]._get_choice_words()
