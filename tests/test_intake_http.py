from odoo.tests import HttpCase, freeze_time, tagged

from .common_billing import TODAY
from .common_intake import IntakeCommon, make_csv, make_people

TEMPLATE = "/outplacement/entitlement/template.xlsx"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestIntakeHttp(IntakeCommon, HttpCase):
    """The files that are saved: to fill in, and to mend by who uploaded them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls._make_social_plan()

    def _open(self, url, user):
        self.authenticate(user.login, user.login)
        return self.url_open(url)

    def test_template(self):
        answer = self._open(f"{TEMPLATE}?plan_id={self.plan.id}", self.account_manager)
        self.assertEqual(answer.status_code, 200)
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
        with self.assertRefused("nothing below it"):
            self._read(answer.content)
        self.assertEqual(self._open(TEMPLATE, self.manager).status_code, 200)
        for plan_id in ("²", "9" * 30):
            url = f"{TEMPLATE}?plan_id={plan_id}"
            self.assertEqual(self._open(url, self.manager).status_code, 200)
        for user in (self.planner, self.finance, self.coach):
            with self.subTest(user=user.login):
                self.assertEqual(self._open(TEMPLATE, user).status_code, 404)
        other = self.coach.copy({"login": "other_seller", "password": "other_seller"})
        other.group_ids = self.env.ref("outplacement.group_account_manager")
        url = f"{TEMPLATE}?plan_id={self.plan.id}"
        self.assertEqual(self._open(url, other).status_code, 404)
        self.assertEqual(self._open(TEMPLATE, other).status_code, 200)

    def test_file_to_mend(self):
        intake = self._check(make_csv(*make_people(1), ("", "x@home.example", "7")))
        url = intake.action_download_to_mend()["url"]
        answer = self._open(url, self.account_manager)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.headers["Cache-Control"], "no-store, private")
        _head, rows = self._read(answer.content)
        self.assertEqual(rows, [["", "x@home.example", "7", "Fill in the name."]])
        for user in (self.manager, self.planner, self.finance):
            with self.subTest(user=user.login):
                self.assertEqual(self._open(url, user).status_code, 404)
        gone = url.replace(str(intake.id), str(intake.id + 99))
        self.assertEqual(self._open(gone, self.account_manager).status_code, 404)
