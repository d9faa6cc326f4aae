import re

from odoo.http import Controller, content_disposition, request, route

from .document import SAFE_HEADERS

RECORD_ID = re.compile(r"[0-9]{1,9}")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class OutplacementEntitlementController(Controller):
    """The files by which people come under a social plan: those to fill in, and those
    to mend."""

    @route(
        "/outplacement/entitlement/template.xlsx",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def template(self, plan_id=None, **kwargs):
        """Save the file that is to be filled in, in the language of the user.

        :param plan_id: of the plan whose entities and packages it names
        """
        Intake = request.env["outplacement.entitlement.intake"]
        plan = request.env["outplacement.social.plan"]
        if plan_id and RECORD_ID.fullmatch(plan_id):
            plan = plan.browse(int(plan_id)).exists()
        if not Intake.has_access("create") or (plan and not plan.has_access("write")):
            raise request.not_found()
        return self._send(request.env._("entitled.xlsx"), Intake._get_template(plan))

    @route(
        "/outplacement/entitlement/intake/<int:intake_id>/mend.xlsx",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def mend(self, intake_id, **kwargs):
        """Save the rows of a file that are to be mended, for who uploaded it."""
        Intake = request.env["outplacement.entitlement.intake"]
        intake = Intake.browse(intake_id).exists()
        if not intake or not intake._is_own():
            raise request.not_found()
        return self._send(request.env._("to mend.xlsx"), intake._get_file_to_mend())

    def _send(self, name, content):
        """Return the response that saves a workbook under ``name``."""
        headers = {
            **SAFE_HEADERS,
            "Content-Type": XLSX,
            "Content-Disposition": content_disposition(name),
        }
        return request.make_response(content, headers=headers.items())
