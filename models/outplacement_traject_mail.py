from odoo import models
from odoo.exceptions import UserError


class OutplacementTraject(models.Model):
    """The chatter of a traject stays inside the bureau."""

    _inherit = "outplacement.traject"

    def _track_subtype(self, initial_values):
        """Let colleagues follow what they care for: state, coach or phase."""
        self.ensure_one()
        subtypes = {
            "state": "outplacement.mt_traject_state",
            "coach_id": "outplacement.mt_traject_member",
            "phase_id": "outplacement.mt_traject_phase",
        }
        for name, xmlid in subtypes.items():
            if name in initial_values:
                return self.env.ref(xmlid)
        return super()._track_subtype(initial_values)

    def _mail_get_partner_fields(self, introspect_fields=False):
        """No contact of a traject is ever proposed as recipient."""
        return []

    def _message_get_suggested_recipients(self, *args, **kwargs):
        return []

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        self._check_internal_recipients(partner_ids)
        return super().message_subscribe(partner_ids, subtype_ids)

    def message_post(self, **kwargs):
        self._check_internal_recipients(kwargs.get("partner_ids"))
        if kwargs.get("outgoing_email_to"):
            self._raise_internal_chatter(kwargs["outgoing_email_to"])
        return super().message_post(**kwargs)

    def _check_internal_recipients(self, partner_ids):
        """Refuse followers and recipients from outside the bureau.

        :raises AccessError: a user who may not read the trajects, before any name
        :raises UserError: a partner without an internal user
        """
        self.check_access("read")
        # sudo: res.users - only whether the partners are colleagues
        partners = self.env["res.partner"].sudo().browse(partner_ids or ())
        outside = partners.filtered(lambda partner: partner.partner_share)
        if outside:
            self._raise_internal_chatter(", ".join(outside.mapped("display_name")))

    def _raise_internal_chatter(self, names):
        raise UserError(
            self.env._(
                "Messages of a traject stay inside the bureau: %(names)s cannot "
                "receive them. Write to a candidate from a session or a report.",
                names=names,
            )
        )
