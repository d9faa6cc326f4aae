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

    @api.model
    def _get_change_triggers(self):
        return [*super()._get_change_triggers(), "date"]

    def _get_refusal(self):
        """Return the sentence why nobody would be placed on that day."""
        return bool(self.date) and self.traject_id._get_what_if_refusal(self.date)

    def _get_facts(self):
        if not self.date or self._get_refusal():
            return {}
        return {"date_placement": self.date}

    def _check_confirm(self):
        """:raises UserError: always, this is a question"""
        raise UserError(
            self.env._(
                "This is a question only. A placement is registered with the button "
                "“Aftercare” of the traject."
            )
        )
