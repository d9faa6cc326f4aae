from odoo import fields, models


class AccountMove(models.Model):
    """Entries that keep unearned revenue in the books, see the model
    ``outplacement.revenue.booking``."""

    _inherit = "account.move"

    outplacement_revenue_month = fields.Date(
        string="Unearned Revenue at",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The end of the month for which this entry was made.",
    )
