import io
from datetime import date

import openpyxl

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common_billing import TODAY
from .common_intake import IntakeCommon, make_csv, make_people

COLUMNS = (
    "plan_id",
    "candidate_name",
    "candidate_email",
    "personnel_number",
    "date_dismissal",
)
OPTIONS = {
    "quoting": '"',
    "separator": ";",
    "has_headers": True,
    "date_format": "%Y-%m-%d",
    "float_thousand_separator": ".",
    "float_decimal_separator": ",",
}


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestIntakeImport(IntakeCommon):
    """Odoo's own import of people under a social plan."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls._make_social_plan()

    def _import(self, rows, fields=COLUMNS, user=None, dryrun=False, **context):
        """Return what Odoo's import says of these rows."""
        head = [f"column {i}" for i in range(len(fields))]
        Import = self.env["base_import.import"].with_user(user or self.account_manager)
        wizard = (
            Import.sudo(False)
            .with_context(**context)
            .create(
                {
                    "res_model": "outplacement.entitlement",
                    "file": make_csv(*rows, head=head),
                    "file_type": "text/csv",
                    "file_name": "people.csv",
                }
            )
        )
        return wizard.execute_import(list(fields), head, dict(OPTIONS), dryrun)

    def _get_rows(self, count, first=1):
        return [
            (self.plan.name, *person, "2026-06-30")
            for person in make_people(count, first)
        ]

    def _assert_told(self, result, text):
        """Assert that nothing was imported, and why not."""
        self.assertFalse(result["ids"])
        self.assertRegex(" ".join(m["message"] for m in result["messages"]), text)

    # ------------------------------------------------------------------
    # What is imported
    # ------------------------------------------------------------------

    def test_people(self):
        result = self._import(self._get_rows(3))
        self.assertFalse(result["messages"])
        people = self._get_people()
        self.assertEqual(result["ids"], people.ids)
        self.assertEqual(people.mapped("number"), [1, 2, 3])
        self.assertEqual(people[0].name, f"{self.plan.name}-001")
        self.assertEqual(people[2].candidate_id.name, "Employee 3")
        self.assertEqual(people[2].email_normalized, "employee3@home.example")
        self.assertEqual(people[2].date_dismissal, date(2026, 6, 30))
        self.assertFalse(people.candidate_id.parent_id)
        self.assertEqual(set(people.mapped("state")), {"draft"})

    def test_from_the_plan(self):
        """Opened from the people of a plan, the file needs no column for it."""
        rows = [row[1:] for row in self._get_rows(2)]
        result = self._import(rows, COLUMNS[1:], default_plan_id=self.plan.id)
        self.assertFalse(result["messages"])
        self.assertEqual(self._get_people().mapped("number"), [1, 2])

    def test_entities_and_packages_by_name(self):
        other = self.env["res.partner"].create({"name": "Depot", "is_company": True})
        plan = self._make_social_plan(
            entity_ids=[
                Command.create({"partner_id": self.employer.id}),
                Command.create({"partner_id": other.id}),
            ]
        )
        names = (self.employer.name.upper(), "depot")
        rows = [
            (plan.display_name, *person, name, self.plan_package.name)
            for person, name in zip(make_people(2), names, strict=True)
        ]
        fields = [*COLUMNS[:4], "entity_id", "package_id"]
        self.assertFalse(self._import(rows, fields)["messages"])
        people = self._get_people(plan)
        self.assertEqual(people.entity_id, plan.entity_ids)
        self.assertEqual([e.entity_id for e in people], list(plan.entity_ids))
        self.assertEqual(people.package_id, plan.package_ids)
        rows[0] = (*rows[0][:4], "Warehouse", rows[0][5])
        self._assert_told(self._import(rows, fields), "“Warehouse” is no entity of SP")

    def test_nobody_who_was_there(self):
        """A contact with the same address is another one, and stays as it is."""
        partner = self.env["res.partner"].create(
            {"name": "Known", "email": "employee1@home.example"}
        )
        self._import(self._get_rows(1))
        person = self._get_people().candidate_id
        self.assertNotEqual(person, partner)
        self.assertEqual(partner.name, "Known")

    def test_template(self):
        Entitlement = self.env["outplacement.entitlement"]
        [template] = Entitlement.get_import_templates()
        self.assertEqual(
            template["template"], "/outplacement/entitlement/template.xlsx"
        )
        Intake = self.env["outplacement.entitlement.intake"]
        content = Intake.with_user(self.account_manager)._get_template(self.plan[:0])
        head = self._read_head(content)
        wizard = (
            self.env["base_import.import"]
            .with_user(self.account_manager)
            .create(
                {
                    "res_model": "outplacement.entitlement",
                    "file": make_csv(["x"] * len(head), head=head),
                    "file_type": "text/csv",
                    "file_name": "people.csv",
                }
            )
        )
        preview = wizard.parse_preview({**OPTIONS, "keep_matches": False})
        found = [path[0] for _i, path in sorted(preview["matches"].items())]
        self.assertEqual(
            found,
            [
                *("candidate_name", "candidate_email", "personnel_number", "plan_id"),
                *("entity_id", "package_id", "date_dismissal", "budget", "choice"),
                *("date_choice", "date_deadline"),
            ],
        )

    def _read_head(self, content):
        book = openpyxl.load_workbook(io.BytesIO(content))
        return [cell.value for cell in book.worksheets[0][1]]

    # ------------------------------------------------------------------
    # What is refused
    # ------------------------------------------------------------------

    def test_refused(self):
        self.coach.partner_id.email = "coach@bureau.example"
        known = self.env["res.partner"].create(
            {"name": "HR", "email": "hr@x.example", "parent_id": self.employer.id}
        )
        [row] = self._get_rows(1)
        cases = {
            "no name": ((row[0], "", *row[2:]), "needs a name and one valid private"),
            "no address": ((*row[:2], "", *row[3:]), "needs a name and one valid"),
            "no plan": (("", *row[1:]), "reference of one social plan"),
            "another plan": (
                ("SP/1999/0001", *row[1:]),
                "reference of one social plan",
            ),
            "a user": ((*row[:2], "COACH@bureau.example", *row[3:]), "with a login"),
            "employer": ((*row[:2], known.email, *row[3:]), "of the employer"),
        }
        written = self._count_written()
        for name, (broken, text) in cases.items():
            for rows in ([broken], [*self._get_rows(2, 50), broken]):
                with self.subTest(case=name, rows=len(rows)):
                    self._assert_told(self._import(rows), text)
                    self.assertEqual(self._count_written(), written)

    def test_twice(self):
        rows = self._get_rows(2)
        self._import(rows)
        written = self._count_written()
        self._assert_told(self._import(rows), "is there already")
        self._assert_told(
            self._import([*self._get_rows(1, 8), *self._get_rows(1, 8)]),
            "is there already",
        )
        self.assertEqual(self._count_written(), written)
        self.assertFalse(self._import(self._get_rows(1, 9), dryrun=True)["messages"])
        self.assertEqual(self._count_written(), written)

    def test_who_may(self):
        other = self.coach.copy()
        other.group_ids = self.env.ref("outplacement.group_account_manager")
        written = self._count_written()
        for user in (self.planner, self.coach, self.finance, other):
            with self.subTest(user=user.login):
                try:
                    result = self._import(self._get_rows(1), user=user)
                except AccessError:
                    result = {"ids": False}
                self.assertFalse(result["ids"])
                self.assertEqual(self._count_written(), written)
        self.plan.with_user(self.account_manager).action_close()
        self._assert_told(self._import(self._get_rows(1)), "nobody is added")

    def test_not_written_afterwards(self):
        self._import(self._get_rows(1))
        mine = self._get_people().with_user(self.account_manager).sudo(False)
        self.assertEqual(mine.candidate_name, "Employee 1")
        self.assertEqual(mine.plan_name, self.plan.name)
        for values in ({"candidate_name": "x"}, {"entity_name": "x"}):
            with self.assertRefused("imported once", ValidationError):
                mine.write(values)

    def test_queries(self):
        """As many for thirty people as for three."""
        counts = []
        # the first ones ask what is asked once only
        for number, first in ((2, 800), (3, 900), (3, 1), (30, 100)):
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self._import(self._get_rows(number, first))
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - start)
        self.assertEqual(counts[2], counts[3])
