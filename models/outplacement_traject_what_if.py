from odoo import models


class OutplacementTraject(models.Model):
    """What a placement would mean, asked by whoever may read the instalments."""

    _inherit = "outplacement.traject"

    def action_what_if_placed(self):
        """Show what a placement would change, without doing it.

        :raises AccessError: the user may read neither traject nor instalments
        """
        self.ensure_one()
        self._check_may_see_changes()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What if Placed on …?"),
            "res_model": "outplacement.traject.what.if",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_traject_id": self.id},
        }

    def _get_what_if_refusal(self, date):
        """Return the sentence why nobody is placed on ``date``, False where somebody
        can be.

        :raises AccessError: the user may read neither traject nor instalments
        """
        self.ensure_one()
        self._check_may_see_changes()
        # sudo: outplacement.traject - state and dates of the deal, for who may read the
        # instalments that follow from them
        traject = self.sudo()
        if traject.state in ("closed", "cancelled") or traject.date_placement:
            return self.env._(
                "Traject %(traject)s is over, or its candidate was placed already.",
                traject=traject.name,
            )
        if not traject.date_start:
            return self.env._(
                "Traject %(traject)s has no start date yet.", traject=traject.name
            )
        return date < traject.date_start and self.env._(
            "Nobody is placed before the start of the traject."
        )
