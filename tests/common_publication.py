import io
from datetime import date, timedelta
from unittest.mock import patch

import openpyxl

from odoo.tests import freeze_time, new_test_user

from .common import ACCOUNT_MANAGER, OutplacementCommon

PDF = b"%PDF-1.7 figures"
TODAY = "2026-03-31"


class PublicationCommon(OutplacementCommon):
    """A social plan of the account manager, and makers of people who stand somewhere
    under it, straight in the tables: how they came there is tested elsewhere."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        clock = freeze_time(TODAY)
        clock.start()
        cls.addClassCleanup(clock.stop)
        cls.deputy_seller = new_test_user(
            cls.env, "test_deputy_seller", ACCOUNT_MANAGER
        )
        cls.users["deputy_seller"] = cls.deputy_seller
        cls.plan = cls.env["outplacement.social.plan"].create(
            {
                "title": "Closing of the depot",
                "employer_id": cls.employer.id,
                "account_manager_id": cls.account_manager.id,
                "deputy_id": cls.deputy_seller.id,
                "cap_heads": 77,
                "cap_amount": 88888.0,
            }
        )
        cls.phases = cls.env["outplacement.phase"].search([])
        cls.startClassPatcher(
            patch.object(
                cls.registry["outplacement.publication.mixin"],
                "_render_document",
                lambda publication: PDF,
            )
        )

    @classmethod
    def _call_off_people(cls, number, plan=None):
        """Return trajects of so many people who were called off under the plan."""
        plan = plan or cls.plan
        first = plan.entitlement_number
        persons = cls.env["res.partner"].create(
            [
                {
                    "name": f"Canary{first + i} Kandidaat",
                    "email": f"canary{first + i}.{plan.id}@example.com",
                }
                for i in range(number)
            ]
        )
        people = cls.env["outplacement.entitlement"].create(
            [
                {
                    "plan_id": plan.id,
                    "candidate_id": person.id,
                    "personnel_number": f"CANARY-{first + i}",
                }
                for i, person in enumerate(persons)
            ]
        )
        return cls.env["outplacement.traject"].create(
            [
                {
                    "type_id": cls.traject_type.id,
                    "candidate_id": entitlement.candidate_id.id,
                    "entitlement_id": entitlement.id,
                    "employer_id": cls.employer.id,
                    "personnel_number": entitlement.personnel_number,
                }
                for entitlement in people
            ]
        )

    @classmethod
    def _place(cls, trajects, weeks=10, outcome="placed", closed=date(2026, 3, 1)):
        """Have people end with an outcome, so many weeks after their start."""
        start = closed - timedelta(weeks=weeks)
        values = {"state": "closed", "outcome": outcome, "date_start": start}
        values["date_closed"] = closed
        if outcome in ("placed", "self_employed", "internal"):
            values["date_placement"] = closed
        cls._store(trajects, values)

    @classmethod
    def _guide(cls, trajects, position):
        """Have people be in a phase, by its position."""
        phase = cls.phases[position]
        cls._store(trajects, {"state": "active", "phase_id": phase.id})

    @classmethod
    def _store(cls, trajects, values):
        """Write without what follows from it."""
        cls.env.flush_all()
        names = ", ".join(f"{name} = %s" for name in values)
        cls.env.cr.execute(
            f"UPDATE outplacement_traject SET {names} WHERE id = ANY(%s)",
            [*values.values(), trajects.ids],
        )
        cls.env.invalidate_all()

    def _draft(self, user=None, **values):
        Report = self.env["outplacement.group.report"]
        Report = Report.with_user(user or self.account_manager)
        return Report.create({"plan_id": self.plan.id, **values})

    def _release(self, user=None, **values):
        report = self._draft(user, **values)
        report.action_release()
        return report

    def _get_rows(self, report, *titles):
        """Return the rows of the tables with these titles, by their label."""
        return {
            row[0]: row[1:]
            for section in report.sections
            if section["title"] in titles
            for row in section["rows"]
        }

    def _get_cells(self, content):
        """Return all cells of a workbook that are not empty."""
        book = openpyxl.load_workbook(io.BytesIO(content))
        return [
            cell
            for sheet in book.worksheets
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        ]
