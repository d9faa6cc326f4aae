import csv
import io
import json
from datetime import date, datetime
from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from ..models import outplacement_traject_portal_employer as portal
from .common_portal_employer import URL, EmployerPortalCommon

PAGE = 80
NASTY = '=HYPERLINK("http://x";"y")'
HOSTILE = [
    "' OR 1=1 --",
    '"; DROP TABLE outplacement_traject; --',
    "%",
    "\x00",
    "\x00'",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "‮🙂é" * 20,
    "(" * 40,
    "\\",
    "x" * 10_000,
]


@tagged("post_install", "-at_install")
class TestPortalEmployerList(EmployerPortalCommon):
    """Searching, sorting, turning pages and downloading, with good and bad input."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        names = [f"Candidate {number:03}" for number in range(PAGE + 5)]
        people = cls.env["res.partner"].create([{"name": name} for name in names])
        cls.trajects = cls.traject
        for person in people:
            cls.trajects += cls._make_traject(candidate_id=person.id)
        cls._assign(cls.trajects - cls.traject, cls.coach)
        with freeze_time("2021-04-01 22:30:00"):
            # in Amsterdam it is the second of April
            cls.report = cls._make_report("released")
        cls.employer_contact.tz = "Europe/Amsterdam"
        cls.Traject = cls.env["outplacement.traject"].with_user(cls.employer_contact)

    def setUp(self):
        super().setUp()
        self._login("employer_contact")

    def _get_references(self, url):
        """Return the references on a page of the list, in order."""
        response = self._get(url)
        self.assertEqual(response.status_code, 200, url)
        found = [t.name for t in self.trajects if f'{URL}/{t.id}"' in response.text]
        return sorted(found, key=lambda name: response.text.index(f">{name}<"))

    def test_many_are_found_as_few_are(self):
        """Those of the contact, and no others, whichever way they are looked for."""
        mine = self.env["outplacement.traject"].search(
            [("employer_contact_ids", "in", self.employer_contact.partner_id.ids)]
        )
        for few in (0, len(mine) - 1, len(mine), len(mine) + 1):
            with self.subTest(few=few), patch.object(portal, "FEW", few):
                domain = self.Traject._get_portal_employer_domain()
                self.assertEqual(self.Traject.sudo().search(domain), mine)
                by_name = "employer_contact_ids" in str(domain)
                self.assertEqual(by_name, few < len(mine))
        other = self.env["outplacement.traject"].with_user(self.candidate)
        self.assertFalse(other.sudo().search(other._get_portal_employer_domain()))

    def _find(self, *args, **kwargs):
        domain = self.Traject._get_portal_employer_search(*args, **kwargs)
        return {row["id"] for row in self.Traject._get_portal_employer_page(domain)}

    # ------------------------------------------------------------------
    # Pages and orders
    # ------------------------------------------------------------------

    def test_pages_of_eighty(self):
        first = self._get_references(URL)
        second = self._get_references(f"{URL}/page/2")
        self.assertEqual(len(first), PAGE)
        self.assertEqual(set(first) | set(second), set(self.trajects.mapped("name")))
        self.assertFalse(set(first) & set(second))
        # the one with a report goes first
        self.assertEqual(first[0], self.traject.name)

    def test_orders(self):
        by_reference = self._get_references(f"{URL}?sortby=reference")
        self.assertEqual(by_reference, sorted(by_reference, reverse=True))
        self.traject.months = 36
        by_end = self._get_references(f"{URL}?sortby=end")
        self.assertEqual(by_end[0], self.traject.name)

    def test_odd_pages(self):
        """A page that is not there is the nearest that is, or not found."""
        last = self._get_references(f"{URL}/page/2")
        for page, expected in (
            (f"{URL}/page/999999", last),
            (f"{URL}/page/0", self._get_references(URL)),
            (f"{URL}/page/-1", self._get_references(URL)),
            (f"{URL}?page=-1", self._get_references(URL)),
            (f"{URL}?page=999999", last),
            (f"{URL}?page=x", self._get_references(URL)),
            (f"{URL}?page=²", self._get_references(URL)),
            (f"{URL}?page={'9' * 5000}", self._get_references(URL)),
        ):
            with self.subTest(page=page[:60]):
                self.assertEqual(self._get_references(page), expected)
        for page in (f"{URL}/page/x", f"{URL}/-1", f"{URL}/{'9' * 30}"):
            with self.subTest(page=page):
                self.assertEqual(self._get(page).status_code, 404)

    def test_unknown_keys_are_left_out(self):
        plain = self._get_references(URL)
        for key in ("sortby", "filterby", "since", "limit", "domain", "order"):
            for value in ("id; DROP TABLE x", "company_id", "1", "%00", "[]"):
                with self.subTest(key=key, value=value):
                    found = self._get_references(f"{URL}?{key}={value}")
                    self.assertEqual(found, plain)

    def test_as_many_queries_for_one_as_for_eighty(self):
        self._consent("name", traject=self.traject)

        def count(limit):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rows = self.Traject._get_portal_employer_page(limit=limit)
            self.assertEqual(len(rows), limit)
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(1), count(PAGE))

    def test_counts_are_bounded(self):
        self.assertEqual(self.Traject._count_portal_employer(), len(self.trajects))
        self.assertEqual(self.Traject._count_portal_employer(limit=10), 10)
        with patch.object(portal, "COUNTED", 20):
            module = "odoo.addons.outplacement.controllers.portal_employer"
            count = self.Traject._count_portal_employer
            with (
                patch(f"{module}.COUNTED", 20),
                patch.object(
                    type(self.Traject),
                    "_count_portal_employer",
                    lambda model, *args, limit=20: count(*args, limit=limit),
                ),
            ):
                text = self._get(URL).text
        self.assertIn("Search for the others.", text)

    # ------------------------------------------------------------------
    # Searching
    # ------------------------------------------------------------------

    def test_search_by_reference(self):
        reference = self.traject.name
        self.assertEqual(self._get_references(f"{URL}?search={reference}"), [reference])
        self.assertEqual(self._find(f"  {reference.lower()} "), {self.traject.id})
        self.assertFalse(self._find(self.other_traject.name))

    def test_search_by_name_among_those_who_agreed(self):
        """Else the search would tell whose traject it is."""
        second, third = self.trajects[5:7]
        name = second.candidate_id.name
        self.assertFalse(self._find(name))
        consent = self._consent("name", traject=second)
        self._consent("phases", traject=third)
        self.assertEqual(self._find(name), {second.id})
        self.assertFalse(self._find(third.candidate_id.name))
        consent._withdraw("phone")
        self.assertFalse(self._find(name))

    def test_filter_by_status(self):
        self._activate(self.trajects[3])
        self.assertEqual(self._find("", "running"), {self.trajects[3].id})
        self.assertFalse(self._find("", "ended"))
        url = f"{URL}?filterby=running"
        self.assertEqual(self._get_references(url), self.trajects[3].mapped("name"))

    def test_what_the_bureau_archived_is_still_there(self):
        ended = self.trajects[4]
        ended.with_user(self.planner)._set_state("cancelled")
        ended.active = False
        self.assertEqual(self._find("", "ended"), {ended.id})

    def test_new_report_since_a_day_of_the_reader(self):
        mine = [self.traject.name]
        self.assertEqual(self._get_references(f"{URL}?since=2021-04-02"), mine)
        self.assertEqual(self._get_references(f"{URL}?since=2021-04-01"), mine)
        self.assertFalse(self._get_references(f"{URL}?since=2021-04-03"))
        moment = datetime(2021, 4, 1, 22, 30)
        self.assertEqual(self._find(since=moment), {self.traject.id})

    def test_what_is_no_day_is_said(self):
        for since in ("x", "2021-02-30", "'; --", "9" * 500, "0000-00-00"):
            with self.subTest(since=since[:20]):
                response = self._get(URL, params={"since": since})
                self.assertEqual(response.status_code, 200)
                self.assertIn("This is not a day.", response.text)

    def test_hostile_searches(self):
        """Answered without an error, found nothing that is not theirs, and shown as
        text."""
        for search in HOSTILE:
            for url in (URL, f"{URL}/lijst.csv"):
                response = self._get(url, params={"search": search, "since": ""})
                with self.subTest(search=search[:20], url=url):
                    self.assertEqual(response.status_code, 200)
                    self.assertNotIn("<script>alert", response.text)
                    self.assertNotIn(self.other_traject.name, response.text)

    def test_long_searches(self):
        """The longest that a server takes, and a megabyte where there is no server."""
        for search in ("x" * 60_000, f"{self.traject.name}{' ' * 30_000}x"):
            response = self._get(URL, params={"search": search})
            self.assertEqual(response.status_code, 200)
        self.assertFalse(self._find("x" * 1_000_000))

    def test_what_is_not_found_is_said(self):
        text = self._get(f"{URL}?search=nothing").text
        self.assertIn("No traject is found.", text)

    # ------------------------------------------------------------------
    # The file for spreadsheets
    # ------------------------------------------------------------------

    def _read_csv(self, url=f"{URL}/lijst.csv"):
        response = self._get(url)
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["Content-Type"], "text/csv; charset=utf-8")
        self.assertIn("attachment; ", response.headers["Content-Disposition"])
        self.assertEqual(response.content[:3], b"\xef\xbb\xbf")  # how Excel knows UTF-8
        text = response.content.decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))

    def test_the_whole_list_to_a_file(self):
        head, *rows = self._read_csv()
        self.assertEqual(len(head), 9)
        self.assertEqual(len(rows), len(self.trajects))
        self.assertEqual({len(row) for row in rows}, {9})
        self.assertEqual(rows[0][0], self.traject.name)
        self.assertEqual(rows[0][6:8], ["03/31/2021", "04/02/2021"])
        self.assertEqual({row[1] for row in rows}, {""})

    def test_when_the_next_report_comes(self):
        """The day, as long as it is one to come: then it takes the time it takes."""
        for day, due in (("2999-01-31", False), ("2021-01-31", True)):
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE outplacement_traject SET date_next_report = %s WHERE id = %s",
                (day, self.traject.id),
            )
            self.env.invalidate_all()
            for url in (URL, f"{URL}/{self.traject.id}"):
                with self.subTest(day=day, url=url):
                    text = self._get(url).text
                    self.assertEqual("eing prepared" in text, due)
                    self.assertEqual("01/31/2999" in text, not due)
            _head, row, *_rows = self._read_csv()
            self.assertEqual(row[8], "Being prepared" if due else "01/31/2999")

    def test_the_file_is_what_was_searched(self):
        self._activate(self.trajects[3])
        _head, *rows = self._read_csv(f"{URL}/lijst.csv?filterby=running")
        self.assertEqual([row[0] for row in rows], [self.trajects[3].name])

    def test_dutch_spreadsheets_open_it(self):
        """Dutch words and days, without the words of another reader."""
        self.env["res.lang"]._activate_lang("nl_NL")
        self.employer_contact.lang = "nl_NL"
        self._login("employer_contact")
        _head, *rows = self._read_csv()
        self.assertEqual(rows[0][6:8], ["31-03-2021", "02-04-2021"])

    def test_no_cell_is_a_formula(self):
        candidate = self.trajects[2].candidate_id
        candidate.name = NASTY
        self._consent("name", traject=self.trajects[2])
        package = self.env["product.product"].create(
            {"name": "@SUM(1)", "type": "service"}
        )
        self.env.cr.execute(
            "UPDATE outplacement_traject SET product_id = %s WHERE id = %s",
            [package.id, self.trajects[2].id],
        )
        _head, *rows = self._read_csv()
        [row] = [row for row in rows if row[0] == self.trajects[2].name]
        self.assertEqual(row[1:3], [f"'{NASTY}", "'@SUM(1)"])

    def test_the_file_is_read_in_batches(self):
        def count():
            before = self.env.cr.sql_log_count
            head, rows = self.Traject._get_portal_employer_export()
            rows = list(rows)
            self.assertEqual({len(row) for row in rows}, {len(head)})
            return len(rows), self.env.cr.sql_log_count - before

        with patch.object(portal, "EXPORTED", 10):
            self.assertEqual(count()[0], 10)
        count()
        with patch.object(portal, "EXPORTED", 1):
            _one, few = count()
        self.assertEqual(count(), (len(self.trajects), few))
        with patch.object(portal, "BATCH", 10):
            batches, _many = count()
        self.assertEqual(batches, len(self.trajects))

    # ------------------------------------------------------------------
    # The card at home
    # ------------------------------------------------------------------

    def _get_card(self, role):
        self._login(role)
        params = {"counters": ["employer_traject_count"]}
        body = {"id": 0, "jsonrpc": "2.0", "method": "call", "params": params}
        response = self._get(
            "/my/counters",
            data=json.dumps(body),
            headers={"Content-Type": "application/json"},
        )
        return response.json()["result"]["employer_traject_count"]

    def test_the_card_counts(self):
        """Without any there is no card: Odoo's page hides those of zero."""
        self.assertEqual(self._get_card("employer_contact"), len(self.trajects))
        self.assertEqual(self._get_card("other_employer_contact"), 1)
        for role in ("candidate", "coach", "manager"):
            self.assertEqual(self._get_card(role), 0)
        module = "odoo.addons.outplacement.controllers.portal_employer"
        with patch(f"{module}.HOME_COUNTED", 10):
            self.assertEqual(self._get_card("employer_contact"), "9+")
        self.assertIn('href="/my/trajecten"', self._get("/my").text)

    def test_days_are_those_of_the_reader(self):
        [row] = self.Traject._get_portal_employer_page(limit=1)
        self.assertEqual(row["last_report"]["date_to"], date(2021, 3, 31))
        self.assertIn("04/02/2021", self._get(URL).text)
