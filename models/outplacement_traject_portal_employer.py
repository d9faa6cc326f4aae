from functools import cache

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..tools import rhythm

# What a contact of the employer is told of a traject, in lists and on its page. One key
# more is a decision of the house: the candidate has to know of it.
EMPLOYER_KEYS = frozenset(
    {
        "id",
        "reference",
        "candidate",
        "package",
        "date_start",
        "date_end",
        "status",
        "last_report",
        "date_next_report",
        "is_report_due",
    }
)
LAST_REPORT_KEYS = frozenset({"id", "date_from", "date_to", "date_released"})
# What is read for it.
FIELDS = (
    *("name", "candidate_id", "product_id", "type_id", "date_start", "date_end"),
    *("state", "last_report_id", "date_next_report"),
    *("report_rhythm", "report_due_until", "company_id"),
)
# Neither a pause nor how a traject ended is for the employer to know.
STATES = {
    "preparing": ("intake",),
    "running": ("active", "paused", "aftercare"),
    "ended": ("closed", "cancelled"),
}
ORDERS = {
    "report": "date_last_report desc nulls last, id desc",
    "reference": "name desc, id desc",
    "end": "date_end desc nulls last, id desc",
}
LONGEST_SEARCH = 100
# Up to so many trajects of a contact PostgreSQL is told which: of a subquery it thinks
# that it pays to read the whole table.
FEW = 2_000
# Further than this nobody turns pages: the rest is found by searching.
COUNTED = 10_000
EXPORTED = 100_000
BATCH = 1_000


class OutplacementTraject(models.Model):
    """What employers see in the portal: the trajects of which this very contact is a
    named contact, in plain values.

    Portal users have no right on trajects. The methods here find as superuser what is
    theirs, by :meth:`_get_portal_employer_domain`, and return no records.
    """

    _inherit = "outplacement.traject"

    # ------------------------------------------------------------------
    # Which
    # ------------------------------------------------------------------

    @api.model
    def _get_portal_employer_domain(self):
        """Return the domain of what the user reads as a contact of an employer."""
        user = self.env.user
        if not user._is_portal():
            return Domain.FALSE
        mine = Domain("employer_contact_ids", "in", user.partner_id.ids)
        ids = self._get_portal_employer_ids(FEW + 1)
        if len(ids) <= FEW:
            mine = Domain("id", "in", ids)
        return mine & Domain("company_id", "in", self.env.companies.ids)

    @api.model
    def _get_portal_employer_ids(self, limit):
        """Return the ids of up to ``limit`` trajects that name the user as a contact,
        in any company."""
        field = self._fields["employer_contact_ids"]
        self.flush_model([field.name])
        rows = self.env.execute_query(
            SQL(
                "SELECT %s FROM %s WHERE %s = %s LIMIT %s",
                SQL.identifier(field.column1),
                SQL.identifier(field.relation),
                SQL.identifier(field.column2),
                self.env.user.partner_id.id,
                limit,
            )
        )
        return [traject_id for (traject_id,) in rows]

    @api.model
    def _get_portal_employer_search(self, search="", status="all", since=None):
        """Return the domain of a search among them.

        :param str search: part of a reference, or of the name of a candidate who
            agrees to be named
        :param str status: a key of ``STATES``; anything else finds all
        :param datetime since: only those with a report released since that moment
        """
        domain = Domain.TRUE
        # PostgreSQL takes no NUL in a text
        if words := search.replace("\x00", "")[:LONGEST_SEARCH].strip():
            agreed = Domain("topic", "=", "name") & Domain("date_withdrawn", "=", False)
            domain &= Domain("name", "ilike", words) | (
                Domain("consent_ids", "any", agreed)
                & Domain("candidate_id.name", "ilike", words)
            )
        if status in STATES:
            domain &= Domain("state", "in", STATES[status])
        if since:
            domain &= Domain("date_last_report", ">=", since)
        return domain

    @api.model
    def _get_portal_employer_source(self):
        """Return the model as superuser, those that the bureau archived included: an
        employer keeps what was released."""
        # sudo: outplacement.traject - portal users have no right on trajects; every
        # search here is limited to _get_portal_employer_domain()
        return self.sudo().with_context(active_test=False)

    @api.model
    def _count_portal_employer(self, domain=Domain.TRUE, limit=COUNTED):
        """Return how many of the user's trajects meet ``domain``, up to ``limit``."""
        domain &= self._get_portal_employer_domain()
        return self._get_portal_employer_source().search_count(domain, limit=limit)

    # ------------------------------------------------------------------
    # What is told
    # ------------------------------------------------------------------

    @api.model
    def _get_portal_employer_page(
        self, domain=Domain.TRUE, sortby="report", offset=0, limit=80
    ):
        """Return a page of the user's trajects, a dict of plain values each.

        :param str sortby: a key of ``ORDERS``; anything else sorts by report
        """
        trajects = self._get_portal_employer_source().search_fetch(
            domain & self._get_portal_employer_domain(),
            FIELDS,
            offset=offset,
            limit=limit,
            order=ORDERS.get(sortby, ORDERS["report"]),
        )
        return trajects._prepare_portal_employer_values()

    @api.model
    def _get_portal_employer_traject(self, traject_id):
        """Return the values of one of the user's trajects with its reports; None
        where it is not theirs, or not there."""
        domain = Domain("id", "=", traject_id) & self._get_portal_employer_domain()
        traject = self._get_portal_employer_source().search_fetch(domain, FIELDS)
        if not traject:
            return None
        [values] = traject._prepare_portal_employer_values()
        return {**values, "reports": traject.report_ids._get_portal_employer_list()}

    @api.model
    def _get_portal_employer_statement(self, traject_id):
        """Return who is told what of one of the user's trajects, as
        :meth:`_get_statement` does; None where it is not theirs, or not there."""
        domain = Domain("id", "=", traject_id) & self._get_portal_employer_domain()
        traject = self._get_portal_employer_source().search(domain)
        return traject._get_statement() if traject else None

    def _prepare_portal_employer_values(self):
        """Return the values of ``EMPLOYER_KEYS`` for each, in as many queries for many
        as for one. For records of :meth:`_get_portal_employer_source` only."""
        named = self._filter_portal_named()
        named.candidate_id.fetch(["name"])
        self.last_report_id.fetch(["date_from", "date_to", "date_released"])
        statuses = {
            state: status for status, states in STATES.items() for state in states
        }
        today = {
            company: company._get_outplacement_today() for company in self.company_id
        }
        days = {traject: traject._get_portal_employer_next_report() for traject in self}
        return [
            {
                "id": traject.id,
                "reference": traject.name,
                "candidate": traject in named and traject.candidate_id.name,
                "package": traject.product_id.name or traject.type_id.name,
                "date_start": traject.date_start,
                "date_end": traject.date_end,
                "status": statuses[traject.state],
                "last_report": traject.last_report_id._prepare_portal_last_report(),
                "date_next_report": days[traject],
                "is_report_due": bool(days[traject])
                and days[traject] <= today[traject.company_id],
            }
            for traject in self
        ]

    def _get_portal_employer_next_report(self):
        """Return the day from which the employer expects the next report, False for
        none. Of a paused traject the day that it would be without the pause: that there
        is none would tell of it."""
        self.ensure_one()
        if self.state != "paused":
            return self.date_next_report
        days = rhythm.get_days(self.report_rhythm, self.date_start, self.date_end)
        drafted, today = self.report_due_until, self._get_today()
        coming = (day for day in days if not drafted or day > drafted)
        return next((day for day in coming if day >= today), False)

    def _filter_portal_named(self):
        """Return those whose candidate agrees to be named to the employer."""
        domain = (
            Domain("traject_id", "in", self.ids)
            & Domain("topic", "=", "name")
            & Domain("date_withdrawn", "=", False)
        )
        grouped = self.env["outplacement.consent"]._read_group(domain, ["traject_id"])
        return self.browse([traject.id for (traject,) in grouped]).with_prefetch(
            self._prefetch_ids
        )

    @api.model
    def _get_portal_employer_labels(self):
        """Return the words for a status, by status."""
        return {
            "preparing": self.env._("In preparation"),
            "running": self.env._("Running"),
            "ended": self.env._("Ended"),
        }

    # ------------------------------------------------------------------
    # As a list to download
    # ------------------------------------------------------------------

    @api.model
    def _get_portal_employer_export(self, domain=Domain.TRUE, sortby="report"):
        """Return (head, rows) of all that meet ``domain``, up to ``EXPORTED``, as texts
        in the user's language. The rows are read as they are taken."""
        source = self._get_portal_employer_source()
        trajects = source.search(
            domain & self._get_portal_employer_domain(),
            limit=EXPORTED,
            order=ORDERS.get(sortby, ORDERS["report"]),
        )
        head = [
            self.env._("Reference"),
            self.env._("Candidate"),
            self.env._("Package"),
            self.env._("Start"),
            self.env._("End of term"),
            self.env._("Status"),
            self.env._("Latest report until"),
            self.env._("Latest report released on"),
            self.env._("Next report from"),
        ]
        return head, self._iterate_portal_employer_rows(trajects.ids)

    @api.model
    def _iterate_portal_employer_rows(self, ids):
        """Yield the cells of each traject, of a batch at a time in memory."""
        source = self._get_portal_employer_source()
        labels = self._get_portal_employer_labels()

        @cache  # many have a day in common, and to write one takes its time
        def write(day):
            return format_date(self.env, day)

        for start in range(0, len(ids), BATCH):
            trajects = source.browse(ids[start : start + BATCH])
            trajects.fetch(FIELDS)
            for values in trajects._prepare_portal_employer_values():
                report = values["last_report"] or {}
                yield [
                    values["reference"],
                    values["candidate"] or "",
                    values["package"],
                    write(values["date_start"]),
                    write(values["date_end"]),
                    labels[values["status"]],
                    write(report.get("date_to")),
                    write(report.get("date_released")),
                    self.env._("Being prepared")
                    if values["is_report_due"]
                    else write(values["date_next_report"]),
                ]
            self.env.invalidate_all(flush=False)
