import base64
import io

import openpyxl

from odoo.tests import freeze_time

from ..tools.table_csv import read_csv
from ..tools.table_file import TableFile
from .common_billing import TODAY
from .common_plan import PlanCommon

HEAD = ("Name", "Private E-mail", "Personnel Number")


def make_csv(*rows, head=HEAD, encoding="utf-8", delimiter=";"):
    """Return a file with these rows, as the bytes of CSV."""
    lines = [delimiter.join(row) for row in (head, *rows)]
    return "\r\n".join(lines).encode(encoding)


def make_people(count, first=1, domain="home.example"):
    """Return rows of people with whom nothing is wrong."""
    return [
        (f"Employee {i}", f"employee{i}@{domain}", f"{i:05d}")
        for i in range(first, first + count)
    ]


def make_xlsx(*rows, head=HEAD, change=None):
    """Return a file with these rows, as the bytes of a workbook.

    :param change: is called with the sheet before it is saved
    """
    book = openpyxl.Workbook()
    for row in (head, *rows):
        book.active.append(row)
    if change:
        change(book.active)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


@freeze_time(TODAY)
class IntakeCommon(PlanCommon):
    """Files of people, and the page by which they come under a social plan."""

    def _upload(self, content, plan=None, user=None, **values):
        """Return the page of the account manager with a file, not yet checked."""
        plan = plan or self.plan
        user = user or plan.account_manager_id
        Intake = self.env["outplacement.entitlement.intake"].with_user(user).sudo(False)
        return Intake.create(
            {
                "plan_id": plan.id,
                "file": base64.b64encode(content),
                "file_name": "people",
                **values,
            }
        )

    def _check(self, content, plan=None, user=None, **values):
        """Return that page after the check."""
        intake = self._upload(content, plan, user, **values)
        intake.action_check()
        while intake.state == "checking":
            intake.check_next()
        return intake

    def _get_problems(self, intake):
        """Return what is wrong, as "row column: text" each."""
        return [f"{p.row} {p.column or ''}: {p.text}" for p in intake.problem_ids]

    def _get_people(self, plan=None):
        return self.env["outplacement.entitlement"].search(
            [("plan_id", "=", (plan or self.plan).id)], order="number"
        )

    def _count_written(self):
        """Return how many contacts and people under a plan there are."""
        names = ("res.partner", "outplacement.entitlement")
        return [
            self.env[name].with_context(active_test=False).search_count([])
            for name in names
        ]

    def _read(self, content):
        """Return head and rows of a workbook or of CSV."""
        if content.startswith(b"PK"):
            table = TableFile(self.env).read_table(content)
            return table.header, [row.cells for row in table.rows]
        (_number, head), *rows = read_csv(content)
        return head, [cells for _number, cells in rows]
