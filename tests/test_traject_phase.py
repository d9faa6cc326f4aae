from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import OutplacementCommon


@tagged("post_install", "-at_install")
class TestTrajectPhase(OutplacementCommon):
    """The phases of a traject, moved by its coach: planned, opened, skipped."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guided = cls.traject.with_user(cls.coach)

    def _get_lines(self, traject=None):
        """Return the phases of a traject by their technical name."""
        traject = traject or self.guided
        return {line.phase_id.code: line for line in traject.traject_phase_ids}

    def test_phases_of_a_new_traject(self):
        codes = [line.phase_id.code for line in self.traject.traject_phase_ids]
        expected = self.traject_type.phase_line_ids.phase_id.mapped("code")
        self.assertEqual(codes, expected)
        self.assertEqual(
            set(self.traject.traject_phase_ids.mapped("state")), {"planned"}
        )
        self.assertEqual(
            self.traject.phase_id, self.traject.traject_phase_ids[0].phase_id
        )

    def test_planned_dates_lie_end_to_end(self):
        self.traject.date_start = date(2026, 1, 5)
        lines = self._get_lines(self.traject)
        self.assertEqual(lines["processing"].planned_start, date(2026, 1, 5))
        self.assertEqual(lines["processing"].planned_end, date(2026, 3, 1))
        self.assertEqual(lines["self_assessment"].planned_start, date(2026, 3, 2))
        self._get_lines()["processing"].planned_weeks = 10
        self.assertEqual(lines["self_assessment"].planned_start, date(2026, 3, 16))
        self._activate()
        self._get_lines()["processing"].action_skip()
        self.assertFalse(lines["processing"].planned_start)
        self.assertEqual(lines["self_assessment"].planned_start, date(2026, 1, 5))
        self.traject.date_start = False
        self.assertFalse(any(self.traject.traject_phase_ids.mapped("planned_end")))

    def test_activation_opens_the_first_phase(self):
        with freeze_time("2026-03-12"):
            self._activate()
        line = self._get_lines()["processing"]
        self.assertEqual(line.state, "active")
        self.assertEqual(line.date_start, date(2026, 3, 12))

    def test_dragging_a_card_opens_the_phase(self):
        self._activate()
        lines = self._get_lines()
        self.guided.write({"phase_id": lines["job_search"].phase_id.id})
        self.assertEqual(lines["job_search"].state, "active")
        self.assertEqual(lines["processing"].state, "active", "phases overlap")
        extra = self.env["outplacement.phase"].create({"name": "Extra"})
        self.guided.write({"phase_id": extra.id})
        line = self.traject.traject_phase_ids.filtered(lambda li: li.phase_id == extra)
        self.assertEqual(line.state, "active")

    def test_no_phase_opens_before_the_start(self):
        line = self._get_lines()["job_search"]
        self.assertRefused(line.action_open, error=UserError)
        dragged = {"phase_id": line.phase_id.id}
        self.assertRefused(self.guided.write, dragged, error=UserError)
        self.assertEqual(self.traject.phase_id.code, "processing")

    def test_skip_and_enter_again(self):
        with freeze_time("2026-03-12"):
            self._activate()
            line = self._get_lines()["processing"]
        with freeze_time("2026-04-01"):
            line.action_done()
        self.assertEqual((line.state, line.date_end), ("done", date(2026, 4, 1)))
        with freeze_time("2026-05-01"):
            line.action_open()
        self.assertEqual((line.state, line.date_end), ("active", False))
        self.assertEqual(line.date_start, date(2026, 3, 12), "the first start stays")
        self.assertEqual(self.traject.phase_id, line.phase_id)
        line.action_skip()
        self.assertEqual(line.state, "skipped")

    def test_started_phases_stay(self):
        self._activate()
        lines = self._get_lines(self.traject.with_user(self.planner))
        self.assertRefused(lines["processing"].unlink, error=UserError)
        lines["job_search"].unlink()

    def test_each_phase_once(self):
        line = self.traject.traject_phase_ids[0]
        again = {"traject_id": self.traject.id, "phase_id": line.phase_id.id}
        self.assertRefused(line.create, again, error=IntegrityError)
