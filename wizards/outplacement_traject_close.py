from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

OUTCOMES = {
    "aftercare": ("placed", "self_employed", "internal"),
    "closed": (
        "placed",
        "self_employed",
        "internal",
        "term_ended",
        "stopped",
        "referred_out",
        "no_match",
    ),
    "cancelled": ("stopped", "referred_out", "no_match"),
}
PLACED = ("placed", "self_employed", "internal")


class OutplacementTrajectClose(models.TransientModel):
    """Asks for outcome and date when a traject is placed, closed or cancelled, and
    shows what that means for its instalments."""

    _name = "outplacement.traject.close"
    _inherit = "outplacement.change.mixin"
    _description = "Close Traject"

    target_state = fields.Selection(
        [("aftercare", "Aftercare"), ("closed", "Closed"), ("cancelled", "Cancelled")],
        required=True,
        readonly=True,
        default="closed",
    )
    outcome = fields.Selection(
        selection=lambda self: (
            self.env["outplacement.traject"]
            ._fields["outcome"]
            ._description_selection(self.env)
        ),
        compute="_compute_outcome",
        compute_sudo=False,  # who may not read the traject learns no outcome here
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    date = fields.Date(required=True, default=lambda self: self._get_today())
    fee_text = fields.Char(string="Cancellation Fee", compute="_compute_fee_text")

    @api.depends("traject_id", "target_state")
    def _compute_outcome(self):
        """A traject in aftercare keeps the outcome it got there."""
        for wizard in self:
            options = OUTCOMES[wizard.target_state]
            known = wizard.traject_id.outcome
            wizard.outcome = known if known in options else options[0]

    @api.depends("traject_id", "target_state", "outcome", "date")
    def _compute_fee_text(self):
        """Say which rule the fee of a cancellation comes from."""
        for wizard in self:
            wizard.fee_text = (
                bool(wizard.traject_id and wizard.date)
                and wizard.target_state == "cancelled"
                and wizard._get_fee_text()
            )

    def _get_fee_text(self):
        self.traject_id._check_may_see_changes()
        # sudo: outplacement.traject - the terms of the deal, for who may read what
        # follows from them
        traject = self.traject_id.sudo()
        percent, reason = traject._get_cancellation_percent(self.date, self.outcome)
        fee = self.env._(
            "%(percent)s%% of the price.", percent=f"{percent.normalize():f}"
        )
        withdrawal = traject._get_withdrawal_text(self.date)
        return " ".join(filter(None, [fee, reason, withdrawal]))

    # ------------------------------------------------------------------
    # Preview
    # ------------------------------------------------------------------

    @api.model
    def _get_change_triggers(self):
        return [*super()._get_change_triggers(), "target_state", "outcome", "date"]

    def _get_changes(self):
        self.ensure_one()
        traject = self.traject_id
        if not self.date:
            return []
        if self.target_state == "cancelled":
            return traject._get_cancellation_changes(self.date, self.outcome)
        traject._check_may_see_changes()
        facts = self._prepare_values()
        facts.pop("outcome")
        return traject._get_changes(**facts)

    def _get_refusal(self):
        refusal = super()._get_refusal()
        if self.target_state == "cancelled" and self.date:
            refusal = refusal or self.traject_id._get_backdating_refusal(self.date)
        return refusal

    # ------------------------------------------------------------------
    # Confirming
    # ------------------------------------------------------------------

    def _check_confirm(self):
        """:raises UserError: an outcome that doesn't go with the state, a date to come
        or that is not for this user, or before the sale, the start or the placement"""
        result = super()._check_confirm()
        labels = dict(self._fields["outcome"]._description_selection(self.env))
        if self.outcome not in OUTCOMES[self.target_state]:
            raise UserError(
                self.env._(
                    "The outcome “%(outcome)s” does not go with this step.",
                    outcome=labels[self.outcome],
                )
            )
        if self.date > self._get_today():
            raise UserError(self.env._("The date lies in the future."))
        start = self.traject_id.date_start
        if self.outcome in PLACED and start and self.date < start:
            raise UserError(
                self.env._("Nobody is placed before the start of the traject.")
            )
        self._check_closing_date()
        if self.target_state == "cancelled":
            self.traject_id._check_cancellation_date(self.date)
        return result

    def _check_closing_date(self):
        """:raises UserError: it would be closed before it started or before somebody
        was placed, and nothing of it be earned"""
        traject = self.traject_id
        days = filter(None, (traject.date_start, traject.date_placement))
        first = max(days, default=self.date)
        if self.target_state == "closed" and self.date < first:
            raise UserError(
                self.env._(
                    "Traject %(traject)s cannot be closed before %(date)s, the day on "
                    "which it started or the candidate was placed.",
                    traject=traject.name,
                    date=format_date(self.env, first),
                )
            )

    def _apply(self, changes):
        """Bring the traject into the target state with its outcome and dates."""
        if self.target_state == "cancelled":
            self.traject_id._cancel_with_fee(self.date, self.outcome)
        else:
            self.traject_id._set_state(self.target_state, **self._prepare_values())

    def _prepare_values(self):
        """Return what the transition writes besides the state."""
        values = {"outcome": self.outcome}
        if self.outcome in PLACED and not self.traject_id.date_placement:
            values["date_placement"] = self.date
        if self.target_state != "aftercare":
            values["date_closed"] = self.date
        return values
