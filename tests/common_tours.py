import os
from datetime import date
from unittest.mock import patch

from odoo.tests import HttpCase

from .common_billing import BillingCommon

START = date(2026, 2, 1)


def install_dutch(env):
    """Load Dutch where this database does not have it yet."""
    if "nl_NL" not in dict(env["res.lang"].get_installed()):
        dutch = env["res.lang"].with_context(active_test=False)
        dutch = dutch.search([("code", "=", "nl_NL")])
        env["base.language.install"].create({"lang_ids": dutch.ids}).lang_install()


class TourCommon(BillingCommon, HttpCase):
    """The daily work of each role in a browser, in Dutch.

    A tour does what the person does; what came of it is looked up afterwards.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        install_dutch(cls.env)
        cls.users = (
            cls.account_manager | cls.planner | cls.coach | cls.finance | cls.manager
        )
        cls.users.write({"lang": "nl_NL", "tz": "Europe/Amsterdam"})
        cls.coach.name = "Carla Coach"
        (cls.employer | cls.candidate).lang = "nl_NL"

    def _tour(self, name, user):
        """Let ``user`` do the tour ``name``, with a browser in their time zone."""
        with patch.dict(os.environ, TZ=user.tz):
            self.start_tour("/odoo", f"outplacement_{name}", login=user.login)
        self.env.invalidate_all()

    def _start_traject(self):
        """Return a sold traject that Carla guides since its start."""
        order = self._sell_and_start(self.package, date_start=START)
        return order.outplacement_traject_ids
