from datetime import date, datetime
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.modules.migration import load_script
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL, mute_logger
from odoo.tools.sql import column_exists

from .common import OutplacementCommon

MIGRATIONS = Path(__file__).parents[1] / "migrations/19.0.1.1.0"
DAY = date(2026, 3, 12)
ALERTS = "odoo.addons.outplacement.models.outplacement_alert"


@tagged("post_install", "-at_install")
class TestMigration(OutplacementCommon):
    """From a version whose notes were readable in the database."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.script = cls._load("post-migrate")
        cls.pre_script = cls._load("pre-migrate")
        cls.notes = cls.env["outplacement.note"].with_user(cls.coach)
        with freeze_time("2026-03-12 08:00:00"):
            for _n in range(7):
                cls.notes += cls._make_note(body=False).with_user(cls.coach)
            cls.notes[0].action_sign()
        cls.env.flush_all()
        # else all happens at one moment, that of the transaction
        cls.env.cr.execute("UPDATE outplacement_note SET write_date = '2021-01-04'")
        cls.env.invalidate_all()

    @classmethod
    def _load(cls, name):
        return load_script(str(MIGRATIONS / f"{name}.py"), name.replace("-", "_"))

    def setUp(self):
        super().setUp()
        self._keep_keys()
        self._execute("ALTER TABLE outplacement_note ADD COLUMN body_stored text")
        for n, note in enumerate(self.notes[:5]):
            self._execute(
                "UPDATE outplacement_note SET body_stored = %s WHERE id = %s",
                f"<p>canary {n}</p>",
                note.id,
            )
        self._execute(
            "UPDATE outplacement_note SET body_stored = '' WHERE id = %s",
            self.notes[5].id,
        )

    def _execute(self, query, *args):
        self.env.cr.execute(SQL(query, *args))

    def _get_dates(self):
        self._execute("SELECT id, write_uid, write_date FROM outplacement_note")
        return set(self.env.cr.fetchall())

    def _migrate(self):
        with patch.object(self.script, "BATCH", 2):
            self.script.migrate(self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()

    def test_notes_are_sealed(self):
        dates = self._get_dates()
        with freeze_time("2026-11-22 08:00:00"):
            self._migrate()
        for n, note in enumerate(self.notes[:5]):
            self.assertEqual(note.body, f"<p>canary {n}</p>")
        self.assertFalse(any(self.notes[5:].mapped("body")))
        self.assertEqual(self._get_dates(), dates)
        self.assertTrue(self.notes[0].signed_on)
        key = self.env["outplacement.key"].search([("state", "=", "current")])
        self.assertEqual(key.text_count, 5)

    def test_no_readable_column_remains(self):
        self._migrate()
        self.assertFalse(column_exists(self.env.cr, "outplacement_note", "body_stored"))
        self._execute("SELECT t::text FROM outplacement_note t")
        self.assertNotIn("canary", str(self.env.cr.fetchall()))

    def test_the_table_is_written_anew(self):
        """Else what was dropped would stay in the files of the database."""
        query = "SELECT pg_relation_filenode('outplacement_note')"
        self._execute(query)
        before = self.env.cr.fetchall()
        self._migrate()
        self._execute(query)
        self.assertNotEqual(self.env.cr.fetchall(), before)

    def test_again(self):
        """Notes stay sealed, and where they are."""
        self._migrate()
        until = date(2099, 1, 1)
        other = self._assign(self.traject, self.deputy, "deputy", date_to=until)
        self.env.flush_all()
        self._execute(
            "UPDATE outplacement_note SET volume_id = %s WHERE id = %s",
            other.id,
            self.notes[6].id,
        )
        self.env.invalidate_all()
        self._migrate()
        self.assertEqual(self.notes[1].body, "<p>canary 1</p>")
        self.assertEqual(self.notes[6].sudo().volume_id.id, other.id)

    def test_without_a_key_nothing_is_dropped(self):
        self.key_folder.chmod(0o770)
        try:
            with mute_logger(ALERTS), self.assertRaises(UserError):
                self._migrate()
        finally:
            self.key_folder.chmod(0o700)
        self.assertTrue(column_exists(self.env.cr, "outplacement_note", "body_stored"))

    def test_notes_are_in_the_volume_of_their_coach(self):
        [first] = self.traject.member_ids.filtered(lambda m: m.role == "coach")
        second = self._assign(self.traject, self.other_coach, date_from=DAY)
        led = self._make_traject()
        until = date(2099, 1, 1)
        self._assign(led, self.deputy, "deputy", date_to=until)
        coachless = self._make_note(led, self.deputy)
        kept = coachless.volume_id
        self.env.flush_all()
        for member, begin in (
            # dated back: it begins when it was given
            (first, ("2026-01-01", "2026-01-10")),
            (second, ("2026-02-01", "2026-02-01")),
        ):
            self._execute(
                "UPDATE outplacement_traject_member"
                " SET access_from = %s, assigned_at = %s WHERE id = %s",
                *begin,
                member.id,
            )
        expected = [
            ("2026-01-05", first),
            ("2026-01-20", first),
            ("2026-02-01", second),
            ("2026-03-01", second),
        ]
        for note, (moment, _coach) in zip(self.notes, expected, strict=False):
            self._execute(
                "UPDATE outplacement_note SET create_date = %s, volume_id = %s"
                " WHERE id = %s",
                moment,
                second.id if moment < "2026-02-01" else first.id,
                note.id,
            )
        self.env.invalidate_all()
        self._migrate()
        for note, (moment, coach) in zip(self.notes, expected, strict=False):
            with self.subTest(moment=moment):
                self.assertEqual(note.sudo().volume_id.id, coach.id)
        self.assertTrue(kept)
        self.assertEqual(coachless.volume_id, kept)

    def test_assignments_date_from_when_they_were_made(self):
        """Once: later ones are dated by what happened."""
        member = self.traject.member_ids[:1]
        self.env.flush_all()
        self._execute(
            "ALTER TABLE outplacement_traject_member DROP assigned_at CASCADE"
        )
        self._execute("UPDATE outplacement_traject_member SET create_date = %s", DAY)
        self.env.invalidate_all()
        self.pre_script.migrate(self.env.cr, "19.0.1.0.0")
        moments = set(self.traject.member_ids.mapped("assigned_at"))
        self.assertEqual(moments, {datetime(2026, 3, 12)})
        self._execute(
            "UPDATE outplacement_traject_member SET assigned_at = '2026-04-01'"
        )
        self.pre_script.migrate(self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()
        self.assertEqual(member.assigned_at, datetime(2026, 4, 1))

    def test_rules_are_renewed(self):
        """They are not updated by themselves, and a bureau may have changed them."""
        rule = self.env.ref("outplacement.outplacement_note_rule_read")
        shipped = rule.domain_force
        rule.domain_force = "[(1, '=', 1)]"
        self._migrate()
        self.assertEqual(rule.domain_force, shipped)
        self.assertFalse(self.env["outplacement.access.log"]._get_rule_breaches())
