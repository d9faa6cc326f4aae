from odoo import api, fields, models


class OutplacementConfidentialMixin(models.AbstractModel):
    """What belongs to the confidential file of a traject, whatever it is.

    Current coach and deputies read it, as far as its volume is open to them (see
    ``outplacement.traject.member``), the author writes it, the candidate reads what is
    shared; nobody reads it by rank. Who may is decided by global rules of the model
    that inherits this one, which no other module can widen. What is done with it goes
    into the access log.
    """

    _name = "outplacement.confidential.mixin"
    _inherit = ["outplacement.sealed.mixin"]
    _description = "Part of a Confidential File"

    traject_id = fields.Many2one(
        "outplacement.traject",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(related="traject_id.company_id", store=True)
    candidate_id = fields.Many2one(
        "res.partner",
        compute="_compute_candidate_id",
        store=True,
        readonly=True,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The candidate of the traject when this was written.",
    )
    volume_id = fields.Many2one(
        "outplacement.traject.member",
        compute="_compute_volume_id",
        store=True,
        readonly=True,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        help="In whose time as coach this was written: it is read by those to whom "
        "that volume of the file is open.",
    )
    author_id = fields.Many2one(
        "res.users",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        default=lambda self: self.env.user,
    )
    shared = fields.Boolean(
        string="Shared with Candidate", help="The candidate may read this too."
    )

    @api.depends("traject_id.candidate_id")
    def _compute_candidate_id(self):
        """Keep who this is about, should the traject get another candidate."""
        for record in self:
            # unsaved, it tells its user nothing of a traject that is hidden
            traject = (record if record.id else record.sudo(False)).traject_id
            record.candidate_id = record.candidate_id or traject.candidate_id

    @api.depends("traject_id")
    def _compute_volume_id(self):
        """Keep in which volume this was written."""
        for record in self:
            # unsaved, it tells its user nothing of a traject that is hidden
            traject = (record if record.id else record.sudo(False)).traject_id
            record.volume_id = record.volume_id or traject._get_current_volume()
