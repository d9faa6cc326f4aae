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
        default = self.default_get(["res_model"])
        self._check_not_confidential(
            {(default | vals).get("res_model") for vals in vals_list}
        )
        return super().create(vals_list)

    def write(self, vals):
        self._check_not_confidential({vals.get("res_model")})
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
    def _has_field_access(self, field, operation):
        """Have such a file read as its field is, and written through it alone: there
        it is frozen once it was signed or released. Odoo asks the attachment."""
        if field.model_name.startswith("outplacement.") and not self.env.su:
            Model = self.env[field.model_name]
            return operation == "read" and Model._has_field_access(field, operation)
        return super()._has_field_access(field, operation)
