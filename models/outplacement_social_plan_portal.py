from odoo import api, models
from odoo.fields import Domain

# What a contact of the employer is told of a social plan: one key more is a decision of
# the house.
PLAN_KEYS = frozenset(
    {"id", "reference", "title", "entities", "choice_deadline", "date_to", "people"}
)
FIELDS = ("name", "title", "choice_deadline", "date_to")


class OutplacementSocialPlan(models.Model):
    """What employers see of their social plans in the portal, in plain values.

    Portal users have no right on plans. The methods here find as superuser the plans
    of whose entities this very contact is a named contact, and return no records. What
    they are told of people is in ``outplacement_entitlement_portal``.
    """

    _inherit = "outplacement.social.plan"

    @api.model
    def _get_portal_employer_domain(self):
        """Return the domain of the plans of which the user is a contact. What is not
        signed yet is nobody's to read."""
        user = self.env.user
        if not user._is_portal():
            return Domain.FALSE
        mine = Domain("employer_contact_ids", "in", user.partner_id.ids)
        return (
            Domain("entity_ids", "any", mine)
            & Domain("state", "!=", "draft")
            & Domain("company_id", "in", self.env.companies.ids)
        )

    @api.model
    def _get_portal_employer_source(self):
        """Return the model as superuser, those that the bureau archived included."""
        # sudo: outplacement.social.plan - portal users have no right on plans; every
        # search here is limited to _get_portal_employer_domain()
        return self.sudo().with_context(active_test=False)

    @api.model
    def _count_portal_employer(self, limit=None):
        """Return how many plans the user is a contact of, up to ``limit``."""
        domain = self._get_portal_employer_domain()
        return self._get_portal_employer_source().search_count(domain, limit=limit)

    @api.model
    def _get_portal_employer_list(self):
        """Return the plans of the user, a dict of plain values each."""
        return self._find_portal_employer()._prepare_portal_employer_values()

    @api.model
    def _get_portal_employer_plan(self, plan_id):
        """Return the values of one of the user's plans; None where it is not theirs,
        or not there."""
        plan = self._find_portal_employer(Domain("id", "=", plan_id))
        return plan._prepare_portal_employer_values()[0] if plan else None

    @api.model
    def _find_portal_employer(self, domain=Domain.TRUE):
        """Return the plans of the user that meet ``domain``, as superuser."""
        domain &= self._get_portal_employer_domain()
        return self._get_portal_employer_source().search_fetch(domain, FIELDS)

    def _get_portal_employer_entities(self):
        """Return the entities of these plans of which the user is a contact. For
        records of :meth:`_find_portal_employer` only."""
        partner = self.env.user.partner_id
        return self.entity_ids.filtered(lambda e: partner in e.employer_contact_ids)

    def _prepare_portal_employer_values(self):
        """Return the values of ``PLAN_KEYS`` for each, in as many queries for many as
        for one. For records of :meth:`_find_portal_employer` only."""
        entities = self._get_portal_employer_entities()
        counts = self.env["outplacement.entitlement"]._count_portal_people(entities)
        own = entities.grouped("plan_id")
        return [
            {
                "id": plan.id,
                "reference": plan.name,
                "title": plan.title,
                "entities": own[plan].mapped("partner_id.name"),
                "choice_deadline": plan.choice_deadline,
                "date_to": plan.date_to,
                "people": counts.get(plan.id, 0),
            }
            for plan in self
        ]
