from datetime import datetime, time

import pytz

from odoo import fields
from odoo.exceptions import UserError
from odoo.http import request, route

from odoo.addons.portal.controllers.portal import pager

from ..models.outplacement_traject_portal_employer import COUNTED, EXPORTED, ORDERS
from ..tools import spreadsheet
from .portal_pages import READING, PortalPages

URL = "/my/trajecten"
HOME_COUNTED = 1_000
YEARS = range(1900, 3000)
# The language is the reader's, with no other address for it.
SHOWING = {**READING, "multilang": False}


class EmployerPortal(PortalPages):
    """The trajects of which the user is a contact of the employer.

    Whatever is not theirs is answered as what does not exist.
    """

    def _prepare_home_portal_values(self, counters):
        # EXTENDS portal
        values = super()._prepare_home_portal_values(counters)
        if "employer_traject_count" in counters:
            count = self._get_employer_trajects()._count_portal_employer(
                limit=HOME_COUNTED
            )
            many = f"{HOME_COUNTED - 1}+"
            values["employer_traject_count"] = count if count < HOME_COUNTED else many
        return values

    # ------------------------------------------------------------------
    # The list
    # ------------------------------------------------------------------

    @route([URL, f"{URL}/page/<int:page>"], **SHOWING)
    def portal_employer_trajects(self, page=1, **kwargs):
        """Show the user's trajects, as far as one turns pages."""
        self._check_employer_contact()
        options = self._read_employer_options(kwargs)
        Traject = self._get_employer_trajects()
        domain = self._get_employer_domain(options)
        total = Traject._count_portal_employer(domain)
        listed = pager(
            url=URL,
            total=total,
            page=self._read_outplacement_page_number(page),
            step=self._items_per_page,
            url_args=options["url_args"],
        )
        trajects = total and Traject._get_portal_employer_page(
            domain, options["sortby"], listed["offset"], self._items_per_page
        )
        values = {
            **options,
            **self._get_employer_searchbar(Traject),
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
        return self._answer_outplacement_page("portal_employer_trajects", values)

    @route(f"{URL}/lijst.csv", **SHOWING)
    def portal_employer_export(self, **kwargs):
        """Save the whole list that is searched and sorted, for a spreadsheet."""
        self._check_employer_contact()
        options = self._read_employer_options(kwargs)
        head, rows = self._get_employer_trajects()._get_portal_employer_export(
            self._get_employer_domain(options), options["sortby"]
        )
        content = spreadsheet.to_text(head, rows).encode(spreadsheet.ENCODING)
        name = request.env._("trajects.csv")
        return self._answer_outplacement_file(name, content, "text/csv; charset=utf-8")

    # ------------------------------------------------------------------
    # One traject, one report
    # ------------------------------------------------------------------

    @route(f"{URL}/<int:traject_id>", **SHOWING)
    def portal_employer_traject(self, traject_id, **kwargs):
        """Show one traject with the reports that were released of it."""
        Traject = self._get_employer_trajects()
        traject = Traject._get_portal_employer_traject(traject_id)
        if not traject:
            raise request.not_found()
        values = {
            "page_name": "employer_traject",
            "traject": traject,
            "labels": Traject._get_portal_employer_labels(),
        }
        return self._answer_outplacement_page("portal_employer_traject", values)

    @route(f"{URL}/<int:traject_id>/uitleg", **SHOWING)
    def portal_employer_statement(self, traject_id, **kwargs):
        """Show who is told what of one traject."""
        Traject = self._get_employer_trajects()
        traject = Traject._get_portal_employer_traject(traject_id)
        if not traject:
            raise request.not_found()
        values = {
            "page_name": "employer_statement",
            "traject": traject,
            "sections": Traject._get_portal_employer_statement(traject_id),
        }
        return self._answer_outplacement_page("portal_employer_statement", values)

    @route(f"{URL}/rapport/<int:report_id>", **SHOWING)
    def portal_employer_report(self, report_id, **kwargs):
        """Show a released report, with the fingerprint of its document."""
        report = self._get_employer_report(report_id)
        values = {
            "page_name": "employer_report",
            "report": report,
            "frame": report._get_portal_employer_frame(),
        }
        return self._answer_outplacement_page("portal_employer_report", values)

    @route(f"{URL}/rapport/<int:report_id>/document", **SHOWING)
    def portal_employer_document(self, report_id, **kwargs):
        """Save the document of a released report: always the same bytes."""
        report = self._get_employer_report(report_id)
        try:
            content = report._get_portal_document()
        except UserError as error:
            return self._answer_outplacement_fault(error)
        return self._answer_outplacement_file(report.document_name, content)

    # ------------------------------------------------------------------
    # What was asked for
    # ------------------------------------------------------------------

    def _get_employer_trajects(self):
        return request.env["outplacement.traject"]

    def _check_employer_contact(self):
        """:raises NotFound: colleagues of the bureau have no trajects here"""
        if not request.env.user._is_portal():
            raise request.not_found()

    def _get_employer_report(self, report_id):
        """:raises NotFound: a report that was not released to the user"""
        Report = request.env["outplacement.report"]
        report = Report._find_portal_employer_report(report_id)
        if not report:
            raise request.not_found()
        return report

    def _read_employer_options(self, kwargs):
        """Return what was asked for, with what cannot be understood left out."""
        search = (kwargs.get("search") or "").strip()
        sortby, filterby = kwargs.get("sortby"), kwargs.get("filterby")
        given = (kwargs.get("since") or "").strip()
        since = self._read_employer_day(given)
        options = {
            "search": search,
            "since": since and fields.Date.to_string(since),
            "sortby": sortby if sortby in ORDERS else "report",
            "filterby": filterby
            if filterby in self._get_employer_statuses()
            else "all",
        }
        url_args = {key: value for key, value in options.items() if value}
        bad = given and not since
        return {**options, "since_day": since, "bad_day": bad, "url_args": url_args}

    def _read_employer_day(self, text):
        """Return the day that a text names as 2026-03-01; None for any other text, and
        for days that no report was released on."""
        try:
            day = datetime.strptime(text, "%Y-%m-%d").date()
        except ValueError:
            return None
        # further off, midnight elsewhere may be on no calendar
        return day if day.year in YEARS else None

    def _get_employer_domain(self, options):
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
        return self._get_employer_trajects()._get_portal_employer_search(
            options["search"], options["filterby"], since
        )

    def _get_employer_statuses(self):
        return self._get_employer_trajects()._get_portal_employer_labels()

    def _get_employer_searchbar(self, Traject):
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
