from odoo import api, fields, models
from odoo.exceptions import UserError

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
    """Asks for outcome and date when a traject is placed, closed or cancelled."""

    _name = "outplacement.traject.close"
    _description = "Close Traject"

    traject_id = fields.Many2one(
        "outplacement.traject", required=True, ondelete="cascade"
    )
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
    date = fields.Date(
        required=True, default=lambda self: fields.Date.context_today(self)
    )

    @api.depends("traject_id", "target_state")
    def _compute_outcome(self):
        """A traject in aftercare keeps the outcome it got there."""
        for wizard in self:
            options = OUTCOMES[wizard.target_state]
            known = wizard.traject_id.outcome
            wizard.outcome = known if known in options else options[0]

    def action_confirm(self):
        """Bring the traject into the target state with its outcome and dates.

        :raises UserError: an outcome that doesn't go with the state, or a date to come
        """
        self.ensure_one()
        labels = dict(self._fields["outcome"]._description_selection(self.env))
        if self.outcome not in OUTCOMES[self.target_state]:
            raise UserError(
                self.env._(
                    "The outcome “%(outcome)s” does not go with this step.",
                    outcome=labels[self.outcome],
                )
            )
        if self.date > fields.Date.context_today(self):
            raise UserError(self.env._("The date lies in the future."))
        start = self.traject_id.date_start
        if self.outcome in PLACED and start and self.date < start:
            raise UserError(
                self.env._("Nobody is placed before the start of the traject.")
            )
        self.traject_id._set_state(self.target_state, **self._prepare_values())
        return {"type": "ir.actions.act_window_close"}

    def _prepare_values(self):
        """Return what the transition writes besides the state."""
        values = {"outcome": self.outcome}
        if self.outcome in PLACED and not self.traject_id.date_placement:
            values["date_placement"] = self.date
        if self.target_state != "aftercare":
            values["date_closed"] = self.date
        return values
