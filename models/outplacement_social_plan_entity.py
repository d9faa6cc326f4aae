from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class OutplacementSocialPlanEntity(models.Model):
    """A company of the employer under a social plan: what is called off for its people
    is sold and invoiced to it."""

    _name = "outplacement.social.plan.entity"
    _description = "Entity of a Social Plan"
    _order = "plan_id, id"
    _rec_name = "partner_id"
    _check_company_auto = True

    plan_id = fields.Many2one(
        "outplacement.social.plan",
        string="Social Plan",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="plan_id.company_id")
    partner_id = fields.Many2one(
        "res.partner",
        string="Entity",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('is_company', '=', True)]",
    )
    invoice_partner_id = fields.Many2one(
        "res.partner",
        string="Invoice Address",
        ondelete="restrict",
        check_company=True,
        help="Empty: the invoice address that Odoo finds for the entity.",
    )
    purchase_order_ref = fields.Char(
        string="Purchase Order Reference",
        help="The reference that the entity wants to read on invoices.",
    )
    employer_contact_ids = fields.Many2many(
        "res.partner",
        "outplacement_social_plan_entity_contact_rel",
        "entity_id",
        "partner_id",
        string="Employer Contacts",
        check_company=True,
        domain="[('is_company', '=', False)]",
        help="Who may read the released progress reports of the people of this entity.",
    )

    _partner_uniq = models.Constraint(
        "UNIQUE(plan_id, partner_id)", "This entity is under the plan already."
    )

    # ------------------------------------------------------------------
    # Constraints
    # ------------------------------------------------------------------

    @api.constrains("employer_contact_ids")
    def _check_contacts(self):
        """Who is under the plan does not read for the employer, see
        ``outplacement.entitlement``."""
        # sudo: outplacement.entitlement - whether one is under it, whoever names them
        Entitlement = self.env["outplacement.entitlement"].sudo()
        for plan, entities in self.grouped("plan_id").items():
            contacts = entities.employer_contact_ids
            domain = [("plan_id", "=", plan.id), ("candidate_id", "in", contacts.ids)]
            if under := Entitlement.search(domain, limit=1):
                raise ValidationError(
                    self.env._(
                        "%(person)s is under social plan %(plan)s and cannot read the "
                        "reports for the employer at the same time.",
                        person=under.candidate_id.name,
                        plan=plan.name,
                    )
                )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    def write(self, vals):
        self._check_of_plan(vals)
        return super().write(vals)

    def _check_of_plan(self, vals):
        """:raises UserError: an entity would go to another plan, or become another
        company after the signature"""
        for name in ("plan_id", "partner_id"):
            changed = self.filtered(
                lambda entity, name=name: name in vals and entity[name].id != vals[name]
            )
            if name == "partner_id":
                changed = changed.filtered(lambda e: e.plan_id.state != "draft")
            if changed:
                raise UserError(
                    self.env._(
                        "%(entity)s stays an entity of social plan %(plan)s: add "
                        "another one instead.",
                        entity=changed[0].partner_id.name,
                        plan=changed[0].plan_id.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        grouped = self.env["outplacement.entitlement"]._read_group(
            [("entity_id", "in", self.ids)], ["entity_id"]
        )
        for (entity,) in grouped:
            raise UserError(
                self.env._(
                    "%(entity)s has entitlements under social plan %(plan)s.",
                    entity=entity.partner_id.name,
                    plan=entity.plan_id.name,
                )
            )
