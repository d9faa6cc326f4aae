from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from .sale_order_line import INSTALMENT_GROUPS

EMAIL_FIELDS = {"email", "email_normalized"}


class ResPartner(models.Model):
    _inherit = "res.partner"

    outplacement_po_required = fields.Boolean(
        string="Purchase Order Reference Required",
        help="No invoice of this employer is posted without one.",
    )
    outplacement_invoice_identity = fields.Selection(
        [
            ("reference", "Traject reference only"),
            ("personnel_number", "Personnel number"),
            ("name", "Name of the candidate"),
        ],
        string="Candidate on Invoices",
        default="reference",
        help="What invoice lines say of the candidate, besides the traject reference.",
    )

    outplacement_instalment_count = fields.Integer(
        string="Number of Instalments",
        compute="_compute_outplacement_instalment_count",
        groups=INSTALMENT_GROUPS,
        help="Instalments that are planned or due.",
    )
    outplacement_invoice_grouping = fields.Selection(
        [
            ("order", "One per sales order"),
            ("employer", "One per purchase order reference"),
        ],
        string="Invoices of Trajects",
        default="order",
        help="What an invoice run puts on one invoice. One per purchase order "
        "reference: all that falls due of this employer in the same currency.",
    )

    def _compute_outplacement_instalment_count(self):
        grouped = self.env["outplacement.instalment"]._read_group(
            [("employer_id", "in", self.ids), ("state", "in", ("planned", "due"))],
            ["employer_id"],
            ["__count"],
        )
        counts = {employer.id: count for employer, count in grouped}
        for partner in self:
            partner.outplacement_instalment_count = counts.get(partner._origin.id, 0)

    def action_view_employer_instalments(self):
        """Open the instalments of the trajects of this employer.

        :raises AccessError: the user may read no instalments
        """
        self.ensure_one()
        self.env["outplacement.instalment"].check_access("read")
        xmlid = "outplacement.outplacement_instalment_action"
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        action["domain"] = [("employer_id", "=", self.id)]
        action["context"] = {"create": False}
        return action

    @api.constrains("parent_id", "is_company")
    def _check_outplacement_candidate(self):
        """A candidate never becomes a company or a contact of one: portal users read
        the papers of their whole commercial entity."""
        moved = self.filtered(lambda partner: partner.parent_id or partner.is_company)
        if candidates := moved._filter_candidates():
            raise ValidationError(
                self.env._(
                    "%(name)s is the candidate of a traject and stays a person on "
                    "its own, so that employer and candidate cannot read each "
                    "other's papers.",
                    name=candidates[0].name,
                )
            )

    def write(self, vals):
        # Odoo's own pages write as superuser what portal users change of others
        guarded = not self.env.su or self.env.user._is_portal()
        if guarded and EMAIL_FIELDS & set(vals):
            self._check_outplacement_email(vals.get("email"))
        return super().write(vals)

    def _filter_candidates(self):
        """Return those of these partners who are candidates, or are to become one."""
        return self._filter_traject_candidates()

    def _filter_traject_candidates(self):
        """Return those of these partners who are candidates of a traject."""
        if not self.ids:
            return self.browse()
        # sudo: outplacement.traject - guards hold for users who see no traject too
        grouped = (
            self.env["outplacement.traject"]
            .sudo()
            .with_context(active_test=False)
            ._read_group([("candidate_id", "in", self.ids)], ["candidate_id"])
        )
        return self.browse([candidate.id for (candidate,) in grouped])

    def _filter_guarded_candidates(self):
        """Return those of these partners whose e-mail address only a planner
        changes."""
        return self._filter_candidates()

    def _filter_employer_contacts(self):
        """Return those of these partners who may read reports for an employer."""
        if not self.ids:
            return self.browse()
        # sudo: outplacement.traject - guards hold for users who see no traject too
        trajects = (
            self.env["outplacement.traject"]
            .sudo()
            .with_context(active_test=False)
            .search([("employer_contact_ids", "in", self.ids)])
        )
        return self & trajects.employer_contact_ids.sudo(False)

    def _check_outplacement_email(self, email):
        """Guard the address to which a new password would go, or the invitation of
        who has no login yet: whoever may edit contacts may send it.

        :raises AccessError: a colleague without the right changes the e-mail address
            of a candidate or employer contact
        """
        user = self.env.user
        changed = self.filtered(
            lambda partner: (
                (partner.email or "") != (email or "") and partner != user.partner_id
            )
        )
        may_plan = user.has_groups(
            "outplacement.group_planner,outplacement.group_manager"
        )
        may_sell = may_plan or user.has_group("outplacement.group_account_manager")
        guarded = self.browse()
        if not may_plan:
            guarded |= changed._filter_guarded_candidates()
        if not may_sell:
            guarded |= changed._filter_employer_contacts()
        if guarded:
            raise AccessError(
                self.env._(
                    "The e-mail address of %(name)s opens confidential papers: ask a "
                    "planner or manager to change it.",
                    name=guarded[0].name,
                )
            )
