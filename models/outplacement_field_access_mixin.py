from odoo import api, models


class OutplacementFieldAccessMixin(models.AbstractModel):
    """Models that are read by the list: each value is preceded by the question whether
    the user may read its field.

    Their ``_has_field_access`` gives Odoo's own answer itself, which saves the walk to
    it, as long as there is no other: see :attr:`_is_field_access_ours`.
    """

    _name = "outplacement.field.access.mixin"
    _description = "Quick Check of Fields"

    # whether only this add-on and Odoo say who may read a field of the model
    _is_field_access_ours = False

    def _post_model_setup__(self):
        # EXTENDS base: an add-on may have come, above this one or below
        model = self.env.registry[self._name]
        said = [cls for cls in model.__mro__ if "_has_field_access" in vars(cls)]
        Odoo = models.BaseModel
        model._is_field_access_ours = (
            said[1:] == [Odoo]
            # nobody put another in its place
            and Odoo._has_field_access.__module__ == Odoo.__module__
        )
        return super()._post_model_setup__()

    @api.model
    def _is_external_user(self):
        """Return whether the present user has a portal login or none. Looked for where
        the ORM keeps what was computed, because it is asked for each value of a list:
        to read it as a field costs twice as much as all the rest."""
        env = self.env
        field = env.user._fields["outplacement_is_external"]
        try:
            return field._get_cache(env)[env.uid]
        except KeyError:
            return env.user.outplacement_is_external
