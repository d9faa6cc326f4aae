from datetime import datetime, time

import pytz

from odoo import fields
from odoo.exceptions import UserError
from odoo.http import content_disposition, request, route

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

from ..models.outplacement_traject_portal_employer import COUNTED, EXPORTED, ORDERS
from ..tools import spreadsheet
from .document import SAFE_HEADERS
from .portal_candidate import PAGE_HEADERS

URL = "/my/trajecten"
HOME_COUNTED = 1_000
YEARS = range(1900, 3000)
# `website` gives the look of Odoo's portal, without its website builder; the language
# is the reader's, with no other address for it. They read only: a replica serves them
# where there is one.
READING = {
    "type": "http",
    "auth": "user",
    "website": True,
    "multilang": False,
    "methods": ["GET"],
    "readonly": True,
}


class EmployerPortal(CustomerPortal):
    """The trajects of which the user is a contact of the employer.

    Whatever is not theirs is answered as what does not exist.
    """

    def _prepare_home_portal_values(self, counters):
        # EXTENDS portal
        values = super()._prepare_home_portal_values(counters)
        if "employer_traject_count" in counters:
            count = self._get_trajects()._count_portal_employer(limit=HOME_COUNTED)
            many = f"{HOME_COUNTED - 1}+"
            values["employer_traject_count"] = count if count < HOME_COUNTED else many
        return values

    # ------------------------------------------------------------------
    # The list
    # ------------------------------------------------------------------

    @route([URL, f"{URL}/page/<int:page>"], **READING)
    def portal_employer_trajects(self, page=1, **kwargs):
        """Show the user's trajects, as far as one turns pages."""
        self._check_portal_user()
        options = self._read_options(kwargs)
        Traject = self._get_trajects()
        domain = self._get_domain(options)
        total = Traject._count_portal_employer(domain)
        listed = pager(
            url=URL,
            total=total,
            page=self._read_page(page),
            step=self._items_per_page,
            url_args=options["url_args"],
        )
        trajects = total and Traject._get_portal_employer_page(
            domain, options["sortby"], listed["offset"], self._items_per_page
        )
        values = {
            **options,
            **self._get_searchbar(Traject),
            "page_name": "employer_trajects",
            "trajects": trajects or [],
            "total": total,
            "counted": COUNTED,
            "exported": EXPORTED,
            "has_any": bool(total or Traject._count_portal_employer(limit=1)),
            "labels": Traject._get_portal_employer_labels(),
            "told": Traject._get_window_lines(),
            "untold": Traject._get_closed_lines(),
            "pager": listed,
        }
        return self._show("outplacement.portal_employer_trajects", values)

    @route(f"{URL}/lijst.csv", **READING)
    def portal_employer_export(self, **kwargs):
        """Save the whole list that is searched and sorted, for a spreadsheet."""
        self._check_portal_user()
        options = self._read_options(kwargs)
        head, rows = self._get_trajects()._get_portal_employer_export(
            self._get_domain(options), options["sortby"]
        )
        content = spreadsheet.to_text(head, rows).encode(spreadsheet.ENCODING)
        name = request.env._("trajects.csv")
        return self._send_file(content, "text/csv; charset=utf-8", name)

    # ------------------------------------------------------------------
    # One traject, one report
    # ------------------------------------------------------------------

    @route(f"{URL}/<int:traject_id>", **READING)
    def portal_employer_traject(self, traject_id, **kwargs):
        """Show one traject with the reports that were released of it."""
        Traject = self._get_trajects()
        traject = Traject._get_portal_employer_traject(traject_id)
        if not traject:
            raise request.not_found()
        values = {
            "page_name": "employer_traject",
            "traject": traject,
            "labels": Traject._get_portal_employer_labels(),
        }
        return self._show("outplacement.portal_employer_traject", values)

    @route(f"{URL}/<int:traject_id>/uitleg", **READING)
    def portal_employer_statement(self, traject_id, **kwargs):
        """Show who is told what of one traject."""
        Traject = self._get_trajects()
        traject = Traject._get_portal_employer_traject(traject_id)
        if not traject:
            raise request.not_found()
        values = {
            "page_name": "employer_statement",
            "traject": traject,
            "sections": Traject._get_portal_employer_statement(traject_id),
        }
        return self._show("outplacement.portal_employer_statement", values)

    @route(f"{URL}/rapport/<int:report_id>", **READING)
    def portal_employer_report(self, report_id, **kwargs):
        """Show a released report, with the fingerprint of its document."""
        report = self._get_report(report_id)
        values = {
            "page_name": "employer_report",
            "report": report,
            "frame": report._get_portal_employer_frame(),
        }
        return self._show("outplacement.portal_employer_report", values)

    @route(f"{URL}/rapport/<int:report_id>/document", **READING)
    def portal_employer_document(self, report_id, **kwargs):
        """Save the document of a released report: always the same bytes."""
        report = self._get_report(report_id)
        try:
            content = report._get_portal_document()
        except UserError as error:
            headers = {"Content-Type": "text/plain; charset=utf-8", **SAFE_HEADERS}
            return request.make_response(str(error), headers.items(), status=503)
        return self._send_file(content, "application/pdf", report.document_name)

    # ------------------------------------------------------------------
    # What was asked for
    # ------------------------------------------------------------------

    def _get_trajects(self):
        return request.env["outplacement.traject"]

    def _check_portal_user(self):
        """:raises NotFound: colleagues of the bureau have no trajects here"""
        if not request.env.user._is_portal():
            raise request.not_found()

    def _get_report(self, report_id):
        """:raises NotFound: a report that was not released to the user"""
        Report = request.env["outplacement.report"]
        report = Report._find_portal_employer_report(report_id)
        if not report:
            raise request.not_found()
        return report

    def _read_page(self, page):
        """Return the number of a page; the first one for what is none."""
        page = str(page)
        return int(page) if page.isdecimal() and len(page) < 10 else 1

    def _read_options(self, kwargs):
        """Return what was asked for, with what cannot be understood left out."""
        search = (kwargs.get("search") or "").strip()
        sortby, filterby = kwargs.get("sortby"), kwargs.get("filterby")
        given = (kwargs.get("since") or "").strip()
        since = self._read_day(given)
        options = {
            "search": search,
            "since": since and fields.Date.to_string(since),
            "sortby": sortby if sortby in ORDERS else "report",
            "filterby": filterby if filterby in self._get_statuses() else "all",
        }
        url_args = {key: value for key, value in options.items() if value}
        bad = given and not since
        return {**options, "since_day": since, "bad_day": bad, "url_args": url_args}

    def _read_day(self, text):
        """Return the day that a text names as 2026-03-01; None for any other text, and
        for days that no report was released on."""
        try:
            day = datetime.strptime(text, "%Y-%m-%d").date()
        except ValueError:
            return None
        # further off, midnight elsewhere may be on no calendar
        return day if day.year in YEARS else None

    def _get_domain(self, options):
        """Return the domain of what was searched for. A day begins at midnight in the
        time zone of the user, or else of the bureau."""
        since = options["since_day"]
        if since:
            env = request.env
            zone = env.company._get_outplacement_zone()
            if env.user.tz:
                zone = pytz.timezone(env.user.tz)
            midnight = zone.localize(datetime.combine(since, time.min))
            since = midnight.astimezone(pytz.utc).replace(tzinfo=None)
        return self._get_trajects()._get_portal_employer_search(
            options["search"], options["filterby"], since
        )

    def _get_statuses(self):
        return self._get_trajects()._get_portal_employer_labels()

    def _get_searchbar(self, Traject):
        """Return what Odoo's search bar offers: the orders of the list and filters."""
        sortings = {
            "report": request.env._("Latest report"),
            "reference": request.env._("Reference"),
            "end": request.env._("End of term"),
        }
        filters = {
            "all": request.env._("All"),
            **Traject._get_portal_employer_labels(),
        }
        return {
            "default_url": URL,
            "searchbar_sortings": {k: {"label": text} for k, text in sortings.items()},
            "searchbar_filters": {k: {"label": text} for k, text in filters.items()},
        }

    # ------------------------------------------------------------------
    # Answering
    # ------------------------------------------------------------------

    def _show(self, template, values):
        """Return a page, with the headers that all have."""
        values = {**self._prepare_portal_layout_values(), **values}
        response = request.render(template, values)
        response.headers.update(PAGE_HEADERS)
        return response

    def _send_file(self, content, mimetype, name):
        """Return the response that saves a file, with the headers that all have."""
        headers = {
            **SAFE_HEADERS,
            "Content-Type": mimetype,
            "Content-Disposition": content_disposition(name),
        }
        return request.make_response(content, headers.items())
