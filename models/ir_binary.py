from odoo import models
from odoo.exceptions import MissingError


class IrBinary(models.AbstractModel):
    _inherit = "ir.binary"

    def _record_to_stream(self, record, field_name):
        """Give nothing of the confidential file by the generic addresses: documents
        have one of their own, that logs and sets its headers."""
        if self.env["outplacement.sealed.mixin"]._is_sealed_model(record._name):
            raise MissingError(self.env._("There is no such file."))
        return super()._record_to_stream(record, field_name)
