from odoo import fields, models


class OutplacementStatement(models.Model):
    """Who signs agrees to what the statement says is told."""

    _inherit = "outplacement.statement"

    silence_agreed = fields.Boolean(
        string="No Answer Counts as Agreed",
        readonly=True,
        copy=False,
        help="What was signed says so.",
    )
    answer_days = fields.Integer(
        string="Days to Answer a Report",
        readonly=True,
        copy=False,
        help="The days that what was signed grants the candidate to answer.",
    )
    date_recorded = fields.Date(
        string="Recorded on",
        readonly=True,
        copy=False,
        help="The day on which the signature was fixed here.",
    )

    def _prepare_signed(self, document):
        """Keep what the text says of silence: settings change, signatures do not."""
        return {
            **super()._prepare_signed(document),
            "silence_agreed": self._says_silence_agrees(),
            "answer_days": self.company_id.outplacement_answer_days,
            "date_recorded": self.company_id._get_outplacement_today(),
        }

    def _says_silence_agrees(self):
        """Whether what is signed says that no answer counts as agreed: a paper from
        before the company wanted that does not."""
        self.ensure_one()
        since = self.company_id.outplacement_silence_since
        said = self.channel == "screen" or (since and self.date_signed >= since)
        return bool(
            self.party == "candidate" and said and self.traject_id._has_silence_agreed()
        )

    def action_sign(self):
        result = super().action_sign()
        self.filtered(lambda s: s.party == "candidate")._record_consents()
        return result

    def _record_consents(self):
        """Record a consent for each topic that these name, where none stands and the
        candidate did not withdraw it after signing."""
        # sudo: outplacement.consent - planners and managers have statements signed, but
        # record no consents otherwise; what is recorded follows from the text
        for statement in self.sudo():
            traject = statement.traject_id
            standing = traject._get_consented_topics()
            withdrawn = traject._get_withdrawal_days()
            traject.consent_ids.create(
                [
                    {
                        "traject_id": traject.id,
                        "topic": topic,
                        "date_given": statement.date_signed,
                        "channel": "agreement",
                        "statement_id": statement.id,
                    }
                    for topic in traject._get_statement_topics()
                    if topic not in standing
                    and withdrawn.get(topic, statement.date_signed)
                    <= statement.date_signed
                ]
            )
