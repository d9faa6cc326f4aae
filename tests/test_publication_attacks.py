from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_publication import PublicationCommon


@tagged("post_install", "-at_install")
class TestPublicationAttacks(PublicationCommon):
    """Group reports laid beside what else their readers are told."""

    def test_who_withdrew_is_known_by_name(self):
        """The portal tells the employer who gave their place back: what is left when
        they are subtracted is no small group either."""
        people = self._call_off_people(40)
        self._place(people[:35])
        self._store(people[35:39], {"state": "cancelled", "outcome": "stopped"})
        for audience in ("employer", "works_council"):
            stretches = self._draft(audience=audience).figures["stretches"]
            self.assertEqual(sum(n for _keys, n in stretches), 40)
            self.assertNotIn(stretches[-1][1] - 4, range(1, 5))
        # once the last one withdrew, nobody is left of whom it would tell
        self._store(people[39], {"state": "cancelled"})
        self.assertEqual(self._draft().figures["found"], 35)

    def test_nearly_everybody_withdrew(self):
        people = self._call_off_people(40)
        self._store(people[:36], {"state": "cancelled"})
        self.assertEqual(self._draft().figures["stretches"], [])
        self._store(people[35:36], {"state": "intake"})
        self.assertTrue(self._draft().figures["stretches"])

    def test_one_person_more_in_years_that_were_told_of(self):
        """Not by a median either, where the numbers stand."""
        for year, weeks in ((2024, 10), (2025, 30)):
            self._place(self._call_off_people(6), weeks, closed=date(year, 6, 1))
        Report = self.env["outplacement.result.report"]
        first = Report.with_user(self.account_manager).create({})
        first.action_release()
        self.assertEqual(first.figures["medians"]["/"], 20)
        self._place(self._call_off_people(1), 30, closed=date(2025, 6, 1))
        second = first.copy()
        self.assertEqual(second.figures["units"], first.figures["units"])
        self.assertEqual(second.figures["medians"], first.figures["medians"])
        # other years together have a median of their own
        second.year_from = 2025
        self.assertEqual(second.figures["medians"]["/"], 30)

    def test_a_draft_does_not_move_to_another_company(self):
        """There it would be held against no history, for who does not see that."""
        report = self.env["outplacement.result.report"].with_user(self.account_manager)
        draft = report.create({})
        other = self.env["res.company"].create({"name": "Other bureau"})
        with self.assertRaises(AccessError):
            draft.write({"company_id": other.id})
