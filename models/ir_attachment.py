from odoo import api, models
from odoo.exceptions import AccessError


class IrAttachment(models.Model):
    """Keeps plain files away from the confidential file, and the file behind a field of
    ours, such as the PDF of a released report, as closed as that field.

    Before anything is written, and not by a constraint: Odoo's upload routes answer an
    AccessError in their own words and keep what was written until then.
    """

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        # where those go that do not say where
        default = self.default_get(["res_model", "res_field"])
        linked = [default | vals for vals in vals_list]
        self._check_not_confidential({vals.get("res_model") for vals in linked})
        for vals in linked:
            self._check_not_behind_field(vals.get("res_model"), vals.get("res_field"))
        return super().create(vals_list)

    def write(self, vals):
        self._check_not_confidential({vals.get("res_model")})
        if vals.get("res_field"):
            # sudo: ir.attachment - a guard that holds for whoever may not read it too
            for attachment in self.sudo():
                model_name = vals.get("res_model", attachment.res_model)
                self._check_not_behind_field(model_name, vals["res_field"])
        return super().write(vals)

    @api.model
    def _check_not_confidential(self, model_names):
        """Refuse attachments of these models, if one has something sealed.

        :raises AccessError: one has
        """
        sealed = self.env["outplacement.sealed.mixin"]
        if any(sealed._is_sealed_model(name) for name in model_names):
            raise AccessError(
                self.env._(
                    "No file can be attached here: add a document to the confidential "
                    "file instead, where it is encrypted."
                )
            )

    @api.model
    def _check_not_behind_field(self, model_name, field_name):
        """Odoo holds a file against the field that it is behind, not against the one
        that it is put behind.

        :raises AccessError: somebody puts a file behind a field of ours
        """
        ours = (model_name or "").startswith("outplacement.")
        if ours and field_name and not self.env.su:
            raise AccessError(
                self.env._("No file can be put here: it is made with the record.")
            )

    @api.model
    def _has_field_access(self, field, operation):
        """Have such a file read as its field is, and written through it alone: there
        it is frozen once it was signed or released. Odoo asks the attachment."""
        if field.model_name.startswith("outplacement.") and not self.env.su:
            Model = self.env[field.model_name]
            return operation == "read" and Model._has_field_access(field, operation)
        return super()._has_field_access(field, operation)
