from odoo import api, fields, models


class OutplacementInvoiceRunGroup(models.Model):
    """What comes on one invoice together: the unit of work of an invoice run.

    Whoever works at a run locks the groups that they take, so that several can work
    at it and none is billed twice or split.
    """

    _name = "outplacement.invoice.run.group"
    _description = "Invoice Run Group"
    _order = "run_id, id"
    _rec_name = "partner_id"

    run_id = fields.Many2one(
        "outplacement.invoice.run", required=True, index=True, ondelete="cascade"
    )
    # who or what is gone has nothing to be billed any more
    partner_id = fields.Many2one(
        "res.partner",
        string="Invoice Address",
        required=True,
        index=True,
        ondelete="cascade",
    )
    employer_id = fields.Many2one(related="partner_id.commercial_partner_id")
    order_id = fields.Many2one(
        "sale.order",
        string="Sales Order",
        index="btree_not_null",
        ondelete="cascade",
        help="Empty where the employer gets one invoice for several orders.",
    )
    currency_id = fields.Many2one("res.currency", required=True)
    purchase_order_ref = fields.Char(string="Purchase Order Reference")
    instalment_ids = fields.One2many("outplacement.instalment", "run_group_id")
    instalment_count = fields.Integer(string="Instalments")
    set_aside_count = fields.Integer(
        string="Set Aside",
        compute="_compute_set_aside_count",
        help="Instalments that could not be billed, and are not yet.",
    )
    amount_untaxed = fields.Monetary(string="Amount without VAT")
    amount_total = fields.Monetary(string="Amount with VAT")
    state = fields.Selection(
        [("waiting", "Waiting"), ("done", "Done")], required=True, default="waiting"
    )

    _waiting_idx = models.Index("(run_id, id) WHERE state = 'waiting'")

    @api.depends("instalment_ids.set_aside_reason")
    def _compute_set_aside_count(self):
        counts = dict(
            self.env["outplacement.instalment"]._read_group(
                [
                    ("run_group_id", "in", self.ids),
                    ("set_aside_reason", "!=", False),
                ],
                ["run_group_id"],
                ["__count"],
            )
        )
        for group in self:
            group.set_aside_count = counts.get(group._origin, 0)

    def _count_for_chunk(self, size):
        """Return how many of these groups, from the first, make a chunk of at least
        ``size`` instalments; all if there are fewer."""
        instalments = 0
        for position, group in enumerate(self, start=1):
            instalments += group.instalment_count
            if instalments >= size:
                return position
        return len(self)
