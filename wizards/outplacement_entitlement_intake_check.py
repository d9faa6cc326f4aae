from typing import NamedTuple

from odoo import models

from ..tools.cell_values import read_email
from ..tools.table_cells import is_computed, is_garbled
from ..tools.wording import fold

LONGEST = 200
SHOWN = 60


class Problem(NamedTuple):
    """What is wrong with a row, see ``outplacement.entitlement.intake.problem``."""

    row: int
    column: str
    value: str
    text: str
    is_passable: bool


class IntakeRow:
    """A row of a file, what it comes to, and what is wrong with it.

    :param int number: as the file shows it
    :param dict texts: what is in its cells, by key of the column
    :param dict labels: what the columns are called, by key
    """

    def __init__(self, number, texts, labels):
        self.number = number
        self.texts = texts
        self.labels = labels
        self.values = {}
        self.problems = []
        self.unread = set()

    @property
    def is_good(self):
        """Whether it can be imported."""
        return all(problem.is_passable for problem in self.problems)

    def get(self, key):
        """Return the text of a cell, empty where it cannot be read."""
        return "" if key in self.unread else self.texts.get(key, "")

    def tell(self, key, text, is_passable=False):
        """Note a problem with a cell; without a key, with the whole row."""
        label, value = self.labels.get(key, ""), self.texts.get(key, "")
        if len(value) > SHOWN:
            value = f"{value[:SHOWN]}…"
        self.problems.append(Problem(self.number, label, value, text, is_passable))


class World(NamedTuple):
    """What rows are held against; see :meth:`_get_world`.

    :param dict names: of entities and packages, see ``_get_intake_names``
    :param dict first: number of the row where each e-mail address and each personnel
        number, as ("email" or "number", text), comes first
    :param set taken: those of who is under the plan, alike
    :param dict known: of whom addresses are, see ``_find_known_emails``
    """

    names: dict
    first: dict
    taken: set
    known: dict


class OutplacementEntitlementIntake(models.TransientModel):
    """What is checked of a row as a whole, and of who the person is. As many queries
    for a thousand rows as for ten."""

    _inherit = "outplacement.entitlement.intake"

    def _find_problems(self, staged, rows):
        """Return what is wrong with some rows of the file, as a list of
        :class:`Problem`."""
        checked = self._check_rows(staged, rows)
        return [problem for row in checked for problem in row.problems]

    def _check_rows(self, staged, rows):
        """Return an :class:`IntakeRow` for each of some rows of the file."""
        labels = {
            key: staged["header"][position]
            for key, position in staged["positions"].items()
        }
        world = self._get_world(staged, rows)
        return [self._check_row(staged, row, labels, world) for row in rows]

    def _check_row(self, staged, row, labels, world):
        number, cells, is_surplus = row
        texts = {key: cells[i] for key, i in staged["positions"].items()}
        row = IntakeRow(number, texts, labels)
        if is_surplus:
            row.tell(
                None,
                self.env._(
                    "There is more in this row than there are headings: put a cell "
                    "that has a comma or semicolon in it between quotation marks."
                ),
            )
        self._check_cells(row)
        self._check_person(row, world)
        self._check_entitlement(row, world)
        return row

    # ------------------------------------------------------------------
    # The world
    # ------------------------------------------------------------------

    def _get_world(self, staged, rows):
        """Return the :class:`World` of some rows."""
        plan = self.plan_id
        first = self._get_first_rows(staged)
        emails = self._get_keys(staged, rows, "email")
        numbers = self._get_keys(staged, rows, "number")
        taken = plan._find_living(emails, numbers)
        known = plan._find_known_emails(emails)
        return World(plan._get_intake_names(), first, taken, known)

    def _get_first_rows(self, staged):
        """Return in which row each address and each personnel number comes first."""
        first = {}
        for row in staged["rows"]:
            for key in ("email", "number"):
                if text := self._get_key(staged, row, key):
                    first.setdefault((key, text), row[0])
        return first

    def _get_keys(self, staged, rows, key):
        return {self._get_key(staged, row, key) for row in rows} - {""}

    def _get_key(self, staged, row, key):
        """Return an address or a personnel number as it is compared."""
        position = staged["positions"].get(key)
        text = row[1][position] if position is not None else ""
        return (read_email(text) or "") if key == "email" else text

    # ------------------------------------------------------------------
    # The cells and who it is
    # ------------------------------------------------------------------

    def _check_cells(self, row):
        """Tell of cells that cannot be read, whatever they are to say."""
        for key, text in row.texts.items():
            if key == "problem" or not text:
                continue
            if is_computed(text):
                told = self.env._(
                    "A formula or an error is in this cell: paste its value."
                )
            elif is_garbled(text):
                told = self.env._(
                    "Letters were lost here when the file was saved: type them again "
                    "and save as XLSX, or as CSV in UTF-8."
                )
            elif len(text) > LONGEST:
                told = self.env._("This is too long: shorten it.")
            else:
                continue
            row.tell(key, told)
            row.unread.add(key)

    def _check_person(self, row, world):
        """Check name, address and personnel number."""
        self._check_name(row)
        self._check_email(row, world)
        self._check_number(row, world)
        reference = row.get("plan")
        if reference and fold(self.plan_id.name) not in fold(reference):
            row.tell(
                "plan",
                self.env._(
                    "This is another plan than %(plan)s: import it there, or mend "
                    "the reference.",
                    plan=self.plan_id.name,
                ),
            )

    def _check_name(self, row):
        name = row.values["name"] = row.get("name")
        if "name" in row.unread:
            return
        if not name:
            row.tell("name", self.env._("Fill in the name."))
        elif "@" in name or not any(c.isalpha() for c in name):
            row.tell("name", self.env._("This is no name: fill in the name."))

    def _check_email(self, row, world):
        text = row.get("email")
        if "email" in row.unread:
            return
        if not text:
            row.tell("email", self.env._("Fill in the private e-mail address."))
            return
        email = row.values["email"] = read_email(text)
        if not email:
            row.tell(
                "email", self.env._("This is not one valid e-mail address: mend it.")
            )
        elif not self._check_once(row, world, "email", email):
            self._check_known(row, world.known.get(email))

    def _check_known(self, row, kind):
        """Tell of an address that somebody has who is known already."""
        if text := self.plan_id._get_known_text(kind):
            row.tell("email", text)
        elif kind:
            row.tell(
                "email",
                self.env._(
                    "There is a contact with this address already: a second one will "
                    "be made."
                ),
                is_passable=True,
            )

    def _check_number(self, row, world):
        number = row.values["personnel_number"] = row.get("number")
        if "number" in row.unread:
            return
        if not number:
            row.tell("number", self.env._("Fill in the personnel number."))
        else:
            self._check_once(row, world, "number", number)

    def _check_once(self, row, world, key, text):
        """Tell of what somebody else has; return whether it was told."""
        first = world.first[key, text]
        if (key, text) in world.taken:
            told = self.env._(
                "Somebody under the plan has this already: take the row out, if it is "
                "the same person."
            )
        elif first != row.number:
            told = self.env._(
                "Row %(row)s has the same: keep one of the two, or mend it.", row=first
            )
        else:
            return False
        row.tell(key, told)
        return True
