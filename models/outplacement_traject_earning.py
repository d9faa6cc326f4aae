from odoo import models

from ..tools.schedule import TERM_TRIGGERS


class OutplacementTraject(models.Model):
    """Over which days of service what was invoiced is earned, when facts of the traject
    change (R13)."""

    _inherit = "outplacement.traject"

    # ------------------------------------------------------------------
    # The start
    # ------------------------------------------------------------------

    def _get_former_earning(self, vals):
        """Return over which days what was invoiced is earned, where ``vals`` move the
        start, however it is written.

        :return: ``(invoice lines, (first day, last day))`` by instalment
        """
        if "date_start" not in vals:
            return {}
        # those of nobody's instalment are earned over the term
        lines = self._get_term_invoice_lines()
        billed = lines.grouped(lambda line: line._get_outplacement_earning_instalment())
        billed.pop(self.env["outplacement.instalment"], None)
        return {
            instalment: (theirs, instalment._get_earning_period())
            for instalment, theirs in billed.items()
        }

    def _move_earning(self, former):
        """Have what was invoiced before the start follow it.

        :param dict former: see :meth:`_get_former_earning`
        """
        for instalment, (lines, period) in former.items():
            lines._move_outplacement_earning(period, instalment._get_earning_period())

    # ------------------------------------------------------------------
    # Pauses
    # ------------------------------------------------------------------

    def _get_paused_days(self):
        """Return first and last days of the pauses, by traject. One of which nobody
        knows the end has none yet: the report moves what comes after it."""
        return {
            traject: tuple(
                (pause.date_from, pause.date_to)
                for pause in traject._get_pauses()
                if pause.date_to
            )
            for traject in self
        }

    def _move_paused_days(self, former):
        """Have invoice lines, and what credits them, follow the pauses.

        :param dict former: see :meth:`_get_paused_days`
        """
        for traject, pauses in self._get_paused_days().items():
            if pauses != former[traject]:
                lines = traject._get_term_invoice_lines()
                lines._move_outplacement_pauses(former[traject], pauses)

    def _get_term_invoice_lines(self):
        """Return what the revenue report knows of these trajects as earned over days of
        service: all but what happened on a day."""
        # sudo: account.move.line - over which days the books earn what was invoiced
        # follows from the deal; who plans or guides a traject reads no invoices
        Line = self.env["account.move.line"].sudo()
        lines = Line.search([("outplacement_traject_id", "in", self.ids)])
        lines |= lines.outplacement_credit_line_ids
        return lines.filtered(
            lambda line: (
                line._get_outplacement_earning_instalment().trigger
                in (False, *TERM_TRIGGERS)
            )
        )
