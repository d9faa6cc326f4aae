from uuid import uuid4

from odoo.exceptions import UserError
from odoo.http import request, route

from odoo.addons.portal.controllers.portal import pager as portal_pager

from .portal_pages import LOGGING, READING, PortalPages

ROWS = 80  # Of the log, on a page.


class CandidatePortal(PortalPages):
    """What a candidate reads of their own traject. Nothing is changed here; what is
    changed is in the controllers of :mod:`portal_candidate_forms`."""

    def _prepare_home_portal_values(self, counters):
        # EXTENDS portal
        values = super()._prepare_home_portal_values(counters)
        name = "outplacement_traject_count"
        if name in counters or not counters:  # the card is there or not
            trajects = request.env["outplacement.traject"]._search_as_candidate()
            values[name] = len(trajects)
        return values

    def _answer_candidate_page(self, template, page, **extra):
        """Return a page about ``page``; none means that it is not there."""
        if not page:
            raise request.not_found()
        values = {"page_name": "outplacement_traject", "page": page, **extra}
        return self._answer_outplacement_page(f"portal_candidate_{template}", values)

    def _answer_candidate_file(self, file, mimetype="application/pdf"):
        """Return a file to save, given as name and bytes; none means that it is not
        there."""
        if not file:
            raise request.not_found()
        return self._answer_outplacement_file(*file, mimetype)

    @route("/my/traject", **READING)
    def outplacement_traject(self, done=None, **_params):
        """The current traject of the candidate, with a list of the earlier ones."""
        Traject = request.env["outplacement.traject"]
        lines = Traject._get_portal_candidate_list()
        if not lines:
            raise request.not_found()
        page = Traject._get_portal_candidate_page(lines[0]["id"])
        return self._answer_candidate_page(
            "traject", page, earlier=lines[1:], done=done
        )

    @route("/my/traject/<int:traject_id>", **READING)
    def outplacement_traject_by_id(self, traject_id, **_params):
        """One traject of the candidate, perhaps an earlier one."""
        page = request.env["outplacement.traject"]._get_portal_candidate_page(
            traject_id
        )
        return self._answer_candidate_page("traject", page, earlier=[])

    @route(
        "/my/traject/session/<int:session_id>/invitation.ics",
        multilang=False,
        **READING,
    )
    def outplacement_session_invitation(self, session_id, **_params):
        """The calendar file of a session to come."""
        Session = request.env["outplacement.session"]
        content = Session._get_portal_candidate_invitation(session_id)
        file = content and ("invitation.ics", content)
        return self._answer_candidate_file(file, "text/calendar; charset=utf-8")

    # ------------------------------------------------------------------
    # The confidential file: what is opened is written down, hence not readonly
    # ------------------------------------------------------------------

    @route("/my/traject/<int:traject_id>/file", **LOGGING)
    def outplacement_file(self, traject_id, done=None, refused=None, **_params):
        """Notes and documents that candidate and coach share, and the way in for what
        the candidate sends."""
        return self._answer_candidate_shared(traject_id, done=done, refused=refused)

    def _answer_candidate_shared(self, traject_id, **extra):
        """Return the page of notes and documents, ``extra`` said on it."""
        env = request.env
        page = env["outplacement.traject"]._get_portal_candidate_line(traject_id)
        if not page:
            raise request.not_found()
        Document = env["outplacement.document"]
        return self._answer_candidate_page(
            "file",
            page,
            notes=env["outplacement.note"]._get_portal_candidate_list(traject_id),
            documents=Document._open_portal_list(traject_id),
            upload=Document._get_portal_candidate_upload(traject_id),
            ticket=uuid4().hex,
            **extra,
        )

    @route("/my/traject/note/<int:note_id>", **LOGGING)
    def outplacement_note(self, note_id, **_params):
        """A note that is shared with the candidate."""
        note = request.env["outplacement.note"]._open_in_portal(note_id)
        return self._answer_candidate_page("note", note)

    # ------------------------------------------------------------------
    # Reports
    # ------------------------------------------------------------------

    @route("/my/traject/report/<int:report_id>", **READING)
    def outplacement_report(self, report_id, done=None, refused=None, **_params):
        """A progress report, exactly as the employer would read it."""
        return self._answer_candidate_report(report_id, done=done, refused=refused)

    def _answer_candidate_report(self, report_id, **extra):
        """Return the page of a report, ``extra`` said on it."""
        Report = request.env["outplacement.report"]
        page = Report._get_portal_candidate_page(report_id)
        # by the rights of the candidate: the fields of the window, and no others
        return self._answer_candidate_page(
            "report", page, doc=Report.browse(report_id), **extra
        )

    @route("/my/traject/report/<int:report_id>/document", multilang=False, **READING)
    def outplacement_report_document(self, report_id, **_params):
        """The PDF of a released report, as it was released."""
        Report = request.env["outplacement.report"]
        try:
            file = Report._get_portal_candidate_document(report_id)
        except UserError as error:
            return self._answer_outplacement_fault(error)
        return self._answer_candidate_file(file)

    # not readonly: what prints it may keep style sheets
    @route("/my/traject/report/<int:report_id>/preview", multilang=False, **LOGGING)
    def outplacement_report_preview(self, report_id, **_params):
        """The PDF of a report that is not released, as it would be."""
        Report = request.env["outplacement.report"]
        return self._answer_candidate_file(
            Report._get_portal_candidate_preview(report_id)
        )

    # ------------------------------------------------------------------
    # Consents, log, statement
    # ------------------------------------------------------------------

    @route("/my/traject/<int:traject_id>/consents", **READING)
    def outplacement_consents(
        self, traject_id, topic=None, done=None, refused=None, **_params
    ):
        """What the candidate agrees to have told, topic by topic; with ``topic``, what
        it means to withdraw that."""
        env = request.env
        page = env["outplacement.traject"]._get_portal_candidate_line(traject_id)
        consents = env["outplacement.consent"]._get_portal_candidate_consents(
            traject_id
        )
        return self._answer_candidate_page(
            "consents",
            page if consents else None,
            consents=consents,
            topic=topic,
            done=done,
            refused=refused,
        )

    @route(
        [
            "/my/traject/<int:traject_id>/log",
            "/my/traject/<int:traject_id>/log/page/<int:number>",
        ],
        **READING,
    )
    def outplacement_log(self, traject_id, number=1, **_params):
        """Who has read the candidate's file."""
        env = request.env
        page = env["outplacement.traject"]._get_portal_candidate_line(traject_id)
        Log = env["outplacement.access.log"]
        pager = portal_pager(
            f"/my/traject/{traject_id}/log",
            Log._count_portal_rows(traject_id),
            page=self._read_outplacement_page_number(number),
            step=ROWS,
        )
        rows = Log._get_portal_candidate_rows(traject_id, pager["offset"], ROWS)
        return self._answer_candidate_page("log", page, rows=rows, pager=pager)

    @route("/my/traject/<int:traject_id>/statement", **READING)
    def outplacement_statement(self, traject_id, **_params):
        """What is told to whom."""
        env = request.env
        page = env["outplacement.traject"]._get_portal_candidate_line(traject_id)
        statement = env["outplacement.statement"]._get_portal_candidate_statement(
            traject_id
        )
        return self._answer_candidate_page("statement", page, statement=statement)

    @route(
        "/my/traject/statement/<int:statement_id>/document", multilang=False, **READING
    )
    def outplacement_statement_document(self, statement_id, **_params):
        """The PDF of what the candidate signed."""
        Statement = request.env["outplacement.statement"]
        return self._answer_candidate_file(
            Statement._get_portal_candidate_document(statement_id)
        )
