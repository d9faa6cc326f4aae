import base64
import json
import random

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common_publication import PDF, PublicationCommon
from .suppression_attacker import Attacker

TABLES = ("Outcomes", "Under way")


@tagged("post_install", "-at_install")
class TestGroupReport(PublicationCommon):
    """What employer and works council are told of the people of a plan."""

    def _make_course(self):
        """Forty people: twelve found work, six ended otherwise."""
        people = self._call_off_people(40)
        self._place(people[:9], weeks=10)
        self._place(people[9:12], weeks=30, outcome="self_employed")
        self._place(people[12:18], outcome="term_ended")
        self._guide(people[18:26], 3)
        self._guide(people[26:29], 2)
        self._guide(people[29:34], 1)
        return people

    def _get_attacker(self, *reports):
        published = [report.figures["stretches"] for report in reports]
        return Attacker(reports[-1].figures["line"], [s for s in published if s])

    # ------------------------------------------------------------------
    # Figures
    # ------------------------------------------------------------------

    def test_forty_people(self):
        self._make_course()
        report = self._draft()
        rows = self._get_rows(report, *TABLES)
        # of three who are self-employed everybody would know
        found = "Placed or Self-employed, together"
        self.assertEqual(rows[found], [12])
        self.assertEqual(rows["Together"], [18])
        self.assertEqual(rows["Everybody"], [40])
        self.assertEqual(sum(n for _keys, n in report.figures["stretches"]), 40)
        results = self._get_rows(report, "Results")
        self.assertEqual(results["Found work"], [12])
        self.assertEqual(results["Placement rate"], ["67%"])
        self.assertEqual(results["Weeks from start to placement (median)"], [10])
        self.assertEqual(list(self._get_attacker(report).find_small_groups(5)), [])

    def test_nobody_is_lost(self):
        """Withdrawn, paused, archived, or in a phase that is no more: all count."""
        people = self._call_off_people(20)
        self._store(people[:5], {"state": "cancelled", "outcome": "stopped"})
        self._store(people[5:11], {"state": "paused", "phase_id": None})
        self._store(people[11:], {"active": False})
        rows = self._get_rows(self._draft(), *TABLES)
        self.assertEqual(rows["Everybody"], [20])
        self.assertEqual(rows["No phase"], [6])
        self.assertEqual(rows["In preparation, or withdrawn before the start"], [14])

    def test_too_few_for_a_rate(self):
        people = self._call_off_people(12)
        self._place(people[:4])
        report = self._draft()
        results = self._get_rows(report, "Results")
        self.assertEqual({row[0] for row in results.values()}, {"Not shown"})
        self.assertIsNone(report.figures["found"])
        self.assertIsNone(report.figures["median"])

    def test_too_few_for_anything(self):
        self._call_off_people(4)
        report = self._release(audience="works_council")
        self.assertEqual(report.figures["stretches"], [])
        self.assertFalse(report.sections)
        self.assertIn("No figure can be shown", report._get_lines()[-1])
        # and it is no history to hold others against
        self._call_off_people(1)
        self.assertTrue(self._draft().figures["stretches"])

    def test_a_small_change_is_not_told(self):
        """Two more placed: not by subtraction from the report before."""
        people = self._make_course()
        first = self._release()
        self._place(people[18:20])
        second = self._release(audience="works_council")
        self.assertEqual(first.figures["found"], 12)
        self.assertIsNone(second.figures["found"])
        found = self._get_attacker(first, second).find_small_groups(5)
        self.assertEqual(list(found), [])
        self._place(people[20:26])
        third = self._release()
        self.assertEqual(third.figures["found"], 20)
        found = self._get_attacker(first, second, third).find_small_groups(5)
        self.assertEqual(list(found), [])

    def test_both_audiences_on_one_day(self):
        self._make_course()
        first, second = self._release(), self._release(audience="works_council")
        self.assertEqual(first.figures["stretches"], second.figures["stretches"])

    def test_who_was_called_off_since_waits(self):
        self._make_course()
        first = self._release()
        self._call_off_people(3)
        second = self._release()
        self.assertEqual(self._get_rows(second, *TABLES)["Everybody"], [40])
        self.assertIn("counted once", second._get_lines()[-1])
        self._call_off_people(2)
        third = self._release()
        self.assertEqual(self._get_rows(third, *TABLES)["Everybody"], [45])
        found = self._get_attacker(first, second, third).find_small_groups(5)
        self.assertEqual(list(found), [])

    def test_the_median_stands_with_the_number(self):
        people = self._make_course()
        self._release()
        self._place(people[:9], weeks=20)
        second = self._draft()
        self.assertEqual(second.figures["found"], 12)
        self.assertEqual(second.figures["median"], 10)

    def test_random_courses(self):
        """Whatever happens between reports, and whatever their tables say."""
        for seed in range(6):
            with self.case(seed=seed):
                self._run_course(random.Random(seed))

    def _run_course(self, chance):
        people = self._call_off_people(chance.randint(8, 40))
        reports = self.env["outplacement.group.report"]
        steps = dict.fromkeys(people.ids, 0)
        for _moment in range(3):
            for traject in people:
                step = steps[traject.id] = steps[traject.id] + chance.randint(0, 2)
                if 1 <= step <= 4:
                    self._guide(traject, min(step - 1, len(self.phases) - 1))
                elif step > 4:
                    outcome = "placed" if traject.id % 5 else "stopped"
                    self._place(traject, outcome=outcome)
            reports += self._release(
                audience=chance.choice(("employer", "works_council"))
            ).sudo()
            new = self._call_off_people(chance.choice((0, 3, 7)))
            steps |= dict.fromkeys(new.ids, 0)
            people += new
        found = self._get_attacker(*reports).find_small_groups(5)
        self.assertEqual(list(found), [])
        for report in reports:
            self._check_tables(report)

    def _check_tables(self, report):
        """Assert that the tables say nothing but what is in the stretches."""
        numbers = [number for _keys, number in report.figures["stretches"]]
        known = {0}
        for number in numbers:
            known |= {one + number for one in known}
        for (number,) in self._get_rows(report, *TABLES).values():
            self.assertIn(number, known)
            self.assertFalse(0 < number < 5)

    # ------------------------------------------------------------------
    # Whom it tells what
    # ------------------------------------------------------------------

    def test_no_candidate_is_named(self):
        people = self._make_course()
        for audience in ("employer", "works_council"):
            report = self._release(audience=audience)
            html, _kind = self.env["ir.actions.report"]._render_qweb_html(
                "outplacement.report_group", report.ids
            )
            cells = self._get_cells(base64.b64decode(report.sheet))
            texts = {
                "json": json.dumps([report.figures, report.sections]),
                "paper": html.decode(),
                "sheet": " ".join(str(cell.value) for cell in cells),
                "name": report.display_name + report.content,
            }
            for where, text in texts.items():
                with self.subTest(audience=audience, where=where):
                    self.assertNotIn("canary", text.lower())
                    self.assertNotIn(people[0].name, text)
                    self.assertNotIn(self.account_manager.name, text)

    def test_money_is_between_employer_and_bureau(self):
        self._make_course()
        for audience, told in (("employer", True), ("works_council", False)):
            report = self._release(audience=audience)
            cells = self._get_cells(base64.b64decode(report.sheet))
            text = " ".join(str(cell.value) for cell in cells)
            text += json.dumps(report.sections)
            with self.subTest(audience=audience):
                self.assertEqual("88,888" in text, told)
                self.assertEqual("77" in text, told)

    def test_the_language_is_the_employers(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.employer.lang = "nl_NL"
        self._make_course()
        self.phases[3].with_context(lang="nl_NL").name = "Banen zoeken"
        report = self._release()
        self.assertEqual(report.lang, "nl_NL")
        self.assertIn("Banen zoeken", json.dumps(report.sections))

    def test_no_formula_in_the_sheet(self):
        self.employer.name = '=cmd|"/c calc"!A1'
        self._make_course()
        report = self._release()
        cells = self._get_cells(base64.b64decode(report.sheet))
        self.assertNotIn("f", {cell.data_type for cell in cells})
        self.assertIn(40, [cell.value for cell in cells])
        for cell in cells:
            self.assertFalse(str(cell.value).startswith("="))

    # ------------------------------------------------------------------
    # Frozen
    # ------------------------------------------------------------------

    def test_released_stays(self):
        people = self._make_course()
        report = self._release()
        kept = report.sudo().read(["document", "sheet", "figures", "sections", "date"])
        with freeze_time("2027-03-31"):
            self._place(people)
            self.phases[3].name = "Another name"
            Action = self.env["ir.actions.report"].with_user(self.account_manager)
            Action = Action.with_context(force_report_rendering=True)
            printed, _kind = Action._render_qweb_pdf(
                "outplacement.report_group", report.ids
            )
            self.assertEqual(printed, PDF)
            self.assertEqual(base64.b64decode(report.document), PDF)
            found = report.sudo().read(
                ["document", "sheet", "figures", "sections", "date"]
            )
        self.assertEqual(found, kept)

    def test_nobody_rewrites_what_is_released(self):
        self._make_course()
        report = self._release()
        for record in (report, report.with_user(self.manager), report.sudo()):
            for values in (
                {"audience": "works_council"},
                {"state": "draft"},
                {"figures": {}},
                {"document": base64.b64encode(b"x")},
                {"date_released": False},
            ):
                with self.case(user=record.env.user.login, values=values):
                    self.assertRefused(record.write, values, error=UserError)
            for method in ("unlink", "action_release", "action_refresh"):
                with self.case(user=record.env.user.login, method=method):
                    self.assertRefused(getattr(record, method), error=UserError)

    def test_nobody_writes_figures(self):
        self._make_course()
        draft = self._draft(self.manager)
        for name in ("state", "figures", "sections", "date", "minimum", "document"):
            with self.case(field=name):
                self.assertRefused(draft.write, {name: False})
                self.assertRefused(self._draft, self.manager, **{name: False})
        draft.unlink()

    def test_a_draft_follows(self):
        people = self._make_course()
        draft = self._draft()
        self.assertTrue(self._get_rows(draft, "What was agreed"))
        draft.audience = "works_council"
        self.assertFalse(self._get_rows(draft, "What was agreed"))
        self._place(people)
        draft.action_refresh()
        self.assertEqual(draft.figures["ended"], 40)
        self.assertRefused(draft.write, {"plan_id": 0}, error=UserError)

    # ------------------------------------------------------------------
    # The size
    # ------------------------------------------------------------------

    def test_the_size_is_that_of_the_first_report(self):
        self._make_course()
        self.company.outplacement_minimum_group = 6
        self.assertEqual(self._release().minimum, 6)
        self.company.outplacement_minimum_group = 3
        self.assertEqual(self._draft().minimum, 6)

    def test_the_size_hides_something(self):
        for size in (2, 0, -1):
            with self.case(size=size):
                self.assertRefused(
                    self.company.write,
                    {"outplacement_minimum_group": size},
                    error=IntegrityError,
                )

    # ------------------------------------------------------------------
    # Who
    # ------------------------------------------------------------------

    def test_the_deputy_counts_everybody(self):
        self._make_course()
        report = self._release(self.deputy_seller)
        mine = self.env["outplacement.traject"].with_user(self.deputy_seller)
        self.assertFalse(mine.search([("social_plan_id", "=", self.plan.id)]))
        self.assertEqual(self._get_rows(report, *TABLES)["Everybody"], [40])
        self.assertEqual(report.released_by_id, self.deputy_seller)
        self.assertIn("Group report released", self.plan.message_ids[0].body)

    def test_roles(self):
        self._make_course()
        report = self._release()
        allowed = {
            "account_manager": "rwc",
            "deputy_seller": "rwc",
            "manager": "rwc",
            "planner": "r",
        }
        for role, user in self.users.items():
            may = allowed.get(role, "")
            draft = self._draft(self.manager).with_user(user)
            mine = report.with_user(user)
            operations = {
                "r": (lambda m=mine: m.read(["sections", "document"]), AccessError),
                "w": (draft.action_release, AccessError),
                "c": (lambda u=user: self._draft(u), AccessError),
            }
            for letter, (operation, error) in operations.items():
                with self.case(role=role, may=letter):
                    if letter in may:
                        operation()
                    else:
                        self.assertRefused(operation, error=error)

    def test_queries_do_not_grow(self):
        people = self._make_course()
        draft = self._draft()
        draft.action_refresh()
        self.env.flush_all()
        count = self.env.cr.sql_log_count
        draft.action_refresh()
        self.env.flush_all()
        few = self.env.cr.sql_log_count - count
        self._place(self._call_off_people(60))
        self._guide(people[:10], 1)
        draft.action_refresh()
        self.env.flush_all()
        count = self.env.cr.sql_log_count
        draft.action_refresh()
        self.env.flush_all()
        self.assertLessEqual(self.env.cr.sql_log_count - count, few)
