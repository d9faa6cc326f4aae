import json

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command


class OutplacementEntitlementIntake(models.TransientModel):
    """Bringing the people of a file under the plan, once it was checked."""

    _inherit = "outplacement.entitlement.intake"

    def action_import_all(self):
        """Import all rows, or none: where something is wrong by now, that is shown."""
        return self._import(only_good=False)

    def action_import_good(self):
        """Import the good rows; the others are kept, as a file to mend."""
        return self._import(only_good=True)

    def action_view_people(self):
        """Open who was imported."""
        self.ensure_one()
        self.check_access("read")
        action = self.plan_id.action_view_entitlements()
        return {**action, "domain": [("id", "in", self.entitlement_ids.ids)]}

    def _import(self, only_good):
        """Bring people under the plan, in one transaction.

        All is checked again while the plan is locked: it may have changed since, and
        somebody else may have imported the same people.

        :raises AccessError: file or plan are another's
        :raises UserError: the file was not checked, or nobody comes under the plan
            any more
        """
        self._check_own()
        self._check_checked()
        # sudo: outplacement.social.plan - its turn, nobody's to write
        self.plan_id.sudo()._lock()
        staged = self._get_staged()
        checked = self._check_rows(staged, staged["rows"])
        good = [row for row in checked if row.is_good]
        self._renew_problems(checked)
        if not good or (len(good) < len(checked) and not only_good):
            self.notice = self._get_changed_text()
            return True
        people = self._create_entitlements(good)
        self._finish(staged, good, people)
        return True

    def _check_checked(self):
        """:raises UserError: there is nothing that was checked"""
        if self.state != "checked":
            raise UserError(self.env._("Have a file checked first."))

    def _renew_problems(self, checked):
        """Show what is wrong by now."""
        self.problem_ids.unlink()
        self.write({"good_count": 0, "bad_count": 0})
        problems = [problem for row in checked for problem in row.problems]
        self._keep_problems(checked, problems)

    def _get_changed_text(self):
        return self.env._(
            "Nothing was imported: see what is wrong by now with the rows below."
        )

    def _create_entitlements(self, rows):
        """Return the people of these :class:`IntakeRow` under the plan, in order."""
        partners = self.plan_id._create_people(
            [(row.values["name"], row.values["email"]) for row in rows]
        )
        people = self.env["outplacement.entitlement"].create(
            [
                self._prepare_entitlement(row, partner)
                for row, partner in zip(rows, partners, strict=True)
            ]
        )
        if self.is_entitled:
            people.action_entitle()
        return people

    def _prepare_entitlement(self, row, partner):
        """Return the values of the person of a row."""
        values = {
            name: value
            for name, value in row.values.items()
            if name not in ("name", "email") and value
        }
        return {"plan_id": self.plan_id.id, "candidate_id": partner.id, **values}

    def _finish(self, staged, good, people):
        """Forget who was imported, and tell the bureau by reference."""
        done = {row.number for row in good}
        staged["rows"] = [row for row in staged["rows"] if row[0] not in done]
        self.problem_ids.filtered(lambda problem: problem.row in done).unlink()
        self.write(
            {
                "state": "done",
                "staged": json.dumps(staged),
                "entitlement_ids": [Command.set(people.ids)],
                "imported_count": len(people),
                "notice": False,
            }
        )
        self.plan_id.message_post(
            body=self.env._(
                "Imported: %(count)s people, %(first)s to %(last)s.",
                count=len(people),
                first=people[0].name,
                last=people[-1].name,
            )
        )
