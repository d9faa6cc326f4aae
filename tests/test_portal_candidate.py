from unittest.mock import patch

from lxml import html

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import DOCUMENT, ROLES
from .common_portal import MISSING, MODULE, STATEMENT, CandidatePortalCommon

# Routes of the candidate that read and write nothing down, and those that do.
READS = {
    "/my/traject",
    "/my/traject/<int:traject_id>",
    "/my/traject/<int:traject_id>/consents",
    "/my/traject/<int:traject_id>/log",
    "/my/traject/<int:traject_id>/log/page/<int:number>",
    "/my/traject/<int:traject_id>/statement",
    "/my/traject/report/<int:report_id>",
    "/my/traject/report/<int:report_id>/document",
    "/my/traject/session/<int:session_id>/invitation.ics",
    "/my/traject/statement/<int:statement_id>/document",
}
LOGGED_READS = {
    "/my/traject/<int:traject_id>/file",
    "/my/traject/note/<int:note_id>",
    "/my/traject/report/<int:report_id>/preview",
}
WRITES = {
    "/my/traject/report/<int:report_id>/answer",
    "/my/traject/<int:traject_id>/consents/<string:topic>",
    "/my/traject/<int:traject_id>/file/upload",
}


@tagged("post_install", "-at_install")
class TestPortalCandidate(CandidatePortalCommon):
    """What each role gets at the addresses of a candidate."""

    def _get_urls(self, own=True):
        """Return an address of each route, of the candidate's traject or the other."""
        prefix = "" if own else "other_"
        ids = {
            name: getattr(self, prefix + name).id
            for name in ("traject", "meeting", "note", "sent", "released", "statement")
        }
        return self._fill_in(**ids)

    @staticmethod
    def _fill_in(traject, meeting, note, sent, released, statement):
        return [
            f"/my/traject/{traject}",
            f"/my/traject/{traject}/file",
            f"/my/traject/{traject}/consents",
            f"/my/traject/{traject}/consents?topic=phases",
            f"/my/traject/{traject}/log",
            f"/my/traject/{traject}/log/page/7",
            f"/my/traject/{traject}/statement",
            f"/my/traject/session/{meeting}/invitation.ics",
            f"/my/traject/note/{note}",
            f"/my/traject/report/{sent}",
            f"/my/traject/report/{sent}/preview",
            f"/my/traject/report/{released}",
            f"/my/traject/report/{released}/document",
            f"/my/traject/statement/{statement}/document",
        ]

    def test_routes(self):
        """Each route is known here: what it may do, and that it is not for others."""
        routes = {}
        for rule in self.env["ir.http"].routing_map().iter_rules():
            module = getattr(rule.endpoint.func, "__module__", "")
            if module.startswith(f"{MODULE}controllers.portal_candidate"):
                routes[rule.rule] = rule.endpoint.routing
        self.assertEqual(set(routes), READS | LOGGED_READS | WRITES)
        for url, routing in routes.items():
            with self.subTest(url=url):
                self.assertEqual(routing["auth"], "user")
                self.assertEqual(bool(routing.get("readonly")), url in READS)
                method = "POST" if url in WRITES else "GET"
                self.assertEqual(routing["methods"], [method])
                self.assertTrue(routing.get("csrf", True))

    def test_the_candidate_gets_what_is_theirs(self):
        self._login("candidate")
        for url in ["/my/traject", *self._get_urls()]:
            with self.subTest(url=url):
                response = self._get(url)
                self.assertEqual(response.status_code, 200)
                self.assertIn("no-store", response.headers["Cache-Control"])
                if response.headers["Content-Type"].startswith("text/html"):
                    self.assertEqual(
                        response.headers["Content-Security-Policy"],
                        "frame-ancestors 'self'",
                    )
                else:
                    self.assertEqual(
                        response.headers["X-Content-Type-Options"], "nosniff"
                    )
                    disposition = response.headers["Content-Disposition"]
                    self.assertTrue(disposition.startswith("attachment"))

    def test_nobody_else_gets_anything(self):
        """Whoever asks, what is not theirs is as if it were not there."""
        nothing = self._fill_in(*[MISSING] * 6)
        for role in ROLES:
            self._login(role)
            with mute_logger("odoo.http"):
                missing = [self._get(url) for url in nothing]
            for own in (True, False):
                if role == ("candidate" if own else "other_candidate"):
                    continue
                urls = self._get_urls(own)
                for url, expected in zip(urls, missing, strict=True):
                    with self.subTest(role=role, url=url):
                        response = self._get(url)
                        self.assertEqual(response.status_code, 404)
                        self.assertEqual(
                            self._read_text(response.content),
                            self._read_text(expected.content),
                        )

    def test_the_list_is_for_candidates(self):
        for role in ROLES:
            self._login(role)
            expected = 200 if role in ("candidate", "other_candidate") else 404
            with self.subTest(role=role):
                self.assertEqual(self._get("/my/traject").status_code, expected)

    def test_visitors_log_in_first(self):
        self._login("public")
        for url in ["/my/traject", *self._get_urls()]:
            with self.subTest(url=url):
                response = self._get(url, allow_redirects=False)
                self.assertEqual(response.status_code, 303)
                self.assertIn("/web/login", response.headers["Location"])

    def test_a_draft_is_not_there(self):
        self._login("candidate")
        for end in ("", "/document", "/preview"):
            url = f"/my/traject/report/{self.draft.id}{end}"
            self.assertEqual(self._get(url).status_code, 404)

    # ------------------------------------------------------------------
    # What the pages say
    # ------------------------------------------------------------------

    def test_the_card_is_for_candidates_only(self):
        for role in ("candidate", "employer_contact"):
            self._login(role)
            is_candidate = role == "candidate"
            card = 'href="/my/traject"'
            self.assertEqual(card in self._get("/my").text, is_candidate)
            answer = self.make_jsonrpc_request(
                "/my/counters", {"counters": ["outplacement_traject_count"]}
            )
            self.assertEqual(answer["outplacement_traject_count"], int(is_candidate))

    def test_the_traject(self):
        self.traject.date_dismissal = "2021-06-13"
        self.coach.partner_id.phone = "020 123 45 67"
        self.candidate.tz = "America/New_York"
        self.env.flush_all()
        self._login("candidate")
        text = self._get_text("/my/traject")
        for said in (
            self.traject.name,
            "It is running",
            "Monday 2 March 2099",
            "4:00",
            "Times are those of America/New York",
            "Room of the candidate",
            "test_coach@example.com",
            "020 123 45 67",
            "Stands in for your coach",
            "A report waits for your answer",
        ):
            self.assertIn(said, text)
        for kept in ("13 June", "Elsewhere", "What was agreed", "nobody hears"):
            self.assertNotIn(kept, text)

    def test_without_a_time_zone_it_is_that_of_the_company(self):
        self.candidate.tz = False
        self.env.flush_all()
        self._login("candidate")
        text = self._get_text("/my/traject")
        self.assertIn("10:00", text)
        self.assertIn("Times are those of Europe/Amsterdam", text)

    def test_empty_states(self):
        person = self._make_user("candidate", "newcomer")
        traject = self._make_traject(
            candidate_id=person.partner_id.id, date_start=False
        )
        self.env.flush_all()
        self.authenticate("newcomer", "newcomer")
        text = self._get_text("/my/traject")
        for said in (
            "No session is planned",
            "You have no coach yet",
            "The start has not been agreed yet",
            "There is no report yet",
        ):
            self.assertIn(said, text)
        text = self._get_text(f"/my/traject/{traject.id}/file")
        self.assertIn("has not shared a note", text)
        self.assertIn("You cannot send documents here", text)
        self.assertIn(
            "Nobody has opened your file",
            self._get_text(f"/my/traject/{traject.id}/log"),
        )

    def test_what_the_bureau_archived_is_still_there(self):
        """As it is for the employer."""
        self.other_traject.with_user(self.planner)._set_state("cancelled")
        self.other_traject.active = False
        self.env.flush_all()
        self._login("other_candidate")
        for url in (
            "/my/traject",
            f"/my/traject/{self.other_traject.id}/file",
            f"/my/traject/note/{self.other_note.id}",
            f"/my/traject/report/{self.other_released.id}/document",
        ):
            with self.subTest(url=url):
                self.assertEqual(self._get(url).status_code, 200)

    def test_an_earlier_traject(self):
        """The one that runs comes first, whichever began last."""
        earlier = self._make_traject(date_start="2021-09-01")
        earlier.with_user(self.planner)._set_state("cancelled")
        self.env.flush_all()
        self._login("candidate")
        page = html.fromstring(self._get("/my/traject").content)
        self.assertIn(self.traject.name, self._read_text(page))
        links = page.xpath("//section[@aria-labelledby='outplacement_earlier']//a")
        self.assertEqual(
            [link.text_content().split()[-1] for link in links], [earlier.name]
        )
        text = self._get_text(f"/my/traject/{earlier.id}")
        self.assertIn("It was cancelled", text)

    def test_the_report_is_what_the_employer_reads(self):
        """The very words of the paper, on the page."""
        self._login("candidate")
        for report in (self.sent, self.released):
            page = html.fromstring(self._get(f"/my/traject/report/{report.id}").content)
            [section] = page.xpath("//section[@name='content']")
            paper = self._get(f"/report/html/outplacement.report_progress/{report.id}")
            [sheet] = html.fromstring(paper.content).xpath("//div[@class='page']")
            for banner in sheet.xpath(".//div[contains(@class, 'border-warning')]"):
                banner.drop_tree()
            shown = self._read_text(section).removeprefix("What your employer reads ")
            self.assertEqual(shown, self._read_text(sheet))

    def test_the_stored_document_is_sent(self):
        self._login("candidate")
        response = self._get(f"/my/traject/report/{self.released.id}/document")
        self.assertEqual(response.content, DOCUMENT)
        self.assertEqual(
            self._get(f"/my/traject/report/{self.released.id}/preview").status_code, 404
        )
        self.assertEqual(
            self._get(f"/my/traject/report/{self.sent.id}/document").status_code, 404
        )

    def test_silence(self):
        """What no answer means follows from what was signed."""
        self._login("candidate")
        url = f"/my/traject/report/{self.sent.id}"
        self.assertIn("If you say nothing, nothing is sent", self._get_text(url))
        Report = self.registry["outplacement.report"]
        with patch.object(Report, "_is_agreed_by_silence", lambda report: True):
            self.assertIn("counts as agreed", self._get_text(url))

    def test_a_late_answer_is_still_one(self):
        self.env.cr.execute(
            "UPDATE outplacement_report SET answer_deadline = '2021-01-05'"
            " WHERE id = %s",
            [self.sent.id],
        )
        self.env.invalidate_all()
        self._login("candidate")
        text = self._get_text(f"/my/traject/report/{self.sent.id}")
        self.assertIn("You can still answer", text)

    def test_opening_a_note_is_written_down(self):
        Log = self.env["outplacement.access.log"]
        mine = [
            ("user_id", "=", self.candidate.id),
            ("res_model", "=", self.note._name),
        ]
        self._login("candidate")
        self._get(f"/my/traject/{self.traject.id}/file")
        self.assertFalse(Log.search(mine))
        text = self._get_text(f"/my/traject/note/{self.note.id}")
        self.assertIn("What was agreed", text)
        self.assertEqual(Log.search(mine).mapped("kind"), ["read"])
        url = f"/my/traject/note/{self.secret_note.id}"
        self.assertEqual(self._get(url).status_code, 404)

    def test_who_has_read_my_file(self):
        self.note.with_user(self.deputy).read(["body"])
        self.env.flush_all()
        self._login("candidate")
        text = self._get_text(f"/my/traject/{self.traject.id}/log")
        self.assertIn("test_deputy Opened: a note", text)
        self.assertNotIn("test_other_coach", text)

    def test_the_log_names_no_other_outsider(self):
        """Nor who was the candidate before, not even as somebody without a name."""
        Log = self.env["outplacement.access.log"].with_user(self.candidate)
        before = Log._count_portal_rows(self.traject.id)
        self.assertGreater(before, 0)
        Log.with_user(self.other_candidate)._log("read", self.note)
        self.assertEqual(Log._count_portal_rows(self.traject.id), before)
        self.env.flush_all()
        self._login("candidate")
        text = self._get_text(f"/my/traject/{self.traject.id}/log")
        self.assertNotIn("test_other_candidate", text)

    def test_the_log_has_pages(self):
        Log = self.env["outplacement.access.log"].with_user(self.coach)
        for _number in range(90):
            Log._log("changed", self.note)
        self.env.flush_all()
        self._login("candidate")
        counts = []
        for end in ("", "/page/2", "/page/99999999999999999999"):
            page = self._get(f"/my/traject/{self.traject.id}/log{end}")
            counts.append(len(html.fromstring(page.content).xpath("//tr[@name='row']")))
        self.assertEqual(counts[0], 80)
        self.assertGreater(counts[1], 0)
        self.assertEqual(counts[1], counts[2])

    def test_odd_pages_of_the_log(self):
        """What is no number of a page is the first one."""
        self._login("candidate")
        url = f"/my/traject/{self.traject.id}/log"
        for number in ("x", "-1", "²", "9" * 5000):
            with self.subTest(number=number[:60]):
                page = self._get(f"{url}?number={number}")
                self.assertEqual(page.status_code, 200)

    def test_the_statement(self):
        self._login("candidate")
        text = self._get_text(f"/my/traject/{self.traject.id}/statement")
        for _title, lines in self.traject._get_statement():
            for line in lines:
                self.assertIn(" ".join(line.split()), text)
        response = self._get(f"/my/traject/statement/{self.statement.id}/document")
        self.assertEqual(response.content, STATEMENT)

    def test_invitation(self):
        self._login("candidate")
        url = f"/my/traject/session/{self.meeting.id}/invitation.ics"
        response = self._get(url)
        self.assertTrue(response.headers["Content-Type"].startswith("text/calendar"))
        self.assertIn(b"DTSTART:20990302T090000Z", response.content)
        self.meeting.with_user(self.coach).action_cancel()
        self.env.flush_all()
        self.assertEqual(self._get(url).status_code, 404)
        self.assertIn("Cancelled", self._get_text("/my/traject"))

    def test_of_another_company_nothing_is_left(self):
        """A candidate whose user left the company reads nothing of it."""
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.candidate.write(
            {"company_ids": [(6, 0, company.ids)], "company_id": company.id}
        )
        self.env.flush_all()
        self._login("candidate")
        for url in ["/my/traject", *self._get_urls()]:
            with self.subTest(url=url):
                self.assertEqual(self._get(url).status_code, 404)

    def test_their_language_after_logging_in(self):
        """Odoo's portal speaks the language of the browser; ours that of the user."""
        self.env["res.lang"]._activate_lang("nl_NL")
        self.candidate.lang = "nl_NL"
        self.env.flush_all()
        self._login("public")
        page = self.url_open("/web/login", headers={"Accept-Language": "en"})
        token = html.fromstring(page.content).xpath(
            "//input[@name='csrf_token']/@value"
        )
        login = self.candidate.login
        response = self.url_open(
            "/web/login",
            data={"login": login, "password": login, "csrf_token": token[0]},
            allow_redirects=False,
        )
        self.assertEqual(response.cookies.get("frontend_lang"), "nl_NL")
