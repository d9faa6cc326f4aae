from odoo import fields, models


class OutplacementChangeLine(models.TransientModel):
    """What a step would do to one instalment; never stored."""

    _name = "outplacement.change.line"
    _description = "Change of an Instalment"

    # of whatever wizard shows it; an integer, as those of attachments are
    wizard_id = fields.Integer(index=True)
    instalment_id = fields.Many2one("outplacement.instalment", ondelete="cascade")
    sale_line_id = fields.Many2one("sale.order.line", ondelete="cascade")
    name = fields.Char(string="What")
    action = fields.Selection(
        [
            ("keep", "Stays"),
            ("move", "Moves"),
            ("reduce", "Becomes less"),
            ("lapse", "Lapses"),
            ("revive", "Is owed again"),
            ("credit", "Credit note"),
            ("new", "New"),
            ("fee", "Fee"),
        ],
        string="What Happens",
    )
    currency_id = fields.Many2one("res.currency")
    date_before = fields.Date(string="Date Now")
    date_after = fields.Date(string="New Date")
    amount_before = fields.Monetary(string="Amount Now")
    amount_after = fields.Monetary(string="New Amount")
    credit = fields.Monetary(string="Credit Note")
