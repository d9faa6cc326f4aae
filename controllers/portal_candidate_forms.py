import re

from werkzeug.exceptions import abort

from odoo.exceptions import AccessError, UserError
from odoo.http import request, route

from .portal_candidate import CandidatePortal
from .portal_pages import SENDING

KILOBYTE = 1024
FORM_BYTES = 8 * 1024 * KILOBYTE  # Of a form of text.
HEAD_BYTES = 64 * KILOBYTE  # What comes with a file in a form.


class CandidateForms(CandidatePortal):
    """What a candidate changes: an answer, a consent, a document to the coach. What is
    sent twice changes nothing twice."""

    def _get_candidate_form_limit(self):
        """Return how many bytes a form of text may have."""
        return self._keep_candidate_form_to(FORM_BYTES)

    def _get_candidate_upload_limit(self):
        """Return how many bytes the form with a file may have, by the settings."""
        limit = request.env["outplacement.document"]._get_upload_limit()
        return self._keep_candidate_form_to(limit + HEAD_BYTES)

    def _keep_candidate_form_to(self, limit):
        """Return ``limit``; leave what is said to be larger unread, and say so."""
        if (request.httprequest.content_length or 0) > limit:
            # the page that holds the form
            path = request.httprequest.path.removesuffix("/answer")
            path = re.sub(r"/upload$|(?<=/consents)/[^/]+$", "", path)
            abort(request.redirect(f"{path}?refused=size", code=303))
        return limit

    # ------------------------------------------------------------------

    @route(
        "/my/traject/report/<int:report_id>/answer",
        max_content_length=_get_candidate_form_limit,
        **SENDING,
    )
    def outplacement_report_answer(
        self, report_id, answer=None, remark=None, seen=None, **_form
    ):
        """Agree or object to a report, with a remark."""
        Report = request.env["outplacement.report"]
        try:
            done = Report._answer_in_portal(report_id, answer, remark, seen)
        except AccessError:
            raise
        except UserError as error:
            # what was typed stays on the page
            return self._answer_candidate_report(
                report_id, error=str(error), remark=remark, answer=answer
            )
        if not done:
            raise request.not_found()
        path = f"/my/traject/report/{report_id}"
        if not Report._get_portal_candidate_page(report_id):
            path = "/my/traject"
        return request.redirect(f"{path}?done={done}", code=303)

    @route(
        "/my/traject/<int:traject_id>/consents/<string:topic>",
        max_content_length=_get_candidate_form_limit,
        **SENDING,
    )
    def outplacement_consent(self, traject_id, topic, agrees=None, **_form):
        """Agree to a topic, or withdraw that."""
        if agrees not in ("yes", "no"):
            raise request.not_found()
        Consent = request.env["outplacement.consent"]
        done = Consent._change_in_portal(traject_id, topic, agrees == "yes")
        if not done:
            raise request.not_found()
        path = f"/my/traject/{traject_id}/consents?done={done}"
        return request.redirect(path, code=303)

    @route(
        "/my/traject/<int:traject_id>/file/upload",
        max_content_length=_get_candidate_upload_limit,
        **SENDING,
    )
    def outplacement_upload(
        self, traject_id, file=None, kind=None, ticket=None, **_form
    ):
        """Take a document for the coach."""
        name = getattr(file, "filename", "")
        content = file.read() if name else b""
        try:
            done = request.env["outplacement.document"]._upload_in_portal(
                traject_id, ticket, name, kind, content
            )
        except AccessError:
            raise
        except UserError as error:
            return self._answer_candidate_shared(
                traject_id, error=str(error), kind=kind
            )
        if not done:
            raise request.not_found()
        path = f"/my/traject/{traject_id}/file?done={done}"
        return request.redirect(path, code=303)
