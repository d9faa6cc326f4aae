"""The employer's portal, as the browser of each role meets it."""

import re

from odoo.fields import Command
from odoo.tests import HttpCase
from odoo.tools import mute_logger

from .common import ROLES, OutplacementCommon

URL = "/my/trajecten"
MISSING = 2_000_000_000
# What differs from one answer to the next, whatever is asked for.
CHANGING = re.compile(r"csrf_token: \"\w+\"|\"csrf_token\" value=\"\w+\"|unique=\w+")


class EmployerPortalCommon(OutplacementCommon, HttpCase):
    """Two contacts of one employer with a traject each, and a contact of another."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.outsider = cls._make_user("employer_contact", "test_outsider")
        cls.users = {**cls.users, "outsider": cls.outsider}
        company = cls.env["res.partner"].create({"name": "Other", "is_company": True})
        cls.outsider.partner_id.parent_id = company
        cls._make_traject(
            candidate_id=cls.env["res.partner"].create({"name": "Somebody"}).id,
            employer_id=company.id,
            principal_id=company.id,
            employer_contact_ids=[Command.set(cls.outsider.partner_id.ids)],
        )
        cls.portal_roles = {
            role for role, group in ROLES.items() if group == "base.group_portal"
        }

    def _login(self, role):
        """Log in as ``role``; None logs out."""
        login = role and self.users[role].login
        self.authenticate(login, login)

    def _get(self, url, **kwargs):
        # the server's own environment reads what the database has
        self.env.flush_all()
        self.env.invalidate_all()
        with mute_logger("odoo.http"):
            return self.url_open(url, allow_redirects=False, **kwargs)

    def _text(self, response):
        """Return a page without what differs each time."""
        return CHANGING.sub("", response.text)

    def assertMissing(self, url):
        """Assert that a page is answered like one of a record that does not exist."""
        unknown = re.sub(r"/\d+", f"/{MISSING}", url, count=1)
        answers = []
        for asked in (url, unknown):
            response = self._get(asked)
            self.assertEqual(response.status_code, 404, asked)
            # Odoo's choice of languages links to the page itself
            answers.append(self._text(response).replace(asked, ""))
        self.assertEqual(*answers)
