import csv
import io
import json
from datetime import date
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from ..models import outplacement_entitlement_portal as portal
from ..models.outplacement_social_plan_portal import PLAN_KEYS
from .common import ROLES
from .common_portal_plan import URL, PlanPortalCommon

# By hand: what an employer is told. One more is a decision of the house.
TOLD = {"name", "personnel_number", "entity", "choice", "date_choice", "state"}
TOLD_OF_PLAN = {
    *("id", "reference", "title", "entities", "choice_deadline", "date_to", "people")
}
PLAIN = (str, int, bool, date, list, type(None))
NASTY = '=HYPERLINK("http://x";"y")'


@tagged("post_install", "-at_install")
class TestPortalPlan(PlanPortalCommon):
    """Who reads what of a social plan in the portal."""

    def setUp(self):
        super().setUp()
        self.page = f"{URL}/{self.plan.id}"
        self.pages = [self.page, f"{self.page}/page/1", f"{self.page}/lijst.csv"]

    def _as(self, role, model="outplacement.entitlement"):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env[model].with_user(self.users[role])

    def _get_names(self, role="employer_contact", show="all", **page):
        people = self._as(role)._get_portal_people(self.plan.id, show, **page)
        return [person["name"] for person in people]

    # ------------------------------------------------------------------
    # Who
    # ------------------------------------------------------------------

    def test_nobody_else_reads_a_plan(self):
        """The contacts of its entities do; to all others it does not exist."""
        readers = ("employer_contact", "other_employer_contact")
        for role in [*ROLES, "outsider"]:
            self._login(role)
            for page in self.pages:
                with self.subTest(role=role, page=page):
                    if role in readers:
                        self.assertEqual(self._get(page).status_code, 200)
                    else:
                        self.assertMissing(page)

    def test_each_sees_their_own_entity(self):
        for role, seen, unseen in (
            ("employer_contact", ("Anna", "Bea", "Chris"), ("Elders", "Second")),
            ("other_employer_contact", ("Elders", "Second"), ("Anna", "Bea", "P-C")),
        ):
            self._login(role)
            for page in (URL, *self.pages):
                text = self._get(page).text
                for name in (*seen, *unseen, "Dirk", "Nog Niet"):
                    with self.subTest(role=role, page=page, name=name):
                        is_people = page != URL and name in seen
                        if is_people and (name != "Second" or ".csv" not in page):
                            self.assertIn(name, text)
                        elif name not in seen:
                            self.assertNotIn(name, text)

    def test_the_list_is_of_ones_own(self):
        for role in [*ROLES, "outsider"]:
            self._login(role)
            response = self._get(URL)
            with self.subTest(role=role):
                is_portal = role in self.portal_roles or role == "outsider"
                self.assertEqual(response.status_code, 200 if is_portal else 404)
                own = role in ("employer_contact", "other_employer_contact")
                self.assertEqual(self.plan.name in response.text, own)
                others = self.other_plan.name in response.text
                self.assertEqual(others, role == "outsider")

    def test_the_public_is_asked_to_log_in(self):
        self._login(None)
        for page in [URL, *self.pages]:
            response = self._get(page)
            with self.subTest(page=page):
                self.assertEqual(response.status_code, 303)
                self.assertIn("/web/login", response.headers["Location"])

    def test_what_is_not_signed_is_not_there(self):
        draft = self._make_social_plan(
            self.employer, {self.employer: self.employer_contact.partner_id}, False
        )
        self._entitle(draft.entity_ids, "Fleur")
        self._login("employer_contact")
        self.assertMissing(f"{URL}/{draft.id}")
        self.assertNotIn(draft.name, self._get(URL).text)
        draft.action_sign()
        self.assertEqual(self._get(f"{URL}/{draft.id}").status_code, 200)

    def test_a_removed_contact_reads_no_more(self):
        self._login("employer_contact")
        self.assertEqual(self._get(self.page).status_code, 200)
        self.first_entity.employer_contact_ids = [Command.clear()]
        self._login("employer_contact")
        for page in self.pages:
            self.assertMissing(page)
        response = self._get(URL)
        self.assertNotIn(self.plan.name, response.text)
        self.assertIn("You are not the contact of any social plan.", response.text)

    def test_another_company_of_the_bureau(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.env.cr.execute(
            "UPDATE outplacement_social_plan SET company_id = %s WHERE id = %s",
            [company.id, self.plan.id],
        )
        name = self.plan.sudo().name
        self._login("employer_contact")
        self.assertMissing(self.page)
        self.assertNotIn(name, self._get(URL).text)

    def test_the_models_stay_closed(self):
        """What the pages show is not to be read by other ways."""
        for model in ("outplacement.social.plan", "outplacement.entitlement"):
            self.assertRefused(self._as("employer_contact", model).search, [])
            self.assertRefused(self._as("employer_contact", model).search_read)

    def test_the_routes_read_only(self):
        routes = [
            rule
            for rule in self.env["ir.http"].routing_map().iter_rules()
            if rule.rule.startswith(URL)
        ]
        self.assertEqual(len(routes), 4)
        for rule in routes:
            with self.subTest(rule=rule.rule):
                self.assertIs(rule.endpoint.routing["readonly"], True)
                self.assertEqual(rule.endpoint.routing["auth"], "user")
                self.assertEqual(rule.methods - {"HEAD", "OPTIONS"}, {"GET"})

    def test_no_page_is_kept(self):
        self._login("employer_contact")
        for page in [URL, *self.pages]:
            response = self._get(page)
            self.assertEqual(response.headers["Cache-Control"], "no-store, private")

    # ------------------------------------------------------------------
    # What
    # ------------------------------------------------------------------

    def test_the_keys_are_these(self):
        self.assertEqual((portal.PERSON_KEYS, PLAN_KEYS), (TOLD, TOLD_OF_PLAN))
        people = self._as("employer_contact")._get_portal_people(self.plan.id)
        Plan = self._as("employer_contact", "outplacement.social.plan")
        [plan] = Plan._get_portal_employer_list()
        self.assertEqual(plan["people"], 3)
        for told, keys in ((plan, TOLD_OF_PLAN), *((one, TOLD) for one in people)):
            self.assertEqual(set(told), keys)
            for value in told.values():
                self.assertIsInstance(value, PLAIN)

    def test_nothing_private_on_the_pages(self):
        person = self.people[0]
        private = (person.candidate_id.email, "0612345678", "2021-06-30", person.name)
        self._login("employer_contact")
        for page in self.pages:
            text = self._get(page).text
            for secret in (*private, "06/30/2021"):
                with self.subTest(page=page, secret=secret):
                    self.assertNotIn(secret, text)

    def test_a_traject_is_called_off_and_no_more(self):
        """Whatever becomes of it: paused, placed or closed."""
        [person] = self._entitle(self.first_entity, "Gijs")
        person.choice = "outplacement"
        self.plan._call_off(person)
        traject = person.sudo().traject_id
        self._login("employer_contact")
        seen = set()
        for state in ("intake", "active", "paused", "aftercare", "closed"):
            self.env.cr.execute(
                "UPDATE outplacement_traject SET state = %s, date_placement = %s, "
                "outcome = 'placed' WHERE id = %s",
                [state, "2021-02-03", traject.id],
            )
            text = self._text(self._get(self.page))
            self.assertNotIn(traject.name, text)
            self.assertNotIn("02/03/2021", text)
            seen.add(text)
        self.assertEqual(len(seen), 1)
        [told] = [
            one
            for one in self._as("employer_contact")._get_portal_people(self.plan.id)
            if one["name"] == "Gijs"
        ]
        self.assertEqual(told["state"], "called_off")

    # ------------------------------------------------------------------
    # Filters, pages, counts and the file
    # ------------------------------------------------------------------

    def test_filters_and_counts(self):
        [gone] = self._entitle(self.first_entity, "Hans")
        gone.choice = "outplacement"
        self.plan._call_off(gone)
        gone._release()
        counts = {"all": 4, "undecided": 1, "outplacement": 1, "money": 1, "none": 0}
        counts["released"] = 1
        self.assertEqual(
            self._as("employer_contact")._count_portal_choices(self.plan.id), counts
        )
        for show, names in (
            ("all", ["Anna", "Bea", "Chris", "Hans"]),
            ("undecided", ["Chris"]),
            ("outplacement", ["Anna"]),
            ("none", []),
            ("released", ["Hans"]),
            ("'; --", ["Anna", "Bea", "Chris", "Hans"]),
        ):
            with self.subTest(show=show):
                self.assertEqual(self._get_names(show=show), names)
        self._login("employer_contact")
        text = self._get(f"{self.page}?show=undecided").text
        self.assertIn("Chris", text)
        self.assertNotIn("Anna", text)
        self.assertEqual(self._get(f"{self.page}?show=x%00").status_code, 200)

    def test_pages(self):
        names = [f"Zed {number:03}" for number in range(90)]
        self._entitle(self.first_entity, *names)
        self._login("employer_contact")
        first, second = (self._get(f"{self.page}/page/{n}").text for n in (1, 2))
        self.assertEqual((first + second).count("P-Zed "), 90)
        self.assertIn("Zed 076", first)
        self.assertIn("Zed 077", second)
        self.assertEqual(self._get(f"{self.page}/page/99").status_code, 200)

    def test_as_many_queries_for_many(self):
        def count():
            source = self._as("employer_contact")
            before = self.env.cr.sql_log_count
            source._get_portal_people(self.plan.id)
            source._count_portal_choices(self.plan.id)
            return self.env.cr.sql_log_count - before

        count()
        few = count()
        self._entitle(self.first_entity, *(f"Zed {n}" for n in range(30)))
        self.assertEqual(count(), few)

    @freeze_time("2021-03-04")
    def test_file(self):
        self.people[0].candidate_id.name = NASTY
        self.people[1].date_choice = "2021-02-03"
        self._login("employer_contact")
        response = self._get(f"{self.page}/lijst.csv")
        self.assertIn("attachment", response.headers["Content-Disposition"])
        text = response.content.decode("utf-8-sig")
        head, *rows = csv.reader(io.StringIO(text), delimiter=";")
        self.assertEqual(
            head,
            ["Name", "Personnel Number", "Entity", "Choice", "Chosen on", "Status"],
        )
        self.assertEqual(
            rows,
            [
                [
                    f"'{NASTY}",
                    "P-Anna",
                    "Employer of Both",
                    "Outplacement",
                    rows[0][4],
                    "Entitled",
                ],
                ["Bea", "P-Bea", "Employer of Both", "Money", "02/03/2021", "Entitled"],
                [
                    "Chris",
                    "P-Chris",
                    "Employer of Both",
                    "Not chosen yet",
                    "",
                    "Entitled",
                ],
            ],
        )
        response = self._get(f"{self.page}/lijst.csv?show=money")
        self.assertEqual(len(response.text.strip().splitlines()), 2)
        with patch.object(portal, "BATCH", 1), patch.object(portal, "EXPORTED", 2):
            _head, rows = self._as("employer_contact")._get_portal_people_export(
                self.plan.id
            )
            self.assertEqual(len(list(rows)), 2)

    def test_the_card_counts(self):
        for role, number in (
            ("employer_contact", 1),
            ("outsider", 1),
            ("candidate", 0),
            ("coach", 0),
        ):
            self._login(role)
            params = {"counters": ["employer_plan_count"]}
            body = {"id": 0, "jsonrpc": "2.0", "method": "call", "params": params}
            response = self._get(
                "/my/counters",
                data=json.dumps(body),
                headers={"Content-Type": "application/json"},
            )
            with self.subTest(role=role):
                found = response.json()["result"]["employer_plan_count"]
                self.assertEqual(found, number)
