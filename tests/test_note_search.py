import io
import logging
from datetime import date
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import outplacement_note_search as searching
from ..tools import wording
from .common import ROLES, OutplacementCommon

CREW = {"coach", "deputy", "other_coach"}


@tagged("post_install", "-at_install")
class TestNoteSearch(OutplacementCommon):
    """Looking for words in the notes that one may read."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.note = cls._note("<p>Wil een <b>be</b>drijf in Curaçao beginnen</p>")
        cls.Note = cls.env["outplacement.note"].with_user(cls.coach)

    @classmethod
    def _note(cls, body, day=1, traject=None, **values):
        return cls._make_note(traject, body=body, date=date(2021, 3, day), **values)

    def _search(self, query, role="coach", **kwargs):
        Note = self.env["outplacement.note"].with_user(self.users[role])
        return Note.search_in_caseload(query, **kwargs)

    def _find(self, query, role="coach"):
        """Return the notes that a search of everything finds, in their order."""
        found, after = self.env["outplacement.note"], None
        while after is not False:
            answer = self._search(query, role, after=after, limit=2)
            found += found.browse(row["id"] for row in answer["notes"])
            after = answer["next"]
        return found

    # ------------------------------------------------------------------
    # What is found
    # ------------------------------------------------------------------

    def test_case_accents_and_parts_of_words(self):
        for query in ("bedrijf", "BEDRIJF", "curacao", "Curaçáo", "drij", "  in   een"):
            with self.subTest(query=query):
                self.assertEqual(self._find(query), self.note)
        for query in ("bedrijven", "curaccao"):
            with self.subTest(query=query):
                self.assertFalse(self._find(query))

    def test_all_words_have_to_be_there(self):
        other = self._note("<p>Het bedrijf sluit</p>", day=2)
        self.assertEqual(self._find("bedrijf").ids, [other.id, self.note.id])
        self.assertEqual(self._find("sluit bedrijf"), other)
        self.assertFalse(self._find("sluit beginnen"))

    def test_only_the_text_is_searched(self):
        """Neither tags nor attributes, and a word does not go on in the next line."""
        self.note.with_user(
            self.coach
        ).body = (
            '<p title="secretword">Een</p><p>twee<br/>drie</p><ul><li>vier</li></ul>'
        )
        for query in ("secretword", "<p", "title", "eentwee", "tweedrie", "drievier"):
            with self.subTest(query=query):
                self.assertFalse(self._find(query))
        self.assertEqual(self._find("een twee drie vier"), self.note)

    def test_characters_that_mean_something_elsewhere(self):
        self.note.with_user(self.coach).body = "<p>100% (ja) a_b &lt;b&gt; [x] c\\d</p>"
        for query in ("100%", "(ja)", "a_b", "<b>", "[x]", "c\\d"):
            with self.subTest(query=query):
                self.assertEqual(self._find(query), self.note)
        for query in ("1%0", ".*", "a.b", "&lt;", "100_"):
            with self.subTest(query=query):
                self.assertFalse(self._find(query))

    def test_what_is_told_of_a_note(self):
        [row] = self._search("bedrijf")["notes"]
        self.assertEqual(row["id"], self.note.id)
        self.assertEqual(row["date"], date(2021, 3, 1))
        self.assertEqual(row["traject_id"]["display_name"], self.traject.name)
        candidate = self.candidate.partner_id
        self.assertEqual(row["candidate_id"]["id"], candidate.id)
        self.assertEqual(
            row["snippet"],
            [["Wil een ", False], ["bedrijf", True], [" in Curaçao beginnen", False]],
        )
        keys = {"id", "date", "traject_id", "candidate_id", "snippet"}
        self.assertEqual(set(row), keys)

    def test_markup_in_a_text_stays_text(self):
        self.note.with_user(self.coach).body = "<p>&lt;script&gt;x&lt;/script&gt;</p>"
        [row] = self._search("script")["notes"]
        self.assertEqual(
            "".join(text for text, _hit in row["snippet"]), "<script>x</script>"
        )
        self.assertNotIsInstance(row["snippet"][0][0], type(self.note.body))

    # ------------------------------------------------------------------
    # The notes one may read
    # ------------------------------------------------------------------

    def test_only_what_one_may_read(self):
        theirs = self._note("<p>Een ander bedrijf</p>", traject=self.other_traject)
        self.assertEqual(self._find("bedrijf"), self.note)
        self.assertEqual(self._find("bedrijf", "deputy"), self.note)
        self.assertEqual(self._find("bedrijf", "other_coach"), theirs)
        answer = self._search("bedrijf")
        self.assertEqual((answer["total"], answer["searched"]), (1, 1))

    def test_one_way_in_for_each_user(self):
        """PostgreSQL finds the notes of a caseload by their volumes, but reads all of
        them for an either-or with the candidates'."""
        for role, there, absent in (
            ("coach", "is_open", "candidate_id"),
            ("candidate", "candidate_id", "is_open"),
        ):
            Rule = self.env["ir.rule"].with_user(self.users[role])
            with self.subTest(role=role):
                domain = str(Rule._compute_domain("outplacement.note", "read"))
                self.assertIn(there, domain)
                self.assertNotIn(absent, domain)

    def test_whose_access_has_ended(self):
        self.traject.member_ids.with_user(self.planner).action_end()
        self.env.invalidate_all()
        answer = self._search("bedrijf")
        self.assertEqual((answer["notes"], answer["total"]), ([], 0))

    def test_nobody_else_searches(self):
        """The candidate neither, who reads what is shared, nor superuser code."""
        self.note.with_user(self.coach).shared = True
        for role in set(ROLES) - CREW:
            with self.case(role=role):
                self.assertRefused(self._search, "bedrijf", role)
        self.assertRefused(self.note.sudo().search_in_caseload, "bedrijf")

    def test_notes_that_do_not_open_are_counted(self):
        broken = self._note("<p>Nog een bedrijf</p>", day=2)
        broken.sudo().body_cipher = broken.sudo().body_cipher[:-4] + "AAAA"
        self.env.flush_all()
        self.env.invalidate_all()
        with mute_logger("odoo.addons.outplacement.models.outplacement_alert"):
            answer = self._search("bedrijf")
            # the sentence that stands in its place is not searched
            self.assertFalse(self._find("opened on this server"))
        self.assertEqual([row["id"] for row in answer["notes"]], self.note.ids)
        self.assertEqual((answer["searched"], answer["unopenable"]), (2, 1))

    def test_what_is_opened_is_told_to_the_log(self):
        opened = []

        def log(Note, notes):
            opened.extend(notes.ids)

        other = self._note("<p>Iets anders</p>", day=2)
        with patch.object(self.registry["outplacement.note"], "_log_search", log):
            self._search("bedrijf")
        self.assertEqual(opened, [other.id, self.note.id])

    # ------------------------------------------------------------------
    # Batches
    # ------------------------------------------------------------------

    def test_batches_reach_every_note_once(self):
        notes = self.note
        for day in (3, 2, 2, 2, 3, 1, 1):
            notes += self._note("<p>Nog een bedrijf</p>", day=day)
        expected = notes.sorted(lambda note: (note.date, note.id), reverse=True)
        # recordsets are equal in any order, and with a note twice
        self.assertEqual(self._find("bedrijf").ids, expected.ids)

    def test_a_note_that_goes_does_not_matter(self):
        newest = self._note("<p>Een bedrijf</p>", day=3)
        middle = self._note("<p>Een bedrijf</p>", day=2)
        answer = self._search("bedrijf", limit=1)
        self.assertEqual(answer["notes"][0]["id"], newest.id)
        self.assertEqual((answer["total"], answer["searched"]), (3, 1))
        newest.with_user(self.coach).unlink()
        answer = self._search("bedrijf", after=answer["next"], limit=1)
        self.assertEqual(answer["notes"][0]["id"], middle.id)
        self.assertNotIn("total", answer)

    def test_a_call_is_bounded(self):
        for day in (2, 3, 4):
            self._note("<p>Een bedrijf</p>", day=day)
        with patch.object(searching, "BATCH", 3):
            answer = self._search("bedrijf", limit=10_000)
        self.assertEqual(answer["searched"], 3)
        with patch.object(searching, "MOST_SHOWN", 1):
            answer = self._search("bedrijf")
        # one more than is shown, so that it is known that there are more
        self.assertEqual(len(answer["notes"]), 2)
        self.assertEqual(self._search("bedrijf", limit=-5)["searched"], 1)

    def test_a_limit_is_a_number(self):
        for limit in ("many", [1], {"a": 1}, float("inf"), float("nan")):
            with self.case(limit=limit), self.assertRaises(UserError) as caught:
                self._search("bedrijf", limit=limit)
            self.assertIn("whole number", str(caught.exception))
        self.assertEqual(self._search("bedrijf", limit="1")["searched"], 1)

    def test_wrong_calls_get_a_sentence_that_does_not_repeat_them(self):
        for query in ("", " ", "q", " q ", "\u0301\u0301\u0301", None, 12, "zz" * 51):
            with self.case(query=query), self.assertRaises(UserError) as caught:
                self._search(query)
            self.assertNotIn("z", str(caught.exception))
        for after in ([1, 2], {"id": 1}, {"date": "x", "id": 1}, {"date": None}, "x"):
            with self.case(after=after):
                self.assertRefused(self._search, "ab", after=after, error=UserError)

    # ------------------------------------------------------------------
    # What is looked for is kept nowhere
    # ------------------------------------------------------------------

    def test_the_query_is_in_no_sql_and_no_log(self):
        output = io.StringIO()
        handler, root = logging.StreamHandler(output), logging.getLogger()
        root.addHandler(handler)
        self.addCleanup(root.removeHandler, handler)
        sql = logging.getLogger("odoo.sql_db")
        self.addCleanup(sql.setLevel, sql.level)
        sql.setLevel(logging.DEBUG)
        self.assertEqual(self._find("curacao bedrijf"), self.note)
        self.assertIn("outplacement_note", output.getvalue())
        for word in ("curacao", "Curaçao", "bedrijf"):
            self.assertNotIn(word, output.getvalue())

    def test_queries_do_not_grow_with_the_notes(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self._search("bedrijf")
            return self.env.cr.sql_log_count - start

        count()
        one = count()
        for day in range(2, 12):
            self._note("<p>Een bedrijf</p>", day=day)
        count()  # what is found for the first time goes into the access log
        self.assertEqual(count(), one)


@tagged("post_install", "-at_install")
class TestWording(OutplacementCommon):
    """Words in texts, and the parts of texts that are shown."""

    def test_folding(self):
        for text, folded in (
            ("Één", "een"),
            ("STRAẞE", "strasse"),
            ("ﬁets", "fiets"),
            ("İstanbul", "istanbul"),
            ("e\u0301e\u0301n", "een"),
        ):
            with self.subTest(text=text):
                self.assertEqual(wording.fold(text), folded)

    def test_words(self):
        self.assertEqual(wording.get_words("  Één  twee een "), ["een", "twee"])

    def _mark(self, text, *words):
        snippet = wording.get_snippet(text, words)
        return "".join(f"[{part}]" if hit else part for part, hit in snippet)

    def test_snippets_mark_what_stands_in_the_text(self):
        """Whatever became longer or shorter by folding."""
        for text, words, marked in (
            (
                "Een STRAẞE in Curaçao",
                ("strasse", "curacao"),
                "Een [STRAẞE] in [Curaçao]",
            ),
            ("ab abab b", ("ab", "ba"), "[ab] [abab] b"),
            ("e\u0301e\u0301n twee", ("een",), "[e\u0301e\u0301n] twee"),
            ("ﬁets", ("i",), "[ﬁ]ets"),
            ("niets", ("iets anders",), "niets"),
        ):
            with self.subTest(text=text):
                self.assertEqual(self._mark(text, *words), marked)

    def test_snippets_are_parts_that_end_between_words(self):
        text = "begin " + "voor " * 50 + "NAALD " + "achter " * 50 + "einde"
        marked = self._mark(text, "naald", "einde")
        self.assertIn(" [NAALD] ", marked)
        self.assertRegex(marked, r"^… voor .* achter …$")
        self.assertLess(len(marked), 200)
        long = self._mark("x" * 500 + "naald" + "y" * 500, "naald")
        self.assertLess(len(long), 200)

    def test_text_of_html(self):
        for body, text in (
            (False, ""),
            ("plain", "plain"),
            ("<p>Een</p>\n<p>twee &amp; <i>dr</i>ie</p>", "Een twee & drie"),
            ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
            ("<p>a</p>b<br/>c", "a b c"),
            ("<!-- comment -->x", "x"),
        ):
            with self.subTest(body=body):
                self.assertEqual(wording.get_text(body), text)
