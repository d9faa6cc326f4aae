from odoo import api, models


class IrDefault(models.Model):
    _inherit = "ir.default"

    @api.model
    def _get_model_defaults(self, model_name, condition=False):
        """Keep users from filling by a default of their own what only methods write, on
        our models and in our fields of others: the ORM holds defaults in the context
        against the field's access, not these."""
        defaults = super()._get_model_defaults(model_name, condition)
        ours = model_name.startswith("outplacement.")
        model = self.env[model_name].sudo(False)
        return {
            name: value
            for name, value in defaults.items()
            if not (ours or name.startswith("outplacement_"))
            or model._has_field_access(model._fields[name], "write")
        }
