from odoo import models


class ResPartner(models.Model):
    """Employees under a social plan are candidates to be, and the contacts of its
    entities read for the employer: the same guards hold."""

    _inherit = "res.partner"

    def _filter_candidates(self):
        return super()._filter_candidates() | self._filter_entitled()

    def _filter_entitled(self):
        """Return those of these partners who are under a social plan."""
        if not self.ids:
            return self.browse()
        # sudo: outplacement.entitlement - guards hold for who sees no plan too
        grouped = (
            self.env["outplacement.entitlement"]
            .sudo()
            ._read_group([("candidate_id", "in", self.ids)], ["candidate_id"])
        )
        return self.browse([candidate.id for (candidate,) in grouped])

    def _filter_guarded_candidates(self):
        """The account manager of a plan mends an address that was typed wrongly, as
        long as nothing hangs on it: no traject, no login, and no plan of another."""
        guarded = super()._filter_guarded_candidates()
        Entitlement = self.env["outplacement.entitlement"]
        if not Entitlement.has_access("write"):
            return guarded
        fixed = guarded._filter_traject_candidates() | guarded.filtered("user_ids")
        domain = [("candidate_id", "in", guarded.ids)]
        own = Entitlement.search(domain)._filtered_access("write")
        # sudo: outplacement.entitlement - who is under a colleague's plan as well is
        # nobody's alone
        others = Entitlement.sudo().search(domain) - own.sudo()
        fixed |= others.candidate_id.sudo(False)
        return guarded - (own.candidate_id - fixed)

    def _filter_employer_contacts(self):
        contacts = super()._filter_employer_contacts()
        if not self.ids:
            return contacts
        # sudo: outplacement.social.plan.entity - guards hold for who sees no plan too
        entities = (
            self.env["outplacement.social.plan.entity"]
            .sudo()
            .search([("employer_contact_ids", "in", self.ids)])
        )
        return contacts | (self & entities.employer_contact_ids.sudo(False))
