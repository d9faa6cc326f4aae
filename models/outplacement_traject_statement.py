from odoo import fields, models

from .outplacement_break_glass import MAX_HOURS


class OutplacementTraject(models.Model):
    """Who is told what of a traject, in words for candidate and employer.

    Written from the settings as they are: a page that promises more or less than the
    add-on does would be worse than none.
    """

    _inherit = "outplacement.traject"

    statement_ids = fields.One2many(
        "outplacement.statement", "traject_id", string="Confidentiality Statements"
    )
    statement_count = fields.Integer(
        string="Signed Statements", compute="_compute_statement_count"
    )

    def _compute_statement_count(self):
        grouped = self.env["outplacement.statement"]._read_group(
            [("traject_id", "in", self.ids), ("state", "=", "signed")],
            ["traject_id"],
            ["__count"],
        )
        counts = {traject.id: count for traject, count in grouped}
        for traject in self:
            traject.statement_count = counts.get(traject._origin.id, 0)

    def action_view_statements(self):
        """Open the statements that candidate and employer signed, or are to sign."""
        return self._get_related_action("outplacement.outplacement_statement_action")

    # ------------------------------------------------------------------
    # The text
    # ------------------------------------------------------------------

    def _get_statement(self):
        """Return who is told what, in the language of the environment.

        :returns: list of (title, list of sentences)
        """
        self.ensure_one()
        sections = [
            (self.env._("Who reads what"), self._get_statement_readers()),
            (self.env._("A report to the employer may say"), self._get_window_lines()),
            (self.env._("It never says anything about"), self._get_closed_lines()),
            (self.env._("How a report is made"), self._get_statement_reports()),
            (self.env._("On invoices"), self._get_statement_invoices()),
            (self.env._("How notes are kept"), self._get_statement_notes()),
            (self.env._("What we cannot rule out"), self._get_statement_limits()),
        ]
        if not self.employer_id:
            sections = [sections[0], *sections[4:]]
        return [(title, lines) for title, lines in sections if lines]

    def _get_statement_readers(self):
        """Return a sentence a room: who may enter."""
        lines = [
            self.env._(
                "What is said in sessions stays between the candidate and the coach. "
                "The coach, and a deputy while standing in, read the notes; the "
                "candidate reads what the coach shares."
            ),
            self.env._(
                "The planner and the manager of the bureau see when sessions are and "
                "which phase the traject is in, never what was said."
            ),
            self.env._(
                "The account manager sees which phase the traject is in, how many "
                "sessions there were, not when, and the released reports."
            ),
            self.env._(
                "Whoever makes the invoices knows no more of the traject than what is "
                "on them."
            ),
        ]
        if self.employer_id:
            lines += [
                self.env._(
                    "The employer reads the released progress reports: %(readers)s.",
                    readers=self._get_statement_contacts(),
                ),
                self.env._(
                    "Beside that, they see the reference, the package and the term of "
                    "the traject, whether it runs and when a report comes, and nothing "
                    "else; the candidate's name only if the candidate agrees."
                ),
            ]
        return lines

    def _get_statement_contacts(self):
        """Return the names of those who read the reports for the employer."""
        names = self.employer_contact_ids.mapped("name")
        return ", ".join(names) or self.env._(
            "nobody yet, until the employer names the readers"
        )

    def _get_window_lines(self):
        """Return what a progress report may say, a line a fact of its white-list."""
        return [
            self.env._(
                "the reference of the traject, the package, the period and the end of "
                "the term"
            ),
            self.env._(
                "how many sessions were planned, held, cancelled in time or missed, "
                "and how many are left, if the candidate agrees"
            ),
            self.env._("which phases were reached, and when, if the candidate agrees"),
            self.env._(
                "how many applications and interviews there were, if the candidate "
                "agrees"
            ),
            self.env._("next steps, chosen from a fixed list"),
            self.env._("schooling that the employer pays for"),
            self.env._(
                "whether and when the candidate was placed; the name of the new "
                "employer only if the candidate agrees"
            ),
            self.env._("a remark that the candidate has read beforehand"),
        ]

    def _get_closed_lines(self):
        """Return what no progress report says."""
        return [
            self.env._("health or mood"),
            self.env._("conflicts"),
            self.env._("results of tests"),
            self.env._("motives and private circumstances"),
            self.env._("where the candidate applied, or at what salary"),
            self.env._("what was said in sessions, notes and documents"),
            self.env._("the person: no judgement of any kind"),
        ]

    def _get_statement_topics(self):
        """Return the topics of consents that a candidate agrees to by signing: those of
        :meth:`_get_statement_reports`."""
        return ("participation", "phases") if self.employer_id else ()

    def _get_statement_reports(self):
        return [
            self.env._(
                "By signing this, the candidate agrees that reports tell of attendance "
                "at sessions and of the phases reached. Every agreement can be "
                "withdrawn, for the reports to come."
            ),
            self._get_statement_answer(),
            self.env._(
                "Once released, a report is fixed. A mistake is corrected by a new "
                "report, in the same way."
            ),
        ]

    def _has_silence_agreed(self):
        """Whether the text says that no answer counts as agreed."""
        self.ensure_one()
        return bool(self.employer_id and self.company_id.outplacement_silence_agrees)

    def _get_statement_answer(self):
        """Return how a candidate answers to a report, by the company's settings."""
        days = self.company_id.outplacement_answer_days
        if self._has_silence_agreed():
            return self.env._(
                "The candidate reads every report first and has %(days)s days to "
                "answer. It goes to the employer after the candidate agreed; whoever "
                "does not answer in that time agrees.",
                days=days,
            )
        return self.env._(
            "The candidate reads every report first and has %(days)s days to "
            "answer. It goes to the employer only after the candidate agreed.",
            days=days,
        )

    def _get_statement_invoices(self):
        """Return what invoices say of the candidate, by the setting of who pays."""
        # sudo: sale.order - coaches read no orders; of who pays, one setting is told
        payer = self.sudo().order_id.partner_invoice_id or self.principal_id
        wanted = payer.commercial_partner_id.outplacement_invoice_identity
        line = self.env._("the number of the traject, and no name")
        if wanted == "name":
            line = self.env._("the number of the traject and the candidate's name")
        elif wanted == "personnel_number":
            line = self.env._(
                "the number of the traject and the candidate's personnel number"
            )
        return [
            self.env._("An invoice names %(identity)s.", identity=line),
            self.env._("It never names a phase or a reason."),
        ]

    def _get_statement_notes(self):
        """Return how the confidential file is kept, and who may come to read it."""
        return [
            self.env._(
                "Notes and documents are encrypted. The key is kept apart from the "
                "database and its copies."
            ),
            self.env._(
                "Another coach gets access only from a planner or manager, from a day "
                "on, and that is recorded. Nobody gives access to themselves."
            ),
            self.env._(
                "A new coach reads what was written before only if the candidate "
                "agrees to that, and starts with an empty file otherwise."
            ),
            self.env._(
                "Who opened a note or document is recorded. The candidate can ask for "
                "that list."
            ),
            *self._get_statement_emergency(),
        ]

    def _get_statement_emergency(self):
        """Return who may open the file in an emergency, by the company's settings."""
        lines = [
            self.env._(
                "In an emergency somebody else can be let in: with a reason, approved "
                "by a second person, for %(hours)s hours at most. The coach is told "
                "at once.",
                hours=MAX_HOURS,
            )
        ]
        if self.company_id.outplacement_break_glass_tell_candidate:
            lines.append(self.env._("So is the candidate, by e-mail."))
        return lines

    def _get_statement_limits(self):
        return [
            self.env._(
                "Whoever manages the system could give themselves access. The bureau "
                "gives that right to few, and not to those who coach."
            ),
            self.env._(
                "The candidate's name, address and telephone number are among the "
                "contacts of the bureau, which all its staff can read."
            ),
        ]
