from odoo.tests import freeze_time, new_test_user

from .common_billing import TODAY
from .common_plan import PlanCommon

# The day on which somebody looks.
LOOKED = "2026-04-01"
# When each person chooses at the latest, looked at on that day.
UNDECIDED = {
    "overdue": ["2026-03-31"],
    "week": ["2026-04-01", "2026-04-08"],
    # one without a day of their own has that of the plan
    "month": ["2026-04-09", False, "2026-05-01"],
    "later": ["2026-05-02"],
}


@freeze_time(TODAY)
class CockpitCommon(PlanCommon):
    """A plan of 20 places of 3,195.00 with 17 people, one a situation, as it stands
    on :data:`LOOKED`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.deputy_seller = new_test_user(
            cls.env,
            "cockpit_deputy",
            "outplacement.group_account_manager",
            company_id=cls.company.id,
        )
        cls.plan = cls._make_social_plan(
            cap_heads=20,
            cap_amount=63900.0,
            money_allowed=True,
            choice_deadline="2026-04-15",
            deputy_id=cls.deputy_seller.id,
        )
        cls._make_people()

    @classmethod
    def _make_people(cls):
        chosen = {"choice": "outplacement", "date_choice": TODAY}
        cls.called = cls._entitle(cls.plan, 6, **chosen)
        cls.late = cls._entitle(cls.plan, 1, date_deadline="2026-01-02", **chosen)
        cls.money = cls._entitle(cls.plan, 1, choice="money")
        cls.none = cls._entitle(cls.plan, 1, choice="none")
        cls.undecided = {
            timing: cls.env["outplacement.entitlement"].concat(
                *(cls._entitle(cls.plan, 1, date_deadline=day) for day in days)
            )
            for timing, days in UNDECIDED.items()
        }
        cls.draft = cls._entitle(cls.plan, 1, state="draft")
        cls._call_off(cls, cls.called)
        cls.early, cls.half, cls.slow, cls.guided, cls.waiting, cls.gone = cls.called
        cls._release(cls, cls.gone)
        cls._make_courses()

    @classmethod
    def _make_courses(cls):
        """Three are placed after 3, 8 and 11 weeks, one is guided, one waits."""
        begun = cls.early + cls.half + cls.slow + cls.guided
        cls._start(begun.traject_id, TODAY)
        for person, day, state in (
            (cls.early, "2026-01-26", "aftercare"),
            (cls.half, "2026-03-02", "aftercare"),
            (cls.slow, "2026-03-23", "closed"),
        ):
            values = {"date_placement": day, "outcome": "placed"}
            if state == "closed":
                values["date_closed"] = day
            traject = person.traject_id.with_user(cls.planner).sudo(False)
            with freeze_time(day):
                traject._set_state(state, **values)
                cls.env.flush_all()
        session = cls.env["outplacement.session"].create(
            {
                "traject_id": cls.guided.traject_id.id,
                "coach_id": cls.coach.id,
                "start": "2026-01-12 09:00:00",
            }
        )
        session.state = "held"
        cls.env.flush_all()
        cls.env.invalidate_all()
