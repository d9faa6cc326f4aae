import re
from unittest.mock import patch

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import OutplacementCommon

TOKEN = re.compile(r'name="csrf_token" value="(\w+)"')
PORTALS = {"candidate": "/my/traject", "employer_contact": "/my/trajecten"}
QUIET = "odoo.addons.base.models.res_users"
# What Odoo sets: after so many wrong ones the door stays shut for a while.
TRIES = 10


@tagged("post_install", "-at_install")
class TestPortalLogin(OutplacementCommon, HttpCase):
    """Who comes in by the door of the portals, with Odoo's own locks on it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._activate()

    def setUp(self):
        super().setUp()
        # Odoo counts wrong logins by address, beyond a test
        failures = patch.object(self.registry, "_login_failures", None, create=True)
        self.startPatcher(failures)
        self.authenticate(None, None)

    def _log_in(self, login, password):
        """Send the form to log in; return the page that is the answer."""
        token = TOKEN.search(self.url_open("/web/login").text)[1]
        values = {"login": login, "password": password, "csrf_token": token}
        with mute_logger(QUIET):
            return self.url_open("/web/login", data=values).text

    def _is_let_in(self, role):
        """Whether the page of ``role`` opens, and does not ask to log in."""
        response = self.url_open(PORTALS[role], allow_redirects=False)
        return response.status_code == 200

    def test_thirty_wrong_logins(self):
        """Refused in a sentence, each of them; after the tenth the right password is
        refused too, for as long as Odoo says, and nothing is kept of any of them."""
        for role in PORTALS:
            user = self.users[role]
            with self.subTest(role=role):
                self.registry._login_failures = None
                before = user.sudo().log_ids
                answers = [self._log_in(user.login, "wrong") for _try in range(30)]
                for answer in answers[:TRIES]:
                    self.assertIn("Wrong login/password", answer)
                for answer in answers[TRIES:]:
                    self.assertIn("Too many login failures", answer)
                answer = self._log_in(user.login, user.login)
                self.assertIn("Too many login failures", answer)
                self.assertFalse(self._is_let_in(role))
                self.env.invalidate_all()
                self.assertEqual(user.sudo().log_ids, before)
                settings = self.env["ir.config_parameter"].sudo()
                settings.set_param("base.login_cooldown_duration", 0)
                self.env.flush_all()
                self._log_in(user.login, user.login)
                self.assertTrue(self._is_let_in(role))
                self.authenticate(None, None)
                settings.set_param("base.login_cooldown_duration", 60)
                self.env.flush_all()

    def test_who_has_a_login_is_not_told(self):
        known, unknown = (
            self._log_in(login, "wrong") for login in (self.candidate.login, "nobody")
        )
        for answer in (known, unknown):
            self.assertIn("Wrong login/password", answer)

    def test_a_second_factor_and_passkeys(self):
        """Offered as Odoo does, where the bureau has not taken them out."""
        modules = {
            "auth_totp_portal": "Two-factor authentication",
            "auth_passkey_portal": "Passkeys",
        }
        installed = self.env["ir.module.module"]._installed()
        if not modules.keys() <= installed.keys():
            self.skipTest("The bureau has taken them out")
        for role in PORTALS:
            login = self.users[role].login
            self.authenticate(login, login)
            page = self.url_open("/my/security").text
            for text in modules.values():
                with self.subTest(role=role, text=text):
                    self.assertIn(text, page)
