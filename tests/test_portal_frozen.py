from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.outplacement_report import FROZEN_STATES
from .common_frozen import FrozenCommon
from .common_portal import CandidatePortalCommon


@tagged("post_install", "-at_install")
class TestPortalFrozen(FrozenCommon, CandidatePortalCommon):
    """No form of the portals changes a report that was released."""

    def _send(self, report, **form):
        form = {"answer": "objected", "remark": "Leave it out", **form}
        form.setdefault("seen", report._get_fingerprint())
        self.env.flush_all()
        return self._post(f"/my/traject/report/{report.id}/answer", **form)

    def _check_closed(self, response):
        self.assertEqual(response.status_code, 303)
        self.assertTrue(response.headers["Location"].endswith("?done=closed"))

    def test_an_answer_that_comes_too_late(self):
        """Whether it is released, superseded or withdrawn by now."""
        self._login("candidate")
        for state in FROZEN_STATES:
            report = self._make_report(state)
            for answer in ("agreed", "objected", "released", ""):
                with self.subTest(state=state, answer=answer), self.kept(report):
                    self._check_closed(self._send(report, answer=answer))

    def test_the_fields_of_a_report_are_not_in_a_form(self):
        self._login("candidate")
        fields = {"state": "draft", "sessions_held": "99", "document": "x"}
        with self.kept(self.released):
            self._check_closed(self._send(self.released, **fields))

    def test_a_request_that_is_replayed_after_the_release(self):
        """The very same one, with the token that it had."""
        self._login("candidate")
        form = {"answer": "agreed", "seen": self.sent._get_fingerprint()}
        form["token"] = self._get_token()
        response = self._send(self.sent, **form)
        self.assertTrue(response.headers["Location"].endswith("?done=answered"))
        self.env.invalidate_all()
        self.sent.with_user(self.coach).action_release()
        with self.kept(self.sent):
            for _again in range(2):
                self._check_closed(self._send(self.sent, **form))

    @mute_logger("odoo.http")
    def test_the_employer_has_nothing_to_send(self):
        self._login("employer_contact")
        with self.kept(self.released):
            for url in (
                f"/my/trajecten/rapport/{self.released.id}",
                f"/my/trajecten/rapport/{self.released.id}/document",
                f"/my/trajecten/{self.traject.id}",
            ):
                with self.subTest(url=url):
                    response = self._post(url, state="draft", remark="x")
                    self.assertIn(response.status_code, (404, 405))
            self.assertEqual(self._send(self.released).status_code, 404)
