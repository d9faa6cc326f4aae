from datetime import date

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .common import OutplacementCommon

PIXEL = "data:image/png;base64,iVBORw0KGgo="


@tagged("post_install", "-at_install")
class TestNote(OutplacementCommon):
    """Writing, signing, amending and sharing notes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.note = cls._make_note(body="<p>First</p>").with_user(cls.coach)

    # ------------------------------------------------------------------
    # The text
    # ------------------------------------------------------------------

    def test_what_a_new_note_is(self):
        with freeze_time("2026-03-12 08:00:00"):
            note = self.note.create({"traject_id": self.traject.id, "body": "Said"})
        self.assertEqual(note.author_id, self.coach)
        self.assertEqual(note.date, date(2026, 3, 12))
        self.assertEqual(note.candidate_id, self.candidate.partner_id)
        self.assertFalse(note.shared or note.signed_on or note.amends_id)
        self.assertIn("Said", note.body)

    def test_text_is_sanitised(self):
        """By every way in; images, players and frames would be files elsewhere."""
        dirty = (
            "<p>Good <b>text</b></p>"
            '<script>alert("x")</script>'
            '<p onclick="alert(1)">Click</p>'
            '<a href="javascript:alert(1)">Link</a>'
            f'<img src="{PIXEL}"/><picture><source srcset="x"/></picture>'
            '<iframe src="https://example.com"></iframe>'
            '<video src="x"></video><audio src="x"></audio>'
            '<object data="x"></object><embed src="x"/>'
        )
        created = self._make_note(body=dirty).with_user(self.coach)
        written = self._make_note().with_user(self.coach)
        written.body = dirty
        default = self.note.with_context(default_body=dirty).create(
            {"traject_id": self.traject.id}
        )
        form = Form(self.note.create({"traject_id": self.traject.id}))
        form.body = dirty
        for way, note in (
            ("created", created),
            ("written", written),
            ("default", default),
            ("form", form.save()),
        ):
            note.invalidate_recordset()
            with self.subTest(way=way):
                self.assertIn("<b>text</b>", note.body)
                for word in ("script", "onclick", "img", "source", "iframe"):
                    self.assertNotIn(word, note.body)
                for word in ("video", "audio", "object", "embed", "base64"):
                    self.assertNotIn(word, note.body)

    def test_saving_again_changes_nothing(self):
        self.note.body = "<p>One</p>plain<p>Two</p>"
        text = self.note.body
        for _i in range(2):
            self.note.write({"body": self.note.body})
            self.note.invalidate_recordset()
            self.assertEqual(self.note.body, text)

    def test_text_before_and_after_saving_are_the_same(self):
        self.note.write({"body": f'<p>Text</p><img src="{PIXEL}"/>'})
        shown = self.note.body
        self.note.invalidate_recordset()
        self.assertEqual(self.note.body, shown)

    def test_empty_texts(self):
        for text in ("", False, "<p></p>", "<p><br></p>", f'<img src="{PIXEL}"/>'):
            with self.case(text=text):
                self.note.body = text
                self.note.invalidate_recordset()
                self.assertFalse(self.note.body)
                self.assertFalse(self.note.sudo().body_cipher)

    def test_no_attachment_comes_with_a_note(self):
        attachments = self.env["ir.attachment"].sudo().search_count([])
        self.note.body = f'<p>Text</p><img src="{PIXEL}"/>'
        self.env.flush_all()
        self.assertEqual(self.env["ir.attachment"].sudo().search_count([]), attachments)

    # ------------------------------------------------------------------
    # Signing and amending
    # ------------------------------------------------------------------

    def _sign(self):
        with freeze_time("2026-03-12 08:00:00"):
            self.note.action_sign()
        return self.note

    def test_signed_notes_are_locked(self):
        note = self._sign()
        self.assertEqual(str(note.signed_on), "2026-03-12 08:00:00")
        session = self._make_session()
        for values in (
            {"body": "Other"},
            {"date": date(2020, 1, 1)},
            {"session_id": session.id},
            {"shared": True, "body": "Other"},
        ):
            for mine in (note, note.sudo()):
                with self.case(values=values, superuser=mine.env.su):
                    self.assertRefused(mine.write, values, error=UserError)
        self.assertRefused(note.unlink, error=UserError)
        self.assertRefused(note.sudo().unlink, error=UserError)
        note.shared = True
        self.assertIn("First", note.body)

    def test_signing_again_keeps_the_moment(self):
        note = self._sign()
        note.action_sign()
        self.assertEqual(str(note.signed_on), "2026-03-12 08:00:00")

    def test_only_the_author_signs(self):
        for role in ("deputy", "other_coach", "manager", "planner", "employee"):
            with self.case(role=role):
                self.assertRefused(self.note.with_user(self.users[role]).action_sign)
        self.assertFalse(self.note.signed_on)

    def test_amending(self):
        self.assertRefused(self.note.action_amend, error=UserError)
        session = self._make_session()
        self.note.session_id = session
        note = self._sign()
        amendment = note.browse(note.action_amend()["res_id"])
        self.assertEqual(amendment.amends_id, note)
        self.assertEqual(amendment.session_id, session)
        self.assertEqual(amendment.author_id, self.coach)
        amendment.body = "Corrected"
        self.assertIn("First", note.body)
        # a co-coach amends with words of their own
        theirs = note.with_user(self.deputy)
        theirs = theirs.browse(theirs.action_amend()["res_id"])
        self.assertEqual(theirs.author_id, self.deputy)
        for role in ("other_coach", "manager"):
            with self.case(role=role):
                self.assertRefused(note.with_user(self.users[role]).action_amend)

    # ------------------------------------------------------------------
    # Belonging
    # ------------------------------------------------------------------

    def test_a_note_stays_in_its_file(self):
        self._assign(self.other_traject, self.coach, "deputy", date_to=date(2099, 1, 1))
        moved = {"traject_id": self.other_traject.id}
        self.assertRefused(self.note.write, moved, error=UserError)
        self.assertRefused(self.note.sudo().write, moved, error=UserError)
        theirs = self._make_session(self.other_traject)
        session = {"session_id": theirs.id}
        self.assertRefused(self.note.write, session, error=ValidationError)

    def test_a_session_that_is_hidden_is_not_named(self):
        """Its existence and time would show in the note."""
        theirs = self._make_session(self.other_traject)
        values = {"session_id": theirs.id}
        self.assertRefused(self.note.write, values)
        self.assertRefused(self.note.create, {"traject_id": self.traject.id, **values})

    def test_no_note_in_anothers_name(self):
        values = {"traject_id": self.traject.id, "body": "Said"}
        for forged in (
            {"author_id": self.deputy.id},
            {"signed_on": "2021-01-01 00:00:00"},
            {"amends_id": self.note.id},
            {"candidate_id": self.other_candidate.partner_id.id},
        ):
            with self.case(forged=forged):
                self.assertRefused(self.note.create, {**values, **forged})
                context = {f"default_{name}": value for name, value in forged.items()}
                there = self.note.with_context(**context)
                self.assertRefused(there.create, values)
                self.assertRefused(self.note.write, forged)

    def test_copy_is_a_note_of_ones_own_without_text(self):
        self.note.shared = True
        copied = self._sign().copy()
        self.assertFalse(copied.body or copied.signed_on)
        self.assertEqual(copied.author_id, self.coach)
        theirs = self.note.with_user(self.deputy).copy()
        self.assertEqual(theirs.author_id, self.deputy)

    # ------------------------------------------------------------------
    # Sharing
    # ------------------------------------------------------------------

    def test_candidate_reads_what_is_shared(self):
        mine = self.note.with_user(self.candidate)
        others = self.note.with_user(self.other_candidate)
        self.assertFalse(mine.search([]))
        self.assertRefused(mine.read, ["body"])
        self.note.shared = True
        self.env.invalidate_all()
        self.assertEqual(mine.search([]), mine)
        self.assertIn("First", mine.read(["body"])[0]["body"])
        self.assertFalse(others.search([]))
        self.assertRefused(others.read, ["body"])
        for method, *args in (
            (mine.write, {"body": "Mine"}),
            (mine.write, {"shared": False}),
            (mine.unlink,),
            (mine.action_sign,),
            (mine.create, {"traject_id": self.traject.id, "body": "Mine"}),
        ):
            with self.case(method=method.__name__, args=args):
                self.assertRefused(method, *args)
        self.note.shared = False
        self.env.invalidate_all()
        self.assertRefused(mine.read, ["body"])

    def test_only_the_author_shares(self):
        for role in ("deputy", "other_coach", "planner", "manager"):
            with self.case(role=role):
                mine = self.note.with_user(self.users[role])
                self.assertRefused(mine.write, {"shared": True})

    def test_another_candidate_does_not_inherit_the_notes(self):
        """What was shared stays with whom it was about."""
        traject = self._make_traject(candidate_id=self.candidate.partner_id.id)
        self._assign(traject, self.coach)
        note = self._make_note(traject, shared=True)
        traject.with_user(self.planner).candidate_id = self.other_candidate.partner_id
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(note.with_user(self.other_candidate).search([]))
        self.assertIn("was said", note.with_user(self.candidate).body)

    def test_a_candidate_named_later_gets_what_is_shared(self):
        traject = self._make_traject(candidate_id=False)
        self._assign(traject, self.coach)
        note = self._make_note(traject, shared=True)
        traject.with_user(self.planner).candidate_id = self.other_candidate.partner_id
        self.env.flush_all()
        self.env.invalidate_all()
        mine = note.with_user(self.other_candidate)
        self.assertTrue(mine.search([("id", "=", note.id)]))

    def test_notes_of_a_traject_that_is_over(self):
        """The file stays readable for who still guides, and for nobody else."""
        self._activate()
        guided = self.traject.with_user(self.coach)
        guided._set_state("closed")
        self.assertIn("First", self.note.body)
        self.assertRefused(self.note.with_user(self.manager).read, ["body"])
