from odoo import models
from odoo.exceptions import UserError


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """Keep candidates out of merges: with the contact goes the access to papers.

        :raises UserError: a candidate of a traject is among the contacts
        """
        partners = self.env["res.partner"].browse(partner_ids)
        if candidates := (partners | (dst_partner or partners))._filter_candidates():
            raise UserError(
                self.env._(
                    "%(name)s is the candidate of a traject and cannot be merged: "
                    "take this contact out of the selection.",
                    name=candidates[0].name,
                )
            )
        return super()._merge(partner_ids, dst_partner, extra_checks)
