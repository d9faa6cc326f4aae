from odoo import api, fields, models
from odoo.exceptions import UserError


class OutplacementEntitlementRelease(models.TransientModel):
    """Shows what giving a slot of a social plan back does to the instalments of its
    traject, and does it."""

    _name = "outplacement.entitlement.release"
    _inherit = "outplacement.change.mixin"
    _description = "Release Slot"

    entitlement_id = fields.Many2one(
        "outplacement.entitlement", required=True, ondelete="cascade"
    )

    @api.model
    def _get_change_triggers(self):
        return [*super()._get_change_triggers(), "entitlement_id"]

    def _check_may_see(self):
        """For who may give the slot back.

        :raises AccessError: the entitlement is not the user's
        """
        self.entitlement_id.check_access("write")
        self._get_traject()

    def _get_traject(self):
        """Return the traject of the slot.

        :raises UserError: another one was sent along
        """
        # sudo: outplacement.traject - that of an entitlement that was checked, also
        # for the deputy of the plan
        traject = self.entitlement_id.sudo().traject_id
        if self.traject_id != traject:
            raise UserError(self.env._("This traject is not of this entitlement."))
        return traject

    def _get_changes(self):
        self.ensure_one()
        if self._get_refusal():
            return []
        traject = self._get_traject()
        return traject._get_cancellation_changes(self._get_today(), "stopped")

    def _get_refusal(self):
        try:
            self.entitlement_id._check_releasable()
        except UserError as refusal:
            return str(refusal)
        return False

    def _apply(self, changes):
        self.entitlement_id._release()
