from odoo.tests import freeze_time, tagged

from .common import OutplacementCommon

MODELS = ("outplacement.traject", "outplacement.session", "outplacement.note")


@tagged("post_install", "-at_install")
class TestCaseload(OutplacementCommon):
    """What is open to a user is found once a transaction, and never lasts too long.

    Nothing is invalidated by hand in here: that is what is tested.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_session()
        cls._make_note()
        cls.env.flush_all()
        cls.env.invalidate_all()

    def _count(self, user):
        """Return how many trajects, sessions and notes ``user`` finds."""
        return [self.env[model].with_user(user).search_count([]) for model in MODELS]

    def test_the_clock_ends_it(self):
        with freeze_time("2099-12-31 22:59:59"):
            self.assertEqual(self._count(self.deputy), [1, 1, 1])
        with freeze_time("2099-12-31 23:00:00"):
            self.assertEqual(self._count(self.deputy), [0, 0, 0])

    def test_the_clock_begins_it(self):
        with freeze_time("2021-01-03 22:59:59"):
            self.assertEqual(self._count(self.coach), [0, 0, 0])
        with freeze_time("2021-01-03 23:00:00"):
            self.assertEqual(self._count(self.coach), [1, 1, 1])

    def test_an_end_counts_at_once(self):
        self.assertEqual(self._count(self.coach), [1, 1, 1])
        self.traject.member_ids.with_user(self.planner).action_end()
        self.assertEqual(self._count(self.coach), [0, 0, 0])

    def test_an_assignment_counts_at_once(self):
        self.assertEqual(self._count(self.other_coach), [1, 0, 0])
        self._assign(self.traject, self.other_coach)
        self.assertEqual(self._count(self.other_coach), [2, 1, 0])

    def test_found_once(self):
        self._count(self.coach)
        with self.assertQueryCount(len(MODELS)):
            self._count(self.coach)
