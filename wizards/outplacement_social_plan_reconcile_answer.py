from odoo import models
from odoo.tools import format_date

from ..models.outplacement_entitlement_portal import STATES
from ..tools.table_file import write_xlsx

# Of what differs, what we say of it, and of what only that it differs. Whether a
# private address does is not for the employer.
TOLD_KEYS = ("number", "name", "entity", "choice")
NAMED_KEYS = (*TOLD_KEYS, "package", "dismissal")


class OutplacementSocialPlanReconcile(models.TransientModel):
    """The answer to the employer: what their contacts may know, and no more. That is
    what the portal shows them, and what is in their own list."""

    _inherit = "outplacement.social.plan.reconcile"

    def _get_answer_name(self):
        plan = self.plan_id.name.replace("/", "-")
        return self.env._("comparison %(plan)s.xlsx", plan=plan)

    def _get_answer(self, findings):
        """Return the answer, as the bytes of a workbook."""
        head = [
            self.env._("Row"),
            self.env._("Name"),
            self.env._("Personnel Number"),
            self.env._("Entity"),
            self.env._("Result"),
            self.env._("What differs"),
            self.env._("Choice"),
            self.env._("Chosen on"),
            self.env._("Status"),
        ]
        told = [f for f in findings if f.kind != "ours" or f.person.state in STATES]
        return write_xlsx(head, [self._get_answer_row(f) for f in told])

    def _get_answer_row(self, finding):
        """Return the cells of one person. Who is not yet, or not any more, under the
        plan is no more than a row of theirs."""
        texts, person = finding.texts, finding.person
        is_told = person.state in STATES and not self._is_of_another_entity(person)
        own = self._get_told(person) if is_told else ["", "", ""]
        if finding.kind == "ours":
            entity = person.entity_id.partner_id.name or ""
            who = [person.candidate_id.name, person.personnel_number or "", entity]
        else:
            who = [texts.get(key, "") for key in ("name", "number", "entity")]
        differs = self._get_told_differences(finding) if is_told else ""
        result = self._get_result(finding, is_told)
        return [str(finding.row or ""), *who, result, differs, *own]

    def _get_told(self, person):
        """Return choice, its day and the state, in the words of the portal."""
        return [
            person._get_portal_choice_labels()[person.choice],
            format_date(self.env, person.date_choice),
            person._get_portal_state_labels()[person.state],
        ]

    def _get_result(self, finding, is_told):
        """Return what the employer is told of a row."""
        if finding.kind == "ours":
            return self.env._("Not in your list")
        if not is_told:
            return self.env._("Not in our list")
        if finding.kind == "theirs":
            return self.env._("Not under the plan any more")
        if set(finding.keys) & set(NAMED_KEYS):
            return self.env._("Different")
        return self.env._("The same")

    def _get_told_differences(self, finding):
        """Return what differs, with what we say where the employer may know that."""
        parts = [
            f"{self._get_label(key)}: {self._get_own(key, finding.person)}"
            if key in TOLD_KEYS
            else self._get_label(key)
            for key in finding.keys
            if key in NAMED_KEYS
        ]
        return "; ".join(parts)
