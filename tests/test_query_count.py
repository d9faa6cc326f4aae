from datetime import date, datetime, timedelta

from lxml import etree

from odoo.tests import tagged

from .common import OutplacementCommon

FEW, MANY = 5, 50


@tagged("post_install", "-at_install")
class TestQueryCount(OutplacementCommon):
    """A list asks the database as often for fifty records as for five."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        people = cls.env["res.partner"].create(
            [{"name": f"Candidate {number}"} for number in range(MANY)]
        )
        employers = cls.env["res.partner"].create(
            [{"name": f"Employer {n}", "is_company": True} for n in range(MANY)]
        )
        Traject = cls.env["outplacement.traject"].with_user(cls.planner)
        cls.trajects = Traject.create(
            [
                {
                    "type_id": cls.traject_type.id,
                    "candidate_id": person.id,
                    "employer_id": employer.id,
                    "principal_id": employer.id,
                    "date_start": date(2021, 1, 4),
                }
                for person, employer in zip(people, employers, strict=True)
            ]
        )
        cls._assign(cls.trajects, cls.coach)
        cls._assign(cls.trajects, cls.deputy, "deputy", date_to=date(2099, 12, 31))
        cls.trajects._set_state("active")
        guided = cls.env(user=cls.coach)
        cls.records = {
            "traject": cls.trajects,
            "session": guided["outplacement.session"].create(cls._get_session_values()),
            "report": guided["outplacement.report"].create(
                [
                    {
                        "traject_id": traject.id,
                        "date_from": date(2021, 1, 4),
                        "date_to": date(2021, 3, 31),
                    }
                    for traject in cls.trajects
                ]
            ),
        }
        cls.env.flush_all()

    @classmethod
    def _get_session_values(cls):
        """Return the values of a past and of a future session of each traject."""
        values = []
        for moment in (datetime(2021, 3, 1, 9), datetime(2090, 3, 1, 9)):
            for number, traject in enumerate(cls.trajects):
                start = moment + timedelta(days=number)
                values.append({"traject_id": traject.id, "start": start})
        return values

    def _get_specification(self, model):
        """Return what the list view of ``model`` asks for, optional columns too."""
        view = model.get_view(view_type="list")
        names = {
            node.get("name") for node in etree.fromstring(view["arch"]).iter("field")
        }
        specification = {}
        for name in names:
            field = model._fields[name]
            specification[name] = {}
            if field.relational:
                specification[name] = {"fields": {"display_name": {}}}
        return specification

    def _count(self, records, specification):
        """Return how many queries it takes to read ``records``, with empty caches."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        found = records.web_search_read([("id", "in", records.ids)], specification)
        self.assertEqual(found["length"], len(records))
        self.assertEqual(len(found["records"]), len(records))
        return self.cr.sql_log_count - before

    def test_lists(self):
        for kind, records in self.records.items():
            for role in ("coach", "planner"):
                mine = records.with_user(self.users[role])
                specification = self._get_specification(mine)
                # the first time, whatever is cached for good is not there yet
                self._count(mine[:MANY], specification)
                few = self._count(mine[:FEW], specification)
                many = self._count(mine[:MANY], specification)
                with self.subTest(kind=kind, role=role, columns=len(specification)):
                    self.assertEqual(many, few)
