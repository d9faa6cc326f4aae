from odoo import fields, models


class OutplacementSocialPlanAmendmentLine(models.Model):
    """One term that an amendment changed, in words and figures as they were then."""

    _name = "outplacement.social.plan.amendment.line"
    _description = "Change by an Amendment"
    _order = "amendment_id, id"
    _rec_name = "term"

    amendment_id = fields.Many2one(
        "outplacement.social.plan.amendment",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    term = fields.Char(required=True, readonly=True)
    before = fields.Char(readonly=True)
    after = fields.Char(readonly=True)
