from odoo import fields, models


class OutplacementTrajectWizardMixin(models.AbstractModel):
    """A wizard on a traject that shows what follows from it: only to who may see that.

    What a compute reads may be in the cache already, where no record rule is asked, so
    every compute of these wizards is held.
    """

    _name = "outplacement.traject.wizard.mixin"
    _description = "Wizard of a Traject"

    traject_id = fields.Many2one(
        "outplacement.traject", required=True, ondelete="cascade"
    )

    def _check_may_see(self):
        """Hold whoever asks for figures of the trajects, also for those in the cache.

        :raises AccessError: the user may read neither the trajects nor their
            instalments
        """
        self.traject_id._check_may_see_changes()

    def _compute_field_value(self, field):
        # EXTENDS base
        self._check_may_see()
        return super()._compute_field_value(field)
