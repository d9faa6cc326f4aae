import json
import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL, format_date, formatLang

from .account_move_line_guard import CopiedId

_logger = logging.getLogger(__name__)


class OutplacementRevenueBooking(models.AbstractModel):
    """The entries that bring the books to what they should hold."""

    _inherit = "outplacement.revenue.booking"

    # ------------------------------------------------------------------
    # Entries
    # ------------------------------------------------------------------

    @api.model
    def _book(self, company, day):
        """Make the entry of the month that ends on ``day``, if there is something to
        book. A draft of that month, which somebody may be looking at, is made anew only
        if it is not right any more.

        :return: the new entry, or none
        :raises UserError: why the month cannot be booked
        """
        if problem := company._get_outplacement_revenue_problem(day):
            raise UserError(problem)
        self._lock(company)
        differences = self._get_differences(company, day)
        if differences and self._drop_draft(company, day):
            differences = self._get_differences(company, day)
        if not differences:
            return self.env["account.move"].with_company(company)
        return self._make_entry(company, day, differences)

    @api.model
    def _drop_draft(self, company, day):
        """Delete the draft of the month that ends on ``day``.

        :return: whether there was one
        """
        drafts = (
            self.env["account.move"]
            .with_company(company)
            .search(
                [
                    ("company_id", "=", company.id),
                    ("move_type", "=", "entry"),
                    ("outplacement_revenue_month", "=", day),
                    ("state", "=", "draft"),
                    ("posted_before", "=", False),
                ]
            )
        )
        return bool(drafts) and drafts.unlink()

    @api.model
    def _make_entry(self, company, day, differences):
        """Make the entry of a month, and post it where the company wants that.

        :param differences: list of :class:`Difference`
        :return: the new entry
        """
        booking = self._with_language_of(company).with_company(company)
        values = booking._prepare_entry(company, day, differences)
        move = self.env["account.move"].with_company(company).create(values)
        # sudo: account.move - by its month an entry is found and made anew: nobody
        # writes it, and the entry itself was made with the user's own rights
        move.sudo().outplacement_revenue_month = day
        if company.outplacement_revenue_mode == "posted":
            move._post(soft=False)
        return move

    @api.model
    def _book_again(self, company, day):
        """Book the month that ends on ``day``, and what that changes in months after it
        that have an entry already.

        :return: the new entries
        :raises UserError: why the month cannot be booked
        """
        moves = self._book(company, day)
        entries = self.env["account.move"].search(
            [
                ("company_id", "=", company.id),
                ("outplacement_revenue_month", ">", day),
                ("state", "!=", "cancel"),
            ]
        )
        _locked, opened = company._get_outplacement_revenue_months()
        later = set(entries.mapped("outplacement_revenue_month"))
        for month in sorted(later.intersection(opened)):
            moves |= self._book(company, month)
        return moves

    @api.model
    def _undo(self, company, day):
        """Undo the entries of the month that ends on ``day`` and of the months after
        it: what is posted by a reversal on its own date, drafts by deleting them.

        The next run makes new ones, unless entries are turned off.

        :return: the reversals
        :raises UserError: there is nothing to undo, or one of the months is locked
        """
        self._lock(company)
        entries = self.env["account.move"].search(
            [
                ("company_id", "=", company.id),
                ("outplacement_revenue_month", ">=", day),
                ("state", "!=", "cancel"),
                ("reversal_move_ids", "not any", [("state", "!=", "cancel")]),
            ],
            order="outplacement_revenue_month, id",
        )
        if problem := self._get_undo_problem(company, day, entries):
            raise UserError(problem)
        drafts = entries.filtered(lambda move: move.state == "draft")
        posted = entries - drafts
        drafts.unlink()
        env = self._with_language_of(company).env
        values = [
            {"date": move.date, "ref": env._("Reversal of: %s", move.name)}
            for move in posted
        ]
        return posted._reverse_moves(values, cancel=True) if posted else posted

    @api.model
    def _with_language_of(self, company):
        """Return the model in the language of the books of the company."""
        language = company.partner_id.lang or self.env.lang
        return self.with_context(lang=language)

    @api.model
    def _get_undo_problem(self, company, day, entries):
        """Return why these entries cannot be undone, in one sentence; False if they
        can."""
        if not entries:
            return self.env._(
                "There is nothing to undo: no entry of %(month)s or later stands.",
                month=company._format_outplacement_month(day),
            )
        for move in entries:
            if lock := company._get_outplacement_revenue_lock(move.date):
                return self.env._(
                    "%(month)s is locked, as the books are until %(lock)s: its entry "
                    "stays. Choose a later month.",
                    month=company._format_outplacement_month(move.date),
                    lock=format_date(self.env, lock),
                )
        return False

    @api.model
    def _lock(self, company):
        """Let nobody else book for this company until the transaction ends; whoever
        tries at the same time finds the company changed, and starts anew.

        :raises LockError: somebody else is booking
        """
        company.lock_for_update(allow_referencing=True)
        # not by the ORM, which writes nothing where it is the same second still
        self.env.cr.execute(
            SQL(
                "UPDATE res_company SET outplacement_revenue_checked_at = %s"
                " WHERE id = %s",
                fields.Datetime.now(),
                company.id,
            )
        )
        company.invalidate_recordset(["outplacement_revenue_checked_at"], flush=False)

    @api.model
    def _prepare_entry(self, company, day, differences):
        """Return the values of the entry of a month."""
        month = company.with_env(self.env)._format_outplacement_month(day)
        lines = []
        for difference in differences:
            lines += self._prepare_lines(company, month, difference)
        return {
            "move_type": "entry",
            "date": day,
            "ref": self.env._("Unearned revenue, %(month)s", month=month),
            "journal_id": company.outplacement_revenue_journal_id.id,
            "company_id": company.id,
            "line_ids": [Command.create(values) for values in lines],
        }

    @api.model
    def _prepare_lines(self, company, month, difference):
        """Return the two lines of a difference: of revenue, which keeps its analytic
        distribution and is remembered, and of unearned revenue."""
        share = difference.share
        common = {
            "name": self.env._(
                "%(traject)s, unearned revenue, %(month)s",
                traject=difference.reference,
                month=month,
            ),
            "partner_id": share.partner_id,
            "currency_id": company.currency_id.id,
        }
        revenue = {
            "account_id": share.account_id,
            "balance": difference.amount,
            "analytic_distribution": json.loads(share.analytic or "false"),
            "outplacement_traject_id": CopiedId(share.traject_id),
            "outplacement_deferred_account_id": CopiedId(share.deferred_account_id),
        }
        unearned = {
            "account_id": share.deferred_account_id,
            "balance": -difference.amount,
            "analytic_distribution": False,
        }
        return [common | revenue, common | unearned]

    # ------------------------------------------------------------------
    # Every day
    # ------------------------------------------------------------------

    @api.model
    def _cron_book(self):
        """Daily: book the months that are over, and what changed in open ones. A
        company that cannot be booked does not keep the others from it."""
        companies = self.env["res.company"].search(
            [("outplacement_revenue_mode", "!=", "off")]
        )
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(companies))
        for company in companies:
            try:
                with self.env.cr.savepoint():
                    self._book_company(company)
            except UserError as error:
                _logger.warning(
                    "Unearned revenue of %s is not booked: %s", company.name, error
                )
            if not cron._commit_progress(1):
                break

    @api.model
    def _book_company(self, company):
        """Book the open months of a company. What a locked one lacks is booked in the
        first one that is open, and finance is told.

        :return: the new entries
        :raises UserError: the settings lack something
        """
        if problem := company._get_outplacement_setting_problem():
            raise UserError(problem)
        locked, opened = company._get_outplacement_revenue_months()
        moves = self.env["account.move"]
        for day in opened:
            move = self._book(company, day)
            if move and locked and day == opened[0]:
                self._tell_about_locked(company, move, locked[-1])
            moves |= move
        return moves

    @api.model
    def _tell_about_locked(self, company, move, day):
        """Say with the first entry of a month what of it belongs to a month, ending on
        ``day``, that was locked before it was booked."""
        others = [
            ("id", "!=", move.id),
            ("company_id", "=", company.id),
            ("outplacement_revenue_month", "=", move.outplacement_revenue_month),
            ("state", "!=", "cancel"),
        ]
        amount = sum(found.amount for found in self._get_differences(company, day))
        if company.currency_id.is_zero(amount) or move.search_count(others, limit=1):
            return
        user = company._get_outplacement_finance_user()
        reader = user or self.env.user
        translated = self.with_context(lang=reader.lang or company.partner_id.lang)
        text = translated.env._(
            "%(month)s was locked before its unearned revenue was booked: %(amount)s "
            "of it is in this entry.",
            month=company.with_env(translated.env)._format_outplacement_month(day),
            amount=formatLang(translated.env, amount, currency_obj=company.currency_id),
        )
        move.message_post(body=text)
        if user:
            move.activity_schedule(
                "mail.mail_activity_data_todo", summary=text, user_id=user.id
            )
