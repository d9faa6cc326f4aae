import base64
import json

from odoo import fields, models
from odoo.exceptions import UserError

from ..tools.table_file import TableFile

# How many rows are checked in one request: a moment's work.
BATCH = 1000


class OutplacementEntitlementIntake(models.TransientModel):
    """Brings the people of a file under a social plan.

    The file is read and checked first, and nothing is written before somebody has seen
    what is wrong with it. Then all of them come under the plan, or those with whom
    nothing is wrong, in one transaction and after another check under the lock of the
    plan. What was uploaded is read by who did so only, and is gone within hours.
    """

    _name = "outplacement.entitlement.intake"
    _inherit = ["outplacement.social.plan.upload"]
    _description = "Import of People"

    plan_id = fields.Many2one(
        "outplacement.social.plan",
        string="Social Plan",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    state = fields.Selection(
        [
            ("upload", "Upload"),
            ("checking", "Checking"),
            ("checked", "Checked"),
            ("done", "Imported"),
        ],
        required=True,
        readonly=True,
        default="upload",
    )
    file = fields.Binary(string="CSV or XLSX File", attachment=False)
    file_name = fields.Char()
    is_entitled = fields.Boolean(
        string="Entitle Them at Once",
        default=True,
        help="Otherwise they are drafts until you say that they may.",
    )
    # what the file has in it: headings, where which column is, rows
    staged = fields.Text(readonly=True)
    ignored = fields.Char(string="Columns that Are Not Read", readonly=True)
    row_count = fields.Integer(string="Rows", readonly=True)
    checked_count = fields.Integer(string="Checked", readonly=True)
    good_count = fields.Integer(string="Good", readonly=True)
    bad_count = fields.Integer(string="To Mend", readonly=True)
    imported_count = fields.Integer(string="Imported", readonly=True)
    notice = fields.Text(readonly=True)
    problem_ids = fields.One2many(
        "outplacement.entitlement.intake.problem",
        "intake_id",
        string="Problems",
        readonly=True,
    )
    entitlement_ids = fields.Many2many(
        "outplacement.entitlement", string="People", readonly=True
    )
    currency_id = fields.Many2one(related="plan_id.currency_id")
    cap_heads = fields.Integer(related="plan_id.cap_heads", related_sudo=False)
    heads_left = fields.Integer(related="plan_id.heads_left", related_sudo=False)
    cap_amount = fields.Monetary(related="plan_id.cap_amount", related_sudo=False)
    amount_left = fields.Monetary(related="plan_id.amount_left", related_sudo=False)

    def _compute_display_name(self):
        """Neutral: it stands above the page."""
        for intake in self:
            intake.display_name = self.env._("Import People")

    # ------------------------------------------------------------------
    # Access
    # ------------------------------------------------------------------

    def _check_own(self):
        """:raises AccessError: file or plan are another's
        :raises UserError: nobody comes under the plan any more"""
        self.ensure_one()
        self.check_access("write")
        self.plan_id._check_intake()

    def _is_own(self):
        """Whether the user may see what was uploaded."""
        return self.has_access("write") and self.plan_id.has_access("write")

    # ------------------------------------------------------------------
    # Reading and checking
    # ------------------------------------------------------------------

    def action_check(self):
        """Read the file. A small one is checked at once, a large one in steps, see
        :meth:`check_next`.

        :raises TableFileError: it is no table with the columns that are needed
        """
        self._check_own()
        if not self.file:
            raise UserError(self.env._("Choose a CSV or XLSX file first."))
        reader = TableFile(self.env)
        table = reader.read_table(base64.b64decode(self.file))
        positions, unknown = reader.match(table, self._get_columns())
        self._stage(table.header, positions, [list(row) for row in table.rows])
        self.write(
            {
                "file": False,
                "ignored": ", ".join(unknown),
                "state": "checking",
                "imported_count": 0,
            }
        )
        if self.row_count <= BATCH:
            self.check_next()
        return True

    def check_next(self):
        """Check some more rows.

        :returns: dict with "checked" and "total", in rows
        """
        self._check_own()
        if self.state == "checking":
            staged = self._get_staged()
            start = self.checked_count
            rows = staged["rows"][start : start + BATCH]
            self._keep_problems(rows, self._find_problems(staged, rows))
            self.checked_count += len(rows)
            if self.checked_count >= self.row_count:
                self.state = "checked"
                self.notice = self._get_notice()
        return {"checked": self.checked_count, "total": self.row_count}

    def action_restart(self):
        """Forget what was uploaded, for another file."""
        self._check_own()
        self._stage([], {}, [])
        self.write({"state": "upload", "file": False, "file_name": False})
        return True

    def action_view_problems(self):
        """Open what is wrong as a list to search and group."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "outplacement.outplacement_entitlement_intake_problem_action"
        )
        return {**action, "domain": [("intake_id", "=", self.id)]}

    def _stage(self, header, positions, rows):
        """Keep what is to be checked, and forget what was found before."""
        self.problem_ids.unlink()
        staged = {"header": header, "positions": positions, "rows": rows}
        self.write(
            {
                "staged": json.dumps(staged),
                "row_count": len(rows),
                "checked_count": 0,
                "good_count": 0,
                "bad_count": 0,
                "notice": False,
            }
        )

    def _get_staged(self):
        """Return what was kept, see :meth:`_stage`: rows are lists of their number,
        their cells, and whether there is more in them."""
        return json.loads(self.staged or '{"header": [], "positions": {}, "rows": []}')

    def _keep_problems(self, rows, problems):
        """Add what was found in some rows to what is shown."""
        self.env["outplacement.entitlement.intake.problem"].create(
            [{"intake_id": self.id, **problem._asdict()} for problem in problems]
        )
        bad = {problem.row for problem in problems if not problem.is_passable}
        self.bad_count += len(bad)
        self.good_count += len(rows) - len(bad)
