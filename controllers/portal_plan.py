from odoo.http import request, route

from odoo.addons.portal.controllers.portal import pager

from ..tools import spreadsheet
from .portal_employer import HOME_COUNTED, SHOWING
from .portal_pages import PortalPages

URL = "/my/sociaal-plan"


class PlanPortal(PortalPages):
    """The social plans of which the user is a contact for the employer: who of their
    people chose what, and who was called off.

    Whatever is not theirs is answered as what does not exist.
    """

    def _prepare_home_portal_values(self, counters):
        # EXTENDS portal
        values = super()._prepare_home_portal_values(counters)
        if "employer_plan_count" in counters:
            Plan = request.env["outplacement.social.plan"]
            values["employer_plan_count"] = Plan._count_portal_employer(HOME_COUNTED)
        return values

    @route(URL, **SHOWING)
    def portal_social_plans(self, **kwargs):
        """Show the plans of the user."""
        if not request.env.user._is_portal():
            raise request.not_found()
        plans = request.env["outplacement.social.plan"]._get_portal_employer_list()
        values = {"page_name": "social_plans", "plans": plans}
        return self._answer_outplacement_page("portal_social_plans", values)

    @route([f"{URL}/<int:plan_id>", f"{URL}/<int:plan_id>/page/<int:page>"], **SHOWING)
    def portal_social_plan(self, plan_id, page=1, show="all", **kwargs):
        """Show the people of the user's entities under one plan."""
        plan = self._get_social_plan(plan_id)
        Entitlement = request.env["outplacement.entitlement"]
        counts = Entitlement._count_portal_choices(plan_id)
        show = show if show in counts else "all"
        listed = pager(
            url=f"{URL}/{plan_id}",
            total=counts[show],
            page=self._read_outplacement_page_number(page),
            step=self._items_per_page,
            url_args={"show": show},
        )
        people = Entitlement._get_portal_people(
            plan_id, show, listed["offset"], self._items_per_page
        )
        values = {
            "page_name": "social_plan",
            "plan": plan,
            "people": people,
            "counts": counts,
            "show": show,
            "shows": self._get_social_plan_shows(),
            "choices": Entitlement._get_portal_choice_labels(),
            "states": Entitlement._get_portal_state_labels(),
            "pager": listed,
        }
        return self._answer_outplacement_page("portal_social_plan", values)

    @route(f"{URL}/<int:plan_id>/lijst.csv", **SHOWING)
    def portal_social_plan_export(self, plan_id, show="all", **kwargs):
        """Save the whole list that is shown, for a spreadsheet."""
        self._get_social_plan(plan_id)
        head, rows = request.env["outplacement.entitlement"]._get_portal_people_export(
            plan_id, show
        )
        content = spreadsheet.to_text(head, rows).encode(spreadsheet.ENCODING)
        name = request.env._("social plan.csv")
        return self._answer_outplacement_file(name, content, "text/csv; charset=utf-8")

    def _get_social_plan(self, plan_id):
        """:raises NotFound: a plan of which the user is no contact"""
        plan = request.env["outplacement.social.plan"]._get_portal_employer_plan(
            plan_id
        )
        if not plan:
            raise request.not_found()
        return plan

    def _get_social_plan_shows(self):
        """Return the words for what can be shown, in order."""
        Entitlement = request.env["outplacement.entitlement"]
        return {
            "all": request.env._("All"),
            **Entitlement._get_portal_choice_labels(),
            "released": Entitlement._get_portal_state_labels()["released"],
        }
