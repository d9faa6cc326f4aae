import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError

# What a line shows of a change: the keys of its dict.
SHOWN = (
    "instalment_id",
    "sale_line_id",
    "name",
    "action",
    "currency_id",
    "date_before",
    "date_after",
    "amount_before",
    "amount_after",
    "credit",
)


class OutplacementChangeMixin(models.AbstractModel):
    """A step in the life of a traject that shows first what it does to the instalments,
    and then does exactly that.

    A wizard gives these hooks: ``_get_change_triggers`` (its fields that the figures
    follow), ``_get_facts`` (the facts that it replaces) or ``_get_changes`` (the
    figures, where they follow from more), ``_get_refusal`` (why it is not done so) and
    ``_apply`` (the deed). ``_check_confirm`` is for further rights and input. The
    figures are computed as the user: who may read neither the traject nor its
    instalments learns nothing of them here.

    A change is a dict with

    - ``instalment_id``: id of the instalment; False for a new one and for a fee
    - ``sale_line_id``: id of the order line that it belongs to, False if not there yet
    - ``name``: what it is called in the table
    - ``action``: keep, move, reduce, lapse, revive, credit, new or fee
    - ``date_before``, ``date_after``: day from which it is invoiced, False for none
    - ``amount_before``, ``amount_after``: what the customer owes of it, invoiced or
      not, in the basis of the price (floats, rounded to the currency)
    - ``credit``: the part of it that a draft credit note takes back, positive
    - ``currency_id``: id of the currency of these amounts

    Of a credited one ``amount_after`` is what is owed once the credit note is posted.
    """

    _name = "outplacement.change.mixin"
    _inherit = "outplacement.traject.wizard.mixin"
    _description = "Preview of Changes to Instalments"

    # no superuser computes: see the class
    currency_id = fields.Many2one("res.currency", compute="_compute_change_ids")
    change_ids = fields.One2many(
        "outplacement.change.line",
        "wizard_id",
        string="Changes",
        compute="_compute_change_ids",
    )
    amount_before = fields.Monetary(
        string="Owed until Now", compute="_compute_change_ids"
    )
    amount_after = fields.Monetary(string="Owed Then", compute="_compute_change_ids")
    amount_credit = fields.Monetary(
        string="Credit Notes", compute="_compute_change_ids"
    )
    date_end = fields.Date(string="End of Term", compute="_compute_date_end")
    date_end_after = fields.Date(
        string="New End of Term", compute="_compute_date_end_after"
    )
    refusal_text = fields.Char(compute="_compute_refusal_text")
    fingerprint = fields.Char(
        compute="_compute_fingerprint",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        help="Of the figures that were shown: others are never applied.",
    )

    # ------------------------------------------------------------------
    # Hooks
    # ------------------------------------------------------------------

    @api.model
    def _get_change_triggers(self):
        """Return the names of the fields that the figures follow."""
        return ["traject_id"]

    def _get_facts(self):
        """Hook: return the facts that the step replaces, see ``_get_billing_facts``;
        none while there is no step to take."""
        return {}

    def _get_changes(self):
        """Return what would change, as dicts (see the class), in order of the table.

        Computed as the user, who must be able to read the instalments.
        """
        self.ensure_one()
        facts = self._get_facts()
        return self.traject_id._get_changes(**facts) if facts else []

    def _get_refusal(self):
        """Hook: return the sentence why the step is not taken with this input, False
        where it can be."""
        return False

    def _check_confirm(self):
        """Hook: whether the user may take the step, with this input.

        :raises AccessError: the user may not
        :raises UserError: the input makes no sense
        """
        if refusal := self._get_refusal():
            raise UserError(refusal)

    def _apply(self, changes):
        """Take the step. To be given by each wizard.

        :param list changes: what was shown and holds, see ``_get_changes``
        :returns: an action, or nothing to close the window
        """
        # an abstract model has no step of its own, and doing nothing would look done
        raise NotImplementedError

    def _get_today(self):
        """Return the day that it is at the company of the traject."""
        traject = self.traject_id or self.env["outplacement.traject"].browse(
            self.env.context.get("default_traject_id")
        )
        # sudo: outplacement.traject - whose clock it is, also for finance, who may ask
        # what if and reads no trajects
        company = traject.sudo().company_id or self.env.company
        return company._get_outplacement_today()

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends(lambda self: self._get_change_triggers())
    def _compute_change_ids(self):
        for wizard in self:
            changes = wizard._get_changes() if wizard.traject_id else []
            currency = wizard._get_change_currency(changes)
            wizard.currency_id = currency
            wizard.change_ids = wizard._make_change_lines(changes)
            for name, key in (
                ("amount_before", "amount_before"),
                ("amount_after", "amount_after"),
                ("amount_credit", "credit"),
            ):
                # one currency a traject, nearly always: a total of two says nothing
                wizard[name] = sum(
                    change[key]
                    for change in changes
                    if change["currency_id"] == currency.id
                )

    @api.depends(lambda self: self._get_change_triggers())
    def _compute_fingerprint(self):
        """Of the lines that are shown: the figures take long, and come once."""
        for wizard in self:
            wizard.fingerprint = bool(wizard.traject_id) and wizard._get_fingerprint(
                wizard.change_ids
            )

    @api.depends(lambda self: self._get_change_triggers())
    def _compute_refusal_text(self):
        """Say beforehand what would be refused."""
        for wizard in self:
            wizard.refusal_text = bool(wizard.traject_id) and wizard._get_refusal()

    @api.depends("traject_id")
    def _compute_date_end(self):
        for wizard in self:
            wizard.date_end = wizard.traject_id.date_end

    @api.depends(lambda self: self._get_change_triggers())
    def _compute_date_end_after(self):
        for wizard in self:
            wizard.date_end_after = bool(wizard.traject_id) and (
                wizard.traject_id._get_billing_facts(**wizard._get_facts()).date_end
            )

    def _get_change_currency(self, changes):
        """Return the currency of the first change, else the company's."""
        if changes:
            return self.env["res.currency"].browse(changes[0]["currency_id"])
        return self.traject_id.company_id.currency_id or self.env.company.currency_id

    @api.model
    def _make_change_lines(self, changes):
        """Return the lines of the table, which are never stored."""
        Line = self.env["outplacement.change.line"]
        return Line.concat(*(Line.new(change) for change in changes))

    @api.model
    def _get_fingerprint(self, lines):
        """Return a short text that is another one for other figures."""
        figures = [
            [line._fields[name].convert_to_write(line[name], line) for name in SHOWN]
            for line in lines
        ]
        text = json.dumps(figures, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    # ------------------------------------------------------------------
    # Confirming
    # ------------------------------------------------------------------

    def action_confirm(self):
        """Do what was shown.

        :raises UserError: the figures are others by now, or the input makes no sense
        :raises AccessError: the user may not
        """
        self.ensure_one()
        self._check_may_see()
        self._check_confirm()
        changes = self._get_changes()
        lines = self._make_change_lines(changes)
        if self._get_fingerprint(lines) != self.fingerprint:
            raise UserError(
                self.env._(
                    "The figures have changed since they were shown. Nothing was done: "
                    "open this window again and look once more."
                )
            )
        former = self._get_all_instalments()
        action = self._apply(changes)
        self._check_applied(changes, former)
        return action or {"type": "ir.actions.act_window_close"}

    def _get_all_instalments(self):
        # sudo: outplacement.instalment - what came of the step is checked in full,
        # also where the step took rights away
        return self.traject_id.sudo().instalment_ids

    def _check_applied(self, changes, former):
        """Hold what came of the step against what was shown.

        :param former: the instalments of the traject before
        :raises UserError: they differ, so nothing is done at all
        """
        self.env.flush_all()
        instalments = self._get_all_instalments()
        shown = {c["instalment_id"]: c for c in changes if c["instalment_id"]}
        new = [change for change in changes if change["action"] == "new"]
        found = sorted(
            self._get_facts_of_new(i.date, i.amount_due) for i in instalments - former
        )
        expected = sorted(
            self._get_facts_of_new(c["date_after"], c["amount_after"]) for c in new
        )
        if found != expected or not all(
            instalment._matches_change(shown[instalment.id])
            for instalment in instalments & former
            if instalment.id in shown
        ):
            raise UserError(
                self.env._(
                    "What came out differs from what was shown for traject "
                    "%(traject)s, so nothing was done. Please report this.",
                    traject=self.traject_id.name,
                )
            )

    @api.model
    def _get_facts_of_new(self, date, amount):
        """Return what a new instalment is compared by."""
        return str(date or ""), f"{amount:.6f}"
