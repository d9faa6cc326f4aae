"""What the benchmark of the portal reads: contacts of employers, each with so many
trajects, reports and invoices."""

from contextlib import contextmanager
from datetime import date, timedelta
from unittest.mock import patch

from odoo.fields import Command

from .bureau import COPY

# Copy number i of a row has the id COPIES + i, above those of the bureau.
COPIES = 100_000_000
REPORTS_EACH = 3
DOCUMENT = b"%PDF-1.7 report"
TABLES = (
    *("res_partner", "outplacement_traject", "outplacement_report", "account_move"),
    *("outplacement_consent", "outplacement_traject_employer_contact_rel"),
)
REPORT_FIELDS = {
    "date_from": date.today() - timedelta(days=120),
    "date_to": date.today() - timedelta(days=30),
}


class Portal:
    """Contacts of employers by the number of their trajects."""

    def __init__(self, place, bureau):
        self.place = place
        self.bureau = bureau
        self.users: dict[int, int] = {}
        self.logins: dict[int, str] = {}
        self.reports: dict[int, int] = {}
        self.made = 0

    def make(self, number: int) -> None:
        """Make a contact with that many trajects, as many invoices of the employer and
        some reports of each traject: the first by the ORM, its copies by SQL."""
        with self.place.changing() as env:
            self._make_first(env, number)
        if number > 1:
            with self.place.changing() as env:
                self._copy(env.cr, number - 1)
        self.made += number

    def settle(self) -> None:
        """Have PostgreSQL know the tables, as autovacuum does in the end."""
        self.place.vacuum([*TABLES])

    # ------------------------------------------------------------------
    # The first of each
    # ------------------------------------------------------------------

    def _make_first(self, env, number: int) -> None:
        employer = env["res.partner"].create(
            {"name": f"Werkgever van {number}", "is_company": True}
        )
        user = self._make_user(env, employer, number)
        traject = self._make_traject(env, employer, user)
        consent = env["outplacement.consent"].create(
            {"traject_id": traject.id, "topic": "name"}
        )
        report = self._make_report(traject)
        invoice = self._make_invoice(env, employer)
        env.flush_all()
        rows = (traject.candidate_id, traject, consent, report, invoice)
        self.first = {row._table: row.id for row in rows}
        self.contact_id = user.partner_id.id
        self.users[number], self.logins[number] = user.id, user.login
        self.reports[number] = report.id

    def _make_user(self, env, employer, number: int):
        """Make a contact with a login, whose password is the login."""
        login = f"contact{number}@werkgever.example"
        values = {
            "name": f"Contact van {number}",
            "login": login,
            "password": login,
            "lang": "nl_NL",
            "tz": "Europe/Amsterdam",
            "group_ids": [Command.set(env.ref("base.group_portal").ids)],
        }
        Users = env["res.users"].with_context(no_reset_password=True)
        user = Users.create(values)
        user.partner_id.parent_id = employer
        return user

    def _make_traject(self, env, employer, user):
        traject = env["outplacement.traject"].create(
            {
                "candidate_id": env["res.partner"].create({"name": "Kandidaat"}).id,
                "employer_id": employer.id,
                "principal_id": employer.id,
                "employer_contact_ids": [Command.set(user.partner_id.ids)],
                "date_start": date.today() - timedelta(days=150),
            }
        )
        coach = env["res.users"].browse(self.bureau.coach_id)
        traject._assign_member(coach, "coach", traject.date_start)
        traject.action_activate()
        traject._set_state("active")
        return traject

    def _make_report(self, traject):
        """Make a released report, without the time that a PDF takes."""
        Report = type(traject.env["outplacement.report"])
        report = traject.env["outplacement.report"].create(
            {"traject_id": traject.id, **REPORT_FIELDS}
        )
        with patch.object(Report, "_render_document", lambda report: DOCUMENT):
            report.action_send()
            report._set_state("sent", state="agreed")
            report.action_release()
        return report

    def _make_invoice(self, env, employer):
        line = {"name": "Termijn", "quantity": 1, "price_unit": 1250.0}
        invoice = env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": employer.id,
                "invoice_date": date.today() - timedelta(days=10),
                "invoice_line_ids": [Command.create(line)],
            }
        )
        invoice.action_post()
        return invoice

    # ------------------------------------------------------------------
    # Their copies
    # ------------------------------------------------------------------

    def _copy(self, cr, number: int) -> None:
        first, last = self.made + 1, self.made + number
        traject = f"{COPIES} + i"
        with unchecked(cr):
            for table, values in self._get_copies(traject).items():
                self._copy_rows(cr, table, values, first, last)
            self._copy_reports(cr, first, last)
            cr.execute(
                "INSERT INTO outplacement_traject_employer_contact_rel"
                " (traject_id, partner_id)"
                f" SELECT {traject}, %s FROM generate_series(%s, %s) AS i",
                [self.contact_id, first, last],
            )

    def _get_copies(self, traject: str) -> dict:
        """Return what differs from the first, in SQL, by table."""
        began = "current_date - (150 + i % 900)"
        return {
            "res_partner": {
                "name": "'Kandidaat ' || i",
                "complete_name": "'Kandidaat ' || i",
                "commercial_partner_id": traject,
            },
            "outplacement_traject": {
                "name": "'TR/0001/' || i",
                "candidate_id": traject,
                "state": "(ARRAY['active', 'closed', 'paused'])[1 + i % 3]",
                "date_start": began,
                "date_end": f"{began} + 365",
                "last_report_id": f"{COPIES} + i * {REPORTS_EACH}",
                "date_last_report": "now()::timestamp - i % 700 * interval '1 day'",
            },
            "outplacement_consent": {"traject_id": traject},
            "account_move": {
                "name": "'PORTAL/' || i",
                "payment_reference": "'PORTAL/' || i",
                "sequence_number": "i",
                "invoice_date": f"{began} + 20",
                "date": f"{began} + 20",
                "invoice_date_due": f"{began} + 50",
            },
        }

    def _copy_reports(self, cr, first: int, last: int) -> None:
        """Make some of each traject, the last of which is the latest."""
        values = {
            "traject_id": f"{COPIES} + i / {REPORTS_EACH}",
            "candidate_id": f"{COPIES} + i / {REPORTS_EACH}",
            "date_released": f"now()::timestamp - (i / {REPORTS_EACH} % 700"
            f" + ({REPORTS_EACH - 1} - i % {REPORTS_EACH}) * 30) * interval '1 day'",
        }
        begin, end = first * REPORTS_EACH, last * REPORTS_EACH + REPORTS_EACH - 1
        self._copy_rows(cr, "outplacement_report", values, begin, end)

    def _copy_rows(self, cr, table: str, values: dict, first: int, last: int) -> None:
        """Copy the first row, ``values`` being SQL for the columns that differ."""
        cr.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s",
            [table],
        )
        columns = {f'"{name}"': f'prototype."{name}"' for (name,) in cr.fetchall()}
        columns['"id"'] = f"{COPIES} + i"
        columns |= {f'"{name}"': sql for name, sql in values.items()}
        cr.execute(
            COPY.format(
                table=table,
                columns=", ".join(columns),
                expressions=", ".join(columns.values()),
                first=first,
                last=last,
                joined="",
                id=self.first[table],
            )
        )


@contextmanager
def unchecked(cr):
    """Have the tables without their foreign keys while they are filled: to check each
    of a million rows takes longer than to make it."""
    cr.execute(
        """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
          FROM pg_constraint
         WHERE contype = 'f' AND conrelid = ANY(%s::regclass[])
        """,
        [list(TABLES)],
    )
    keys = cr.fetchall()
    for table, name, _definition in keys:
        cr.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    yield
    for table, name, definition in keys:
        cr.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
