from datetime import date, datetime

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from .common import LONG_AGO, OutplacementCommon

STATES = ("intake", "active", "paused", "aftercare", "closed", "cancelled")
ALLOWED = {
    ("intake", "active"),
    ("intake", "cancelled"),
    ("active", "paused"),
    ("active", "aftercare"),
    ("active", "closed"),
    ("active", "cancelled"),
    ("paused", "active"),
    ("paused", "aftercare"),
    ("paused", "closed"),
    ("aftercare", "closed"),
}


@tagged("post_install", "-at_install")
class TestTraject(OutplacementCommon):
    """The course of a traject, run by the least privileged who may: its coach."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guided = cls.traject.with_user(cls.coach)

    def _close(self, target, outcome=False, day=date(2021, 6, 1), user=None):
        """Go through the wizard to ``target``; a coach cancels as of today."""
        action = {
            "aftercare": "action_start_aftercare",
            "closed": "action_close",
            "cancelled": "action_cancel",
        }[target]
        guided = self.traject.with_user(user or self.coach)
        form = Form.from_action(guided.env, getattr(guided, action)())
        if outcome:
            form.outcome = outcome
        if target != "cancelled":
            form.date = day
        form.save().action_confirm()

    # ------------------------------------------------------------------
    # States
    # ------------------------------------------------------------------

    def test_state_map(self):
        """Every pair of states: the map's are walked, all others refused."""
        for old in STATES:
            for new in STATES:
                with self.case(old=old, new=new):
                    self.traject.sudo().state = old
                    if (old, new) in ALLOWED:
                        self.guided._set_state(new)
                        self.assertEqual(self.traject.state, new)
                    else:
                        self.assertRefused(self.guided._set_state, new, error=UserError)
                        self.assertEqual(self.traject.state, old)

    def test_who_runs_a_traject(self):
        for role in ("coach", "deputy", "planner", "manager"):
            with self.case(role=role):
                self.traject.with_user(self.users[role])._set_state("active")
        for role in ("other_coach", "account_manager", "finance", "employee", "system"):
            with self.case(role=role):
                mine = self.traject.with_user(self.users[role])
                self.assertRefused(mine._set_state, "active")
                self.assertRefused(mine.action_activate)
                self.assertRefused(mine.action_close)

    def test_buttons(self):
        """Pausing and resuming ask for days, not for a reason."""
        self._activate()
        for action, state in (("action_pause", "paused"), ("action_resume", "active")):
            form = Form.from_action(self.guided.env, getattr(self.guided, action)())
            form.save().action_confirm()
            self.assertEqual(self.traject.state, state)
        several = (self.traject + self._activate(self.other_traject)).with_user(
            self.planner
        )
        several._set_state("paused")
        self.assertEqual(several.mapped("state"), ["paused", "paused"])

    def test_state_is_tracked(self):
        self.cr.flush()
        guided = self.guided.with_context(mail_notrack=False, tracking_disable=False)
        guided._set_state("active")
        self.cr.flush()
        fields = self.traject.message_ids.tracking_value_ids.field_id.mapped("name")
        self.assertIn("state", fields)

    # ------------------------------------------------------------------
    # Activation
    # ------------------------------------------------------------------

    def test_activation_wizard(self):
        """What the coach sees beforehand is what comes."""
        self.traject.date_start = False
        with freeze_time("2026-03-12"):
            form = Form.from_action(self.guided.env, self.guided.action_activate())
            self.assertEqual(form.date_start, date(2026, 3, 12))
        self.assertFalse(form.missing_text)
        form.date_start = date(2026, 1, 31)
        self.assertEqual(form.date_end, date(2027, 1, 30))
        form.save().action_activate()
        self.assertEqual(self.traject.state, "active")
        self.assertEqual(self.traject.date_start, date(2026, 1, 31))
        self.assertEqual(self.traject.date_end, date(2027, 1, 30))
        again = self.env["outplacement.traject.activate"].with_user(self.coach)
        again = again.create({"traject_id": self.traject.id})
        self.assertRefused(again.action_activate, error=UserError)

    def test_activation_needs_candidate_coach_and_start(self):
        empty = self._make_traject(candidate_id=False, date_start=False)
        planned = empty.with_user(self.planner)
        form = Form.from_action(planned.env, planned.action_activate())
        for word in ("candidate", "coach"):
            self.assertIn(word, form.missing_text)
        self.assertNotIn("start date", form.missing_text)
        wizard = form.save()
        self.assertRefused(wizard.action_activate, error=UserError)
        with self.assertRaises(UserError) as caught:
            planned._set_state("active")
        for word in (empty.name, "candidate", "coach", "start date"):
            self.assertIn(word, str(caught.exception))
        self.assertEqual(empty.state, "intake")

    def test_activation_by_who_may_not(self):
        mine = self.env["outplacement.traject.activate"].with_user(self.planner)
        wizard = mine.create({"traject_id": self.traject.id})
        self.assertRefused(wizard.with_user(self.other_coach).action_activate)

    # ------------------------------------------------------------------
    # Closing
    # ------------------------------------------------------------------

    def test_placement_aftercare_and_close(self):
        self._activate()
        session = self._make_session(start=datetime(2090, 1, 2, 9))
        self._close("aftercare", "placed", date(2021, 9, 1))
        self.assertEqual(self.traject.state, "aftercare")
        self.assertEqual(self.traject.outcome, "placed")
        self.assertEqual(self.traject.date_placement, date(2021, 9, 1))
        self.assertFalse(self.traject.date_closed)
        self.assertEqual(self.traject.phase_id.code, "aftercare")
        self.assertEqual(session.state, "planned")
        self._close("closed", day=date(2021, 12, 1))
        self.assertEqual(self.traject.outcome, "placed")
        self.assertEqual(self.traject.date_placement, date(2021, 9, 1))
        self.assertEqual(self.traject.date_closed, date(2021, 12, 1))
        self.assertEqual(session.state, "cancelled")
        self.assertFalse(
            self.traject.traject_phase_ids.filtered(lambda line: line.state == "active")
        )

    def test_outcomes(self):
        """Every outcome with every end: those that go together, and no others."""
        placed = {"placed", "self_employed", "internal"}
        unplaced = {"term_ended", "stopped", "referred_out", "no_match"}
        fitting = {
            "aftercare": placed,
            "closed": placed | unplaced,
            "cancelled": unplaced - {"term_ended"},
        }
        Wizard = self.env["outplacement.traject.close"].with_user(self.coach)
        for target, outcomes in fitting.items():
            for outcome in placed | unplaced:
                values = {"target_state": target, "outcome": outcome}
                if target != "cancelled":  # a coach does that as of today
                    values["date"] = date(2021, 6, 1)
                with self.case(target=target, outcome=outcome):
                    self._activate()
                    wizard = Wizard.create({"traject_id": self.traject.id, **values})
                    if outcome not in outcomes:
                        self.assertRefused(wizard.action_confirm, error=UserError)
                        continue
                    wizard.action_confirm()
                    self.assertEqual(self.traject.state, target)
                    self.assertEqual(self.traject.outcome, outcome)
                    placement = date(2021, 6, 1) if outcome in placed else False
                    self.assertEqual(self.traject.date_placement, placement)

    def test_no_end_in_the_future(self):
        self._activate()
        with freeze_time("2026-03-12"), self.assertRaises(UserError):
            self._close("closed", "stopped", date(2026, 3, 13))

    def test_no_placement_before_the_start(self):
        self.traject.date_start = date(2021, 6, 1)
        self._activate()
        with self.assertRaises(UserError), self.cr.savepoint():
            self._close("aftercare", "placed", date(2021, 5, 31))
        self._close("aftercare", "placed", date(2021, 6, 1))

    def test_the_planner_of_a_company_plans(self):
        for user in (self.coach, self.employee):
            with self.case(user=user.name):
                values = {"outplacement_planner_id": user.id}
                self.assertRefused(self.company.write, values, error=ValidationError)
        self.company.outplacement_planner_id = self.manager

    def test_no_match_after_the_intake(self):
        """An intake that was held is no reason to go on."""
        self._make_session(kind="intake").with_user(self.coach).action_hold()
        self.assertEqual(self.traject.state, "intake")
        self._close("cancelled", "no_match")
        self.assertEqual(self.traject.state, "cancelled")

    def test_cancel_is_for_what_did_not_happen(self):
        self._activate()
        session = self._make_session().with_user(self.coach)
        session.action_hold()
        with self.assertRaises(UserError), self.cr.savepoint():
            self._close("cancelled", "stopped")
        session.action_reset()
        self._close("cancelled", "stopped")
        self.assertEqual(self.traject.state, "cancelled")
        self.assertEqual(session.state, "cancelled")

    def test_manager_closes(self):
        """A manager only reads sessions; closing cancels those to come all the same."""
        self._activate()
        session = self._make_session(start=datetime(2090, 1, 2, 9))
        self._close("closed", "stopped", user=self.manager)
        self.assertEqual(session.state, "cancelled")

    # ------------------------------------------------------------------
    # Match, term, reference, company
    # ------------------------------------------------------------------

    def test_match(self):
        member = self.traject.member_ids.filtered(lambda m: m.role == "coach")
        self.assertEqual(member.match, "pending")
        member.with_user(self.coach).action_match_yes()
        self.assertEqual(member.match, "yes")
        self.assertRefused(member.with_user(self.coach).action_match_no)
        self.company.outplacement_planner_id = self.planner
        member.with_user(self.planner).action_match_no()
        self.assertEqual(member.match, "no")
        self.assertFalse(self.traject.coach_id)
        activity = self.traject.activity_ids
        self.assertEqual(activity.user_id, self.planner)
        self._assign(self.traject, self.other_coach)
        self.assertFalse(self.traject.activity_ids, "found: the planner is done")
        self.assertEqual(self.traject.coach_id, self.other_coach)

    def test_term(self):
        """From the package or type; the last day is start + months - 1 day."""
        for start, months, end in (
            (date(2026, 1, 1), 12, date(2026, 12, 31)),
            (date(2026, 1, 31), 1, date(2026, 2, 27)),
            (date(2024, 2, 29), 12, date(2025, 2, 27)),
            (date(2026, 3, 16), 3, date(2026, 6, 15)),
        ):
            self.traject.write({"date_start": start, "months": months})
            self.assertEqual(self.traject.date_end, end)
        career = self.env.ref("outplacement.outplacement_traject_type_career_fit")
        traject = self._make_traject(type_id=career.id)
        self.assertEqual((traject.months, traject.planned_session_count), (4, 7))
        package = self.env["product.product"].create(
            {
                "name": "Package",
                "type": "service",
                "service_tracking": "outplacement",
                "outplacement_type_id": career.id,
                "outplacement_months": 9,
                "outplacement_session_count": 21,
            }
        )
        traject = self._make_traject(product_id=package.id)
        self.assertEqual((traject.months, traject.planned_session_count), (9, 21))

    @freeze_time("2026-03-12 08:00:00")
    def test_references_count_up(self):
        first, second = self._make_traject(), self._make_traject()
        self.assertRegex(first.name, r"^TR/2026/\d{4}$")
        self.assertEqual(int(second.name[-4:]), int(first.name[-4:]) + 1)
        forged = self._make_traject(name="TR/0000/0001")
        self.assertNotEqual(forged.name, "TR/0000/0001")
        mine = first.with_user(self.planner)
        self.assertRefused(mine.write, {"name": "TR/0000/0001"})
        copied = mine.copy()
        self.assertNotIn(copied.name, (first.name, second.name))
        self.assertFalse(copied.member_ids)
        self.assertFalse(copied.candidate_id)
        self.assertEqual(copied.state, "intake")

    def test_references_at_new_year(self):
        """The year is the company's: numbers begin anew at its midnight, wherever the
        server and the users are, and none comes twice."""
        names = []
        for moment, zone in (
            ("2035-12-31 22:30:00", "Europe/Amsterdam"),
            ("2035-12-31 22:45:00", "Asia/Tokyo"),
            ("2035-12-31 23:30:00", "Europe/Amsterdam"),
            ("2035-12-31 23:45:00", "America/New_York"),
            ("2036-01-01 00:30:00", "Europe/Amsterdam"),
            ("2036-01-01 02:00:00", "America/New_York"),
        ):
            self.planner.tz = zone
            with freeze_time(moment):
                names.append(self._make_traject().name)
        self.assertEqual(
            names,
            [
                "TR/2035/0001",
                "TR/2035/0002",
                "TR/2036/0001",
                "TR/2036/0002",
                "TR/2036/0003",
                "TR/2036/0004",
            ],
        )

    def test_companies_are_apart(self):
        sister = self.env["res.company"].create({"name": "Sister Bureau"})
        both = self._make_user("planner", "test_both")
        both.company_ids += sister
        theirs = self.env["outplacement.traject"].with_user(both).with_company(sister)
        theirs = theirs.create({"type_id": self.traject_type.id})
        self.assertEqual(theirs.company_id, sister)
        for role in ("planner", "manager", "coach"):
            with self.case(role=role):
                mine = theirs.with_env(self.env).with_user(self.users[role])
                self.assertFalse(mine.search([("id", "=", theirs.id)]))
                self.assertRefused(mine.read, ["name"])
                self.assertRefused(mine.write, {"months": 3})
        with self.case(role="both, working for one"):
            here = self.env["outplacement.traject"].with_user(both)
            here = here.with_context(allowed_company_ids=self.company.ids)
            self.assertFalse(here.search([("id", "=", theirs.id)]))

    def test_chatter_stays_inside(self):
        self._activate()
        outside = (self.candidate | self.employer_contact).partner_id
        for partner in outside:
            with self.case(partner=partner.name):
                to = partner.ids
                self.assertRefused(
                    self.guided.message_post, partner_ids=to, error=UserError
                )
                self.assertRefused(self.guided.message_subscribe, to, error=UserError)
        self.guided.message_post(body="Inside", partner_ids=self.planner.partner_id.ids)
        self.assertFalse(self.traject.message_partner_ids & outside)
        self.assertFalse(self.guided._message_get_suggested_recipients())

    def test_kanban_shows_every_phase(self):
        groups = self.guided.formatted_read_group([], ["phase_id"], ["__count"])
        self.assertTrue(groups)
        shown = self.guided._read_group_phase_ids(self.env["outplacement.phase"], [])
        self.assertEqual(shown, self.env["outplacement.phase"].search([]))

    def test_my_trajects(self):
        Traject = self.env["outplacement.traject"]
        ours = [("id", "in", (self.traject + self.other_traject).ids)]
        for user, found in (
            (self.coach, self.traject),
            (self.deputy, self.traject),
            (self.planner, Traject),
        ):
            domain = [*ours, ("is_member", "=", True)]
            self.assertEqual(Traject.with_user(user).search(domain), found)
        domain = [*ours, ("is_member", "=", False)]
        self.assertEqual(len(Traject.with_user(self.planner).search(domain)), 2)

    def test_defaults_of_a_view_do_not_reach_the_phases(self):
        """A calendar offers a start date: of the traject, not of its phases."""
        planned = self.env["outplacement.traject"].with_user(self.planner)
        context = {"default_date_start": LONG_AGO, "default_planned_weeks": 99}
        traject = planned.with_context(**context).create({})
        self.assertEqual(traject.date_start, LONG_AGO)
        self.assertFalse(any(traject.traject_phase_ids.mapped("date_start")))
        self.assertNotIn(99, traject.traject_phase_ids.mapped("planned_weeks"))
