import base64
import json
from datetime import date

from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged

from .common_publication import PublicationCommon
from .suppression_attacker import Attacker


@tagged("post_install", "-at_install")
class TestResultReport(PublicationCommon):
    """What a prospect is told of the results with other candidates."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_type = cls.env.ref(
            "outplacement.outplacement_traject_type_career_fit"
        )
        cls.long, cls.short = cls.env["product.product"].create(
            [
                {
                    "name": name,
                    "type": "service",
                    "service_tracking": "outplacement",
                    "outplacement_type_id": cls.traject_type.id,
                }
                for name in ("Twelve months", "Six months")
            ]
        )

    def _close(self, number, year=2025, outcome="placed", package=None, **values):
        """Return closed trajects of so many people."""
        package = package or self.long
        people = self._call_off_people(number)
        self._place(people, outcome=outcome, closed=date(year, 6, 1))
        self._store(people, {"product_id": package.id, **values})
        return people

    def _close_many(self):
        """Twenty-seven of 2025, eleven of 2024."""
        self._close(12)
        self._close(5, outcome="term_ended")
        self._close(7, package=self.short)
        self._close(3, package=self.short, outcome="stopped")
        self._close(8, year=2024)
        self._close(3, year=2024, outcome="stopped")

    def _draft(self, user=None, **values):
        Report = self.env["outplacement.result.report"]
        return Report.with_user(user or self.account_manager).create(values)

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    def test_years_types_and_packages(self):
        self._close_many()
        report = self._draft()
        self.assertEqual((report.year_from, report.year_to), (2023, 2025))
        years = self._get_rows(report, "By year")
        self.assertEqual(years["2025"], [27, 19, "70%", 10])
        # of three everybody would know: found work is not told apart in 2024
        self.assertEqual(years["2024"], [11, "–", "–", "–"])
        self.assertEqual(years["Together"], [38, "–", "–", "–"])
        types = self._get_rows(report, "By type")
        self.assertEqual(types[self.traject_type.name], years["Together"])
        packages = self._get_rows(report, "By package")
        self.assertEqual(packages["Six months"], ["–", 7, "–", 10])

    def test_enough_of_everything(self):
        for package in (self.long, self.short):
            self._close(6, package=package)
            self._close(5, package=package, outcome="stopped")
        report = self._draft(year_from=2025, year_to=2025)
        packages = self._get_rows(report, "By package")
        self.assertEqual(packages["Six months"], [11, 6, "55%", 10])
        self.assertEqual(packages["Twelve months"], [11, 6, "55%", 10])
        self.assertEqual(self._get_rows(report, "Outcomes")["Stopped"], [10])

    def test_types_are_told_apart_before_packages(self):
        self._close(6)
        self._close(3, package=self.short)
        self._close(7, type_id=self.other_type.id)
        rows = self._get_rows(self._draft(), "By type")
        self.assertEqual(rows[self.traject_type.name], [9, 9, "100%", 10])
        self.assertEqual(rows[self.other_type.name], [7, 7, "100%", 10])

    def test_small_years_are_put_together(self):
        self._close(3, year=2023)
        self._close(4, year=2024)
        self._close(9, year=2025)
        years = self._get_rows(self._draft(), "By year")
        self.assertEqual(years["2023–2024"][0], 7)
        self.assertEqual(years["2025"][0], 9)
        # whoever asks for one of the two is not told the other by subtraction
        years = self._get_rows(self._draft(year_from=2024), "By year")
        self.assertEqual(set(years), {"2025", "Together"})

    def test_nothing_can_be_told(self):
        self._close(4)
        report = self._draft()
        self.assertFalse(report.sections)
        self.assertIn("No figure can be shown", report._get_lines()[-1])

    def test_who_is_counted(self):
        """Closed in years that are over, of the company; archived ones too."""
        self._close(6)
        self._close(5, year=2026)
        self._store(self._close(5), {"state": "cancelled"})
        self._store(self._close(5), {"active": False})
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self._store(self._close(7), {"company_id": elsewhere.id})
        self.assertEqual(self._get_rows(self._draft(), "By year")["Together"][0], 11)

    def test_the_attacker_finds_nothing(self):
        self._close_many()
        self._close(2, year=2024, package=self.short)
        self._close(4, type_id=self.other_type.id, outcome="internal")
        for unit in self._draft().figures["units"]:
            line = [key for keys, _number in unit["stretches"] for key in keys]
            attacker = Attacker(line, [unit["stretches"]])
            places = range(len(line))
            for first in places:
                for last in places[first:]:
                    least, most = attacker.get_stretch(0, first, last)
                    self.assertFalse(least > 0 and most < 5)

    # ------------------------------------------------------------------
    # Over time
    # ------------------------------------------------------------------

    def test_a_year_that_was_told_stays(self):
        """What happened since, or was mended, is no difference of two reports."""
        self._close_many()
        first = self._draft()
        first.action_release()
        self._close(1)
        self._close(1, year=2024)
        second = self._draft()
        self.assertEqual(second.figures["units"], first.figures["units"])
        with freeze_time("2027-01-15"):
            self._close(9, year=2026)
            third = self._draft(year_from=2024)
            years = self._get_rows(third, "By year")
        self.assertEqual(years["2025"][0], 27)
        self.assertEqual(years["2026"][0], 9)

    def test_released_stays(self):
        self._close_many()
        report = self._draft()
        report.action_release()
        for record in (report, report.sudo()):
            self.assertRefused(record.write, {"year_from": 2020}, error=UserError)
            self.assertRefused(record.unlink, error=UserError)
        self.assertTrue(report.document_sha256)

    def test_a_year_that_goes_on(self):
        self.assertRefused(self._draft, year_to=2026, error=ValidationError)

    # ------------------------------------------------------------------
    # Who, and of whom
    # ------------------------------------------------------------------

    def test_roles(self):
        self._close_many()
        for role, user in self.users.items():
            with self.case(role=role):
                if "account_manager" in role or role in ("deputy_seller", "manager"):
                    report = self._draft(user)
                    report.action_release()
                    self.assertEqual(
                        self._get_rows(report, "By year")["Together"][0], 38
                    )
                else:
                    self.assertRefused(self._draft, user)
                    report = self._draft().with_user(user)
                    self.assertRefused(report.read, ["sections"])

    def test_other_companies(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        manager = new_test_user(
            self.env,
            "test_elsewhere",
            "outplacement.group_manager",
            company_id=elsewhere.id,
            company_ids=elsewhere.ids,
        )
        report = self._draft()
        self.assertFalse(report.with_user(manager).search([("id", "=", report.id)]))
        self.assertRefused(self._draft, manager, company_id=self.company.id)

    def test_nobody_is_named(self):
        people = self._close(9)
        report = self._draft()
        report.action_release()
        cells = self._get_cells(base64.b64decode(report.sheet))
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "outplacement.report_results", report.ids
        )
        text = json.dumps([report.figures, report.sections]) + html.decode()
        text += " ".join(str(cell.value) for cell in cells)
        self.assertNotIn("canary", text.lower())
        self.assertNotIn(people[0].name, text)
        self.assertNotIn(self.employer.name, text)

    def test_no_formula_in_the_sheet(self):
        self.long.name = "=1+1"
        self._close(9)
        report = self._draft()
        report.action_release()
        cells = self._get_cells(base64.b64decode(report.sheet))
        self.assertNotIn("f", {cell.data_type for cell in cells})
        self.assertIn("'=1+1", [cell.value for cell in cells])
