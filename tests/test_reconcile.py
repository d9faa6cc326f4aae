import base64
import io

import openpyxl

from odoo.exceptions import UserError
from odoo.tests import freeze_time, new_test_user, tagged

from ..tools.table_file import TableFileError, write_csv, write_xlsx
from .common_billing import TODAY
from .common_plan import PlanCommon

HEAD = ("Personeelsnummer", "Naam", "Privé-e-mail", "Entiteit", "Keuze", "Afdeling")
HEAD_ANSWER = [
    *("Row", "Name", "Personnel Number", "Entity", "Result", "What differs"),
    *("Choice", "Chosen on", "Status"),
]


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestReconcile(PlanCommon):
    """Holding the people under a plan against the list of the employer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls.env["res.partner"].create(
            {"name": "Second Entity", "is_company": True}
        )
        cls.plan = cls._make_social_plan(money_allowed=True)
        cls.entity = cls.plan.entity_ids
        cls.other_entity = cls.entity.create(
            {"plan_id": cls.plan.id, "partner_id": cls.second.id}
        )
        cls.people = cls._entitle(cls.plan, 4, entity_id=cls.entity.id)
        cls.anna, cls.bea, cls.chris, cls.dirk = cls.people
        for person, name in zip(
            cls.people, ("Anna", "Bea", "Chris", "Dirk"), strict=True
        ):
            person.candidate_id.name = name
        cls.bea.write({"choice": "money", "date_choice": TODAY})

    def _open(self, user=None, plan=None, **values):
        user = user or self.account_manager
        plan = (plan or self.plan).with_user(user).sudo(False)
        wizard = self.env["outplacement.social.plan.reconcile"].with_user(user)
        wizard = wizard.sudo(False).browse(plan.action_reconcile()["res_id"])
        wizard.write(values)
        return wizard.with_context(lang="en_US")

    def _compare(self, *rows, head=HEAD, xlsx=False, **values):
        """Return the window after the list with ``rows`` was compared."""
        content = (write_xlsx if xlsx else write_csv)(head, rows)
        wizard = self._open(file=base64.b64encode(content), **values)
        wizard.action_compare()
        return wizard

    def _get_lines(self, wizard):
        return [
            (line.kind, line.row, line.name, line.text or "")
            for line in wizard.line_ids.sorted(
                lambda one: (one.kind, one.row, one.name)
            )
        ]

    def _get_answer(self, wizard):
        book = openpyxl.load_workbook(io.BytesIO(base64.b64decode(wizard.answer_file)))
        [head, *rows] = [[cell or "" for cell in row] for row in book.active.values]
        self.assertEqual(head, HEAD_ANSWER)
        return rows

    # ------------------------------------------------------------------

    def test_both_ways(self):
        """One the same, one different, one missing on either side."""
        for xlsx in (False, True):
            wizard = self._compare(
                ["P0001", "anna", "", "Big  Employer", "", "Depot"],
                ["P0002", "Bea B.", "", "Second Entity", "Outplacement", ""],
                ["P9999", "Elders", "", "", "", ""],
                ["", "", self.chris.candidate_id.email.upper(), "", "onbeslist", ""],
                xlsx=xlsx,
            )
            with self.subTest(xlsx=xlsx):
                self.assertEqual(
                    self._get_lines(wizard),
                    [
                        (
                            "different",
                            3,
                            "Bea B.",
                            "Employee: theirs “Bea B.”, ours “Bea”. Entity: theirs "
                            "“Second Entity”, ours “Big Employer”. Choice: theirs "
                            "“Outplacement”, ours “Money”.",
                        ),
                        ("ours", 0, "Dirk", ""),
                        ("theirs", 4, "Elders", ""),
                    ],
                )
                self.assertRecordValues(
                    wizard,
                    [
                        {
                            "row_count": 4,
                            "same_count": 2,
                            "different_count": 1,
                            "theirs_count": 1,
                            "ours_count": 1,
                            "ignored": "Afdeling",
                            "file": False,
                        }
                    ],
                )

    def test_dates_and_packages(self):
        head = ["Personeelsnummer", "Ontslagdatum", "Pakket"]
        package = self.plan_package.name
        wizard = self._compare(
            ["P0001", "30-06-2026", package.upper()],
            ["P0002", "2026-06-30", ""],
            ["P0003", "30/06/2026", "Ander pakket"],
            ["P0004", "1-7-2026", package],
            head=head,
        )
        lines = self._get_lines(wizard)
        self.assertEqual(
            [line[:2] for line in lines], [("different", 4), ("different", 5)]
        )
        self.assertIn(f"Package: theirs “Ander pakket”, ours “{package}”", lines[0][3])
        self.assertIn(
            "Dismissal Date: theirs “1-7-2026”, ours “06/30/2026”", lines[1][3]
        )
        lines = self._get_lines(self._compare(["P0001", "eind juni", ""], head=head))
        self.assertIn("theirs “eind juni”", lines[0][3])

    def test_who_is_who(self):
        """By number, also without its zeros; else by e-mail."""
        self.anna.personnel_number, self.bea.personnel_number = "00042", "42"
        self.chris.personnel_number = "0007"
        head = ["Personeelsnummer", "Privé-e-mail"]
        wizard = self._compare(
            ["42", ""],
            ["7", ""],
            ["042", ""],
            ["", ""],
            ["x", self.dirk.candidate_id.email],
            ["X", self.dirk.candidate_id.email],
            head=head,
        )
        lines = self._get_lines(wizard)
        self.assertEqual(
            [(kind, row) for kind, row, *_ in lines],
            [
                *[("different", row) for row in (3, 6, 7)],
                ("ours", 0),
                ("theirs", 4),
            ],
        )
        self.assertIn("theirs “7”, ours “0007”", lines[0][3])
        self.assertEqual(lines[3][2], "Anna")
        self.assertIn("An earlier row is about the same person.", lines[2][3])

    def test_who_cannot_be_found(self):
        wizard = self._compare(["", "Anna", "", "", "", ""])
        [line] = [line for line in self._get_lines(wizard) if line[0] == "theirs"]
        self.assertIn("No personnel number and no private e-mail", line[3])

    def test_who_is_not_under_the_plan_any_more(self):
        self.anna.with_user(self.account_manager).sudo(False).action_cancel()
        self.env.flush_all()
        wizard = self._compare(["P0001", "Anna", "", "", "", ""])
        [line] = [line for line in self._get_lines(wizard) if line[0] == "theirs"]
        self.assertIn("is “Cancelled”", line[3])
        # and somebody else may have the number by now
        again = self._entitle(self.plan, 1, personnel_number="P0001")
        again.candidate_id.name = "Anna"
        again.entity_id = self.entity
        wizard = self._compare(["P0001", "Anna", "", "", "", ""])
        self.assertEqual((wizard.same_count, wizard.ours_count), (1, 3))

    # ------------------------------------------------------------------
    # The answer
    # ------------------------------------------------------------------

    def test_answer(self):
        self._entitle(self.plan, 1, state="draft", entity_id=self.entity.id)
        self.dirk.write({"choice": "outplacement", "date_choice": TODAY})
        self._call_off(self.dirk)
        wizard = self._compare(
            ["P0001", "Anna", "anna@work.example.com", "", "", ""],
            ["P0002", "Bea", "", "", "Geen", ""],
            ["P9999", "Elders", "", "Depot", "", ""],
            ["P0005", "Nog niet", "", "", "", ""],
        )
        entity = self.entity.partner_id.name
        self.assertEqual(
            self._get_answer(wizard),
            [
                [
                    "2",
                    "Anna",
                    "P0001",
                    "",
                    "The same",
                    "",
                    "Not chosen yet",
                    "",
                    "Entitled",
                ],
                [
                    "3",
                    "Bea",
                    "P0002",
                    "",
                    "Different",
                    "Choice: Money",
                    "Money",
                    "01/05/2026",
                    "Entitled",
                ],
                ["4", "Elders", "P9999", "Depot", "Not in our list", *[""] * 4],
                ["5", "Nog niet", "P0005", "", "Not in our list", *[""] * 4],
                [
                    "",
                    "Chris",
                    "P0003",
                    entity,
                    "Not in your list",
                    "",
                    "Not chosen yet",
                    "",
                    "Entitled",
                ],
                [
                    "",
                    "Dirk",
                    "P0004",
                    entity,
                    "Not in your list",
                    "",
                    "Outplacement",
                    "01/05/2026",
                    "Called off",
                ],
            ],
        )
        self.assertIn("SP-", wizard.answer_name)

    def test_answer_holds_nothing_private(self):
        head = [*HEAD[:5], "Ontslagdatum", "Pakket"]
        wizard = self._compare(
            ["P0001", "X", "x@work.example.com", "", "", "1-1-2030", "Ander"],
            head=head,
        )
        text = str(self._get_answer(wizard))
        for person in self.people:
            for secret in (person.candidate_id.email, person.name, "06/30/2026"):
                self.assertNotIn(secret, text)
        self.assertNotIn(self.plan_package.name, text)
        self.assertNotIn("E-mail", text)
        self.assertIn("Dismissal Date; Package", text)

    def test_answer_of_one_entity(self):
        """The contact of an entity learns of its own people only."""
        self.bea.entity_id = self.other_entity
        wizard = self._compare(
            ["P0001", "Anna", "", "", "", ""],
            ["P0002", "Bea", "", "", "", ""],
            entity_id=self.entity.id,
        )
        self.assertEqual(wizard.ours_count, 2)
        rows = self._get_answer(wizard)
        self.assertEqual([row[1] for row in rows], ["Anna", "Bea", "Chris", "Dirk"])
        self.assertEqual(
            rows[1], ["3", "Bea", "P0002", "", "Not in our list", *[""] * 4]
        )
        self.assertIn("Under another entity", str(self._get_lines(wizard)))
        wizard = self._compare(
            ["P0001", "Anna", "", "", "", ""], entity_id=self.other_entity.id
        )
        self.assertEqual([r[1] for r in self._get_answer(wizard)], ["Anna", "Bea"])

    def test_formulas_are_texts(self):
        wizard = self._compare(["P1", '=HYPERLINK("x")', "", "", "", ""])
        book = openpyxl.load_workbook(io.BytesIO(base64.b64decode(wizard.answer_file)))
        types = {cell.data_type for row in book.active for cell in row}
        self.assertNotIn("f", types)

    # ------------------------------------------------------------------
    # Who, and what is refused
    # ------------------------------------------------------------------

    def test_nothing_is_written(self):
        before = self.people.read() + self.people.candidate_id.read()
        self._compare(["P0001", "Else", "e@example.com", "Second Entity", "Geld", ""])
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.people.read() + self.people.candidate_id.read(), before)

    def test_only_for_who_keeps_the_plan(self):
        other = new_test_user(
            self.env,
            "other_seller",
            "outplacement.group_account_manager",
            company_id=self.company.id,
        )
        for user in (self.planner, self.finance, self.coach, self.salesman, other):
            with self.subTest(user=user.login), self.assertDenied():
                self._open(user)
        self.assertTrue(self._open(self.manager))
        wizard = self._compare(["P0001", "Anna", "", "", "", ""])
        for user in (self.manager, other):
            theirs = wizard.with_user(user).sudo(False)
            with self.subTest(user=user.login):
                for call in (theirs.action_compare, theirs.action_restart):
                    with self.assertDenied():
                        call()
                for record in (theirs, wizard.line_ids.with_user(user).sudo(False)):
                    with self.assertDenied():
                        record.read()
        self.plan.account_manager_id = other
        with self.assertDenied():
            wizard.action_restart()

    def test_bad_lists(self):
        for content, error in (
            (b"", "Choose a CSV"),
            (b"\x00\x01\x02", "no CSV or XLSX"),
            (write_csv(["Naam"], [["x"]]), "found by one of them"),
            (write_csv(["Naam", "Personeelsnummer"], []), "nothing below it"),
            (b"\xd0\xcf\x11\xe0" + b"0" * 100, "old Excel file"),
        ):
            wizard = self._open(file=base64.b64encode(content))
            with self.subTest(error=error), self.assertRefused(error):
                wizard.action_compare()
        with self.assertRaises(TableFileError):
            self._open(file=b"A" * (16 << 20))

    def test_entity_of_another_plan(self):
        other = self._make_social_plan()
        wizard = self._open(file=base64.b64encode(b"x"), entity_id=other.entity_ids.id)
        with self.assertRaises(UserError):
            wizard.action_compare()

    def test_as_many_queries_for_many(self):
        def count(number):
            rows = [[f"P{n:04}", "x", "", "", "", ""] for n in range(number)]
            content = base64.b64encode(write_csv(HEAD, rows))
            wizard = self._open(file=content)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            wizard.action_compare()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        count(6)
        few = count(6)
        self._entitle(self.plan, 30, entity_id=self.entity.id)
        # new people make Odoo forget the company of who asks: it is read once more
        count(6)
        self.assertLessEqual(count(60), few)
