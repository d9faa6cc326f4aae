from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import ACCESS_LOGGERS
from .test_attacks_billing import SaleAttackCommon

SIGNATURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAA"
    "AABJRU5ErkJggg=="
)
REFUSAL = "This order is for the customer to confirm"


@tagged("post_install", "-at_install")
class TestAttackSigning(SaleAttackCommon, HttpCase):
    """The page on which a customer signs confirms as superuser: staff get no further
    there than by their own rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quotation.sudo().write({"require_signature": True, "state": "sent"})
        cls.token = cls.quotation.sudo()._portal_ensure_token()
        cls.env.flush_all()

    def _post(self, page, user=None, **params):
        """Return the answer to what the page of the order sends."""
        self.authenticate(user and user.login, user and user.login)
        with mute_logger(*ACCESS_LOGGERS, "odoo.http"):
            response = self.url_open(
                f"/my/orders/{self.quotation.id}/{page}",
                json={
                    "id": 0,
                    "jsonrpc": "2.0",
                    "method": "call",
                    "params": {"access_token": self.token, **params},
                },
            )
        self.env.invalidate_all()
        return response.json()

    def _sign(self, user=None):
        return self._post("accept", user, name="Somebody", signature=SIGNATURE)

    def _is_sold(self):
        return bool(self.quotation.order_line.sudo().outplacement_instalment_ids)

    def test_staff(self):
        """With the link of the customer, be it of an order that is their own."""
        self._change_hands()
        for user in (self.account_manager, self.salesman, self.planner, self.finance):
            with self.subTest(user=user.login):
                self.assertIn(REFUSAL, self._sign(user)["result"]["error"])
                self.assertFalse(self._is_sold())
                answer = self._post("transaction", user)
                self.assertIn(REFUSAL, answer["error"]["data"]["message"])
        self.assertFalse(self.quotation.sudo().signed_by)

    def test_without_the_link(self):
        """Who may not open the page does not learn what is sold for whom."""
        self.token = "guessed"
        for user in (self.planner, self.coach):
            with self.subTest(user=user.login):
                self.assertEqual(self._sign(user)["result"]["error"], "Invalid order.")
                message = self._post("transaction", user)["error"]["data"]["message"]
                self.assertNotIn(REFUSAL, message)

    def test_who_sells(self):
        self.assertNotIn("error", self._sign(self.account_manager)["result"])
        self.assertTrue(self._is_sold())

    def test_customer(self):
        self.portal.partner_id.parent_id = self.insurer
        self.assertNotIn("error", self._sign(self.portal)["result"])
        self.assertTrue(self._is_sold())

    def test_customer_without_a_login(self):
        self.assertNotIn("error", self._sign()["result"])
        self.assertTrue(self._is_sold())

    def test_order_that_starts_a_traject(self):
        """Odoo's own rules hold where nothing of a traject is sold."""
        self.quotation = self._quote()
        self.quotation.sudo().write({"require_signature": True, "state": "sent"})
        self.token = self.quotation.sudo()._portal_ensure_token()
        self.env.flush_all()
        self.assertNotIn("error", self._sign(self.account_manager)["result"])
        self.assertTrue(self._is_sold())
