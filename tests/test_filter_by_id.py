from functools import partial
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools.misc import OrderedSet

from .common import OutplacementCommon


class TestFilterById(OutplacementCommon):
    """Links compared by id, held against Odoo's own way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_b = cls.env["res.company"].create({"name": "Company B"})
        cls.planner.company_ids = [Command.link(cls.company_b.id)]
        Traject = cls.env["outplacement.traject"].with_company(cls.company_b)
        cls.traject_b = Traject.create(
            {
                "type_id": cls.traject_type.id,
                "candidate_id": cls.candidate.partner_id.id,
                "employer_id": cls.employer.id,
                "principal_id": cls.employer.id,
                "company_id": cls.company_b.id,
            }
        ).with_env(cls.env)
        cls.trajects = cls.traject + cls.traject_b
        cls.sessions = cls._make_session() + cls._make_session(
            cls.traject_b, user=cls.env.user, coach_id=cls.coach.id
        )

    def _find(self, records, value, operator="in", odoo=False):
        """Return what is left of ``records``: in Odoo's own way, or in ours."""
        field = records._fields["company_id"]
        way = field.filter_function
        if odoo:
            way = partial(fields.Many2one.filter_function, field)
        return records.filtered(way(records, "company_id", operator, value))

    def test_as_odoo_does(self):
        one, other = self.company.id, self.company_b.id
        values = (
            OrderedSet([one]),
            {other},
            frozenset((one, other)),
            set(),
            {0},
            {one, False},
            {False},
            {other + 1},
            {True},
            [one],
            self.company_b,
        )
        traject, unsaved_company = (
            self.traject,
            self.company_b.new(origin=self.company_b),
        )
        saved = traject.new(origin=self.traject_b)
        unsaved = traject.new({"company_id": unsaved_company})
        for records in (
            self.trajects,
            self.trajects + self.traject_b,
            self.sessions,
            self.traject_b,
            saved,
            unsaved,
            traject + unsaved,
            traject.browse(),
        ):
            for value in values:
                with self.subTest(records=records, value=value):
                    self.assertEqual(
                        self._find(records, value),
                        self._find(records, value, odoo=True),
                    )

    def test_compared_by_id(self):
        """What rules ask makes no record of each company; all else is Odoo's."""
        Many2one = fields.Many2one
        with patch.object(Many2one, "filter_function") as asked:
            for records in (self.trajects, self.sessions):
                self.assertEqual(self._find(records, {self.company_b.id}), records[1])
            asked.assert_not_called()
        for operator, value in (
            ("in", {False}),
            ("in", self.env["res.company"]._search([])),
            ("any", Domain("name", "=", "Company B")),
            ("ilike", frozenset("B")),
        ):
            with (
                self.subTest(operator=operator, value=value),
                patch.object(Many2one, "filter_function") as asked,
            ):
                self._find(self.trajects, value, operator)
                asked.assert_called_once()
        ours = self.trajects._fields["company_id"].filter_function
        with self.assertRaises(ValueError):
            ours(self.trajects, "company_id.name", "in", {self.company.id})

    def test_extended_as_any_other(self):
        """Of a class of its own, Odoo would forget all when an add-on extends it."""
        for records in (self.trajects, self.sessions):
            self.assertIs(type(records._fields["company_id"]), fields.Many2one)

    def test_a_company_that_is_being_changed(self):
        self.traject_b.sudo().session_ids.unlink()
        self.assertEqual(self._find(self.trajects, {self.company.id}), self.traject)
        self.traject_b.sudo().company_id = self.company
        self.assertEqual(self._find(self.trajects, {self.company.id}), self.trajects)

    def test_decided_when_it_is_made(self):
        traject = self.traject
        found = traject._fields["company_id"].filter_function(
            traject, "company_id", "in", {self.company.id}
        )
        traject.invalidate_recordset()
        self.assertTrue(found(traject))

    def test_only_who_may_read_it(self):
        """Though the answer is in the cache already."""
        trajects = self.trajects.with_user(self.coach)
        for records in (trajects, trajects[0]):
            self.trajects.mapped("company_id")
            with (
                patch.object(
                    self.registry[trajects._name],
                    "_has_field_access",
                    lambda self, *_args: self.env.su,
                ),
                self.assertRaises(AccessError),
            ):
                self._find(records, {self.company.id})

    def test_companies_that_are_not_chosen(self):
        """Not by their ids either: the rule counts, for one and for many."""
        both = self.company + self.company_b
        for chosen in (self.company, self.company_b, both):
            for records in (self.trajects, self.sessions):
                seen = records.with_user(self.planner).with_context(
                    allowed_company_ids=chosen.ids
                )
                with self.subTest(chosen=chosen.mapped("name"), model=seen._name):
                    left = seen._filtered_access("read")
                    self.assertEqual(left.company_id, chosen)
