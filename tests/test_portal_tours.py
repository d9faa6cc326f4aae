from odoo.tests import tagged

from .common import OutplacementCommon
from .common_portal_tours import SIZES, PortalTourCommon
from .common_tours import install_dutch


@tagged("post_install", "-at_install")
class TestPortalTours(PortalTourCommon, OutplacementCommon):
    """Pages of the portal in a browser, in Dutch."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        install_dutch(cls.env)
        people = cls.candidate | cls.employer_contact
        people.write({"lang": "nl_NL", "tz": "Europe/Amsterdam"})

    def test_home(self):
        """The page that both kinds of users come in by."""
        for role in ("candidate", "employer_contact"):
            for width in SIZES:
                with self.subTest(role=role, width=width):
                    self._tour_portal("portal_home", self.users[role], width)
