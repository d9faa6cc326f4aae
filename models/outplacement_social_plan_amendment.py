from odoo import fields, models


class OutplacementSocialPlanAmendment(models.Model):
    """A signed change of a social plan: what it said before and afterwards.

    Made by :class:`~..wizards.outplacement_social_plan_amend` only, and never changed.
    """

    _name = "outplacement.social.plan.amendment"
    _description = "Amendment of a Social Plan"
    _order = "date desc, id desc"
    _rec_name = "date"

    plan_id = fields.Many2one(
        "outplacement.social.plan",
        string="Social Plan",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="plan_id.company_id")
    date = fields.Date(string="Signed on", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Recorded by", required=True, readonly=True
    )
    agreement_file = fields.Binary(
        string="Signed Amendment", required=True, readonly=True
    )
    agreement_name = fields.Char(string="File Name", readonly=True)
    line_ids = fields.One2many(
        "outplacement.social.plan.amendment.line", "amendment_id", string="Changes"
    )
