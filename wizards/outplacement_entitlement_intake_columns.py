from odoo import api, models

from ..tools.table_file import Column, write_xlsx

# What is asked of a person, by key: the field, and how else it may be headed. Files are
# made by others than who uploads them: English and Dutch are read, whoever does so.
COLUMNS = {
    "name": (
        "candidate_name",
        ("Name", "Full Name", "Employee", "Naam", "Volledige naam", "Medewerker"),
    ),
    "email": (
        "candidate_email",
        (
            *("Private E-mail", "E-mail", "Private E-mail Address", "E-mail Address"),
            *("Privé-e-mail", "Privé-e-mailadres", "Privémail", "E-mailadres"),
        ),
    ),
    "number": (
        "personnel_number",
        (
            *("Personnel Number", "Employee Number", "Personeelsnummer"),
            *("Medewerkernummer", "Pers.nr."),
        ),
    ),
    "plan": ("plan_id", ("Social Plan", "Sociaal plan")),
    "entity": ("entity_id", ("Entity", "Entiteit", "Werkmaatschappij")),
    "package": ("package_id", ("Package", "Pakket")),
    "dismissal": (
        "date_dismissal",
        ("Dismissal Date", "Last Day", "Ontslagdatum", "Datum uit dienst"),
    ),
    "budget": ("budget", ("Budget",)),
    "choice": ("choice", ("Choice", "Keuze")),
    "chosen": ("date_choice", ("Chosen on", "Gekozen op", "Datum keuze")),
    "deadline": (
        "date_deadline",
        ("Choose before the End of", "Deadline", "Kiezen vóór het einde van"),
    ),
}
REQUIRED = ("name", "email", "number")
# In a file to mend; not read again.
PROBLEM = ("Problem", "Probleem")


class OutplacementEntitlementIntake(models.TransientModel):
    """The columns of the files by which people come under a social plan: those that
    are read, those to fill in and those to mend."""

    _inherit = "outplacement.entitlement.intake"

    @api.model
    def _get_label(self, key):
        """Return how a column is headed in the language of the user, so that Odoo's own
        import knows it too."""
        field = self.env["outplacement.entitlement"]._fields[COLUMNS[key][0]]
        return field._description_string(self.env)

    @api.model
    def _get_columns(self):
        """Return the columns that are looked for in a file."""
        columns = [
            Column(key, (self._get_label(key), *headings), key in REQUIRED)
            for key, (_field, headings) in COLUMNS.items()
        ]
        return [*columns, Column("problem", (self.env._("Problem"), *PROBLEM))]

    # ------------------------------------------------------------------
    # To fill in
    # ------------------------------------------------------------------

    def action_download_template(self):
        """Save the file to fill in."""
        self.ensure_one()
        self.check_access("read")
        url = f"/outplacement/entitlement/template.xlsx?plan_id={self.plan_id.id}"
        return {"type": "ir.actions.act_url", "url": url, "target": "download"}

    @api.model
    def _get_template(self, plan):
        """Return the file to fill in, as the bytes of a workbook.

        :param plan: ``outplacement.social.plan``, whose entities and packages are
            named; empty: the file is for any plan, and has a column for it
        """
        keys = [key for key in COLUMNS if not plan or key != "plan"]
        head = [self._get_label(key) for key in keys]
        return write_xlsx(head, [], self._get_explanation(plan, keys))

    @api.model
    def _get_explanation(self, plan, keys):
        """Return the second sheet: first its title, then its rows."""
        needed = self.env._("Needed")
        hints = self._get_hints(plan)
        return [
            self.env._("Explanation"),
            [self.env._("Column"), needed, self.env._("What to fill in")],
            *(
                [
                    self._get_label(key),
                    self.env._("Yes") if key in REQUIRED else "",
                    hints.get(key, ""),
                ]
                for key in keys
            ),
        ]

    @api.model
    def _get_hints(self, plan):
        """Return what is filled in where, by key."""
        day = self.env._("A day, as 31-12-2026 or 2026-12-31")
        Entitlement = self.env["outplacement.entitlement"]
        choices = Entitlement._fields["choice"]._description_selection(self.env)
        return {
            "name": self.env._("First name and last name"),
            "email": self.env._("Not the address that the employer gave"),
            "number": self.env._("As the employer knows it, with its zeros"),
            "plan": self.env._("The reference, as SP/2026/0001"),
            "entity": " / ".join(plan.entity_ids.mapped("partner_id.name")),
            "package": " / ".join(plan.package_ids.mapped("product_id.name")),
            "dismissal": day,
            "budget": self.env._("An amount; empty: that of the plan"),
            "choice": " / ".join(label for _value, label in choices),
            "chosen": day,
            "deadline": day,
        }

    # ------------------------------------------------------------------
    # To mend
    # ------------------------------------------------------------------

    def action_download_to_mend(self):
        """Save the rows that are not good."""
        self.ensure_one()
        self.check_access("read")
        url = f"/outplacement/entitlement/intake/{self.id}/mend.xlsx"
        return {"type": "ir.actions.act_url", "url": url, "target": "download"}

    def _get_file_to_mend(self):
        """Return the rows that are not good, with what is wrong with them, as the bytes
        of a workbook. Mended, it is read again."""
        self.ensure_one()
        staged = self._get_staged()
        texts = {}
        for problem in self.problem_ids:
            if not problem.is_passable:
                texts.setdefault(problem.row, []).append(problem.text)
        old = staged["positions"].get("problem")
        kept = [i for i in range(len(staged["header"])) if i != old]
        head = [staged["header"][i] for i in kept]
        rows = [
            [*(cells[i] for i in kept), " ".join(texts[number])]
            for number, cells, _surplus in staged["rows"]
            if number in texts
        ]
        return write_xlsx([*head, self.env._("Problem")], rows)
