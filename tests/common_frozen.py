import base64
from contextlib import contextmanager

from odoo.tools import SQL

from .common import OutplacementCommon


class FrozenCommon(OutplacementCommon):
    """Sees whether a released report is, byte for byte, what it was."""

    # table: the column that tells which rows belong to a report
    TABLES = {
        "outplacement_report": "id",
        "outplacement_report_answer": "report_id",
        "outplacement_report_outplacement_report_step_rel": "outplacement_report_id",
    }

    def _get_document(self, report):
        """Return the file behind ``report``, as superuser."""
        domain = [("res_model", "=", report._name), ("res_id", "=", report.id)]
        Attachment = self.env["ir.attachment"].sudo()
        return Attachment.search([*domain, ("res_field", "=", "document")])

    def _take_picture(self, report):
        """Return all that is stored of ``report``: rows, file and its bytes."""
        self.env.flush_all()
        self.env.invalidate_all()
        picture = {
            table: self.env.execute_query(
                SQL(
                    "SELECT t.* FROM %s t WHERE %s = %s ORDER BY 1, 2",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    report.id,
                )
            )
            for table, column in self.TABLES.items()
        }
        picture["files"] = self.env.execute_query(
            SQL(
                "SELECT * FROM ir_attachment"
                " WHERE res_model = %s AND res_id = %s AND res_field IS NOT NULL",
                report._name,
                report.id,
            )
        )
        picture["bytes"] = self._get_document(report).raw
        picture["document"] = base64.b64decode(report.sudo().document or b"")
        return picture

    @contextmanager
    def kept(self, *reports):
        """Assert that nothing that happens inside changes any of ``reports``."""
        before = [self._take_picture(report) for report in reports]
        yield
        after = [self._take_picture(report) for report in reports]
        self.assertEqual(before, after)

    def _make_administrator(self):
        """Return an administrator who was given the roles of the bureau too, and guides
        the traject: whoever gave them so much has to know."""
        groups = ("coach", "planner", "account_manager", "manager")
        self.system.group_ids += self.env["res.groups"].union(
            *(self.env.ref(f"outplacement.group_{name}") for name in groups)
        )
        self._assign(self.traject, self.system, "deputy")
        return self.system
