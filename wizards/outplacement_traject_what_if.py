from odoo import api, fields, models
from odoo.exceptions import UserError


class OutplacementTrajectWhatIf(models.TransientModel):
    """Answers what a placement on some day would mean, without doing it.

    For whoever may read the instalments of the traject: finance too.
    """

    _name = "outplacement.traject.what.if"
    _inherit = "outplacement.change.mixin"
    _description = "What if Placed"

    date = fields.Date(
        string="Placed on",
        required=True,
        default=lambda self: self._get_today(),
    )
    refusal_text = fields.Char(compute="_compute_refusal_text")

    @api.model
    def _get_change_triggers(self):
        return [*super()._get_change_triggers(), "date"]

    @api.depends(lambda self: self._get_change_triggers())
    def _compute_refusal_text(self):
        """Say why nobody would be placed on that day."""
        self._check_may_see()
        for wizard in self:
            wizard.refusal_text = bool(
                wizard.traject_id and wizard.date
            ) and wizard.traject_id._get_what_if_refusal(wizard.date)

    def _get_changes(self):
        self.ensure_one()
        traject = self.traject_id
        if not self.date or traject._get_what_if_refusal(self.date):
            return []
        return traject._get_changes(date_placement=self.date)

    def _check_confirm(self):
        """:raises UserError: always, this is a question"""
        raise UserError(
            self.env._(
                "This is a question only. A placement is registered with the button "
                "“Aftercare” of the traject."
            )
        )
