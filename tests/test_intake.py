from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common_billing import TODAY
from .common_intake import HEAD, IntakeCommon, make_csv, make_people, make_xlsx


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestIntake(IntakeCommon):
    """Bringing the people of a file under a plan: all, none, or the good ones."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls._make_social_plan(cap_heads=40)

    # ------------------------------------------------------------------
    # All of them
    # ------------------------------------------------------------------

    def test_import_all(self):
        written = self._count_written()
        intake = self._check(make_csv(*make_people(45)))
        self.assertEqual(
            (intake.row_count, intake.good_count, intake.bad_count), (45, 45, 0)
        )
        self.assertEqual(self._count_written(), written)
        self.assertRegex(intake.notice, "45 people .* 40 can .* from row 42 on")
        self.assertFalse(intake.file)
        intake.action_import_all()
        people = self._get_people()
        self.assertEqual(len(people), 45)
        self.assertEqual(set(people.mapped("state")), {"entitled"})
        self.assertEqual(people[0].candidate_id.name, "Employee 1")
        self.assertEqual(people[0].email_normalized, "employee1@home.example")
        self.assertEqual(people[44].personnel_number, "00045")
        self.assertEqual(people[0].entity_id, self.plan.entity_ids)
        self.assertEqual(people[0].package_id, self.plan.package_ids)
        self.assertFalse(people.candidate_id.parent_id)
        self.assertEqual((intake.state, intake.imported_count), ("done", 45))
        self.assertNotIn("employee1", intake.staged)
        self.assertIn("Imported: 45 people", self.plan.message_ids[0].body)
        self.assertNotIn("Employee", self.plan.message_ids[0].body)

    def test_every_column(self):
        plan = self._make_social_plan(
            money_allowed=True,
            cap_person=4000.0,
            entity_ids=[
                Command.create({"partner_id": self.employer.id}),
                Command.create(
                    {
                        "partner_id": self.env["res.partner"]
                        .create({"name": "Söhne B.V.", "is_company": True})
                        .id
                    }
                ),
            ],
        )
        head = (
            *("choice", "NAAM ", "personeels-nummer", "Prive e-mail", "Entiteit"),
            *("Pakket", "Ontslagdatum", "Budget", "Gekozen op", "Sociaal plan"),
            *("deadline", "Shoe size"),
        )
        head = ("Keuze", *head[1:3], "E-mail", *head[4:])
        row = (
            *("geld", " Zoë  van 't Hof", "0007", "Zoe@Home.Example", "sohne b.v."),
            *(self.plan_package.name, "30-06-2026", "€ 3.195,50", "2-1-2026"),
            *(plan.name, "2026-05-01", "43"),
        )
        intake = self._check(make_csv(row, head=head), plan, is_entitled=False)
        self.assertFalse(self._get_problems(intake))
        self.assertFalse(intake.notice)
        self.assertEqual(intake.ignored, "Shoe size")
        intake.action_import_all()
        person = self._get_people(plan)
        self.assertRecordValues(
            person,
            [
                {
                    "state": "draft",
                    "personnel_number": "0007",
                    "email_normalized": "zoe@home.example",
                    "budget": 3195.5,
                    "choice": "money",
                    "entity_id": plan.entity_ids[1].id,
                    "package_id": plan.package_ids.id,
                }
            ],
        )
        days = (person.date_dismissal, person.date_choice, person.date_deadline)
        self.assertEqual(
            [str(day) for day in days], ["2026-06-30", "2026-01-02", "2026-05-01"]
        )
        self.assertEqual(person.candidate_id.name, "Zoë van 't Hof")

    def test_what_is_told_of_all(self):
        """Budget and what is empty, of the good rows together."""
        other = self.env["res.partner"].create({"name": "Other", "is_company": True})
        plan = self._make_social_plan(
            cap_amount=7000.0,
            entity_ids=[
                Command.create({"partner_id": self.employer.id}),
                Command.create({"partner_id": other.id}),
            ],
        )
        people = [(*person, "Other") for person in make_people(3)]
        head = (*HEAD, "Entity")
        intake = self._check(make_csv(*people[:2], head=head), plan)
        self.assertFalse(intake.notice)
        intake = self._check(make_csv(*people, head=head), plan)
        self.assertRegex(intake.notice, "9,585.00.* and .*7,000.00.* is left")
        people[0] = (*people[0][:3], "")
        intake = self._check(make_csv(*people, head=head), plan)
        self.assertEqual(intake.good_count, 3)
        self.assertRegex(intake.notice, "without an entity: 1, without a package: 0")

    def test_in_steps(self):
        """A large file is checked a thousand rows at a time, and knows where it is."""
        path = "odoo.addons.outplacement.wizards.outplacement_entitlement_intake.BATCH"
        people = make_people(25)
        people[24] = people[3]
        with patch(path, 10):
            intake = self._upload(make_csv(*people))
            intake.action_check()
            seen = []
            while intake.state == "checking":
                seen.append(intake.check_next())
        self.assertEqual([step["checked"] for step in seen], [10, 20, 25])
        self.assertEqual({step["total"] for step in seen}, {25})
        self.assertEqual((intake.good_count, intake.bad_count), (24, 1))
        texts = self._get_problems(intake)
        self.assertEqual(len(texts), 2)  # the address and the number
        self.assertIn("Row 5 has the same", texts[0])

    # ------------------------------------------------------------------
    # The good ones
    # ------------------------------------------------------------------

    def test_good_ones_and_the_rest_to_mend(self):
        people = make_people(5)
        people[1] = ("", people[1][1], "=1+1")
        people[3] = (people[3][0], "no address", people[3][2])
        # a remark only: nothing to mend
        self.env["res.partner"].create({"name": "Known", "email": people[0][1]})
        intake = self._check(make_xlsx(*people))
        self.assertEqual((intake.good_count, intake.bad_count), (3, 2))
        self.assertTrue(intake.problem_ids.filtered("is_passable"))
        mend = intake._get_file_to_mend()
        intake.action_import_good()
        self.assertEqual(len(self._get_people()), 3)
        self.assertEqual((intake.state, intake.imported_count), ("done", 3))
        self.assertEqual(self._read(intake._get_file_to_mend()), self._read(mend))
        head, rows = self._read(mend)
        self.assertEqual(head, [*HEAD, "Problem"])
        self.assertEqual([row[0] for row in rows], ["", "Employee 4"])
        self.assertRegex(rows[0][3], "A formula .* Fill in the name")
        # mended, it is read again, with its last column
        rows[0][0], rows[0][2], rows[1][1] = "Mended", "77", "mended@home.example"
        again = self._check(make_xlsx(*rows, head=head))
        self.assertFalse(self._get_problems(again))
        again.action_import_all()
        self.assertEqual(len(self._get_people()), 5)

    def test_second_time(self):
        content = make_csv(*make_people(3))
        self._check(content).action_import_all()
        again = self._check(content)
        self.assertEqual((again.good_count, again.bad_count), (0, 3))
        self.assertEqual(len(again.problem_ids), 6)
        again.action_import_good()
        self.assertIn("Nothing was imported", again.notice)
        self.assertEqual(len(self._get_people()), 3)
        # who is not under the plan any more may come again
        self._get_people().action_cancel()
        free = self._check(content)
        self.assertEqual((free.good_count, free.bad_count), (3, 0))
        self.assertTrue(all(problem.is_passable for problem in free.problem_ids))

    # ------------------------------------------------------------------
    # All or nothing
    # ------------------------------------------------------------------

    def test_failure_at_the_last_row(self):
        intake = self._check(make_csv(*make_people(20)))
        written = self._count_written()
        Entitlement = self.env.registry["outplacement.entitlement"]

        def fail(people):
            self.assertEqual(len(people), 20)
            people.flush_recordset()
            raise ValueError("at the very end")

        with (
            patch.object(Entitlement, "action_entitle", fail),
            self.assertRefused("at the very end", ValueError),
            self.env.cr.savepoint(),
        ):
            intake.action_import_all()
        self.assertEqual(self._count_written(), written)

    def test_plan_closed_meanwhile(self):
        intake = self._check(make_csv(*make_people(2)))
        self.plan.with_user(self.account_manager).action_close()
        with self.assertRefused("is closed: nobody is added"):
            intake.action_import_all()
        self.assertFalse(self._get_people())
        with self.assertRefused("is closed: nobody is added"):
            self.plan.with_user(self.account_manager).action_import_people()

    def test_button(self):
        mine = self.plan.with_user(self.account_manager).sudo(False)
        action = mine.action_import_people()
        intake = mine.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual((intake.plan_id, intake.state), (mine, "upload"))
        self.assertEqual(intake.display_name, "Import People")

    def test_same_people_imported_meanwhile(self):
        """What the check found is looked at again under the lock."""
        intake = self._check(make_csv(*make_people(3)))
        other = self._check(make_csv(*make_people(2)))
        other.action_import_all()
        written, turn = self._count_written(), self.plan.turn_number
        intake.action_import_all()
        self.assertEqual(self._count_written(), written)
        self.assertEqual((intake.state, intake.bad_count), ("checked", 2))
        self.assertIn("Nothing was imported", intake.notice)
        self.assertGreater(self.plan.turn_number, turn)

    def test_only_what_was_checked(self):
        intake = self._upload(make_csv(*make_people(1)))
        for method in (intake.action_import_all, intake.action_import_good):
            with self.assertRefused("Have a file checked first"):
                method()
        intake.action_check()
        intake.action_restart()
        self.assertEqual((intake.state, intake.row_count), ("upload", 0))
        with self.assertRefused("Choose a CSV or XLSX file first"):
            intake.action_check()

    # ------------------------------------------------------------------
    # Who may
    # ------------------------------------------------------------------

    def test_roles(self):
        content = make_csv(*make_people(1))
        other = self.coach.copy()
        other.group_ids = self.env.ref("outplacement.group_account_manager")
        for user in (self.planner, self.finance, self.coach, other):
            with self.subTest(user=user.login), self.assertDenied():
                self._upload(content, user=user)
            with self.subTest(user=user.login), self.assertDenied():
                self.plan.with_user(user).action_import_people()
        manager = self._check(content, user=self.manager)
        manager.action_import_all()
        self.assertEqual(self._get_people().candidate_id.name, "Employee 1")

    def test_only_their_maker_reads_files(self):
        intake = self._check(make_csv(("", "x", "1")))
        for record in (intake, intake.problem_ids):
            with self.assertRaises(AccessError):
                record.with_user(self.manager).read()
            found = record.with_user(self.manager).search([("id", "in", record.ids)])
            self.assertFalse(found)
        with self.assertDenied():
            intake.with_user(self.manager).action_import_good()
        self.assertFalse(
            self.env["ir.attachment"].search([("res_model", "=like", "%intake%")])
        )

    # ------------------------------------------------------------------
    # How much it asks of the database
    # ------------------------------------------------------------------

    def test_queries(self):
        """As many for thirty people as for three."""
        counts = []
        # the first ones ask what is asked once only
        for number, first in ((2, 800), (3, 900), (3, 1), (30, 100)):
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            intake = self._check(make_csv(*make_people(number, first)))
            middle = self.env.cr.sql_log_count
            intake.action_import_all()
            self.env.flush_all()
            counts.append((middle - start, self.env.cr.sql_log_count - middle))
        self.assertEqual(counts[2], counts[3])
