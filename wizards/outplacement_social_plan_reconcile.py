import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.table_file import TableFile


class OutplacementSocialPlanReconcile(models.TransientModel):
    """Holds the people under a social plan against a list of the employer, both ways.

    Nothing is written to anybody: it says who is missing on which side and what is
    told otherwise, and makes a file of it to send back. What was uploaded is read by
    who did so only, and is gone within hours.
    """

    _name = "outplacement.social.plan.reconcile"
    _inherit = ["outplacement.social.plan.upload"]
    _description = "Comparison with the Employer's List"

    plan_id = fields.Many2one(
        "outplacement.social.plan",
        string="Social Plan",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    entity_id = fields.Many2one(
        "outplacement.social.plan.entity",
        domain="[('plan_id', '=', plan_id)]",
        ondelete="cascade",
        help="The list is of this entity only, and so is the answer. Empty: of all.",
    )
    file = fields.Binary(string="The Employer's List", attachment=False)
    file_name = fields.Char()
    is_done = fields.Boolean(readonly=True)
    row_count = fields.Integer(string="In Their List", readonly=True)
    same_count = fields.Integer(string="The Same", readonly=True)
    different_count = fields.Integer(string="Different", readonly=True)
    theirs_count = fields.Integer(string="Not in Ours", readonly=True)
    ours_count = fields.Integer(string="Not in Theirs", readonly=True)
    ignored = fields.Char(string="Columns that Are Not Read", readonly=True)
    line_ids = fields.One2many(
        "outplacement.social.plan.reconcile.line", "reconcile_id", readonly=True
    )
    answer_file = fields.Binary(
        string="Answer to the Employer",
        attachment=False,
        readonly=True,
        help="With names, choices and states, and no more than the employer's contacts "
        "may know.",
    )
    answer_name = fields.Char(readonly=True)

    @api.depends("plan_id")
    def _compute_display_name(self):
        for wizard in self:
            wizard.display_name = self.env._(
                "Comparison of %(plan)s", plan=wizard.plan_id.name
            )

    # ------------------------------------------------------------------
    # Access
    # ------------------------------------------------------------------

    def _check_own(self):
        """:raises AccessError: the list or the plan is another's"""
        self.ensure_one()
        self.check_access("write")
        self.plan_id.check_access("write")

    # ------------------------------------------------------------------
    # Comparing
    # ------------------------------------------------------------------

    def action_compare(self):
        """Read the list, and show what is not the same.

        :raises TableFileError: it is no table with the columns that are needed
        """
        self._check_own()
        if not self.file:
            raise UserError(self.env._("Choose a CSV or XLSX file first."))
        if self.entity_id and self.entity_id.plan_id != self.plan_id:
            raise UserError(self.env._("This entity is not of the social plan."))
        reader = TableFile(self.env)
        table = reader.read_table(base64.b64decode(self.file))
        positions, unknown = reader.match(table, self._get_columns())
        if not {"number", "email"} & set(positions):
            raise UserError(
                self.env._(
                    "The file has no column for the personnel number or the private "
                    "e-mail address: people are found by one of them."
                )
            )
        rows = [
            (row.number, {key: row.cells[at] for key, at in positions.items()})
            for row in table.rows
        ]
        self._keep(self._compare(rows), len(rows), unknown)
        return self._get_action()

    def action_restart(self):
        """Forget what was compared, for another list."""
        self._check_own()
        self.line_ids.unlink()
        self.write({"file": False, "is_done": False, "answer_file": False})
        return self._get_action()

    def _keep(self, findings, count, unknown):
        """Keep what was found, for the screen and for the answer."""
        self.line_ids.unlink()
        kinds = [finding.kind for finding in findings]
        shown = [finding for finding in findings if finding.kind != "same"]
        self.env["outplacement.social.plan.reconcile.line"].create(
            [self._prepare_line(finding) for finding in shown]
        )
        self.write(
            {
                # not needed any more
                "file": False,
                "is_done": True,
                "row_count": count,
                "ignored": ", ".join(unknown),
                **{
                    f"{kind}_count": kinds.count(kind)
                    for kind in ("same", "different", "theirs", "ours")
                },
                "answer_file": base64.b64encode(self._get_answer(findings)),
                "answer_name": self._get_answer_name(),
            }
        )

    def _prepare_line(self, finding):
        """Return the values of the line that shows a finding."""
        person = finding.person
        return {
            "reconcile_id": self.id,
            "kind": finding.kind,
            "row": finding.row,
            "entitlement_id": person.id,
            "name": finding.texts.get("name") or person.candidate_id.name,
            "personnel_number": finding.texts.get("number") or person.personnel_number,
            "text": " ".join(finding.notes),
        }

    def _get_action(self):
        """Return the action that shows this page."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Compare with the Employer's List"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "current",
        }
