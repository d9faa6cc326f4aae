from markupsafe import Markup

from odoo import models


class AccountMove(models.Model):
    """Drafts of credit notes and revivals that finance deletes or cancels."""

    _inherit = "account.move"

    def button_cancel(self):
        # EXTENDS account
        lines = self.filtered(lambda move: move.state != "cancel").line_ids
        result = super(AccountMove, self._with_outplacement_step()).button_cancel()
        if given_up := lines._get_outplacement_given_up("cancel"):
            lines._follow_outplacement_given_up(given_up)
            lines._forget_outplacement_release()
        return result

    def _schedule_outplacement_decision(self, texts):
        """Ask finance to decide about this invoice, of which drafts are gone.

        :param texts: sentences, one an instalment
        """
        self.ensure_one()
        note = Markup("<br/>").join(texts)
        # sudo: account.move - finance is asked, whoever did away with the draft
        invoice = self.sudo()
        if user := invoice.company_id._get_outplacement_finance_user():
            invoice.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("A draft is gone: decide what is owed"),
                note=note,
                user_id=user.id,
            )
        else:
            invoice.message_post(body=note)
