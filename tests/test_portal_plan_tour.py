from odoo.tests import tagged

from .common_portal_plan import PlanPortalCommon
from .common_portal_tours import SIZES, PortalTourCommon
from .common_tours import install_dutch


@tagged("post_install", "-at_install")
class TestPortalPlanTour(PortalTourCommon, PlanPortalCommon):
    """The social plans in a browser, in Dutch, on a telephone and on a desktop."""

    def test_an_employer(self):
        install_dutch(self.env)
        self.employer_contact.write({"lang": "nl_NL", "tz": "Europe/Amsterdam"})
        for width in SIZES:
            with self.subTest(width=width):
                self._tour_portal("portal_plan", self.employer_contact, width)
