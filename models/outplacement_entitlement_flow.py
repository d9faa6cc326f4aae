from odoo import models
from odoo.exceptions import UserError

TRANSITIONS = {
    "draft": {"entitled", "cancelled"},
    "entitled": {"called_off", "cancelled"},
    "called_off": {"released"},
    "released": {"entitled"},
    "cancelled": {"entitled"},
}


class OutplacementEntitlement(models.Model):
    """The course of an entitlement: its states, and giving a slot back."""

    _inherit = "outplacement.entitlement"

    # ------------------------------------------------------------------
    # States
    # ------------------------------------------------------------------

    def _set_state(self, state, **values):
        """Bring the entitlements into ``state`` and write ``values`` with it: the one
        door to it, ``write()`` refuses it.

        :raises AccessError: they are not the user's
        :raises UserError: the map does not lead there
        """
        self.check_access("write")
        self._check_transition(state)
        # sudo: outplacement.entitlement - the state is closed to write(), so that it
        # only moves along the map, after the checks
        self.sudo().write({"state": state, **values})

    def _check_transition(self, state):
        """:raises UserError: the state map does not lead to ``state``"""
        labels = dict(self._fields["state"]._description_selection(self.env))
        for entitlement in self:
            if state not in TRANSITIONS[entitlement.state]:
                raise UserError(
                    self.env._(
                        "Entitlement %(entitlement)s is %(old)s and cannot become "
                        "%(new)s.",
                        entitlement=entitlement.name,
                        old=labels[entitlement.state].lower(),
                        new=labels[state].lower(),
                    )
                )

    def action_entitle(self):
        """Say that these people may; who withdrew chooses anew."""
        self.check_access("write")
        self._check_plans_running()
        again = self.filtered(lambda e: e.state == "released")
        (self - again)._set_state("entitled")
        again._set_state("entitled", choice="undecided", traject_id=False)
        return True

    def action_cancel(self):
        """Say that these people may not, after all."""
        self._set_state("cancelled")
        return True

    # ------------------------------------------------------------------
    # Calling off and giving back
    # ------------------------------------------------------------------

    def action_call_off(self):
        """Show what calling these people off would do.

        :raises UserError: they are of several plans
        """
        self.check_access("write")
        if len(self.plan_id) != 1:
            raise UserError(self.env._("Choose people of one social plan to call off."))
        return self.plan_id._get_call_off_action(self)

    def action_release(self):
        """Show what giving the slot back would do."""
        self.ensure_one()
        self.check_access("write")
        self._check_releasable()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Release Slot"),
            "res_model": "outplacement.entitlement.release",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_entitlement_id": self.id,
                # sudo: outplacement.entitlement - for the deputy of the plan, who is
                # not the account manager of its trajects
                "default_traject_id": self.sudo().traject_id.id,
            },
        }

    def action_view_traject(self):
        """Open the traject of the person."""
        self.ensure_one()
        self.traject_id.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "outplacement.outplacement_traject_action"
        )
        return {**action, "views": [(False, "form")], "res_id": self.traject_id.id}

    def _check_releasable(self):
        """:raises UserError: there is no slot to give back, or it was used"""
        self._check_transition("released")
        # sudo: outplacement.traject - whether a session was held, and not when
        for entitlement in self.sudo():
            traject = entitlement.traject_id
            if traject.date_last_session or traject.state not in ("intake", "active"):
                raise UserError(
                    self.env._(
                        "Traject %(traject)s has begun: a slot is given back before "
                        "the first session only.",
                        traject=traject.name,
                    )
                )

    def _release(self):
        """Give the slots back: the trajects are cancelled, head and money return to
        the plan, and what was invoiced gets a draft credit note.

        :raises AccessError: they are not the user's
        :raises UserError: a session was held already
        """
        self.check_access("write")
        self._check_releasable()
        # sudo: outplacement.traject - it ends with the slot, whoever of the plan
        # gives that back; _on_cancelled releases the entitlement
        for traject in self.sudo().traject_id:
            today = traject.company_id._get_outplacement_today()
            traject._check_cancellation_date(today)
            traject._cancel_with_fee(today, "stopped")

    def _on_traject_cancelled(self):
        """The slots of cancelled trajects are free again."""
        for plan, entitlements in self.grouped("plan_id").items():
            entitlements.write({"state": "released"})
            plan.message_post(
                body=self.env._(
                    "Released: %(entitlements)s.",
                    entitlements=", ".join(entitlements.mapped("name")),
                )
            )

    # ------------------------------------------------------------------
    # For the traject
    # ------------------------------------------------------------------

    def _prepare_traject_values(self):
        """Return what the traject of the person is made with, besides its order."""
        self.ensure_one()
        plan, entity = self.plan_id, self.entity_id
        values = {
            "entitlement_id": self.id,
            "candidate_id": self.candidate_id.id,
            "employer_id": entity.partner_id.id,
            "employer_contact_ids": entity.employer_contact_ids.ids,
            "personnel_number": self.personnel_number,
            "date_dismissal": self.date_dismissal,
            "trigger": plan.trigger,
        }
        if plan.report_rhythm:
            values["report_rhythm"] = plan.report_rhythm
        return values
