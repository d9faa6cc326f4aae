from hashlib import sha256

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.date_utils import end_of


class OutplacementRevenueBook(models.TransientModel):
    """Shows what the entry of a month for unearned revenue would be; then makes it."""

    _name = "outplacement.revenue.book"
    _description = "Book Unearned Revenue"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        string="Month",
        required=True,
        default=lambda self: self.env.company._get_outplacement_last_month(),
        help="Any day of the month to be booked. The entry is dated on its last day.",
    )
    problem = fields.Char(compute="_compute_problem")
    line_ids = fields.One2many(
        "outplacement.revenue.book.line",
        "wizard_id",
        string="Trajects",
        compute="_compute_line_ids",
    )
    unearned = fields.Monetary(
        compute="_compute_line_ids",
        help="Of the trajects below: invoiced until the end of the month, and earned "
        "later.",
    )
    booked = fields.Monetary(
        string="In the Books",
        compute="_compute_line_ids",
        help="Booked as such before.",
    )
    amount = fields.Monetary(
        string="To Book",
        compute="_compute_line_ids",
        help="Moved from the revenue accounts to the account for unearned revenue; "
        "negative: back.",
    )
    shown = fields.Char(
        compute="_compute_shown",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )

    @api.depends("company_id", "date")
    def _compute_problem(self):
        """Say beforehand what booking would refuse."""
        for wizard in self:
            wizard.problem = wizard.date and (
                wizard.company_id._get_outplacement_revenue_problem(
                    wizard._get_month_end()
                )
            )

    @api.depends("company_id", "date")
    def _compute_line_ids(self):
        Line = self.env["outplacement.revenue.book.line"]
        for wizard in self:
            differences = wizard._get_differences()
            wizard.line_ids = Line.concat(
                *(Line.new(wizard._prepare_line(found)) for found in differences)
            )
            for name in ("unearned", "booked", "amount"):
                wizard[name] = sum(getattr(found, name) for found in differences)

    @api.depends("company_id", "date")
    def _compute_shown(self):
        """Keep what was shown, so that nothing else is booked."""
        for wizard in self:
            wizard.shown = wizard._get_fingerprint()

    def _check_company_allowed(self):
        """:raises AccessError: the company is not among those of the user"""
        self.ensure_one()
        if self.company_id not in self.env.companies:
            raise AccessError(
                self.env._("You have no access to this company's entries.")
            )

    def _get_month_end(self):
        """Return the last day of the chosen month."""
        self.ensure_one()
        return end_of(self.date, "month")

    def _get_differences(self):
        """Return what is to be booked; nothing where the settings lack something."""
        self.ensure_one()
        if not self.date:
            return []
        self._check_company_allowed()
        self.env["outplacement.revenue.report"].check_access("read")
        if self.company_id._get_outplacement_setting_problem():
            return []
        Booking = self.env["outplacement.revenue.booking"]
        return Booking._get_differences(self.company_id, self._get_month_end())

    def _get_fingerprint(self):
        """Return a text that is another one as soon as the figures are."""
        differences = str([tuple(found) for found in self._get_differences()])
        return sha256(differences.encode()).hexdigest()

    def _prepare_line(self, difference):
        """Return the values of a line of the preview."""
        share = difference.share
        return {
            "currency_id": self.currency_id.id,
            "traject_reference": difference.reference,
            "partner_id": share.partner_id,
            "account_id": share.account_id,
            "unearned": difference.unearned,
            "booked": difference.booked,
            "amount": difference.amount,
        }

    def action_book(self):
        """Make the entry that was shown.

        :return: action that opens it
        :raises AccessError: the user may not make entries
        :raises UserError: the month cannot be booked, the figures have changed, or
            there is nothing to book
        """
        self._check_may_book()
        day = self._get_month_end()
        if problem := self.company_id._get_outplacement_revenue_problem(day):
            raise UserError(problem)
        if self.shown != self._get_fingerprint():
            raise UserError(self.env._("The figures have changed since: look again."))
        booking = self.env["outplacement.revenue.booking"]
        moves = booking._book_again(self.company_id, day)
        if not moves:
            raise UserError(
                self.env._(
                    "There is nothing to book: the books are right at the end of "
                    "%(month)s.",
                    month=self.company_id._format_outplacement_month(day),
                )
            )
        return self._get_action(moves)

    def action_undo(self):
        """Undo the entries of the month and of those after it, all at once.

        :return: action that opens the reversals
        :raises AccessError: the user may not make entries
        :raises UserError: there is nothing to undo, or a month is locked
        """
        self._check_may_book()
        booking = self.env["outplacement.revenue.booking"]
        moves = booking._undo(self.company_id, self._get_month_end())
        return (
            self._get_action(moves)
            if moves
            else {"type": "ir.actions.act_window_close"}
        )

    def _check_may_book(self):
        """:raises AccessError: the user may not make entries, or not in this company"""
        self.ensure_one()
        self.check_access("write")
        self._check_company_allowed()
        self.env["account.move"].check_access("create")

    def _get_action(self, moves):
        """Return the action that opens these entries."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "outplacement.outplacement_revenue_entry_action"
        )
        if len(moves) == 1:
            return action | {"res_id": moves.id, "views": [(False, "form")]}
        return action | {"domain": [("id", "in", moves.ids)]}


class OutplacementRevenueBookLine(models.TransientModel):
    """What an entry would hold of a traject; never stored."""

    _name = "outplacement.revenue.book.line"
    _description = "Preview of Unearned Revenue"
    _order = "traject_reference, id"

    wizard_id = fields.Many2one(
        "outplacement.revenue.book", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one("res.currency")
    traject_reference = fields.Char(string="Traject")
    partner_id = fields.Many2one("res.partner", string="Customer")
    account_id = fields.Many2one("account.account", string="Revenue Account")
    unearned = fields.Monetary()
    booked = fields.Monetary(string="In the Books")
    amount = fields.Monetary(string="To Book")
